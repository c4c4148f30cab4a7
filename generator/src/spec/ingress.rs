//! The `ingress` part of the spec.

use schemars::JsonSchema;

use super::patterns;
use serde::{Deserialize, Serialize};

/// The way in: a load balancer that ends TLS, and behind it the gateway of the mesh. Everything of it is Terraform's own.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ingress {
    /// The domain under which services are reached, for example `ai.acme.com`: certificate and records are for it and for all names
    /// directly below it, and the control plane is told of them. Default: none; then a `certificate` is needed, and names lead to the load
    /// balancer by records that are made elsewhere.
    #[serde(default)]
    #[schemars(regex(pattern = patterns::DOMAIN))]
    pub domain: Option<String>,
    /// The public Route 53 zone in which the domain's records, and those that prove the certificate, are made: its name (`acme.com`) or
    /// its ID (`Z0123456789ABCDEFGHIJ`). Default: none; then a `certificate` is needed.
    #[serde(default)]
    #[schemars(regex(pattern = patterns::HOSTED_ZONE))]
    pub zone: Option<String>,
    /// The ARN of an ACM certificate that exists in the platform's region. Default: one is made for `domain`, and renewed by AWS.
    #[serde(default)]
    #[schemars(regex(pattern = patterns::CERTIFICATE_ARN))]
    pub certificate: Option<String>,
    /// The kind of load balancer. Default: `alb`, which knows HTTP: it redirects, refuses what can be read in two ways, and takes a WAF.
    #[serde(default)]
    pub load_balancer: LoadBalancer,
    /// Whether the load balancer has private addresses only, for clients in the VPC and the networks connected to it. Default: `false`.
    #[serde(default)]
    pub internal: bool,
    /// Blocks of addresses that may connect, or `anywhere` for services that the whole internet is meant to reach.
    pub allow_from: AllowFrom,
    /// Whether port 80 answers with a redirect to HTTPS. Default: `true` for an `alb`; an `nlb` cannot.
    #[serde(default)]
    pub redirect_http: Option<bool>,
    /// Whether requests are encrypted again on their way from the load balancer to the gateway, with a certificate that cert-manager makes
    /// in the cluster. Default: `false`; they stay inside the VPC.
    #[serde(default)]
    pub reencrypt: bool,
    /// A web application firewall in front of an `alb`: exactly one key. Default: none.
    #[serde(default)]
    pub waf: Option<Waf>,
    /// Access logs in a bucket of their own.
    #[serde(default)]
    pub access_logs: AccessLogs,
    /// Whether AWS refuses to delete the load balancer. Default: `true`; set it to `false` and apply before a destroy.
    #[serde(default = "yes")]
    pub deletion_protection: bool,
}

fn yes() -> bool {
    true
}

/// A kind of load balancer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LoadBalancer {
    /// An application load balancer: HTTP.
    #[default]
    Alb,
    /// A network load balancer: TCP behind TLS.
    Nlb,
}

impl LoadBalancer {
    /// The name in the file.
    pub fn name(self) -> &'static str {
        match self {
            Self::Alb => "alb",
            Self::Nlb => "nlb",
        }
    }
}

/// Who may connect: a list of IPv4 and IPv6 blocks, or `anywhere`.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum AllowFrom {
    /// `anywhere`.
    Anywhere(Anywhere),
    /// These blocks.
    Blocks(
        #[schemars(length(min = 1), extend("uniqueItems" = true), inner(regex(pattern = patterns::CLIENTS)))]
        Vec<String>,
    ),
}

/// The whole internet.
#[derive(Debug, Clone, Copy, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Anywhere {
    /// `anywhere`.
    Anywhere,
}

/// A web application firewall: a new one, or one that is there. Exactly one key.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Waf {
    /// Make a web ACL of AWS's rules against bad addresses and bad inputs, with a log of what it refuses.
    Create(WafCreate),
    /// Use a web ACL that somebody else made.
    Existing(WafExisting),
}

/// A new web ACL.
#[derive(Debug, Clone, Default, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WafCreate {
    /// Whether matching requests are counted and let through, to see first what would be refused. Default: `false`.
    pub count_only: bool,
}

/// A web ACL that somebody else made.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WafExisting {
    /// The ARN of a regional WAFv2 web ACL in the platform's region.
    #[schemars(regex(pattern = patterns::WEB_ACL_ARN))]
    pub web_acl: String,
}

/// Access logs of the load balancer.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AccessLogs {
    /// For how many days they are kept. Default: 365, as security benchmarks ask.
    #[schemars(range(min = 1, max = 3650))]
    pub days: u32,
    /// Whether a destroy deletes the bucket with the logs in it. Default: `false`.
    pub force_destroy: bool,
}

impl Default for AccessLogs {
    fn default() -> Self {
        Self { days: 365, force_destroy: false }
    }
}
