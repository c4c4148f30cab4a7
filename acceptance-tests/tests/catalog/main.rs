//! Every kind of the catalog through the real `terraform`, and the page that says what was shown of each.
//!
//! Two walks run side by side. One has its secrets in plain attributes and a control plane that shows what it was given;
//! the other has write-only secrets and a control plane that rewrites and masks. The table in `COVERAGE.md` is what both
//! have shown, and the test fails when it is not what stands there.

mod listed;
mod page;
mod samples;
mod sdk;
mod spoilt;
mod walk;

use std::io::Write as _;

use acceptance_tests::cores::Feature;
use acceptance_tests::cores::feature::can;
use anyhow::Result;
use serde_json::json;
use truefoundry_catalog::Secrets;

use page::Page;
use samples::Sampled;
use sdk::Sdk;
use walk::Walk;

#[test]
fn every_kind_lives_its_whole_life() -> Result<()> {
    let kinds = samples::all();
    let sdk = Sdk::start()?;
    let (plain, rewritten) = std::thread::scope(|scope| {
        let plain = scope.spawn(|| as_given(&kinds, &sdk));
        let rewritten = scope.spawn(|| rewritten_and_masked(&kinds, &sdk));
        (plain.join(), rewritten.join())
    });
    let mut page = Page::default();
    for shown in [plain, rewritten] {
        page.add(shown.map_err(|_| anyhow::anyhow!("a walk panicked"))??);
    }
    page.check(&kinds)
}

/// Every variant of every union, then an object that somebody else deleted, one that is imported, and values that are
/// not known while planning.
fn as_given(kinds: &[Sampled], sdk: &Sdk) -> Result<Page> {
    let mut walk = Walk::new("catalog", kinds, sdk, &json!({}), Secrets::Plain)?;
    walk.round(0)?;
    walk.round(1)?;
    walk.reimport()?;
    walk.disappear()?;
    walk.all_rounds_from(2)?;
    walk.destroy()?;
    walk.unknown()?;
    walk.destroy()?;
    Ok(walk.page)
}

/// Every variant again, with write-only secrets; and another name for each.
fn rewritten_and_masked(kinds: &[Sampled], sdk: &Sdk) -> Result<Page> {
    let switches = json!({ "normalise": true, "redact": true });
    let mut walk = Walk::new("catalog-rewritten", kinds, sdk, &switches, Secrets::WriteOnly)?;
    walk.round(0)?;
    walk.round(1)?;
    walk.rename()?;
    walk.all_rounds_from(2)?;
    walk.destroy()?;
    walk.expect_no_secrets()?;
    Ok(walk.page)
}

#[test]
fn what_is_listed_is_taken_over() -> Result<()> {
    if !can(Feature::Query)? {
        return Ok(());
    }
    let taken = listed::all_are_taken_over(&samples::all())?;
    assert!(taken.contains("truefoundry_workspace"), "{taken:?}");
    Ok(())
}

#[test]
fn an_apply_of_all_kinds_that_was_spoilt_is_completed_by_the_next() -> Result<()> {
    let rounds = if std::env::var("FAULTS").is_ok_and(|text| text == "all") { 8 } else { 2 };
    let (hit, errors) = spoilt::all_kinds(&samples::all(), rounds)?;
    writeln!(
        std::io::stderr(),
        "proved: all kinds in one apply: {hit} requests answered wrongly in {rounds} applies, {errors} errors, 0 cases wrong"
    )?;
    assert!(hit >= 25 * rounds && errors >= 10 * rounds, "{hit} requests were hit, {errors} errors");
    Ok(())
}
