//! `tfy-infra man`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, CommandFactory as _};
use clap_mangen::Man;

use super::{Cli, Failure, OK};
use crate::diag::Diagnostic;
use crate::screen;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Write a page for the program and one for every command into this directory.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

pub(super) fn run(options: &Options) -> Result<u8, Failure> {
    let Some(dir) = &options.out else {
        let mut page = Vec::new();
        Man::new(Cli::command()).render(&mut page)?;
        screen::raw(&page)?;
        return Ok(OK);
    };
    let pages = write(dir).map_err(|e| Failure::failed(unwritten(dir, &e)))?;
    writeln!(screen::err(), "`{}`: {pages} pages written", dir.display())?;
    Ok(OK)
}

/// How many pages were written.
fn write(dir: &Path) -> std::io::Result<usize> {
    fs_err::create_dir_all(dir)?;
    let command = Cli::command().disable_help_subcommand(true);
    // The program's own, and one for each command.
    let pages = 1 + command.get_subcommands().count();
    clap_mangen::generate_to(command, dir)?;
    Ok(pages)
}

fn unwritten(dir: &Path, cause: &std::io::Error) -> Diagnostic {
    Diagnostic::new(format!("the manual cannot be written into `{}`", dir.display()))
        .note(cause.to_string())
        .hint("give a directory that can be written with `--out`")
}
