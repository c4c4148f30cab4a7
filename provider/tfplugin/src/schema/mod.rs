//! Schemas: what a provider, resource, data source or ephemeral resource takes and gives.

mod attribute;
mod check;
mod defaults;
mod identity;
mod idle;
mod look;
mod numbers;
pub mod plan_modifiers;
mod reserved;
mod secrets;
pub mod semantic_equality;
mod timeouts;
mod union;
mod validator;
pub mod validators;
mod wire;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

pub use attribute::{Attribute, Limits, Nesting, Presence, Shape};
pub use check::SchemaError;
pub use identity::{IdentityAttribute, IdentitySchema};
pub use numbers::Numbers;
pub use plan_modifiers::{AttributePlan, PlanModifier};
pub use reserved::Owner;
pub(crate) use timeouts::NAME as TIMEOUTS;
pub use timeouts::{DurationError, Operation, Timeouts, parse_duration};
pub use union::Union;
pub(crate) use union::quoted;
pub use validator::Validator;

use crate::value::{Path, Step, Type, Value};

/// Attributes by name.
pub type Attributes = BTreeMap<String, Attribute>;

/// The attributes of one kind of object, and the version of its stored form.
#[derive(Clone, Default)]
pub struct Schema {
    pub(crate) version: i64,
    pub(crate) description: Cow<'static, str>,
    pub(crate) deprecation: Option<Cow<'static, str>>,
    pub(crate) attributes: Attributes,
    pub(crate) validators: Vec<Arc<dyn Validator>>,
    pub(crate) unions: Vec<Union>,
    pub(crate) timeouts: Timeouts,
}

impl Schema {
    /// A schema of these attributes.
    #[must_use]
    pub fn new<K: Into<String>>(attributes: impl IntoIterator<Item = (K, Attribute)>) -> Self {
        let attributes = attributes.into_iter().map(|(name, attribute)| (name.into(), attribute)).collect();
        Self { attributes, ..Self::default() }
    }

    /// Sets the version of the stored form; raise it when a state of the old form needs converting.
    #[must_use]
    pub fn version(self, version: i64) -> Self {
        Self { version, ..self }
    }

    /// Sets the Markdown description.
    #[must_use]
    pub fn describe(self, description: impl Into<Cow<'static, str>>) -> Self {
        Self { description: description.into(), ..self }
    }

    /// Marks the whole object as deprecated, with what to use instead.
    #[must_use]
    pub fn deprecated(self, instead: impl Into<Cow<'static, str>>) -> Self {
        Self { deprecation: Some(instead.into()), ..self }
    }

    /// Adds a check over the whole object (exactly one of several attributes, one requiring another ...).
    #[must_use]
    pub fn validate(mut self, validator: impl Validator + 'static) -> Self {
        self.validators.push(Arc::new(validator));
        self
    }

    /// Of the top-level attributes, those that `union` names exclude each other.
    #[must_use]
    pub fn choose(mut self, union: Union) -> Self {
        self.unions.push(union);
        self
    }

    /// Adds the attribute `timeouts`, in which the configuration can say how long each of these operations may take.
    /// The operation finds the time in [`crate::Context::deadline`].
    #[must_use]
    pub fn timeouts(self, timeouts: Timeouts) -> Self {
        let attribute = timeouts.attribute();
        Self { timeouts, ..self }.with(timeouts::NAME, attribute)
    }

    /// Adds `<name>_version` beside the write-only attribute `name`: Terraform keeps no write-only value and cannot see
    /// it change, so the configuration raises the version to have it sent again ([`crate::Change::sends`]). The version
    /// needs the value beside it.
    #[must_use]
    pub fn write_only_version(self, name: &'static str) -> Self {
        let version = format!("{name}_version");
        let text = format!("Raise it to have a changed `{name}` sent: Terraform does not keep that value.");
        let validator = validators::also_requires(version.clone(), [name]);
        self.with(version, Attribute::int64().describe(text)).validate(validator)
    }

    /// The schema of a data source that shows what this resource manages: every attribute is computed, and those that
    /// cannot be read back are left out. Set the ones it is found by with [`Schema::with`].
    #[must_use]
    pub fn read_only(&self) -> Self {
        Self {
            attributes: attribute::readable(&self.attributes),
            description: self.description.clone(),
            ..Self::default()
        }
    }

    /// Adds an attribute, or replaces the one of that name.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, attribute: Attribute) -> Self {
        self.attributes.insert(name.into(), attribute);
        self
    }

    /// The attributes by name.
    #[must_use]
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// The Markdown description.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The unions among the top-level attributes.
    #[must_use]
    pub fn unions(&self) -> &[Union] {
        &self.unions
    }

    /// What must hold between its attributes beside the unions, one demand each, for documentation.
    pub fn demands(&self) -> impl Iterator<Item = String> {
        self.validators.iter().map(|validator| validator.describe())
    }

    /// The version of the stored form.
    #[must_use]
    pub fn stored_version(&self) -> i64 {
        self.version
    }

    /// The part of `path` that Terraform can show in a configuration: it finds blocks and attributes, and nothing inside an
    /// attribute; for a longer path it points at the whole object.
    pub(crate) fn visible(&self, path: &Path) -> Path {
        let mut inside = Some(&self.attributes);
        let mut kept = Vec::new();
        for step in path.steps() {
            kept.push(step.clone());
            let Step::Attribute(name) = step else { continue };
            match inside.and_then(|attributes| attributes.get(name)).map(|found| (&found.shape, found.block))
            {
                Some((Shape::Nested(_, inner), Some(_))) => inside = Some(inner),
                _ => break,
            }
        }
        Path::from_steps(kept)
    }

    /// The type of values of this schema.
    #[must_use]
    pub fn ty(&self) -> Type {
        attribute::object_type(&self.attributes)
    }

    /// An object of this schema with nothing configured: every attribute there and null, blocks that can be repeated
    /// there no times.
    #[must_use]
    pub fn empty(&self) -> Value {
        Value::object(self.attributes.iter().map(|(name, attribute)| (name.as_str(), attribute.nothing())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_shown_as_far_as_terraform_finds_it() {
        let inner = || [("opts", Attribute::object([("x", Attribute::string())]))];
        let schema = Schema::new([
            ("rule", Attribute::block(Nesting::List, inner())),
            ("tags", Attribute::map(Type::String)),
        ]);
        let visible = |path: Path| schema.visible(&path).to_string();
        assert_eq!(visible(Path::of("rule").index(1).attribute("opts").attribute("x")), "rule[1].opts");
        assert_eq!(visible(Path::of("rule").index(1)), "rule[1]");
        assert_eq!(visible(Path::of("tags").key("k")), "tags");
        assert_eq!(visible(Path::root()), "");
    }
}
