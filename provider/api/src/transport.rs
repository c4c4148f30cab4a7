//! One attempt of one request: authentication, logs, and an answer that is read to its end.

use std::{
    sync::OnceLock,
    time::{Duration, Instant, SystemTime},
};

use reqwest::{
    Method, Url,
    header::{AUTHORIZATION, DATE, HeaderValue, LOCATION},
    redirect,
};
use safe_text::scrub;
use secrecy::ExposeSecret;
use serde_json::Value;

use crate::{Config, Error, Result, config::Host, rate::Rate, redact, retry, tls};

/// No control-plane answer is near this size, in bytes: a page of a hundred large manifests has one MiB.
const LARGEST_BODY: usize = 16 << 20;
/// No control-plane answer has so many values. Each takes up to a hundred bytes of memory, as many times what it took in the text.
const MOST_VALUES: usize = 1 << 20;

/// A request as it goes out.
#[derive(Debug)]
pub(crate) struct Request {
    pub(crate) method: Method,
    pub(crate) url: Url,
    pub(crate) body: Option<Value>,
}

impl Request {
    /// Path and query, as logs and errors show them.
    pub(crate) fn path(&self) -> String {
        match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        }
    }
}

/// A complete answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Body,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) location: Option<String>,
    /// When the control plane answered, by its own clock, to a second.
    pub(crate) date: Option<SystemTime>,
}

/// What an answer carried.
#[derive(Debug)]
pub(crate) enum Body {
    Json(Value),
    Empty,
    /// Something else, described without its contents.
    Undecodable(String),
}

/// Why no complete answer arrived.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The network, before the request was on its way.
    Unreached(String),
    /// The network, when the request may have arrived.
    Network(String),
    /// The client's own settings; a retry would not help.
    Settings(Error),
}

/// Sends requests; the HTTP client behind it is made by the first one.
pub(crate) struct Transport {
    config: Config,
    host: Host,
    rate: Rate,
    http: OnceLock<reqwest::Client>,
}

impl Transport {
    pub(crate) fn new(config: Config) -> Result<Self> {
        let host = Host::parse(&config.host, config.allow_plain_http)?;
        bearer(&config)?;
        let rate = Rate::new(config.max_requests_per_second);
        Ok(Self { config, host, rate, http: OnceLock::new() })
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) fn base(&self) -> &Url {
        &self.host.base
    }

    fn http(&self) -> Result<&reqwest::Client> {
        if let Some(client) = self.http.get() {
            return Ok(client);
        }
        // Two first requests at once may both build a client; one of them is kept.
        let client = self.build()?;
        Ok(self.http.get_or_init(|| client))
    }

    fn build(&self) -> Result<reqwest::Client> {
        let tls = if self.host.base.scheme() == "https" {
            tls::trusting(self.config.ca_cert_file.as_deref())?
        } else {
            tls::trusting_nobody()?
        };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(&self.config.user_agent)
            .timeout(self.config.timeout)
            .connect_timeout(self.config.timeout.min(Duration::from_secs(15)))
            // A redirected PUT would arrive as a GET and look like a success.
            .redirect(redirect::Policy::none())
            // Reading is repeated by our own policy, which also counts and logs.
            .retry(reqwest::retry::never());
        if self.host.loopback {
            builder = builder.no_proxy();
        }
        builder.build().map_err(|error| Error::Config {
            message: format!("the HTTP client cannot be made: {}", root_cause(&error)),
            hint: "check `user_agent` and the proxy variables `HTTPS_PROXY` and `NO_PROXY`".to_owned(),
        })
    }

    /// The text without the key and without any secret that the request carried.
    pub(crate) fn scrubbed(&self, request: &Request, text: &str) -> String {
        let mut secrets = request.body.as_ref().map(redact::secrets_in).unwrap_or_default();
        secrets.add(self.config.api_key.expose_secret().trim());
        secrets.scrub(&scrub(text)).into_owned()
    }

    /// Sends the request once and reads the whole answer.
    pub(crate) async fn send(&self, request: &Request, attempt: u32) -> Result<Answer, Broken> {
        self.rate.wait().await;
        let start = Instant::now();
        let path = request.path();
        if let Some(body) = &request.body {
            tracing::trace!(method = %request.method, path, body = %redact::redacted(body), "request body");
        }
        let outcome = self.exchange(request).await;
        let duration_ms = start.elapsed().as_millis();
        match &outcome {
            Ok(answer) => {
                let status = answer.status;
                tracing::debug!(method = %request.method, path, status, duration_ms, attempt, "answered");
                match &answer.body {
                    Body::Json(body) if tracing::enabled!(tracing::Level::TRACE) => {
                        let body = self.scrubbed(request, &redact::redacted(body).to_string());
                        tracing::trace!(path, body, "answer body");
                    }
                    Body::Json(_) | Body::Empty => {}
                    Body::Undecodable(what) => tracing::trace!(path, what, "answer body"),
                }
            }
            Err(Broken::Unreached(why) | Broken::Network(why)) => {
                tracing::debug!(method = %request.method, path, duration_ms, attempt, why, "no answer");
            }
            Err(Broken::Settings(_)) => {}
        }
        outcome
    }

