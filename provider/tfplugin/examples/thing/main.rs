//! A provider of things that exist only in its own memory, or in a JSON file: every kind of attribute, and every step
//! in the life of a resource, without a service to talk to. It is what the benchmark measures and what the end-to-end
//! tests drive.
//!
//! ```text
//! cargo build --release --example thing
//! ```

mod things;

use std::process::ExitCode;

use tfplugin::Server;
use tfplugin::transport::{self, Options};

use things::Things;

fn main() -> ExitCode {
    transport::run(Server::new(Things), &Options::from_args(things::ADDRESS, std::env::args_os()))
}
