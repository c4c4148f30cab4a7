//! What is set and must not be, and what is null and must not be.
//!
//! No core checks it: Terraform takes a value for an attribute that only the provider sets, null for a required one that
//! comes from a variable or stands in a nested object, and null as an element of a collection.

use crate::diag::{Diagnostic, Diagnostics};
use crate::schema::{Attribute, Attributes, Nesting, Presence, Schema, Shape};
use crate::value::{Collection, Path, Trail, Type, Value};

impl Schema {
    /// Refuses what the configuration sets and only the provider may, null for what is required, and null elements of lists,
    /// sets and maps ([`Attribute::allow_null_elements`]). What is unknown passes: it is looked at again when it is known.
    ///
    /// It is the first part of [`Schema::validate_config`], and is asked again before the configuration is used.
    pub fn check_presence(&self, config: &Value, out: &mut Diagnostics) {
        if config.is_set() {
            Walk { out }.attributes(&self.attributes, config, None, &Trail::Root);
        }
    }

    /// As [`Schema::check_presence`], of what the configuration does not have from the state: Terraform puts what
    /// `ignore_changes` names into it as the state has it, with what the provider has set.
    pub(crate) fn check_changed_presence(&self, config: &Value, prior: &Value, out: &mut Diagnostics) {
        if config.is_set() {
            let before = Some(prior).filter(|prior| prior.is_set());
            Walk { out }.attributes(&self.attributes, config, before, &Trail::Root);
        }
    }
}

/// What the state has in the place of a configured value; none where everything is the configuration's own.
type Before<'a> = Option<&'a Value>;

struct Walk<'o> {
    out: &'o mut Diagnostics,
}

impl Walk<'_> {
    fn attributes(&mut self, attributes: &Attributes, object: &Value, before: Before<'_>, at: &Trail<'_>) {
        for (name, attribute) in attributes {
            let (value, before) = (object.get(name), entry(before, name));
            if before == Some(value) {
                continue;
            }
            let at = at.attribute(name);
            match attribute.presence {
                Presence::Computed if value.is_set() => self.out.push(not_configurable(at.to_path())),
                Presence::Required if value.is_null() && attribute.block.is_none() => {
                    self.out.push(missing(at.to_path()));
                }
                _ if value.is_set() => self.inside(attribute, value, before, &at),
                _ => {}
            }
        }
    }

    fn inside(&mut self, attribute: &Attribute, value: &Value, before: Before<'_>, at: &Trail<'_>) {
        match &attribute.shape {
            Shape::Plain(ty) => self.elements(attribute, ty, value, at),
            Shape::Nested(nesting, inner) => self.objects(*nesting, inner, value, before, at),
        }
    }

    fn elements(&mut self, attribute: &Attribute, ty: &Type, value: &Value, at: &Trail<'_>) {
        if !attribute.null_elements {
            value.null_elements(ty, at, &mut |collection, around, at| {
                self.out.push(null_element(collection, &around.to_path(), at.to_path()));
            });
        }
    }

    fn objects(
        &mut self,
        nesting: Nesting,
        inner: &Attributes,
        value: &Value,
        before: Before<'_>,
        at: &Trail<'_>,
    ) {
        let elements = value.as_elements().unwrap_or_default();
        match nesting {
            Nesting::Single => self.attributes(inner, value, before, at),
            Nesting::List => {
                let before = before.and_then(Value::as_elements).unwrap_or_default();
                for (index, element) in elements.iter().enumerate() {
                    let places = (at, &at.index(index));
                    self.element(Collection::List, inner, element, before.get(index), places);
                }
            }
            // No element of a set can be told to be that of the state: all of them were validated.
            Nesting::Set if before.is_some_and(Value::is_set) => {}
            Nesting::Set => {
                for element in elements {
                    self.element(Collection::Set, inner, element, None, (at, at));
                }
            }
            Nesting::Map => {
                for (key, element) in value.as_object().into_iter().flatten() {
                    let places = (at, &at.key(key));
                    self.element(Collection::Map, inner, element, entry(before, key), places);
                }
            }
        }
    }

    /// An object of a collection; `places` are that of the collection and its own.
    fn element(
        &mut self,
        collection: Collection,
        inner: &Attributes,
        object: &Value,
        before: Before<'_>,
        places: (&Trail<'_>, &Trail<'_>),
    ) {
        let (around, at) = places;
        if before == Some(object) {
            return;
        }
        if object.is_null() {
            self.out.push(null_element(collection, &around.to_path(), at.to_path()));
        } else if object.is_set() {
            self.attributes(inner, object, before, at);
        }
    }
}

fn entry<'a>(before: Before<'a>, name: &str) -> Before<'a> {
    before?.as_object()?.get(name)
}

fn not_configurable(path: Path) -> Diagnostic {
    Diagnostic::error(format!("`{path}` cannot be set"))
        .detail("Only the provider gives it its value. Remove it from the configuration.")
        .at(path)
}

fn missing(path: Path) -> Diagnostic {
    Diagnostic::error(format!("`{path}` is required"))
        .detail("Its value is null. Give it one, or see why the variable or expression behind it gives none.")
        .at(path)
}

/// Of a null element in the collection `around`.
fn null_element(collection: Collection, around: &Path, path: Path) -> Diagnostic {
    let without = match collection {
        Collection::List | Collection::Set => "[for element in ... : element if element != null]",
        Collection::Map => "{ for key, value in ... : key => value if value != null }",
    };
    let summary = match collection {
        Collection::Set => format!("`{path}` has a null element"),
        Collection::List | Collection::Map => format!("`{path}` is null"),
    };
    Diagnostic::error(summary)
        .detail(format!(
            "No element of `{around}` can be null. Give it a value, or leave it out: `{without}`."
        ))
        .at(path)
}

#[cfg(test)]
mod tests;
