//! What a control plane and a network do that is unkind, one case for each: nothing may be lost, made twice, destroyed or
//! taken over.

use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use acceptance_tests::scratch::cluster;
use acceptance_tests::{Sandbox, Scratch, environment, signal};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

const APPLY: &[&str] = &["apply", "-no-color", "-auto-approve"];

/// A provider with these arguments.
fn provider(arguments: &str) -> String {
    format!("provider \"truefoundry\" {{\n{arguments}\n}}\n")
}

fn team(label: &str, name: &str) -> String {
    format!(
        "resource \"truefoundry_team\" \"{label}\" {{\n  name    = \"{name}\"\n  members = [\"admin@demo.example\"]\n}}\n"
    )
}

/// A service, with what it needs.
fn service(rest: &str) -> String {
    let cluster = cluster("prod", "");
    format!(
        r#"{cluster}
resource "truefoundry_workspace" "this" {{
  name        = "search"
  cluster_fqn = truefoundry_cluster.this.fqn
}}

resource "truefoundry_service" "this" {{
  name          = "api"
  workspace_fqn = truefoundry_workspace.this.fqn
  image         = {{ image = {{ image_uri = "nginx" }} }}
  ports         = [{{ port = 80, protocol = "TCP", expose = false }}]
  replicas      = {{ fixed = 1 }}
{rest}}}
"#
    )
}

/// The only application, as the control plane shows it.
fn application(sandbox: &Sandbox) -> Result<Value> {
    let mut apps = sandbox.get("/api/svc/v1/apps?limit=100&offset=0")?;
    ensure!(apps["data"].as_array().map_or(0, Vec::len) == 1, "{apps}");
    Ok(apps["data"][0].take())
}

fn deployments(sandbox: &Sandbox) -> Result<usize> {
    let application = application(sandbox)?;
    let id = application["id"].as_str().context("no id")?;
    let listed = sandbox.get(&format!("/api/svc/v1/apps/{id}/deployments?limit=100&offset=0"))?;
    Ok(listed["data"].as_array().map_or(0, Vec::len))
}

/// What an apply that must fail says.
fn refused(scratch: &Scratch) -> Result<String> {
    Ok(scratch.terraform.fail(APPLY)?.message())
}

/// Whether an address stands in the state, and whether it is tainted.
fn in_state(scratch: &Scratch, kind: &str) -> Result<Option<bool>> {
    let state: Value = serde_json::from_slice(&fs::read(scratch.folder().join("terraform.tfstate"))?)?;
    let of_kind = state["resources"].as_array().into_iter().flatten().find(|one| one["type"] == kind);
    Ok(of_kind.map(|resource| resource["instances"][0]["status"] == "tainted"))
}

fn put_team(sandbox: &Sandbox, name: &str, members: &Value) -> Result<()> {
    let manifest = json!({ "type": "team", "name": name, "members": members });
    let body = json!({ "manifest": manifest, "dryRun": false });
    sandbox.request("PUT", "/api/svc/v1/teams", Some(&body)).map(drop)
}

fn members(sandbox: &Sandbox, name: &str) -> Result<Value> {
    let teams = sandbox.get("/api/svc/v1/teams/user?limit=100&offset=0")?;
    let of_name =
        teams["data"].as_array().into_iter().flatten().find(|team| team["manifest"]["name"] == name);
    Ok(of_name.context("no such team")?["manifest"]["members"].clone())
}

/// Forgets what the working directory knows of earlier creates, as a remote worker does.
fn forget(scratch: &Scratch) -> Result<()> {
    let journal = scratch.folder().join(".terraform/truefoundry");
    if journal.exists() {
        fs::remove_dir_all(journal)?;
    }
    Ok(())
}

