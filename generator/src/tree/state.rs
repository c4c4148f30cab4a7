//! What a state of Terraform says of itself and of what it holds, without any value of it: the file's format is 4 since Terraform 0.12, and
//! OpenTofu has the same.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::record::hash;

/// A state without its values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outline {
    /// How often it was written.
    pub serial: u64,
    /// What all versions of one state have in common; empty where there is no state.
    #[serde(default)]
    pub lineage: String,
    /// The addresses of the objects that are managed, as `terraform state list` prints them.
    pub managed: Vec<String>,
    /// Those of data sources.
    #[serde(default, skip_serializing)]
    pub data: Vec<String>,
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    serial: u64,
    #[serde(default)]
    lineage: String,
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    #[serde(default)]
    module: Option<String>,
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    name: String,
    #[serde(default)]
    instances: Vec<Instance>,
}

#[derive(Deserialize)]
struct Instance {
    #[serde(default)]
    index_key: Option<Value>,
}

impl Outline {
    /// Reads a state's text; an empty one is that of a state that was never written. `None` when it is no state.
    #[must_use]
    pub fn of(text: &[u8]) -> Option<Self> {
        if text.trim_ascii().is_empty() {
            return Some(Self::default());
        }
        let file: File = serde_json::from_slice(text).ok()?;
        let mut outline = Self { serial: file.serial, lineage: file.lineage, ..Self::default() };
        for resource in &file.resources {
            let addresses = resource.instances.iter().map(|instance| resource.address(instance));
            match resource.mode.as_str() {
                "data" => outline.data.extend(addresses),
                _ => outline.managed.extend(addresses),
            }
        }
        // One that was replaced and is not yet gone has the address of what came after it.
        outline.managed.dedup();
        Some(outline)
    }
}

impl Resource {
    fn address(&self, instance: &Instance) -> String {
        let module = self.module.as_ref().map(|module| format!("{module}.")).unwrap_or_default();
        let data = if self.mode == "data" { "data." } else { "" };
        let key = match &instance.index_key {
            Some(key) => format!("[{key}]"),
            None => String::new(),
        };
        format!("{module}{data}{}.{}{key}", self.kind, self.name)
    }
}

/// What a state holds, values and all, by a hash: to tell whether two are the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// How often it was written.
    pub serial: u64,
    /// What all versions of one state have in common; empty where there is no state.
    pub lineage: String,
    /// How many managed objects.
    pub objects: usize,
    /// SHA-256 of resources and outputs; `None` where it holds neither.
    pub hash: Option<String>,
}

impl Content {
    /// Reads a state's text; an empty one is that of a state that was never written. `None` when it is no state.
    #[must_use]
    pub fn of(text: &[u8]) -> Option<Self> {
        let outline = Outline::of(text)?;
        let mut content = Self {
            serial: outline.serial,
            lineage: outline.lineage,
            objects: outline.managed.len(),
            hash: None,
        };
        if text.trim_ascii().is_empty() {
            return Some(content);
        }
        let state: Value = serde_json::from_slice(text).ok()?;
        let (resources, outputs) = (&state["resources"], &state["outputs"]);
        let is_nothing = |value: &Value| match value {
            Value::Array(all) => all.is_empty(),
            Value::Object(all) => all.is_empty(),
            other => other.is_null(),
        };
        if !is_nothing(resources) || !is_nothing(outputs) {
            content.hash = Some(hash(format!("{resources}{outputs}").as_bytes()));
        }
        Some(content)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hash.is_none()
    }
}

/// The type of the resource at an address.
#[must_use]
pub fn kind(address: &str) -> &str {
    let mut rest = address;
    while let Some(inside) = rest.strip_prefix("module.") {
        // The name, and a key in brackets that may hold dots of its own.
        let end = match inside.find(['.', '[']) {
            Some(at) if inside[at..].starts_with('[') => inside.find("].").map(|close| close + 1),
            at => at,
        };
        let Some(end) = end else { return rest };
        rest = inside[end..].trim_start_matches('.');
    }
    rest.split('.').next().unwrap_or(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_told_without_its_values() {
        let text = br#"{ "version": 4, "serial": 7, "lineage": "a-b", "outputs": { "password": { "value": "hidden" } }, "resources": [
            { "mode": "data", "type": "aws_region", "name": "current", "module": "module.network", "instances": [{ "attributes": {} }] },
            { "mode": "managed", "type": "aws_vpc", "name": "this", "module": "module.network", "instances": [{ "attributes": { "id": "hidden" } }] },
            { "mode": "managed", "type": "aws_subnet", "name": "private", "module": "module.a[\"x.y\"]",
              "instances": [{ "index_key": "use1-az1" }, { "index_key": "use1-az2" }, { "index_key": "use1-az2", "deposed": "00000001" }] },
            { "mode": "managed", "type": "aws_eip", "name": "nat", "instances": [{ "index_key": 0 }] } ] }"#;
        let outline = Outline::of(text).unwrap();
        let managed = [
            "module.network.aws_vpc.this",
            "module.a[\"x.y\"].aws_subnet.private[\"use1-az1\"]",
            "module.a[\"x.y\"].aws_subnet.private[\"use1-az2\"]",
            "aws_eip.nat[0]",
        ];
        assert_eq!((outline.serial, outline.lineage.as_str()), (7, "a-b"));
        assert_eq!(outline.managed, managed);
        assert_eq!(outline.data, ["module.network.data.aws_region.current"]);
        assert!(!serde_json::to_string(&outline).unwrap().contains("hidden"));
        assert_eq!(managed.map(kind), ["aws_vpc", "aws_subnet", "aws_subnet", "aws_eip"]);
    }

    #[test]
    fn two_states_are_the_same_by_what_is_in_them() {
        let of = |serial: u64, value: &str| {
            let text = format!(
                r#"{{ "version": 4, "terraform_version": "1.11.{serial}", "serial": {serial}, "lineage": "a", "outputs": {{ "id": {{ "value": "{value}" }} }}, "resources": [] }}"#
            );
            Content::of(text.as_bytes()).unwrap()
        };
        assert_eq!(of(1, "x").hash, of(2, "x").hash);
        assert_ne!(of(1, "x").hash, of(1, "y").hash);
        assert!(!of(1, "x").is_empty());
        assert_eq!(Content::of(b""), Some(Content::default()));
        assert!(
            Content::of(br#"{ "version": 4, "serial": 3, "lineage": "a", "outputs": {}, "resources": [] }"#)
                .unwrap()
                .is_empty()
        );
        assert_eq!(Content::of(b"half"), None);
    }

    #[test]
    fn no_state_holds_nothing_and_what_is_none_is_not_taken_for_one() {
        assert_eq!(Outline::of(b"\n"), Some(Outline::default()));
        assert_eq!(Outline::of(b"<html>"), None);
        assert_eq!(Outline::of(br#"{ "resources": [{ "mode": 1 }] }"#), None);
    }
}
