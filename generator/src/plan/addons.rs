//! The add-ons of the platform: which there are, with which options, and the releases that they become.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::problem::Problems;
use crate::spec::addons::REGISTRIES;
use crate::spec::{Addon, AddonOptions, Mirror, Mtls, Path, Spec, patterns};

/// A Helm release of the module `addons`, or `agent`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// The add-on that it belongs to; `None` for what is no add-on.
    addon: Option<&'static str>,
    /// The module that makes it, and whether that can leave it out: then its resource has an index.
    module: (&'static str, bool),
    /// Its name in the cluster.
    pub name: &'static str,
    /// Its namespace.
    pub namespace: &'static str,
    /// Its resource in the module, `helm_release.<resource>`.
    pub resource: &'static str,
}

impl Release {
    const fn new(
        addon: &'static str,
        name: &'static str,
        namespace: &'static str,
        resource: &'static str,
    ) -> Self {
        Self { addon: Some(addon), module: ("addons", true), name, namespace, resource }
    }

    /// The agent's, which the module `agent` makes.
    pub(super) const fn of_agent() -> Self {
        let (name, namespace) = ("tfy-agent", "tfy-agent");
        Self { addon: None, module: ("agent", false), name, namespace, resource: "agent" }
    }

    /// Its address in the layer.
    #[must_use]
    pub fn address(&self) -> String {
        let (module, can_be_left_out) = self.module;
        let index = if can_be_left_out { "[0]" } else { "" };
        format!("module.{module}.helm_release.{}{index}", self.resource)
    }
}

/// The release that leads from the load balancer to the gateway: there with an ingress alone.
pub const INGRESS: &str = "ingress";

/// Every release that the module can make, in the order in which it makes them.
pub const RELEASES: [Release; 22] = [
    Release::new("karpenter", "karpenter-crd", "kube-system", "karpenter_crd"),
    Release::new(
        "kube-prometheus-stack",
        "prometheus-operator-crds",
        "kube-system",
        "prometheus_operator_crds",
    ),
    Release::new("istio", "istio-base", "istio-system", "istio_base"),
    Release::new("aws-load-balancer-controller", "load-balancer-crds", "kube-system", "load_balancer_crds"),
    Release::new(
        "aws-load-balancer-controller",
        "aws-load-balancer-controller",
        "kube-system",
        "load_balancer_controller",
    ),
    Release::new("cert-manager", "cert-manager", "cert-manager", "cert_manager"),
    Release::new("metrics-server", "metrics-server", "kube-system", "metrics_server"),
    Release::new("karpenter", "karpenter", "kube-system", "karpenter"),
    Release::new("karpenter", "node-pools", "kube-system", "node_pools"),
    Release::new("external-secrets", "external-secrets", "external-secrets", "external_secrets"),
    Release::new("istio", "istiod", "istio-system", "istiod"),
    Release::new("istio", "tfy-istio-ingress", "istio-system", "istio_gateway"),
    Release::new("istio", "mesh", "istio-system", "mesh"),
    Release::new("istio", INGRESS, "istio-system", "ingress"),
    Release::new("kube-prometheus-stack", "prometheus", "prometheus", "prometheus"),
    Release::new("logs", "tfy-logs", "tfy-logs", "logs"),
    Release::new("keda", "keda", "keda", "keda"),
    Release::new("argo-cd", "argocd", "argocd", "argo_cd"),
    Release::new("argo-rollouts", "argo-rollouts", "argo-rollouts", "argo_rollouts"),
    Release::new("argo-workflows", "argo-workflows", "argo-workflows", "argo_workflows"),
    Release::new("gpu-operator", "gpu-operator", "tfy-gpu-operator", "gpu_operator"),
    Release::new("external-dns", "external-dns", "external-dns", "external_dns"),
];

/// What the spec says of one add-on.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Wish {
    on: bool,
    /// Whether `on` is what the module does by itself.
    usual: bool,
    version: Option<String>,
    /// Of the chart with its custom resources, where that has versions of its own.
    crds_version: Option<String>,
    values: Map<String, Value>,
}

