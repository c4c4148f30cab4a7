//! Schemas from the catalog.

use tfplugin::schema::validators::{Validator, also_requires};
use tfplugin::schema::{Attribute, Nesting, Schema, Union};
use tfplugin::value::Type;
use truefoundry_catalog::facts::{Field, Limits, Shape};
use truefoundry_catalog::{Catalog, Endpoint, Kind, Secret, naming};

use super::guards::guarded;
use super::single::Single;
use crate::kinds::credentials::NoCredentials;
use crate::kinds::shared;
use crate::kinds::with_timeouts;

/// The schema of a kind's resource.
pub(super) fn of(kind: &'static Kind) -> Schema {
    let mut object = Members::default();
    object.add_fields(&kind.object, Some(kind), None);
    let computed = computed(kind).into_iter().map(|(name, attribute)| (name.to_owned(), attribute));
    object.attributes.extend(computed);
    let schema = Schema::new(object.attributes).describe(Catalog::get().describe_kind(kind));
    let schema = object.unions.into_iter().fold(schema, Schema::choose);
    let schema = object.versions.into_iter().fold(schema, |schema, twin| schema.validate(versioned(twin)));
    let schema = guarded(&kind.manifest_type, schema);
    if kind.endpoint == Endpoint::Application { with_timeouts(schema) } else { schema }
}

/// The attributes that the control plane sets.
pub(super) fn computed(kind: &Kind) -> Vec<(&'static str, Attribute)> {
    let mut computed = vec![("id", shared::id()), ("fqn", fqn())];
    if kind.manifest_type.starts_with("provider-account/") {
        computed.push(("integration_fqns", integration_fqns()));
    }
    computed
}

fn fqn() -> Attribute {
    Attribute::string()
        .computed()
        .use_state_for_unknown()
        .describe("Fully qualified name; null where there is none.")
}

fn integration_fqns() -> Attribute {
    Attribute::map(Type::String).computed().describe("FQN of each integration, by name.")
}

/// What stands in an object: its attributes, and what must hold between them.
#[derive(Default)]
struct Members {
    attributes: Vec<(String, Attribute)>,
    unions: Vec<Union>,
    /// The write-only attributes that have a version beside them.
    versions: Vec<String>,
}

/// A write-only value without its version would be sent once and never again.
fn versioned(twin: String) -> impl Validator {
    let version = format!("{twin}_version");
    also_requires(twin, [version])
}

impl Members {
    /// The fields of an object; `kind` at the top of a resource, `without` a field that is told otherwise.
    fn add_fields(&mut self, object: &'static str, kind: Option<&Kind>, without: Option<&str>) {
        for (field, facts) in Catalog::get().object(object) {
            if !matches!(facts.is, Shape::Const(_)) && without != Some(field) {
                self.add_field(object, field, facts, kind);
            }
        }
    }

    fn add_field(
        &mut self,
        object: &'static str,
        field: &'static str,
        facts: &'static Field,
        kind: Option<&Kind>,
    ) {
        let catalog = Catalog::get();
        let name = naming::attribute(field, kind.is_some());
        let mut attribute = attribute(field, facts).describe(description(object, field, facts));
        if catalog.is_open(field) && catalog.secret(object, field).is_none() {
            attribute = attribute.validate(NoCredentials);
        }
        if kind.is_some_and(|kind| kind.is_fixed(field)) {
            attribute = attribute.requires_replace();
        }
        match catalog.secret(object, field) {
            None if facts.required || kind.is_some_and(|kind| kind.demands(field)) => {
                attribute = attribute.required();
            }
            None => (),
            Some(secret) => {
                self.add_twin(&name, &attribute, secret, facts.required);
                if secret != Secret::Mixed {
                    attribute = attribute.sensitive();
                }
            }
        }
        self.attributes.push((name, attribute));
    }

    /// The write-only twin of a secret, and the number that tells when it has changed.
    fn add_twin(&mut self, name: &str, attribute: &Attribute, secret: Secret, required: bool) {
        let (twin, version) = (format!("{name}_wo"), format!("{name}_wo_version"));
        let what = if secret == Secret::Text { "As" } else { "Added to" };
        let write_only = attribute.clone().sensitive().write_only().describe(format!(
            "{what} `{name}`, but in neither plan nor state. Raise `{version}` when it changes."
        ));
        self.attributes.push((twin.clone(), write_only));
        self.attributes
            .push((version, Attribute::int64().describe(format!("Raise it when `{twin}` changes."))));
        self.versions.push(twin.clone());
        if secret == Secret::Text {
            let either = [name.to_owned(), twin];
            self.unions.push(if required { Union::exactly_one(either) } else { Union::at_most_one(either) });
        }
    }

