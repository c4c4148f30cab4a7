//! Numbers of every type: what an attribute cannot hold is refused while validating, and a fraction is applied once.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use terraform_provider_truefoundry::Truefoundry;
use tfplugin::schema::{Attribute, Attributes, Nesting, Numbers, Presence, Schema, Shape};
use tfplugin::value::{Number, Path, Type, Value};
use tfplugin::{Diagnostics, Provider as _};
use tfy_sandbox::{Options, Sandbox};
use truefoundry_catalog::sample::Sampler;
use truefoundry_catalog::{Catalog, Kind, Secrets};

use crate::cell::KEY;
use crate::client::{BUILT, Client, Resource, State};

/// Every schema of the provider that a configuration is written by.
fn schemas() -> Vec<(String, Schema)> {
    let provider = Truefoundry;
    let mut all = vec![("provider".to_owned(), provider.schema())];
    let mut add = |what: &str, name: &str, schema| all.push((format!("{what} {name}"), schema));
    provider.resources().iter().for_each(|(name, each)| add("resource", name, each.schema()));
    provider.data_sources().iter().for_each(|(name, each)| add("data", name, each.schema()));
    provider.ephemeral_resources().iter().for_each(|(name, each)| add("ephemeral", name, each.schema()));
    provider.list_resources().iter().for_each(|(name, each)| add("list", name, each.schema()));
    provider.actions().iter().for_each(|(name, each)| add("action", name, each.schema()));
    all
}

/// An attribute of numbers that can be configured: where it is, and how a value in it becomes a configuration.
struct Place<'s> {
    attribute: &'s Attribute,
    at: Path,
    wrap: Box<dyn Fn(Value) -> Value + 's>,
}

fn has_numbers(ty: &Type) -> bool {
    match ty {
        Type::Number => true,
        Type::List(of) | Type::Set(of) | Type::Map(of) => has_numbers(of),
        Type::Tuple(types) => types.iter().any(has_numbers),
        Type::Object(types) => types.values().any(has_numbers),
        Type::String | Type::Bool | Type::Dynamic => false,
    }
}

fn places<'s>(attributes: &'s Attributes, at: &Path) -> Vec<Place<'s>> {
    let mut found = Vec::new();
    for (name, attribute) in attributes.iter().filter(|(_, each)| each.presence() != Presence::Computed) {
        let at = at.attribute(name);
        let put = move |value| {
            let mut object = Value::object(attributes.keys().map(|name| (name.as_str(), Value::Null)));
            object.put(name.as_str(), value);
            object
        };
        match attribute.shape() {
            Shape::Plain(ty) if has_numbers(ty) => {
                found.push(Place { attribute, at, wrap: Box::new(put) });
            }
            Shape::Plain(_) => {}
            Shape::Nested(nesting, inner) => {
                let (at, nest): (Path, fn(Value) -> Value) = match nesting {
                    Nesting::Single => (at, |object| object),
                    Nesting::List => (at.index(0), |object| Value::list([object])),
                    Nesting::Set => (at, |object| Value::set([object])),
                    Nesting::Map => (at.key("k"), |object| Value::object([("k", object)])),
                };
                found.extend(places(inner, &at).into_iter().map(|inside| Place {
                    wrap: Box::new(move |value| put(nest((inside.wrap)(value)))),
                    ..inside
                }));
            }
        }
    }
    found
}

/// A number as a value of the attribute, and where it is then.
fn alone(place: &Place<'_>, number: Number) -> (Value, Path) {
    let Shape::Plain(ty) = place.attribute.shape() else { panic!("`{}` is nested", place.at) };
    let (value, at) = match ty {
        Type::List(_) => (Value::list([number.into()]), place.at.index(0)),
        Type::Set(_) => (Value::set([number.into()]), place.at.clone()),
        Type::Map(_) => (Value::object([("k", number.into())]), place.at.key("k")),
        _ => (number.into(), place.at.clone()),
    };
    ((place.wrap)(value), at)
}

fn number(text: &str) -> Number {
    text.parse().unwrap()
}

/// What is said of a configuration about the attribute at this place.
fn told(schema: &Schema, config: &Value, at: &Path) -> Vec<String> {
    let mut out = Diagnostics::new();
    schema.validate_config(config, &mut out);
    let about = out.iter().filter(|one| one.path.as_ref() == Some(at));
    about.map(ToString::to_string).filter(|text| text.contains("Invalid value")).collect()
}

#[test]
fn what_an_attribute_cannot_hold_is_refused_while_validating() {
    let (mut whole, mut floats) = (0, 0);
    for (what, schema) in schemas() {
        for place in places(schema.attributes(), &Path::root()) {
            let kind = place.attribute.kind_of_numbers();
            let kind = kind.unwrap_or_else(|| panic!("`{}` of {what} takes any number", place.at));
            let wrong = match kind {
                Numbers::Whole(low, high) => {
                    whole += 1;
                    vec![number("1.5"), (low - 1).into(), (high + 1).into(), number("1e19"), number("-1e19")]
                }
                Numbers::Float64 => {
                    floats += 1;
                    vec![number("1e400"), number("-1e400"), number("1e-400")]
                }
            };
            for number in wrong {
                let shown = number.brief();
                let (config, at) = alone(&place, number);
                let told = told(&schema, &config, &at);
                let [one] = told.as_slice() else { panic!("{what}: {told:?} for {shown}") };
                let ends = format!("but it is `{shown}`.");
                assert!(
                    one.starts_with(&format!("`{at}`: Invalid value for `{at}`: `{at}` must be ")),
                    "{one}"
                );
                assert!(one.ends_with(&ends), "{one} for {shown}");
            }
        }
    }
    assert!(whole > 400 && floats > 200, "only {whole} whole numbers and {floats} floats");
}

