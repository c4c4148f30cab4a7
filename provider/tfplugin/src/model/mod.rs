//! Typed models: structs as Terraform objects.
//!
//! `#[derive(Model)]` makes of a struct both the schema and the conversion from and to [`Value`], so that the two cannot
//! drift apart:
//!
//! ```
//! use std::collections::BTreeMap;
//! use tfplugin::model::{Attr, Model};
//! use tfplugin::schema::validators::length;
//! use tfplugin::value::Value;
//!
//! /// A disk.
//! #[derive(Debug, Model)]
//! struct Disk {
//!     /// Id of the disk.
//!     #[tf(computed, use_state_for_unknown)]
//!     id: Attr<String>,
//!     /// Its name.
//!     #[tf(requires_replace, validate(length(3..=32)))]
//!     name: String,
//!     /// Its size, in GiB.
//!     #[tf(default(10))]
//!     size: i64,
//!     /// Free text by name.
//!     labels: Option<BTreeMap<String, String>>,
//!     /// Who may attach it.
//!     users: Option<Vec<User>>,
//! }
//!
//! /// Someone who may attach a disk.
//! #[derive(Debug, Model)]
//! struct User {
//!     /// The user's name.
//!     name: String,
//!     /// What the user may do.
//!     role: Role,
//! }
//!
//! #[derive(Debug, Model)]
//! enum Role {
//!     Reader,
//!     Writer,
//! }
//!
//! let planned = Value::object([
//!     ("id", Value::UNKNOWN),
//!     ("name", "data".into()),
//!     ("size", 10.into()),
//!     ("users", Value::list([Value::object([("name", Value::from("me")), ("role", "reader".into())])])),
//! ]);
//! let mut disk = Disk::from_value(&planned)?;
//! assert!(disk.id.is_unknown());
//! disk.id = Attr::from("disk-1".to_owned());
//! assert_eq!(disk.into_value().get("id").as_str(), Some("disk-1"));
//! # Ok::<(), tfplugin::model::ModelError>(())
//! ```
//!
//! # Fields
//!
//! | type of the field | in Terraform | null | unknown |
//! |---|---|---|---|
//! | `String`, `bool`, `f64`, integers, [`Number`] | string, bool, number | an error | an error |
//! | `Vec<T>`, `BTreeSet<T>`, `BTreeMap<String, T>` | list, set, map | an error | an error |
//! | a struct that is a model; collections of it | nested attributes | an error | an error |
//! | an enum that is a model | a string, checked to be one of its variants | an error | an error |
//! | an enum with data that is a model | nested attributes, of which exactly one is set | an error | an error |
//! | [`Value`] | dynamic | kept | kept |
//! | `Option<T>` | as `T` | `None` | an error |
//! | [`Attr<T>`] | as `T` | [`Attr::Null`] | [`Attr::Unknown`] |
//! | [`Sensitive<T>`] | as `T`, sensitive | as `T` | as `T` |
//!
//! An integer takes the numbers of its type and an `f64` those of a 64-bit float, in collections too
//! ([`Numbers`](crate::schema::Numbers)): `70000` for a `u16` is refused while validating, and a float comes back as the
//! configuration has it.
//!
//! A field that cannot be null is required in the schema, one that can be is optional. Fields that the provider decides
//! are `Attr<T>`: they are unknown while planning.
//!
//! # Choices between objects
//!
//! An enum whose variants hold a value each is an object with one attribute for each variant, of which the configuration
//! sets exactly one ([`Union`](crate::schema::Union)); collections of it are nested attributes as well:
//!
//! ```
//! use tfplugin::model::{Attr, Field, Model};
//! use tfplugin::value::{Path, Value};
//!
//! #[derive(Debug, PartialEq, Model)]
//! enum Storage {
//!     /// A bucket on S3.
//!     S3(Bucket),
//!     /// A folder of the server.
//!     LocalFolder(String),
//! }
//!
//! /// A bucket.
//! #[derive(Debug, PartialEq, Model)]
//! struct Bucket {
//!     /// Its name.
//!     name: String,
//! }
//!
//! let configured = Value::object([("s3", Value::Null), ("local_folder", "/data".into())]);
//! let storage = Storage::read(&configured, &Path::of("storage"))?;
//! assert_eq!(storage, Storage::LocalFolder("/data".to_owned()));
//! assert_eq!(storage.write(), configured);
//! # Ok::<(), tfplugin::model::ModelError>(())
//! ```
//!
//! # Options
//!
//! The words of `#[tf(...)]` are the methods of [`Attribute`], called in order: `#[tf(computed, or_configured, default(3))]`.
//! `name = "..."` gives the attribute another name than the field has. The doc comment is the description.
//!
//! After an import a state holds only what the import gave: read those attributes with [`Value::get`], and not the
//! whole model.

