//! The typed objects through the real Terraform, against a model of the API server.

#![expect(clippy::unwrap_used, reason = "a step that fails fails its test")]

mod bed;
mod life;
mod model;
mod trouble;
