//! Schemas as they were recorded from the real providers.
//!
//! A recording has types, nesting and presence. It has no defaults, no checks and no replacement: a resource puts those on
//! by the path of an attribute. A test holds that what is served equals what was recorded, attribute by attribute.

use std::sync::LazyLock;

use serde_json::Value as Json;
use tfplugin::schema::{Attribute, Nesting, Schema};
use tfplugin::value::Type;

/// What a recording cannot show of the attribute at a path, such as `metadata.name`, put on it.
pub type Adorn = fn(&str, Attribute) -> Attribute;

/// The recorded schemas of one provider.
pub struct Recorded(Json);

/// `hashicorp/helm` 3.1.2.
pub static HELM: LazyLock<Recorded> =
    LazyLock::new(|| Recorded::read(include_str!("../schemas/helm-3.1.2.json")));

/// `hashicorp/kubernetes` 3.2.1.
pub static KUBERNETES: LazyLock<Recorded> =
    LazyLock::new(|| Recorded::read(include_str!("../schemas/kubernetes-3.2.1.json")));

impl Recorded {
    /// A file that is no JSON gives no schema at all, which the test of the schemas would see.
    fn read(text: &str) -> Self {
        Self(serde_json::from_str(text).unwrap_or_default())
    }

    /// The schema of the provider's configuration.
    #[must_use]
    pub fn provider(&self, adorn: Adorn) -> Schema {
        schema(&self.0["provider"], adorn)
    }

    /// The schema of a resource.
    #[must_use]
    pub fn resource(&self, name: &str, adorn: Adorn) -> Schema {
        schema(&self.0["resource_schemas"][name], adorn)
    }

    /// The schema of a data source.
    #[must_use]
    pub fn data_source(&self, name: &str, adorn: Adorn) -> Schema {
        schema(&self.0["data_source_schemas"][name], adorn)
    }

    /// The recording itself, for comparisons.
    #[must_use]
    pub fn json(&self) -> &Json {
        &self.0
    }
}

/// Puts nothing on an attribute.
#[must_use]
pub fn plain(_: &str, attribute: Attribute) -> Attribute {
    attribute
}

fn schema(recorded: &Json, adorn: Adorn) -> Schema {
    Schema::new(block(&recorded["block"], "", adorn))
        .version(recorded["version"].as_i64().unwrap_or_default())
}

/// Attributes and blocks inside a block.
fn block(recorded: &Json, path: &str, adorn: Adorn) -> Vec<(String, Attribute)> {
    let mut found = attributes(&recorded["attributes"], path, adorn);
    for (name, inner) in recorded["block_types"].as_object().into_iter().flatten() {
        let at = below(path, name);
        let content = block(&inner["block"], &at, adorn);
        let count =
            |limit: &str| inner[limit].as_u64().and_then(|n| usize::try_from(n).ok()).unwrap_or_default();
        let made = Attribute::block(nesting(&inner["nesting_mode"]), content)
            .min_items(count("min_items"))
            .max_items(count("max_items"));
        found.push((name.clone(), adorn(&at, made)));
    }
    found
}

fn attributes(recorded: &Json, path: &str, adorn: Adorn) -> Vec<(String, Attribute)> {
    let each = recorded.as_object().into_iter().flatten();
    each.map(|(name, recorded)| {
        let at = below(path, name);
        (name.clone(), adorn(&at, attribute(recorded, &at, adorn)))
    })
    .collect()
}

fn attribute(recorded: &Json, path: &str, adorn: Adorn) -> Attribute {
    let is = |flag: &str| recorded[flag].as_bool().unwrap_or_default();
    let nested = &recorded["nested_type"];
    let made = if nested.is_object() {
        Attribute::nested(nesting(&nested["nesting_mode"]), attributes(&nested["attributes"], path, adorn))
    } else {
        Attribute::of(Type::from_json_bytes(recorded["type"].to_string().as_bytes()).unwrap_or(Type::Dynamic))
    };
    let made = match (is("required"), is("optional"), is("computed")) {
        (true, ..) => made.required(),
        (_, true, true) => made.computed().or_configured(),
        (_, _, true) => made.computed(),
        _ => made,
    };
    let made = if is("sensitive") { made.sensitive() } else { made };
    let made = if is("write_only") { made.write_only() } else { made };
    if is("deprecated") { made.deprecated("It has no effect.") } else { made }
}

fn nesting(mode: &Json) -> Nesting {
    match mode.as_str() {
        Some("single") => Nesting::Single,
        Some("set") => Nesting::Set,
        Some("map") => Nesting::Map,
        _ => Nesting::List,
    }
}

fn below(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
