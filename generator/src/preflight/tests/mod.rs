//! Each check by facts that are written here: what it says, whole, in `snapshots`.

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
    let mut facts = Facts::none(&platform.account, platform.region.name, "2026-11-29T10:00:00Z");
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

#[test]
fn an_account_that_lacks_nothing_passes() {
    let (outcome, table) = told(NEW, facts, |_| {});
    assert_eq!((outcome.findings, outcome.unchecked), (vec![], vec![]));
    insta::assert_snapshot!("clean_new", table);
    let (outcome, table) = told(EXISTING, existing_facts, |_| {});
    assert_eq!((outcome.findings, outcome.unchecked), (vec![], vec![]));
    insta::assert_snapshot!("clean_existing", table);
}

#[test]
fn before_an_apply_only_little_is_asked() {
    let (_, platform) = planned(NEW);
    let outcome = preflight(&platform, &facts(&platform), Extent::Cheap);
    assert_eq!(outcome.passed, ["credentials", "account", "clock", "region"]);
}

#[test]
fn who_asks_and_where() {
    let no_credentials = of_new(|facts| {
        facts.caller = Answer::unchecked(Why::Credentials, "none were found: no providers in chain");
        facts.clock = Answer::unchecked(Why::Unreachable, "https://sts.us-east-1.amazonaws.com: timeout");
        facts.opted_in = Answer::unchecked(Why::Credentials, "none were found: no providers in chain");
    });
    insta::assert_snapshot!("no_credentials", no_credentials);
    let other = of_new(|facts| {
        known(&mut facts.caller).account = "210987654321".to_owned();
        facts.opted_in = Answer::unchecked(Why::Account, "the credentials are of account 210987654321");
        facts.clock = Answer::Known(-600);
    });
    insta::assert_snapshot!("other_account", other);
    let late = of_new(|facts| {
        let text = "`sts:GetCallerIdentity`: SignatureDoesNotMatch: Signature expired";
        facts.caller = Answer::unchecked(Why::Clock, text);
        facts.opted_in = Answer::Known("not-opted-in".to_owned());
    });
    insta::assert_snapshot!("late_clock", late);
    let early = of_new(|facts| facts.clock = Answer::Known(7200));
    insta::assert_snapshot!("early_clock", early);
    let unknown = of_new(|facts| {
        facts.opted_in = Answer::Absent;
        facts.caller = Answer::Absent;
    });
    insta::assert_snapshot!("unknown_region", unknown);
    let refusing = of_new(|facts| {
        facts.zones = Answer::unchecked(Why::Region, "`ec2:DescribeAvailabilityZones`: AuthFailure");
    });
    insta::assert_snapshot!("refusing_region", refusing);
}

