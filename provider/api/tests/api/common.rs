//! What the tests share: a client for a mock server, and answers.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};
use truefoundry_api::{Client, Config};
use wiremock::{MockServer, ResponseTemplate};

pub(crate) const KEY: &str = "tfy_canary_key";

pub(crate) fn config(host: &str) -> Config {
    Config { timeout: Duration::from_secs(5), ..Config::new(host, SecretString::from(KEY)) }
}

pub(crate) fn client(server: &MockServer) -> Client {
    Client::new(config(&server.uri())).unwrap()
}

pub(crate) fn ok(body: Value) -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(body)
}

/// A failure as the control plane words it, that asks for an immediate retry.
pub(crate) fn fails(status: u16, message: &str) -> ResponseTemplate {
    ResponseTemplate::new(status)
        .insert_header("Retry-After", "0")
        .set_body_json(json!({"statusCode": status, "message": message}))
}

pub(crate) fn workspace(id: &str, cluster: &str, name: &str) -> Value {
    json!({"id": id, "fqn": format!("{cluster}:{name}"), "manifest": {"type": "workspace", "name": name}})
}
