//! What the tests share: a running sandbox, requests, and manifests.

use std::path::Path;

use serde_json::{Value, json};
use tfy_sandbox::{Handle, Options, Sandbox};
use tokio::runtime::Runtime;

pub(crate) const KEY: &str = "tfy_test_key";

/// A sandbox with its own runtime, spoken to from the test's thread.
pub(crate) struct Server {
    runtime: Runtime,
    handle: Option<Handle>,
    url: String,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::with(Options::new(KEY))
    }

    pub(crate) fn with_file(state: &Path) -> Self {
        Self::with(Options { state: Some(state.to_owned()), ..Options::new(KEY) })
    }

    fn with(options: Options) -> Self {
        let runtime = Runtime::new().unwrap();
        let handle = runtime.block_on(Sandbox::start(options)).unwrap();
        let url = handle.url().to_owned();
        Self { runtime, handle: Some(handle), url }
    }

    pub(crate) fn stop(mut self) {
        self.runtime.block_on(self.handle.take().unwrap().stop());
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Status and body of the answer, or `None` when the connection closed without one.
    pub(crate) fn ask(&self, bearer: &str, method: &str, path: &str, body: &Value) -> Option<(u16, Value)> {
        let (status, text) = ask_text(&self.url, bearer, method, path, body)?;
        Some((status, serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))))
    }

    pub(crate) fn call(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        self.ask(KEY, method, &format!("/api/svc/v1/{path}"), body).expect("an answer")
    }

    pub(crate) fn get(&self, path: &str) -> (u16, Value) {
        self.call("GET", path, &Value::Null)
    }

    /// The body of a successful `GET`.
    pub(crate) fn read(&self, path: &str) -> Value {
        ok(self.get(path))
    }

    pub(crate) fn delete(&self, path: &str) -> (u16, Value) {
        self.call("DELETE", path, &Value::Null)
    }

    pub(crate) fn put(&self, collection: &str, manifest: &Value) -> (u16, Value) {
        self.call("PUT", collection, &json!({"manifest": manifest, "dryRun": false}))
    }

    /// Stores the manifest and answers the entity.
    pub(crate) fn store(&self, collection: &str, manifest: &Value) -> Value {
        ok(self.put(collection, manifest))["data"].clone()
    }

    pub(crate) fn control(&self, method: &str, path: &str, body: &Value) -> (u16, Value) {
        self.ask(KEY, method, &format!("/_sandbox/{path}"), body).expect("an answer")
    }

    pub(crate) fn inventory(&self) -> Value {
        ok(self.control("GET", "inventory", &Value::Null))
    }

    /// An environment, an account and a cluster that uses both.
    pub(crate) fn platform(&self) -> Value {
        self.store("environments", &environment("staging"));
        self.store("provider-accounts", &account("main"));
        self.store("clusters", &cluster("prod"))
    }
}

/// One request without a body when it is `null`. No status is an error.
pub(crate) fn ask_text(
    url: &str,
    bearer: &str,
    method: &str,
    path: &str,
    body: &Value,
) -> Option<(u16, String)> {
    let agent = ureq::Agent::new_with_config(
        ureq::Agent::config_builder().http_status_as_error(false).proxy(None).build(),
    );
    let request = ureq::http::Request::builder()
        .method(method)
        .uri(format!("{url}{path}"))
        .header("authorization", format!("Bearer {bearer}"));
    let response = match body {
        Value::Null => agent.run(request.body(()).unwrap()),
        body => agent.run(request.body(body.to_string()).unwrap()),
    };
    let mut response = response.ok()?;
    let status = response.status().as_u16();
    Some((status, response.body_mut().read_to_string().ok()?))
}

pub(crate) fn ok((status, body): (u16, Value)) -> Value {
    assert_eq!(status, 200, "{body}");
    body
}

/// Asserts an error with the fields that clients insist on, and answers its message.
pub(crate) fn refused(expected: u16, (status, body): (u16, Value)) -> String {
    assert_eq!(status, expected, "{body}");
    assert_eq!(body["statusCode"], expected, "{body}");
    body["message"].as_str().expect("a message that is one string").to_owned()
}

pub(crate) fn names(list: &Value) -> Vec<&str> {
    list["data"].as_array().unwrap().iter().map(|item| item["name"].as_str().unwrap()).collect()
}

pub(crate) fn environment(name: &str) -> Value {
    json!({"type": "environment", "name": name, "color": {}, "isProduction": false, "optimizeFor": "COST"})
}

pub(crate) fn account(name: &str) -> Value {
    json!({
        "type": "provider-account/aws", "name": name, "aws_account_id": "123456789012",
        "auth_data": {"type": "access-key-based", "access_key_id": "AKIA", "secret_access_key": "stored-canary"},
        "integrations": [
            {"type": "integration/docker-registry/aws/ecr", "name": "images",
             "registry_url": "123456789012.dkr.ecr.us-east-1.amazonaws.com"},
            {"type": "integration/blob-storage/aws/s3", "name": "artifacts", "region": "us-east-1",
             "storage_root": "s3://bucket"},
            {"type": "integration/cluster/aws/eks", "name": "eks", "region": "us-east-1", "cluster_name": "c"}
        ]
    })
}

/// A cluster in the environment `staging` with the integrations of the account `main`.
pub(crate) fn cluster(name: &str) -> Value {
    json!({
        "type": "cluster", "name": name, "cluster_type": "aws-eks", "environment_names": ["staging"],
        "default_registry_fqn": "demo:aws:main:docker-registry:images",
        "workflow_storage_integration_fqn": "demo:aws:main:blob-storage:artifacts",
        "cluster_integration_fqn": "demo:aws:main:cluster:eks"
    })
}

pub(crate) fn workspace(name: &str) -> Value {
    json!({"type": "workspace", "name": name, "cluster_fqn": "prod", "environment_name": "staging"})
}
