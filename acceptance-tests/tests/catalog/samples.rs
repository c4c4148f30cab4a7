//! Configurations made from the catalog's samples.

use serde_json::{Map, Value, json};
use truefoundry_catalog::sample::Sampler;
use truefoundry_catalog::{Catalog, Kind, Secrets, attributes};

/// What stands in place of every write-only value.
pub(crate) const CANARY: &str = "${var.canary}";

/// A kind with its samples.
pub(crate) struct Sampled {
    pub(crate) kind: &'static Kind,
    /// The first has only what is required; together they have every variant of every union.
    pub(crate) samples: Vec<Value>,
}

/// All kinds.
pub(crate) fn all() -> Vec<Sampled> {
    let sampled = |kind| Sampled { kind, samples: Sampler::all(kind) };
    Catalog::get().kinds().map(sampled).collect()
}

impl Sampled {
    /// The address of the one resource of this kind.
    pub(crate) fn address(&self) -> String {
        format!("{}.this", self.kind.resource)
    }

    /// The attributes of a sample. Samples differ in everything but what names the object, so that the next one changes
    /// it in place.
    pub(crate) fn attributes(
        &self,
        round: usize,
        secrets: Secrets,
        suffix: &str,
    ) -> Option<Map<String, Value>> {
        let mut sample = self.samples.get(round)?.clone();
        let kind = self.kind;
        for field in kind.key.iter().chain(kind.fixed) {
            sample[*field] = Sampler { variant: 0, full: true, seed: 0 }.manifest(kind)[*field].clone();
        }
        if kind.key.contains(&"name") {
            sample["name"] = format!("{}{suffix}", short_name(kind)).into();
        }
        let mut attributes = attributes(kind, &sample, secrets);
        if kind.manifest_type == "provider-account/aws" {
            as_in_its_own_schema(&mut attributes);
        }
        hide_in(&mut attributes);
        Some(attributes)
    }
}

/// The AWS account's resource is written by hand: what all integrations have stands beside their kinds, and tags are
/// texts.
fn as_in_its_own_schema(account: &mut Map<String, Value>) {
    let integrations = account.get_mut("integrations").and_then(Value::as_object_mut);
    for integration in integrations.into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
        let mut shared = Map::new();
        for kind in integration.values_mut().filter_map(Value::as_object_mut) {
            for name in ["auth_data", "authorized_subjects"] {
                shared.extend(kind.remove(name).map(|value| (name.to_owned(), value)));
            }
            if let Some(tags) = kind.get_mut("tags") {
                *tags = json!({ "team": "search" });
            }
        }
        integration.extend(shared);
    }
}

/// A name of at most 32 letters, which is the shortest limit, that no other kind has.
pub(crate) fn short_name(kind: &Kind) -> String {
    let name = kind.resource.trim_start_matches("truefoundry_").replace('_', "-");
    name.replace("provider-account", "pa").replace("gateway", "gw").replace("guardrail", "gr")
}

/// Puts the canary in place of write-only values.
fn hide_in(attributes: &mut Map<String, Value>) {
    for (name, value) in attributes {
        hide_below(value);
        hide_twin(name, value);
    }
}

fn hide_below(value: &mut Value) {
    match value {
        Value::Object(members) => hide_in(members),
        Value::Array(elements) => elements.iter_mut().for_each(hide_below),
        _ => (),
    }
}

fn hide_twin(name: &str, value: &mut Value) {
    if !name.ends_with("_wo") {
        return;
    }
    match value {
        Value::Object(entries) => entries.values_mut().for_each(|value| *value = CANARY.into()),
        Value::String(text) if text.starts_with('{') => *text = format!("{{\"canary\":\"{CANARY}\"}}"),
        Value::String(text) if text.starts_with("amqp:") => {
            *text = format!("amqp://user:{CANARY}@queue.example.com/v");
        }
        other => *other = CANARY.into(),
    }
}

/// The configuration with one resource of each kind.
pub(crate) fn configuration<'a>(resources: impl Iterator<Item = (&'a Sampled, Map<String, Value>)>) -> Value {
    let resources =
        resources.map(|(kind, attributes)| (kind.kind.resource.clone(), json!({ "this": attributes })));
    json!({
        "variable": { "canary": { "type": "string", "ephemeral": true, "default": "unused" } },
        "resource": Map::from_iter(resources),
    })
}
