//! Data is kept: by a restore, by a major upgrade, by a destroy, and by whose key it is.

use acceptance_tests::stack::{Changes, Root, Stack};
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

const DATABASE: &str = include_str!("modules_data/database.tf");

/// The names of what the account holds of one kind.
fn names(stack: &Stack, kind: &str) -> Result<Vec<Value>> {
    Ok(stack.aws().inventory()?["names"][kind].as_array().cloned().unwrap_or_default())
}

/// Plans, and gives address => actions. What would destroy anything is an error.
fn planned(root: &Root) -> Result<Changes> {
    Changes::of(&root.terraform.plan()?)
}

/// The values of the database instance in the state.
fn instance(root: &Root) -> Result<Value> {
    let address = "module.database.aws_db_instance.this";
    let state = root.terraform.state()?;
    let modules = state["values"]["root_module"]["child_modules"].as_array();
    let mut resources =
        modules.into_iter().flatten().filter_map(|module| module["resources"].as_array()).flatten();
    let found = resources.find(|resource| resource["address"] == address);
    Ok(found.with_context(|| format!("`{address}` is not in the state"))?["values"].clone())
}

/// A destroy takes the final snapshot and leaves the key that it needs. From the snapshot the database is made again, by the same
/// configuration; the second plan is empty, and stays so when it is no longer said where the database came from. Its username and key
/// are the snapshot's. So it is with a copy of some point in time.
#[test]
fn a_destroyed_database_is_made_again_from_its_final_snapshot() -> Result<()> {
    let stack = Stack::new("data-restore")?;
    let mut root = stack.given("restore", DATABASE)?;
    root.set("final_snapshot", json!(true))?;
    root.apply()?;
    let left = root.terraform.output("final_snapshot")?;
    let key = root.terraform.output("kms_key_arn")?;
    assert_eq!(left["kms_key_arn"], key);

    let refused = root.terraform.fail(&["destroy", "-auto-approve", "-no-color"])?;
    ensure!(
        refused.stderr.contains("kms:ScheduleKeyDeletion")
            && refused.stderr.contains("with an explicit deny in a resource-based policy"),
        "the key was not kept: {}",
        refused.stderr
    );
    assert_eq!(names(&stack, "rds:snapshot")?, [left["identifier"].clone()]);
    assert_eq!(names(&stack, "rds:instance")?, Vec::<Value>::new());
    assert_eq!(names(&stack, "kms:key")?.len(), 1);

    root.set("restore_from_snapshot", left["identifier"].clone())?;
    root.apply()?;
    let restored = instance(&root)?;
    assert_eq!((&restored["kms_key_id"], &restored["username"]), (&key, &json!("postgres")));
    assert_eq!(restored["db_name"], "truefoundry");
    // The next final snapshot has a name of its own.
    assert_ne!(root.terraform.output("final_snapshot")?["identifier"], left["identifier"]);

    root.set("restore_from_snapshot", Value::Null)?;
    root.terraform.expect_no_changes()?;

    root.set("copies", json!(["acme-then"]))?;
    root.apply()?;
    root.terraform.expect_no_changes()?;

    // Nothing is to be kept any more.
    root.set("final_snapshot", json!(false))?;
    root.apply()?;
    root.terraform.destroy()?;
    assert_eq!(names(&stack, "kms:key")?, Vec::<Value>::new());
    Ok(())
}

/// Expects that the plan would change the database again, and nothing else: what was applied waits for the window.
fn expect_waiting(root: &Root) -> Result<()> {
    planned(root)?.expect(&[("module.database.aws_db_instance.this", "update")]);
    Ok(())
}

