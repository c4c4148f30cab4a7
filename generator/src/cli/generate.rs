//! `tfy-infra generate`.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::{BAD_INPUT, FAILED, Failure, Input, OK};
use crate::diag::{Diagnostic, Report};
use crate::plan::layers;
use crate::tree::{self, Layer, WriteError};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    input: Input,
    /// The directory to write: absent, empty, or written by tfy-infra before.
    #[arg(short = 'o', long = "output", value_name = "DIR")]
    output: PathBuf,
    /// Print a summary as JSON on standard output.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<u8, Failure> {
    let (loaded, platform) = super::platform_of(&options.input)?;
    let files = platform.files(loaded.file_name()).map_err(|e| {
        let cause = std::error::Error::source(&e).map(ToString::to_string).unwrap_or_default();
        Failure::failed(
            Diagnostic::new(e.to_string())
                .note(cause)
                .hint("this is a defect of tfy-infra: please report it"),
        )
    })?;
    let layers: Vec<Layer> = layers::of(&platform).iter().map(Layer::from).collect();
    let written = tree::write(&options.output, &files, &layers).map_err(|e| refused(&e))?;
    if options.json {
        super::print_json(&json!({
            "directory": options.output,
            "name": platform.name,
            "layers": layers.iter().map(|l| &l.name).collect::<Vec<_>>(),
            "files": { "written": written.written, "unchanged": written.unchanged, "deleted": written.deleted },
        }))?;
    }
    let directory = options.output.display();
    let mut err = std::io::stderr().lock();
    writeln!(
        err,
        "`{directory}`: {} files written, {} unchanged, {} deleted",
        written.written, written.unchanged, written.deleted
    )?;
    writeln!(err, "next: review them, then `tfy-infra apply -d {directory}`")?;
    Ok(OK)
}

fn refused(e: &WriteError) -> Failure {
    let code = if e.is_input() { BAD_INPUT } else { FAILED };
    let problem = Diagnostic::new(e.to_string()).note("nothing was written").hint(e.hint());
    Failure { report: Report::single(problem), code }
}
