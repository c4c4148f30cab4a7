//! The `provider` block: where the control plane is, and how to speak with it.

use std::num::NonZeroU32;
use std::time::Duration;

use secrecy::SecretString;
use tfplugin::schema::validators::matches;
use tfplugin::schema::{Attribute, Numbers, Schema};
use tfplugin::value::{Path, Value};
use tfplugin::{Diagnostic, Diagnostics, Setup};
use truefoundry_api::{Client, Config};

use crate::session::Session;

pub(crate) fn schema() -> Schema {
    Schema::new([
        (
            "host",
            Attribute::string()
                .describe("URL of the control plane, such as `https://acme.truefoundry.cloud`. Defaults to the environment variable `TFY_HOST`, then `TFY_BASE_URL`.")
                .validate(matches("https?://[^ ]+", "a URL that starts with `https://` (or `http://` on this machine)")),
        ),
        (
            "api_key",
            Attribute::string().sensitive().describe(
                "API key: a personal access token or the token of a virtual account. Best left out, so that it comes from the environment variable `TFY_API_KEY`. Without one, a workload identity token is used: `TFC_WORKLOAD_IDENTITY_TOKEN_TRUEFOUNDRY`, then `TFC_WORKLOAD_IDENTITY_TOKEN`, which HCP Terraform sets.",
            ),
        ),
        (
            "adopt_existing",
            Attribute::bool().describe(
                "Take over an object that exists already when a resource of its name is created, and set it to the configuration. `false` by default: such a create is refused, since the object may belong to somebody else, and `terraform import` is the deliberate way.",
            ),
        ),
        (
            "timeout",
            Attribute::number()
                .describe("Time limit of one request to the control plane, in seconds. 60 by default.")
                .numbers(Numbers::whole(1..=3600)),
        ),
        (
            "max_retries",
            Attribute::number()
                .describe("How many times a request that failed in passing is repeated. 4 by default.")
                .numbers(Numbers::whole(0..=20)),
        ),
        (
            "read_in_pages",
            Attribute::bool().describe(
                "Answer many reads of one kind of object from pages of its list instead of one call each. `true` by default; `false` reads each object by itself.",
            ),
        ),
        (
            "max_requests_per_second",
            Attribute::number()
                .describe("How many requests may go to the control plane in a second. Defaults to the environment variable `TFY_MAX_REQUESTS_PER_SECOND`, then 500.")
                .numbers(Numbers::whole(1..=100_000)),
        ),
        (
            "ca_cert_file",
            Attribute::string().describe("PEM file with certificates to trust besides those of the operating system."),
        ),
    ])
    .describe("Manages the objects of a TrueFoundry control plane: environments, cloud accounts, clusters, workspaces.")
}

/// Makes the client; `None` while a value it needs is unknown.
pub(crate) fn configure(config: &Value, setup: &Setup) -> Result<Option<Session>, Diagnostics> {
    if config.as_object().is_some_and(|entries| entries.values().any(Value::is_unknown)) {
        tracing::info!("the provider's configuration is not wholly known yet");
        return Ok(None);
    }
    let host = value_or_env(config, "host", &["TFY_HOST", "TFY_BASE_URL"]).ok_or_else(|| {
        missing("host", "TFY_HOST", "the URL of your control plane, such as `https://acme.truefoundry.cloud`")
    })?;
    let (token, workload_identity) = credential(config)?;
    tfplugin::transport::log::redact(&token);
    let mut settings = Config::new(host, SecretString::from(token));
    settings.workload_identity = workload_identity;
    settings.user_agent = user_agent(setup);
    if let Some(seconds) = config.get("timeout").as_i64().and_then(|seconds| u64::try_from(seconds).ok()) {
        settings.timeout = Duration::from_secs(seconds);
    }
    if let Some(retries) = config.get("max_retries").as_i64().and_then(|retries| u32::try_from(retries).ok())
    {
        settings.max_retries = retries;
    }
    settings.read_in_pages = config.get("read_in_pages").as_bool().unwrap_or(true);
    if let Some(most) = max_requests_per_second(config)? {
        settings.max_requests_per_second = most;
    }
    if let Some(divisor) = from_env(&[HASTE]).and_then(|text| text.parse().ok()) {
        settings.pauses_divided_by = divisor;
    }
    settings.ca_cert_file = config.get("ca_cert_file").as_str().map(Into::into);
    let client = Client::new(settings).map_err(|error| {
        Diagnostic::error("The control plane cannot be used as it is configured")
            .detail(format!("{error}.\n\nhint: {}.", error.hint()))
    })?;
    let adopt_existing = config.get("adopt_existing").as_bool().unwrap_or(false);
    Ok(Some(Session::new(client, adopt_existing)))
}

/// For tests: a number by which every pause between two looks or attempts is divided.
const HASTE: &str = "TFY_TEST_PAUSES_DIVIDED_BY";

/// Tokens that HCP Terraform makes for a run, the one for this provider first.
const WORKLOAD_IDENTITY: [&str; 2] =
    ["TFC_WORKLOAD_IDENTITY_TOKEN_TRUEFOUNDRY", "TFC_WORKLOAD_IDENTITY_TOKEN"];

