//! From a spec to a platform, and from a platform to the text of every file.
//!
//! [`plan()`] checks every value, resolves every default and fixes every name and address; [`layers`] say what the platform is made of, one
//! file a layer; [`targets`] where its states are. [`Platform::files`] then writes it all as text. Pure functions: they read no file, no clock
//! and no network.

mod access;
pub mod addons;
pub mod agent;
pub mod cidr;
mod cluster;
mod compute;
mod files;
pub mod ingress;
pub mod layers;
pub mod leftovers;
pub mod modules;
pub mod names;
mod network;
pub mod permissions;
mod problem;
mod readme;
pub mod regions;
mod stores;
pub mod targets;
pub mod text;
mod truefoundry;
mod warnings;

use std::collections::BTreeMap;

pub use access::Access;
pub use addons::{Addons, Release};
pub use agent::Agent;
pub use cluster::{Cluster, ExistingCluster, NewCluster};
pub use compute::{
    COMPONENT, CRITICAL_PODS, Compute, CriticalPods, Instances, NodePool, Nodes, Taint, Variant,
};
pub use files::{EmitError, Files};
pub use ingress::Ingress;
pub use layers::Layer;
pub use network::{ExistingNetwork, Nat, Network, NewNetwork, Slots, Zone};
pub use problem::{Added, Problem, Problems};
pub use stores::{Bucket, Cache, Database, FileSystem, Registry, Repository};
pub use targets::Target;
pub use truefoundry::{Truefoundry, Workspace};
pub use warnings::warnings;

use crate::spec::{Path, Spec};
use regions::Region;

/// A platform, ready to be written as Terraform.
#[derive(Debug, Clone)]
pub struct Platform {
    /// The platform's name.
    pub name: String,
    /// The account, 12 digits.
    pub account: String,
    /// The region.
    pub region: &'static Region,
    /// Tags on everything.
    pub tags: BTreeMap<String, String>,
    /// ARN of the permissions boundary of every role.
    pub permissions_boundary: Option<String>,
    /// The VPC.
    pub network: Network,
    /// The cluster.
    pub cluster: Cluster,
    /// How Terraform and people reach its API; `None` where that is not said.
    pub access: Option<Access>,
    /// What runs the workloads.
    pub compute: Compute,
    /// The add-ons of the cluster, if they are ours.
    pub addons: Option<Addons>,
    /// The way in, if one is wanted.
    pub ingress: Option<Ingress>,
    /// The database, if one is wanted.
    pub database: Option<Database>,
    /// The artifact bucket.
    pub bucket: Bucket,
    /// Repositories and caches, if any are wanted.
    pub registry: Option<Registry>,
    /// The file system, if one is wanted.
    pub file_system: Option<FileSystem>,
    /// What the control plane knows.
    pub truefoundry: Truefoundry,
    /// The agent in the cluster, if there is one.
    pub agent: Option<Agent>,
    /// Where the states are.
    pub target: Target,
}

/// Fixes everything about a platform of which nothing is there yet.
///
/// # Errors
/// Every value that cannot be used, each with its path in the spec.
pub fn plan(spec: &Spec) -> Result<Platform, Vec<Problem>> {
    plan_again(spec, &Slots::default())
}

/// Fixes everything about a platform whose zones have had these slots.
///
/// # Errors
/// As [`plan()`].
pub fn plan_again(spec: &Spec, recorded: &Slots) -> Result<Platform, Vec<Problem>> {
    let mut problems = Problems::default();
    check_name(&mut problems, &spec.name);
    let region = find_region(&mut problems, &spec.aws.region);
    check_aws(&mut problems, spec, region);
    // Without the region, zones and ARNs cannot be judged; its own problem is reported, the rest after it is mended.
    let Some(region) = region else { return Err(problems.0) };
    let network = network::network(&mut problems, spec, region, recorded);
    let cluster = cluster::cluster(&mut problems, spec, network.as_ref(), region);
    let access = access::access(&mut problems, spec);
    let compute = compute::compute(&mut problems, spec, &cluster, region);
    let addons = addons::addons(&mut problems, spec, compute.has_gpu());
    let around =
        ingress::Around { network: network.as_ref(), cluster: &cluster, addons: addons.as_ref(), region };
    let ingress = ingress::ingress(&mut problems, spec, &around);
    let database = spec.database.as_ref().map(|d| stores::database(&mut problems, d));
    let bucket = stores::bucket(&mut problems, spec);
    let registry = stores::registry(&mut problems, spec, region);
    let file_system = stores::file_system(&mut problems, spec);
    let target = targets::target(&mut problems, spec, region, &bucket);
    let truefoundry = truefoundry::truefoundry(&mut problems, spec, region);
    let agent = agent::agent(&mut problems, spec, addons.as_ref());
    match (network, problems.0.is_empty()) {
        (Some(network), true) => Ok(Platform {
            name: spec.name.clone(),
            account: spec.aws.account.clone(),
            region,
            tags: tags(spec),
            permissions_boundary: spec.aws.permissions_boundary.clone(),
            network,
            cluster,
            access,
            compute,
            addons,
            ingress,
            database,
            bucket,
            registry,
            file_system,
            truefoundry,
            agent,
            target,
        }),
        _ => Err(problems.0),
    }
}

