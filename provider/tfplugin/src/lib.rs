//! The Terraform plugin protocol, version 6, and a framework for writing providers over it.
//!
//! A provider implements [`Provider`] and, for each kind of object, [`Resource`], [`DataSource`] or
//! [`EphemeralResource`]; [`Function`] adds functions. Its `main` calls
//! [`transport::run`]. [`mod@model`] makes schema and conversions of a struct.
//!
//! What Terraform demands of every provider (null and unknown values, write-only values that never reach the
//! state, plans that match their configuration, results that match their plans, no crash) is kept here, in
//! [`mod@plan`] and the server, and not in resources.
//!
//! # A whole provider
//!
//! ```no_run
#![doc = include_str!("../examples/minimal.rs")]
//! ```

// What `#[derive(Model)]` writes names this crate as its users do.
extern crate self as tfplugin;

pub mod check;
pub mod diag;
pub mod function;
pub mod model;
pub mod plan;
pub mod proto;
mod provider;
pub mod schema;
mod server;
pub mod transport;
pub mod validate;
pub mod value;

pub use async_trait::async_trait;
pub use diag::{Diagnostic, Diagnostics};
pub use provider::{
    Action, Change, Context, DataSource, DeferReason, EphemeralResource, Failed, Found, Function,
    ListResource, Listed, MoveSource, Named, Opened, Plan, Private, Progress, Provider, Query, Resource,
    Setup, State,
};
pub use server::Server;
pub use tokio_util::sync::CancellationToken;
pub use transport::{Options, ServeError, log};
