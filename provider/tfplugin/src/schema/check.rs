//! The schema rules that Terraform core enforces when it loads a provider, and some that it should.

use std::borrow::Cow;
use std::sync::Arc;

use super::defaults::refused_default;
use super::reserved::Owner;
use super::{Attribute, Attributes, Nesting, Presence, Schema, Shape, Union, Validator, numbers};
use crate::value::{Path, Type};

/// A schema that Terraform would refuse; one such fault makes the whole provider unusable.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("schema of `{owner}`: {}{problem}", if path.steps().is_empty() { String::new() } else { format!("`{path}` ") })]
pub struct SchemaError {
    /// The resource, data source or other object whose schema it is.
    pub owner: String,
    /// The attribute at fault.
    pub path: Path,
    /// What is wrong with it.
    pub problem: Cow<'static, str>,
}

impl Schema {
    /// Checks the schema of the object called `owner`; `managed` says whether write-only attributes are allowed,
    /// which only managed resources have.
    ///
    /// # Errors
    /// The faults found, empty when there are none.
    #[must_use]
    pub fn check(&self, owner: &str, managed: bool) -> Vec<SchemaError> {
        self.check_as(owner, if managed { Owner::Resource } else { Owner::DataSource })
    }

    /// Checks the schema of the object called `owner`, which is of this kind: that decides which names Terraform keeps for
    /// itself, and whether write-only attributes are allowed.
    ///
    /// # Errors
    /// The faults found, empty when there are none.
    #[must_use]
    pub fn check_as(&self, owner: &str, kind: Owner) -> Vec<SchemaError> {
        let root = Path::root();
        let mut checker = Checker { owner, kind, errors: Vec::new() };
        checker.names(&self.attributes);
        checker.attributes(&self.attributes, &root, Place { in_block: true, ..Place::default() });
        checker.unions(&self.unions, &self.attributes, &root);
        checker.idle(&self.validators, &self.ty(), &root);
        checker.named(&self.validators, &self.attributes, &root);
        checker.errors
    }
}

impl Schema {
    /// The attributes of the configuration called `owner` that are computed: of the provider's own block, of a listing
    /// or of an action, where there is no state that could hold what is computed.
    #[must_use]
    pub fn check_configuration(&self, owner: &str) -> Vec<SchemaError> {
        let computed = self.attributes.iter().filter(|(_, attribute)| attribute.is_computed());
        computed
            .map(|(name, attribute)| SchemaError {
                owner: owner.to_owned(),
                path: Path::of(name.as_str()),
                problem: match attribute.default {
                    Some(_) => "has a default, where nothing fills it in".into(),
                    None => "is computed, where nothing keeps what is computed".into(),
                },
            })
            .collect()
    }
}

struct Checker<'a> {
    owner: &'a str,
    kind: Owner,
    errors: Vec<SchemaError>,
}

/// Where attributes stand.
#[derive(Clone, Copy, Default)]
struct Place {
    in_set: bool,
    /// In a block or at the top, and not in a nested attribute.
    in_block: bool,
    /// In a write-only attribute.
    in_write_only: bool,
    /// In an attribute that only the provider sets.
    in_computed: bool,
}

