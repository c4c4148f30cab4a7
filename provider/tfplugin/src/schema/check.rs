//! The schema rules that Terraform core enforces when it loads a provider, and some that it should.

use super::{Attribute, Attributes, Nesting, Presence, Schema, Shape};
use crate::value::{Path, Type};

/// A schema that Terraform would refuse; one such fault makes the whole provider unusable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("schema of `{owner}`: `{path}` {problem}")]
pub struct SchemaError {
    /// The resource, data source or other object whose schema it is.
    pub owner: String,
    /// The attribute at fault.
    pub path: Path,
    /// What is wrong with it.
    pub problem: &'static str,
}

impl Schema {
    /// Checks the schema of the object called `owner`; `managed` says whether write-only attributes are allowed,
    /// which only managed resources have.
    ///
    /// # Errors
    /// The faults found, empty when there are none.
    #[must_use]
    pub fn check(&self, owner: &str, managed: bool) -> Vec<SchemaError> {
        let mut checker = Checker { owner, managed, errors: Vec::new() };
        checker.attributes(&self.attributes, &Path::root(), false);
        checker.errors
    }
}

struct Checker<'a> {
    owner: &'a str,
    managed: bool,
    errors: Vec<SchemaError>,
}

impl Checker<'_> {
    fn attributes(&mut self, attributes: &Attributes, path: &Path, in_set: bool) {
        for (name, attribute) in attributes {
            let at = path.attribute(name);
            self.attribute(name, attribute, &at, in_set);
            if let Shape::Nested(nesting, inner) = &attribute.shape {
                self.attributes(inner, &at, in_set || *nesting == Nesting::Set);
            }
        }
    }

    fn attribute(&mut self, name: &str, attribute: &Attribute, path: &Path, in_set: bool) {
        let rules: [(bool, &'static str); 7] = [
            (is_name(name), "is not named with lower-case letters, digits and `_`"),
            (!(attribute.write_only && in_set), "is write-only inside a set"),
            (!attribute.write_only || self.managed, "is write-only outside a managed resource"),
            (!(attribute.write_only && attribute.is_computed()), "is write-only and computed"),
            (
                !(attribute.presence == Presence::Required && attribute.default.is_some()),
                "is required and has a default",
            ),
            (
                !(in_set || matches!(&attribute.shape, Shape::Plain(Type::Set(_)))) || !is_dynamic(attribute),
                "is dynamic inside a set",
            ),
            (
                attribute.default.as_ref().is_none_or(crate::value::Value::is_wholly_known),
                "has an unknown default",
            ),
        ];
        for (holds, problem) in rules {
            if !holds {
                self.errors.push(SchemaError { owner: self.owner.to_owned(), path: path.clone(), problem });
            }
        }
    }
}

fn is_name(name: &str) -> bool {
    let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && name.bytes().all(valid) && !name.as_bytes()[0].is_ascii_digit()
}

fn is_dynamic(attribute: &Attribute) -> bool {
    fn holds(ty: &Type) -> bool {
        match ty {
            Type::Dynamic => true,
            Type::List(of) | Type::Set(of) | Type::Map(of) => holds(of),
            Type::Tuple(types) => types.iter().any(holds),
            Type::Object(types) => types.values().any(holds),
            _ => false,
        }
    }
    matches!(&attribute.shape, Shape::Plain(ty) if holds(ty))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(schema: &Schema, managed: bool) -> Vec<String> {
        schema.check("x", managed).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_sound_schema_has_no_faults() {
        let schema = Schema::new([
            ("a", Attribute::string().required()),
            ("b_wo", Attribute::string().sensitive().write_only()),
            ("c", Attribute::set_of([("d", Attribute::number().computed())])),
        ]);
        assert_eq!(problems(&schema, true), Vec::<String>::new());
    }

    #[test]
    fn faults_are_found_with_their_path() {
        let schema = Schema::new([
            ("Bad", Attribute::string()),
            ("s", Attribute::set_of([("w", Attribute::string().write_only()), ("d", Attribute::dynamic())])),
        ]);
        assert_eq!(
            problems(&schema, true),
            [
                "schema of `x`: `Bad` is not named with lower-case letters, digits and `_`",
                "schema of `x`: `s.d` is dynamic inside a set",
                "schema of `x`: `s.w` is write-only inside a set",
            ]
        );
        let data = Schema::new([("w", Attribute::string().write_only())]);
        assert_eq!(problems(&data, false), ["schema of `x`: `w` is write-only outside a managed resource"]);
    }
}
