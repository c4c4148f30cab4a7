//! The schema rules that Terraform core enforces when it loads a provider, and some that it should.

use super::{Attribute, Attributes, Nesting, Presence, Schema, Shape, Union, numbers};
use crate::value::{Path, Type, Value};

/// A schema that Terraform would refuse; one such fault makes the whole provider unusable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("schema of `{owner}`: {}{problem}", if path.steps().is_empty() { String::new() } else { format!("`{path}` ") })]
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
        checker.attributes(&self.attributes, &Path::root(), Place { in_set: false, in_block: true });
        checker.unions(&self.unions, &self.attributes, &Path::root());
        checker.errors
    }
}

impl Schema {
    /// The attributes of the configuration called `owner` that are computed: of the provider's own block, of a listing
    /// or of an action, where there is no state that could hold what is computed.
    #[must_use]
    pub fn check_configuration(&self, owner: &str) -> Vec<SchemaError> {
        let computed = self.attributes.iter().filter(|(_, a)| a.presence == Presence::Computed);
        computed
            .map(|(name, _)| SchemaError {
                owner: owner.to_owned(),
                path: Path::of(name.as_str()),
                problem: "is computed, where nothing keeps what is computed",
            })
            .collect()
    }
}

struct Checker<'a> {
    owner: &'a str,
    managed: bool,
    errors: Vec<SchemaError>,
}

/// Where attributes stand.
#[derive(Clone, Copy)]
struct Place {
    in_set: bool,
    /// In a block or at the top, and not in a nested attribute.
    in_block: bool,
}

