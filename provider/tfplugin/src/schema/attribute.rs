//! One attribute and its builder.

use std::borrow::Cow;
use std::sync::Arc;

use super::plan_modifiers::{self, PlanModifier};
use super::{Attributes, Numbers, Union, Validator, semantic_equality};
use crate::value::{Type, Value};

/// Who gives an attribute its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The configuration must.
    Required,
    /// The configuration may; else it is null (or its default).
    Optional,
    /// Only the provider does.
    Computed,
    /// The configuration may; else the provider does.
    OptionalComputed,
}

/// How many nested objects an attribute holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nesting {
    /// One object.
    Single,
    /// Objects in order.
    List,
    /// Distinct objects without order.
    Set,
    /// Objects by string key.
    Map,
}

/// What an attribute holds.
#[derive(Clone, Debug)]
pub enum Shape {
    /// A value of a type.
    Plain(Type),
    /// One or more objects whose attributes have schemas of their own.
    Nested(Nesting, Attributes),
}

/// One attribute of a schema. Made by one of the constructors for its type and narrowed by the methods:
///
/// ```
/// use tfplugin::schema::Attribute;
/// use tfplugin::schema::validators::length;
///
/// let name = Attribute::string().required().describe("Name of the workspace.").validate(length(3..=32)).requires_replace();
/// # let _ = name;
/// ```
///
/// Without [`Attribute::required`] or [`Attribute::computed`] it is optional.
#[derive(Clone)]
pub struct Attribute {
    pub(crate) shape: Shape,
    pub(crate) presence: Presence,
    /// Whether a word of the schema said the presence, and not the type of a model's field.
    pub(crate) said: bool,
    /// Whether two words said presences that exclude each other.
    pub(crate) contradicts: bool,
    pub(crate) sensitive: bool,
    pub(crate) write_only: bool,
    pub(crate) description: Cow<'static, str>,
    pub(crate) deprecation: Option<Cow<'static, str>>,
    pub(crate) default: Option<Value>,
    pub(crate) validators: Vec<Arc<dyn Validator>>,
    /// Checks of a nested collection as a whole.
    pub(crate) whole: Vec<Arc<dyn Validator>>,
    pub(crate) modifiers: Vec<Arc<dyn PlanModifier>>,
    pub(crate) same: Option<fn(&Value, &Value) -> bool>,
    pub(crate) numbers: Option<Numbers>,
    pub(crate) unions: Vec<Union>,
    /// Whether its lists, sets and maps may hold null.
    pub(crate) null_elements: bool,
    /// Set for a nested block, which is an attribute in all but its syntax.
    pub(crate) block: Option<Limits>,
}

/// How many nested blocks there may be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// At least so many.
    pub min: usize,
    /// At most so many; 0 for any number.
    pub max: usize,
}

impl std::fmt::Debug for Attribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Attribute")
            .field("shape", &self.shape)
            .field("presence", &self.presence)
            .finish_non_exhaustive()
    }
}

impl Attribute {
    /// An attribute of any type.
    #[must_use]
    pub fn of(ty: Type) -> Self {
        Self::shaped(Shape::Plain(ty))
    }

    /// Text.
    #[must_use]
    pub fn string() -> Self {
        Self::of(Type::String)
    }

    /// A truth value.
    #[must_use]
    pub fn bool() -> Self {
        Self::of(Type::Bool)
    }

    /// A number, exact to the last digit. Where a float or an integer stands behind it, [`Attribute::float64`],
    /// [`Attribute::int64`] or [`Attribute::numbers`] say so.
    #[must_use]
    pub fn number() -> Self {
        Self::of(Type::Number)
    }

    /// A 64-bit float: [`Numbers::Float64`].
    #[must_use]
    pub fn float64() -> Self {
        Self::number().numbers(Numbers::Float64)
    }

    /// A whole number of 64 bits: [`Numbers::INT64`].
    #[must_use]
    pub fn int64() -> Self {
        Self::number().numbers(Numbers::INT64)
    }

    /// A value of whatever type it is given.
    #[must_use]
    pub fn dynamic() -> Self {
        Self::of(Type::Dynamic)
    }

    /// A list of values of one type.
    #[must_use]
    pub fn list(element: Type) -> Self {
        Self::of(Type::list(element))
    }

    /// A set of values of one type.
    #[must_use]
    pub fn set(element: Type) -> Self {
        Self::of(Type::set(element))
    }

    /// A map of values of one type.
    #[must_use]
    pub fn map(element: Type) -> Self {
        Self::of(Type::map(element))
    }

    /// One or more nested objects with these attributes.
    #[must_use]
    pub fn nested<K: Into<String>>(
        nesting: Nesting,
        attributes: impl IntoIterator<Item = (K, Attribute)>,
    ) -> Self {
        let attributes = attributes.into_iter().map(|(name, attribute)| (name.into(), attribute)).collect();
        Self::shaped(Shape::Nested(nesting, attributes))
    }

