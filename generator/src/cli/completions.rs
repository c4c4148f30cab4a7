//! `tfy-infra completions`.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use super::{Cli, Failure, OK};
use crate::screen;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// The shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(super) fn run(options: &Options) -> Result<u8, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "tfy-infra", &mut script);
    screen::raw(&script)?;
    Ok(OK)
}