#[test]
fn an_adopted_cluster_whose_agent_is_not_there_stays() -> Result<()> {
    let waiting = cluster("acme", "  wait_for_connection = \"3s\"\n");
    let adopting = format!("{}{waiting}", provider("  adopt_existing = true"));
    let scratch = Scratch::new("life-adopted", &cluster("acme", ""))?;
    scratch.apply(&cluster("acme", ""))?;
    let made = scratch.sandbox.get("/api/svc/v1/clusters/acme")?;
    fs::remove_file(scratch.folder().join("terraform.tfstate"))?;
    forget(&scratch)?;
    scratch.write(&adopting)?;
    for _ in 0..2 {
        let message = refused(&scratch)?;
        ensure!(message.contains("was not connected after 3s"), "{message}");
        assert_eq!(
            in_state(&scratch, "truefoundry_cluster")?,
            None,
            "nothing that is destroyed by the next apply"
        );
    }
    let now = scratch.sandbox.get("/api/svc/v1/clusters/acme")?;
    assert_eq!(now["data"]["createdAt"], made["data"]["createdAt"], "it is the same cluster");
    assert_eq!(scratch.planned(&adopting, "truefoundry_cluster.this")?, ["create"]);
    Ok(())
}

#[test]
fn a_service_whose_deployment_failed_is_in_the_state() -> Result<()> {
    let scratch = Scratch::new("life-deploy-fails", &service(""))?;
    scratch.sandbox.switches(&json!({ "deploy_fails": true }))?;
    let message = refused(&scratch)?;
    ensure!(
        message.contains("Failed waiting for the deployment of the service `prod:search:api`"),
        "{message}"
    );
    assert_eq!(in_state(&scratch, "truefoundry_service")?, Some(true));
    scratch.sandbox.switches(&json!({ "deploy_fails": false }))?;
    forget(&scratch)?;
    assert_eq!(scratch.planned(&service(""), "truefoundry_service.this")?, ["delete", "create"]);
    scratch.apply(&service(""))?;
    scratch.destroy()
}

#[test]
fn a_service_that_took_too_long_is_in_the_state() -> Result<()> {
    let hasty = service("  timeouts      = { create = \"4s\" }\n");
    let scratch = Scratch::new("life-timeout", &hasty)?;
    scratch.sandbox.switches(&json!({ "deploy_after": 1000 }))?;
    let message = refused(&scratch)?;
    ensure!(
        message.contains("Failed waiting for the deployment of the service `prod:search:api`"),
        "{message}"
    );
    assert_eq!(in_state(&scratch, "truefoundry_service")?, Some(true));
    Ok(())
}

#[test]
fn a_service_that_was_interrupted_is_in_the_state() -> Result<()> {
    let scratch = Scratch::new("life-interrupted", &service(""))?;
    scratch.sandbox.switches(&json!({ "deploy_after": 1000 }))?;
    let mut apply = scratch.terraform.command(APPLY);
    let printed = scratch.folder().join("printed.txt");
    let file = fs::File::create(&printed)?.into_file();
    apply.stdout(file.try_clone()?).stderr(file).stdin(Stdio::null()).process_group(0);
    let mut apply = apply.spawn()?;
    let begin = Instant::now();
    while deployments(&scratch.sandbox).unwrap_or(0) == 0 {
        ensure!(begin.elapsed() < Duration::from_secs(60), "never deployed");
        std::thread::sleep(Duration::from_millis(50));
    }
    std::thread::sleep(Duration::from_millis(500));
    signal::interrupt_group(apply.id())?;
    apply.wait()?;
    let printed = fs::read_to_string(&printed)?;
    ensure!(printed.contains("waiting for the deployment of the service `prod:search:api`"), "{printed}");
    assert_eq!(in_state(&scratch, "truefoundry_service")?, Some(true));
    Ok(())
}

const SECRET: &str = r#"
resource "truefoundry_provider_account_aws" "this" {
  name           = "main"
  aws_account_id = "123456789012"
  auth_data = {
    assumed_role = { assumed_role_arn = "arn:aws:iam::123456789012:role/truefoundry" }
  }
  integrations = {
    parameters = { parameter_store = { region = "us-east-1" } }
  }
}

resource "truefoundry_secret_group" "this" {
  name            = "db"
  integration_fqn = truefoundry_provider_account_aws.this.integration_fqns["parameters"]
}
"#;

fn secret(version: u32) -> String {
    format!(
        "{SECRET}\nresource \"truefoundry_secret\" \"this\" {{\n  secret_group_fqn = truefoundry_secret_group.this.fqn\n  \
         name             = \"ours\"\n  value_wo         = \"hush-{version}\"\n  value_wo_version = {version}\n}}\n"
    )
}

