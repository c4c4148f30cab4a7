//! The double of `hashicorp/kubernetes`, as Terraform starts it.

use std::process::ExitCode;

use provider_doubles::kubernetes::{self, Provider};
use tfplugin::Server;
use tfplugin::transport::{self, Options};

fn main() -> ExitCode {
    transport::run(Server::new(Provider), &Options::from_args(kubernetes::ADDRESS, std::env::args_os()))
}