/// The zones of the network that a spec makes, in its order; none where it makes none, or names a region or a count that cannot be.
#[must_use]
pub fn network_zones(spec: &Spec) -> Vec<String> {
    match &spec.network {
        crate::spec::NetworkChoice::Create(create) => match &create.zones {
            crate::spec::Zones::Ids(ids) => ids.clone(),
            crate::spec::Zones::Count(count) => {
                let known = Region::find(&spec.aws.region).map(Region::zone_ids).unwrap_or_default();
                known.into_iter().take(usize::from(*count)).collect()
            }
        },
        crate::spec::NetworkChoice::Existing(_) => Vec::new(),
    }
}

fn check_name(problems: &mut Problems, name: &str) {
    if !names::is_plain_name(name) {
        problems
            .add(&Path::new("name"), format!("`{name}` cannot be the name of a platform"))
            .note("it starts the names of a cluster, a database, roles and buckets, whose rules all hold for it")
            .hint("use `a-z`, `0-9` and single `-`, start with a letter, end with a letter or digit");
    }
}

fn find_region(problems: &mut Problems, name: &str) -> Option<&'static Region> {
    let found = Region::find(name);
    if found.is_none() {
        let path = Path::new("aws.region");
        let added = problems.add(&path, format!("`{name}` is not a region known here"));
        match crate::suggest::nearest(name, regions::REGIONS.iter().map(|r| r.name)) {
            Some(near) => added.hint(format!("did you mean `{near}`?")),
            None => added.hint("write the region's code, for example `us-east-1`"),
        }
    }
    found
}

fn check_aws(problems: &mut Problems, spec: &Spec, region: Option<&Region>) {
    let path = Path::new("aws");
    let account = &spec.aws.account;
    problems.require(
        names::is_account(account),
        &path.key("account"),
        format!("`{account}` is not an AWS account: it must have 12 digits"),
        "`aws sts get-caller-identity` shows the account, with its leading zeros",
    );
    if let (Some(region), Some(boundary)) = (region, &spec.aws.permissions_boundary) {
        names::check_iam_arn(problems, &path.key("permissions_boundary"), boundary, &["policy"], region);
    }
    let tags = path.key("tags");
    problems.require(
        spec.aws.tags.len() <= 40,
        &tags,
        format!("{} tags are more than AWS takes", spec.aws.tags.len()),
        "write at most 40: AWS allows 50, and 10 are left for what the modules set",
    );
    for (key, value) in &spec.aws.tags {
        check_tag(problems, &tags.key(key), key, value);
    }
}

fn check_tag(problems: &mut Problems, path: &Path, key: &str, value: &str) {
    let allowed = |c: char| c.is_alphanumeric() || " _.:/=+-@".contains(c);
    let aws = key.to_ascii_lowercase().starts_with("aws:");
    problems.require(
        !aws,
        path,
        format!("the tag key `{key}` starts with `aws:`"),
        "AWS keeps `aws:` for itself",
    );
    for (what, text, max) in [("key", key, 128), ("value", value, 256)] {
        let fits =
            text.chars().count() <= max && text.chars().all(allowed) && !(what == "key" && text.is_empty());
        problems.require(
            fits,
            path,
            format!("`{text}` cannot be the {what} of a tag"),
            &format!(
                "use at most {max} letters, digits, spaces and `_.:/=+-@`: what every AWS service takes"
            ),
        );
    }
}

fn tags(spec: &Spec) -> BTreeMap<String, String> {
    let mut tags = BTreeMap::from([
        ("managed-by".to_owned(), "terraform".to_owned()),
        ("platform".to_owned(), spec.name.clone()),
    ]);
    tags.extend(spec.aws.tags.clone());
    tags
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A small platform.
    pub(crate) fn example(database: bool) -> Platform {
        let mut text = String::from(
            "version: 1\nname: acme-dev\naws: { account: \"123456789012\", region: us-east-1 }\ntruefoundry:\n  host: \
             https://acme.truefoundry.cloud\n  workspaces: [{ name: search }]\n",
        );
        if database {
            text.push_str("database: {}\n");
        }
        plan(&crate::spec::load_text("platform.yaml".to_owned(), text).unwrap().spec).unwrap()
    }
}
