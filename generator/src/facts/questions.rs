//! What is worth asking of an account for one platform, and nothing else.

use std::collections::BTreeSet;

use super::needs;
use super::quotas;
use crate::plan::ingress::{HostedZone, WebAcl};
use crate::plan::names::is_within;
use crate::plan::{Cluster, Instances, Network, Platform, permissions};
use crate::spec::Capacity;

/// A role that an AWS service acts through.
#[derive(Debug, PartialEq, Eq)]
pub struct Signatory {
    /// As findings call it: `service-linked-role.<name>`.
    pub name: &'static str,
    /// The service, as `create-service-linked-role` takes it.
    pub service: &'static str,
    /// The role's name.
    pub role: &'static str,
    /// Whether the service makes it by itself for whoever has the right to.
    pub by_itself: bool,
}

/// Every service-linked role that a platform may need.
pub static SIGNATORIES: [Signatory; 5] = [
    // Karpenter starts spot instances and has no right to make it.
    Signatory {
        name: "spot",
        service: "spot.amazonaws.com",
        role: "AWSServiceRoleForEC2Spot",
        by_itself: false,
    },
    Signatory {
        name: "eks",
        service: "eks.amazonaws.com",
        role: "AWSServiceRoleForAmazonEKS",
        by_itself: true,
    },
    Signatory {
        name: "eks-nodegroup",
        service: "eks-nodegroup.amazonaws.com",
        role: "AWSServiceRoleForAmazonEKSNodegroup",
        by_itself: true,
    },
    Signatory {
        name: "autoscaling",
        service: "autoscaling.amazonaws.com",
        role: "AWSServiceRoleForAutoScaling",
        by_itself: true,
    },
    Signatory { name: "rds", service: "rds.amazonaws.com", role: "AWSServiceRoleForRDS", by_itself: true },
];

/// The action by which services make their roles for whoever calls them.
pub const MAKE_ROLE: &str = "iam:CreateServiceLinkedRole";

/// A NodePool whose instances are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pool {
    /// Its name.
    pub name: String,
    /// Whether it has spot instances.
    pub spot: bool,
    /// Its instance types, with `*` where any will do.
    pub types: Vec<String>,
}

/// A domain of services.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// As it stands in the spec.
    pub name: String,
    /// The zone in which its records are.
    pub zone: String,
}

/// What to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Questions {
    /// The platform.
    pub platform: String,
    /// Its account.
    pub account: String,
    /// Its region.
    pub region: String,
    /// The region of the partition that every account has, where global services answer.
    pub home: &'static str,
    /// The partition.
    pub partition: &'static str,
    /// Whether zones are asked for.
    pub zones: bool,
    /// Whether VPCs with their blocks are.
    pub vpcs: bool,
    /// Whether peerings and transit gateways are.
    pub connections: bool,
    /// Quotas, by name.
    pub quotas: BTreeSet<&'static str>,
    /// The VPC that is there, and all subnets that are named of it.
    pub network: Option<(String, Vec<String>)>,
    /// The cluster's name.
    pub cluster: String,
    /// Whether it must be there.
    pub cluster_is_there: bool,
    /// The Kubernetes version of a new cluster.
    pub kubernetes: Option<String>,
    /// EKS add-ons whose versions are asked for.
    pub addons: Vec<String>,
    /// Instance types, with `*` where a whole family is meant.
    pub types: Vec<String>,
    /// NodePools with spot instances.
    pub pools: Vec<Pool>,
    /// Version and class of the database.
    pub database: Option<(String, String)>,
    /// Actions that the caller must be allowed.
    pub actions: BTreeSet<String>,
    /// Service-linked roles.
    pub signatories: Vec<&'static Signatory>,
    /// Domains.
    pub domains: Vec<Domain>,
    /// The hosted zone of the way in.
    pub hosted_zone: Option<HostedZone>,
    /// The ARN of the certificate that it is to use.
    pub certificate: Option<String>,
    /// The ARN of the web ACL that it is to use.
    pub web_acl: Option<String>,
    /// The bucket's name.
    pub bucket: String,
    /// Whether OIDC providers are asked for.
    pub oidc_providers: bool,
    /// The address of the control plane, where the spec names it.
    pub control_plane: Option<String>,
}

