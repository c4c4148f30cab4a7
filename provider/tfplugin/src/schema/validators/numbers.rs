//! Validators of numbers.

use std::fmt;
use std::ops::RangeInclusive;

use super::values::{refuse, shown};
use crate::diag::Diagnostics;
use crate::schema::idle::idle_unless_number;
use crate::schema::validator::Validator;
use crate::value::{Number, Path, Type, Value};

/// Numbers between two bounds, either of which may be missing.
struct Bounds {
    low: Option<Number>,
    high: Option<Number>,
}

/// A number in the range, both ends included. It need not be an integer.
#[must_use]
pub fn between(range: RangeInclusive<i64>) -> impl Validator {
    within(*range.start(), *range.end())
}

/// A number from `low` to `high`, both included. A [`Number`] of digits after the point is read from text, so that it is
/// exact:
///
/// ```
/// use tfplugin::schema::Attribute;
/// use tfplugin::schema::validators::within;
/// use tfplugin::value::Number;
///
/// let half: Number = "0.5".parse()?;
/// let share = Attribute::number().validate(within(half, 2));
/// # let _ = share;
/// # Ok::<(), tfplugin::value::ParseNumberError>(())
/// ```
#[must_use]
pub fn within(low: impl Into<Number>, high: impl Into<Number>) -> impl Validator {
    Bounds { low: Some(low.into()), high: Some(high.into()) }
}

/// A number that is not below `low`.
#[must_use]
pub fn at_least(low: impl Into<Number>) -> impl Validator {
    Bounds { low: Some(low.into()), high: None }
}

/// A number that is not above `high`.
#[must_use]
pub fn at_most(high: impl Into<Number>) -> impl Validator {
    Bounds { low: None, high: Some(high.into()) }
}

impl fmt::Display for Bounds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.low, &self.high) {
            (Some(low), Some(high)) => write!(f, "between {low} and {high}"),
            (Some(low), None) => write!(f, "at least {low}"),
            (None, Some(high)) => write!(f, "at most {high}"),
            (None, None) => f.write_str("a number"),
        }
    }
}

impl Validator for Bounds {
    fn describe(&self) -> String {
        self.to_string()
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let Value::Number(number) = value else { return };
        let low = self.low.as_ref().is_some_and(|low| number < low);
        if low || self.high.as_ref().is_some_and(|high| number > high) {
            out.push(refuse(path, &self.to_string(), &shown(value)));
        }
    }

    fn idle_on(&self, ty: &Type) -> Option<String> {
        idle_unless_number(ty)
    }
}

struct OneOf(Vec<Number>);

/// One of these numbers.
#[must_use]
pub fn number_one_of<N: Into<Number>>(allowed: impl IntoIterator<Item = N>) -> impl Validator {
    OneOf(allowed.into_iter().map(Into::into).collect())
}

impl Validator for OneOf {
    fn describe(&self) -> String {
        let quoted: Vec<_> = self.0.iter().map(|number| format!("`{number}`")).collect();
        format!("one of {}", quoted.join(", "))
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let Value::Number(number) = value else { return };
        if !self.0.contains(number) {
            out.push(refuse(path, &self.describe(), &shown(value)));
        }
    }

    fn idle_on(&self, ty: &Type) -> Option<String> {
        idle_unless_number(ty)
    }
}
