//! Facts and overlay as one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::facts::{Object, Shape, constants};
use crate::naming;
use crate::overlay::{self, Endpoint, Secret};

/// The facts, as `cargo xtask catalog` wrote them.
const FACTS: &str = include_str!("../data/manifests.json");

/// Every kind of manifest, and the objects that manifests are made of.
///
/// A provider is started several times for one plan and needs a few kinds of a hundred, so an object is only looked at
/// when it is asked for.
#[derive(Debug)]
pub struct Catalog {
    kinds: BTreeMap<&'static str, Kind>,
    objects: BTreeMap<&'static str, Lazy<Object>>,
    enums: BTreeMap<&'static str, Lazy<Vec<String>>>,
}

/// The facts, with everything in them still as text.
#[derive(Default, Deserialize)]
struct Unread {
    #[serde(borrow)]
    kinds: BTreeMap<&'static str, &'static str>,
    #[serde(borrow)]
    objects: BTreeMap<&'static str, &'static RawValue>,
    #[serde(borrow)]
    enums: BTreeMap<&'static str, &'static RawValue>,
}

/// A value that is read when it is first needed.
#[derive(Debug)]
struct Lazy<T> {
    text: &'static RawValue,
    read: OnceLock<T>,
}

impl<T: Deserialize<'static> + Default> Lazy<T> {
    fn new(text: &'static RawValue) -> Self {
        Self { text, read: OnceLock::new() }
    }

    /// A test reads the same bytes: they cannot be wrong in a build that passed.
    fn get(&self, complete: impl FnOnce(&mut T)) -> &T {
        self.read.get_or_init(|| {
            let mut read = serde_json::from_str(self.text.get()).unwrap_or_default();
            complete(&mut read);
            read
        })
    }
}

/// One kind of manifest.
#[derive(Clone, Debug)]
pub struct Kind {
    /// The `type` in its manifests, such as `provider-account/aws`.
    pub manifest_type: String,
    /// The object that describes its manifests.
    pub object: String,
    /// The Terraform type of its resource.
    pub resource: String,
    /// What messages call an object of it.
    pub title: String,
    /// The fields that together name an object; empty where there is one per tenant.
    pub key: &'static [&'static str],
    /// The fields whose change makes a new object, beside those of the key.
    pub fixed: &'static [&'static str],
    /// Where the control plane keeps its objects.
    pub endpoint: Endpoint,
}

/// One of the shapes that a union may have.
#[derive(Clone, Debug, PartialEq)]
pub struct Variant<'a> {
    /// What a user of Terraform calls it.
    pub name: String,
    /// The shape.
    pub shape: &'a Shape,
    /// The constant field that tells it from the others: field and text.
    pub tag: Option<(&'a str, &'a str)>,
}

