//! The Terraform plugin protocol, version 6, and a framework for writing providers over it.
//!
//! A provider implements [`Provider`] and, for each kind of object, [`Resource`], [`DataSource`],
//! [`EphemeralResource`], [`ListResource`] or [`Action`]; [`Function`] adds functions. Its `main` calls
//! [`transport::run`]. [`mod@model`] makes schema and conversions of a struct.
//!
//! What Terraform demands of every provider (null and unknown values, write-only values that never reach the
//! state, plans that match their configuration, results that match their plans, no crash) is kept here, in
//! the framework, and not in resources.
//!
//! | to have | see |
//! |---|---|
//! | attributes, nested objects and blocks, unions, timeouts, write-only values | [`schema`] |
//! | demands on configured values, each with a message that names the attribute | [`schema::validators`] |
//! | refusals of what only the provider sets, and of null where a value must be | [`schema::Schema::check_presence`] |
//! | schemas that Terraform would refuse, or whose checks do nothing | [`schema::Schema::check`] |
//! | defaults, replacement, values that stay, spellings that mean the same | [`schema::plan_modifiers`], [`schema::semantic_equality`] |
//! | import, moves from other types, upgrades of states and identities | [`Resource`] |
//! | operations put off, deadlines, cancellation, warnings | [`Context`] |
//! | Terraform's rules as checks, on in debug builds | [`check`], [`Server::checking`] |
//! | logs that Terraform shows, without secrets | [`log`] |
//!
//! Every method of protocol 6.11 is answered, for Terraform 1.0 and later. State stores and computed blocks, which are
//! experimental, are not offered: their methods say so.
//!
//! # Beside HashiCorp's framework
//!
//! The example provider (`examples/thing`) and the same one on terraform-plugin-framework (`peer`), of one schema and one behaviour. The
//! time by the clock has Terraform in it.
//!
#![doc = include_str!("../peer/FIGURES.md")]
//!
//! # A whole provider
//!
//! ```no_run
#![doc = include_str!("../examples/minimal.rs")]
//! ```

// What `#[derive(Model)]` writes names this crate as its users do.
extern crate self as tfplugin;

mod at_once;
pub mod diag;
mod engine;
pub mod function;
pub mod model;
pub mod proto;
mod provider;
pub mod schema;
mod server;
pub mod transport;
pub mod value;

pub use async_trait::async_trait;
pub use diag::{Diagnostic, Diagnostics};
pub use engine::check;
pub use provider::{
    Action, Change, Context, DataSource, DeferReason, EphemeralResource, Failed, Found, Function,
    ListResource, Listed, MoveSource, Named, Opened, Plan, Private, Progress, Provider, Query, Resource,
    Setup, State, Stored,
};
pub use server::Server;
pub use tokio_util::sync::CancellationToken;
pub use transport::{Options, ServeError, log};