impl Checker<'_> {
    fn attributes(&mut self, attributes: &Attributes, path: &Path, place: Place) {
        for (name, attribute) in attributes {
            let at = path.attribute(name);
            self.attribute(name, attribute, &at, place);
            self.block(attribute, &at, place);
            self.report(&at, &numbers::rules(attribute));
            if let Shape::Nested(nesting, inner) = &attribute.shape {
                let in_set = place.in_set || *nesting == Nesting::Set;
                self.attributes(inner, &at, Place { in_set, in_block: attribute.block.is_some() });
                self.unions(&attribute.unions, inner, &at);
            }
        }
    }

    fn report(&mut self, path: &Path, rules: &[(bool, &'static str)]) {
        for (_, problem) in rules.iter().filter(|(holds, _)| !holds) {
            self.errors.push(SchemaError { owner: self.owner.to_owned(), path: path.clone(), problem });
        }
    }

    fn attribute(&mut self, name: &str, attribute: &Attribute, path: &Path, place: Place) {
        let in_set = place.in_set;
        let dynamic = is_dynamic(attribute);
        let fits = |default: &Value| default.is_null() || default.conforms(&attribute.ty());
        self.report(
            path,
            &[
                (is_name(name), "is not named with lower-case letters, digits and `_`"),
                (!(attribute.write_only && in_set), "is write-only inside a set"),
                (!attribute.write_only || self.managed, "is write-only outside a managed resource"),
                (!(attribute.write_only && attribute.is_computed()), "is write-only and computed"),
                (
                    !(attribute.presence == Presence::Required && attribute.default.is_some()),
                    "is required and has a default",
                ),
                (
                    !(in_set || matches!(&attribute.shape, Shape::Plain(Type::Set(_)))) || !dynamic,
                    "is dynamic inside a set",
                ),
                (attribute.default.as_ref().is_none_or(Value::is_wholly_known), "has an unknown default"),
                (attribute.default.as_ref().is_none_or(fits), "has a default of another type"),
            ],
        );
    }

    fn block(&mut self, attribute: &Attribute, path: &Path, place: Place) {
        let (Some(limits), Shape::Nested(nesting, inner)) = (attribute.block, &attribute.shape) else {
            let plain = attribute.block.is_none();
            return self.report(path, &[(plain, "has limits of a block and is not one")]);
        };
        let repeated = matches!(nesting, Nesting::List | Nesting::Set);
        let dynamic = inner.values().any(is_dynamic);
        self.report(
            path,
            &[
                (place.in_block, "is a block inside a nested attribute"),
                (attribute.presence == Presence::Optional, "is a block: its presence is told by its limits"),
                (
                    attribute.default.is_none() && !attribute.write_only && !attribute.sensitive,
                    "is a block, which has no default and is neither write-only nor sensitive",
                ),
                (*nesting != Nesting::Map, "is a block by key, which no configuration can write"),
                (limits.max == 0 || limits.min <= limits.max, "has a minimum above its maximum"),
                (repeated || (limits.min <= 1 && limits.max <= 1), "is a single block with limits above 1"),
                // Terraform would take a block of other types each time; a nested attribute does the same in the open.
                (!(repeated && dynamic), "is a repeated block with a dynamic attribute inside"),
            ],
        );
    }

    fn unions(&mut self, unions: &[Union], attributes: &Attributes, path: &Path) {
        for union in unions {
            self.report(path, &[(union.variants().count() > 1, "has a union of fewer than two variants")]);
            for name in union.variants() {
                let at = path.attribute(name);
                let Some(variant) = attributes.get(name) else {
                    self.report(&at, &[(false, "is a variant of a union and not an attribute")]);
                    continue;
                };
                let optional = matches!(variant.presence, Presence::Optional | Presence::OptionalComputed);
                let open = optional && variant.default.is_none();
                self.report(&at, &[(open, "is a variant of a union and not optional")]);
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
    fn faulty_blocks_unions_and_defaults_are_found() {
        let text = || [("x", Attribute::string())];
        let schema = Schema::new([
            ("a", Attribute::object([("inner", Attribute::block(Nesting::List, text()))])),
            ("b", Attribute::block(Nesting::List, text()).min_items(3).max_items(2)),
            ("c", Attribute::block(Nesting::Single, text()).max_items(2)),
            ("d", Attribute::number().default("three")),
            ("e", Attribute::block(Nesting::Set, [("y", Attribute::dynamic())])),
            ("f", Attribute::string().required()),
        ])
        .choose(Union::exactly_one(["f", "none"]));
        assert_eq!(
            problems(&schema, true),
            [
                "schema of `x`: `a.inner` is a block inside a nested attribute",
                "schema of `x`: `b` has a minimum above its maximum",
                "schema of `x`: `c` is a single block with limits above 1",
                "schema of `x`: `d` has a default of another type",
                "schema of `x`: `e` is a repeated block with a dynamic attribute inside",
                "schema of `x`: `e.y` is dynamic inside a set",
                "schema of `x`: `f` is a variant of a union and not optional",
                "schema of `x`: `none` is a variant of a union and not an attribute",
            ]
        );
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
        let action = Schema::new([("c", Attribute::string().computed())]);
        let found = action.check_configuration("x");
        let computed = "schema of `x`: `c` is computed, where nothing keeps what is computed";
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [computed]);
        let data = Schema::new([("w", Attribute::string().write_only())]);
        assert_eq!(problems(&data, false), ["schema of `x`: `w` is write-only outside a managed resource"]);
    }

    #[test]
    fn what_contradicts_itself_is_found() {
        let text = || [("x", Attribute::string())];
        let schema = Schema::new([
            ("a", Attribute::string().write_only().computed()),
            ("b", Attribute::string().default("x").required()),
            ("c", Attribute::list(Type::String).default(Value::list([Value::UNKNOWN]))),
            ("d", Attribute::block(Nesting::List, text()).required()),
            ("e", Attribute::block(Nesting::List, text()).sensitive()),
            ("f", Attribute::block(Nesting::Map, text())),
            ("g", Attribute::string().min_items(1)),
            ("h", Attribute::string()),
        ])
        .choose(Union::exactly_one(["h"]));
        let found = problems(&schema, true);
        for said in [
            "schema of `x`: `a` is write-only and computed",
            "schema of `x`: `b` is required and has a default",
            "schema of `x`: `c` has an unknown default",
            "schema of `x`: `d` is a block: its presence is told by its limits",
            "schema of `x`: `e` is a block, which has no default and is neither write-only nor sensitive",
            "schema of `x`: `f` is a block by key, which no configuration can write",
            "schema of `x`: `g` has limits of a block and is not one",
            "schema of `x`: has a union of fewer than two variants",
        ] {
            assert!(found.iter().any(|problem| problem == said), "{said}: {found:#?}");
        }
    }
}
