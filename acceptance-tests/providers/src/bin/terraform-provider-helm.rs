//! The double of `hashicorp/helm`, as Terraform starts it.

use std::process::ExitCode;

use provider_doubles::helm::{self, Provider};
use tfplugin::Server;
use tfplugin::transport::{self, Options};

fn main() -> ExitCode {
    if let Some(ended) = helm::guard(std::env::args_os()) {
        return ended;
    }
    transport::run(Server::new(Provider::guarded()), &Options::from_args(helm::ADDRESS, std::env::args_os()))
}
