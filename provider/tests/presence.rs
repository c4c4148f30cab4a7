//! What is not the configuration's to set, and null where there must be a value, is refused while validating: for every
//! attribute at every depth of every resource, data source, ephemeral resource, list resource, action and of the provider.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use terraform_provider_truefoundry::Truefoundry;
use tfplugin::schema::{Attribute, Attributes, Nesting, Presence, Schema, Shape};
use tfplugin::value::{Path, Type, Value};
use tfplugin::{Diagnostics, Provider as _};

/// Every schema that a configuration is written by, with the kind and name of its object.
fn schemas() -> Vec<(&'static str, String, Schema)> {
    let mut all = vec![("provider", "truefoundry".to_owned(), Truefoundry.schema())];
    let mut add = |kind, name: &str, schema| all.push((kind, name.to_owned(), schema));
    Truefoundry.resources().iter().for_each(|(name, it)| add("resource", name, it.schema()));
    Truefoundry.data_sources().iter().for_each(|(name, it)| add("data", name, it.schema()));
    Truefoundry.ephemeral_resources().iter().for_each(|(name, it)| add("ephemeral", name, it.schema()));
    Truefoundry.list_resources().iter().for_each(|(name, it)| add("list", name, it.schema()));
    Truefoundry.actions().iter().for_each(|(name, it)| add("action", name, it.schema()));
    all
}

/// A value of a type, with one element in each collection.
fn some(ty: &Type) -> Value {
    match ty {
        Type::String | Type::Dynamic => "x".into(),
        Type::Number => 1.into(),
        Type::Bool => true.into(),
        Type::List(of) => Value::list([some(of)]),
        Type::Set(of) => Value::set([some(of)]),
        Type::Map(of) => Value::object([("k", some(of))]),
        Type::Tuple(types) => Value::list(types.iter().map(some)),
        Type::Object(types) => Value::object(types.iter().map(|(name, ty)| (name.clone(), some(ty)))),
    }
}

/// An object of which everything is set that can be. Unions are overfull, which is another fault.
fn full(attributes: &Attributes) -> Value {
    Value::object(attributes.iter().map(|(name, attribute)| (name.clone(), filled(attribute))))
}

fn filled(attribute: &Attribute) -> Value {
    if attribute.presence() == Presence::Computed { Value::Null } else { set(attribute) }
}

fn set(attribute: &Attribute) -> Value {
    match attribute.shape() {
        Shape::Plain(ty) => some(ty),
        Shape::Nested(nesting, inner) => around(*nesting, full(inner)),
    }
}

fn around(nesting: Nesting, object: Value) -> Value {
    match nesting {
        Nesting::Single => object,
        Nesting::List => Value::list([object]),
        Nesting::Set => Value::set([object]),
        Nesting::Map => Value::object([("k", object)]),
    }
}

fn inside(nesting: Nesting, at: &Path) -> Path {
    match nesting {
        // Elements of a set have no path: the set stands for them.
        Nesting::Single | Nesting::Set => at.clone(),
        Nesting::List => at.index(0),
        Nesting::Map => at.key("k"),
    }
}

/// A configuration with one fault, and what is said of it.
struct Wrong {
    what: &'static str,
    said: String,
    at: Path,
    value: Value,
}

impl Wrong {
    fn new(what: &'static str, at: &Path, value: Value) -> Self {
        let rest = match what {
            "computed" => "cannot be set",
            "required" => "is required",
            "in a set" => "has a null element",
            _ => "is null",
        };
        Self { what, said: format!("`{at}` {rest}"), at: at.clone(), value }
    }

    fn within(self, wrap: impl Fn(Value) -> Value) -> Self {
        Self { value: wrap(self.value), ..self }
    }
}

/// Every fault of presence that an object can have.
fn faults(attributes: &Attributes, at: &Path) -> Vec<Wrong> {
    let sound = full(attributes);
    let mut all = Vec::new();
    for (name, attribute) in attributes {
        let at = at.attribute(name.as_str());
        let with = |value: Value| {
            let mut object = sound.clone();
            object.put(name.as_str(), value);
            object
        };
        all.extend(of_attribute(attribute, &at).into_iter().map(|wrong| wrong.within(with)));
    }
    all
}