#[test]
fn zones_and_blocks() {
    let zones = of_new(|facts| {
        let zones = known(&mut facts.zones);
        zones.remove(1);
        zones[0].available = false;
    });
    insta::assert_snapshot!("zones", zones);
    let blocks = of_new(|facts| {
        known(&mut facts.vpcs).extend([vpc("vpc-1", "10.20.128.0/20"), vpc("vpc-2", "10.0.0.0/16")]);
        facts.peerings = Answer::Known(vec![
            Peering {
                id: "pcx-1".to_owned(),
                blocks: vec!["10.20.64.0/20".parse().unwrap(), "10.0.0.0/16".parse().unwrap()],
            },
            Peering { id: "pcx-2".to_owned(), blocks: vec!["10.20.128.0/20".parse().unwrap()] },
        ]);
        facts.transit_routes = Answer::Known(
            ["10.0.0.0/8", "0.0.0.0/0", "10.20.0.0/17", "10.20.128.0/20"]
                .map(|block| TransitRoute {
                    gateway: "tgw-1".to_owned(),
                    block: block.parse().unwrap(),
                    to: vec!["vpn-1".to_owned()],
                })
                .to_vec(),
        );
    });
    insta::assert_snapshot!("blocks", blocks);
    let ours = of_new(|facts| {
        let mut own = vpc("vpc-3", "10.20.0.0/16");
        own.platform = Some("acme-dev".to_owned());
        known(&mut facts.vpcs).push(own);
    });
    assert!(ours.starts_with("0 found, 0 could not be checked"), "{ours}");
    let full = of_new(|facts| known(&mut facts.vpcs).push(vpc("vpc-4", "10.0.0.0/8")));
    insta::assert_snapshot!("no_block_left", full);
    let unknown = of_new(|facts| {
        let denied = |what: &str| format!("`ec2:Describe{what}`: UnauthorizedOperation");
        facts.vpcs = Answer::unchecked(Why::Denied, denied("Vpcs"));
        facts.peerings = Answer::unchecked(Why::Denied, denied("VpcPeeringConnections"));
        facts.transit_routes = Answer::unchecked(Why::Denied, denied("TransitGatewayRouteTables"));
    });
    insta::assert_snapshot!("blocks_unknown", unknown);
    let reserved = of_existing(|facts| {
        known(&mut facts.vpcs).push(vpc("vpc-0123456789abcdef0", "10.96.128.0/20"));
    });
    insta::assert_snapshot!("reserved", reserved);
}

#[test]
fn quotas_that_leave_too_little() {
    let exhausted = of_new(|facts| {
        for kind in quotas::ALL {
            facts.quotas.insert(kind.name.to_owned(), quota(kind.name, 2.0));
        }
        if let Some(Answer::Known(quota)) = facts.quotas.get_mut(quotas::RDS_INSTANCES) {
            quota.adjustable = false;
        }
        facts.nat_gateways = Answer::Known([("use1-az2".to_owned(), Used { all: 2, own: 0 })].into());
    });
    insta::assert_snapshot!("quotas_exhausted", exhausted);
    let text = NEW.replace("    endpoints: [s3", "    nat: single\n    endpoints: [s3");
    let text = text.replace("[10.8.0.0/16] }", "[10.8.0.0/16, 10.9.0.0/16] }\n    identity: irsa");
    let single = said(&text, facts, |facts| {
        for name in [quotas::EIP, quotas::RULES, quotas::OIDC_PROVIDERS] {
            facts.quotas.insert(name.to_owned(), quota(name, 2.0));
        }
    });
    insta::assert_snapshot!("quotas_of_single_nat_and_irsa", single);
    let unknown = of_new(|facts| {
        facts.quotas.clear();
        facts.used.clear();
        facts.nat_gateways = Answer::default();
    });
    insta::assert_snapshot!("quotas_unknown", unknown);
    let uses = of_new(|facts| {
        let denied = Answer::unchecked(Why::Denied, "`ec2:DescribeAddresses`: UnauthorizedOperation");
        facts.used.insert(quotas::EIP.to_owned(), denied);
        facts.used.remove(quotas::GPU_G_SPOT);
        facts.nat_gateways =
            Answer::unchecked(Why::Throttled, "`ec2:DescribeNatGateways`: RequestLimitExceeded");
        known(&mut facts.instances).remove("m7i.large");
    });
    insta::assert_snapshot!("uses_unknown", uses);
}

#[test]
fn what_the_platform_has_already_is_not_counted_again() {
    let applied = of_new(|facts| {
        for kind in quotas::ALL {
            facts.quotas.insert(kind.name.to_owned(), quota(kind.name, 4.0));
            facts.used.insert(kind.name.to_owned(), Answer::Known(Used { all: 4, own: 4 }));
        }
        facts.quotas.insert(quotas::RDS_STORAGE.to_owned(), quota(quotas::RDS_STORAGE, 50.0));
        facts.used.insert(quotas::RDS_STORAGE.to_owned(), Answer::Known(Used { all: 50, own: 50 }));
        facts.used.insert(quotas::GPU_G_SPOT.to_owned(), Answer::Known(Used::default()));
        facts.used.insert(quotas::GPU_G_ON_DEMAND.to_owned(), Answer::Known(Used::default()));
        facts.nat_gateways = Answer::Known([("use1-az1".to_owned(), Used { all: 4, own: 1 })].into());
        facts.cluster = Answer::Known(ClusterFound { platform: Some("acme-dev".to_owned()), ..cluster() });
        facts.bucket = Answer::Known(BucketName::Own);
    });
    assert!(applied.starts_with("0 found, 0 could not be checked"), "{applied}");
}

