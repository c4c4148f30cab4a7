//! The kinds of objects that a cluster knows, and which of them need an add-on.

use serde_json::Value;

use super::super::commands::Failed;
use super::api::{Ask, METADATA_ONLY};
use super::objects::{Object, items, text};

/// All kinds of all groups in one answer.
const DISCOVERY: &str = "application/json;as=APIGroupDiscoveryList;v=v2;g=apidiscovery.k8s.io";
const DEFINITIONS: &str = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

/// Kinds, or groups of kinds, that are nothing without a release of ours. What a chart installs as templates is known by its annotations;
/// this is for what it has in `crds/`, which carries none, and for what others have installed.
const NEEDED_BY: [(&str, &[&str]); 21] = [
    ("aws-load-balancer-controller", &["elbv2.k8s.aws", "gateway.k8s.aws", "aga.k8s.aws"]),
    ("load-balancer-crds", &["elbv2.k8s.aws", "gateway.k8s.aws", "aga.k8s.aws"]),
    ("karpenter", &["karpenter.sh", "karpenter.k8s.aws"]),
    ("karpenter-crd", &["karpenter.sh", "karpenter.k8s.aws"]),
    ("cert-manager", &["cert-manager.io", "acme.cert-manager.io"]),
    ("external-secrets", &["external-secrets.io", "generators.external-secrets.io"]),
    ("istiod", ISTIO),
    ("istio-base", ISTIO),
    ("prometheus", &["monitoring.coreos.com"]),
    ("prometheus-operator-crds", &["monitoring.coreos.com"]),
    ("keda", &["keda.sh", "eventing.keda.sh"]),
    ("argocd", &["applications.argoproj.io", "applicationsets.argoproj.io", "appprojects.argoproj.io"]),
    ("argo-rollouts", ROLLOUTS),
    ("argo-workflows", WORKFLOWS),
    ("gpu-operator", &["nvidia.com", "nfd.k8s-sigs.io"]),
    ("external-dns", &["externaldns.k8s.io"]),
    ("tfy-logs", &[]),
    ("metrics-server", &[]),
    ("node-pools", &[]),
    ("mesh", &[]),
    ("ingress", &[]),
];
const ISTIO: &[&str] = &[
    "networking.istio.io",
    "security.istio.io",
    "telemetry.istio.io",
    "extensions.istio.io",
    "gateways.gateway.networking.k8s.io",
];
const ROLLOUTS: &[&str] = &[
    "rollouts.argoproj.io",
    "analysisruns.argoproj.io",
    "analysistemplates.argoproj.io",
    "clusteranalysistemplates.argoproj.io",
    "experiments.argoproj.io",
];
const WORKFLOWS: &[&str] = &[
    "workflows.argoproj.io",
    "cronworkflows.argoproj.io",
    "workflowtemplates.argoproj.io",
    "clusterworkflowtemplates.argoproj.io",
    "workfloweventbindings.argoproj.io",
    "workflowtasksets.argoproj.io",
    "workflowtaskresults.argoproj.io",
    "workflowartifactgctasks.argoproj.io",
];

/// A kind of objects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Kind {
    pub(super) group: String,
    pub(super) version: String,
    /// As it stands in paths.
    pub(super) plural: String,
    /// As it stands in objects.
    pub(super) kind: String,
    pub(super) namespaced: bool,
}

impl Kind {
    /// A kind of the core group.
    pub(super) fn core(plural: &str, kind: &str, namespaced: bool) -> Self {
        let [plural, kind] = [plural, kind].map(str::to_owned);
        Self { group: String::new(), version: "v1".to_owned(), plural, kind, namespaced }
    }

    /// The name by which `kubectl` and people know it.
    pub(super) fn name(&self) -> String {
        if self.group.is_empty() { self.plural.clone() } else { format!("{}.{}", self.plural, self.group) }
    }

    /// Where all of its objects are listed.
    pub(super) fn path(&self) -> String {
        format!("{}/{}", self.root(), self.plural)
    }

    /// Where one of its objects is.
    pub(super) fn path_of(&self, namespace: &str, name: &str) -> String {
        let (root, plural) = (self.root(), &self.plural);
        if self.namespaced {
            format!("{root}/namespaces/{namespace}/{plural}/{name}")
        } else {
            format!("{root}/{plural}/{name}")
        }
    }

    fn root(&self) -> String {
        let Self { group, version, .. } = self;
        if group.is_empty() { format!("/api/{version}") } else { format!("/apis/{group}/{version}") }
    }

    fn is(&self, name_or_group: &str) -> bool {
        self.group == name_or_group || self.name() == name_or_group
    }
}

/// Every kind outside of the core group that the cluster knows, each in the version that it prefers.
pub(super) fn known(cluster: &impl Ask) -> Result<Vec<Kind>, Failed> {
    Ok(cluster.get("/apis", DISCOVERY)?.map(|answer| read(&answer)).unwrap_or_default())
}

fn read(answer: &Value) -> Vec<Kind> {
    let mut kinds: Vec<Kind> = Vec::new();
    for group in items(answer, "items") {
        for version in items(group, "versions") {
            for resource in items(version, "resources") {
                let kind = Kind {
                    group: text(&group["metadata"], "name"),
                    version: text(version, "version"),
                    plural: text(resource, "resource"),
                    kind: text(&resource["responseKind"], "kind"),
                    namespaced: resource["scope"] == "Namespaced",
                };
                let listed = items(resource, "verbs").any(|verb| verb == "list");
                let is_new = !kinds.iter().any(|known| known.name() == kind.name());
                kinds.extend((listed && is_new).then_some(kind));
            }
        }
    }
    kinds
}

