//! The `access` part of the spec.

use schemars::JsonSchema;

use super::patterns;
use serde::{Deserialize, Serialize};

/// How Terraform and people reach the Kubernetes API. Exactly one key.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Access {
    /// From machines in the VPC, or in a network that is connected to it. The API of a new cluster lets them in by
    /// `cluster.create.endpoint.private_from`.
    Runner(ByNetwork),
    /// Over a VPN. The API of a new cluster lets it in by `cluster.create.endpoint.private_from`.
    Vpn(ByNetwork),
    /// Over an instance in the VPC, to which AWS Systems Manager forwards a port: `tfy-infra connect`. Whoever comes this way needs the
    /// right to `ssm:StartSession` and no network at all.
    Ssm(Ssm),
    /// Over the internet, from the addresses in `cluster.create.endpoint.public_from`.
    Public(ByNetwork),
}

/// A way that is made elsewhere: nothing is set here.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ByNetwork {}

/// Over an instance.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Ssm {
    /// The ID of an instance that is there, registered with Systems Manager, with a network way to the API. Default: a small one is
    /// made in a private subnet, which nothing reaches but Systems Manager.
    #[schemars(regex(pattern = patterns::INSTANCE_ID))]
    pub instance: Option<String>,
}