#[test]
fn versions_of_kubernetes_and_of_its_add_ons() {
    let (old, new) = ("version: \"1.35\"", |minor: &str| format!("version: \"1.{minor}\""));
    let with = |minor: &str, change: fn(&mut Facts)| said(&NEW.replace(old, &new(minor)), facts, change);
    insta::assert_snapshot!("kubernetes_extended", with("33", |_| {}));
    insta::assert_snapshot!("kubernetes_not_there", with("36", |_| {}));
    let over = with("32", |facts| {
        let over = version("1.32", "2026-03-23", "2026-11-28");
        known(&mut facts.cluster_versions).push(over);
        let dateless =
            ClusterVersion { standard_until: None, extended_until: None, ..version("1.31", "", "") };
        known(&mut facts.cluster_versions).push(ClusterVersion { unsupported: true, ..dateless });
    });
    insta::assert_snapshot!("kubernetes_over", over);
    let dateless = with("31", |facts| {
        known(&mut facts.cluster_versions).push(ClusterVersion {
            version: "1.31".to_owned(),
            standard_until: None,
            extended_until: None,
            unsupported: true,
        });
    });
    insta::assert_snapshot!("kubernetes_without_dates", dateless);
    let addons = of_new(|facts| {
        facts.addon_versions.insert("coredns".to_owned(), Answer::Absent);
        facts.addon_versions.remove("vpc-cni");
        facts.cluster = Answer::Known(cluster());
        facts.cluster_versions = Answer::Absent;
    });
    insta::assert_snapshot!("add_ons", addons);
    let unknown =
        of_new(|facts| facts.cluster = Answer::unchecked(Why::Denied, "`eks:DescribeCluster`: AccessDenied"));
    insta::assert_snapshot!("cluster_unknown", unknown);
}

#[test]
fn instances_that_are_not_there() {
    let missing = of_new(|facts| {
        let types = known(&mut facts.instances);
        types.remove("m6i.large");
        types.get_mut("m7i.large").unwrap().architectures = vec!["arm64".to_owned()];
        types.insert("g5.xlarge".to_owned(), instance(4, &["capacity-block"]));
        types.insert("p4d.24xlarge".to_owned(), instance(96, &["capacity-block"]));
        known(&mut facts.offers).retain(|name, _| name != "m6i.large" && name != "m7i.large");
    });
    insta::assert_snapshot!("instances_missing", missing);
    let zone = of_new(|facts| {
        for name in ["g5.xlarge", "p4d.24xlarge"] {
            known(&mut facts.offers).insert(name.to_owned(), vec!["use1-az1".to_owned()]);
        }
        known(&mut facts.instances).insert("m6i.large".to_owned(), instance(2, &["capacity-block"]));
    });
    insta::assert_snapshot!("instances_zone", zone);
    let unknown = of_new(|facts| {
        let throttled = "`ec2:DescribeInstanceTypeOfferings`: RequestLimitExceeded: Request limit exceeded.";
        facts.offers = Answer::unchecked(Why::Throttled, throttled);
        facts.instances =
            Answer::unchecked(Why::Unreadable, "the answer to `ec2:DescribeInstanceTypes`: no XML");
    });
    insta::assert_snapshot!("instances_unknown", unknown);
}

