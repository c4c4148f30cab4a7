//! The binary that Terraform starts.

use std::process::ExitCode;

use terraform_provider_truefoundry::{ADDRESS, SCHEMA, Truefoundry};
use tfplugin::Server;
use tfplugin::transport::{Options, run};

fn main() -> ExitCode {
    let options = Options::from_args(ADDRESS, std::env::args_os());
    // A debug build is for changing the provider: it makes its schema anew.
    let options = if cfg!(debug_assertions) { options } else { options.with_schema(SCHEMA) };
    run(Server::new(Truefoundry), &options)
}
