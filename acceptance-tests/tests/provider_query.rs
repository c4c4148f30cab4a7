//! What exists already is found and taken over: `terraform query`, `import`, and the configuration that Terraform or the
//! provider makes of an object.

use acceptance_tests::cores::Feature;
use acceptance_tests::cores::feature::can;
use acceptance_tests::terraform::Run;
use acceptance_tests::{Scratch, sandbox};
use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::{Value, json};

const GENERATED: &str = "generated.tf";

fn put(scratch: &Scratch, collection: &str, manifest: &Value) -> Result<()> {
    let path = format!("/api/svc/v1/{collection}");
    scratch.sandbox.request("PUT", &path, Some(&json!({ "manifest": manifest }))).map(drop)
}

fn environment(name: &str) -> Value {
    json!({ "type": "environment", "name": name, "isProduction": false, "optimizeFor": "COST", "color": {} })
}

/// Plans the import of one object without a configuration of it. Gives what was said, and the file that was made.
fn generate(scratch: &Scratch, address: &str, id: &str) -> Result<(Run, String)> {
    scratch.write(&format!("import {{\n  to = {address}\n  id = \"{id}\"\n}}\n"))?;
    let file = scratch.folder().join(GENERATED);
    let arguments = ["plan", "-no-color", "-detailed-exitcode", &format!("-generate-config-out={GENERATED}")];
    let run = scratch.terraform.run(&arguments)?;
    let text = fs::read_to_string(&file).with_context(|| format!("nothing was made: {}", run.message()))?;
    Ok((run, text))
}

/// The text with single spaces: the columns depend on what stands beside.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn an_account_keeps_its_key() -> Result<()> {
    let scratch = Scratch::new("query-account", "")?;
    let key = sandbox::new_secret("sk");
    let account = json!({
        "type": "provider-account/openai", "name": "openai", "integrations": [],
        "auth_data": { "type": "api-key", "api_key": key },
    });
    put(&scratch, "provider-accounts", &account)?;
    let (run, text) = generate(&scratch, "truefoundry_provider_account_openai.o", "openai")?;
    assert!(words(&text).contains("auth_data = { api_key = null"), "{text}");
    assert_eq!(run.code, 1, "nothing can be applied without the key: {}", run.message());
    assert!(
        run.message().contains("Exactly one of `api_key`, `api_key_wo` is allowed in `auth_data`"),
        "{}",
        run.message()
    );
    // With it, the file is what takes the account over.
    fs::write(scratch.folder().join(GENERATED), replace_null(&text, "api_key", &key))?;
    scratch.terraform.apply()?;
    scratch.terraform.expect_no_changes()?;
    let stored = scratch.sandbox.get("/_sandbox/manifests")?;
    assert!(stored.to_string().contains(&key), "the key is gone: {stored}");
    Ok(())
}

