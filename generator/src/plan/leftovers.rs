//! The root that tells what controllers have left in AWS. No layer: it makes nothing, has no state and is never applied.

use serde_json::{Value, json};

use super::text::{Template, template};
use super::{Network, Platform};

/// Its folder in the tree.
pub const FOLDER: &str = "leftovers";
/// Its output of what stands in the way.
pub const LEFTOVERS: &str = "leftovers";
/// Its output of volumes, which may stay.
pub const VOLUMES: &str = "volumes";

/// Its output of instance profiles, which may stay.
pub const PROFILES: &str = "instance_profiles";

/// Its files.
pub(super) const TEMPLATES: [Template; 2] =
    [template!("leftovers/versions", "versions"), template!("leftovers/main", "main")];

/// What the templates print.
pub(super) fn values(platform: &Platform) -> Value {
    let cluster = platform.cluster.name(&platform.name);
    json!({
        "region": platform.region.name(),
        "home": platform.region.home(),
        "account_ids": [platform.account],
        "cluster": cluster,
        "owned": format!("kubernetes.io/cluster/{cluster}"),
        "new_network": matches!(platform.network, Network::New(_)),
        "vpc_tags": { "layer": "network", "platform": platform.name },
    })
}
