//! `helm_release` through the real Terraform, with a `helm` that notes how it was called.

#![expect(clippy::unwrap_used, reason = "a step that fails fails its test")]

mod bed;
mod changes;
mod weaknesses;
