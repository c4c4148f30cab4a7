//! What a configuration is refused with while it is checked, word for word.

use terraform_provider_truefoundry::Truefoundry;
use tfplugin::Diagnostics;
use tfplugin::Provider as _;
use tfplugin::schema::{Presence, Schema};
use tfplugin::value::Value;

use super::messages::{config, resource};

/// The attributes of an object.
fn object(attributes: &[(&str, Value)]) -> Value {
    Value::object(attributes.iter().map(|(name, value)| (*name, value.clone())))
}

/// What is said of these attributes; nothing is known of the others that are required.
fn refusals(schema: &Schema, attributes: &[(&str, Value)]) -> Vec<String> {
    let mut problems = Diagnostics::new();
    let mut config = config(schema, attributes);
    for (name, attribute) in schema.attributes() {
        if attribute.presence() == Presence::Required && config.get(name).is_null() {
            config.put(name.as_str(), Value::UNKNOWN);
        }
    }
    schema.validate_config(&config, &mut problems);
    problems.iter().map(|problem| format!("{}: {}", problem.summary, problem.detail)).collect()
}

/// That this one attribute is refused like this.
fn refused(kind: &str, name: &str, value: impl Into<Value>, demand: &str, got: &str) {
    let refusals = refusals(&resource(kind), &[(name, value.into())]);
    let at = refusals.first().and_then(|said| said.split('`').nth(1)).unwrap_or_default();
    assert!(at.starts_with(name), "{refusals:?}");
    assert_eq!(refusals, [format!("Invalid value for `{at}`: `{at}` must be {demand}, but it is {got}.")]);
}

#[test]
fn names_and_addresses() {
    let name = "lower-case letters, digits and `-`, beginning with a letter";
    refused("truefoundry_workspace", "name", "1-search", name, "`1-search`");
    refused("truefoundry_user", "email", "ada", "an e-mail address", "`ada`");
    refused("truefoundry_user", "invite_url", "acme.example", "a URL", "`acme.example`");
    refused("truefoundry_secret", "secret_group_fqn", "db", "an FQN `<tenant>:<group>`", "`db`");
    refused("truefoundry_secret", "name", "a b", "text without `:` and spaces", "`a b`");
    let domains = Value::List(vec!["*".into()]);
    let domain = "a domain such as `ai.example.com` or `*.ai.example.com`";
    refused("truefoundry_cluster", "base_domains", domains, domain, "`*`");
    let somebody = object(&[("subject", "somebody".into()), ("role_id", "admin".into())]);
    refused(
        "truefoundry_workspace",
        "collaborators",
        Value::Set(vec![somebody]),
        "a subject such as `user:<email>` or `team:<name>`",
        "`somebody`",
    );
}

#[test]
fn aws_accounts() {
    let kind = "truefoundry_provider_account_aws";
    refused(kind, "aws_account_id", "1234", "the 12 digits of an AWS account id", "`1234`");
    let auth = |way: &str, data: &[(&str, Value)]| {
        let none = [("assumed_role", Value::Null), ("access_key", Value::Null)];
        let mut auth = object(&none);
        auth.put(way, object(data));
        auth
    };
    let role = [("assumed_role_arn", "admin".into()), ("external_id", Value::Null)];
    refused(kind, "auth_data", auth("assumed_role", &role), "the ARN of an IAM role", "`admin`");
    let key = [
        ("access_key_id", "AK IA".into()),
        ("secret_access_key", "hush".into()),
        ("secret_access_key_wo", Value::Null),
        ("secret_access_key_wo_version", Value::Null),
    ];
    refused(kind, "auth_data", auth("access_key", &key), "text without spaces", "`AK IA`");

    let integration = |of: &str, data: &[(&str, Value)]| {
        let names =
            ["s3", "ecr", "parameter_store", "secrets_manager", "eks", "authorized_subjects", "auth_data"];
        let mut one = Value::object(names.map(|name| (name, Value::Null)));
        one.put(of, object(data));
        Value::object([("main", one)])
    };
    let s3 = [("storage_root", "bucket".into()), ("region", "us-east-1".into())];
    let url = "an S3 URL such as `s3://bucket/prefix`";
    refused(kind, "integrations", integration("s3", &s3), url, "`bucket`");
    let ecr = [("registry_url", "docker.io".into())];
    refused(kind, "integrations", integration("ecr", &ecr), "the host of an ECR registry", "`docker.io`");
    let long = "x".repeat(129);
    let tags = Value::object([(long.as_str(), "x".into())]);
    let store = [("region", "us-east-1".into()), ("kms_arn", Value::Null), ("tags", tags)];
    let got = format!("`{long}`");
    refused(kind, "integrations", integration("parameter_store", &store), "1 to 128 characters", &got);
}

#[test]
fn times() {
    let kind = resource("truefoundry_cluster");
    assert_eq!(
        refusals(&kind, &[("wait_for_connection", "15".into())]),
        [
            "Invalid value for `wait_for_connection`: `wait_for_connection` must be a duration such as `30s`, `10m` or \
          `1h30m`, but `15` lacks a unit (`s`, `m` or `h`)."
        ]
    );
}

#[test]
fn the_provider_and_actions() {
    let url = "a URL that starts with `https://` (or `http://` on this machine)";
    assert_eq!(
        refusals(&Truefoundry.schema(), &[("host", "acme".into())]),
        [format!("Invalid value for `host`: `host` must be {url}, but it is `acme`.")]
    );
    let actions = Truefoundry.actions();
    let (_, restart) = actions.iter().find(|(name, _)| name == "truefoundry_restart_application").unwrap();
    assert_eq!(
        refusals(&restart.schema(), &[("fqn", "api".into())]),
        ["Invalid value for `fqn`: `fqn` must be an FQN `<cluster>:<workspace>:<name>`, but it is `api`."]
    );
}

#[test]
fn one_of_two_ways() {
    let sources = Truefoundry.data_sources();
    let (_, workspace) = sources.iter().find(|(name, _)| name == "truefoundry_workspace").unwrap();
    let schema = workspace.schema();
    assert_eq!(
        refusals(&schema, &[]),
        [
            "A workspace is named by `fqn`, or by `name` and `cluster_fqn`: Neither is set. Set one of the two."
        ]
    );
    let both = [("fqn", "one:search".into()), ("name", "search".into()), ("cluster_fqn", "one".into())];
    assert_eq!(
        refusals(&schema, &both),
        ["A workspace is named by `fqn`, or by `name` and `cluster_fqn`: Both are set. Set one of the two."]
    );
}

#[test]
fn what_a_manifest_is_about_stands_in_the_manifest() {
    let resources = Truefoundry.resources();
    let (_, manifest) = resources.iter().find(|(name, _)| name == "truefoundry_manifest").unwrap();
    let attributes = [
        ("manifest", r#"{"type":"team","name":"search"}"#.into()),
        ("manifest_wo", r#"{"name":"other"}"#.into()),
        ("manifest_wo_version", 1.into()),
    ];
    let mut problems = Diagnostics::new();
    manifest.validate(&config(&manifest.schema(), &attributes), &mut problems);
    let said: Vec<_> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        said,
        [
            "`manifest_wo`: `manifest_wo` changes which object the manifest is about: The type, the name and what else \
          cannot be changed stand in `manifest`; `manifest_wo` is for secrets."
        ]
    );
}