impl Questions {
    /// What a platform makes worth asking.
    #[must_use]
    pub fn of(platform: &Platform) -> Self {
        let new_network = matches!(platform.network, Network::New(_));
        let mut asked: BTreeSet<&'static str> =
            needs::needs(platform, None).into_iter().map(|need| need.quota).collect();
        asked.extend(needs::starts(platform, None).iter().flat_map(|start| start.quotas.keys().copied()));
        let (network, kubernetes, oidc) = (existing_network(platform), kubernetes(platform), oidc(platform));
        let ingress = platform.ingress.as_ref();
        let mut actions = permissions::needed(platform);
        actions.insert(MAKE_ROLE.to_owned());
        Self {
            platform: platform.name.clone(),
            account: platform.account.clone(),
            region: platform.region.name().to_owned(),
            home: platform.region.home(),
            partition: platform.region.partition(),
            zones: new_network,
            vpcs: new_network || !platform.network.reserved_cidrs().is_empty(),
            connections: new_network,
            network,
            cluster: platform.cluster.name(&platform.name).to_owned(),
            cluster_is_there: matches!(platform.cluster, Cluster::Existing(_)),
            kubernetes,
            addons: addons(platform),
            types: types(platform),
            pools: pools(platform),
            database: platform.database.as_ref().map(|one| (one.engine.clone(), one.class.clone())),
            actions,
            signatories: signatories(platform),
            domains: domains(platform),
            hosted_zone: ingress.and_then(|ingress| ingress.zone.clone()),
            certificate: ingress.and_then(|ingress| ingress.certificate.clone()),
            web_acl: ingress.and_then(|ingress| match &ingress.waf {
                Some(WebAcl::Existing(arn)) => Some(arn.clone()),
                Some(WebAcl::New { .. }) | None => None,
            }),
            bucket: platform.bucket.name.clone(),
            oidc_providers: oidc || asked.contains(quotas::OIDC_PROVIDERS),
            quotas: asked,
            control_plane: platform.truefoundry.host.clone(),
        }
    }
}

fn existing_network(platform: &Platform) -> Option<(String, Vec<String>)> {
    let Network::Existing(network) = &platform.network else { return None };
    let kinds = [
        &network.private_subnets,
        &network.public_subnets,
        &network.database_subnets,
        &network.intra_subnets,
        &network.pod_subnets,
    ];
    let subnets: BTreeSet<&String> = kinds.into_iter().flatten().collect();
    Some((network.vpc.clone(), subnets.into_iter().cloned().collect()))
}

fn kubernetes(platform: &Platform) -> Option<String> {
    match &platform.cluster {
        Cluster::New(new) => Some(new.version.clone()),
        Cluster::Existing(_) => None,
    }
}

fn oidc(platform: &Platform) -> bool {
    matches!(&platform.cluster, Cluster::Existing(existing) if existing.oidc_provider.is_some())
}

/// The add-ons that the module `cluster` gives a cluster by itself.
const ADDONS: [&str; 5] =
    ["aws-ebs-csi-driver", "coredns", "eks-node-monitoring-agent", "kube-proxy", "vpc-cni"];

/// EKS add-ons of the cluster.
fn addons(platform: &Platform) -> Vec<String> {
    match &platform.cluster {
        Cluster::New(new) => {
            let pod_identity = (new.identity != "irsa").then_some("eks-pod-identity-agent");
            let files = platform.file_system.map(|_| "aws-efs-csi-driver");
            ADDONS.into_iter().chain(pod_identity).chain(files).map(str::to_owned).collect()
        }
        Cluster::Existing(existing) => existing.required_addons.clone(),
    }
}

fn karpenter(platform: &Platform) -> bool {
    platform.addons.as_ref().is_some_and(|addons| addons.has("karpenter"))
}

/// Types of the system nodes, and of pools that name families.
fn types(platform: &Platform) -> Vec<String> {
    let mut types = BTreeSet::new();
    if let Cluster::New(new) = &platform.cluster {
        types.extend(new.instance_types.iter().cloned());
    }
    let pools = platform
        .compute
        .node_pools()
        .filter(|pool| karpenter(platform) && pool.capacity != Capacity::Reserved);
    for pool in pools {
        if let Instances::Families(families) = &pool.instances {
            types.extend(families.iter().map(|family| format!("{family}.*")));
        }
    }
    types.into_iter().collect()
}

/// Generations that a category is asked for: all that there are above Karpenter's least.
const GENERATIONS: std::ops::RangeInclusive<u32> = 5..=8;

fn pools(platform: &Platform) -> Vec<Pool> {
    let pools =
        platform.compute.node_pools().filter(|pool| karpenter(platform) && pool.capacity == Capacity::Spot);
    let types = |instances: &Instances| match instances {
        Instances::Families(families) => families.iter().map(|family| format!("{family}.*")).collect(),
        Instances::Categories(categories, above) => categories
            .iter()
            .flat_map(|category| {
                let generations = GENERATIONS.filter(|generation| generation > above);
                generations.map(move |generation| format!("{category}{generation}*"))
            })
            .collect(),
    };
    pools.map(|pool| Pool { name: pool.name.clone(), spot: true, types: types(&pool.instances) }).collect()
}

fn signatories(platform: &Platform) -> Vec<&'static Signatory> {
    let spot = !pools(platform).is_empty();
    let new_cluster = matches!(platform.cluster, Cluster::New(_));
    let needed = |one: &&Signatory| match one.name {
        "spot" => spot,
        "rds" => platform.database.is_some(),
        _ => new_cluster,
    };
    SIGNATORIES.iter().filter(needed).collect()
}

