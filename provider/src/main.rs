//! The binary that Terraform starts.

use std::process::ExitCode;

use terraform_provider_truefoundry::{ADDRESS, Truefoundry};
use tfplugin::Server;
use tfplugin::transport::{Options, run};

fn main() -> ExitCode {
    run(Server::new(Truefoundry), &Options::from_args(ADDRESS, std::env::args_os()))
}
