//! Where the pods of a service are: its ready endpoints, as Kubernetes' own controller tells them.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use serde_json::Value;

use super::super::hands::Hands;
use super::super::object::{items, text};

/// An address and a port of a pod.
pub(super) type Endpoint = (String, u64);

/// The ready endpoints behind one port of a service, none where the service is not there.
///
/// # Errors
/// When the service has no such port, or the API server cannot be asked.
pub(super) fn of(
    hands: &Hands,
    namespace: &str,
    service: &str,
    port: &Value,
    family: &str,
) -> Result<Option<BTreeSet<Endpoint>>> {
    let path = format!("/api/v1/namespaces/{namespace}/services/{service}");
    let Some(object) = hands.get(&path)? else { return Ok(None) };
    let found = port_of(&object, port)
        .with_context(|| format!("the service {namespace}/{service} has no port `{port}`"))?;
    let name = text(&found["name"]).to_owned();
    let slices = hands.list(&format!(
        "/apis/discovery.k8s.io/v1/namespaces/{namespace}/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3D{service}"
    ))?;
    Ok(Some(slices.iter().filter(|it| it["addressType"] == family).flat_map(|it| ready(it, &name)).collect()))
}

/// The port of a service by its number or its name.
fn port_of<'a>(service: &'a Value, port: &Value) -> Option<&'a Value> {
    items(&service["spec"]["ports"]).find(|it| it["port"] == *port || it["name"] == *port)
}

fn ready(slice: &Value, port: &str) -> Vec<Endpoint> {
    let number =
        items(&slice["ports"]).find(|it| text(&it["name"]) == port).and_then(|it| it["port"].as_u64());
    let Some(number) = number else { return Vec::new() };
    items(&slice["endpoints"])
        .filter(|it| it["conditions"]["ready"] == true)
        .flat_map(|it| items(&it["addresses"]))
        .map(|address| (text(address).to_owned(), number))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_what_is_ready_counts_and_by_the_ports_name() {
        let slice = json!({
            "ports": [{ "name": "status", "port": 15021 }, { "name": "https", "port": 8443 }],
            "endpoints": [
                { "addresses": ["10.1.0.1"], "conditions": { "ready": true } },
                { "addresses": ["10.1.0.2"], "conditions": { "ready": false, "serving": true } },
            ],
        });
        assert_eq!(ready(&slice, "https"), [("10.1.0.1".to_owned(), 8443)]);
        assert_eq!(ready(&slice, "http"), []);
        let service = json!({ "spec": { "ports": [{ "name": "https", "port": 443 }] } });
        for port in [json!(443), json!("https")] {
            assert_eq!(port_of(&service, &port), Some(&service["spec"]["ports"][0]), "{port}");
        }
        assert_eq!(port_of(&service, &json!(80)), None);
    }
}
