//! The `addons` part of the spec: what runs in the cluster beside the workloads.

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

use super::patterns;
use serde_json::{Map, Value};

/// The add-ons of the cluster, or none at all.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
pub enum AddonsChoice {
    /// `true` for the whole set with its defaults, `false` for none: then the cluster's add-ons are somebody else's.
    Switch(bool),
    /// The set, with these changes.
    Set(Box<Addons>),
}

impl Default for AddonsChoice {
    fn default() -> Self {
        Self::Switch(true)
    }
}

impl AddonsChoice {
    /// The set; `None` when there is none.
    #[must_use]
    pub fn set(&self) -> Option<Addons> {
        match self {
            Self::Switch(on) => on.then(Addons::default),
            Self::Set(addons) => Some((**addons).clone()),
        }
    }
}

/// The add-ons. Each is `true`, `false`, or a mapping of options; what is left out has its defaults.
#[derive(Debug, Clone, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
pub struct Addons {
    /// The AWS Load Balancer Controller: pods behind target groups and load balancers. Default: on.
    pub aws_load_balancer_controller: Addon<AddonOptions>,
    /// Karpenter: nodes as pods ask for them. Without it, all pods run on the system nodes. Default: on.
    pub karpenter: Addon<AddonOptions>,
    /// metrics-server: processor and memory use, for autoscalers. Default: on.
    pub metrics_server: Addon<AddonOptions>,
    /// cert-manager: certificates inside the cluster. Default: on, without rights in AWS.
    pub cert_manager: Addon<CertManager>,
    /// external-secrets: secrets of AWS as secrets of Kubernetes. Default: on, without rights in AWS.
    pub external_secrets: Addon<ExternalSecrets>,
    /// external-dns: records in Route 53 for services and gateways. Default: off; it needs zones.
    pub external_dns: Addon<ExternalDns>,
    /// Istio: the mesh and its gateway. Default: on, with mutual TLS everywhere.
    pub istio: Addon<Istio>,
    /// Argo CD. Default: on.
    pub argo_cd: Addon<AddonOptions>,
    /// Argo Rollouts. Default: on.
    pub argo_rollouts: Addon<AddonOptions>,
    /// Argo Workflows. Default: on.
    pub argo_workflows: Addon<AddonOptions>,
    /// KEDA: scaling by events. Default: on.
    pub keda: Addon<AddonOptions>,
    /// Prometheus with its operator, Alertmanager and Grafana. Default: on.
    pub kube_prometheus_stack: Addon<KubePrometheusStack>,
    /// Logs of all pods: Vector and VictoriaLogs. Default: on.
    pub logs: Addon<AddonOptions>,
    /// NVIDIA's GPU operator. Default: on exactly when `compute.pools` has one with GPUs.
    pub gpu_operator: Option<Addon<AddonOptions>>,
    /// Where charts and images come from instead of their public places, for accounts without a way to the internet. Default: the
    /// public places.
    pub mirror: Mirror,
}

impl Default for Addons {
    fn default() -> Self {
        Self {
            aws_load_balancer_controller: Addon::Switch(true),
            karpenter: Addon::Switch(true),
            metrics_server: Addon::Switch(true),
            cert_manager: Addon::Switch(true),
            external_secrets: Addon::Switch(true),
            external_dns: Addon::Switch(false),
            istio: Addon::Switch(true),
            argo_cd: Addon::Switch(true),
            argo_rollouts: Addon::Switch(true),
            argo_workflows: Addon::Switch(true),
            keda: Addon::Switch(true),
            kube_prometheus_stack: Addon::Switch(true),
            logs: Addon::Switch(true),
            gpu_operator: None,
            mirror: Mirror::default(),
        }
    }
}

/// An add-on: whether it is there, or the options with which it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(untagged)]
#[schemars(rename = "AddonWith{T}")]
pub enum Addon<T> {
    /// Whether it is there.
    Switch(bool),
    /// It is there, with these options.
    Options(T),
}

/// What every add-on takes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AddonOptions {
    /// The version of its chart, in quotes. Default: the one that this version of tfy-infra was tested with.
    #[schemars(regex(pattern = patterns::CHART_VERSION))]
    pub version: Option<String>,
    /// Values of its chart, merged over ours. No secret may stand here: it would be in the state and in the cluster in clear text.
    pub values: Map<String, Value>,
}