/// A value with fractions of 155 digits in each float, which `seen` counts by their paths without indices and keys.
fn with_fractions(attributes: &Attributes, value: &Value, at: &str, seen: &mut BTreeSet<String>) -> Value {
    let Value::Map(entries) = value else { return value.clone() };
    let mut entries = entries.clone();
    for (name, attribute) in attributes {
        let Some(value) = entries.get_mut(name) else { continue };
        let at = format!("{at}.{name}");
        match (attribute.shape(), &mut *value) {
            (Shape::Plain(_), value) if attribute.kind_of_numbers() == Some(Numbers::Float64) => {
                if value.is_set() {
                    seen.insert(at);
                }
                each_number(value, &mut |number| {
                    *number = self::number(&format!("{}.{}", number.as_f64().floor(), "3".repeat(155)));
                });
            }
            (Shape::Nested(Nesting::Single, inner), value) => {
                *value = with_fractions(inner, value, &at, seen);
            }
            (Shape::Nested(_, inner), Value::Map(objects)) => {
                objects.values_mut().for_each(|each| *each = with_fractions(inner, each, &at, seen));
            }
            (Shape::Nested(_, inner), Value::List(objects)) => {
                objects.iter_mut().for_each(|each| *each = with_fractions(inner, each, &at, seen));
            }
            (Shape::Nested(_, inner), Value::Set(objects)) => {
                let objects = objects.iter().map(|each| with_fractions(inner, each, &at, seen));
                *value = Value::set(objects.collect::<Vec<_>>());
            }
            _ => {}
        }
    }
    Value::Map(entries)
}

fn each_number(value: &mut Value, change: &mut dyn FnMut(&mut Number)) {
    match value {
        Value::Number(number) => change(number),
        Value::List(elements) => elements.iter_mut().for_each(|each| each_number(each, change)),
        Value::Map(entries) => entries.values_mut().for_each(|each| each_number(each, change)),
        Value::Set(elements) => {
            elements.iter_mut().for_each(|each| each_number(each, change));
            *value = Value::set(std::mem::take(elements));
        }
        _ => {}
    }
}

/// The paths of all floats that can be configured and come back.
fn floats(attributes: &Attributes, at: &str, found: &mut BTreeSet<String>) {
    let shown = attributes.iter().filter(|(_, each)| each.presence() != Presence::Computed);
    for (name, attribute) in shown.filter(|(_, each)| !each.is_write_only()) {
        let at = format!("{at}.{name}");
        if let Shape::Nested(_, inner) = attribute.shape() {
            floats(inner, &at, found);
        } else if attribute.kind_of_numbers() == Some(Numbers::Float64) {
            found.insert(at);
        }
    }
}

/// Applies a configuration with fractions, and looks whether there is ever anything to do again.
async fn settles(client: &mut Client, resource: &Resource, config: &Value) {
    let made = client.apply(resource, &State::none(), config).await;
    assert_eq!(made.errors, [""; 0], "{} cannot be made", resource.name);
    let read = client.read(resource, &made.state).await;
    assert_eq!(read.errors, [""; 0], "{} cannot be read", resource.name);
    assert_eq!(read.state.value, made.state.value, "{}: no drift", resource.name);
    assert!(!client.has_changes(resource, &read.state, config).await, "{} has changes", resource.name);

    // As after an import: the state has what the control plane has.
    let mut imported = read.state.clone();
    each_number(&mut imported.value, &mut |number| {
        *number = Number::from_f64(number.as_f64()).unwrap();
    });
    let again = client.read(resource, &imported).await;
    assert_eq!(again.state.value, imported.value, "{}: no drift", resource.name);
    assert!(!client.has_changes(resource, &imported, config).await, "{} has changes", resource.name);
}

/// The configuration of a manifest; none for the kinds with a schema of their own, which have no floats.
fn config_of(kind: &Kind, resource: &Resource, manifest: &Json) -> Option<Value> {
    let by_hand = ["cluster", "environment", "provider-account/aws", "workspace"];
    let attributes = || truefoundry_catalog::attributes(kind, manifest, Secrets::Plain);
    (!by_hand.contains(&kind.manifest_type.as_str())).then(|| resource.config(&Json::Object(attributes())))
}

/// As many samples as it takes to have each variant of each union inside each variant of another.
const VARIANTS: usize = 60;

#[tokio::test]
async fn a_fraction_is_applied_once_in_every_float_of_every_type() {
    let sandbox = Sandbox::start(Options::new(KEY)).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut client = Client::start(BUILT.as_ref(), folder.path()).await;
    let mut count = 0;
    for kind in Catalog::get().kinds() {
        let resource = Resource::of(&kind.resource);
        let (mut wanted, mut seen) = (BTreeSet::new(), BTreeSet::new());
        floats(resource.schema.attributes(), "", &mut wanted);
        for variant in 0..VARIANTS {
            let sample = Sampler { variant, full: true, seed: 0 }.manifest(kind);
            let Some(config) = config_of(kind, &resource, &sample).filter(|_| seen != wanted) else { break };
            let before = seen.len();
            let config = with_fractions(resource.schema.attributes(), &config, "", &mut seen);
            if seen.len() == before {
                continue;
            }
            // Each sample is an object of its own, so what the last one left goes.
            sandbox.control("POST", "reset", &Json::Null).unwrap();
            sandbox.control("POST", "switches", &json!({ "unchecked_references": true })).unwrap();
            let _ = std::fs::remove_dir_all(folder.path().join("truefoundry"));
            client.configure(sandbox.url(), KEY, 0).await;
            settles(&mut client, &resource, &config).await;
        }
        assert_eq!(seen, wanted, "{}", kind.resource);
        count += seen.len();
    }
    assert!(count > 150, "only {count} floats");
}