#[test]
fn spot_instances_that_are_unlikely() {
    let alone =
        NEW.replace("gpu: { families", "default: { capacity: [spot] }, gpu: { capacity: [spot], families");
    let likely = |facts: &Platform| {
        let mut facts = self::facts(facts);
        facts.spot = named(&["default", "gpu"], &Spot::Score(9));
        facts
    };
    let unlikely = said(&alone, likely, |facts| {
        facts.spot.insert("default".to_owned(), Answer::Known(Spot::Score(2)));
        facts.spot.insert("gpu".to_owned(), Answer::Absent);
    });
    insta::assert_snapshot!("spot_unlikely", unlikely);
    let unknown = of_new(|facts| {
        let denied = "`ec2:GetSpotPlacementScores`: UnauthorizedOperation";
        facts.spot.insert("gpu-spot".to_owned(), Answer::unchecked(Why::Denied, denied));
        facts.spot.insert("default-spot".to_owned(), Answer::Known(Spot::Priced));
    });
    insta::assert_snapshot!("spot_unknown", unknown);
}

#[test]
fn databases_and_buckets() {
    let none = of_new(|facts| {
        facts.engine_versions = Answer::Absent;
        facts.orderable = Answer::Absent;
        facts.bucket = Answer::Known(BucketName::Taken);
    });
    insta::assert_snapshot!("stores_none", none);
    let few = of_new(|facts| {
        known(&mut facts.orderable).zones = vec!["us-east-1a".to_owned()];
        facts.bucket = Answer::Known(BucketName::Ours);
    });
    insta::assert_snapshot!("stores_few", few);
    let single = of_new(|facts| known(&mut facts.orderable).multi_az = false);
    insta::assert_snapshot!("stores_single", single);
    let unknown = of_new(|facts| {
        let text = "the answer to `rds:DescribeDBEngineVersions` does not tell `EngineVersion`";
        facts.engine_versions = Answer::unchecked(Why::Incomplete, text);
        facts.orderable = Answer::unchecked(Why::Incomplete, text);
        facts.bucket = Answer::unchecked(Why::Unreachable, "https://b.s3.us-east-1.amazonaws.com/: timeout");
    });
    insta::assert_snapshot!("stores_unknown", unknown);
}

#[test]
fn what_the_caller_may_not_do() {
    let denied = of_new(|facts| {
        let verdicts = known(&mut facts.permissions);
        verdicts.insert("eks:CreateCluster".to_owned(), Verdict::NotAllowed);
        verdicts.insert("ec2:CreateVpc".to_owned(), Verdict::Depends);
        verdicts.remove("iam:PassRole");
    });
    insta::assert_snapshot!("permissions_denied", denied);
    let roles = of_new(|facts| {
        let verdicts = known(&mut facts.permissions);
        verdicts.insert("eks:CreateCluster".to_owned(), Verdict::Forbidden);
        verdicts.insert("iam:CreateServiceLinkedRole".to_owned(), Verdict::NotAllowed);
        facts.service_linked_roles.insert("spot".to_owned(), Answer::Absent);
        facts.service_linked_roles.insert("rds".to_owned(), Answer::Absent);
    });
    insta::assert_snapshot!("roles_missing", roles);
    let unknown = of_new(|facts| {
        let text = "IAM simulates no policies for the root user of an account";
        facts.permissions = Answer::unchecked(Why::Denied, text);
        facts.service_linked_roles.insert("rds".to_owned(), Answer::Absent);
        facts.service_linked_roles.remove("eks");
    });
    insta::assert_snapshot!("permissions_unknown", unknown);
    let made = of_new(|facts| {
        facts.service_linked_roles.insert("rds".to_owned(), Answer::Absent);
    });
    assert!(made.starts_with("0 found, 0 could not be checked"), "{made}");
}

