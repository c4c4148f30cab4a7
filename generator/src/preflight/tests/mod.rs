//! Each check by facts that are written here: what it says, whole, in `snapshots`.

mod cluster;
mod compute;
mod existing;
mod ingress;
mod limits;
mod network;
mod outside;
mod permissions;
mod report;
mod stores;
mod who;

use std::collections::BTreeMap;

use super::*;
use crate::facts::quotas;
use crate::facts::{
    Addon, BucketName, Caller, ClusterFound, ClusterVersion, ControlPlane, Delegation, Endpoint, Instance,
    Orderable, Peering, Quota, Route, RouteTable, Spot, Subnet, TransitRoute, Used, Verdict, Vpc, Zone,
};
use crate::spec::{self, Loaded};

const NEW: &str = r#"version: 1
name: acme-dev
aws: { account: "123456789012", region: us-east-1 }
network:
  create:
    cidr: 10.20.0.0/16
    zones: [use1-az1, use1-az2]
    endpoints: [s3, dynamodb, kms]
    reserved_cidrs: [10.96.0.0/16]
cluster:
  create:
    version: "1.35"
    endpoint: { private_from: [10.8.0.0/16] }
database: {}
compute: { pools: { gpu: { families: [g5, p4d] } } }
addons: { istio: { gateway: { service: { type: LoadBalancer } } } }
truefoundry:
  host: https://acme.truefoundry.cloud
  base_domains: ["*.ai.acme.com"]
"#;

const EXISTING: &str = r#"version: 1
name: acme-dev
aws: { account: "123456789012", region: us-east-1 }
network:
  existing:
    vpc: vpc-0123456789abcdef0
    private_subnets: [subnet-0a000000000000001, subnet-0a000000000000002]
    public_subnets: [subnet-0b000000000000001]
    reserved_cidrs: [10.96.0.0/16]
cluster:
  existing:
    name: shared-eks
    oidc_provider: arn:aws:iam::123456789012:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/A
truefoundry:
  host: https://acme.truefoundry.cloud
"#;

/// A cluster of ours in a VPC of somebody else's.
fn new_cluster_in_existing() -> String {
    let (before, rest) = EXISTING.split_once("cluster:\n").unwrap();
    let (_, after) = rest.split_once("truefoundry:\n").unwrap();
    format!("{before}truefoundry:\n{after}")
}

/// What is worth asking, with actions that do not change with what was recorded of them.
fn asked(platform: &Platform) -> Questions {
    let actions = ["ec2:CreateVpc", "eks:CreateCluster", "iam:CreateServiceLinkedRole", "iam:PassRole"]
        .map(str::to_owned);
    Questions { actions: actions.into(), ..Questions::of(platform) }
}

fn planned(text: &str) -> (Loaded, Platform) {
    let loaded = spec::load_text("platform.yaml".to_owned(), text.to_owned()).unwrap();
    let platform = crate::plan::plan(&loaded.spec).unwrap();
    (loaded, platform)
}

fn quota(name: &str, value: f64) -> Answer<Quota> {
    let kind = quotas::find(name).unwrap();
    let service = if kind.service.is_empty() { "iam" } else { kind.service };
    Answer::Known(Quota {
        name: format!("AWS's name of {name}"),
        service: service.to_owned(),
        code: kind.code.to_owned(),
        value,
        adjustable: true,
    })
}

fn instance(vcpus: u64, usage: &[&str]) -> Instance {
    Instance {
        vcpus,
        architectures: vec!["x86_64".to_owned()],
        usage: usage.iter().map(|one| (*one).to_owned()).collect(),
        addresses: 10,
    }
}

fn version(version: &str, standard: &str, extended: &str) -> ClusterVersion {
    ClusterVersion {
        version: version.to_owned(),
        standard_until: Some(standard.to_owned()),
        extended_until: Some(extended.to_owned()),
        unsupported: false,
    }
}

fn vpc(id: &str, block: &str) -> Vpc {
    Vpc { id: id.to_owned(), blocks: vec![block.parse().unwrap()], platform: None }
}

