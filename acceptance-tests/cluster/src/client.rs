//! JSON over HTTPS to an API server.

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;
use serde_json::Value;
use ureq::tls::{Certificate, ClientCert, PrivateKey, RootCerts, TlsConfig};

/// The longest that one answer may take.
const LIMIT: Duration = Duration::from_secs(30);
/// How often a request is sent again that is asked to come again soon, as Kubernetes' own client does it.
const AGAIN: usize = 10;
/// What is soon; a longer wait is the caller's to judge.
const SOON: Duration = Duration::from_secs(2);
/// How often to look at what is waited for.
const EVERY: Duration = Duration::from_millis(100);

/// As whom a client comes.
#[derive(Clone, Copy, Debug)]
pub enum Identity<'a> {
    /// Without any.
    Nobody,
    /// By a client certificate of this name in the cluster's folder, such as `admin`.
    Certificate(&'a str),
    /// By a bearer token.
    Token(&'a str),
}

/// One answer, whatever its status.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status code.
    pub status: u16,
    /// The body: JSON, or a string where it is none.
    pub body: Value,
}

impl Answer {
    /// Its reason and message, of an answer that is a `Status` of Kubernetes.
    #[must_use]
    pub fn refusal(&self) -> (&str, &str) {
        let text = |key: &str| self.body[key].as_str().unwrap_or_default();
        (text("reason"), text("message"))
    }
}

/// A client of one API server.
#[derive(Clone, Debug)]
pub struct Client {
    agent: ureq::Agent,
    address: String,
    token: Option<String>,
}

impl Client {
    /// A client of the cluster at `address`, whose certificates are in `folder`.
    ///
    /// # Errors
    /// When a certificate cannot be read.
    pub fn new(address: &str, folder: &Path, identity: Identity<'_>) -> Result<Self> {
        let authority = Certificate::from_pem(&fs::read(folder.join("ca.crt"))?)?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&[authority]))
            .unversioned_rustls_crypto_provider(provider);
        if let Identity::Certificate(name) = identity {
            let certificate = Certificate::from_pem(&fs::read(folder.join(format!("{name}.crt")))?)?;
            let key = PrivateKey::from_pem(&fs::read(folder.join(format!("{name}.key")))?)?;
            tls = tls.client_cert(Some(ClientCert::new_with_certs(&[certificate], key)));
        }
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .timeout_global(Some(LIMIT))
            .proxy(None)
            .tls_config(tls.build())
            .build()
            .into();
        let token = if let Identity::Token(token) = identity { Some(token.to_owned()) } else { None };
        Ok(Self { agent, address: address.to_owned(), token })
    }

    /// Any request; the status is the caller's to judge.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Result<Answer> {
        // What is patched is applied, by the server; it reads JSON as the YAML that it is.
        let kind = if method == "PATCH" { "application/apply-patch+yaml" } else { "application/json" };
        self.send_as(kind, method, path, body)
    }

    /// Changes what is at a path as a JSON merge patch says: what it names, lists as a whole, and `null` takes away.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub fn merge(&self, path: &str, patch: &Value) -> Result<Answer> {
        self.send_as("application/merge-patch+json", "PATCH", path, Some(patch))
    }

    /// Sends an object as the YAML that it was written as; the server reads it itself, and sees a key that stands there twice.
    ///
    /// # Errors
    /// When the server cannot be reached.
    pub fn send_yaml(&self, method: &str, path: &str, text: &str) -> Result<Answer> {
        self.send_text("application/yaml", method, path, Some(text.to_owned()))
    }

    fn send_as(&self, kind: &str, method: &str, path: &str, body: Option<&Value>) -> Result<Answer> {
        self.send_text(kind, method, path, body.map(Value::to_string))
    }

    fn send_text(&self, kind: &str, method: &str, path: &str, body: Option<String>) -> Result<Answer> {
        for _ in 0..AGAIN {
            let answer = self.send_once(kind, method, path, body.clone())?;
            match asked_to_wait(&answer) {
                // The server refuses so before it does anything: a kind that is just being defined is not yet stored, for one.
                Some(wait) if wait <= SOON => std::thread::sleep(wait),
                _ => return Ok(answer),
            }
        }
        self.send_once(kind, method, path, body)
    }

    fn send_once(&self, kind: &str, method: &str, path: &str, body: Option<String>) -> Result<Answer> {
        let mut request =
            ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.address));
        if body.is_some() {
            request = request.header("content-type", kind);
        }
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        let body = body.unwrap_or_default();
        let mut response = self.agent.run(request.body(body)?).with_context(|| format!("{method} {path}"))?;
        let status = response.status().as_u16();
        let text =
            response.body_mut().read_to_string().with_context(|| format!("{method} {path}: its body"))?;
        Ok(Answer { status, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) })
    }

    /// What is at a path.
    ///
    /// # Errors
    /// When the answer is not 2xx.
    pub fn get(&self, path: &str) -> Result<Value> {
        successful("GET", path, self.send("GET", path, None)?)
    }

    /// Makes an object in the collection at a path.
    ///
    /// # Errors
    /// When the answer is not 2xx.
    pub fn create(&self, path: &str, object: &Value) -> Result<Value> {
        successful("POST", path, self.send("POST", path, Some(object))?)
    }

    /// Deletes what is at a path; the answer comes before it is gone.
    ///
    /// # Errors
    /// When the answer is not 2xx.
    pub fn delete(&self, path: &str) -> Result<Value> {
        successful("DELETE", path, self.send("DELETE", path, None)?)
    }

    /// Waits until the answer to a `GET` is as wanted, for example that it is 404.
    ///
    /// # Errors
    /// When it is not within the limit, with the last answer.
    pub fn wait(
        &self,
        path: &str,
        what: &str,
        limit: Duration,
        wanted: impl Fn(&Answer) -> bool,
    ) -> Result<Value> {
        let begin = Instant::now();
        loop {
            let answer = self.send("GET", path, None)?;
            if wanted(&answer) {
                return Ok(answer.body);
            }
            if begin.elapsed() > limit {
                bail!(
                    "{path}: not {what} within {limit:?}; the last answer was {}: {}",
                    answer.status,
                    answer.body
                );
            }
            std::thread::sleep(EVERY);
        }
    }
}

/// How long the server asks to wait before the same request.
fn asked_to_wait(answer: &Answer) -> Option<Duration> {
    let seconds = answer.body["details"]["retryAfterSeconds"].as_u64()?;
    (answer.status == 429).then(|| Duration::from_secs(seconds))
}

fn successful(method: &str, path: &str, answer: Answer) -> Result<Value> {
    ensure!(
        (200..300).contains(&answer.status),
        "{method} {path}: status {}: {}",
        answer.status,
        answer.body
    );
    Ok(answer.body)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_server_that_is_busy_asks_to_wait() {
        let busy =
            json!({ "kind": "Status", "reason": "TooManyRequests", "details": { "retryAfterSeconds": 1 } });
        let wait = |status, body| asked_to_wait(&Answer { status, body });
        assert_eq!(wait(429, busy.clone()), Some(Duration::from_secs(1)));
        assert_eq!(wait(200, busy), None);
        // A budget of pods that would be violated.
        assert_eq!(wait(429, json!({ "kind": "Status", "details": {} })), None);
    }
}