/// The add-ons.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addons {
    wishes: BTreeMap<&'static str, Wish>,
    /// Values of Istio's gateway.
    gateway: Map<String, Value>,
    /// Hosted zones in which cert-manager answers challenges.
    pub certificate_zones: BTreeMap<String, String>,
    /// Hosted zones whose records external-dns keeps.
    pub record_zones: BTreeMap<String, String>,
    /// Starts of the names of secrets that external-secrets reads.
    pub secret_prefixes: Vec<String>,
    /// Starts of the names of parameters that external-secrets reads.
    pub parameter_prefixes: Vec<String>,
    /// Mutual TLS in the mesh.
    pub mtls: Mtls,
    /// The repository of every chart.
    pub charts: Option<String>,
    /// What stands instead of each registry.
    pub registries: BTreeMap<String, String>,
}

impl Addons {
    /// Whether an add-on is there.
    #[must_use]
    pub fn has(&self, addon: &str) -> bool {
        self.wishes.get(addon).is_some_and(|wish| wish.on)
    }

    /// Whether an add-on is there in the version that this program brings along.
    #[must_use]
    pub fn has_pinned(&self, addon: &str) -> bool {
        self.wishes.get(addon).is_some_and(|wish| wish.on && wish.version.is_none())
    }

    /// Whether the mesh's gateway asks AWS for a load balancer of its own.
    #[must_use]
    pub fn gateway_is_balanced(&self) -> bool {
        let service = self.gateway.get("service").and_then(|service| service.get("type"));
        self.has("istio") && service.and_then(Value::as_str) == Some("LoadBalancer")
    }

    /// The releases that there are to be, with a way in or without.
    pub fn releases(&self, has_ingress: bool) -> impl Iterator<Item = Release> + '_ {
        let there = move |release: &Release| {
            release.addon.is_some_and(|addon| self.has(addon)) && (has_ingress || release.name != INGRESS)
        };
        RELEASES.into_iter().filter(there)
    }

    /// Where metrics are asked for, inside the cluster.
    #[must_use]
    pub fn prometheus_url(&self) -> Option<&'static str> {
        self.has("kube-prometheus-stack")
            .then_some("http://prometheus-kube-prometheus-prometheus.prometheus.svc.cluster.local:9090")
    }

    /// Where logs are asked for, inside the cluster.
    #[must_use]
    pub fn logs_url(&self) -> Option<&'static str> {
        self.has("logs")
            .then_some("http://tfy-logs-victoria-logs-single-server.tfy-logs.svc.cluster.local:9428")
    }

    /// What differs from the module's own set, as its variable `addons` takes it. `values` are objects here, and text for the module.
    #[must_use]
    pub fn changes(&self) -> Value {
        let mut changes = Map::new();
        for (name, wish) in &self.wishes {
            let mut change = Map::new();
            if !wish.usual {
                change.insert("enabled".to_owned(), json!(wish.on));
            }
            change.extend(wish.version.iter().map(|version| ("version".to_owned(), json!(version))));
            let crds_version = wish.crds_version.iter();
            change.extend(crds_version.map(|version| ("crds_version".to_owned(), json!(version))));
            let values = self.values(name, wish);
            if !values.is_empty() {
                change.insert("values".to_owned(), json!(values));
            }
            if !change.is_empty() {
                changes.insert((*name).to_owned(), json!(change));
            }
        }
        json!(changes)
    }

    /// Values as the module takes them: of Istio, which has several charts, below the name of each.
    fn values(&self, addon: &str, wish: &Wish) -> Map<String, Value> {
        if addon != "istio" {
            return wish.values.clone();
        }
        let charts = [("istiod", &wish.values), ("gateway", &self.gateway)];
        let given = charts.into_iter().filter(|(_, values)| !values.is_empty());
        given.map(|(chart, values)| (chart.to_owned(), json!(values))).collect()
    }
}

