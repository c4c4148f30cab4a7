//! The way to the Kubernetes API.

use super::problem::Problems;
use crate::spec::{self, ClusterChoice, Path, Spec, patterns};

/// How Terraform and people reach the Kubernetes API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// From a machine in the VPC or in a network that is connected to it.
    Runner,
    /// Over a VPN.
    Vpn,
    /// Over an instance that is made.
    JumpHost,
    /// Over an instance that is there, by its ID.
    Instance(String),
    /// Over the internet, from the blocks that the cluster lets in.
    Public,
}

/// Checks the way that is chosen; `None` where none is, and no public block tells one.
pub(super) fn access(problems: &mut Problems, spec: &Spec) -> Option<Access> {
    let path = Path::new("access");
    let endpoint = match &spec.cluster {
        ClusterChoice::Create(create) => Some(&create.endpoint),
        ClusterChoice::Existing(_) => None,
    };
    let is_public = endpoint.is_some_and(|endpoint| !endpoint.public_from.is_empty());
    // Whom a cluster that is there lets in, it does not tell here.
    let is_private = endpoint.is_none_or(|endpoint| !endpoint.private_from.is_empty());
    match &spec.access {
        None => is_public.then_some(Access::Public),
        Some(spec::Access::Public(_)) => {
            problems.require(
                is_public || endpoint.is_none(),
                &path.key("public"),
                "`access.public` needs the addresses that the API lets in",
                "list them in `cluster.create.endpoint.public_from`, as narrow as you can",
            );
            Some(Access::Public)
        }
        Some(spec::Access::Runner(_)) => {
            lets_in(
                problems,
                &path.key("runner"),
                "runner",
                "the blocks or security groups of the runners",
                is_private,
            );
            Some(Access::Runner)
        }
        Some(spec::Access::Vpn(_)) => {
            lets_in(problems, &path.key("vpn"), "vpn", "the blocks of the VPN", is_private);
            Some(Access::Vpn)
        }
        Some(spec::Access::Ssm(ssm)) => Some(match &ssm.instance {
            None => Access::JumpHost,
            Some(id) => {
                let at = path.key("ssm").key("instance");
                problems.require(
                    patterns::INSTANCE_ID.fits(id),
                    &at,
                    format!("`{id}` is not the ID of an instance"),
                    "write it as `i-` and 17 digits of `0-9a-f`",
                );
                lets_in(problems, &at, "ssm.instance", "the instance's security group or block", is_private);
                Access::Instance(id.clone())
            }
        }),
    }
}

fn lets_in(problems: &mut Problems, path: &Path, way: &str, whom: &str, is_private: bool) {
    if !is_private {
        problems
            .add(path, format!("the API lets nobody in who comes by `access.{way}`"))
            .note("but for the nodes, it answers to those alone whom `cluster.create.endpoint.private_from` lists")
            .hint(format!("list {whom} in `cluster.create.endpoint.private_from`"));
    }
}
