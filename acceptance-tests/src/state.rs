//! What stands in Terraform's state files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::Value;

/// Where a folder's local state is.
const STATE: &str = "terraform.tfstate";

/// The layers of a generated tree, in the order in which they are applied.
pub const LAYERS: [&str; 8] =
    ["network", "cluster", "data", "identity", "ingress", "addons", "platform", "agent"];

/// Objects in one state file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Contents {
    /// How many objects of each resource type are managed.
    pub managed: BTreeMap<String, usize>,
    /// How many data sources of each type were read.
    pub data: BTreeMap<String, usize>,
}

impl Contents {
    /// Reads a state file; one that is not there is empty.
    ///
    /// # Errors
    /// When it cannot be read or is no state.
    pub fn read(file: &Path) -> Result<Self> {
        if !file.exists() {
            return Ok(Self::default());
        }
        let state: Value = serde_json::from_slice(&fs::read(file)?)
            .with_context(|| format!("`{}` is no Terraform state", file.display()))?;
        Ok(Self::of(&state))
    }

    fn of(state: &Value) -> Self {
        let mut contents = Self::default();
        for resource in state["resources"].as_array().into_iter().flatten() {
            let count = resource["instances"].as_array().map_or(0, Vec::len);
            let kind = resource["type"].as_str().unwrap_or_default().to_owned();
            let counts =
                if resource["mode"] == "managed" { &mut contents.managed } else { &mut contents.data };
            *counts.entry(kind).or_default() += count;
        }
        contents
    }

    /// How many managed objects have a type that begins with `prefix`.
    #[must_use]
    pub fn count(&self, prefix: &str) -> usize {
        self.managed.iter().filter(|(kind, _)| kind.starts_with(prefix)).map(|(_, count)| count).sum()
    }
}

/// The ids of all objects in a folder's local state, data sources among them.
///
/// # Errors
/// When there is no state.
pub fn ids(folder: &Path) -> Result<BTreeSet<String>> {
    let state: Value = serde_json::from_slice(&fs::read(folder.join(STATE))?)?;
    let resources = state["resources"].as_array().into_iter().flatten();
    let instances = resources.flat_map(|resource| resource["instances"].as_array().into_iter().flatten());
    Ok(instances.filter_map(|instance| Some(instance["attributes"]["id"].as_str()?.to_owned())).collect())
}

/// Takes away a folder's local state, a lock that a killed run left, and the journal of our provider: what is applied next knows of
/// nothing before it. The installed providers stay.
///
/// # Errors
/// When a file cannot be removed.
pub fn forget(folder: &Path) -> Result<()> {
    for name in [STATE, "terraform.tfstate.backup", ".terraform.tfstate.lock.info"] {
        if folder.join(name).exists() {
            fs::remove_file(folder.join(name))?;
        }
    }
    let journal = folder.join(".terraform/truefoundry");
    if journal.exists() {
        fs::remove_dir_all(journal)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn instances_are_counted_by_type() {
        let contents = Contents::of(&json!({ "resources": [
            { "mode": "managed", "type": "aws_subnet", "instances": [{}, {}] },
            { "mode": "managed", "type": "aws_vpc", "instances": [{}] },
            { "mode": "managed", "type": "truefoundry_cluster", "instances": [{}] },
            { "mode": "data", "type": "aws_region", "instances": [{}] },
        ] }));
        assert_eq!(contents.count("aws_"), 3);
        assert_eq!(contents.count("truefoundry_"), 1);
        assert_eq!(contents.data["aws_region"], 1);
    }

    #[test]
    fn no_file_is_no_objects() {
        assert_eq!(Contents::read(Path::new("no/such/file")).unwrap(), Contents::default());
    }
}
