//! `tfy-infra connect`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use crate::run::{self, Connect};

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The directory that `tfy-infra generate` wrote.
    #[arg(short = 'd', long = "directory", value_name = "DIR")]
    directory: PathBuf,
    /// The port of this machine that is forwarded to the API, where the way is `access.ssm`.
    #[arg(long, value_name = "PORT", default_value_t = 8443, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// The terraform program.
    #[arg(
        long,
        value_name = "PATH",
        env = "TFY_TERRAFORM",
        hide_env_values = true,
        default_value = "terraform"
    )]
    terraform: PathBuf,
    /// The command to run with the way to the API, whose exit code is given back; without one the port stays until Ctrl-C.
    #[arg(last = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

pub(super) fn run(options: &Options) -> Result<u8, Failure> {
    Ok(run::connect(&Connect {
        dir: options.directory.clone(),
        terraform: options.terraform.clone(),
        port: options.port,
        command: options.command.clone(),
    })?)
}
