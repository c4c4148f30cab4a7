//! How long operations may take.

use std::time::Duration;

use super::{Attribute, Validator};
use crate::diag::{Diagnostic, Diagnostics};
use crate::value::{Path, Type, Value};

/// The name of the attribute.
pub(crate) const NAME: &str = "timeouts";

/// An operation that can have a timeout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// Creating an object.
    Create,
    /// Reading it.
    Read,
    /// Updating it.
    Update,
    /// Deleting it.
    Delete,
}

impl Operation {
    /// Its name in configurations.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Read => "read",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}

/// How long each operation of a resource may take, unless its configuration says otherwise in `timeouts`.
///
/// ```
/// use std::time::Duration;
/// use tfplugin::schema::{Attribute, Operation, Schema, Timeouts};
///
/// let minutes = |n: u64| Duration::from_secs(60 * n);
/// let schema = Schema::new([("name", Attribute::string().required())])
///     .timeouts(Timeouts::of([(Operation::Create, minutes(20)), (Operation::Delete, minutes(10))]));
/// # let _ = schema;
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeouts(Vec<(Operation, Duration)>);

impl Timeouts {
    /// These operations with the times they may take by default.
    #[must_use]
    pub fn of(defaults: impl IntoIterator<Item = (Operation, Duration)>) -> Self {
        Self(defaults.into_iter().collect())
    }

    /// How long `operation` may take on `object`: what its `timeouts` say, else the default. `None`: as long as it
    /// takes.
    #[must_use]
    pub fn get(&self, operation: Operation, object: &Value) -> Option<Duration> {
        let (_, default) = self.0.iter().find(|(known, _)| *known == operation)?;
        let configured = object.at(&[NAME, operation.name()]).as_str();
        // A stored text that cannot be read was never accepted by validation; the default then holds.
        Some(configured.and_then(|text| parse_duration(text).ok()).unwrap_or(*default))
    }

    /// Whether there are any.
    pub(crate) fn are_declared(&self) -> bool {
        !self.0.is_empty()
    }

    pub(super) fn attribute(&self) -> Attribute {
        let times = self.0.iter().map(|(operation, default)| {
            let name = operation.name();
            let text = format!(
                "How long to {name} may take, such as `30s`, `10m` or `1h30m`. Default: `{default:?}`."
            );
            (name, Attribute::string().describe(text).validate(ValidDuration))
        });
        Attribute::object(times).describe("How long operations may take before they are given up.")
    }
}

struct ValidDuration;

impl Validator for ValidDuration {
    fn describe(&self) -> String {
        "a duration such as `30s`, `10m` or `1h30m`".to_owned()
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let Some(text) = value.as_str() else { return };
        if let Err(error) = parse_duration(text) {
            let detail = format!("{error}. Write it like `30s`, `10m` or `1h30m`.");
            out.push(
                Diagnostic::error(format!("`{path}` is not a duration")).detail(detail).at(path.clone()),
            );
        }
    }

    fn idle_on(&self, ty: &Type) -> Option<String> {
        super::idle::idle_unless_text(ty)
    }
}

/// The text is not a duration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` {problem}")]
pub struct DurationError {
    text: String,
    problem: &'static str,
}

/// Reads a duration as Terraform users write it: numbers with units `h`, `m`, `s`, `ms`, `us` (or `µs`), `ns`, such as
/// `1h30m` or `1.5s`. A bare `0` is one too.
///
/// # Errors
/// When the text is something else, negative, or too long for a [`Duration`].
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    let fail = |problem| DurationError { text: text.chars().take(64).collect(), problem };
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    if text.is_empty() {
        return Err(fail("is empty"));
    }
    let (mut rest, mut total) = (text, Duration::ZERO);
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let number: f64 = number.parse().map_err(|_| fail("has no number where one is wanted"))?;
        let letters = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let seconds = match unit {
            "h" => 3600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" | "µs" => 1e-6,
            "ns" => 1e-9,
            "" => return Err(fail("lacks a unit (`s`, `m` or `h`)")),
            _ => return Err(fail("has an unknown unit")),
        };
        let part = Duration::try_from_secs_f64(number * seconds).map_err(|_| fail("is too long"))?;
        total = total.checked_add(part).ok_or_else(|| fail("is too long"))?;
        rest = after;
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_users_write_them() {
        let seconds = |text| parse_duration(text).unwrap().as_secs_f64();
        for (text, expected) in [("30s", 30.0), ("1h30m", 5400.0), ("1.5s", 1.5), ("250ms", 0.25), ("0", 0.0)]
        {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_duration_says_why() {
        let problem = |text: &str| parse_duration(text).unwrap_err().to_string();
        assert_eq!(problem("30"), "`30` lacks a unit (`s`, `m` or `h`)");
        assert_eq!(problem("-5s"), "`-5s` has no number where one is wanted");
        assert_eq!(problem("5 minutes"), "`5 minutes` has an unknown unit");
        assert_eq!(problem(""), "`` is empty");
        assert_eq!(
            problem(&format!("{}h", "9".repeat(300))).split(' ').skip(1).collect::<String>(),
            "istoolong"
        );
    }

    #[test]
    fn the_configuration_comes_before_the_default() {
        let timeouts = Timeouts::of([(Operation::Create, Duration::from_secs(60))]);
        let object = Value::object([(NAME, Value::object([("create", Value::from("5s"))]))]);
        assert_eq!(timeouts.get(Operation::Create, &object), Some(Duration::from_secs(5)));
        assert_eq!(timeouts.get(Operation::Create, &Value::Null), Some(Duration::from_secs(60)));
        assert_eq!(timeouts.get(Operation::Read, &object), None);
    }

    #[test]
    fn a_timeout_that_is_none_says_what_to_write() {
        let mut out = Diagnostics::new();
        ValidDuration.validate(&"soon".into(), &Path::of("create"), &mut out);
        let said: Vec<_> = out.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "`create`: `create` is not a duration: `soon` has no number where one is wanted. Write it like `30s`, `10m` \
              or `1h30m`."
            ]
        );
        assert_eq!(ValidDuration.describe(), "a duration such as `30s`, `10m` or `1h30m`");
    }
}
