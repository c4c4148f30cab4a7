//! A kubeconfig for one cluster, as long as somebody needs it.

use std::io::Write as _;

use base64::Engine as _;
use serde_json::{Value, json};
use tempfile::NamedTempFile;

use super::in_cluster::Cluster;

/// Writes it into a file that nobody else may read, and that goes with what is given back. It holds no secret: tokens come from the
/// program `aws`, whenever one is needed.
pub(super) fn write(cluster: &Cluster, address: Option<&str>) -> std::io::Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix("kubeconfig-").tempfile()?;
    // JSON is YAML.
    writeln!(file, "{:#}", content(cluster, address))?;
    file.flush()?;
    Ok(file)
}

fn content(cluster: &Cluster, address: Option<&str>) -> Value {
    let name = cluster.name();
    let authority = base64::engine::general_purpose::STANDARD.encode(cluster.authority());
    let mut place = json!({
        "server": address.unwrap_or(cluster.endpoint()),
        "certificate-authority-data": authority,
    });
    if address.is_some() {
        place["tls-server-name"] = json!(cluster.host());
    }
    let sign_in = json!({
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "aws",
        "args": ["eks", "get-token", "--cluster-name", name, "--region", cluster.region(), "--output", "json"],
        "interactiveMode": "IfAvailable",
    });
    json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{ "name": name, "cluster": place }],
        "users": [{ "name": name, "user": { "exec": sign_in } }],
        "contexts": [{ "name": name, "context": { "cluster": name, "user": name } }],
        "current-context": name,
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn it_is_its_owners_alone_and_keeps_the_clusters_own_name() {
        let value = |text: &str| json!({ "value": text });
        let outputs = json!({
            "name": value("acme-dev"), "arn": value("arn:aws:eks:eu-west-1:123456789012:cluster/acme-dev"),
            "endpoint": value("https://x.eks.amazonaws.com"), "certificate_authority_data": value("UEVN"),
        });
        let cluster = Cluster::told(&outputs.to_string()).unwrap().unwrap();
        let file = write(&cluster, Some("https://127.0.0.1:8443")).unwrap();
        assert_eq!(file.as_file().metadata().unwrap().permissions().mode() & 0o777, 0o600);
        let written: Value = serde_json::from_str(&fs_err::read_to_string(file.path()).unwrap()).unwrap();
        let place = &written["clusters"][0]["cluster"];
        assert_eq!(place["server"], "https://127.0.0.1:8443");
        assert_eq!(place["tls-server-name"], "x.eks.amazonaws.com");
        assert_eq!(place["certificate-authority-data"], "UEVN");
        let args = &written["users"][0]["user"]["exec"]["args"];
        assert_eq!(args[3], "acme-dev");
        assert_eq!(args[5], "eu-west-1");
        let own = content(&cluster, None);
        assert_eq!(own["clusters"][0]["cluster"]["server"], "https://x.eks.amazonaws.com");
        assert_eq!(own["clusters"][0]["cluster"]["tls-server-name"], Value::Null);
    }
}
