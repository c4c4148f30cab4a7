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
pub mod support;
pub mod targets;
pub mod text;
mod truefoundry;
mod warnings;

use std::collections::BTreeMap;

use jiff::civil::Date;

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

use crate::spec::{ClusterChoice, Path, Spec, State, patterns};
use regions::Region;

/// A platform, ready to be written as Terraform.
#[derive(Debug, Clone)]
pub struct Platform {
    /// The platform's name.
    pub name: String,
    /// The account, 12 digits.
    pub account: String,
    /// The region.
    pub region: Region,
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

/// Fixes everything about a platform of which nothing is there yet, on the day of [`support::day`].
///
/// # Errors
/// Every value that cannot be used, each with its path in the spec.
pub fn plan(spec: &Spec) -> Result<Platform, Vec<Problem>> {
    plan_again(spec, &Slots::default(), support::day())
}

/// What a tree that is there took once, when it was new, and keeps.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Settled {
    /// The Kubernetes version of a cluster that is made, such as `1.33`.
    pub kubernetes_version: Option<String>,
    /// The folder of its states in their bucket.
    pub key_prefix: Option<String>,
}

impl Settled {
    /// By the spec that a tree was generated from.
    #[must_use]
    pub fn of(before: &Spec) -> Self {
        let kubernetes_version = match &before.cluster {
            ClusterChoice::Create(create) => create.version.clone(),
            ClusterChoice::Existing(_) => None,
        };
        let key_prefix = match &before.state {
            // Trees of 0.1.0 had no region there, and keep it so.
            State::S3(s3) => Some(s3.key_prefix.clone().unwrap_or_else(|| before.name.clone())),
            State::Local(_) => None,
        };
        Self { kubernetes_version, key_prefix }
    }
}

/// Fills in defaults that are taken once, when a tree is new, and stay what they were whatever the calendar or a later version of this
/// program says. `before` is what a tree that is there has taken.
pub fn settle(spec: &mut Spec, before: &Settled, today: Date) {
    if let ClusterChoice::Create(create) = &mut spec.cluster
        && create.version.is_none()
    {
        let recorded = before.kubernetes_version.clone();
        create.version = Some(recorded.unwrap_or_else(|| support::default_kubernetes(today)));
    }
    let here = format!("{}/{}", spec.name, spec.aws.region);
    if let State::S3(state) = &mut spec.state
        && state.key_prefix.is_none()
    {
        state.key_prefix = Some(before.key_prefix.clone().unwrap_or(here));
    }
}

/// Fixes everything about a platform whose zones have had these slots.
///
/// # Errors
/// As [`plan()`].
pub fn plan_again(spec: &Spec, recorded: &Slots, today: Date) -> Result<Platform, Vec<Problem>> {
    let mut problems = Problems::default();
    check_name(&mut problems, &spec.name);
    let region = find_region(&mut problems, spec);
    check_aws(&mut problems, spec, region.as_ref());
    // Without the region, zones and ARNs cannot be judged; its own problem is reported, the rest after it is mended.
    let Some(found) = region else { return Err(problems.0) };
    let region = &found;
    let network = network::network(&mut problems, spec, region, recorded);
    let cluster = cluster::cluster(&mut problems, spec, network.as_ref(), region, today);
    let access = access::access(&mut problems, spec);
    let compute = compute::compute(&mut problems, spec, &cluster, region);
    let addons = addons::addons(&mut problems, spec, compute.has_gpu());
    let around =
        ingress::Around { network: network.as_ref(), cluster: &cluster, addons: addons.as_ref(), region };
    let ingress = ingress::ingress(&mut problems, spec, &around);
    let database = spec.database.as_ref().map(|d| stores::database(&mut problems, d, today));
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
            region: found,
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
    if patterns::PLATFORM.fits(name) {
        return;
    }
    let added = problems.add(&Path::new("name"), format!("`{name}` cannot be the name of a platform"));
    if patterns::NAME.fits(name) {
        added
            .note("it starts the names of security groups and buckets, and AWS keeps `sg-`, `sthree-` and `amzn-s3-demo-` for itself")
            .hint("begin it with another word");
    } else {
        added
            .note("it starts the names of a cluster, a database, roles and buckets, whose rules all hold for it")
            .hint("use `a-z`, `0-9` and single `-`, start with a letter, end with a letter or digit");
    }
}