fn named<T: Clone>(names: &[&str], value: &T) -> BTreeMap<String, Answer<T>> {
    names.iter().map(|name| ((*name).to_owned(), Answer::Known(value.clone()))).collect()
}

/// Of an account that lacks nothing.
fn facts(platform: &Platform) -> Facts {
    let asked = asked(platform);
    let mut facts = Facts::none(&platform.account, platform.region.name(), "2026-11-29T10:00:00Z");
    facts.caller = Answer::Known(Caller {
        account: "123456789012".to_owned(),
        arn: "arn:aws:sts::123456789012:assumed-role/deployer/me".to_owned(),
    });
    facts.clock = Answer::Known(1);
    facts.opted_in = Answer::Known("opt-in-not-required".to_owned());
    let zone = |n: u8, letter: &str| Zone {
        id: format!("use1-az{n}"),
        name: format!("us-east-1{letter}"),
        available: true,
    };
    facts.zones = Answer::Known(vec![zone(1, "a"), zone(2, "b"), zone(4, "c")]);
    facts.vpcs = Answer::Known(vec![vpc("vpc-default", "172.31.0.0/16")]);
    facts.peerings = Answer::Known(Vec::new());
    facts.transit_routes = Answer::Known(Vec::new());
    for kind in quotas::ALL {
        facts.quotas.insert(kind.name.to_owned(), quota(kind.name, 1000.0));
        facts.used.insert(kind.name.to_owned(), Answer::Known(Used { all: 2, own: 0 }));
    }
    facts.nat_gateways = Answer::Known(BTreeMap::new());
    facts.cluster_versions = Answer::Known(vec![
        version("1.33", "2026-07-29", "2027-07-29"),
        version("1.34", "2026-12-02", "2027-12-02"),
        version("1.35", "2027-03-27", "2028-03-27"),
    ]);
    let addons: Vec<&str> = asked.addons.iter().map(String::as_str).collect();
    facts.addon_versions = named(&addons, &vec!["v1".to_owned()]);
    let both = ["on-demand", "spot"];
    facts.instances = Answer::Known(
        [("m7i.large", 2), ("m6i.large", 2), ("g5.xlarge", 4), ("p4d.24xlarge", 96)]
            .map(|(name, vcpus)| (name.to_owned(), instance(vcpus, &both)))
            .into(),
    );
    let zones = ["use1-az1", "use1-az2"].map(str::to_owned).to_vec();
    facts.offers = Answer::Known(
        ["m7i.large", "m6i.large", "g5.xlarge", "p4d.24xlarge"]
            .map(|name| (name.to_owned(), zones.clone()))
            .into(),
    );
    facts.spot = named(&["default-spot", "gpu-spot"], &Spot::Score(9));
    facts.engine_versions = Answer::Known(vec!["17.6".to_owned()]);
    let names = vec!["us-east-1a".to_owned(), "us-east-1b".to_owned()];
    facts.orderable = Answer::Known(Orderable { multi_az: true, zones: names });
    let allowed = asked.actions.iter().map(|action| (action.clone(), Verdict::Allowed));
    facts.permissions = Answer::Known(allowed.collect());
    let roles: Vec<&str> = asked.signatories.iter().map(|one| one.name).collect();
    facts.service_linked_roles = named(&roles, &"arn".to_owned());
    let delegation = Delegation { zone: "ai.acme.com".to_owned(), servers: vec!["ns.acme.com".to_owned()] };
    facts.domains = named(&["ai.acme.com"], &delegation);
    facts.bucket = Answer::Absent;
    facts.control_plane =
        Answer::Known(ControlPlane { address: "https://acme.truefoundry.cloud".to_owned(), status: 200 });
    facts.control_plane_key = Answer::Known(true);
    facts.registered_cluster = Answer::Absent;
    facts.cluster = Answer::Absent;
    there(&mut facts);
    facts
}