    /// One nested object.
    #[must_use]
    pub fn object<K: Into<String>>(attributes: impl IntoIterator<Item = (K, Attribute)>) -> Self {
        Self::nested(Nesting::Single, attributes)
    }

    /// A list of nested objects.
    #[must_use]
    pub fn list_of<K: Into<String>>(attributes: impl IntoIterator<Item = (K, Attribute)>) -> Self {
        Self::nested(Nesting::List, attributes)
    }

    /// A set of nested objects.
    #[must_use]
    pub fn set_of<K: Into<String>>(attributes: impl IntoIterator<Item = (K, Attribute)>) -> Self {
        Self::nested(Nesting::Set, attributes)
    }

    /// Nested objects by key.
    #[must_use]
    pub fn map_of<K: Into<String>>(attributes: impl IntoIterator<Item = (K, Attribute)>) -> Self {
        Self::nested(Nesting::Map, attributes)
    }

    /// A nested block: `name { ... }`, written any number of times for a list or set. New schemas take nested
    /// attributes ([`Attribute::nested`]) as a rule; blocks are for `dynamic` and for states made by older schemas.
    /// Terraform has no blocks by key that a person could write, so [`Nesting::Map`] is refused by
    /// [`super::Schema::check`].
    ///
    /// ```
    /// use tfplugin::schema::{Attribute, Nesting, Schema};
    ///
    /// let rule = Attribute::block(Nesting::List, [("port", Attribute::number().required())]).min_items(1).max_items(3);
    /// let schema = Schema::new([("rule", rule)]);
    /// # assert!(schema.check("x", true).is_empty());
    /// ```
    #[must_use]
    pub fn block<K: Into<String>>(
        nesting: Nesting,
        content: impl IntoIterator<Item = (K, Attribute)>,
    ) -> Self {
        Self { block: Some(Limits::default()), ..Self::nested(nesting, content) }
    }

    /// A nested object of which exactly one attribute is set: the variants of a union. Each variant is an optional
    /// attribute, a nested object as a rule.
    ///
    /// ```
    /// use tfplugin::schema::Attribute;
    ///
    /// let s3 = Attribute::object([("bucket", Attribute::string().required())]);
    /// let gcs = Attribute::object([("bucket", Attribute::string().required())]);
    /// let storage = Attribute::union([("s3", s3), ("gcs", gcs)]).required();
    /// # let _ = storage;
    /// ```
    #[must_use]
    pub fn union<K: Into<String>>(variants: impl IntoIterator<Item = (K, Attribute)>) -> Self {
        let variants: Vec<_> = variants.into_iter().map(|(name, variant)| (name.into(), variant)).collect();
        let names: Vec<_> = variants.iter().map(|(name, _)| name.clone()).collect();
        Self::object(variants).choose(Union::exactly_one(names))
    }

    /// Of the attributes inside this nested attribute, those that `union` names exclude each other.
    #[must_use]
    pub fn choose(mut self, union: Union) -> Self {
        self.unions.push(union);
        self
    }

    fn shaped(shape: Shape) -> Self {
        Self {
            shape,
            presence: Presence::Optional,
            said: false,
            contradicts: false,
            sensitive: false,
            write_only: false,
            description: Cow::Borrowed(""),
            deprecation: None,
            default: None,
            validators: Vec::new(),
            whole: Vec::new(),
            modifiers: Vec::new(),
            same: None,
            numbers: None,
            unions: Vec::new(),
            null_elements: false,
            block: None,
        }
    }

    fn say(self, presence: Presence) -> Self {
        let was = |presence| self.said && self.presence == presence;
        let contradicts = match presence {
            Presence::Required => was(Presence::Computed) || was(Presence::OptionalComputed),
            Presence::Optional | Presence::Computed | Presence::OptionalComputed => was(Presence::Required),
        };
        Self { presence, said: true, contradicts: self.contradicts || contradicts, ..self }
    }

    /// The presence so far follows from the type of a model's field, which the words after this may change. What
    /// `#[derive(Model)]` writes.
    #[doc(hidden)]
    #[must_use]
    pub fn of_field(self) -> Self {
        Self { said: false, ..self }
    }

    /// The configuration must set it.
    #[must_use]
    pub fn required(self) -> Self {
        self.say(Presence::Required)
    }

    /// The provider sets it: alone, or where the configuration leaves it out if [`Attribute::or_configured`] follows.
    #[must_use]
    pub fn computed(self) -> Self {
        self.say(Presence::Computed)
    }

    /// A computed attribute that the configuration may set as well.
    #[must_use]
    pub fn or_configured(self) -> Self {
        self.say(Presence::OptionalComputed)
    }

    /// A block that must be there so many times. For a single block 1 makes it required.
    #[must_use]
    pub fn min_items(mut self, min: usize) -> Self {
        self.block = Some(Limits { min, ..self.block.unwrap_or_default() });
        self
    }

