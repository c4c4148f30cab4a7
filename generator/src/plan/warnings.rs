//! What can be made as it is written, and is seldom meant so. Pure functions: the day is given.

use jiff::civil::Date;

use super::network::blocks::DOCKER;
use super::support::instances::{self, Family, Of};
use super::support::{self, Standing};
use super::{Cluster, Database, Network, NewCluster, NewNetwork, Platform, Problem, Problems, cidr};
use crate::spec::{ClusterAccess, Path};

/// Everything to be told of a platform, by its place in the spec.
#[must_use]
pub fn warnings(platform: &Platform, today: Date) -> Vec<Problem> {
    let mut found = Problems::default();
    of_region(&mut found, platform);
    of_access(&mut found, platform);
    if let Cluster::New(cluster) = &platform.cluster {
        of_cluster(&mut found, cluster, platform);
        of_version(&mut found, &cluster.version, today);
        of_types(&mut found, &cluster.instance_types);
    }
    if let Some(addons) = &platform.addons
        && let Some(charts) = addons.charts.as_ref().filter(|charts| charts.starts_with("http://"))
    {
        found
            .add(&Path::new("addons.mirror.charts"), format!("charts come from `{charts}` without TLS"))
            .note("whoever is on the way can put other programs into the cluster, with all of its rights")
            .hint("write an address that begins with `https://` or `oci://`");
    }
    if let Some(addons) = &platform.addons
        && addons.registries.is_empty()
        && platform.network.is_isolated()
    {
        found
            .add(&Path::new("addons"), "nodes cannot pull the images of the add-ons")
            .note("the network has no way to the internet, and no mirror is named")
            .hint(
                "copy the images into a registry that the nodes reach, and name it in `addons.mirror.images`",
            );
    }
    if let Network::New(network) = &platform.network
        && network.nat.mode == "single"
    {
        found
            .add(&Path::new("network.create.nat"), "one NAT gateway serves all zones")
            .note("the loss of its zone cuts all others off from the internet")
            .hint("write `per-zone`, unless the platform may stand still for that long");
    }
    if let Network::New(network) = &platform.network {
        of_blocks(&mut found, network);
    }
    if let Some(database) = &platform.database {
        of_database(&mut found, database, today);
    }
    of_control_plane(&mut found, platform);
    // Without Karpenter, nodes come from elsewhere.
    if let Some(addons) = platform.addons.as_ref().filter(|addons| addons.has("karpenter")) {
        super::compute::warnings(&mut found, &platform.compute, |addon| addons.has(addon));
    }
    found.0
}

/// Blocks that AWS makes a VPC of, and its services do not get along with.
fn of_blocks(found: &mut Problems, network: &NewNetwork) {
    for (key, block) in [("cidr", Some(network.cidr)), ("pods_cidr", network.pods_cidr)] {
        let docker = cidr::block(DOCKER);
        if let (Some(block), Some(docker)) = (block, docker)
            && cidr::overlap(block, docker)
        {
            found
                .add(
                    &Path::new("network.create").key(key),
                    format!("`{block}` overlaps `{DOCKER}`, which Docker and some services of AWS have for themselves"),
                )
                .note("SageMaker, Cloud9 and whatever runs Docker with its defaults reach nothing that has an address there")
                .hint("take another block; a VPC cannot be renumbered later");
        }
    }
}

/// Rights that the control plane has beside those that it needs to deploy.
fn of_control_plane(found: &mut Problems, platform: &Platform) {
    if platform.truefoundry.cluster_access == ClusterAccess::Manage {
        found
            .add(
                &Path::new("truefoundry.cluster_access"),
                "the control plane can make anybody an administrator of the cluster",
            )
            .note("an administrator reaches every role of the cluster's pods and nodes")
            .hint("write `read`, or bound whom it lets in by `managed_access_entries` of the module `platform-identity`");
    }
}

/// Where no way to the API is chosen, and none is seen.
fn of_access(found: &mut Problems, platform: &Platform) {
    if platform.access.is_some() {
        return;
    }
    // What is connected to a VPC that is there, nobody knows here, nor whom a cluster that is there lets in.
    let unconnected = match (&platform.cluster, &platform.network) {
        (Cluster::New(cluster), Network::New(_)) => cluster.private_from.is_empty(),
        _ => false,
    };
    let (message, note) = match (unconnected, platform.addons.is_some()) {
        (true, true) => (
            "the cluster's API can be reached from inside its new VPC alone",
            "a new VPC is connected to nothing, so neither `kubectl` nor the layer `addons` reaches the cluster from any place that exists today",
        ),
        (true, false) => (
            "the cluster's API can be reached from inside its new VPC alone",
            "a new VPC is connected to nothing, so `kubectl` reaches the cluster from no place that exists today",
        ),
        (false, true) => (
            "nobody has said how the cluster's API is reached",
            "the layer `addons` needs it, and where nothing is chosen, nothing can be checked before",
        ),
        (false, false) => return,
    };
    found.add(&Path::new("access"), message).note(note).hint(
        "write `access: { ssm: {} }` for a port that Systems Manager forwards, `runner` or `vpn` with `cluster.create.endpoint.private_from`, or \
         `public` with blocks of addresses in `public_from`",
    );
}

