//! Plain HTTP, for what needs no SDK.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use ureq::tls::{Certificate, RootCerts, TlsConfig};

use super::failure::{Failure, short};
use crate::facts::{Questions, Why};

/// The longest that one answer may take.
const LIMIT: Duration = Duration::from_secs(10);

/// What came back.
#[derive(Debug)]
pub(super) struct Answered {
    pub(super) status: u16,
    pub(super) date: Option<String>,
    pub(super) body: String,
}

/// Where a service answers: as the variables of the AWS SDKs say, else in the region that every account has.
pub(super) fn endpoint(variable: &str, service: &str, questions: &Questions) -> String {
    configured(variable)
        .unwrap_or_else(|| format!("https://{service}.{}.{}", questions.home, suffix(questions)))
}

/// The address that a variable of the AWS SDKs names for a service, without a slash at its end.
pub(super) fn configured(variable: &str) -> Option<String> {
    let names = [format!("AWS_ENDPOINT_URL_{variable}"), "AWS_ENDPOINT_URL".to_owned()];
    let found = names.iter().find_map(|name| std::env::var(name).ok().filter(|url| !url.is_empty()));
    found.map(|url| url.trim_end_matches('/').to_owned())
}

pub(super) fn suffix(questions: &Questions) -> &'static str {
    if questions.partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" }
}

/// Runs what blocks beside the rest.
pub(super) async fn off_thread<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|e| Err(Failure::new(Why::Unreadable, e.to_string())))
}

/// Sends a GET.
pub(super) fn get(url: &str, headers: &[(String, String)]) -> Result<Answered, Failure> {
    answered(
        url,
        headers.iter().fold(AGENT.get(url), |request, (name, value)| request.header(name, value)).call(),
    )
}

/// Sends a POST.
pub(super) fn post(url: &str, headers: &[(String, String)], body: &str) -> Result<Answered, Failure> {
    let request = AGENT.post(url);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(name, value));
    answered(url, request.send(body))
}

/// Sends a HEAD.
pub(super) fn head(url: &str, headers: &[(String, String)]) -> Result<Answered, Failure> {
    answered(
        url,
        headers.iter().fold(AGENT.head(url), |request, (name, value)| request.header(name, value)).call(),
    )
}

fn answered(
    url: &str,
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Answered, Failure> {
    let place = url.split('?').next().unwrap_or(url);
    let unreachable =
        |e: ureq::Error| Failure::new(Why::Unreachable, format!("{place}: {}", short(&e.to_string())));
    let mut answer = answer.map_err(unreachable)?;
    let date = answer.headers().get("date").and_then(|date| Some(date.to_str().ok()?.to_owned()));
    let status = answer.status().as_u16();
    let body = answer.body_mut().with_config().limit(1 << 20).lossy_utf8(true).read_to_string();
    let body = body.map_err(|e| Failure::incomplete(format!("{place}: {}", short(&e.to_string()))))?;
    Ok(Answered { status, date, body })
}

/// One for all: the machine's certificates are read once.
static AGENT: LazyLock<ureq::Agent> = LazyLock::new(|| {
    let found = rustls_native_certs::load_native_certs().certs;
    let certificates: Vec<Certificate<'static>> =
        found.iter().map(|der| Certificate::from_der(der).to_owned()).collect();
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&certificates))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let config = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .timeout_connect(Some(Duration::from_secs(5)))
        .timeout_global(Some(LIMIT))
        .tls_config(tls)
        .build();
    config.into()
});
