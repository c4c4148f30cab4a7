//! What a tree says of itself that decides who comes to its cluster: the way to the API, and whether administrators are listed.

use std::path::Path;

use serde_json::Value;

/// The way to the Kubernetes API that a platform has chosen, with what is let in on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Way {
    /// Terraform and people are on machines in the VPC, or in a network that is connected to it.
    Runner(Vec<String>),
    /// Over a VPN.
    Vpn(Vec<String>),
    /// By port forwarding of AWS Systems Manager.
    Ssm,
    /// Over the internet, from these blocks.
    Public(Vec<String>),
    /// None is chosen.
    Unknown,
}

impl Way {
    /// The way of a platform, by the inputs in the manifest of its tree.
    pub(super) fn of(inputs: &Value) -> Self {
        let blocks = |key: &str| -> Vec<String> {
            let listed = inputs["cluster"]["create"]["endpoint"][key].as_array();
            listed.into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect()
        };
        let chosen = inputs["access"].as_object().and_then(|access| access.keys().next());
        match chosen.map(String::as_str) {
            Some("runner") => Self::Runner(blocks("private_from")),
            Some("vpn") => Self::Vpn(blocks("private_from")),
            Some("ssm") => Self::Ssm,
            Some("public") => Self::Public(blocks("public_from")),
            _ if !blocks("public_from").is_empty() => Self::Public(blocks("public_from")),
            _ => Self::Unknown,
        }
    }

    /// Its key in `access` of platform.yaml.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Runner(_) => "runner",
            Self::Vpn(_) => "vpn",
            Self::Ssm => "ssm",
            Self::Public(_) => "public",
            Self::Unknown => "none",
        }
    }

    /// What whoever does not reach the API does next, to run this command on that tree.
    pub(super) fn next(&self, dir: &Path, command: &str) -> String {
        match self {
            Self::Runner(from) => format!(
                "This platform is reached by `access.runner`: run this on a machine in the VPC or in a network that is connected to it{}.",
                let_in(from)
            ),
            Self::Vpn(from) => format!(
                "This platform is reached by `access.vpn`: connect the VPN and run the same command again{}.",
                let_in(from)
            ),
            Self::Ssm => format!(
                "This platform is reached by `access.ssm`: let a port be forwarded to it while the command runs:\n  tfy-infra connect -d {} -- \
                 {command}",
                crate::shell::word(dir)
            ),
            Self::Public(from) => format!(
                "This platform is reached by `access.public`: compare the public address that you come from with the blocks that are let in \
                 ({}); others are listed in `cluster.create.endpoint.public_from` of platform.yaml.",
                listed(from)
            ),
            Self::Unknown => "No way to it is chosen: `access` of platform.yaml takes `runner` (a machine in a connected network), `vpn`, `ssm` (a \
                              forwarded port) or `public` (an allow-list)."
                .to_owned(),
        }
    }
}

/// Which blocks and security groups the API lets in beside the nodes. A cluster that was there before does not tell them.
fn let_in(from: &[String]) -> String {
    if from.is_empty() {
        String::new()
    } else {
        format!("; beside the nodes the API lets in {}", listed(from))
    }
}

fn listed(from: &[String]) -> String {
    let names: Vec<&str> = from.iter().map(String::as_str).collect();
    crate::suggest::all_of(&names)
}

/// Whether the cluster is one to make for which nobody is listed as an administrator.
pub(super) fn lacks_admins(inputs: &Value) -> bool {
    inputs["cluster"]["create"]["admins"].as_array().is_some_and(Vec::is_empty)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(access: &str, public: &[&str]) -> Way {
        let endpoint =
            json!({ "public_from": public, "private_from": ["10.8.0.0/16", "sg-0123456789abcdef0"] });
        let access = if access.is_empty() { Value::Null } else { json!({ access: {} }) };
        Way::of(&json!({ "access": access, "cluster": { "create": { "endpoint": endpoint, "admins": [] } } }))
    }

    #[test]
    fn the_way_is_the_chosen_one_or_that_of_an_allow_list() {
        let public = |way: Way| matches!(way, Way::Public(blocks) if blocks == ["203.0.113.0/24"]);
        assert!(public(of("", &["203.0.113.0/24"])));
        assert!(public(of("public", &["203.0.113.0/24"])));
        assert_eq!(of("", &[]), Way::Unknown);
        assert_eq!(Way::of(&Value::Null), Way::Unknown);
        assert_eq!(of("ssm", &["203.0.113.0/24"]), Way::Ssm);
        assert_eq!(
            Way::of(&json!({ "access": { "vpn": {} }, "cluster": { "existing": {} } })),
            Way::Vpn(vec![])
        );
    }

    #[test]
    fn each_way_says_what_to_do_next() {
        let next = |access: &str, public: &[&str]| {
            of(access, public).next(Path::new("infra"), "tfy-infra apply -d infra")
        };
        insta::assert_snapshot!(next("runner", &[]), @"This platform is reached by `access.runner`: run this on a machine in the VPC or in a network that is connected to it; beside the nodes the API lets in `10.8.0.0/16` and `sg-0123456789abcdef0`.");
        insta::assert_snapshot!(next("vpn", &[]), @"This platform is reached by `access.vpn`: connect the VPN and run the same command again; beside the nodes the API lets in `10.8.0.0/16` and `sg-0123456789abcdef0`.");
        insta::assert_snapshot!(next("ssm", &[]), @r"
        This platform is reached by `access.ssm`: let a port be forwarded to it while the command runs:
          tfy-infra connect -d infra -- tfy-infra apply -d infra
        ");
        insta::assert_snapshot!(next("", &["203.0.113.0/24"]), @"This platform is reached by `access.public`: compare the public address that you come from with the blocks that are let in (`203.0.113.0/24`); others are listed in `cluster.create.endpoint.public_from` of platform.yaml.");
        insta::assert_snapshot!(next("", &[]), @"No way to it is chosen: `access` of platform.yaml takes `runner` (a machine in a connected network), `vpn`, `ssm` (a forwarded port) or `public` (an allow-list).");
        let existing = Way::of(&json!({ "access": { "runner": {} }, "cluster": { "existing": {} } }));
        assert_eq!(
            existing.next(Path::new("infra"), ""),
            "This platform is reached by `access.runner`: run this on a machine in the VPC or in a network that is connected to it."
        );
    }

    #[test]
    fn administrators_are_lacking_where_a_new_cluster_lists_none() {
        let with = |admins: Value| lacks_admins(&json!({ "cluster": { "create": { "admins": admins } } }));
        assert!(with(json!([])));
        assert!(!with(json!(["arn:aws:iam::123456789012:role/admin"])));
        assert!(!lacks_admins(&json!({ "cluster": { "existing": { "name": "a" } } })));
        assert!(!lacks_admins(&Value::Null), "of a tree that says nothing of its inputs");
    }
}
