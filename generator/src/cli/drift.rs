//! `tfy-infra drift`.

use std::io::Write;

use clap::Args;

use super::generate::Wanted;
use super::{DIFFERENCES, FAILED, Failure, Input, OK, Tree};
use crate::diag::Diagnostic;
use crate::drift::record::Record;
use crate::drift::{self, Part, Places, Report, code};
use crate::run::{self, Looking};
use crate::screen;
use crate::tree::{Manifest, WriteError};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    tree: Tree,
    /// Print the rows as JSON on standard output.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<u8, Failure> {
    let places = Places {
        dir: crate::shell::word(&options.tree.directory),
        spec: crate::shell::word(&options.input.file),
    };
    let looking = Looking::start(&run::Options {
        parallel: true,
        color: super::color(),
        quiet: options.json,
        ..run::Options::new(options.tree.directory.clone(), options.tree.terraform.clone())
    })?;
    let mut parts = vec![of_code(options, &places)];
    parts.extend(drift::layers(&looking, &places));
    let report = dated(options, &looking, parts)?;
    if options.json {
        super::print_json(&report.json())?;
    } else {
        screen::out().write_all(report.text().as_bytes())?;
    }
    let mut err = screen::err();
    for problem in report.parts.iter().flat_map(|part| &part.unseen) {
        err.report(problem, super::color())?;
    }
    writeln!(err, "{}", report.summary())?;
    Ok(match () {
        () if report.interrupted => FAILED,
        () if report.has_drift() => DIFFERENCES,
        () if report.is_complete() => OK,
        () => FAILED,
    })
}

/// A spec that cannot be used keeps nobody from looking at the rest.
fn of_code(options: &Options, places: &Places) -> Part {
    compared(options, places).unwrap_or_else(|failure| code::dark(failure.report))
}

fn compared(options: &Options, places: &Places) -> Result<Part, Failure> {
    let wanted = Wanted::of(&options.input, &options.tree.directory)?;
    let changes = wanted.look(&options.tree.directory)?;
    let there = Manifest::whole(&options.tree.directory).map_err(|e| unreadable(&e))?;
    let there = there.map_or_else(Vec::new, |manifest| manifest.layers);
    Ok(code::part(&code::Tree { changes: &changes, wanted: &wanted.layers, there: &there }, places))
}

fn unreadable(e: &WriteError) -> Failure {
    Failure::failed(Diagnostic::new(e.to_string()).hint(e.hint()))
}

/// The report with since when each thing is known. One that was interrupted is not kept: the next look would take for gone what this one
/// has not come to.
fn dated(options: &Options, looking: &Looking, mut parts: Vec<Part>) -> Result<Report, Failure> {
    let dir = &options.tree.directory;
    let kept = |e: std::io::Error| {
        let problem = Diagnostic::new("what was found cannot be kept for the next look").note(e.to_string());
        Failure::failed(problem.hint("mend the cause and run the same command again"))
    };
    let last = Record::read(dir).map_err(kept)?;
    let time = now();
    let (record, gone) = Record::date(last.as_ref(), &mut parts, &time);
    let interrupted = looking.interrupted();
    if !interrupted {
        record.write(dir).map_err(kept)?;
    }
    Ok(Report {
        dir: dir.display().to_string(),
        time,
        last: last.map(|last| last.time),
        parts,
        gone,
        interrupted,
    })
}

/// The time, in whole seconds, as RFC 3339 has it.
fn now() -> String {
    let now = jiff::Timestamp::now();
    jiff::Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_told_in_whole_seconds() {
        let now = now();
        assert_eq!((now.len(), now.ends_with('Z')), (20, true), "{now}");
    }
}
