//! `tfy-infra connect`.

use std::ffi::OsString;

use clap::Args;

use super::{Failure, Tree};
use crate::run::{self, Connect};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    tree: Tree,
    /// The port of this machine that is forwarded to the API, where the way is `access.ssm`.
    #[arg(long, value_name = "PORT", default_value_t = 8443, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// The command to run with the way to the API, whose exit code is given back; without one the port stays until Ctrl-C.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

pub(super) fn run(options: &Options) -> Result<u8, Failure> {
    Ok(run::connect(&Connect {
        dir: options.tree.directory.clone(),
        terraform: options.tree.terraform.clone(),
        port: options.port,
        command: options.command.clone(),
    })?)
}
