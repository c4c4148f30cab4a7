//! What can be made as it is written, and is seldom meant so. A pure function: dates are those of AWS's calendar, not today's.

use super::{Cluster, Network, NewCluster, Platform, Problem, Problems};
use crate::spec::Path;

/// Kubernetes minors with the end of their standard support, from AWS's release calendar as of April 2026. Newer ones have all of it
/// before them.
const ENDS: [(u32, &str); 4] =
    [(31, "2025-11-26"), (32, "2026-03-23"), (33, "2026-07-29"), (34, "2026-12-02")];

/// Everything to be told of a platform, by its place in the spec.
#[must_use]
pub fn warnings(platform: &Platform) -> Vec<Problem> {
    let mut found = Problems::default();
    of_access(&mut found, platform);
    if let Cluster::New(cluster) = &platform.cluster {
        of_cluster(&mut found, cluster, platform);
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
    // Without Karpenter, nodes come from elsewhere.
    if let Some(addons) = platform.addons.as_ref().filter(|addons| addons.has("karpenter")) {
        super::compute::warnings(&mut found, &platform.compute, |addon| addons.has(addon));
    }
    found.0
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
    if let Some((_, ends)) = ENDS.iter().find(|(minor, _)| cluster.version == format!("1.{minor}")) {
        let version = &cluster.version;
        found
            .add(&path.key("version"), format!("standard support of Kubernetes {version} ends on {ends}"))
            .note("from then on AWS takes six times the price for each hour of the cluster, and a year later it upgrades by itself")
            .hint("write a newer version in `cluster.create.version`");
    }
}
