//! The three scenarios as the examples write them, and a root with every module that none of them calls: applied with the modules of then, and planned, applied,
//! planned again and destroyed with those at hand. The roots stay as they are: what they say is still understood.

use std::collections::BTreeSet;

use acceptance_tests::guide::Guide;
use acceptance_tests::modules::{self, EARLIER};
use acceptance_tests::stack::{Root, Stack};
use acceptance_tests::terraform::PLAN_FILE;
use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::json;

use crate::judged;

const GIVEN_NETWORK: &str = include_str!("../modules_scenarios/given-network.tf");
const GIVEN_CLUSTER: &str = include_str!("../modules_scenarios/given-cluster.tf");
const OTHERS: &str = include_str!("others.tf");
const CHOICES: &str = include_str!("choices.tf");

/// What is protected since then is to be let go of before it is destroyed, as the guide says.
const UNPROTECTED: &str = "module \"file_system\" {\n  deletion_protection = false\n}\n";

/// Takes roots that are applied to the modules at hand, and destroys them, the last one first.
#[expect(clippy::print_stdout, reason = "what `cargo xtask prove upgrades` counts")]
fn go_to_the_modules_at_hand(stack: &Stack, roots: &[(&str, &Root)]) -> Result<()> {
    let guide = Guide::read()?;
    let mut made = Vec::new();
    for (_, root) in roots {
        made.push(judged::kept(root.terraform.folder(), &guide)?);
    }
    stack.renew_modules()?;
    stack.aws().keep_calls()?;
    for ((platform, root), kept) in roots.iter().zip(&made) {
        root.terraform.init()?;
        let plan = root.terraform.plan()?;
        fs::write(root.terraform.folder().join("upgrade.txt"), &plan.text)?;
        let gone = judged::gone(&plan, &guide).with_context(|| (*platform).to_owned())?;
        assert_eq!(gone, guide.of_platform(platform), "{platform}: not as in the guide\n{}", plan.text);
        root.terraform.succeed(&["apply", "-no-color", PLAN_FILE])?;
        root.terraform.expect_no_changes().with_context(|| (*platform).to_owned())?;
        let now = judged::kept(root.terraform.folder(), &guide)?;
        assert_eq!(kept.difference(&now).collect::<Vec<_>>(), [] as [&String; 0], "{platform}");
        println!(
            "proved: upgrades: {platform}, {} objects kept, {} gone as the guide says",
            kept.len(),
            gone.len()
        );
    }
    judged::took_nothing_away(stack.aws())?;
    for (platform, root) in roots.iter().rev() {
        if *platform == "others" {
            fs::write(root.terraform.folder().join("unprotected_override.tf"), UNPROTECTED)?;
            root.terraform.apply()?;
        }
        root.terraform.destroy()?;
    }
    Ok(())
}

#[test]
fn a_platform_in_a_vpc_of_its_own_stays_whole() -> Result<()> {
    let stack = Stack::of_commit("upgrade-new-vpc", EARLIER)?;
    let mut root = stack.scenario("new-vpc-new-cluster")?;
    root.set("protected", json!(false))?;
    root.terraform.apply()?;
    go_to_the_modules_at_hand(&stack, &[("new-vpc-new-cluster", &root)])?;
    stack.expect_empty()
}

#[test]
fn a_platform_in_a_vpc_of_others_stays_whole() -> Result<()> {
    let stack = Stack::of_commit("upgrade-existing-vpc", EARLIER)?;
    let given = stack.given("given-network", GIVEN_NETWORK)?;
    given.terraform.apply()?;
    let mut root = stack.scenario("existing-vpc-new-cluster")?;
    root.set("protected", json!(false))?;
    root.set_all(&given.terraform.output("network")?)?;
    root.terraform.apply()?;
    go_to_the_modules_at_hand(&stack, &[("existing-vpc-new-cluster", &root)])?;
    given.terraform.destroy()?;
    stack.expect_empty()
}

#[test]
fn a_platform_on_a_cluster_of_others_and_all_other_modules_stay_whole() -> Result<()> {
    let stack = Stack::of_commit("upgrade-existing-cluster", EARLIER)?;
    let given = stack.given("given-network", GIVEN_NETWORK)?;
    given.terraform.apply()?;
    let network = given.terraform.output("network")?;
    let mut cluster = stack.given("given-cluster", GIVEN_CLUSTER)?;
    cluster.set("vpc_id", network["vpc_id"].clone())?;
    cluster.set("private_subnet_ids", network["private_subnet_ids"].clone())?;
    cluster.terraform.apply()?;

    let mut root = stack.scenario("existing-vpc-existing-cluster")?;
    root.set("protected", json!(false))?;
    root.set("cluster_name", json!("others"))?;
    root.set_all(&network)?;
    root.terraform.apply()?;
    let mut others = stack.given("others", OTHERS)?;
    others.set_all(&network)?;
    others.terraform.apply()?;

    go_to_the_modules_at_hand(&stack, &[("existing-vpc-existing-cluster", &root), ("others", &others)])?;
    cluster.terraform.init()?;
    cluster.terraform.destroy()?;
    given.terraform.destroy()?;
    stack.expect_empty()
}

#[test]
fn a_platform_of_others_choices_stays_whole() -> Result<()> {
    let stack = Stack::of_commit("upgrade-choices", EARLIER)?;
    let root = stack.given("choices", CHOICES)?;
    root.terraform.apply()?;
    go_to_the_modules_at_hand(&stack, &[("choices", &root)])?;
    stack.expect_empty()
}

/// A module that no root calls could lose anything.
#[test]
fn every_module_of_then_is_called() -> Result<()> {
    let folder = tempfile::tempdir()?;
    modules::of_commit(EARLIER, &folder.path().join("modules"))?;
    let mut texts = vec![OTHERS.to_owned(), GIVEN_CLUSTER.to_owned()];
    for entry in fs::read_dir(folder.path().join("modules/examples"))? {
        texts.push(fs::read_to_string(entry?.path().join("main.tf"))?);
    }
    let mut missing = BTreeSet::new();
    for entry in fs::read_dir(folder.path().join("modules"))? {
        let path = entry?.path();
        let name = path.file_name().context("a module without a name")?.to_string_lossy().into_owned();
        let is_called = texts.iter().any(|text| text.contains(&format!("../{name}\"\n")));
        if path.is_dir() && name != "examples" && !is_called {
            missing.insert(name);
        }
    }
    assert_eq!(missing, BTreeSet::new(), "no root of this test calls them");
    Ok(())
}