/// A major upgrade is made at once, so that nothing uses the old parameter group when it goes; and in the window, where that was said
/// before. Other changes wait.
#[test]
fn a_major_upgrade_at_once_and_through_a_window() -> Result<()> {
    let stack = Stack::new("data-upgrade")?;
    let mut root = stack.given("upgrade", DATABASE)?;
    root.set("engine_version", json!("15"))?;
    root.apply()?;

    root.set("instance_class", json!("db.m7g.large"))?;
    root.terraform.apply()?;
    expect_waiting(&root)?;
    stack.aws().open_window("acme")?;
    root.terraform.expect_no_changes()?;

    root.set("allow_major_version_upgrade", json!(true))?;
    root.set("engine_version", json!("16"))?;
    root.apply()?;
    let groups = names(&stack, "rds:parameter-group")?;
    ensure!(groups.len() == 1 && groups[0].to_string().contains("postgres16"), "{groups:?} are left");

    root.set("apply_immediately", json!(false))?;
    root.apply()?;
    root.set("engine_version", json!("17"))?;
    root.terraform.apply()?;
    expect_waiting(&root)?;
    stack.aws().open_window("acme")?;
    // The provider takes the major version that is written for the minor one that is there only when it has applied it.
    root.apply()?;
    let upgraded = instance(&root)?;
    ensure!(
        upgraded["engine_version_actual"].to_string().starts_with("\"17."),
        "{}",
        upgraded["engine_version_actual"]
    );
    root.terraform.destroy()?;
    Ok(())
}

const STORES: &str = include_str!("modules_data/stores.tf");
const KEY: &str = include_str!("modules_data/key.tf");

/// One image in a repository of ECR.
fn push(stack: &Stack, repository: &str) -> Result<()> {
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": { "mediaType": "application/vnd.docker.container.image.v1+json", "size": 1, "digest": "sha256:0" },
        "layers": [],
    });
    let image =
        json!({ "repositoryName": repository, "imageManifest": manifest.to_string(), "imageTag": "1" });
    let target = "AmazonEC2ContainerRegistry_V20150921.PutImage";
    stack.aws().json_call("us-east-1", "ecr", target, "1.1", &image).map(drop)
}

/// A destroy is refused by what holds data, and has not deleted the keys by then. Nor does a plan exchange a key that is in use. What is
/// not to be kept any more goes.
#[test]
fn registry_file_system_and_bucket_are_kept_with_their_keys() -> Result<()> {
    let stack = Stack::new("data-kept")?;
    let mut root = stack.given("stores", STORES)?;
    root.apply()?;
    stack.aws().put_object("us-east-1", "acme-objects", "a.json", &json!({ "kept": true }))?;
    push(&stack, "acme/api")?;

    let refused = root.terraform.fail(&["destroy", "-auto-approve", "-no-color"])?;
    for why in ["BucketNotEmpty", "RepositoryNotEmptyException", "elasticfilesystem:DeleteFileSystemPolicy"] {
        ensure!(refused.stderr.contains(why), "not refused by `{why}`: {}", refused.stderr);
    }
    assert_eq!(names(&stack, "ecr:repository")?, ["acme/api"]);
    assert_eq!(names(&stack, "efs:file-system")?.len(), 1);
    assert_eq!(stack.aws().object("us-east-1", "acme-objects", "a.json")?, json!({ "kept": true }));
    // That of the flow logs has gone with them.
    assert_eq!(names(&stack, "kms:key")?.len(), 3);

    root.apply()?;
    let other = stack.given("key", KEY)?;
    other.apply()?;
    root.set("kms_key_arn", other.terraform.output("arn")?)?;
    let refused = root.terraform.fail(&["plan", "-no-color"])?;
    for what in [
        "The bucket `acme-objects`",
        "The file system `acme`",
        "The repository `acme/api`",
        "The flow logs of `acme`",
    ] {
        ensure!(refused.stderr.contains(what), "`{what}` would be given another key: {}", refused.stderr);
    }

    root.set("kms_key_arn", Value::Null)?;
    root.set("kept", json!(false))?;
    root.apply()?;
    root.terraform.destroy()?;
    other.terraform.destroy()?;
    stack.expect_empty()
}

/// With a given key nothing makes one of its own, and a destroy leaves it alone.
#[test]
fn a_given_key_is_used_everywhere() -> Result<()> {
    let stack = Stack::new("data-given-key")?;
    let given = stack.given("key", KEY)?;
    given.apply()?;
    let mut root = stack.given("stores", STORES)?;
    root.set("kms_key_arn", given.terraform.output("arn")?)?;
    root.set("kept", json!(false))?;
    root.apply()?;
    assert_eq!(names(&stack, "kms:key")?.len(), 1);
    root.terraform.destroy()?;
    assert_eq!(names(&stack, "kms:key")?.len(), 1);
    given.terraform.destroy()?;
    stack.expect_empty()
}
