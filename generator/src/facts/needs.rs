//! What a platform takes of quotas, computed from its plan.

use std::collections::BTreeMap;

use super::Instance;
use super::quotas::{self, of_instance};
use crate::plan::ingress::{Ingress, WebAcl};
use crate::plan::{Cluster, Instances, Network, NewCluster, NewNetwork, NodePool, Platform};
use crate::spec::ingress::LoadBalancer;
use crate::spec::{Capacity, Path};

/// What the first apply takes of one quota.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// The quota.
    pub quota: &'static str,
    /// How much; `None` where the account has not told what that depends on.
    pub amount: Option<u64>,
    /// What takes it.
    pub what: String,
    /// What decides it in the spec.
    pub path: Path,
    /// What to change there in place of asking for more, if anything.
    pub instead: Option<&'static str>,
}

/// A pool of nodes that must be able to start one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// The NodePool.
    pub pool: String,
    /// Its key in `compute.pools`.
    pub key: &'static str,
    /// Its quotas, each with the processors of the smallest node that counts for it; `None` where the account has not told.
    pub quotas: BTreeMap<&'static str, Option<u64>>,
}

/// What instance types are, as the account tells it.
pub type Types = BTreeMap<String, Instance>;

/// Everything that the first apply takes of quotas. `types` are instance types of the account, where they are known.
#[must_use]
pub fn needs(platform: &Platform, types: Option<&Types>) -> Vec<Need> {
    let mut needs = Vec::new();
    if let Network::New(network) = &platform.network {
        of_network(&mut needs, network);
    }
    if let Cluster::New(cluster) = &platform.cluster {
        of_cluster(&mut needs, cluster);
    }
    if let Some(database) = &platform.database {
        let path = Path::new("database");
        add(&mut needs, quotas::RDS_INSTANCES, 1, "the database", &path, None);
        let gib = u64::from(database.storage_gib);
        let instead = Some("let `storage_gib` be smaller");
        let path = path.key("storage_gib");
        add(&mut needs, quotas::RDS_STORAGE, gib, &format!("{gib} GiB of the database"), &path, instead);
    }
    let roles = roles(platform);
    add(&mut needs, quotas::ROLES, roles, &format!("{roles} roles"), &Path::new("name"), None);
    if platform.addons.as_ref().is_some_and(|addons| addons.gateway_is_balanced()) {
        let path = Path::new("addons.istio.gateway");
        add(&mut needs, quotas::NLB, 1, "the gateway's load balancer", &path, None);
    }
    if let Some(ingress) = &platform.ingress {
        of_ingress(&mut needs, ingress);
    }
    of_nodes(&mut needs, platform, types);
    needs
}

fn add(
    needs: &mut Vec<Need>,
    quota: &'static str,
    amount: u64,
    what: &str,
    path: &Path,
    instead: Option<&'static str>,
) {
    needs.push(Need { quota, amount: Some(amount), what: what.to_owned(), path: path.clone(), instead });
}

fn count(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}

fn of_network(needs: &mut Vec<Need>, network: &NewNetwork) {
    let path = Path::new("network.create");
    add(needs, quotas::VPCS, 1, "the VPC", &path, Some("use one that is there: `network.existing`"));
    let gateways = match network.nat.mode {
        "none" => 0,
        "single" => 1,
        _ => count(network.zones.len()),
    };
    if gateways > 0 {
        add(needs, quotas::INTERNET_GATEWAYS, 1, "the VPC's internet gateway", &path, None);
        let nat = path.key("nat");
        add(needs, quotas::NAT_GATEWAYS, 1, "NAT", &nat, None);
        if network.nat.elastic_ips.is_empty() {
            let (what, instead) = if gateways > 1 {
                (
                    format!("{gateways} addresses, one for each NAT gateway"),
                    "write `nat: single`, or list addresses that are there in `nat: { elastic_ips: [...] }`",
                )
            } else {
                (
                    "an address for the NAT gateway".to_owned(),
                    "list an address that is there in `nat: { elastic_ips: [...] }`",
                )
            };
            add(needs, quotas::EIP, gateways, &what, &nat, Some(instead));
        }
    }
    let endpoints = path.key("endpoints");
    for (quota, services, kind) in [
        (quotas::GATEWAY_ENDPOINTS, &network.gateway_endpoints, "gateway"),
        (quotas::INTERFACE_ENDPOINTS, &network.interface_endpoints, "interface"),
    ] {
        if !services.is_empty() {
            let what = format!("{kind} endpoints of the VPC: {}", services.len());
            add(needs, quota, count(services.len()), &what, &endpoints, Some("list fewer in `endpoints`"));
        }
    }
}

