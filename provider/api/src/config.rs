//! What a client must know before its first request.

use std::{net::IpAddr, num::NonZeroU32, path::PathBuf, time::Duration};

use reqwest::Url;
use secrecy::SecretString;

use crate::{Error, Result};

/// More than Terraform sends with its usual parallelism, and little enough for a control plane.
const REQUESTS_PER_SECOND: NonZeroU32 = NonZeroU32::new(500).unwrap();

/// Settings of a [`crate::Client`]. `Debug` shows no secret.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address of the control plane, such as `https://acme.truefoundry.cloud`. A path prefix is kept.
    pub host: String,
    /// Bearer token: a personal access token, a virtual account's token or a JWT.
    pub api_key: SecretString,
    /// Whether `api_key` is a token of an identity provider, such as the workload identity of a CI run. The control plane
    /// takes it as it takes its own, for the virtual account that has its subject as `identity_provider_mapping`.
    pub workload_identity: bool,
    /// Value of the `User-Agent` header.
    pub user_agent: String,
    /// Time limit of one attempt, from the first byte sent to the last byte read.
    pub timeout: Duration,
    /// How many times a failed attempt is repeated (0 means one attempt and no more).
    pub max_retries: u32,
    /// No retry starts when it would begin later than this after the first attempt.
    pub max_retry_time: Duration,
    /// PEM file with certificates to trust besides those of the operating system.
    pub ca_cert_file: Option<PathBuf>,
    /// Allows `http://` to hosts other than this machine. The API key then travels unencrypted.
    pub allow_plain_http: bool,
    /// Answers many reads of one collection from pages of its list instead of one call each.
    pub read_in_pages: bool,
    /// How many requests may go out in a second, attempts counted singly; as many may go at once after a pause.
    pub max_requests_per_second: NonZeroU32,
    /// For tests: every pause takes only this part of its time, and counts as the whole.
    pub pauses_divided_by: NonZeroU32,
}

impl Config {
    /// Settings with the usual defaults: 60 s per attempt, 4 retries within 2 minutes, 500 requests per
    /// second, TLS required off this machine.
    pub fn new(host: impl Into<String>, api_key: SecretString) -> Self {
        Self {
            host: host.into(),
            api_key,
            workload_identity: false,
            user_agent: concat!("truefoundry-api/", env!("CARGO_PKG_VERSION")).to_owned(),
            timeout: Duration::from_secs(60),
            max_retries: 4,
            max_retry_time: Duration::from_secs(120),
            ca_cert_file: None,
            allow_plain_http: false,
            read_in_pages: true,
            max_requests_per_second: REQUESTS_PER_SECOND,
            pauses_divided_by: NonZeroU32::MIN,
        }
    }
}

/// A checked host.
#[derive(Clone, Debug)]
pub(crate) struct Host {
    /// Ends in `/`, so that joining keeps a path prefix.
    pub(crate) base: Url,
    pub(crate) loopback: bool,
}

impl Host {
    pub(crate) fn parse(host: &str, allow_plain_http: bool) -> Result<Self> {
        let host = host.trim();
        let bad = |why: &str, hint: &str| Error::Config { message: why.to_owned(), hint: hint.to_owned() };
        if host.is_empty() {
            return Err(bad(
                "`host` is empty",
                "set it to the address of the control plane, such as `https://acme.truefoundry.cloud`",
            ));
        }
        let url = Url::parse(host)
            .ok()
            .filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
            .ok_or_else(|| {
                bad(
                    &format!("`host` is not an http or https address: `{}`", without_userinfo(host)),
                    "write it with its scheme, such as `https://acme.truefoundry.cloud`",
                )
            })?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(bad(
                "`host` carries a user name or password",
                "remove it: the API key is the only credential that is sent",
            ));
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(bad(
                "`host` carries a query or a fragment",
                "keep only scheme, name, port and path prefix",
            ));
        }
        let loopback = is_loopback(&url);
        if url.scheme() == "http" && !loopback && !allow_plain_http {
            return Err(bad(
                &format!("`host` is `http://` and not this machine: `{url}`"),
                "use `https://`; over plain http the API key could be read on the way",
            ));
        }
        let mut base = url;
        if !base.path().ends_with('/') {
            let path = format!("{}/", base.path());
            base.set_path(&path);
        }
        Ok(Self { base, loopback })
    }
}