impl Catalog {
    /// The catalog.
    pub fn get() -> &'static Self {
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        CATALOG.get_or_init(|| {
            let facts: Unread = serde_json::from_str(FACTS).unwrap_or_default();
            Self {
                kinds: facts.kinds.iter().map(|(t, object)| (*t, kind(t, object))).collect(),
                objects: facts.objects.into_iter().map(|(name, text)| (name, Lazy::new(text))).collect(),
                enums: facts.enums.into_iter().map(|(name, text)| (name, Lazy::new(text))).collect(),
            }
        })
    }

    /// All kinds, by manifest type.
    pub fn kinds(&self) -> impl Iterator<Item = &Kind> {
        self.kinds.values()
    }

    /// The kind with this manifest type.
    #[must_use]
    pub fn kind(&self, manifest_type: &str) -> Option<&Kind> {
        self.kinds.get(manifest_type)
    }

    /// The fields of the object with this name; none for a name that the catalog does not have.
    #[must_use]
    pub fn object(&self, name: &str) -> &Object {
        static NONE: Object = Object::new();
        self.objects.get(name).map_or(&NONE, |object| object.get(|read| self.complete(name, read)))
    }

    /// Adds to an object's fields what the overlay knows of them.
    fn complete(&self, name: &str, object: &mut Object) {
        let kind = self.kinds.values().find(|kind| kind.object == name);
        if let Some((name, field)) = kind.and_then(|kind| overlay::extra(&kind.manifest_type)) {
            object.entry(name.to_owned()).or_insert(field);
        }
        for (field_name, field) in object.iter_mut() {
            let constant = overlay::CONSTANTS.iter().find(|(o, f, _)| *o == name && f == field_name);
            if let Some((.., text)) = constant {
                field.is = Shape::Const((*text).to_owned());
            } else if overlay::is_text(field_name) {
                field.is = Shape::String;
            }
            overlay::count(field_name, field);
        }
    }

    /// The texts of the enumeration with this name.
    #[must_use]
    pub fn texts(&self, name: &str) -> &[String] {
        // `__SEVERITY_UNKNOWN__` and the like are the vendor's client's own, for texts that it does not know.
        let own = |texts: &mut Vec<String>| texts.retain(|text| !text.starts_with("__"));
        self.enums.get(name).map_or(&[], |texts| texts.get(own))
    }

    /// How a field of an object is kept secret, if it is.
    #[must_use]
    pub fn secret(&self, object: &str, field: &str) -> Option<Secret> {
        overlay::secret(object, field, &self.object(object).get(field)?.is)
    }

    /// Whether a field is an address or a command, of which everything is shown: no place for a password.
    #[must_use]
    pub fn is_open(&self, field: &str) -> bool {
        overlay::is_open(field)
    }

    /// Whether the order of a list in this field means nothing.
    #[must_use]
    pub fn is_set(&self, field: &str) -> bool {
        overlay::is_set(field)
    }

    /// Whether a list is one of named objects, of which no two may have the same name: integrations.
    #[must_use]
    pub fn is_by_name(&self, field: &str, element: &Shape) -> bool {
        let named = |shape: &Shape| match shape {
            Shape::Object(name) => self.object(name).get("name").is_some_and(|name| name.required),
            _ => false,
        };
        field == "integrations"
            && match element {
                Shape::Union(variants) => variants.iter().all(named),
                one => named(one),
            }
    }

    /// The variants of a union, in its order.
    #[must_use]
    pub fn variants<'a>(&'a self, shapes: &'a [Shape]) -> Vec<Variant<'a>> {
        let objects: Vec<&str> = shapes.iter().filter_map(object_name).collect();
        let tag = self.tag_field(&objects);
        let mut untagged = naming::untagged_variants(&self.without_tag(&objects, tag)).into_iter();
        let variants = shapes.iter().map(|shape| {
            let tag = object_name(shape).and_then(|name| Some((tag?, self.constant(name, tag?)?)));
            let name = match (shape, tag) {
                (Shape::Object(_), Some((_, text))) => naming::tagged_variant(text),
                (Shape::Object(name), None) => {
                    let rule = untagged.next().unwrap_or_default();
                    overlay::variant(name).map_or(rule, str::to_owned)
                }
                (plain, _) => {
                    let rule = plain_name(plain);
                    overlay::variant(rule).unwrap_or(rule).to_owned()
                }
            };
            Variant { name, shape, tag }
        });
        distinct(variants.collect())
    }

    /// The constant field that every one of these objects has, each with another text; a field that most have will do
    /// where the rest can be told by lacking it.
    fn tag_field(&self, objects: &[&str]) -> Option<&str> {
        objects.iter().find_map(|name| {
            let mut fields: Vec<_> = constants(self.object(name)).map(|(field, _)| field).collect();
            // `type` before any other.
            fields.sort_by_key(|field| *field != "type");
            fields.into_iter().find(|field| {
                let texts: Vec<_> = objects.iter().filter_map(|name| self.constant(name, field)).collect();
                texts.iter().collect::<BTreeSet<_>>().len() == texts.len() && texts.len() + 1 >= objects.len()
            })
        })
    }

    fn constant(&self, object: &str, field: &str) -> Option<&str> {
        constants(self.object(object)).find(|(name, _)| *name == field).map(|(_, text)| text)
    }

    fn without_tag<'a>(&self, objects: &[&'a str], tag: Option<&str>) -> Vec<&'a str> {
        let tagged = |name: &str| tag.is_some_and(|tag| self.constant(name, tag).is_some());
        objects.iter().copied().filter(|name| !tagged(name)).collect()
    }

    /// The variant that a manifest's value is.
    #[must_use]
    pub fn variant_of<'a, 'v>(
        &self,
        variants: &'v [Variant<'a>],
        value: &serde_json::Value,
    ) -> Option<&'v Variant<'a>> {
        let by_tag = variants.iter().find(|variant| {
            variant.tag.is_some_and(|(field, text)| value.get(field).and_then(|v| v.as_str()) == Some(text))
        });
        by_tag.or_else(|| {
            variants.iter().find(|variant| variant.tag.is_none() && self.fits(variant.shape, value))
        })
    }

    /// Whether a value has this shape: its JSON type, and for an object its fields and theirs.
    fn fits(&self, shape: &Shape, value: &serde_json::Value) -> bool {
        match shape {
            Shape::String | Shape::Enum(_) => value.is_string(),
            Shape::Const(text) => value.as_str() == Some(text),
            Shape::Integer | Shape::Number => value.is_number(),
            Shape::Boolean => value.is_boolean(),
            Shape::Any => true,
            Shape::List(inner) => {
                value.as_array().is_some_and(|all| all.iter().all(|each| self.fits(inner, each)))
            }
            Shape::Map(inner) => {
                value.as_object().is_some_and(|all| all.values().all(|each| self.fits(inner, each)))
            }
            Shape::Union(variants) => variants.iter().any(|variant| self.fits(variant, value)),
            Shape::Object(name) => value.as_object().is_some_and(|given| {
                let object = self.object(name);
                let complete = object.iter().all(|(name, field)| !field.required || given.contains_key(name));
                let known = |(name, value): (&String, &serde_json::Value)| {
                    object.get(name).is_some_and(|field| value.is_null() || self.fits(&field.is, value))
                };
                complete && given.iter().all(known)
            }),
        }
    }

    /// The objects that a shape is made of, itself included, with the fields in them: for walks over the catalog.
    pub fn reachable<'a>(&'a self, object: &'a str) -> BTreeMap<&'a str, &'a Object> {
        let mut seen = BTreeMap::new();
        let mut waiting = vec![object];
        while let Some(name) = waiting.pop() {
            let object = self.object(name);
            if seen.insert(name, object).is_none() {
                object.values().for_each(|field| mentioned(&field.is, &mut waiting));
            }
        }
        seen
    }
}

