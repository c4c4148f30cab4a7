//! Resource identities: what names an object apart from its state.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Numbers, SchemaError, Validator as _, semantic_equality};
use crate::diag::Diagnostics;
use crate::proto::tfplugin6 as wire;
use crate::value::{Path, Type, Value};

/// One part of an identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityAttribute {
    pub(crate) ty: Type,
    pub(crate) required: bool,
    pub(crate) numbers: Option<Numbers>,
    pub(crate) description: Cow<'static, str>,
}

impl IdentityAttribute {
    /// A part that an import must give. Its type is a string, number, bool, or a list of these.
    #[must_use]
    pub fn required(ty: Type) -> Self {
        Self { ty, required: true, numbers: None, description: "".into() }
    }

    /// A part that an import may leave out, such as a region that the provider's configuration gives.
    #[must_use]
    pub fn optional(ty: Type) -> Self {
        Self { required: false, ..Self::required(ty) }
    }

    /// Takes only such numbers. Floats are a part of the same identity when they are the same.
    #[must_use]
    pub fn numbers(self, numbers: Numbers) -> Self {
        Self { numbers: Some(numbers), ..self }
    }

    /// Sets the description.
    #[must_use]
    pub fn describe(self, description: impl Into<Cow<'static, str>>) -> Self {
        Self { description: description.into(), ..self }
    }
}

/// What identifies the objects of a resource type. An identity does not change while its object lives, unless
/// [`IdentitySchema::mutable`] says so.
///
/// ```
/// use tfplugin::schema::{IdentityAttribute, IdentitySchema};
/// use tfplugin::value::Type;
///
/// let identity = IdentitySchema::new([
///     ("id", IdentityAttribute::required(Type::String)),
///     ("region", IdentityAttribute::optional(Type::String)),
/// ]);
/// # let _ = identity;
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentitySchema {
    pub(crate) version: i64,
    pub(crate) attributes: BTreeMap<String, IdentityAttribute>,
    pub(crate) mutable: bool,
}

impl IdentitySchema {
    /// An identity of these parts.
    #[must_use]
    pub fn new<K: Into<String>>(parts: impl IntoIterator<Item = (K, IdentityAttribute)>) -> Self {
        let attributes = parts.into_iter().map(|(name, part)| (name.into(), part)).collect();
        Self { version: 0, attributes, mutable: false }
    }

    /// Sets the version of the stored form.
    #[must_use]
    pub fn version(self, version: i64) -> Self {
        Self { version, ..self }
    }

    /// The identity of an object may change.
    #[must_use]
    pub fn mutable(self) -> Self {
        Self { mutable: true, ..self }
    }

    /// The type of its values.
    #[must_use]
    pub fn ty(&self) -> Type {
        Type::Object(self.attributes.iter().map(|(name, part)| (name.clone(), part.ty.clone())).collect())
    }

    /// The identity of an object by its attributes of the same names; null when the object lacks one of them.
    #[must_use]
    pub fn of(&self, object: &Value) -> Value {
        let Some(entries) = object.as_object() else { return Value::Null };
        let parts = self.attributes.iter().map(|(name, part)| {
            let value = entries.get(name)?;
            (!part.required || !value.is_null()).then(|| (name.as_str(), value.clone()))
        });
        parts.collect::<Option<Vec<_>>>().map_or(Value::Null, Value::object)
    }

    /// The identity `now` with the floats of `before` where they mean the same: Terraform compares every digit.
    pub(crate) fn spelled_as(&self, before: &Value, mut now: Value) -> Value {
        for (name, part) in &self.attributes {
            let (old, new) = (before.get(name), now.get(name));
            if part.numbers == Some(Numbers::Float64) && semantic_equality::float64(old, new) {
                now.put(name.as_str(), old.clone());
            }
        }
        now
    }

    /// Checks an identity that a configuration imports by.
    pub(crate) fn validate(&self, identity: &Value, out: &mut Diagnostics) {
        for (name, part) in &self.attributes {
            if let Some(numbers) = &part.numbers {
                numbers.validate(identity.get(name), &Path::of(name.as_str()), out);
            }
        }
    }

    /// Checks the identity of the resource called `owner`.
    #[must_use]
    pub fn check(&self, owner: &str) -> Vec<SchemaError> {
        let simple = |ty: &Type| matches!(ty, Type::String | Type::Number | Type::Bool);
        let fits = |ty: &Type| simple(ty) || matches!(ty, Type::List(of) if simple(of));
        let faulty = self.attributes.iter().filter(|(_, part)| !fits(&part.ty));
        faulty
            .map(|(name, _)| SchemaError {
                owner: format!("{owner} (identity)"),
                path: Path::of(name.as_str()),
                problem: "is neither a string, number or bool nor a list of these".into(),
            })
            .collect()
    }

    pub(crate) fn to_wire(&self) -> wire::ResourceIdentitySchema {
        let attributes =
            self.attributes.iter().map(|(name, part)| wire::resource_identity_schema::IdentityAttribute {
                name: name.clone(),
                r#type: part.ty.to_json_bytes().into(),
                required_for_import: part.required,
                optional_for_import: !part.required,
                description: part.description.to_string(),
            });
        wire::ResourceIdentitySchema { version: self.version, identity_attributes: attributes.collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_taken_from_the_attributes_of_the_same_names() {
        let identity = IdentitySchema::new([
            ("id", IdentityAttribute::required(Type::String)),
            ("region", IdentityAttribute::optional(Type::String)),
        ]);
        let object = Value::object([("id", Value::from("1")), ("region", Value::Null), ("size", 3.into())]);
        assert_eq!(identity.of(&object), Value::object([("id", Value::from("1")), ("region", Value::Null)]));
        assert_eq!(identity.of(&Value::object([("id", Value::Null), ("region", Value::Null)])), Value::Null);
        assert_eq!(identity.of(&Value::object([("id", Value::from("1"))])), Value::Null);
    }

    #[test]
    fn a_float_keeps_its_digits_and_a_number_of_another_kind_is_refused() {
        let number = |text: &str| Value::Number(text.parse().unwrap());
        let identity = IdentitySchema::new([
            ("share", IdentityAttribute::required(Type::Number).numbers(Numbers::Float64)),
            ("port", IdentityAttribute::optional(Type::Number).numbers(Numbers::whole(0..=65_535))),
        ]);
        let of = |share: &str, port: &str| Value::object([("share", number(share)), ("port", number(port))]);
        let third = "0.33333333333333333333333333";
        assert_eq!(identity.spelled_as(&of(third, "1"), of("0.3333333333333333", "1")), of(third, "1"));
        assert_eq!(identity.spelled_as(&of(third, "1"), of("0.33", "2")), of("0.33", "2"));
        assert_eq!(identity.spelled_as(&Value::Null, of("0.33", "2")), of("0.33", "2"));
        let mut out = Diagnostics::new();
        identity.validate(&of(third, "70000"), &mut out);
        assert_eq!(
            out.iter().map(ToString::to_string).collect::<Vec<_>>(),
            [
                "`port`: Invalid value for `port`: `port` must be a whole number between 0 and 65535, but it is `70000`."
            ]
        );
    }

    #[test]
    fn a_part_that_is_an_object_is_a_fault() {
        let identity = IdentitySchema::new([("id", IdentityAttribute::required(Type::map(Type::String)))]);
        let found = identity.check("x");
        let object = "schema of `x (identity)`: `id` is neither a string, number or bool nor a list of these";
        assert_eq!(found.iter().map(ToString::to_string).collect::<Vec<_>>(), [object]);
    }
}
