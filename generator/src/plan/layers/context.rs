//! What the templates see of a platform: plain JSON, one for each layer.

use serde_json::{Value, json};

use super::{Definition, Provider};
use crate::plan::Platform;

/// Everything that the templates of a layer may print.
pub(super) fn context(platform: &Platform, layer: &Definition, reads: &[&str]) -> Value {
    let configures = |provider| layer.providers.contains(&provider);
    let mut tags = json!({ "layer": layer.name });
    if let Value::Object(tags) = &mut tags {
        tags.extend(platform.tags.iter().map(|(k, v)| (k.clone(), json!(v))));
        tags.sort_keys();
    }
    let mut context = json!({
        "name": platform.name,
        "account": platform.account,
        "account_ids": [platform.account],
        "region": platform.region.name(),
        "tags": tags,
        "permissions_boundary": platform.permissions_boundary,
        "truefoundry": configures(Provider::Truefoundry),
        "in_cluster": configures(Provider::Cluster),
        // Beside those of a cluster it is there for a token alone.
        "aws": configures(Provider::Aws) || configures(Provider::Cluster),
        "host": platform.truefoundry.host,
        "backend": platform.target.backend(layer.name),
        "reads": reads.iter().map(|read| platform.target.remote(read)).collect::<Value>(),
    });
    if let (Value::Object(context), Value::Object(own)) = (&mut context, (layer.values)(platform)) {
        context.extend(own);
    }
    context
}