/// The bearer token, and whether it is one of workload identity. An API key is a deliberate choice, so it wins.
fn credential(config: &Value) -> Result<(String, bool), Diagnostic> {
    let api_key = value_or_env(config, "api_key", &["TFY_API_KEY"]).map(|key| (key, false));
    let token = || Some((from_env(&WORKLOAD_IDENTITY)?, true));
    api_key.or_else(token).ok_or_else(|| {
        Diagnostic::error("The provider has no credentials")
            .detail(format!(
                "There is no API key, neither as `api_key` in the `provider` block nor in the environment variable `TFY_API_KEY`, and no workload identity token in `{}` or `{}`.\n\nhint: set `TFY_API_KEY` to an API key made in the control plane's settings; in HCP Terraform, set the workspace variable `TFC_WORKLOAD_IDENTITY_AUDIENCE` instead and map the run's subject to a virtual account by its `identity_provider_mapping`.",
                WORKLOAD_IDENTITY[0], WORKLOAD_IDENTITY[1]
            ))
            .at(Path::of("api_key"))
    })
}

fn max_requests_per_second(config: &Value) -> Result<Option<NonZeroU32>, Diagnostic> {
    const VARIABLE: &str = "TFY_MAX_REQUESTS_PER_SECOND";
    if let Some(most) = config.get("max_requests_per_second").as_i64() {
        return Ok(u32::try_from(most).ok().and_then(NonZeroU32::new));
    }
    let Some(text) = from_env(&[VARIABLE]) else { return Ok(None) };
    text.trim().parse().map(Some).map_err(|_| {
        Diagnostic::error(format!("The environment variable `{VARIABLE}` is not a number of requests"))
            .detail(format!("It is `{text}`.\n\nhint: set it to a whole number from 1, or unset it."))
            .at(Path::of("max_requests_per_second"))
    })
}

fn user_agent(setup: &Setup) -> String {
    let own = concat!("terraform-provider-truefoundry/", env!("CARGO_PKG_VERSION"));
    match setup.terraform_version.as_str() {
        "" => own.to_owned(),
        version => format!("{own} (+terraform/{version})"),
    }
}

fn value_or_env(config: &Value, name: &str, variables: &[&str]) -> Option<String> {
    let text = config.get(name).as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned).or_else(|| from_env(variables))
}

/// The first of the variables that is set and not empty.
fn from_env(variables: &[&str]) -> Option<String> {
    variables.iter().find_map(|name| std::env::var(name).ok().filter(|text| !text.is_empty()))
}

fn missing(attribute: &str, variable: &str, what: &str) -> Diagnostic {
    Diagnostic::error(format!("The provider has no `{attribute}`"))
        .detail(format!(
            "It is neither in the `provider` block nor in the environment variable `{variable}`.\n\nhint: set `{variable}` to {what}."
        ))
        .at(Path::of(attribute))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a configuration with these attributes is refused with.
    fn refusal(attributes: &[(&str, &str)]) -> String {
        let mut config = schema().empty();
        for (name, value) in attributes {
            config.put(*name, *value);
        }
        let problems = configure(&config, &Setup::default()).map(drop).unwrap_err();
        problems.iter().map(ToString::to_string).collect()
    }

    const ALONE: &str = "TEST_CONFIGURATION_ALONE";

    /// The variables of whoever runs the tests must not matter, so the test runs once more, in a process without them.
    #[test]
    fn a_configuration_that_cannot_be_used_says_what_to_set() {
        if std::env::var_os(ALONE).is_none() {
            let mut again = std::process::Command::new(std::env::current_exe().unwrap());
            for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("TF")) {
                again.env_remove(name);
            }
            let name = "configuration::tests::a_configuration_that_cannot_be_used_says_what_to_set";
            let again =
                again.args(["--exact", name]).env(ALONE, "1").env("TFY_MAX_REQUESTS_PER_SECOND", "many");
            let output = again.output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
            return;
        }
        let key = ("api_key", "tfy_only_for_this_test");
        assert_eq!(
            refusal(&[key]),
            "`host`: The provider has no `host`: It is neither in the `provider` block nor in the environment variable \
             `TFY_HOST`.\n\nhint: set `TFY_HOST` to the URL of your control plane, such as \
             `https://acme.truefoundry.cloud`."
        );
        assert_eq!(
            refusal(&[("host", "https://acme.truefoundry.cloud")]),
            "`api_key`: The provider has no credentials: There is no API key, neither as `api_key` in the `provider` block \
             nor in the environment variable `TFY_API_KEY`, and no workload identity token in \
             `TFC_WORKLOAD_IDENTITY_TOKEN_TRUEFOUNDRY` or `TFC_WORKLOAD_IDENTITY_TOKEN`.\n\nhint: set `TFY_API_KEY` to an \
             API key made in the control plane's settings; in HCP Terraform, set the workspace variable \
             `TFC_WORKLOAD_IDENTITY_AUDIENCE` instead and map the run's subject to a virtual account by its \
             `identity_provider_mapping`."
        );
        assert_eq!(
            refusal(&[("host", "https://acme.truefoundry.cloud"), key]),
            "`max_requests_per_second`: The environment variable `TFY_MAX_REQUESTS_PER_SECOND` is not a number of \
             requests: It is `many`.\n\nhint: set it to a whole number from 1, or unset it."
        );
    }

    #[test]
    fn a_host_that_cannot_be_one_says_why() {
        let mut config = schema().empty();
        config.put("host", "acme");
        config.put("api_key", "tfy_only_for_this_test");
        config.put("max_requests_per_second", 10);
        let problems = configure(&config, &Setup::default()).map(drop).unwrap_err();
        let said: Vec<_> = problems.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "The control plane cannot be used as it is configured: `host` is not an http or https address: \
              `acme`.\n\nhint: write it with its scheme, such as `https://acme.truefoundry.cloud`."
            ]
        );
    }
}