/// A VPC and a cluster that are there, and fit.
fn there(facts: &mut Facts) {
    facts.vpc_dns = Answer::Known((true, true));
    let subnet = |id: &str, zone: &str, tags: &[(&str, &str)]| Subnet {
        id: id.to_owned(),
        vpc: "vpc-0123456789abcdef0".to_owned(),
        zone: zone.to_owned(),
        free: 4000,
        public_addresses: false,
        tags: tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect(),
    };
    let private = |cluster| {
        [
            ("kubernetes.io/cluster/shared-eks", "shared"),
            ("kubernetes.io/cluster/acme-dev", "shared"),
            ("kubernetes.io/role/internal-elb", "1"),
            ("karpenter.sh/discovery", cluster),
        ]
    };
    let public = [
        ("kubernetes.io/cluster/shared-eks", "shared"),
        ("kubernetes.io/cluster/acme-dev", "shared"),
        ("kubernetes.io/role/elb", "1"),
    ];
    facts.subnets = Answer::Known(vec![
        subnet("subnet-0a000000000000001", "use1-az1", &private("shared-eks")),
        subnet("subnet-0a000000000000002", "use1-az2", &private("shared-eks")),
        subnet("subnet-0b000000000000001", "use1-az1", &public),
    ]);
    let table = |id: &str, to: &str, subnets: &[&str]| RouteTable {
        id: id.to_owned(),
        main: subnets.is_empty(),
        subnets: subnets.iter().map(|one| (*one).to_owned()).collect(),
        routes: vec![Route { block: Some("0.0.0.0/0".to_owned()), to: to.to_owned(), blackhole: false }],
    };
    facts.route_tables = Answer::Known(vec![
        table("rtb-main", "nat-1", &[]),
        table("rtb-public", "igw-1", &["subnet-0b000000000000001"]),
    ]);
    facts.endpoints = Answer::Known(vec![Endpoint {
        service: "s3".to_owned(),
        gateway: true,
        route_tables: vec!["rtb-main".to_owned()],
    }]);
    let issuer = "oidc.eks.us-east-1.amazonaws.com/id/A";
    facts.oidc_providers = Answer::Known(vec![format!("arn:aws:iam::123456789012:oidc-provider/{issuer}")]);
    let addon = Addon { version: "v1".to_owned(), status: "ACTIVE".to_owned() };
    let addons = ["coredns", "kube-proxy", "vpc-cni"];
    facts.cluster_addons = Answer::Known(addons.map(|name| (name.to_owned(), addon.clone())).into());
}

/// What EKS tells of the cluster that is there.
fn cluster() -> ClusterFound {
    ClusterFound {
        version: "1.35".to_owned(),
        status: "ACTIVE".to_owned(),
        vpc: "vpc-0123456789abcdef0".to_owned(),
        public_from: Some(vec!["203.0.113.0/24".to_owned()]),
        private: true,
        authentication: "API".to_owned(),
        issuer: Some("https://oidc.eks.us-east-1.amazonaws.com/id/A".to_owned()),
        platform: None,
    }
}

fn existing_facts(platform: &Platform) -> Facts {
    let mut facts = facts(platform);
    facts.cluster = Answer::Known(cluster());
    facts
}

fn told(
    text: &str,
    facts: impl Fn(&Platform) -> Facts,
    change: impl FnOnce(&mut Facts),
) -> (Outcome, String) {
    let (loaded, platform) = planned(text);
    let mut facts = facts(&platform);
    change(&mut facts);
    let outcome = checked(&platform, &facts, &asked(&platform), Extent::Whole);
    let table = table(&outcome, &facts, |path| loaded.place(path));
    (outcome, table)
}

/// What is found and what is open, without the rows of what passed.
fn said(text: &str, facts: impl Fn(&Platform) -> Facts, change: impl FnOnce(&mut Facts)) -> String {
    let (_, table) = told(text, facts, change);
    table.split_once("\n\n").map_or(String::new(), |(_, rest)| rest.to_owned())
}

fn of_new(change: impl FnOnce(&mut Facts)) -> String {
    said(NEW, facts, change)
}

fn of_existing(change: impl FnOnce(&mut Facts)) -> String {
    said(EXISTING, existing_facts, change)
}

fn known<T>(answer: &mut Answer<T>) -> &mut T {
    match answer {
        Answer::Known(value) => value,
        Answer::Absent | Answer::Unchecked { .. } => unreachable!("the fixture knows it"),
    }
}
