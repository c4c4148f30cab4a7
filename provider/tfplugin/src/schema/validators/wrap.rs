//! Validators made of other validators.

use crate::diag::{Diagnostic, Diagnostics, Severity};
use crate::schema::idle::{element, of_elements, only};
use crate::schema::validator::Validator;
use crate::value::{Path, Type, Value};

struct Each<V>(V);

/// Every element of a list, set or map passes `validator`.
#[must_use]
pub fn each(validator: impl Validator) -> impl Validator {
    Each(validator)
}

impl<V: Validator> Validator for Each<V> {
    fn describe(&self) -> String {
        format!("of elements that are each {}", self.0.describe())
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        // Null elements are refused as a rule, and are here only where they are allowed.
        let looks = |element: &Value| element.is_set() || element.is_null() && self.0.sees_null();
        let elements = value.as_elements().unwrap_or_default().iter().enumerate();
        for (index, element) in elements.filter(|(_, element)| looks(element)) {
            // An element of a set has no path of its own.
            let at = if matches!(value, Value::Set(_)) { path.clone() } else { path.index(index) };
            self.0.validate(element, &at, out);
        }
        for (key, element) in value.as_object().into_iter().flatten().filter(|(_, element)| looks(element)) {
            self.0.validate(element, &path.key(key), out);
        }
    }

    fn idle_on(&self, ty: &Type) -> Option<String> {
        of_elements(ty).or_else(|| element(ty).and_then(|element| self.0.idle_on(element)))
    }
}

struct Keys<V>(V);

/// Every key of a map passes `validator`.
#[must_use]
pub fn keys(validator: impl Validator) -> impl Validator {
    Keys(validator)
}

impl<V: Validator> Validator for Keys<V> {
    fn describe(&self) -> String {
        format!("a map whose keys are each {}", self.0.describe())
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        for key in value.as_object().into_iter().flat_map(|entries| entries.keys()) {
            self.0.validate(&Value::string(key), &path.key(key), out);
        }
    }

    fn idle_on(&self, ty: &Type) -> Option<String> {
        only("maps", matches!(ty, Type::Map(_) | Type::Dynamic), ty).or_else(|| self.0.idle_on(&Type::String))
    }
}

struct Warn<V>(V);

/// What `validator` refuses is allowed, with a warning.
#[must_use]
pub fn warn(validator: impl Validator) -> impl Validator {
    Warn(validator)
}

impl<V: Validator> Validator for Warn<V> {
    fn describe(&self) -> String {
        format!("preferably {}", self.0.describe())
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let mut found = Diagnostics::new();
        self.0.validate(value, path, &mut found);
        for diagnostic in found.iter() {
            out.push(Diagnostic { severity: Severity::Warning, ..diagnostic.clone() });
        }
    }

    fn sees_null(&self) -> bool {
        self.0.sees_null()
    }

    fn names(&self) -> Vec<&str> {
        self.0.names()
    }

    fn idle_on(&self, ty: &Type) -> Option<String> {
        self.0.idle_on(ty)
    }
}

struct AnyOf(Vec<Box<dyn Validator>>);

/// What at least one of these accepts.
#[must_use]
pub fn any_of(validators: impl IntoIterator<Item = Box<dyn Validator>>) -> impl Validator {
    AnyOf(validators.into_iter().collect())
}

impl Validator for AnyOf {
    fn describe(&self) -> String {
        self.0.iter().map(|validator| validator.describe()).collect::<Vec<_>>().join(", or ")
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        let accepts = |validator: &dyn Validator| {
            let mut found = Diagnostics::new();
            validator.validate(value, path, &mut found);
            !found.has_errors()
        };
        if !self.0.iter().any(|validator| accepts(validator.as_ref())) {
            let got = super::values::shown(value);
            out.push(super::values::refuse(path, &self.describe(), &got));
        }
    }

    fn sees_null(&self) -> bool {
        // One that does not look at null accepts it.
        self.0.iter().all(|validator| validator.sees_null())
    }

    fn names(&self) -> Vec<&str> {
        self.0.iter().flat_map(|validator| validator.names()).collect()
    }

    fn idle_on(&self, ty: &Type) -> Option<String> {
        // One that looks at nothing accepts everything.
        self.0.iter().find_map(|validator| validator.idle_on(ty))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::validators::item_count;

    #[test]
    fn what_none_of_several_accepts_is_told_without_a_value_too_large_to_show() {
        let pair_or_four =
            any_of([2, 4].map(|count| Box::new(item_count(count..=count)) as Box<dyn Validator>));
        let mut out = Diagnostics::new();
        pair_or_four.validate(&Value::List(vec!["a".into(); 3]), &Path::of("zones"), &mut out);
        let told: Vec<_> = out.iter().map(ToString::to_string).collect();
        let expected = "`zones`: Invalid value for `zones`: `zones` must be of 2 to 2 elements, or of 4 to 4 elements, but it is \
                        something else.";
        assert_eq!(told, [expected]);
    }
}
