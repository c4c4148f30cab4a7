//! A demand on a value.

use crate::diag::Diagnostics;
use crate::value::{Path, Type, Value};

/// A check of one value.
pub trait Validator: Send + Sync {
    /// What it demands, for documentation: "between 3 and 32 characters".
    fn describe(&self) -> String;

    /// Checks `value`, which is neither null nor unknown, at `path`, and says what is wrong with it.
    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics);

    /// Whether it is asked about null as well: of an attribute that is left out, or of an element where null ones are
    /// allowed ([`super::Attribute::allow_null_elements`]).
    fn sees_null(&self) -> bool {
        false
    }

    /// Why it does nothing to values of type `ty`, as the rest of a sentence that begins with what it demands; `None` where
    /// it does something. [`super::Schema::check`] refuses a schema with a check that does nothing.
    fn idle_on(&self, _ty: &Type) -> Option<String> {
        None
    }
}
