//! What Terraform demands of every provider, kept for all of them: what a configuration may be, what a plan is, and whether
//! an answer breaks a rule. Each is a walk over the values of a [`crate::schema::Schema`].

pub mod check;
mod generate;
mod matching;
mod objects;
mod plan;
mod validate;
