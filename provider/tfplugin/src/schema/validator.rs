//! A demand on a value.

use crate::diag::Diagnostics;
use crate::value::{Path, Value};

/// A check of one value.
pub trait Validator: Send + Sync {
    /// What it demands, for documentation: "between 3 and 32 characters".
    fn describe(&self) -> String;

    /// Checks `value`, which is neither null nor unknown, at `path`, and says what is wrong with it.
    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics);
}