/// Definitions of custom resources, as objects.
pub(super) fn definitions(cluster: &impl Ask) -> Result<Vec<Object>, Failed> {
    let answer = cluster.get(DEFINITIONS, METADATA_ONLY)?.unwrap_or_default();
    Ok(Object::all("customresourcedefinitions.apiextensions.k8s.io", &answer))
}

/// Those kinds that are nothing without these releases.
pub(super) fn needing<'a>(
    kinds: &'a [Kind],
    definitions: &[Object],
    releases: &[(String, String)],
) -> Vec<&'a Kind> {
    let by_chart = |kind: &Kind| {
        definitions.iter().any(|definition| {
            definition.name == kind.name() && definition.release().is_some_and(|r| releases.contains(&r))
        })
    };
    let by_table = |kind: &Kind| {
        let removed = |release: &str| releases.iter().any(|(_, name)| name == release);
        NEEDED_BY.iter().any(|(release, names)| removed(release) && names.iter().any(|name| kind.is(name)))
    };
    kinds.iter().filter(|kind| by_chart(kind) || by_table(kind)).collect()
}

/// Whether objects of others may need a release of this name.
pub(super) fn is_needed(release: &str) -> bool {
    NEEDED_BY.iter().any(|(name, kinds)| *name == release && !kinds.is_empty())
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    /// A cluster with KEDA, Karpenter, Istio and a definition of somebody else.
    pub(in crate::run::in_cluster) fn discovered() -> Vec<Kind> {
        let resource = |plural: &str, kind: &str, scope: &str| {
            json!({ "resource": plural, "responseKind": { "group": "", "kind": kind, "version": "" }, "scope": scope,
                    "verbs": ["delete", "get", "list"], "subresources": [{ "subresource": "status" }] })
        };
        let group =
            |name: &str, versions: Value| json!({ "metadata": { "name": name }, "versions": versions });
        let version = |name: &str, resources: Value| json!({ "version": name, "resources": resources, "freshness": "Current" });
        read(&json!({ "kind": "APIGroupDiscoveryList", "items": [
            group("apps", json!([version("v1", json!([
                resource("deployments", "Deployment", "Namespaced"), resource("statefulsets", "StatefulSet", "Namespaced"),
            ]))])),
            group("keda.sh", json!([version("v1alpha1", json!([resource("scaledobjects", "ScaledObject", "Namespaced")]))])),
            group("karpenter.sh", json!([version("v1", json!([
                resource("nodepools", "NodePool", "Cluster"), resource("nodeclaims", "NodeClaim", "Cluster"),
            ]))])),
            group("networking.istio.io", json!([
                version("v1", json!([resource("gateways", "Gateway", "Namespaced")])),
                version("v1beta1", json!([
                    resource("gateways", "Gateway", "Namespaced"), resource("proxyconfigs", "ProxyConfig", "Namespaced"),
                ])),
            ])),
            group("acme.com", json!([version("v1", json!([resource("widgets", "Widget", "Namespaced")]))])),
            group("metrics.k8s.io", json!([{ "version": "v1beta1", "freshness": "Stale", "resources": [] }])),
        ] }))
    }

    fn names(kinds: &[&Kind]) -> Vec<String> {
        kinds.iter().map(|kind| kind.name()).collect()
    }

    #[test]
    fn a_kind_is_known_once_in_the_version_that_the_cluster_prefers() {
        let kinds = discovered();
        let of = |name: &str| kinds.iter().find(|kind| kind.name() == name).unwrap();
        assert_eq!(of("gateways.networking.istio.io").path(), "/apis/networking.istio.io/v1/gateways");
        assert_eq!(of("proxyconfigs.networking.istio.io").version, "v1beta1");
        assert_eq!(
            of("nodepools.karpenter.sh").path_of("", "default"),
            "/apis/karpenter.sh/v1/nodepools/default"
        );
        assert_eq!(
            Kind::core("services", "Service", true).path_of("a", "b"),
            "/api/v1/namespaces/a/services/b"
        );
        assert_eq!(kinds.iter().filter(|kind| kind.plural == "gateways").count(), 1);
    }

    #[test]
    fn kinds_need_the_release_that_installed_them_and_those_of_the_table() {
        let kinds = discovered();
        let annotations =
            json!({ "meta.helm.sh/release-name": "widgets", "meta.helm.sh/release-namespace": "acme" });
        let widgets = json!({ "items": [{ "metadata": { "name": "widgets.acme.com", "uid": "1", "annotations": annotations } }] });
        let definitions = Object::all("customresourcedefinitions.apiextensions.k8s.io", &widgets);
        let needing = |namespace: &str, name: &str| {
            names(&needing(&kinds, &definitions, &[(namespace.to_owned(), name.to_owned())]))
        };
        assert_eq!(needing("acme", "widgets"), ["widgets.acme.com"]);
        assert_eq!(needing("other", "widgets"), [""; 0]);
        assert_eq!(needing("keda", "keda"), ["scaledobjects.keda.sh"]);
        assert_eq!(
            needing("kube-system", "karpenter"),
            ["nodepools.karpenter.sh", "nodeclaims.karpenter.sh"]
        );
        assert_eq!(needing("kube-system", "node-pools"), [""; 0], "Karpenter stays, and serves other pools");
        assert_eq!(needing("istio-system", "istiod").len(), 2);
    }

    #[test]
    fn every_release_of_the_module_says_what_needs_it() {
        let said = NEEDED_BY.map(|(release, _)| release);
        let gateway = "tfy-istio-ingress";
        for release in crate::plan::addons::RELEASES {
            assert!(release.name == gateway || said.contains(&release.name), "{}", release.name);
        }
    }
}