impl Checker<'_> {
    fn attributes(&mut self, attributes: &Attributes, path: &Path, place: Place) {
        for (name, attribute) in attributes {
            let at = path.attribute(name);
            self.attribute(name, attribute, &at, place);
            self.presence(attribute, &at, place);
            self.default(name, attribute, &at);
            self.checks(attribute, &at, place);
            self.block(attribute, &at, place);
            self.numbers(attribute, &at);
            if let Shape::Nested(nesting, inner) = &attribute.shape {
                let inside = Place {
                    in_set: place.in_set || *nesting == Nesting::Set,
                    in_block: attribute.block.is_some(),
                    in_write_only: place.in_write_only || attribute.write_only,
                    in_computed: place.in_computed || attribute.presence == Presence::Computed,
                };
                self.attributes(inner, &at, inside);
                self.unions(&attribute.unions, inner, &at);
            }
        }
    }

    /// The names at the top, of which Terraform has some itself.
    fn names(&mut self, attributes: &Attributes) {
        let kind = self.kind;
        for name in attributes.keys().filter(|name| kind.reserves(name)) {
            self.push(&Path::of(name.as_str()), "has a name that Terraform keeps for itself");
        }
    }

    fn push(&mut self, path: &Path, problem: impl Into<Cow<'static, str>>) {
        let problem = problem.into();
        self.errors.push(SchemaError { owner: self.owner.to_owned(), path: path.clone(), problem });
    }

    fn numbers(&mut self, attribute: &Attribute, path: &Path) {
        let Some(numbers) = attribute.numbers else { return };
        let ty = match &attribute.shape {
            Shape::Plain(ty) => Some(ty),
            Shape::Nested(..) => None,
        };
        self.report(path, &numbers::rules(numbers, ty, attribute.default.as_ref()));
    }

    fn report(&mut self, path: &Path, rules: &[(bool, &'static str)]) {
        for (_, problem) in rules.iter().filter(|(holds, _)| !holds) {
            self.push(path, *problem);
        }
    }

    fn attribute(&mut self, name: &str, attribute: &Attribute, path: &Path, place: Place) {
        let dynamic = is_dynamic(attribute);
        let in_set = place.in_set || matches!(&attribute.shape, Shape::Plain(Type::Set(_)));
        let (nested, holds_elements) = match &attribute.shape {
            Shape::Nested(..) => (true, false),
            Shape::Plain(ty) => (false, ty.has_elements()),
        };
        self.report(
            path,
            &[
                (is_name(name), "is not named with lower-case letters, digits and `_`"),
                (!(attribute.write_only && place.in_set), "is write-only inside a set"),
                (
                    !attribute.write_only || self.kind.has_write_only(),
                    "is write-only outside a managed resource",
                ),
                (!(in_set && dynamic), "is dynamic inside a set"),
                (
                    !(attribute.null_elements && nested),
                    "allows null elements of nested objects, which Terraform cannot plan",
                ),
                (
                    !attribute.null_elements || nested || holds_elements,
                    "allows null elements and has no elements",
                ),
            ],
        );
    }

    /// Who sets it: one of the two at a time, and somebody who can.
    fn presence(&mut self, attribute: &Attribute, path: &Path, place: Place) {
        let required = attribute.presence == Presence::Required;
        let has_default = attribute.default.is_some();
        self.report(
            path,
            &[
                (!attribute.contradicts, "is said to be both required and computed"),
                (
                    !(attribute.write_only && attribute.is_computed() && !has_default),
                    "is write-only and computed",
                ),
                (
                    !(place.in_write_only && attribute.is_computed() && !has_default),
                    "is computed inside a write-only attribute, of which nothing is kept",
                ),
                (
                    !(place.in_computed && required),
                    "is required inside an attribute that only the provider sets",
                ),
            ],
        );
    }

    fn default(&mut self, name: &str, attribute: &Attribute, path: &Path) {
        let Some(default) = &attribute.default else { return };
        let fits = default.is_null() || default.conforms(&attribute.ty());
        let errors = self.errors.len();
        self.report(
            path,
            &[
                (attribute.presence != Presence::Required, "is required and has a default"),
                (attribute.presence != Presence::Computed, "is set by the provider alone and has a default"),
                (!attribute.write_only, "is write-only and has a default"),
                (
                    !attribute.sensitive || default.is_null(),
                    "is sensitive and has a default, which is no secret",
                ),
                (default.is_wholly_known(), "has an unknown default"),
                (fits, "has a default of another type"),
            ],
        );
        if errors == self.errors.len()
            && let Some(problem) = refused_default(name, attribute, default)
        {
            self.push(path, format!("has a default that its own checks refuse: {problem}"));
        }
    }

    /// Whether what it is checked by can find anything.
    fn checks(&mut self, attribute: &Attribute, path: &Path, place: Place) {
        let Attribute { validators, whole, unions, .. } = attribute;
        let never = place.in_computed || attribute.presence == Presence::Computed;
        let any = !(validators.is_empty() && whole.is_empty() && unions.is_empty());
        let plain = matches!(attribute.shape, Shape::Plain(_));
        self.report(
            path,
            &[
                (!(never && any), "is set by the provider alone, so that its checks never run"),
                (
                    !(place.in_computed && attribute.default.is_some()),
                    "has a default that is never looked at",
                ),
                (!plain || whole.is_empty(), "is no nested attribute and has a check of one as a whole"),
                (!plain || unions.is_empty(), "is no nested attribute and has a union"),
            ],
        );
        match &attribute.shape {
            Shape::Plain(ty) => self.idle(validators, ty, path),
            Shape::Nested(_, inner) => {
                self.idle(validators, &super::attribute::object_type(inner), path);
                self.named(validators, inner, path);
                self.idle(whole, &attribute.ty(), path);
            }
        }
    }

    fn idle(&mut self, validators: &[Arc<dyn Validator>], ty: &Type, path: &Path) {
        for validator in validators {
            if let Some(why) = validator.idle_on(ty) {
                self.push(path, format!("has a check that does nothing: `{}` {why}", validator.describe()));
            }
        }
    }

    /// The checks over attributes that no configuration sets.
    fn named(&mut self, validators: &[Arc<dyn Validator>], attributes: &Attributes, path: &Path) {
        for validator in validators {
            for name in validator.names().into_iter().filter(|name| is_given(attributes, name)) {
                let demand = validator.describe();
                self.push(path, format!("has a check of `{name}`, which only the provider sets: `{demand}`"));
            }
        }
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

/// Whether `name` leads to, or through, an attribute that only the provider sets.
fn is_given(attributes: &Attributes, name: &str) -> bool {
    let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
    let Some(attribute) = attributes.get(first) else { return false };
    match (&attribute.shape, rest) {
        _ if attribute.presence == Presence::Computed => true,
        (Shape::Nested(Nesting::Single, inner), Some(rest)) => is_given(inner, rest),
        _ => false,
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
mod tests;