/// The group's keys with values, written as the dashboard does: those that are there, and another.
fn add_secret(sandbox: &Sandbox, key: &str, value: &str) -> Result<()> {
    let groups = sandbox.get("/api/svc/v1/secret-groups?limit=100&offset=0")?;
    let id = groups["data"][0]["id"].as_str().context("no group")?.to_owned();
    let mut keys: Vec<Value> = secrets(sandbox)?.into_iter().map(|(key, _)| json!({ "key": key })).collect();
    keys.push(json!({ "key": key, "value": value }));
    let body = json!({ "secrets": keys });
    sandbox.request("PUT", &format!("/api/svc/v1/secret-groups/{id}"), Some(&body)).map(drop)
}

/// All secrets with their values.
fn secrets(sandbox: &Sandbox) -> Result<Vec<(String, String)>> {
    let listed = sandbox.post("/api/svc/v1/secrets", Some(&json!({ "withValue": true })))?;
    let text = |secret: &Value, field: &str| secret[field].as_str().unwrap_or_default().to_owned();
    let all = listed["data"].as_array().into_iter().flatten();
    let mut all: Vec<_> = all.map(|one| (text(one, "name"), text(one, "value"))).collect();
    all.sort();
    Ok(all)
}

#[test]
fn a_secret_that_somebody_adds_between_two_attempts_stays() -> Result<()> {
    let scratch = Scratch::new("life-secret-busy", SECRET)?;
    scratch.apply(SECRET)?;
    let busy = json!([{
        "match": { "method": "PUT", "path": "/secret-groups/" }, "status": 503, "headers": { "Retry-After": "4" },
    }]);
    scratch.sandbox.faults(&busy)?;
    scratch.write(&secret(1))?;
    let mut apply = scratch.terraform.command(APPLY);
    let mut apply = apply.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null()).spawn()?;
    let begin = Instant::now();
    while scratch.sandbox.get("/_sandbox/faults")?["data"][0]["seen"] == 0 {
        ensure!(begin.elapsed() < Duration::from_secs(60), "never written");
        std::thread::sleep(Duration::from_millis(50));
    }
    add_secret(&scratch.sandbox, "theirs", "kept")?;
    ensure!(apply.wait()?.success(), "the apply");
    let expected = [("ours".to_owned(), "hush-1".to_owned()), ("theirs".to_owned(), "kept".to_owned())];
    assert_eq!(secrets(&scratch.sandbox)?, expected);
    Ok(())
}

fn agent(instructions: &str) -> String {
    format!(
        "resource \"truefoundry_agent\" \"this\" {{\n  name         = \"support\"\n  description  = \"Helps.\"\n  instructions = \
         \"{instructions}\"\n  model        = {{ name = \"openai/gpt-4o\" }}\n}}\n"
    )
}

#[test]
fn an_agent_whose_answer_is_lost_has_one_version() -> Result<()> {
    let scratch = Scratch::new("life-agent", &agent("Answers."))?;
    scratch.sandbox.switches(&json!({ "unchecked_references": true }))?;
    scratch
        .sandbox
        .faults(&json!([{ "match": { "method": "PUT", "path": "/agents" }, "reset_after": true }]))?;
    scratch.apply(&agent("Answers."))?;
    let agents = scratch.sandbox.get("/api/svc/v1/agents?limit=100&offset=0")?;
    assert_eq!(agents["data"][0]["latestVersion"], 1);
    scratch.sandbox.faults(
        &json!([{ "match": { "method": "PUT", "path": "/agents" }, "status": 503, "effect": true }]),
    )?;
    scratch.apply(&agent("Answers better."))?;
    let agents = scratch.sandbox.get("/api/svc/v1/agents?limit=100&offset=0")?;
    assert_eq!(agents["data"][0]["latestVersion"], 2);
    Ok(())
}