/// The region, also one that is not known here where its zones are given by ID.
fn find_region(problems: &mut Problems, spec: &Spec) -> Option<Region> {
    let name = &spec.aws.region;
    let zones = network_zones(spec);
    let found = Region::find(name).cloned().or_else(|| {
        Region::written(name, &zones)
            .filter(|_| patterns::REGION.fits(name) && zones.iter().all(|zone| patterns::ZONE.fits(zone)))
    });
    if found.is_none() {
        let path = Path::new("aws.region");
        let added = problems.add(&path, format!("`{name}` is not a region known here"));
        let near = crate::suggest::nearest(name, regions::REGIONS.iter().map(Region::name));
        let by_zones = match zones.first().and_then(|zone| Some((zone, regions::region_of_zone(zone)?))) {
            Some((zone, other)) => format!("its zone `{zone}` is in `{}`", other.name()),
            None => "where it is a new one, list its zones by ID in `network.create.zones`".to_owned(),
        };
        match near {
            Some(near) if patterns::REGION.fits(name) => {
                added.note(by_zones).hint(format!("did you mean `{near}`?"));
            }
            Some(near) => added.hint(format!("did you mean `{near}`?")),
            None if patterns::REGION.fits(name) => added
                .note(by_zones)
                .hint("write a region of the list: `aws account list-regions` shows those of the account"),
            None => added.hint("write the region's code, for example `us-east-1`"),
        }
    }
    found
}

fn check_aws(problems: &mut Problems, spec: &Spec, region: Option<&Region>) {
    let path = Path::new("aws");
    let account = &spec.aws.account;
    problems.require(
        patterns::ACCOUNT.fits(account),
        &path.key("account"),
        format!("`{account}` is not an AWS account: it must have 12 digits"),
        "`aws sts get-caller-identity` shows the account, with its leading zeros",
    );
    if let (Some(region), Some(boundary)) = (region, &spec.aws.permissions_boundary) {
        let kind: (&[&str], _) = (&["policy"], &patterns::POLICY_ARN);
        names::check_iam_arn(problems, &path.key("permissions_boundary"), boundary, kind, region);
    }
    let tags = path.key("tags");
    problems.require(
        spec.aws.tags.len() <= 40,
        &tags,
        format!("{} tags are more than AWS takes", spec.aws.tags.len()),
        "write at most 40: AWS allows 50, and 10 are left for what the modules set",
    );
    for (i, (key, value)) in spec.aws.tags.iter().enumerate() {
        check_tag(problems, &tags.key(key), key, value);
        check_case(problems, &tags, key, spec.aws.tags.keys().take(i));
    }
}

/// Keys of tags that every role or instance profile of a platform has beside those of the file.
const OWN_TAGS: [&str; 4] = ["Name", "layer", "managed-by", "platform"];

/// IAM takes keys that differ in case alone for one key given twice, and refuses them when the first role is made.
fn check_case<'a>(
    problems: &mut Problems,
    tags: &Path,
    key: &str,
    mut before: impl Iterator<Item = &'a String>,
) {
    let is_like = |other: &str| other != key && other.to_lowercase() == key.to_lowercase();
    let why =
        "IAM takes keys that differ in case alone for the same key, and refuses to make a role that has both";
    if let Some(other) = before.find(|other| is_like(other)) {
        problems
            .add(&tags.key(key), format!("the tag keys `{other}` and `{key}` differ in case alone"))
            .note(why)
            .hint(format!("keep `{}` or `{}`", tags.key(other), tags.key(key)));
    } else if let Some(own) = OWN_TAGS.into_iter().find(|own| is_like(own)) {
        problems
            .add(
                &tags.key(key),
                format!("the tag key `{key}` is that of our own tag `{own}` in another case"),
            )
            .note(why)
            .hint("choose another key");
    }
}

fn check_tag(problems: &mut Problems, path: &Path, key: &str, value: &str) {
    let aws = key.to_ascii_lowercase().starts_with("aws:");
    problems.require(
        !aws,
        path,
        format!("the tag key `{key}` starts with `aws:`"),
        "AWS keeps `aws:` for itself",
    );
    let rules = [("key", key, 128, &patterns::TAG_KEY), ("value", value, 256, &patterns::TAG_VALUE)];
    for (what, text, max, rule) in rules {
        problems.require(
            rule.fits(text) || what == "key" && aws,
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
