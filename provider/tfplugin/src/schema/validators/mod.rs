//! Validators that providers share.
//!
//! A validator sees only values that are set, unless it asks for null ([`Validator::sees_null`]): null is refused where the
//! schema demands a value, and among the elements of a collection. An unknown value is checked when it is known.

mod numbers;
mod objects;
mod values;
mod wrap;

pub use super::idle::{idle_unless_number, idle_unless_text, idle_without};
pub use super::validator::Validator;
pub use numbers::{at_least, at_most, between, number_one_of, within};
pub use objects::{also_requires, at_least_one_of, at_most_one_of, conflicts_with, exactly_one_of, together};
pub use values::{
    byte_length, item_count, length, matches, none_of, one_of, one_of_ignoring_case, unique, unique_by,
};
pub use wrap::{any_of, each, keys, warn};
