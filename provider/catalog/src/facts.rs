//! What the control plane's published schema says, in a form that is small, diffable and has one way to say a thing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The facts of one version of the API.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facts {
    /// Where they come from, such as `truefoundry-sdk 0.6.0`.
    pub source: String,
    /// The object that describes each manifest, by the manifest's `type`.
    pub kinds: BTreeMap<String, String>,
    /// The objects that manifests are made of, by name.
    pub objects: BTreeMap<String, Object>,
    /// The allowed texts of each enumeration, by name.
    pub enums: BTreeMap<String, Vec<String>>,
}

/// An object: its fields by their name in the manifest.
pub type Object = BTreeMap<String, Field>;

/// A field of an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// What it holds.
    pub is: Shape,
    /// Whether the manifest must have it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub required: bool,
    /// What its value, or each of its elements, must keep.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits: Option<Limits>,
}

/// What a value looks like.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    /// Text.
    String,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// A truth value.
    Boolean,
    /// Any JSON value.
    Any,
    /// Always this text.
    Const(String),
    /// One of the texts of the enumeration with this name.
    Enum(String),
    /// A list.
    List(Box<Shape>),
    /// An object with any keys.
    Map(Box<Shape>),
    /// The object with this name.
    Object(String),
    /// One of several shapes.
    Union(Vec<Shape>),
}

impl Shape {
    /// Whether a value of this shape is written as JSON in a text: any value, and objects with any values.
    #[must_use]
    pub fn is_json(&self) -> bool {
        match self {
            Self::Any => true,
            Self::Map(inner) => **inner == Self::Any,
            _ => false,
        }
    }
}

/// Bounds of a value, as the vendor's own client enforces them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// A regular expression without look-around that the whole text matches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// The smallest number allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// A bound that the number must exceed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// The largest number allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The shortest text or list allowed, in characters or elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_length: Option<u32>,
    /// The longest text or list allowed, in characters or elements.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_length: Option<u32>,
}

/// The texts by which a manifest names its `type` fields: `(field, text)` of every field of `object` that is constant.
pub fn constants(object: &Object) -> impl Iterator<Item = (&str, &str)> {
    object.iter().filter_map(|(name, field)| match &field.is {
        Shape::Const(text) => Some((name.as_str(), text.as_str())),
        _ => None,
    })
}