/// The options of Prometheus.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct KubePrometheusStack {
    /// The version of its chart, in quotes. Default: the one that this version of tfy-infra was tested with.
    #[schemars(regex(pattern = patterns::CHART_VERSION))]
    pub version: Option<String>,
    /// The version of the chart `prometheus-operator-crds`, whose custom resources belong to the operator's version. Default: the one that
    /// this version of tfy-infra was tested with.
    #[schemars(regex(pattern = patterns::CHART_VERSION))]
    pub crds_version: Option<String>,
    /// Values of its chart, merged over ours. No secret may stand here.
    pub values: Map<String, Value>,
}

/// The options of cert-manager.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CertManager {
    /// The version of its chart, in quotes. Default: the one that this version of tfy-infra was tested with.
    #[schemars(regex(pattern = patterns::CHART_VERSION))]
    pub version: Option<String>,
    /// Values of its chart, merged over ours. No secret may stand here.
    pub values: Map<String, Value>,
    /// Hosted zones of Route 53 in which it may answer DNS challenges: the domain, and the zone's ID. Default: none.
    #[schemars(transform = zones)]
    pub zones: BTreeMap<String, String>,
}

/// The options of external-secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ExternalSecrets {
    /// The version of its chart, in quotes. Default: the one that this version of tfy-infra was tested with.
    #[schemars(regex(pattern = patterns::CHART_VERSION))]
    pub version: Option<String>,
    /// Values of its chart, merged over ours. No secret may stand here.
    pub values: Map<String, Value>,
    /// Starts of the names of secrets in Secrets Manager that it may read, without a slash at either end: `acme/dev`. Default: none.
    #[schemars(inner(regex(pattern = patterns::SECRETS)))]
    pub secret_prefixes: Vec<String>,
    /// Starts of the names of parameters in Parameter Store that it may read, without a slash at either end. Default: none.
    #[schemars(inner(regex(pattern = patterns::SECRETS)))]
    pub parameter_prefixes: Vec<String>,
}

/// The options of external-dns.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExternalDns {
    /// The version of its chart, in quotes. Default: the one that this version of tfy-infra was tested with.
    #[serde(default)]
    #[schemars(regex(pattern = patterns::CHART_VERSION))]
    pub version: Option<String>,
    /// Values of its chart, merged over ours. No secret may stand here.
    #[serde(default)]
    pub values: Map<String, Value>,
    /// Hosted zones of Route 53 whose records it keeps: the domain, and the zone's ID.
    #[schemars(transform = zones)]
    pub zones: BTreeMap<String, String>,
}

/// The options of Istio.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Istio {
    /// The version of its charts, in quotes. Default: the one that this version of tfy-infra was tested with.
    #[schemars(regex(pattern = patterns::CHART_VERSION))]
    pub version: Option<String>,
    /// Values of the chart `istiod`, merged over ours. No secret may stand here.
    pub values: Map<String, Value>,
    /// Values of the chart `gateway`, merged over ours. No secret may stand here.
    pub gateway: Map<String, Value>,
    /// Whether pods of the mesh refuse what does not come by mutual TLS. Default: `strict`.
    pub mtls: Mtls,
}

/// Mutual TLS in the mesh.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Mtls {
    /// What comes in another way is refused, but for the exceptions that the module documents.
    #[default]
    Strict,
    /// What comes in another way is taken as well.
    Permissive,
}

/// Where charts and images come from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Mirror {
    /// The repository of every chart, `https://...` or `oci://...`. Default: each chart's own.
    #[schemars(regex(pattern = patterns::CHARTS))]
    pub charts: Option<String>,
    /// What stands before every image: `quay.io/a/b` becomes `<images>/quay.io/a/b`. Default: nothing.
    #[schemars(regex(pattern = patterns::IMAGES))]
    pub images: Option<String>,
    /// What stands instead of single registries, such as `quay.io: 123456789012.dkr.ecr.us-east-1.amazonaws.com/quay`. It wins over
    /// `images`. Default: none.
    #[schemars(transform = registries)]
    pub registries: BTreeMap<String, String>,
}

/// Registries from which the charts of the set take images when there is no mirror.
pub const REGISTRIES: [&str; 9] = [
    "docker.io",
    "ecr-public.aws.com",
    "ghcr.io",
    "nvcr.io",
    "public.ecr.aws",
    "quay.io",
    "registry.istio.io",
    "registry.k8s.io",
    "tfy.jfrog.io",
];

/// Hosted zones: domains and IDs.
fn zones(schema: &mut Schema) {
    patterns::mapping(schema, Some(&patterns::DOMAIN), Some(&patterns::ZONE_ID));
}

/// Places of images by registry.
fn registries(schema: &mut Schema) {
    patterns::mapping(schema, None, Some(&patterns::IMAGES));
    schema.insert("propertyNames".to_owned(), serde_json::json!({ "enum": REGISTRIES }));
}