#[test]
fn a_service_whose_answer_is_lost_is_deployed_once() -> Result<()> {
    let lost = json!({ "reset_after": true });
    let late = json!({ "status": 503, "effect": true });
    for (name, fault, retries) in [("0", &lost, 0), ("4", &lost, 4), ("late", &late, 4)] {
        let configuration = format!("{}{}", provider(&format!("  max_retries = {retries}")), service(""));
        let scratch = Scratch::new(&format!("life-lost-{name}"), &configuration)?;
        scratch.sandbox.switches(&json!({ "normalise": true }))?;
        let mut fault = fault.clone();
        fault["match"] = json!({ "method": "PUT", "path": "/apply" });
        scratch.sandbox.faults(&json!([fault]))?;
        scratch.apply(&configuration)?;
        assert_eq!(deployments(&scratch.sandbox)?, 1, "{name}");
    }
    Ok(())
}

#[test]
fn an_update_of_what_somebody_deleted_writes_nothing() -> Result<()> {
    let workspace = |label: &str| {
        let cluster = cluster("prod", "");
        format!(
            "{cluster}\nresource \"truefoundry_workspace\" \"this\" {{\n  name        = \"search\"\n  cluster_fqn = \
             truefoundry_cluster.this.fqn\n  labels      = {{ team = \"{label}\" }}\n}}\n"
        )
    };
    let scratch = Scratch::new("life-gone", &workspace("a"))?;
    scratch.apply(&workspace("a"))?;
    scratch.write(&workspace("b"))?;
    scratch.terraform.succeed(&["plan", "-no-color", "-out=planned"])?;
    let id =
        scratch.terraform.values("truefoundry_workspace.this")?["id"].as_str().context("no id")?.to_owned();
    scratch.sandbox.request("DELETE", &format!("/api/svc/v1/workspaces/{id}"), None)?;
    let message = scratch.terraform.fail(&["apply", "-no-color", "planned"])?.message();
    ensure!(message.contains("The workspace `prod:search` is gone"), "{message}");
    assert_eq!(scratch.sandbox.inventory()?["workspaces"]["count"], 0);
    assert_eq!(scratch.planned(&workspace("b"), "truefoundry_workspace.this")?, ["create"]);
    scratch.apply(&workspace("b"))
}

#[test]
fn an_update_of_a_secret_that_somebody_deleted_writes_nothing() -> Result<()> {
    let scratch = Scratch::new("life-secret-gone", &secret(1))?;
    scratch.apply(&secret(1))?;
    scratch.write(&secret(2))?;
    scratch.terraform.succeed(&["plan", "-no-color", "-out=planned"])?;
    let id = scratch.terraform.values("truefoundry_secret.this")?["id"].as_str().context("no id")?.to_owned();
    scratch.sandbox.request("DELETE", &format!("/api/svc/v1/secrets/{id}"), None)?;
    let message = scratch.terraform.fail(&["apply", "-no-color", "planned"])?.message();
    ensure!(message.contains("The secret `demo:db:ours` is gone"), "{message}");
    ensure!(secrets(&scratch.sandbox)?.is_empty(), "nothing is written");
    scratch.apply(&secret(2))
}

#[test]
fn an_answer_that_says_nothing_changes_nothing() -> Result<()> {
    let everything = format!(
        "{}\nresource \"truefoundry_user\" \"this\" {{\n  email = \"ada@example.com\"\n}}\n\n{}",
        service(""),
        GATEWAY
    );
    let scratch = Scratch::new("life-says-nothing", &everything)?;
    scratch.apply(&everything)?;
    let before = scratch.terraform.state()?;
    for path in ["/apps/", "/users/", "/llm-gateway/config/"] {
        for body in [json!([]), json!(null), json!({ "message": "maintenance" }), json!("<html></html>")] {
            let fault = json!([{ "match": { "method": "GET", "path": path }, "status": 200, "body": body, "count": 0 }]);
            scratch.sandbox.faults(&fault)?;
            let message = scratch.terraform.fail(&["plan", "-no-color"])?.message();
            ensure!(message.contains("cannot be understood"), "{path} {body}: {message}");
            assert_eq!(scratch.terraform.state()?, before);
        }
    }
    scratch.sandbox.request("DELETE", "/_sandbox/faults", None)?;
    scratch.terraform.expect_no_changes()
}