/// Checks the add-ons. `gpus` says whether there are pools with GPUs.
pub(super) fn addons(problems: &mut Problems, spec: &Spec, gpus: bool) -> Option<Addons> {
    let set = spec.addons.set()?;
    let path = Path::new("addons");
    let mut wishes = BTreeMap::new();
    for (name, addon) in [
        ("aws-load-balancer-controller", &set.aws_load_balancer_controller),
        ("karpenter", &set.karpenter),
        ("metrics-server", &set.metrics_server),
        ("argo-cd", &set.argo_cd),
        ("argo-rollouts", &set.argo_rollouts),
        ("argo-workflows", &set.argo_workflows),
        ("keda", &set.keda),
        ("logs", &set.logs),
    ] {
        wishes.insert(name, wish(addon, true, |o: &AddonOptions| (&o.version, &o.values)));
    }
    let gpu = set.gpu_operator.unwrap_or(Addon::Switch(gpus));
    wishes.insert("gpu-operator", wish(&gpu, gpus, |o| (&o.version, &o.values)));
    wishes.insert("cert-manager", wish(&set.cert_manager, true, |o| (&o.version, &o.values)));
    wishes.insert("external-secrets", wish(&set.external_secrets, true, |o| (&o.version, &o.values)));
    wishes.insert("external-dns", wish(&set.external_dns, false, |o| (&o.version, &o.values)));
    let prometheus = wish(&set.kube_prometheus_stack, true, |o| (&o.version, &o.values));
    let crds_version = options(set.kube_prometheus_stack).and_then(|stack| stack.crds_version);
    wishes.insert("kube-prometheus-stack", Wish { crds_version, ..prometheus });
    wishes.insert("istio", wish(&set.istio, true, |o| (&o.version, &o.values)));
    if set.external_dns == Addon::Switch(true) {
        problems
            .add(&path.key("external-dns"), "external-dns needs to know the zones whose records it keeps")
            .hint("write `external-dns: { zones: { acme.com: Z0123456789ABCDEFGHIJ } }`");
    }
    let istio = options(set.istio).unwrap_or_default();
    let certificates = options(set.cert_manager).unwrap_or_default();
    let secrets = options(set.external_secrets).unwrap_or_default();
    let record_zones = options(set.external_dns).map(|dns| dns.zones).unwrap_or_default();
    check_zones(problems, &path.key("cert-manager").key("zones"), &certificates.zones);
    check_zones(problems, &path.key("external-dns").key("zones"), &record_zones);
    for (key, prefixes) in
        [("secret_prefixes", &secrets.secret_prefixes), ("parameter_prefixes", &secrets.parameter_prefixes)]
    {
        check_prefixes(problems, &path.key("external-secrets").key(key), prefixes);
    }
    check_versions(problems, &path, &wishes);
    let registries = registries(problems, &path.key("mirror"), &set.mirror);
    Some(Addons {
        wishes,
        gateway: istio.gateway,
        certificate_zones: certificates.zones,
        record_zones,
        secret_prefixes: secrets.secret_prefixes,
        parameter_prefixes: secrets.parameter_prefixes,
        mtls: istio.mtls,
        charts: set.mirror.charts,
        registries,
    })
}

fn wish<T>(
    addon: &Addon<T>,
    by_default: bool,
    common: impl Fn(&T) -> (&Option<String>, &Map<String, Value>),
) -> Wish {
    match addon {
        Addon::Switch(on) => Wish { on: *on, usual: *on == by_default, ..Wish::default() },
        Addon::Options(options) => {
            let (version, values) = common(options);
            let (version, values) = (version.clone(), values.clone());
            Wish { on: true, usual: by_default, version, crds_version: None, values }
        }
    }
}

fn options<T>(addon: Addon<T>) -> Option<T> {
    match addon {
        Addon::Switch(_) => None,
        Addon::Options(options) => Some(options),
    }
}

fn check_versions(problems: &mut Problems, path: &Path, wishes: &BTreeMap<&str, Wish>) {
    for (name, wish) in wishes {
        for (key, version) in [("version", &wish.version), ("crds_version", &wish.crds_version)] {
            let Some(version) = version else { continue };
            problems.require(
                patterns::CHART_VERSION.fits(version),
                &path.key(name).key(key),
                format!("`{version}` is not the version of a chart"),
                "write all three numbers in quotes, for example `\"2.19.0\"`: a range would let a plan change by itself",
            );
        }
    }
}

fn check_zones(problems: &mut Problems, path: &Path, zones: &BTreeMap<String, String>) {
    for (domain, id) in zones {
        problems.require(
            patterns::DOMAIN.fits(domain),
            &path.key(domain),
            format!("`{domain}` is not a domain"),
            "write the zone's domain in lower case, without a dot at its end, for example `acme.com`",
        );
        problems.require(
            patterns::ZONE_ID.fits(id),
            &path.key(domain),
            format!("`{id}` is not the ID of a hosted zone"),
            "`aws route53 list-hosted-zones` shows it: `Z` and capital letters and digits",
        );
    }
}

