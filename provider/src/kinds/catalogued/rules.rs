//! Checks that the catalog's facts call for.

use std::sync::OnceLock;

use serde_json::Value as Json;
use tfplugin::schema::validators::{Validator, idle_unless_number, idle_unless_text};
use tfplugin::value::{Path, Type, Value};
use tfplugin::{Diagnostic, Diagnostics};
use truefoundry_catalog::facts::Limits;

/// What a single value must be.
pub(super) enum Check {
    Within(Within),
    OneOf(&'static [String]),
    Json,
}

impl Validator for Check {
    fn describe(&self) -> String {
        match self {
            Self::Within(within) => within.describe(),
            Self::OneOf(texts) => {
                format!(
                    "one of {}",
                    texts.iter().map(|text| format!("`{text}`")).collect::<Vec<_>>().join(", ")
                )
            }
            Self::Json => "JSON, such as `jsonencode({ ... })` makes".to_owned(),
        }
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let text = value.as_str();
        match self {
            Self::Within(within) => within.validate(value, path, out),
            Self::OneOf(texts) => {
                if let Some(text) = text.filter(|text| !texts.iter().any(|allowed| allowed == text)) {
                    out.push(refuse(path, &self.describe(), &format!("`{text}`")));
                }
            }
            Self::Json => {
                if let Some(Err(error)) = text.map(serde_json::from_str::<Json>) {
                    out.push(refuse(path, &self.describe(), &format!("not: {error}")));
                }
            }
        }
    }

    fn idle_on(&self, ty: &Type) -> Option<String> {
        match self {
            Self::Within(within) => within.idle_on(ty),
            Self::OneOf(_) | Self::Json => idle_unless_text(ty),
        }
    }
}

/// Bounds of floats, lengths and patterns of texts.
pub(super) struct Within {
    pub(super) limits: &'static Limits,
    /// Compiled when first needed: most resources of a provider are never used in one run.
    pub(super) pattern: OnceLock<Option<regex_lite::Regex>>,
}

impl Within {
    pub(super) fn new(limits: &'static Limits) -> Self {
        Self { limits, pattern: OnceLock::new() }
    }

    fn number(&self, number: f64) -> bool {
        let limits = self.limits;
        limits.min.is_none_or(|min| number >= min)
            && limits.max.is_none_or(|max| number <= max)
            && limits.above.is_none_or(|above| number > above)
    }

    fn text(&self, text: &str) -> bool {
        let length = text.chars().count();
        let above = |min: u32| usize::try_from(min).is_ok_and(|min| length >= min);
        let below = |max: u32| usize::try_from(max).is_ok_and(|max| length <= max);
        let pattern =
            self.pattern.get_or_init(|| regex_lite::Regex::new(self.limits.pattern.as_deref()?).ok());
        self.limits.min_length.is_none_or(above)
            && self.limits.max_length.is_none_or(below)
            && pattern.as_ref().is_none_or(|pattern| pattern.is_match(text))
    }
}

impl Validator for Within {
    fn describe(&self) -> String {
        let limits = self.limits;
        let parts = [
            limits.min.map(|min| format!("at least {min}")),
            limits.above.map(|above| format!("more than {above}")),
            limits.max.map(|max| format!("at most {max}")),
            limits.min_length.map(|min| format!("at least {min} long")),
            limits.max_length.map(|max| format!("at most {max} long")),
            limits.pattern.as_ref().map(|pattern| format!("of the form `{pattern}`")),
        ];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let (fits, shown) = match value {
            Value::Number(number) => (self.number(number.as_f64()), number.brief()),
            Value::String(text) => (self.text(text), text.to_string()),
            _ => return,
        };
        if !fits {
            out.push(refuse(path, &self.describe(), &format!("`{shown}`")));
        }
    }

    fn idle_on(&self, ty: &Type) -> Option<String> {
        // Text and numbers have limits of their own, and are looked at alike.
        idle_unless_text(ty).and_then(|_| idle_unless_number(ty))
    }
}

fn refuse(path: &Path, demand: &str, got: &str) -> Diagnostic {
    let name = path.to_string();
    Diagnostic::error(format!("Invalid value for `{name}`"))
        .detail(format!("`{name}` must be {demand}, but it is {got}."))
        .at(path.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(check: &Check, value: impl Into<Value>) -> String {
        let mut out = Diagnostics::new();
        check.validate(&value.into(), &Path::of("size"), &mut out);
        out.iter().map(|problem| format!("{}: {}", problem.summary, problem.detail)).collect()
    }

    fn within(limits: Limits) -> Check {
        Check::Within(Within::new(Box::leak(Box::new(limits))))
    }

    #[test]
    fn each_rule_says_what_it_demands_and_what_it_got() {
        let between = Limits { min: Some(1.0), max: Some(9.0), ..Limits::default() };
        assert_eq!(
            refusal(&within(between), 10),
            "Invalid value for `size`: `size` must be at least 1, at most 9, but it is `10`."
        );
        let above = Limits { above: Some(0.0), ..Limits::default() };
        assert_eq!(
            refusal(&within(above), 0),
            "Invalid value for `size`: `size` must be more than 0, but it is `0`."
        );
        let text = Limits {
            min_length: Some(2),
            max_length: Some(3),
            pattern: Some("^[a-z]+$".to_owned()),
            ..Limits::default()
        };
        assert_eq!(
            refusal(&within(text), "A"),
            "Invalid value for `size`: `size` must be at least 2 long, at most 3 long, of the form `^[a-z]+$`, but it \
             is `A`."
        );
        let words = Box::leak(Box::new(["small".to_owned(), "large".to_owned()]));
        assert_eq!(
            refusal(&Check::OneOf(words), "huge"),
            "Invalid value for `size`: `size` must be one of `small`, `large`, but it is `huge`."
        );
        assert_eq!(
            refusal(&Check::Json, "{"),
            "Invalid value for `size`: `size` must be JSON, such as `jsonencode({ ... })` makes, but it is not: EOF \
             while parsing an object at line 1 column 1."
        );
    }
}