impl Kind {
    /// Whether an object cannot do without this field though the published schema leaves it open, as it does for
    /// applications that are part of another.
    #[must_use]
    pub fn demands(&self, field: &str) -> bool {
        self.key.contains(&field)
    }

    /// Whether a change of this field makes a new object.
    #[must_use]
    pub fn is_fixed(&self, field: &str) -> bool {
        self.key.contains(&field) || self.fixed.contains(&field)
    }
}

fn kind(manifest_type: &str, object: &str) -> Kind {
    Kind {
        manifest_type: manifest_type.to_owned(),
        object: object.to_owned(),
        resource: naming::resource(manifest_type),
        title: naming::title(manifest_type),
        key: overlay::key(manifest_type),
        fixed: overlay::fixed(manifest_type),
        endpoint: overlay::endpoint(manifest_type),
    }
}

fn object_name(shape: &Shape) -> Option<&str> {
    match shape {
        Shape::Object(name) => Some(name),
        _ => None,
    }
}

fn mentioned<'a>(shape: &'a Shape, out: &mut Vec<&'a str>) {
    match shape {
        Shape::Object(name) => out.push(name),
        Shape::List(inner) | Shape::Map(inner) => mentioned(inner, out),
        Shape::Union(variants) => variants.iter().for_each(|variant| mentioned(variant, out)),
        _ => (),
    }
}

fn plain_name(shape: &Shape) -> &'static str {
    match shape {
        Shape::String | Shape::Const(_) | Shape::Enum(_) => "text",
        Shape::Integer | Shape::Number => "number",
        Shape::Boolean => "flag",
        Shape::List(_) => "list",
        Shape::Any | Shape::Map(_) | Shape::Object(_) | Shape::Union(_) => "json",
    }
}

/// Two variants with the last part of their tags alike get the part before it as well.
fn distinct(mut variants: Vec<Variant<'_>>) -> Vec<Variant<'_>> {
    let names: Vec<String> = variants.iter().map(|variant| variant.name.clone()).collect();
    for variant in &mut variants {
        let alike = names.iter().filter(|name| **name == variant.name).count();
        if let (Some((_, text)), true) = (variant.tag, alike > 1) {
            let parts: Vec<&str> = text.rsplitn(3, '/').take(2).collect();
            variant.name = naming::snake(&parts.into_iter().rev().collect::<Vec<_>>().join("_"));
        }
    }
    variants
}