fn of_attribute(attribute: &Attribute, at: &Path) -> Vec<Wrong> {
    let mut all = match attribute.presence() {
        // Nothing inside it can be configured either.
        Presence::Computed => return vec![Wrong::new("computed", at, set(attribute))],
        Presence::Required if attribute.limits().is_none() => vec![Wrong::new("required", at, Value::Null)],
        _ => Vec::new(),
    };
    match attribute.shape() {
        Shape::Plain(ty) => all.extend(of_elements(ty, at)),
        Shape::Nested(nesting, inner) => {
            if *nesting != Nesting::Single {
                let what = if *nesting == Nesting::Set { "in a set" } else { "element" };
                all.push(Wrong::new(what, &inside(*nesting, at), around(*nesting, Value::Null)));
            }
            let faults = faults(inner, &inside(*nesting, at));
            all.extend(faults.into_iter().map(|wrong| wrong.within(|object| around(*nesting, object))));
        }
    }
    all
}

/// A null element in each collection of a plain type.
fn of_elements(ty: &Type, at: &Path) -> Vec<Wrong> {
    let (of, nesting, what) = match ty {
        Type::List(of) => (of, Nesting::List, "element"),
        Type::Map(of) => (of, Nesting::Map, "element"),
        Type::Set(of) => (of, Nesting::Set, "in a set"),
        _ => return Vec::new(),
    };
    let mut all = vec![Wrong::new(what, &inside(nesting, at), around(nesting, Value::Null))];
    let deeper = of_elements(of, &inside(nesting, at));
    all.extend(deeper.into_iter().map(|wrong| wrong.within(|value| around(nesting, value))));
    all
}

/// What is said of presence, with the place.
fn told(schema: &Schema, config: &Value) -> Vec<(String, Option<Path>)> {
    let mut out = Diagnostics::new();
    schema.check_presence(config, &mut out);
    out.into_vec().into_iter().map(|told| (told.summary, told.path)).collect()
}

#[test]
fn every_attribute_of_everything_is_refused_when_it_is_wrong_and_passes_when_it_is_not() {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (kind, name, schema) in schemas() {
        assert_eq!(told(&schema, &full(schema.attributes())), [], "{kind} {name}");
        for wrong in faults(schema.attributes(), &Path::root()) {
            let expected = [(wrong.said.clone(), Some(wrong.at.clone()))];
            assert_eq!(told(&schema, &wrong.value), expected, "{kind} {name}");
            let mut out = Diagnostics::new();
            schema.validate_config(&wrong.value, &mut out);
            assert!(out.iter().any(|told| told.summary == wrong.said), "{kind} {name}: {}", wrong.said);
            *counts.entry((kind, wrong.what)).or_default() += 1;
        }
    }
    assert_eq!(counts[&("resource", "computed")], 284, "{counts:#?}");
    for (kind, what) in [
        ("resource", "required"),
        ("resource", "element"),
        ("resource", "in a set"),
        ("data", "computed"),
        ("data", "required"),
        ("ephemeral", "computed"),
        ("ephemeral", "required"),
        ("action", "required"),
    ] {
        assert!(counts.contains_key(&(kind, what)), "no {kind} has a fault `{what}`: {counts:#?}");
    }
}

/// Less than 0.2 s is promised of a release build. A debug build took 0.06 s on a busy machine.
#[test]
fn validating_every_type_takes_no_time() {
    let schemas = schemas();
    let resources: Vec<_> = schemas.iter().filter(|(kind, ..)| *kind == "resource").collect();
    assert_eq!(resources.len(), 110);
    let configs: Vec<_> = resources.iter().map(|(_, _, schema)| full(schema.attributes())).collect();
    let best = (0..5).map(|_| {
        let start = Instant::now();
        for ((_, _, schema), config) in resources.iter().zip(&configs) {
            let mut out = Diagnostics::new();
            schema.validate_config(config, &mut out);
        }
        start.elapsed()
    });
    let best = best.min().unwrap();
    let most = Duration::from_millis(if cfg!(debug_assertions) { 1_000 } else { 200 });
    assert!(best < most, "all types take {best:?}");
}