fn check_prefixes(problems: &mut Problems, path: &Path, prefixes: &[String]) {
    for (i, prefix) in prefixes.iter().enumerate() {
        problems.require(
            patterns::SECRETS.fits(prefix),
            &path.index(i),
            format!("`{prefix}` is not the start of a name"),
            "write for example `acme/dev`: letters, digits and `_.-/`, without a slash at either end and without `*`",
        );
    }
}

/// What stands instead of each registry of the set: what is written for it, else a place below `images`.
fn registries(problems: &mut Problems, path: &Path, mirror: &Mirror) -> BTreeMap<String, String> {
    if let Some(charts) = &mirror.charts {
        problems.require(
            patterns::CHARTS.fits(charts),
            &path.key("charts"),
            format!("`{charts}` is not the address of a chart repository"),
            "write `https://charts.acme.com` or `oci://123456789012.dkr.ecr.us-east-1.amazonaws.com/charts`",
        );
    }
    let place = |text: &str| patterns::IMAGES.fits(text);
    let hint = "write host and path without `https://` and without a slash at the end";
    if let Some(images) = &mirror.images {
        let message = format!("`{images}` is not a place of images");
        problems.require(place(images), &path.key("images"), message, hint);
    }
    for (host, instead) in &mirror.registries {
        let at = path.key("registries").key(host);
        problems.require(place(instead), &at, format!("`{instead}` is not a place of images"), hint);
        if !REGISTRIES.contains(&host.as_str()) {
            let near =
                crate::suggest::nearest(host, REGISTRIES).map(|near| format!("did you mean `{near}`?"));
            problems.add(&at, format!("no add-on takes images from `{host}`")).hint(
                near.unwrap_or_else(|| format!("they come from {}", crate::suggest::all_of(&REGISTRIES))),
            );
        }
    }
    let below = |images: &String| -> BTreeMap<String, String> {
        REGISTRIES.iter().map(|host| ((*host).to_owned(), format!("{images}/{host}"))).collect()
    };
    let mut all = mirror.images.as_ref().map(below).unwrap_or_default();
    all.extend(mirror.registries.clone());
    all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::plan::{Platform, modules};

    const START: &str = "version: 1\nname: acme-dev\naws: { account: \"123456789012\", region: us-east-1 }\ntruefoundry: {}\n";

    fn planned(addons: &str) -> Result<Platform, Vec<String>> {
        let spec =
            crate::spec::load_text("platform.yaml".to_owned(), format!("{START}{addons}")).unwrap().spec;
        crate::plan::plan(&spec).map_err(|problems| problems.into_iter().map(|p| p.message).collect())
    }

    fn changes(addons: &str) -> Value {
        planned(addons).unwrap().addons.unwrap().changes()
    }

    #[test]
    fn the_releases_are_those_of_the_module() {
        let text = |name: &str| modules::files("addons").iter().find(|(n, _)| *n == name).unwrap().1;
        let pinned: Value = serde_json::from_str(text("charts.json")).unwrap();
        let of_charts = pinned["charts"].as_object().unwrap().values().map(|chart| {
            let text = |key: &str| chart[key].as_str().unwrap().to_owned();
            (text("addon"), text("release"), text("namespace"))
        });
        let mut known: BTreeSet<_> = of_charts.collect();
        for (addon, release, namespace) in [
            ("aws-load-balancer-controller", "load-balancer-crds", "kube-system"),
            ("karpenter", "node-pools", "kube-system"),
            ("istio", "mesh", "istio-system"),
            ("istio", "ingress", "istio-system"),
        ] {
            known.insert((addon.to_owned(), release.to_owned(), namespace.to_owned()));
        }
        let ours = RELEASES
            .map(|r| (r.addon.unwrap_or_default().to_owned(), r.name.to_owned(), r.namespace.to_owned()));
        assert_eq!(BTreeSet::from(ours), known);
        let all: String = modules::files("addons").iter().map(|(_, text)| *text).collect();
        for release in RELEASES {
            let block = format!("resource \"helm_release\" \"{}\" {{", release.resource);
            assert!(all.contains(&block), "{block}");
        }
    }

    #[test]
    fn the_whole_set_is_there_unless_something_is_said() {
        assert_eq!(changes(""), json!({}));
        assert_eq!(changes("addons: true\n"), json!({}));
        assert_eq!(changes("addons: { keda: true, external-dns: false }\n"), json!({}));
        assert!(planned("addons: false\n").unwrap().addons.is_none());
        let addons = planned("").unwrap().addons.unwrap();
        assert!(addons.has("karpenter") && !addons.has("external-dns") && !addons.has("gpu-operator"));
        assert_eq!(addons.releases(false).count(), 19);
    }

    #[test]
    fn what_is_said_is_what_differs() {
        let text = "addons:\n  argo-workflows: false\n  keda: { version: 2.19.1, values: { operator: { replicaCount: 3 } } }\n  \
                    gpu-operator: true\n  istio: { gateway: { service: { type: NodePort } } }\n  external-dns: { zones: { acme.com: \
                    Z0123456789ABCDEFGHIJ } }\n";
        assert_eq!(
            changes(text),
            json!({
                "argo-workflows": { "enabled": false },
                "external-dns": { "enabled": true },
                "gpu-operator": { "enabled": true },
                "istio": { "values": { "gateway": { "service": { "type": "NodePort" } } } },
                "keda": { "version": "2.19.1", "values": { "operator": { "replicaCount": 3 } } },
            })
        );
        let releases: Vec<_> =
            planned(text).unwrap().addons.unwrap().releases(false).map(|r| r.name).collect();
        assert!(!releases.contains(&"argo-workflows") && releases.contains(&"external-dns"), "{releases:?}");
    }

    #[test]
    fn a_mirror_stands_before_every_registry_and_a_single_one_wins() {
        let text =
            "addons: { mirror: { images: registry.acme.com/mirror, registries: { quay.io: q.acme.com } } }\n";
        let registries = planned(text).unwrap().addons.unwrap().registries;
        assert_eq!(registries.len(), REGISTRIES.len());
        assert_eq!(registries["ghcr.io"], "registry.acme.com/mirror/ghcr.io");
        assert_eq!(registries["quay.io"], "q.acme.com");
    }

    #[test]
    fn every_registry_of_the_set_is_known() {
        let text = modules::files("addons").iter().find(|(n, _)| *n == "charts.json").unwrap().1;
        let pinned: Value = serde_json::from_str(text).unwrap();
        let hosts = pinned["charts"].as_object().unwrap().values().flat_map(|chart| {
            chart["image_hosts"].as_array().unwrap().iter().map(|host| host.as_str().unwrap().to_owned())
        });
        let ours: BTreeSet<_> = REGISTRIES.map(str::to_owned).into();
        assert_eq!(ours, hosts.collect::<BTreeSet<_>>());
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for (addons, message) in [
            ("external-dns: true", "external-dns needs to know the zones whose records it keeps"),
            ("external-dns: { zones: { Acme.com: Z0123456789ABC } }", "`Acme.com` is not a domain"),
            ("cert-manager: { zones: { acme.com: z1 } }", "`z1` is not the ID of a hosted zone"),
            ("external-secrets: { secret_prefixes: [/acme] }", "`/acme` is not the start of a name"),
            ("external-secrets: { parameter_prefixes: [a*] }", "`a*` is not the start of a name"),
            ("keda: { version: \"2.19\" }", "`2.19` is not the version of a chart"),
            ("keda: { version: ~2.19.0 }", "`~2.19.0` is not the version of a chart"),
            ("kube-prometheus-stack: { crds_version: latest }", "`latest` is not the version of a chart"),
            (
                "mirror: { charts: charts.acme.com }",
                "`charts.acme.com` is not the address of a chart repository",
            ),
            ("mirror: { images: \"https://a.b/c\" }", "`https://a.b/c` is not a place of images"),
            ("mirror: { registries: { quay.io: a/ } }", "`a/` is not a place of images"),
            ("mirror: { registries: { kuay.io: a.b } }", "no add-on takes images from `kuay.io`"),
        ] {
            assert_eq!(planned(&format!("addons: {{ {addons} }}\n")).unwrap_err(), [message], "{addons}");
        }
    }
}
