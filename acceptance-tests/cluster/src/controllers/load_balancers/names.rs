//! Names and tags of what the controller makes in AWS: always the same for the same object, so that it is found again.

use serde_json::Value;

use super::super::object::{name, text};

/// `k8s-NAMESPACE-NAME-HASH`, each part cut as the controller cuts it, for one part of a Service.
pub(super) fn of(service: &Value, part: &str) -> String {
    let namespace = text(&service["metadata"]["namespace"]);
    let hash = hash(&format!("{}/{part}", text(&service["metadata"]["uid"])));
    format!("k8s-{}-{}-{hash}", short(namespace), short(name(service)))
}

/// Of the one security group that all load balancers of a cluster reach pods from.
pub(super) fn of_shared_group(cluster: &str) -> String {
    format!("k8s-traffic-{cluster}-{}", hash(cluster))
}

/// The tags of one part of a Service.
pub(super) fn tags(cluster: &str, service: &Value, part: &str) -> [(&'static str, String); 3] {
    let stack = format!("{}/{}", text(&service["metadata"]["namespace"]), name(service));
    [
        ("elbv2.k8s.aws/cluster", cluster.to_owned()),
        ("service.k8s.aws/stack", stack),
        ("service.k8s.aws/resource", part.to_owned()),
    ]
}

/// Names of load balancers and target groups have no other characters, and no hyphen at the end of a part that is cut.
fn short(text: &str) -> String {
    text.chars().filter(char::is_ascii_alphanumeric).take(8).collect()
}

/// Ten hexadecimal digits (FNV-1a): the real one's are of a better hash.
fn hash(text: &str) -> String {
    let hashed = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{:010x}", hashed & 0xff_ffff_ffff)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_are_short_enough_for_a_target_group() {
        let service = json!({ "metadata": {
            "name": "istio-ingress-gateway", "namespace": "istio-system", "uid": "6c1f5a52-0000-4000-8000-000000000000",
        } });
        let (one, other) = (of(&service, "istio-system/x:443"), of(&service, "istio-system/x:80"));
        assert!(one.starts_with("k8s-istiosys-istioing-") && one.len() == 32, "{one}");
        assert_ne!(one, other);
        assert_eq!(one, of(&service, "istio-system/x:443"));
    }
}
