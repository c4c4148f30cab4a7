//! The double of `hashicorp/helm`, as Terraform starts it.

use std::process::ExitCode;

use provider_doubles::helm::{self, Provider};
use tfplugin::Server;
use tfplugin::transport::{self, Options};

fn main() -> ExitCode {
    if let Some(ended) = helm::guard(std::env::args_os()) {
        return ended;
    }
    // As with the real one, Terraform alone judges the answers.
    let service = Server::new(Provider::guarded()).checking(false);
    transport::run(service, &Options::from_args(helm::ADDRESS, std::env::args_os()))
}
