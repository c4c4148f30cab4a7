//! HTTP client for the TrueFoundry control plane.
//!
//! Manifests are plain [`serde_json::Value`]s, so that whatever sits on top (a schema-driven provider, a test)
//! decides what a manifest looks like; this crate knows how requests travel: bearer authentication, paging,
//! retries, typed errors, cancellation and logs without secrets.
//!
//! ```no_run
//! # async fn example() -> Result<(), truefoundry_api::Error> {
//! use secrecy::SecretString;
//! use truefoundry_api::{Client, Config};
//!
//! let client = Client::new(Config::new("https://acme.truefoundry.cloud", SecretString::from("tfy_...")))?;
//! for cluster in client.clusters().list(&[]).await? {
//!     println!("{}", cluster.name());
//! }
//! # Ok(())
//! # }
//! ```
//!
//! Making a [`Client`] costs nothing: no network call, no certificate is read before the first request.

mod application;
mod cancel;
mod client;
mod collection;
mod config;
mod entity;
mod error;
mod jobs;
mod listed;
mod paging;
mod rate;
mod redact;
mod retry;
mod secrets;
mod snapshot;
mod store;
mod tls;
mod transport;
mod users;

pub use application::{Applications, Deployment};
pub use client::{Action, Applied, Client};
pub use collection::{Clusters, Collection};
pub use config::Config;
pub use entity::Entity;
pub use error::{Effect, Error, Failure};
pub use redact::redacted;
pub use secrets::Secrets;
pub use store::{Singleton, Store, Written};
pub use users::Users;

/// What a fallible call of this crate answers.
pub type Result<T, E = Error> = std::result::Result<T, E>;
