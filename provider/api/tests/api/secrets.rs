//! No secret shows in logs, `Debug` output or errors.

use std::{
    io::Write,
    sync::{Arc, Mutex},
};

use crate::common::{KEY, client, ok};
use serde_json::json;
use tracing_subscriber::{filter::LevelFilter, fmt::MakeWriter, layer::SubscriberExt};
use wiremock::{
    Mock, MockServer, ResponseTemplate,
    matchers::{method, path},
};

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

const ACCESS_KEY: &str = "canary-secret-access-key";
const TOKEN: &str = "canary-cluster-token";

#[tokio::test]
async fn logs_at_trace_and_errors_hold_no_secret() {
    let captured = Captured::default();
    let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(captured.clone());
    let subscriber = tracing_subscriber::registry().with(LevelFilter::TRACE).with(layer);
    let _guard = tracing::subscriber::set_default(subscriber);

    let server = MockServer::start().await;
    Mock::given(path("/api/svc/v1/cluster/prod/token"))
        .respond_with(ok(json!({"clusterToken": TOKEN})))
        .mount(&server)
        .await;
    Mock::given(path("/api/svc/v1/cluster/html/token"))
        .respond_with(ResponseTemplate::new(200).set_body_string(format!("token: {TOKEN}")))
        .mount(&server)
        .await;
    let message = format!("`{ACCESS_KEY}` is no key, says the holder of {KEY}");
    Mock::given(method("PUT"))
        .respond_with(ResponseTemplate::new(422).set_body_json(json!({"message": message})))
        .mount(&server)
        .await;

    let client = client(&server);
    let token = client.clusters().token("prod").await.unwrap();
    let no_json = client.clusters().token("html").await.unwrap_err();
    let manifest = json!({
        "type": "provider-account/aws", "name": "main",
        "auth_data": {"type": "access-key-based", "access_key_id": "AKIA", "secret_access_key": ACCESS_KEY}
    });
    let refused = client.provider_accounts().put(&manifest).await.unwrap_err();
    assert!(refused.to_string().contains("`***` is no key, says the holder of ***"), "{refused}");

    let logs = String::from_utf8(captured.0.lock().unwrap().clone()).unwrap();
    assert!(logs.contains("request body") && logs.contains("\"name\":\"main\""), "bodies are logged: {logs}");
    assert!(logs.contains("/api/svc/v1/cluster/prod/token") && logs.contains("status=200"), "{logs}");
    let shown =
        format!("{logs}{client:?}{token:?}{no_json:?}{no_json}{refused:?}{refused}{}", refused.hint());
    for secret in [KEY, ACCESS_KEY, TOKEN] {
        assert!(!shown.contains(secret), "{secret} shows in: {shown}");
    }
}