const GATEWAY: &str = r#"
resource "truefoundry_gateway_rate_limiting_config" "this" {
  name = "limits"
  rules = [
    {
      id       = "per-user"
      when     = { models = ["openai/gpt-4o"] }
      limit_to = 60
      unit     = "requests_per_minute"
    },
  ]
}
"#;

#[test]
fn what_somebody_else_makes_after_a_failure_is_not_taken_over() -> Result<()> {
    let scratch = Scratch::new("life-failed", &team("this", "search"))?;
    scratch.sandbox.faults(&json!([{ "match": { "method": "PUT", "path": "/teams" }, "status": 500 }]))?;
    let message = refused(&scratch)?;
    ensure!(message.contains("answered 500"), "{message}");
    put_team(&scratch.sandbox, "search", &json!([]))?;
    let message = refused(&scratch)?;
    ensure!(message.contains("The team `search` exists already"), "{message}");
    let block = "import {\n  to = truefoundry_team.<label>\n  id = \"search\"\n}";
    let unboxed: String =
        message.lines().map(|line| line.trim_start_matches(['│', ' ']).to_owned() + "\n").collect();
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    ensure!(flat(&unboxed).contains(&flat(block)), "{message}");
    assert_eq!(members(&scratch.sandbox, "search")?, json!([]));
    Ok(())
}

#[test]
fn another_terraform_workspace_takes_nothing_over() -> Result<()> {
    let scratch = Scratch::new("life-workspaces", &team("this", "search"))?;
    scratch.terraform.succeed(&["workspace", "new", "a"])?;
    scratch.terraform.succeed(APPLY)?;
    scratch.terraform.succeed(&["workspace", "new", "b"])?;
    let message = refused(&scratch)?;
    ensure!(message.contains("The team `search` exists already"), "{message}");
    Ok(())
}

#[test]
fn two_blocks_for_one_object_are_refused() -> Result<()> {
    let manifest = "resource \"truefoundry_manifest\" \"three\" {\n  manifest = jsonencode({ type = \"team\", name = \"search\", \
                    members = [] })\n}\n";
    let scratch = Scratch::new("life-twice", &format!("{}{}", team("one", "search"), team("two", "search")))?;
    let message = refused(&scratch)?;
    ensure!(message.contains("The team `search` is created twice"), "{message}");
    // Either of the two blocks may have come first: both are still there to be destroyed.
    scratch.destroy()?;
    scratch.apply(&team("one", "search"))?;
    scratch.destroy()?;
    scratch.write(&format!("{}{manifest}", team("one", "search")))?;
    let message = refused(&scratch)?;
    ensure!(message.contains("`search` is created twice"), "{message}");
    Ok(())
}

#[test]
fn a_secret_that_somebody_makes_after_a_refusal_is_not_overwritten() -> Result<()> {
    let scratch = Scratch::new("life-secret-refused", SECRET)?;
    scratch.apply(SECRET)?;
    let fault = json!([{ "match": { "method": "PUT", "path": "/secret-groups/" }, "status": 403 }]);
    scratch.sandbox.faults(&fault)?;
    scratch.write(&secret(1))?;
    let message = refused(&scratch)?;
    ensure!(message.contains("lacks a permission"), "{message}");
    // Clocks tell seconds.
    std::thread::sleep(Duration::from_secs(4));
    add_secret(&scratch.sandbox, "ours", "theirs")?;
    let message = refused(&scratch)?;
    ensure!(message.contains("The secret `demo:db:ours` exists already"), "{message}");
    assert_eq!(secrets(&scratch.sandbox)?, [("ours".to_owned(), "theirs".to_owned())]);
    Ok(())
}

