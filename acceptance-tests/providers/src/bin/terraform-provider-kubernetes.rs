//! The double of `hashicorp/kubernetes`, as Terraform starts it.

use std::process::ExitCode;

use provider_doubles::kubernetes::{self, Provider};
use provider_doubles::legacy::Legacy;
use tfplugin::Server;
use tfplugin::transport::{self, Options};

fn main() -> ExitCode {
    // As with the real one, Terraform alone judges the answers.
    let service = Legacy(Server::new(Provider).checking(false));
    transport::run(service, &Options::from_args(kubernetes::ADDRESS, std::env::args_os()))
}