    /// One attribute for each variant of a union; `limits` are those of its numbers.
    fn add_variants(&mut self, shapes: &'static [Shape], limits: Option<&'static Limits>) {
        let variants = Catalog::get().variants(shapes);
        let names: Vec<_> = variants.iter().map(|variant| variant.name.clone()).collect();
        for variant in variants {
            let about = Catalog::get().describe_variant(&variant);
            let limits = limits.filter(|_| matches!(variant.shape, Shape::Integer | Shape::Number));
            self.attributes.push((variant.name, of_shape("", variant.shape, limits).describe(about)));
        }
        self.unions.push(Union::exactly_one(names));
    }

    fn nested(self, nesting: Nesting) -> Attribute {
        let nested = Attribute::nested(nesting, self.attributes);
        let nested = self.unions.into_iter().fold(nested, Attribute::choose);
        self.versions.into_iter().fold(nested, |nested, twin| nested.validate(versioned(twin)))
    }
}

fn attribute(field: &'static str, facts: &'static Field) -> Attribute {
    of_shape(field, &facts.is, facts.limits.as_ref())
}

fn of_shape(field: &str, shape: &'static Shape, limits: Option<&'static Limits>) -> Attribute {
    match shape {
        Shape::List(element) => list(field, element, limits),
        Shape::Map(value) if !shape.is_json() => map(value, limits),
        Shape::Object(_) | Shape::Union(_) => members(shape, None, limits).nested(Nesting::Single),
        plain => Single::of(plain, limits).alone(),
    }
}

/// The attributes of an object or of a union's variants, whose numbers have `limits`.
fn members(shape: &'static Shape, without: Option<&str>, limits: Option<&'static Limits>) -> Members {
    let mut members = Members::default();
    match shape {
        Shape::Object(name) => members.add_fields(name, None, without),
        Shape::Union(shapes) => members.add_variants(shapes, limits),
        _ => (),
    }
    members
}

fn list(field: &str, element: &'static Shape, limits: Option<&'static Limits>) -> Attribute {
    let catalog = Catalog::get();
    let is_set = catalog.is_set(field);
    match element {
        Shape::Object(_) | Shape::Union(_) if catalog.is_by_name(field, element) => {
            // The key of the map is the name.
            members_by_name(element).nested(Nesting::Map)
        }
        Shape::Object(_) | Shape::Union(_) => {
            members(element, None, limits).nested(if is_set { Nesting::Set } else { Nesting::List })
        }
        plain => {
            let many = if is_set { Attribute::set } else { Attribute::list };
            Single::of(plain, limits).each_of(many)
        }
    }
}

fn members_by_name(element: &'static Shape) -> Members {
    let Shape::Union(shapes) = element else { return members(element, Some("name"), None) };
    let mut members = Members::default();
    let variants = Catalog::get().variants(shapes);
    members.unions.push(Union::exactly_one(variants.iter().map(|variant| variant.name.clone())));
    for variant in variants {
        let about = Catalog::get().describe_variant(&variant);
        let inner = self::members(variant.shape, Some("name"), None).nested(Nesting::Single);
        members.attributes.push((variant.name, inner.describe(about)));
    }
    members
}

fn map(value: &'static Shape, limits: Option<&'static Limits>) -> Attribute {
    match value {
        Shape::Object(_) | Shape::Union(_) => members(value, None, limits).nested(Nesting::Map),
        plain => Single::of(plain, limits).each_of(Attribute::map),
    }
}

fn description(object: &str, field: &str, facts: &Field) -> String {
    let catalog = Catalog::get();
    let mut text = catalog.describe_field(object, field);
    let shape = match &facts.is {
        Shape::List(element) => element,
        other => other,
    };
    match shape {
        Shape::Enum(name) if catalog.texts(name).len() <= 12 => {
            let texts: Vec<_> = catalog.texts(name).iter().map(|text| format!("`{text}`")).collect();
            text.push_str(&format!(" One of {}.", texts.join(", ")));
        }
        Shape::Any => text.push_str(" JSON: use `jsonencode`."),
        Shape::Map(value) if **value == Shape::Any => text.push_str(" JSON: use `jsonencode`."),
        Shape::Union(_) => text.push_str(" Exactly one of the choices."),
        _ => (),
    }
    text
}
