//! Checks of the source text, called by `cargo xtask ci`.

mod files;
mod messages;

use std::io::Write as _;
use std::process::ExitCode;

use anyhow::{Result, bail};

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do when standard error is closed.
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<()> {
    match arguments.split_first() {
        Some((check, rest)) if check == "messages" => messages::run(rest),
        _ => bail!("which check?\nhint: `source-checks messages`"),
    }
}