#[test]
fn domains_and_the_control_plane() {
    let lacking = of_new(|facts| {
        facts.domains.insert("ai.acme.com".to_owned(), Answer::Absent);
        known(&mut facts.control_plane).status = 502;
        facts.control_plane_key = Answer::Known(false);
    });
    insta::assert_snapshot!("outside_lacking", lacking);
    let unknown = of_new(|facts| {
        facts.domains.clear();
        facts.control_plane = Answer::unchecked(Why::NotAsked, "no control plane is named");
        facts.control_plane_key = Answer::unchecked(Why::NotAsked, "`TFY_API_KEY` is not set");
    });
    insta::assert_snapshot!("outside_unknown", unknown);
    let unreachable = of_new(|facts| {
        let text = "https://acme.truefoundry.cloud/api/svc/: timeout";
        facts.control_plane = Answer::unchecked(Why::Unreachable, text);
        facts.control_plane_key = Answer::unchecked(Why::Unreachable, text);
    });
    insta::assert_snapshot!("outside_unreachable", unreachable);
}

#[test]
fn a_vpc_that_does_not_fit() {
    let subnets = of_existing(|facts| {
        facts.vpc_dns = Answer::Known((true, false));
        let subnets = known(&mut facts.subnets);
        subnets[0].tags.remove("kubernetes.io/role/internal-elb");
        subnets[0].public_addresses = true;
        subnets[0].free = 7;
        subnets[1].zone = "use1-az1".to_owned();
        subnets[2].vpc = "vpc-other".to_owned();
    });
    insta::assert_snapshot!("vpc_subnets", subnets);
    let gone = of_existing(|facts| {
        known(&mut facts.subnets).remove(1);
        facts.route_tables = Answer::Known(Vec::new());
        facts.endpoints = Answer::Known(Vec::new());
    });
    insta::assert_snapshot!("vpc_gone", gone);
    let routes = of_existing(|facts| {
        let tables = known(&mut facts.route_tables);
        tables[0].routes[0].blackhole = true;
        tables[1].routes.clear();
        known(&mut facts.endpoints)[0].route_tables.clear();
    });
    insta::assert_snapshot!("vpc_routes", routes);
    let open = of_existing(|facts| {
        known(&mut facts.route_tables)[0].routes[0].to = "igw-2".to_owned();
    });
    insta::assert_snapshot!("vpc_open", open);
    let none = of_existing(|facts| known(&mut facts.route_tables)[0].routes.clear());
    insta::assert_snapshot!("vpc_without_way", none);
    let closed = EXISTING.replace("    reserved", "    needs_internet: false\n    reserved");
    let closed = said(&closed, existing_facts, |facts| known(&mut facts.cluster).private = false);
    insta::assert_snapshot!("vpc_closed", closed);
    let unknown = of_existing(|facts| {
        let denied = |what: &str| format!("`ec2:Describe{what}`: UnauthorizedOperation");
        facts.vpc_dns = Answer::unchecked(Why::Denied, denied("VpcAttribute"));
        facts.subnets = Answer::unchecked(Why::Denied, denied("Subnets"));
        facts.route_tables = Answer::unchecked(Why::Denied, denied("RouteTables"));
        facts.endpoints = Answer::unchecked(Why::Denied, denied("VpcEndpoints"));
        facts.vpcs = Answer::unchecked(Why::Denied, denied("Vpcs"));
    });
    insta::assert_snapshot!("vpc_unknown", unknown);
}

#[test]
fn a_new_cluster_in_a_vpc_that_is_there() {
    let text = new_cluster_in_existing();
    let tagged = |platform: &Platform| {
        let mut facts = facts(platform);
        for subnet in known(&mut facts.subnets).iter_mut() {
            subnet.tags.insert("karpenter.sh/discovery".to_owned(), "acme-dev".to_owned());
        }
        facts.spot = named(&["default-spot"], &Spot::Score(9));
        facts
    };
    let clean = said(&text, tagged, |_| {});
    assert!(clean.starts_with("0 found, 0 could not be checked"), "{clean}");
    let zone = said(&text, tagged, |facts| {
        let subnets = known(&mut facts.subnets);
        subnets[1].zone = "use1-az3".to_owned();
        subnets[0].free = 45;
    });
    insta::assert_snapshot!("vpc_of_new_cluster", zone);
    let unknown = said(&text, tagged, |facts| facts.instances = Answer::default());
    insta::assert_snapshot!("vpc_of_unknown_nodes", unknown);
    let untold = said(&text, tagged, |facts| {
        known(&mut facts.instances).remove("m7i.large");
    });
    insta::assert_snapshot!("vpc_of_untold_nodes", untold);
}

