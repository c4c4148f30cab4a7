//! Kubeconfigs, as JSON: every reader of YAML reads that.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::certificates::Pair;

/// Base64 of a text, as kubeconfigs and EKS have certificates.
#[must_use]
pub fn encoded(text: &str) -> String {
    STANDARD.encode(text)
}

/// A kubeconfig with everything within, so that it can be used from any folder.
#[must_use]
pub fn kubeconfig(address: &str, authority: &str, user: &str, client: &Pair) -> Value {
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{
            "name": "test-cluster",
            "cluster": { "server": address, "certificate-authority-data": encoded(authority) },
        }],
        "users": [{
            "name": user,
            "user": {
                "client-certificate-data": encoded(&client.certificate),
                "client-key-data": encoded(&client.key),
            },
        }],
        "contexts": [{ "name": "test-cluster", "context": { "cluster": "test-cluster", "user": user } }],
        "current-context": "test-cluster",
    })
}
