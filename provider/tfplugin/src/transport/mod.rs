//! How Terraform and the provider process meet: handshake, listener, TLS, services, signals, logs, end of life.
//!
//! Terraform starts the binary, passes a cookie and its terms in environment variables, reads one line from standard
//! output, and then speaks gRPC over one connection. [`run`] does all of that for a `main`; [`serve`] is the same with
//! the error left to the caller; [`TestServer`] serves inside the calling process.

mod connection;
mod endpoint;
mod error;
mod gathered;
mod handshake;
mod hooks;
pub mod log;
mod memory;
mod options;
mod panic;
mod process;
mod reattach;
mod schema_once;
mod server;
mod services;
mod signals;
mod test_server;
mod tls;

pub use error::ServeError;
pub use options::{Mode, Options};
pub use process::{run, serve};
pub use test_server::TestServer;