    /// A block that may be there so many times; 0 for any number.
    #[must_use]
    pub fn max_items(mut self, max: usize) -> Self {
        self.block = Some(Limits { max, ..self.block.unwrap_or_default() });
        self
    }

    /// Terraform hides the value in its output. It still stands in the state: see [`Attribute::write_only`].
    #[must_use]
    pub fn sensitive(self) -> Self {
        Self { sensitive: true, ..self }
    }

    /// The value reaches the provider but never the plan or the state (Terraform 1.11 and newer).
    #[must_use]
    pub fn write_only(self) -> Self {
        Self { write_only: true, ..self }
    }

    /// Sets the Markdown description.
    #[must_use]
    pub fn describe(self, description: impl Into<Cow<'static, str>>) -> Self {
        Self { description: description.into(), ..self }
    }

    /// Marks it as deprecated, with what to use instead.
    #[must_use]
    pub fn deprecated(self, instead: impl Into<Cow<'static, str>>) -> Self {
        Self { deprecation: Some(instead.into()), ..self }
    }

    /// The value it takes when the configuration leaves it out. Makes it computed as well as optional, as core demands. An
    /// attribute that is required, or that the provider alone sets, has no use for one: [`super::Schema::check`] refuses it.
    #[must_use]
    pub fn default(self, value: impl Into<Value>) -> Self {
        let settled = self.said && self.presence != Presence::Optional;
        let presence = if settled { self.presence } else { Presence::OptionalComputed };
        Self { default: Some(value.into()), presence, ..self }
    }

    /// Its lists, sets and maps may hold null, which the API has a meaning for. Without it a null element is refused while
    /// validating. Of nested objects none can be null.
    #[must_use]
    pub fn allow_null_elements(self) -> Self {
        Self { null_elements: true, ..self }
    }

    /// Adds a check of a nested list, set or map as a whole, such as [`super::validators::unique_by`];
    /// [`Attribute::validate`] checks each of its objects.
    #[must_use]
    pub fn validate_whole(mut self, validator: impl Validator + 'static) -> Self {
        self.whole.push(Arc::new(validator));
        self
    }

    /// Adds a check of known, non-null values; of a nested attribute, of each of its objects.
    #[must_use]
    pub fn validate(mut self, validator: impl Validator + 'static) -> Self {
        self.validators.push(Arc::new(validator));
        self
    }

    /// Takes only such numbers, of a collection in each element. Others are refused before any validator sees them.
    #[must_use]
    pub fn numbers(self, numbers: Numbers) -> Self {
        let same = if numbers == Numbers::Float64 {
            self.same.or(Some(semantic_equality::float64))
        } else {
            self.same
        };
        Self { numbers: Some(numbers), same, ..self }
    }

    /// Adds a plan modifier.
    #[must_use]
    pub fn plan_modifier(mut self, modifier: impl PlanModifier + 'static) -> Self {
        self.modifiers.push(Arc::new(modifier));
        self
    }

    /// A change of this attribute replaces the object: [`plan_modifiers::requires_replace`].
    #[must_use]
    pub fn requires_replace(self) -> Self {
        self.plan_modifier(plan_modifiers::requires_replace())
    }

    /// The value does not change once known: [`plan_modifiers::use_state_for_unknown`].
    #[must_use]
    pub fn use_state_for_unknown(self) -> Self {
        self.plan_modifier(plan_modifiers::use_state_for_unknown())
    }

    /// Two values for which `same` holds mean the same: the spelling in the state is kept, no difference is shown.
    /// Of a list, a set or a map it is asked for the whole and, if that does not hold, for each element.
    #[must_use]
    pub fn semantic_equality(self, same: fn(&Value, &Value) -> bool) -> Self {
        Self { same: Some(same), ..self }
    }

    /// The same attribute as a data source shows it: set by the provider, with nothing to check.
    #[must_use]
    pub fn read_only(&self) -> Self {
        let shape = match &self.shape {
            Shape::Plain(ty) => Shape::Plain(ty.clone()),
            Shape::Nested(nesting, inner) => Shape::Nested(*nesting, readable(inner)),
        };
        // Not said by a word: a data source makes those required that it is found by.
        let presence = Presence::Computed;
        Self { description: self.description.clone(), presence, ..Self::shaped(shape) }
    }
}

/// The attributes that can be read back: neither write-only nor sensitive.
pub(super) fn readable(attributes: &Attributes) -> Attributes {
    let shown = attributes.iter().filter(|(_, attribute)| !attribute.write_only && !attribute.sensitive);
    shown.map(|(name, attribute)| (name.clone(), attribute.read_only())).collect()
}

pub(super) fn object_type(attributes: &Attributes) -> Type {
    Type::Object(attributes.iter().map(|(name, attribute)| (name.clone(), attribute.ty())).collect())
}