/// Each base domain with the zone that its records are in: one that the spec names, else the domain itself.
fn domains(platform: &Platform) -> Vec<Domain> {
    let zones = platform.addons.as_ref().map(|addons| &addons.record_zones);
    let of = |name: &String| {
        let bare = name.strip_prefix("*.").unwrap_or(name);
        let within = |zone: &&String| is_within(bare, zone);
        let named = zones.and_then(|zones| zones.keys().filter(within).max_by_key(|zone| zone.len()));
        Domain { name: name.clone(), zone: named.map_or(bare, String::as_str).to_owned() }
    };
    platform.truefoundry.base_domains.iter().map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions(more: &str) -> Questions {
        let text = format!(
            "version: 1\nname: acme-dev\naws: {{ account: \"123456789012\", region: us-east-1 }}\n{more}"
        );
        let spec = crate::spec::load_text("platform.yaml".to_owned(), text).unwrap().spec;
        Questions::of(&crate::plan::plan(&spec).unwrap())
    }

    #[test]
    fn a_new_platform_asks_for_nothing_that_is_there() {
        let asked = questions("truefoundry: { host: \"https://acme.truefoundry.cloud\" }\n");
        assert!(asked.zones && asked.vpcs && asked.connections, "{asked:?}");
        assert_eq!(asked.network, None);
        assert_eq!(asked.kubernetes.as_deref(), Some("1.35"));
        assert_eq!(asked.types, ["m6i.large", "m7i.large"]);
        assert_eq!(asked.database, None);
        assert!(!asked.quotas.contains(quotas::RDS_INSTANCES), "{:?}", asked.quotas);
        let roles: Vec<_> = asked.signatories.iter().map(|one| one.name).collect();
        assert_eq!(roles, ["spot", "eks", "eks-nodegroup", "autoscaling"]);
        assert_eq!(asked.pools[0].types[0], "m5*");
        assert_eq!(asked.bucket, "acme-dev-123456789012-us-east-1");
        assert_eq!(asked.domains, []);
    }

    #[test]
    fn what_is_there_is_asked_for_in_place_of_what_would_be_made() {
        let asked = questions(
            "truefoundry: {}\nnetwork: { existing: { vpc: vpc-0123456789abcdef0, private_subnets: [subnet-0a000000000000001, \
             subnet-0a000000000000002] } }\ncluster: { existing: { name: shared-eks } }\naddons: false\n",
        );
        assert!(!asked.zones && !asked.vpcs && !asked.connections, "{asked:?}");
        let (vpc, subnets) = asked.network.unwrap();
        assert_eq!((vpc.as_str(), subnets.len()), ("vpc-0123456789abcdef0", 2));
        assert_eq!((asked.cluster.as_str(), asked.cluster_is_there), ("shared-eks", true));
        assert_eq!((asked.types, asked.pools, asked.signatories), (vec![], vec![], vec![]));
        assert_eq!(asked.quotas, [quotas::ROLES].into());
    }

    #[test]
    fn of_the_way_in_what_is_there_already_is_asked_for() {
        let asked = questions(
            "truefoundry: {}\ningress: { domain: ai.acme.com, zone: acme.com, allow_from: anywhere }\n",
        );
        assert_eq!(asked.hosted_zone, Some(HostedZone::Name("acme.com".to_owned())));
        assert_eq!((asked.certificate, asked.web_acl), (None, None));
        let (certificate, acl) = (
            "arn:aws:acm:us-east-1:123456789012:certificate/1",
            "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/1",
        );
        let asked = questions(&format!(
            "truefoundry: {{}}\ningress: {{ certificate: \"{certificate}\", allow_from: anywhere, waf: {{ existing: {{ web_acl: \"{acl}\" }} }} }}\n"
        ));
        assert_eq!((asked.certificate.as_deref(), asked.web_acl.as_deref()), (Some(certificate), Some(acl)));
        assert_eq!(asked.hosted_zone, None);
    }

    #[test]
    fn the_zone_of_a_domain_is_the_one_that_records_are_kept_in() {
        let asked = questions(
            "truefoundry: { base_domains: [\"*.ai.acme.com\", \"*.other.org\"] }\naddons: { external-dns: { zones: { acme.com: \
             Z0123456789ABCDEFGHIJ, cme.com: Z0123456789ABCDEFGHIK } } }\n",
        );
        let zones: Vec<_> = asked.domains.iter().map(|domain| domain.zone.as_str()).collect();
        assert_eq!(zones, ["acme.com", "other.org"]);
    }

    #[test]
    fn the_add_ons_are_those_of_the_module() {
        let files = crate::plan::modules::files("cluster");
        let text = files.iter().find(|(name, _)| *name == "addons.tf").unwrap().1;
        let names = ADDONS.map(|name| format!("\"{name}\"")).join(", ");
        assert!(
            text.contains(&format!("[{names}],\n    local.irsa ? [] : [\"eks-pod-identity-agent\"],")),
            "{text}"
        );
    }
}
