//! Attributes that hold single values, or a list, a set or a map of them.

use tfplugin::schema::validators::each;
use tfplugin::schema::{Attribute, Numbers, semantic_equality};
use tfplugin::value::Type;
use truefoundry_catalog::Catalog;
use truefoundry_catalog::facts::{Limits, Shape};

use super::rules::{Check, Within};

/// A single value: its type, and what it must be.
pub(super) struct Single {
    ty: Type,
    numbers: Option<Numbers>,
    check: Option<Check>,
}

impl Single {
    /// A value of this shape. Any value, and collections of collections, are written as JSON.
    pub(super) fn of(shape: &'static Shape, limits: Option<&'static Limits>) -> Self {
        let limited = || limits.map(|limits| Check::Within(Within::new(limits)));
        let (ty, numbers, check) = match shape {
            Shape::String | Shape::Const(_) => (Type::String, None, limited()),
            Shape::Enum(name) => (Type::String, None, Some(Check::OneOf(Catalog::get().texts(name)))),
            Shape::Integer => (Type::Number, Some(whole(limits)), None),
            Shape::Number => (Type::Number, Some(Numbers::Float64), limited().filter(|_| is_bound(limits))),
            Shape::Boolean => (Type::Bool, None, None),
            _ => (Type::String, None, Some(Check::Json)),
        };
        Self { ty, numbers, check }
    }

    /// The attribute that holds one.
    pub(super) fn alone(self) -> Attribute {
        let one = numbered(Attribute::of(self.ty), self.numbers);
        match self.check {
            Some(Check::Json) => one.validate(Check::Json).semantic_equality(semantic_equality::json),
            Some(check) => one.validate(check),
            None => one,
        }
    }

    /// The attribute that holds several.
    pub(super) fn each_of(self, collection: impl Fn(Type) -> Attribute) -> Attribute {
        let many = numbered(collection(self.ty), self.numbers);
        match self.check {
            Some(Check::Json) => many.validate(each(Check::Json)).semantic_equality(semantic_equality::json),
            Some(check) => many.validate(each(check)),
            None => many,
        }
    }
}

fn numbered(attribute: Attribute, numbers: Option<Numbers>) -> Attribute {
    match numbers {
        Some(numbers) => attribute.numbers(numbers),
        None => attribute,
    }
}

/// Whether the limits are about numbers, and not about the length of something.
fn is_bound(limits: Option<&Limits>) -> bool {
    limits.is_some_and(|limits| limits.min.or(limits.above).or(limits.max).is_some())
}

/// Whole numbers in the limits. Where there are none, those that a control plane keeps: its numbers are JSON's.
fn whole(limits: Option<&Limits>) -> Numbers {
    const LARGEST: i128 = Numbers::LARGEST_IN_JSON;
    let least = limits.and_then(|limits| {
        let above = limits.above.map(|above| above.floor() as i128 + 1);
        limits.min.map(|min| min.ceil() as i128).max(above)
    });
    let most = limits.and_then(|limits| limits.max).map(|max| max.floor() as i128);
    Numbers::Whole(least.unwrap_or(-LARGEST), most.unwrap_or(LARGEST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_the_ends_that_the_facts_tell() {
        let none = Limits::default;
        for (limits, expected) in [
            (Limits { min: Some(1.0), max: Some(65535.0), ..none() }, Numbers::whole(1..=65_535)),
            (Limits { min: Some(0.5), max: Some(9.9), ..none() }, Numbers::whole(1..=9)),
            (Limits { above: Some(0.0), ..none() }, Numbers::whole(1..=(1_i64 << 53) - 1)),
            (none(), Numbers::whole(1 - (1_i64 << 53)..=(1_i64 << 53) - 1)),
        ] {
            assert_eq!(whole(Some(&limits)), expected);
        }
        assert_eq!(whole(None), whole(Some(&none())));
    }
}