fn of_cluster(needs: &mut Vec<Need>, cluster: &NewCluster) {
    let path = Path::new("cluster.create");
    let instead = Some("use one that is there: `cluster.existing`");
    add(needs, quotas::CLUSTERS, 1, "the cluster", &path, instead);
    if !cluster.private_from.is_empty() {
        // And the one by which the group lets itself in.
        let rules = count(cluster.private_from.len()) + 1;
        let what = format!("{rules} rules of the cluster's security group");
        let path = path.key("endpoint").key("private_from");
        add(needs, quotas::RULES, rules, &what, &path, Some("list fewer and wider blocks"));
    }
    if cluster.identity == "irsa" {
        let path = path.key("identity");
        let instead = Some("write `identity: pod-identity`");
        add(needs, quotas::OIDC_PROVIDERS, 1, "the cluster's OIDC provider", &path, instead);
    }
}

fn of_ingress(needs: &mut Vec<Need>, ingress: &Ingress) {
    let path = Path::new("ingress");
    let quota = if ingress.load_balancer == LoadBalancer::Alb { quotas::ALB } else { quotas::NLB };
    add(needs, quota, 1, "the load balancer of the way in", &path.key("load_balancer"), None);
    add(needs, quotas::TARGET_GROUPS, 1, "the target group of the way in", &path, None);
    if matches!(ingress.waf, Some(WebAcl::New { .. })) {
        let instead = Some("use one that is there: `ingress.waf.existing`");
        add(needs, quotas::WEB_ACLS, 1, "the web ACL of the way in", &path.key("waf"), instead);
    }
}

/// Every role that the tree makes.
fn roles(platform: &Platform) -> u64 {
    let network = matches!(&platform.network, Network::New(new) if new.flow_log_days.is_some());
    let cluster = match &platform.cluster {
        // Control plane, nodes, network plugin, EBS driver, and EFS driver where there is a file system.
        Cluster::New(_) => 4 + count(platform.file_system.iter().count()),
        Cluster::Existing(_) => 0,
    };
    let caches = platform.registry.as_ref().is_some_and(|registry| !registry.caches.is_empty());
    let addons = platform.addons.as_ref().map_or(0, |addons| {
        let has = |name: &str, with: bool| u64::from(addons.has(name) && with);
        let secrets = !addons.secret_prefixes.is_empty() || !addons.parameter_prefixes.is_empty();
        has("aws-load-balancer-controller", true)
            + has("cert-manager", !addons.certificate_zones.is_empty())
            + has("external-dns", !addons.record_zones.is_empty())
            + has("external-secrets", secrets)
            + has("karpenter", true)
            // On a cluster of somebody else's, Karpenter's nodes have a role of their own.
            + has("karpenter", matches!(platform.cluster, Cluster::Existing(_)))
    });
    let one = |there: bool| u64::from(there);
    let workflows = one(platform.truefoundry.workflows);
    one(network) + cluster + one(platform.database.is_some()) + one(caches) + 1 + workflows + addons
}