fn of_cluster(found: &mut Problems, cluster: &NewCluster, platform: &Platform) {
    let path = Path::new("cluster.create");
    if cluster.admins.is_empty() {
        let (message, note) = if platform.addons.is_some() {
            (
                "nobody but who applies it first administers the cluster",
                "the first apply asks for that, or takes `--caller-is-admin`; the cluster then refuses everybody else who plans or applies the \
                 layer `addons`",
            )
        } else {
            (
                "nobody administers the cluster",
                "whoever makes a cluster gets no rights in it by that, so the first apply asks for it, or takes `--caller-is-admin`",
            )
        };
        found.add(&path.key("admins"), message).note(note).hint("list roles in `cluster.create.admins`");
    }
}

fn of_version(found: &mut Problems, version: &str, today: Date) {
    let path = Path::new("cluster.create.version");
    let table = support::KUBERNETES.table();
    let cost = "from then on AWS takes six times the price for each hour of the cluster, and a year later it upgrades by itself";
    let (message, note) = match table.standing(version, today) {
        Some(Standing::Standard(one)) if support::is_behind(version, today) => (
            format!("standard support of Kubernetes {version} ends on {}", one.standard_until),
            cost.to_owned(),
        ),
        Some(Standing::Extended(one)) => (
            format!("standard support of Kubernetes {version} ended on {}", one.standard_until),
            format!(
                "since then AWS takes six times the price for each hour of the cluster, until it upgrades by itself after {}",
                one.extended_until
            ),
        ),
        Some(Standing::Newer) => {
            let note = format!(
                "the list of EKS's versions is of {}; `tfy-infra preflight` asks the account",
                table.dated
            );
            let added = found.add(&path, format!("Kubernetes {version} is newer than what is known here"));
            return added
                .note(note)
                .hint("check that the pinned add-ons are made for it, or leave the version out");
        }
        _ => return,
    };
    found.add(&path, message).note(note).hint("write a newer version in `cluster.create.version`");
}

fn of_types(found: &mut Problems, types: &[String]) {
    let path = Path::new("cluster.create.system_nodes.instance_types");
    for (i, name) in types.iter().enumerate() {
        let family = name.split('.').next().unwrap_or_default();
        of_family(found, &path.index(i), family, Of::Machines);
    }
}

/// A family that may have come after the table.
pub(super) fn of_family(found: &mut Problems, path: &Path, family: &str, of: Of) {
    if instances::family(family, of) == Family::Newer {
        found
            .add(path, format!("the family `{family}` is newer than what is known here"))
            .note("whether AWS has it, and in which zones, is not checked before `tfy-infra preflight` asks the account")
            .hint("check its name; the region has to offer it too");
    }
}

fn of_database(found: &mut Problems, database: &Database, today: Date) {
    let path = Path::new("database");
    let engine = path.key("engine");
    let major = database.engine.split('.').next().unwrap_or_default();
    let table = support::POSTGRES.table();
    match table.standing(major, today) {
        Some(Standing::Extended(one)) => found
            .add(
                &engine,
                format!("RDS's standard support of PostgreSQL {major} ended on {}", one.standard_until),
            )
            .note(format!(
                "since then AWS takes a price for each processor and hour beside the instance's, until {}",
                one.extended_until
            ))
            .hint("write a newer version in `database.engine`"),
        Some(Standing::Newer) => found
            .add(&engine, format!("PostgreSQL {major} is newer than what is known here"))
            .note(format!(
                "the list of RDS's versions is of {}; `tfy-infra preflight` asks the account",
                table.dated
            ))
            .hint("check that the control plane supports it"),
        _ => {}
    }
    of_family(found, &path.key("class"), database.class.split('.').nth(1).unwrap_or_default(), Of::Databases);
}

fn of_region(found: &mut Problems, platform: &Platform) {
    let region = &platform.region;
    if !region.is_known() {
        found
            .add(&Path::new("aws.region"), format!("`{}` is not a region known here", region.name()))
            .note("its zones are taken as they are written, and whether EKS works in them is not checked")
            .hint("check the name, and run `tfy-infra preflight` before the first apply");
    }
}
