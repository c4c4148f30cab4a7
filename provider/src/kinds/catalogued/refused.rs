//! What is wrong is refused while planning: every value that something is demanded of is spoiled, and every union is
//! left empty and filled twice, one at a time.

use std::collections::BTreeSet;

use tfplugin::Diagnostics;
use tfplugin::schema::{Attribute, Attributes, Nesting, Schema, Shape, Union};
use tfplugin::value::{Path, Type, Value};
use truefoundry_catalog::sample::Sampler;

use super::*;

/// A configuration with one fault.
struct Wrong {
    at: Path,
    /// What the message has to say.
    says: Vec<String>,
    /// Values with the fault, of which one at least must be refused: a demand may be met by some nonsense.
    values: Vec<Value>,
}

impl Wrong {
    /// The fault inside something larger.
    fn within(self, wrap: impl Fn(Value) -> Value) -> Self {
        Self { values: self.values.into_iter().map(wrap).collect(), ..self }
    }

    fn is_told(&self, schema: &Schema) -> bool {
        self.values.iter().any(|value| {
            let mut problems = Diagnostics::default();
            schema.validate_config(value, &mut problems);
            problems.iter().any(|problem| {
                let steps = problem.path.as_ref().map_or(&[][..], Path::steps);
                steps.starts_with(self.at.steps())
                    && self.says.iter().all(|words| problem.to_string().contains(words.as_str()))
            })
        })
    }
}

fn nonsense(ty: &Type) -> Vec<Value> {
    match ty {
        Type::String => {
            let long = "x".repeat(100_000);
            ["", " no such thing!", "{", "🦀", "https://me:hunter2@host", &long].map(Value::from).to_vec()
        }
        Type::Number => ["-1000000000000", "1000000000000", "0.5"]
            .iter()
            .filter_map(|number| Value::from_json(number.as_bytes(), ty).ok())
            .collect(),
        Type::List(element) => nonsense(element).into_iter().map(|value| Value::List(vec![value])).collect(),
        Type::Set(element) => nonsense(element).into_iter().map(|value| Value::Set(vec![value])).collect(),
        Type::Map(element) => {
            nonsense(element).into_iter().map(|value| Value::object([("k", value)])).collect()
        }
        _ => Vec::new(),
    }
}

fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut object = object.clone();
    object.put(name, value);
    object
}

/// Every fault that the attributes of an object can have.
fn faults(attributes: &Attributes, unions: &[Union], object: &Value, at: &Path) -> Vec<Wrong> {
    let mut all: Vec<_> = unions.iter().flat_map(|union| of_union(union, attributes, object, at)).collect();
    for (name, attribute) in attributes {
        let value = object.get(name);
        if value.is_set() {
            let inner = of_attribute(attribute, value, &at.attribute(name));
            all.extend(inner.into_iter().map(|wrong| wrong.within(|value| with(object, name, value))));
        }
    }
    all
}

fn of_attribute(attribute: &Attribute, value: &Value, at: &Path) -> Vec<Wrong> {
    let inner = |attributes, value, at: &Path| faults(attributes, attribute.unions(), value, at);
    match (attribute.shape(), value) {
        (Shape::Plain(ty), _) => {
            // Of a collection, the message names what the element must be.
            let each = "of elements that are each ";
            let says: Vec<_> = attribute
                .demands()
                .map(|demand| demand.strip_prefix(each).map_or(demand.clone(), str::to_owned))
                .collect();
            let one = |demand| Wrong { at: at.clone(), says: vec![demand], values: nonsense(ty) };
            says.into_iter().map(one).collect()
        }
        (Shape::Nested(Nesting::Single, attributes), value) => inner(attributes, value, at),
        (Shape::Nested(Nesting::Map, attributes), Value::Map(entries)) => {
            let Some((key, entry)) = entries.iter().next() else { return Vec::new() };
            let wrap = |entry: Value| with(value, key, entry);
            inner(attributes, entry, &at.key(key)).into_iter().map(|wrong| wrong.within(wrap)).collect()
        }
        (Shape::Nested(Nesting::List, attributes), Value::List(elements)) => {
            let Some(first) = elements.first() else { return Vec::new() };
            let wrap = |element| Value::List(vec![element]);
            inner(attributes, first, &at.index(0)).into_iter().map(|wrong| wrong.within(wrap)).collect()
        }
        _ => Vec::new(),
    }
}

/// A union with nothing chosen, and with two things.
fn of_union(union: &Union, attributes: &Attributes, object: &Value, at: &Path) -> Vec<Wrong> {
    let Some(chosen) = union.chosen(object) else { return Vec::new() };
    let says: Vec<_> = union.variants().take(2).map(|name| format!("`{name}`")).collect();
    let mut all = Vec::new();
    if union.is_required() {
        let values = vec![with(object, chosen, Value::Null)];
        all.push(Wrong { at: at.clone(), says, values });
    }
    if let Some(other) = union.variants().find(|name| *name != chosen) {
        let value = attributes.get(other).map(some_value).unwrap_or_default();
        let says = vec![format!("`{chosen}`"), format!("`{other}`")];
        all.push(Wrong { at: at.clone(), says, values: vec![with(object, other, value)] });
    }
    all
}

/// Any value but null.
fn some_value(attribute: &Attribute) -> Value {
    match attribute.shape() {
        Shape::Plain(Type::String) => "x".into(),
        Shape::Plain(Type::Map(_)) => Value::object([("k", "x".into())]),
        Shape::Plain(Type::List(_)) | Shape::Nested(Nesting::List, _) => Value::List(Vec::new()),
        Shape::Plain(Type::Set(_)) | Shape::Nested(Nesting::Set, _) => Value::Set(Vec::new()),
        Shape::Plain(Type::Number) => 1.into(),
        Shape::Plain(Type::Bool) => true.into(),
        Shape::Plain(_) | Shape::Nested(Nesting::Map, _) => Value::Map(Object::new()),
        Shape::Nested(Nesting::Single, attributes) => {
            Value::object(attributes.keys().map(|name| (name.clone(), Value::Null)))
        }
    }
}

#[test]
fn every_demand_and_every_union_is_checked_while_planning() {
    let mut count = 0;
    for kind in entries().map(Catalogued) {
        let schema = kind.schema();
        let mut seen = BTreeSet::new();
        for sample in Sampler::all(kind.0) {
            let json = kind.attributes(&sample).to_string();
            let value = Value::from_json(json.as_bytes(), &schema.ty()).unwrap();
            for wrong in faults(schema.attributes(), schema.unions(), &value, &Path::root()) {
                if seen.insert((wrong.at.to_string(), wrong.says.clone())) {
                    let (at, says) = (&wrong.at, &wrong.says);
                    assert!(wrong.is_told(&schema), "{}: `{at}` must say {says:?}", kind.0.resource);
                    count += 1;
                }
            }
        }
    }
    assert!(count > 1700, "only {count} faults");
}