/// Processors of the nodes that the first apply starts.
fn of_nodes(needs: &mut Vec<Need>, platform: &Platform, types: Option<&Types>) {
    let mut parts: BTreeMap<&'static str, (Option<u64>, Vec<String>)> = BTreeMap::new();
    let mut take = |quota: &'static str, amount: Option<u64>, what: String| {
        let part = parts.entry(quota).or_insert((Some(0), Vec::new()));
        part.0 = part.0.zip(amount).map(|(a, b)| a + b);
        part.1.push(what);
    };
    if let Cluster::New(cluster) = &platform.cluster
        && let Some(first) = cluster.instance_types.first()
        && let Some(quota) = of_instance(first, false)
    {
        let each = types.and_then(|types| types.get(first)).map(|one| one.vcpus);
        let nodes = u64::from(cluster.min_nodes);
        take(quota, each.map(|each| each * nodes), format!("{nodes} system nodes of {first}"));
    }
    for pool in first_pools(platform) {
        let quota =
            if pool.capacity == Capacity::Spot { quotas::VCPUS_SPOT } else { quotas::VCPUS_ON_DEMAND };
        take(quota, Some(u64::from(pool.processors)), format!("a node of the pool `{}`", pool.name));
    }
    for (quota, (amount, what)) in parts {
        let path = Path::new(if matches!(platform.cluster, Cluster::New(_)) {
            "cluster.create.system_nodes"
        } else {
            "compute.pools"
        });
        needs.push(Need { quota, amount, what: what.join(", "), path, instead: None });
    }
}

/// Pools of which the add-ons start a node at once: what waits for `critical` or `control-plane`, and what fits on no system node.
fn first_pools(platform: &Platform) -> Vec<&NodePool> {
    if !platform.addons.as_ref().is_some_and(|addons| addons.has("karpenter")) {
        return Vec::new();
    }
    let first = |key: &str| {
        let pools = platform.compute.pools.get(key)?;
        let standard = |pool: &&NodePool| {
            let (Instances::Categories(names, _) | Instances::Families(names)) = &pool.instances;
            let counts = |name: &String| of_instance(name, false) == Some(quotas::VCPUS_ON_DEMAND);
            pool.capacity != Capacity::Reserved && names.iter().any(counts)
        };
        pools.iter().find(standard)
    };
    let general = first("default").or_else(|| first("on-demand"));
    [first("critical"), first("control-plane"), general].into_iter().flatten().collect()
}

/// Pools of named families, each of which must be able to start a node by one of its quotas.
#[must_use]
pub fn starts(platform: &Platform, types: Option<&Types>) -> Vec<Start> {
    let mut starts = Vec::new();
    if !platform.addons.as_ref().is_some_and(|addons| addons.has("karpenter")) {
        return starts;
    }
    for (&key, pools) in &platform.compute.pools {
        for pool in pools.iter().filter(|pool| pool.capacity != Capacity::Reserved) {
            let Instances::Families(families) = &pool.instances else { continue };
            let spot = pool.capacity == Capacity::Spot;
            let mut quotas = BTreeMap::new();
            for family in families {
                let Some(quota) = of_instance(family, spot) else { continue };
                let smallest = types.and_then(|types| smallest(types, family, pool));
                let entry = quotas.entry(quota).or_insert(smallest);
                *entry = (*entry).into_iter().chain(smallest).min();
            }
            if !quotas.is_empty() {
                starts.push(Start { pool: pool.name.clone(), key, quotas });
            }
        }
    }
    starts
}