fn without_userinfo(host: &str) -> &str {
    host.rsplit_once('@').map_or(host, |(_, rest)| rest)
}

fn is_loopback(url: &Url) -> bool {
    let name = url.host_str().unwrap_or_default();
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || name.ends_with(".localhost")
        || address.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(host: &str) -> std::result::Result<String, String> {
        Host::parse(host, false).map(|host| host.base.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_host_keeps_its_path_prefix_and_loses_its_trailing_slash_differences() {
        assert_eq!(base("https://acme.truefoundry.cloud").unwrap(), "https://acme.truefoundry.cloud/");
        assert_eq!(base("https://acme.truefoundry.cloud/").unwrap(), "https://acme.truefoundry.cloud/");
        assert_eq!(base(" https://example.com/tfy ").unwrap(), "https://example.com/tfy/");
    }

    #[test]
    fn plain_http_is_for_this_machine_only() {
        for host in ["http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:9", "http://tfy.localhost"]
        {
            assert_eq!(base(host), Ok(format!("{host}/")));
        }
        for host in ["http://acme.truefoundry.cloud/", "http://127.0.0.1.example.com/"] {
            let problem = format!("`host` is `http://` and not this machine: `{host}`");
            assert_eq!(base(host), Err(problem));
        }
        let allowed = Host::parse("http://acme.internal", true).unwrap();
        assert_eq!((allowed.base.as_str(), allowed.loopback), ("http://acme.internal/", false));
    }

    #[test]
    fn what_is_no_host_is_refused_and_credentials_are_not_repeated() {
        let refused = |host: &str| base(host).unwrap_err();
        assert_eq!(refused(""), "`host` is empty");
        for host in ["acme.truefoundry.cloud", "ftp://acme", "https://"] {
            assert_eq!(refused(host), format!("`host` is not an http or https address: `{host}`"));
        }
        for host in ["https://acme/?a=b", "https://acme/#a"] {
            assert_eq!(refused(host), "`host` carries a query or a fragment");
        }
        let with_credentials = refused("https://user:hunter2@acme.truefoundry.cloud");
        assert_eq!(with_credentials, "`host` carries a user name or password");
        let without_scheme = refused("user:hunter2@acme");
        assert_eq!(without_scheme, "`host` is not an http or https address: `acme`");
    }

    #[test]
    fn a_host_that_is_refused_says_why_and_what_to_write() {
        for (host, said) in [
            (
                " ",
                "`host` is empty\n\
                 hint: set it to the address of the control plane, such as `https://acme.truefoundry.cloud`",
            ),
            (
                "user:hunter2@acme",
                "`host` is not an http or https address: `acme`\n\
                 hint: write it with its scheme, such as `https://acme.truefoundry.cloud`",
            ),
            (
                "https://user@acme.truefoundry.cloud",
                "`host` carries a user name or password\n\
                 hint: remove it: the API key is the only credential that is sent",
            ),
            (
                "https://acme/?a=b",
                "`host` carries a query or a fragment\nhint: keep only scheme, name, port and path prefix",
            ),
            (
                "http://acme.truefoundry.cloud",
                "`host` is `http://` and not this machine: `http://acme.truefoundry.cloud/`\n\
                 hint: use `https://`; over plain http the API key could be read on the way",
            ),
        ] {
            let error = Host::parse(host, false).unwrap_err();
            assert_eq!(format!("{error}\nhint: {}", error.hint()), said);
        }
    }

    #[test]
    fn debug_hides_the_key() {
        let config = Config::new("https://acme.truefoundry.cloud", SecretString::from("tfy_very_secret"));
        assert!(!format!("{config:?}").contains("very_secret"));
    }
}