mod attr;
mod collections;
mod error;
mod scalars;

pub use attr::{Attr, Sensitive};
pub use error::ModelError;
#[cfg(feature = "derive")]
pub use tfplugin_derive::Model;

use crate::schema::{Attribute, Nesting, Presence, Schema};
use crate::value::{Path, Type, Value};

#[cfg(doc)]
use crate::value::Number;

/// A type that an attribute can have.
pub trait Field: Sized {
    /// The attribute as a schema has it.
    fn attribute() -> Attribute;

    /// The attribute for a list, set or map of such values. [`Nesting::Single`] is the attribute itself.
    fn collection(nesting: Nesting) -> Attribute {
        let element = Self::attribute();
        let collection = plain_collection(nesting, element.ty());
        match element.numbers {
            Some(numbers) => collection.numbers(numbers),
            None => collection,
        }
    }

    /// Reads a value that stands at `path`.
    ///
    /// # Errors
    /// When the value is not of this type, with the path of the attribute at fault.
    fn read(value: &Value, path: &Path) -> Result<Self, ModelError>;

    /// The value, complete: what is not set is there as null.
    fn write(self) -> Value;
}

/// A struct that is an object. Made by `#[derive(Model)]`: see the [module](self).
pub trait Model: Field {
    /// The description of the object, from the struct's doc comment.
    const DESCRIPTION: &'static str;

    /// The attributes of the object.
    fn attributes() -> Vec<(&'static str, Attribute)>;

    /// The schema of an object like this.
    #[must_use]
    fn schema() -> Schema {
        Schema::new(Self::attributes()).describe(Self::DESCRIPTION)
    }

    /// Reads a whole object: a configuration, plan or state.
    ///
    /// # Errors
    /// When an attribute is null or unknown and its field cannot be, or of another type. The error names its path.
    fn from_value(value: &Value) -> Result<Self, ModelError> {
        Self::read(value, &Path::root())
    }

    /// The object as a value.
    fn into_value(self) -> Value {
        self.write()
    }
}

/// A required attribute that holds a list, set or map of values of one type. What `#[derive(Model)]` writes for enums.
#[must_use]
pub fn plain_collection(nesting: Nesting, element: Type) -> Attribute {
    let ty = match nesting {
        Nesting::Single => element,
        Nesting::List => Type::list(element),
        Nesting::Set => Type::set(element),
        Nesting::Map => Type::map(element),
    };
    Attribute::of(ty).required()
}

/// Fails unless `value` is an object. What `#[derive(Model)]` writes before it reads fields.
///
/// # Errors
/// When it is null, unknown, or not an object.
pub fn check_object(value: &Value, path: &Path) -> Result<(), ModelError> {
    match value.as_object() {
        Some(_) => Ok(()),
        None => Err(ModelError::expected("an object", value, path)),
    }
}

/// Reads one attribute of an object. What `#[derive(Model)]` writes for each field.
///
/// # Errors
/// As [`Field::read`].
pub fn read_attribute<T: Field>(object: &Value, name: &str, path: &Path) -> Result<T, ModelError> {
    T::read(object.get(name), &path.attribute(name))
}

/// Which of the attributes of a union is set; one that is not known yet counts where no other is set. What
/// `#[derive(Model)]` writes for enums with data.
///
/// # Errors
/// When `value` is not an object, or has none of them set.
pub fn chosen<'a>(value: &Value, names: &[&'a str], path: &Path) -> Result<&'a str, ModelError> {
    check_object(value, path)?;
    let first = |is: fn(&Value) -> bool| names.iter().copied().find(|name| is(value.get(name)));
    first(Value::is_set).or_else(|| first(Value::is_unknown)).ok_or_else(|| {
        let wanted = format!("one of {}", crate::schema::quoted(names));
        ModelError::expected(&wanted, &Value::Null, path)
    })
}

/// The same attribute, left to the configuration's choice.
fn optional(attribute: Attribute) -> Attribute {
    Attribute { presence: Presence::Optional, said: false, ..attribute }
}

#[cfg(all(test, feature = "derive"))]
mod tests;
