//! What an apply looks at before anything is started: who asks, where, and when.

use std::io::Write;
use std::path::Path;

use super::preflight::Asking;
use super::{DIFFERENCES, Failure};
use crate::diag::{Diagnostic, Level, Report};
use crate::plan::{self, Platform, Slots};
use crate::preflight::{self, Extent, Finding, Outcome};
use crate::screen;
use crate::spec::Spec;
use crate::tree::Manifest;

/// What is cheap of it, before an apply of layers that are AWS's: nothing is applied after a finding. What cannot be checked stops nothing.
/// Gives the ARN of whoever asks, where AWS was asked and told it.
pub(super) fn before_apply(directory: &Path, layer: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(platform) = of_tree(directory, layer) else { return Ok(None) };
    let facts = super::preflight::inspected(&platform, &Asking::default(), Extent::Cheap, &|_| {})?;
    let outcome = preflight::preflight(&platform, &facts, Extent::Cheap);
    if let Some(line) = left_open(&outcome) {
        writeln!(screen::err(), "{line}")?;
    }
    let arn = facts.caller.known().map(|caller| caller.arn.clone());
    stopped_by(outcome.findings).map_or(Ok(arn), Err)
}

/// The platform of a tree, by what the tree says of itself. `None` where it says nothing of use, which the run itself tells of, or where no
/// layer that is to be applied is AWS's.
fn of_tree(directory: &Path, layer: Option<&str>) -> Option<Platform> {
    let manifest = Manifest::whole(directory).ok()??;
    let spec: Spec = serde_json::from_value(manifest.inputs).ok()?;
    // What was generated was good on some day; which versions are in support is not asked here.
    let today = || plan::plan_again(&spec, &Slots::default(), super::clock());
    let platform = plan::plan(&spec).or_else(|_| today()).ok()?;
    let layers = plan::layers::of(&platform);
    let chosen = |name: &str| layer.is_none_or(|wanted| wanted == name);
    let of_aws = |one: &plan::Layer| one.configures(plan::layers::Provider::Aws) && chosen(one.name());
    layers.iter().any(of_aws).then_some(platform)
}

/// One line of what could not be checked, if anything.
fn left_open(outcome: &Outcome) -> Option<String> {
    let first = outcome.unchecked.first()?;
    let checks: Vec<&str> = outcome.unchecked.iter().map(|one| one.check.as_str()).collect();
    Some(format!("not checked before this apply: {} ({})", checks.join(", "), first.cause))
}

/// Why nothing is applied.
fn stopped_by(findings: Vec<Finding>) -> Option<Failure> {
    let problem = |one: Finding| Diagnostic::new(one.message).note(one.cause).hint(one.next);
    let problems: Vec<Diagnostic> = findings.into_iter().map(problem).collect();
    if problems.is_empty() {
        return None;
    }
    let report = Report { level: Level::Error, source: None, problems };
    Some(Failure::with(report, DIFFERENCES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_apply_is_stopped_by_what_is_found_and_by_nothing_else() {
        let finding = Finding {
            check: "account".to_owned(),
            message: "the message".to_owned(),
            cause: "the cause".to_owned(),
            next: "the next step".to_owned(),
            path: None,
        };
        let failure = stopped_by(vec![finding]).unwrap();
        assert_eq!(failure.code, 3);
        assert_eq!(
            failure.report.render(false),
            "error: the message\n  = note: the cause\n  = hint: the next step\n\n"
        );
        assert!(stopped_by(Vec::new()).is_none());
        let open = |check: &str| preflight::Unchecked {
            check: check.to_owned(),
            message: String::new(),
            cause: "the cause".to_owned(),
            next: String::new(),
        };
        let outcome = Outcome { unchecked: vec![open("clock"), open("region")], ..Outcome::default() };
        assert_eq!(
            left_open(&outcome).as_deref(),
            Some("not checked before this apply: clock, region (the cause)")
        );
        assert_eq!(left_open(&Outcome::default()), None);
    }
}
