//! Who the provider is to the control plane: an API key, or the workload identity of a run.

use acceptance_tests::scratch::ENVIRONMENT;
use acceptance_tests::{CliConfig, Scratch, Terraform};
use anyhow::Result;
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use fs_err as fs;
use serde_json::{Value, json};

/// A token of an identity provider for this subject, good for years. The sandbox looks at no signature.
fn token(subject: &str) -> String {
    let part = |claims: &Value| BASE64_URL_SAFE_NO_PAD.encode(claims.to_string());
    format!(
        "{}.{}.c2ln",
        part(&json!({"alg": "none"})),
        part(&json!({"sub": subject, "exp": 4_102_444_800_u32}))
    )
}

/// Terraform that knows the sandbox's address and these variables, and no API key.
fn with(scratch: &Scratch, variables: &[(&str, &str)]) -> Result<Terraform> {
    let host = [("TFY_HOST".to_owned(), scratch.sandbox.host().to_owned())];
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let terraform = Terraform::new(scratch.folder(), &CliConfig::for_our_provider(&scratch.binaries)?)?;
    Ok(terraform.with(host).with(variables).with_trace(&scratch.folder().join("trace.log")))
}

#[test]
fn a_run_without_a_key_uses_its_workload_identity() -> Result<()> {
    let scratch = Scratch::traced("credentials-workload-identity", ENVIRONMENT)?;
    let account = json!({ "manifest": {
        "type": "virtual-account", "name": "runs",
        "permissions": [{ "resource_fqn": "demo", "resource_type": "tenant", "role_id": "tenant-admin" }],
        "identity_provider_mapping": [{ "identity_provider": "hcp", "value": "run-1" }],
    } });
    scratch.sandbox.request("PUT", "/api/svc/v1/virtual-accounts", Some(&account))?;
    let (ours, other) = (token("run-1"), token("run-2"));
    let (tagged, plain) = ("TFC_WORKLOAD_IDENTITY_TOKEN_TRUEFOUNDRY", "TFC_WORKLOAD_IDENTITY_TOKEN");

    // A token whose subject nobody mapped.
    let run = with(&scratch, &[(plain, &other)])?.fail(&["apply", "-no-color", "-auto-approve"])?;
    let message = run.message();
    assert!(message.contains("does not accept the workload identity token"), "{message}");
    assert!(message.contains("`identity_provider_mapping`"), "{message}");
    fs::write(scratch.folder().join("printed.txt"), &message)?;

    // The token for this provider comes before the one for all.
    with(&scratch, &[(tagged, &ours), (plain, &other)])?.apply()?;
    assert_eq!(scratch.sandbox.inventory()?["environments"]["count"], 1);
    with(&scratch, &[(plain, &ours)])?.expect_no_changes()?;

    // An API key comes before both.
    with(&scratch, &[(tagged, &other), ("TFY_API_KEY", scratch.sandbox.api_key())])?.expect_no_changes()?;
    scratch.expect_no_leaks(&[("mapped token", &ours), ("other token", &other)])
}

#[test]
fn every_way_to_give_credentials_is_named_when_there_are_none() -> Result<()> {
    let scratch = Scratch::new("credentials-none", ENVIRONMENT)?;
    let run = with(&scratch, &[])?.fail(&["plan", "-no-color"])?;
    for way in ["`TFY_API_KEY`", "`TFC_WORKLOAD_IDENTITY_TOKEN_TRUEFOUNDRY`", "`TFC_WORKLOAD_IDENTITY_TOKEN`"]
    {
        assert!(run.message().contains(way), "{way} not in {}", run.message());
    }
    Ok(())
}

#[test]
fn a_rate_limit_that_is_no_number_is_refused() -> Result<()> {
    let scratch = Scratch::new("credentials-rate", ENVIRONMENT)?;
    let key = scratch.sandbox.api_key().to_owned();
    let variable = "TFY_MAX_REQUESTS_PER_SECOND";
    let run = with(&scratch, &[("TFY_API_KEY", &key), (variable, "many")])?.fail(&["plan", "-no-color"])?;
    assert!(run.message().contains("`TFY_MAX_REQUESTS_PER_SECOND` is not a number"), "{}", run.message());
    assert!(run.message().contains("It is `many`"), "{}", run.message());
    with(&scratch, &[("TFY_API_KEY", &key), (variable, "5")])?.plan()?;
    Ok(())
}