    async fn exchange(&self, request: &Request) -> Result<Answer, Broken> {
        let http = self.http().map_err(Broken::Settings)?;
        let bearer = bearer(&self.config).map_err(Broken::Settings)?;
        let mut builder =
            http.request(request.method.clone(), request.url.clone()).header(AUTHORIZATION, bearer);
        if let Some(body) = &request.body {
            builder = builder.json(body);
        }
        let network = |error: reqwest::Error| {
            let why = root_cause(&error);
            if error.is_connect() { Broken::Unreached(why) } else { Broken::Network(why) }
        };
        let mut response = builder.send().await.map_err(network)?;
        let status = response.status().as_u16();
        let retry_after = retry::retry_after(response.headers(), SystemTime::now());
        let location =
            response.headers().get(LOCATION).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let date = response.headers().get(DATE).and_then(|value| value.to_str().ok());
        let date = date.and_then(|text| httpdate::parse_http_date(text).ok());
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(network)? {
            if bytes.len() + chunk.len() > LARGEST_BODY {
                let body = Body::Undecodable(format!("an answer larger than {} MiB", LARGEST_BODY >> 20));
                return Ok(Answer { status, body, retry_after, location, date });
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(Answer { status, body: decode(&bytes), retry_after, location, date })
    }
}

fn bearer(config: &Config) -> Result<HeaderValue> {
    let key = config.api_key.expose_secret().trim();
    let (what, hint) = if config.workload_identity {
        ("the workload identity token", "give the run a token of its identity provider, or set `TFY_API_KEY`")
    } else {
        ("the API key", "set `TFY_API_KEY` to a personal access token or the token of a virtual account")
    };
    let bad = |why: &str| Error::Config { message: format!("{what} {why}"), hint: hint.to_owned() };
    if key.is_empty() {
        return Err(bad("is empty"));
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {key}"))
        .map_err(|_| bad("holds characters that no key has, such as a line break"))?;
    value.set_sensitive(true);
    Ok(value)
}

fn decode(bytes: &[u8]) -> Body {
    if bytes.trim_ascii().is_empty() {
        return Body::Empty;
    }
    let values = bytes.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count();
    if values > MOST_VALUES {
        return Body::Undecodable(format!("an answer of more than {MOST_VALUES} values"));
    }
    match serde_json::from_slice(bytes) {
        Ok(value) => Body::Json(value),
        Err(error) => Body::Undecodable(describe(bytes, &error)),
    }
}

/// What an undecodable answer looks like, without repeating it: it may hold anything.
fn describe(bytes: &[u8], error: &serde_json::Error) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]);
    let start = text.trim_start().to_ascii_lowercase();
    if start.starts_with("<!doctype") || start.starts_with("<html") {
        let title = title(&text).map(|title| format!(" titled `{title}`")).unwrap_or_default();
        return format!("an HTML page{title} instead of JSON");
    }
    if start.starts_with(['{', '[']) {
        return format!("incomplete or broken JSON of {} bytes ({error})", bytes.len());
    }
    format!("{} bytes that are not JSON", bytes.len())
}

fn title(html: &str) -> Option<&str> {
    // ASCII lower-casing keeps every byte position.
    let lower = html.to_ascii_lowercase();
    let start = lower.find("<title>")? + "<title>".len();
    let end = start + lower[start..].find("</title>")?;
    let title = html[start..end].trim();
    (!title.is_empty() && title.len() <= 80).then_some(title)
}

/// The innermost cause says most: `Connection refused` rather than `error sending request`.
fn root_cause(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "timed out".to_owned();
    }
    let mut cause: &dyn std::error::Error = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::SecretString;

    fn kind(bytes: &[u8]) -> String {
        match decode(bytes) {
            Body::Json(value) => format!("json {value}"),
            Body::Empty => "empty".to_owned(),
            Body::Undecodable(what) => what,
        }
    }

    #[test]
    fn bodies_are_told_apart() {
        assert_eq!(kind(b"{\"a\":1}"), "json {\"a\":1}");
        assert_eq!(kind(b"true"), "json true");
        assert_eq!(kind(b" \n"), "empty");
        assert_eq!(
            kind(b"<html><head><Title>502 Bad Gateway</title></head></html>"),
            "an HTML page titled `502 Bad Gateway` instead of JSON"
        );
        assert_eq!(
            kind(b"{\"data\": [{\"id\":"),
            "incomplete or broken JSON of 16 bytes (EOF while parsing a value at line 1 column 16)"
        );
        let many = [b"[", b"0,".repeat(MOST_VALUES).as_slice(), b"0]"].concat();
        assert_eq!(kind(&many), "an answer of more than 1048576 values");
        assert_eq!(kind(b"upstream error"), "14 bytes that are not JSON");
        assert_eq!(kind(&[0xff, 0xfe]), "2 bytes that are not JSON");
    }

    #[test]
    fn a_key_is_checked_without_being_shown() {
        let bearer = |key: &str| bearer(&Config::new("https://a", SecretString::from(key)));
        for key in ["", "  ", "tfy_se\ncret"] {
            let error = bearer(key).unwrap_err();
            assert!(!format!("{error} {error:?} {}", error.hint()).contains("cret"));
        }
        let header = bearer(" tfy_secret ").unwrap();
        assert_eq!(header.to_str().unwrap(), "Bearer tfy_secret");
        assert!(!format!("{header:?}").contains("secret"));
    }
}
