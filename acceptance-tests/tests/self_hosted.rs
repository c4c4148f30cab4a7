//! A self-hosted control plane with its network and cluster: the module's own example, applied by the real AWS provider
//! to the local AWS, planned again, its database resized, and destroyed in one go.

#[path = "self_hosted/defects.rs"]
mod defects;

use std::collections::BTreeMap;

use acceptance_tests::terraform::Plan;
use acceptance_tests::{Attached, CliConfig, LocalAws, Terraform, modules, policies, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

const DATABASE: &str = "module.control_plane.module.database.aws_db_instance.this";

/// The example with what protects its data switched off, so that it can go.
fn overrides(class: &str, storage_gib: u32) -> String {
    format!(
        "module \"control_plane\" {{\n  instance_class = \"{class}\"\n  storage_gib = {storage_gib}\n  \
         deletion_protection = false\n  final_snapshot = false\n  force_destroy = true\n}}\n"
    )
}

/// What the plan does, address by address; what stays as it is and what is only read is left out.
fn actions(plan: &Plan) -> BTreeMap<String, Vec<String>> {
    let changes = plan.json["resource_changes"].as_array().into_iter().flatten();
    changes
        .filter(|change| change["mode"] == "managed")
        .filter_map(|change| {
            let address = change["address"].as_str()?.to_owned();
            let actions = plan.actions(&address).into_iter().map(str::to_owned).collect::<Vec<_>>();
            (actions != ["no-op"]).then_some((address, actions))
        })
        .collect()
}

#[test]
fn it_is_applied_resized_and_destroyed() -> Result<()> {
    let folder = scratch::folder("self-hosted")?;
    let modules = folder.join("modules");
    modules::copy(&modules)?;
    let aws = LocalAws::start(&folder.join("local-aws.log"))?;
    let root = modules.join("self-hosted-control-plane/examples/basic");
    let settings = root.join("throwaway_override.tf");
    fs::write(&settings, overrides("db.t4g.medium", 50))?;
    let terraform = Terraform::new(&root, &CliConfig::for_modules()?)?.with(aws.environment().to_vec());
    terraform.init()?;
    let provider = Attached::aws(&root, &root.join("aws-provider.log"), aws.environment())?;
    let terraform = terraform.with(provider.environment());
    terraform.apply()?;
    terraform.expect_no_changes()?;
    defects::expect_none(&terraform.state()?)?;
    expect_good_policies(&terraform)?;

    fs::write(&settings, overrides("db.m7g.large", 100))?;
    let plan = terraform.plan()?;
    let expected = BTreeMap::from([(DATABASE.to_owned(), vec!["update".to_owned()])]);
    assert_eq!(actions(&plan), expected, "a resize changes the database in place and touches nothing else");
    terraform.apply()?;
    assert_eq!(actions(&terraform.plan()?), expected, "until the window every plan shows the change again");
    let databases = aws.inventory()?["names"]["rds:instance"].clone();
    aws.open_window(databases[0].as_str().context("no database")?)?;
    terraform.expect_no_changes()?;

    terraform.destroy()?;
    let left = aws.inventory()?;
    ensure!(left["objects"] == 0, "left after the destroy: {left}");
    Ok(())
}

fn expect_good_policies(terraform: &Terraform) -> Result<()> {
    let found = policies::collect(&terraform.state()?);
    ensure!(found.len() >= 12, "only {} policies were found: {:?}", found.len(), found.keys());
    let broken = policies::broken_rules(&found);
    ensure!(broken.is_empty(), "rules of our own are broken:\n{}", broken.join("\n"));
    let findings = policies::parliament(&found)?;
    ensure!(findings.is_empty(), "parliament found:\n{}", findings.join("\n"));
    Ok(())
}
