//! A demand on a value.

use super::idle::idle_without;
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

    /// The attributes of an object that it looks at, for a check over several of them. Names may lead inside:
    /// `network.subnet`. One that is not there, or that no configuration sets, is a fault of the schema.
    fn names(&self) -> Vec<&str> {
        Vec::new()
    }

    /// Why it does nothing to values of type `ty`, as the rest of a sentence that begins with what it demands; `None` where
    /// it does something. [`super::Schema::check`] refuses a schema with a check that does nothing.
    fn idle_on(&self, ty: &Type) -> Option<String> {
        self.names().into_iter().find_map(|name| idle_without(ty, name))
    }
}
