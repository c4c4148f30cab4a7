//! What can be read off an attribute.

use super::attribute::object_type;
use super::{Attribute, Limits, Nesting, Numbers, Presence, Shape, Union, Validator as _};
use crate::value::{Type, Value};

impl Attribute {
    /// The type of its values.
    #[must_use]
    pub fn ty(&self) -> Type {
        match &self.shape {
            Shape::Plain(ty) => ty.clone(),
            Shape::Nested(nesting, attributes) => {
                let object = object_type(attributes);
                match nesting {
                    Nesting::Single => object,
                    Nesting::List => Type::list(object),
                    Nesting::Set => Type::set(object),
                    Nesting::Map => Type::map(object),
                }
            }
        }
    }

    /// What it holds.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }

    /// Who gives it its value.
    #[must_use]
    pub fn presence(&self) -> Presence {
        self.presence
    }

    /// The Markdown description.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// Whether the provider may give it its value.
    #[must_use]
    pub fn is_computed(&self) -> bool {
        matches!(self.presence, Presence::Computed | Presence::OptionalComputed)
    }

    /// Whether Terraform hides its value.
    #[must_use]
    pub fn is_sensitive(&self) -> bool {
        self.sensitive
    }

    /// Whether its value never reaches plan or state.
    #[must_use]
    pub fn is_write_only(&self) -> bool {
        self.write_only
    }

    /// Whether it is written as a nested block, and how often it may be.
    #[must_use]
    pub fn limits(&self) -> Option<Limits> {
        self.block
    }

    /// The unions among the attributes inside it.
    #[must_use]
    pub fn unions(&self) -> &[Union] {
        &self.unions
    }

    /// The value it takes when the configuration leaves it out.
    #[must_use]
    pub fn default_value(&self) -> Option<&Value> {
        self.default.as_ref()
    }

    /// What its values must be, one demand each, for documentation.
    pub fn demands(&self) -> impl Iterator<Item = String> {
        // Nobody writes a number that no float can hold.
        let numbers = self.numbers.filter(|numbers| *numbers != Numbers::Float64);
        let numbers = numbers.into_iter().map(|numbers| numbers.describe());
        numbers.chain(self.validators.iter().map(|validator| validator.describe()))
    }

    /// The numbers that it takes, where they are of a kind.
    #[must_use]
    pub fn kind_of_numbers(&self) -> Option<Numbers> {
        self.numbers
    }

    /// What it holds when nothing is configured: null, but for the blocks that are then an empty collection.
    pub(crate) fn nothing(&self) -> Value {
        match (&self.shape, self.block) {
            (Shape::Nested(Nesting::List, _), Some(_)) => Value::List(Vec::new()),
            (Shape::Nested(Nesting::Set, _), Some(_)) => Value::Set(Vec::new()),
            _ => Value::Null,
        }
    }
}