/// The processors of a family's smallest instance that the pool takes.
fn smallest(types: &Types, family: &str, pool: &NodePool) -> Option<u64> {
    let of_family = types.iter().filter(|(name, _)| name.split('.').next() == Some(family));
    of_family.map(|(_, one)| one.vcpus).filter(|vcpus| *vcpus >= u64::from(pool.processors)).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn platform(more: &str) -> Platform {
        let text = format!(
            "version: 1\nname: acme-dev\naws: {{ account: \"123456789012\", region: us-east-1 }}\ntruefoundry: {{}}\n{more}"
        );
        crate::plan::plan(&crate::spec::load_text("platform.yaml".to_owned(), text).unwrap().spec).unwrap()
    }

    fn types() -> Types {
        let one = |vcpus| Instance {
            vcpus,
            architectures: vec!["x86_64".to_owned()],
            usage: vec!["on-demand".to_owned()],
            addresses: 10,
        };
        [("m7i.large", 2), ("g5.xlarge", 4), ("g5.2xlarge", 8), ("p4d.24xlarge", 96)]
            .map(|(name, vcpus)| (name.to_owned(), one(vcpus)))
            .into()
    }

    fn amounts(platform: &Platform) -> BTreeMap<&'static str, Option<u64>> {
        needs(platform, Some(&types())).into_iter().map(|need| (need.quota, need.amount)).collect()
    }

    #[test]
    fn the_quickstart_takes_what_its_tree_makes() {
        let expected = [
            (quotas::CLUSTERS, 1),
            (quotas::EIP, 3),
            (quotas::GATEWAY_ENDPOINTS, 2),
            (quotas::ROLES, 8),
            (quotas::INTERNET_GATEWAYS, 1),
            (quotas::NAT_GATEWAYS, 1),
            (quotas::VCPUS_ON_DEMAND, 8),
            (quotas::VCPUS_SPOT, 4),
            (quotas::VPCS, 1),
        ];
        assert_eq!(amounts(&platform("")), expected.map(|(quota, n)| (quota, Some(n))).into());
    }

    #[test]
    fn what_is_not_made_takes_nothing() {
        let text = "network:\n  create: { nat: none, endpoints: all, flow_logs: none }\naddons: false\ndatabase: {}\n";
        let found = amounts(&platform(text));
        assert_eq!(found.get(quotas::EIP), None);
        assert_eq!(found.get(quotas::INTERNET_GATEWAYS), None);
        assert_eq!(found.get(quotas::VCPUS_SPOT), None);
        assert_eq!(found[quotas::VCPUS_ON_DEMAND], Some(4));
        assert_eq!(found[quotas::INTERFACE_ENDPOINTS], Some(15));
        assert_eq!(found[quotas::RDS_STORAGE], Some(50));
        assert_eq!(found[quotas::ROLES], Some(6));
    }

    #[test]
    fn a_way_in_takes_a_load_balancer_of_its_kind() {
        let way = "ingress: { domain: ai.acme.com, zone: acme.com, allow_from: anywhere";
        let alb = amounts(&platform(&format!("{way}, waf: {{ create: {{}} }} }}\n")));
        for quota in [quotas::ALB, quotas::TARGET_GROUPS, quotas::WEB_ACLS] {
            assert_eq!(alb.get(quota), Some(&Some(1)), "{quota}");
        }
        assert_eq!(alb.get(quotas::NLB), None);
        let nlb = amounts(&platform(&format!("{way}, load_balancer: nlb }}\n")));
        assert_eq!(nlb.get(quotas::NLB), Some(&Some(1)));
        assert_eq!((nlb.get(quotas::ALB), nlb.get(quotas::WEB_ACLS)), (None, None));
    }

    #[test]
    fn what_depends_on_the_account_is_not_known_without_it() {
        let platform = platform("");
        let found = needs(&platform, None);
        let vcpus = found.iter().find(|need| need.quota == quotas::VCPUS_ON_DEMAND).unwrap();
        assert_eq!(vcpus.amount, None);
        assert_eq!(vcpus.what, "2 system nodes of m7i.large, a node of the pool `critical`");
    }

    #[test]
    fn a_pool_of_families_starts_with_the_smallest_instance_of_each_quota() {
        let starts = starts(&platform("compute: { pools: { gpu: true } }\n"), Some(&types()));
        let of = |pool: &str| &starts.iter().find(|start| start.pool == pool).unwrap().quotas;
        assert_eq!(
            of("gpu-on-demand"),
            &[(quotas::GPU_G_ON_DEMAND, Some(4)), (quotas::GPU_P_ON_DEMAND, Some(96))].into()
        );
        assert_eq!(of("gpu-spot"), &[(quotas::GPU_G_SPOT, Some(4)), (quotas::GPU_P_SPOT, Some(96))].into());
    }
}