#[test]
fn a_create_that_was_heard_is_continued_after_a_refusal() -> Result<()> {
    let configuration = format!("{}{}", provider("  max_retries = 0"), team("this", "search"));
    let scratch = Scratch::new("life-continued", &configuration)?;
    // The first apply cannot even look afterwards.
    let lost = json!([
        { "match": { "method": "PUT", "path": "/teams" }, "reset_after": true },
        { "match": { "method": "GET", "path": "/teams" }, "nth": 2, "status": 503, "count": 3 },
    ]);
    scratch.sandbox.faults(&lost)?;
    refused(&scratch)?;
    let refusal = json!([{ "match": { "method": "PUT", "path": "/teams" }, "status": 403, "count": 0 }]);
    scratch.sandbox.faults(&refusal)?;
    let message = refused(&scratch)?;
    ensure!(message.contains("lacks a permission"), "{message}");
    scratch.sandbox.request("DELETE", "/_sandbox/faults", None)?;
    scratch.apply(&configuration)?;
    scratch.destroy()
}

#[test]
fn a_group_that_is_not_shown_at_once_is_found() -> Result<()> {
    let scratch = Scratch::new("life-hidden", &secret(1))?;
    scratch.sandbox.switches(&json!({ "hidden_reads": 1 }))?;
    scratch.apply(&secret(1))?;
    assert_eq!(secrets(&scratch.sandbox)?, [("ours".to_owned(), "hush-1".to_owned())]);
    Ok(())
}

#[test]
fn without_room_for_a_record_nothing_is_made() -> Result<()> {
    let configuration = team("this", "search");
    let scratch = Scratch::new("life-no-room", &configuration)?;
    // A file where the folder of the records would be.
    let journal = scratch.folder().join(".terraform/truefoundry");
    fs::write(&journal, "")?;
    let before = scratch.sandbox.inventory()?;
    let message = refused(&scratch)?;
    ensure!(message.contains("The team `search` was not created"), "{message}");
    assert_eq!(scratch.sandbox.inventory()?, before);
    fs::remove_file(&journal)?;
    scratch.apply(&configuration)
}

/// What runs in a file system of its own, of 2 MiB: the working directory is copied there, and all but 24 KiB filled before an apply.
const ON_A_FULL_DISK: &str = r#"
set -e
mount -t tmpfs -o size=2m none "$FOLDER/small"
cp -a "$FOLDER/root/." "$FOLDER/small"
cd "$FOLDER/small"
left=$(df --output=avail -k . | tail -n 1)
head -c "$(( (left - 24) * 1024 ))" /dev/zero > filler
code=0
"$TERRAFORM" apply -no-color -auto-approve -parallelism=1 > "$FOLDER/full.log" 2>&1 || code=$?
echo "apply: $code" >> "$FOLDER/full.log"
rm filler
"$TERRAFORM" apply -no-color -auto-approve > "$FOLDER/free.log" 2>&1
"$TERRAFORM" plan -no-color -detailed-exitcode >> "$FOLDER/free.log" 2>&1
"#;

#[test]
fn on_a_full_disk_nothing_is_made_that_nobody_knows() -> Result<()> {
    let teams: String =
        (0..12).map(|number| team(&format!("t{number}"), &format!("team-{number}"))).collect();
    let scratch = Scratch::new("life-full-disk", &teams)?;
    let folder = scratch.folder().parent().context("the root has no folder")?;
    fs::create_dir_all(folder.join("small"))?;
    // A mount that nobody else sees, and that ends with the process.
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount", "sh", "-c", ON_A_FULL_DISK]);
    environment::scrub(&mut command);
    let terraform = scratch.terraform.command(&[]);
    command.env("FOLDER", folder).env("TERRAFORM", terraform.get_program());
    command.envs(scratch.terraform.variables().iter().cloned());
    let output = command.output().context("starting `unshare`\nhint: install `util-linux`")?;
    let log = |name: &str| fs::read_to_string(folder.join(name)).unwrap_or_default();
    let (full, free) = (log("full.log"), log("free.log"));
    ensure!(
        output.status.success(),
        "{}\n{full}\n{free}\nhint: it needs `mount`, and user namespaces (`sysctl kernel.unprivileged_userns_clone`)",
        String::from_utf8_lossy(&output.stderr)
    );
    ensure!(full.contains("apply: 1"), "the disk was not full: {full}");
    ensure!(full.contains("was not created"), "no create was refused: {full}");
    ensure!(free.contains("No changes"), "{free}");
    assert_eq!(scratch.sandbox.inventory()?["teams"]["count"], 12);
    Ok(())
}