#[test]
fn a_cluster_that_does_not_fit() {
    let gone = of_existing(|facts| facts.cluster = Answer::Absent);
    insta::assert_snapshot!("cluster_gone", gone);
    let unfit = of_existing(|facts| {
        facts.cluster = Answer::Known(ClusterFound {
            version: "1.33".to_owned(),
            status: "UPDATING".to_owned(),
            vpc: "vpc-other".to_owned(),
            public_from: Some(vec!["0.0.0.0/0".to_owned()]),
            authentication: "CONFIG_MAP".to_owned(),
            issuer: Some("https://oidc.eks.us-east-1.amazonaws.com/id/B".to_owned()),
            ..cluster()
        });
        let addon = |version: &str| Addon { version: version.to_owned(), status: "ACTIVE".to_owned() };
        let addons = known(&mut facts.cluster_addons);
        addons.remove("vpc-cni");
        addons.insert("coredns".to_owned(), addon("v0"));
        addons.insert("metrics-server".to_owned(), addon("v1"));
        facts.addon_versions.insert("metrics-server".to_owned(), Answer::Absent);
    });
    insta::assert_snapshot!("cluster_unfit", unfit);
    let oidc = of_existing(|facts| facts.oidc_providers = Answer::Known(Vec::new()));
    insta::assert_snapshot!("cluster_without_provider", oidc);
    let unknown = of_existing(|facts| {
        facts.cluster = Answer::unchecked(Why::Denied, "`eks:DescribeCluster`: AccessDeniedException");
        facts.cluster_addons = Answer::unchecked(Why::Denied, "`eks:ListAddons`: AccessDeniedException");
    });
    insta::assert_snapshot!("existing_cluster_unknown", unknown);
    let provider = of_existing(|facts| facts.oidc_providers = Answer::default());
    insta::assert_snapshot!("provider_unknown", provider);
    let versions = of_existing(|facts| facts.addon_versions.clear());
    insta::assert_snapshot!("existing_cluster_versions", versions);
}

#[test]
fn of_many_only_some_are_named() {
    let names: Vec<String> = (1..=10).map(|n| format!("n{n}")).collect();
    assert_eq!(few(&names), "`n1`, `n2`, `n3`, `n4`, `n5`, `n6`, `n7`, `n8` and 2 more");
    assert_eq!(few(&names[..2]), "`n1`, `n2`");
}

#[test]
fn each_reason_has_a_way_on() {
    let mut shown = String::new();
    for why in [
        Why::Denied,
        Why::Throttled,
        Why::Unreachable,
        Why::Unreadable,
        Why::Incomplete,
        Why::Credentials,
        Why::Clock,
        Why::Region,
        Why::Account,
        Why::NotAsked,
    ] {
        shown.push_str(&format!("{why:?}: {}\n", why.next()));
    }
    insta::assert_snapshot!("reasons", shown);
}

#[test]
fn machines_are_told_the_same() {
    let (loaded, platform) = planned(NEW);
    let mut facts = facts(&platform);
    facts.quotas.insert(quotas::EIP.to_owned(), quota(quotas::EIP, 3.0));
    facts.clock = Answer::default();
    let outcome = checked(&platform, &facts, &asked(&platform), Extent::Whole);
    let json = json(&outcome, &facts, |path| loaded.place(path));
    insta::assert_snapshot!("json", serde_json::to_string_pretty(&json).unwrap());
}