/// Gives the first attribute of this name that is null a value.
fn replace_null(text: &str, name: &str, value: &str) -> String {
    let mut done = false;
    let lines = text.lines().map(|line| {
        let mut parts = line.splitn(2, '=');
        let is_it = parts.next().is_some_and(|left| left.trim() == name)
            && parts.next().is_some_and(|right| right.trim_start().starts_with("null"));
        if is_it && !std::mem::replace(&mut done, true) {
            format!("{name} = \"{value}\"")
        } else {
            line.to_owned()
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_service_keeps_its_login_and_its_mounts() -> Result<()> {
    let scratch = Scratch::new("query-service", "")?;
    put(&scratch, "environments", &environment("prod"))?;
    put(
        &scratch,
        "clusters",
        &json!({
            "type": "cluster", "name": "one", "cluster_type": "aws-eks", "environment_names": ["prod"],
            "base_domains": ["ai.example.com"],
        }),
    )?;
    put(&scratch, "workspaces", &json!({ "type": "workspace", "name": "search", "cluster_fqn": "one" }))?;
    let service = json!({
        "type": "service", "name": "api", "workspace_fqn": "one:search", "replicas": 1,
        "image": { "type": "image", "image_uri": "registry.acme.example/api:1" },
        "ports": [{
            "port": 8080, "protocol": "TCP", "expose": true, "host": "api.ai.example.com",
            "auth": { "type": "basic_auth", "username": "me", "password": sandbox::new_secret("password") },
        }],
        "mounts": [
            { "type": "volume", "mount_path": "/models", "volume_fqn": "tfy-volume://one:search:models" },
            { "type": "string", "mount_path": "/etc/api.conf", "data": sandbox::new_secret("content") },
        ],
    });
    scratch.sandbox.switches(&json!({ "unchecked_references": true }))?;
    put(&scratch, "apps", &service)?;
    let (run, text) = generate(&scratch, "truefoundry_service.api", "one:search:api")?;
    assert_eq!(run.code, 1, "nothing can be applied without the secrets: {}", run.message());
    let (message, words) = (run.message(), words(&text));
    for kept in
        ["basic_auth = {", "username = \"me\"", "mount_path = \"/models\"", "mount_path = \"/etc/api.conf\""]
    {
        assert!(words.contains(kept), "`{kept}` is not in:\n{text}");
    }
    for named in ["`ports[0].auth.basic_auth`", "`mounts[1].string`"] {
        assert!(message.contains(named), "{named} is not named: {message}");
    }
    Ok(())
}

/// Everything that exists, as a file with `list` blocks finds it.
fn query(scratch: &Scratch, lists: &str, arguments: &[&str]) -> Result<Run> {
    fs::write(scratch.folder().join("existing.tfquery.hcl"), lists)?;
    scratch.terraform.run(&[&["query", "-no-color"], arguments].concat())
}

fn list(kind: &str, config: &str) -> String {
    format!("list \"truefoundry_{kind}\" \"all\" {{\n  provider = truefoundry\n{config}}}\n")
}

#[test]
fn what_is_listed_is_imported_without_a_difference() -> Result<()> {
    if !can(Feature::Query)? {
        return Ok(());
    }
    let scratch = Scratch::new("query-import", "")?;
    put(&scratch, "environments", &environment("prod"))?;
    put(&scratch, "environments", &environment("stage"))?;
    let run = query(&scratch, &list("environment", ""), &[&format!("-generate-config-out={GENERATED}")])?;
    assert_eq!(run.code, 0, "{}", run.message());
    assert!(run.message().contains("name=prod prod"), "identity and name: {}", run.message());
    fs::remove_file(scratch.folder().join("existing.tfquery.hcl"))?;
    let plan = scratch.terraform.plan()?;
    assert!(plan.text.contains("Plan: 2 to import, 0 to add, 0 to change, 0 to destroy."), "{}", plan.text);
    scratch.terraform.apply()?;
    scratch.terraform.expect_no_changes()
}

#[test]
fn listings_are_narrowed() -> Result<()> {
    if !can(Feature::Query)? {
        return Ok(());
    }
    let scratch = Scratch::new("query-narrowed", "")?;
    put(&scratch, "environments", &environment("prod"))?;
    for name in ["ada@example.com", "bob@example.com"] {
        let register = json!({ "email": name });
        scratch.sandbox.request("POST", "/api/svc/v1/users/register", Some(&register))?;
    }
    put(&scratch, "environments", &environment("stage"))?;
    for cluster in ["one", "two"] {
        put(
            &scratch,
            "clusters",
            &json!({
                "type": "cluster", "name": cluster, "cluster_type": "aws-eks", "environment_names": ["prod"],
            }),
        )?;
        put(
            &scratch,
            "workspaces",
            &json!({ "type": "workspace", "name": "search", "cluster_fqn": cluster }),
        )?;
        put(
            &scratch,
            "workspaces",
            &json!({ "type": "workspace", "name": "index", "cluster_fqn": cluster }),
        )?;
    }
    for (kind, config, expected) in [
        ("environment", "name_contains = \"tag\"", &["name=stage"][..]),
        (
            "workspace",
            "cluster_fqn = \"two\"",
            &["cluster_fqn=two,name=index", "cluster_fqn=two,name=search"],
        ),
        ("workspace", "name = \"search\"", &["cluster_fqn=one,name=search", "cluster_fqn=two,name=search"]),
        ("user", "email_contains = \"bob\"", &["email=bob@example.com"]),
    ] {
        let run = query(&scratch, &list(kind, &format!("\n  config {{\n    {config}\n  }}\n")), &[])?;
        assert_eq!(run.code, 0, "{}", run.message());
        let rows = run.stdout.lines().filter(|line| line.starts_with("list."));
        let mut found: Vec<&str> = rows.filter_map(|row| row.split_whitespace().nth(1)).collect();
        found.sort_unstable();
        assert_eq!(found, expected, "{kind} with {config}: {}", run.stdout);
    }
    Ok(())
}

/// One page of environments as it is given here, in place of the real one.
fn answer(scratch: &Scratch, environments: &[Value]) -> Result<()> {
    let count = environments.len();
    let entities: Vec<Value> = environments
        .iter()
        .map(|manifest| json!({ "id": format!("id-{}", manifest["name"].as_str().unwrap_or_default().len()), "name": manifest["name"], "manifest": manifest }))
        .collect();
    let body = json!({ "data": entities, "pagination": { "total": count, "offset": 0, "limit": 100 } });
    let path = json!({ "method": "GET", "path": "/environments" });
    scratch.sandbox.faults(&json!([{ "match": path, "nth": 1, "count": 0, "status": 200, "body": body }]))
}

#[test]
fn one_object_that_cannot_be_read_hides_no_other() -> Result<()> {
    if !can(Feature::Query)? {
        return Ok(());
    }
    let scratch = Scratch::new("query-broken", "")?;
    let mut broken = environment("broken");
    broken["isProduction"] = "perhaps".into();
    answer(&scratch, &[environment("prod"), broken, environment("on\ntwo lines")])?;
    let run = query(&scratch, &list("environment", ""), &[])?;
    let message = run.message();
    assert_eq!(run.code, 0, "{message}");
    assert!(message.contains("name=prod prod"), "{message}");
    assert!(message.contains("Warning: The environment `broken` cannot be understood"), "{message}");
    assert!(message.contains("`broken` is left out of the listing."), "{message}");
    let row = run.stdout.lines().find(|line| line.contains("two lines")).unwrap_or_default();
    assert!(row.contains("on two lines"), "a name is one line: {}", run.stdout);
    Ok(())
}

#[test]
fn an_object_is_named_by_its_identity() -> Result<()> {
    if !can(Feature::ImportByIdentity)? {
        return Ok(());
    }
    let scratch = Scratch::new("query-identity", "")?;
    put(&scratch, "environments", &environment("prod"))?;
    let configuration = "import {\n  to       = truefoundry_environment.this\n  identity = { name = \"prod\" }\n}\n\n\
                         resource \"truefoundry_environment\" \"this\" {\n  name          = \"prod\"\n  \
                         is_production = false\n  optimize_for  = \"COST\"\n}\n";
    scratch.write(configuration)?;
    let plan = scratch.terraform.plan()?;
    assert!(plan.text.contains("1 to import, 0 to add, 0 to change"), "{}", plan.text);
    scratch.apply(configuration)
}
