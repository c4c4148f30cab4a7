//! `tfy-infra generate` and `tfy-infra diff`.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::{BAD_INPUT, CONFLICTS, DIFFERENCES, FAILED, Failure, Input, OK, Read};
use crate::diag::{Diagnostic, Report};
use crate::plan::{Files, Platform, Slots, layers};
use crate::screen;
use crate::spec::Loaded;
use crate::tree::{self, Change, Deed, Layer, Manifest, Request, Side, WriteError};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    input: Input,
    /// The directory to write: absent, empty but for platform.yaml or `.gitkeep`, or written by tfy-infra before.
    #[arg(short = 'o', long = "output", value_name = "DIR", value_parser = super::directory())]
    output: PathBuf,
    /// Write nothing; exit with 3 when something would be written.
    #[arg(long)]
    check: bool,
    /// Take one side where FILE has conflicts, or, with `new`, in place of a file that you edited or deleted.
    #[arg(long, num_args = 2, value_names = ["mine|new", "FILE"], action = clap::ArgAction::Append)]
    accept: Vec<String>,
    /// Let a change be that destroys or replaces something, by its name, such as `zone`. Can be given more than once.
    #[arg(long, value_name = "CHANGE")]
    allow: Vec<String>,
    /// Print a summary as JSON on standard output.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct DiffOptions {
    #[command(flatten)]
    input: Input,
    /// The directory that `tfy-infra generate` wrote, or would write.
    #[arg(short = 'o', long = "output", value_name = "DIR", value_parser = super::directory())]
    output: PathBuf,
}

/// What is to be in the directory.
pub(super) struct Wanted {
    pub(super) loaded: Loaded,
    platform: Platform,
    files: Files,
    pub(super) layers: Vec<Layer>,
    inputs: serde_json::Value,
    slots: Slots,
    warnings: Report,
    /// What the tree says of itself, where there is one.
    pub(super) before: Option<Manifest>,
    file: PathBuf,
}

impl Wanted {
    /// `directory` is where it is to be, or is.
    pub(super) fn of(input: &Input, directory: &Path) -> Result<Self, Failure> {
        // One that cannot be read is told by who writes or looks.
        let before = Manifest::read(directory).ok().flatten();
        let settled = before.as_ref().map(|before| before.settled(directory)).unwrap_or_default();
        let Read { loaded, platform, warnings } = super::read_again(input, before.as_ref(), &settled)?;
        let files = platform.files().map_err(|e| {
            let cause = std::error::Error::source(&e).map(ToString::to_string).unwrap_or_default();
            defect(Diagnostic::new(e.to_string()).note(cause))
        })?;
        let layers = layers::of(&platform).iter().map(|layer| Layer::of(&platform, layer)).collect();
        let inputs = inputs(&loaded)?;
        let slots = platform.network.slots();
        let file = input.file.clone();
        Ok(Self { loaded, platform, files, layers, inputs, slots, warnings, before, file })
    }

    /// What a generation would do with each file of a directory, if it did it.
    pub(super) fn look(&self, directory: &Path) -> Result<Vec<Change>, Failure> {
        tree::look(directory, &self.request(&BTreeMap::new())).map_err(|e| refused(&e))
    }

    /// Writes it, with edits as they are.
    pub(super) fn write(&self, directory: &Path) -> Result<Vec<Change>, Failure> {
        tree::write(directory, &self.request(&BTreeMap::new())).map_err(|e| refused(&e))
    }

    fn request<'a>(&'a self, accept: &'a BTreeMap<String, Side>) -> Request<'a> {
        let Self { files, layers, inputs, slots, file, .. } = self;
        Request { files, layers, inputs, slots, accept, spec: file }
    }
}

fn inputs(loaded: &Loaded) -> Result<serde_json::Value, Failure> {
    serde_json::to_value(&loaded.spec).map_err(|e| defect(Diagnostic::new(e.to_string())))
}

fn defect(problem: Diagnostic) -> Failure {
    Failure::failed(problem.hint("this is a defect of tfy-infra: please report it"))
}

pub(super) fn run(options: &Options) -> Result<u8, Failure> {
    let accept = accepted(&options.accept)?;
    super::effects::check_names(&options.allow)?;
    let wanted = Wanted::of(&options.input, &options.output)?;
    let request = wanted.request(&accept);
    let verdict = wanted.verdict(&options.output, &options.allow);
    let effects = if options.check { wanted.tell(verdict)? } else { wanted.refuse(verdict)? };
    let done = if options.check {
        tree::look(&options.output, &request)
    } else {
        tree::write(&options.output, &request)
    };
    let changes = done.map_err(|e| refused(&e))?;
    if !options.check {
        wanted.note_new_layers(&options.output);
    }
    let to_migrate = super::migrate::waiting(&options.output);
    let of = |deed: Deed| changes.iter().filter(|change| change.deed == deed).count();
    if options.json {
        super::print_json(&json!({
            "directory": options.output,
            "name": wanted.platform.name,
            "layers": wanted.layers.iter().map(|l| &l.name).collect::<Vec<_>>(),
            "files": tree::counts(&changes),
            "conflicts": conflicts(&changes),
            "changes": effects.json(),
            "to_migrate": to_migrate,
            "warnings": wanted.warnings.json(),
        }))?;
    }
    let directory = options.output.display();
    let mut err = screen::err();
    for line in tree::tell(&changes) {
        writeln!(err, "{line}")?;
    }
    let written = changes.iter().filter(|change| change.text.is_some()).count();
    let (deleted, unchanged) =
        (of(Deed::Delete), changes.iter().filter(|change| is_left_alone(change)).count());
    if options.check {
        writeln!(err, "`{directory}`: {written} files to write, {unchanged} unchanged, {deleted} to delete")?;
        let unfinished =
            Manifest::whole(&options.output).err().filter(|e| matches!(e, WriteError::Unfinished { .. }));
        if let Some(e) = &unfinished {
            writeln!(err, "{e}")?;
        }
        return Ok(if written + deleted == 0 && unfinished.is_none() { OK } else { DIFFERENCES });
    }
    writeln!(err, "`{directory}`: {written} files written, {unchanged} unchanged, {deleted} deleted")?;
    if of(Deed::Conflict) > 0 {
        writeln!(
            err,
            "next: solve the conflicts above, or take one side with `--accept mine FILE` or `--accept new FILE`; until then \
             nothing is planned or applied"
        )?;
        return Ok(CONFLICTS);
    }
    writeln!(err, "{}", super::migrate::next(&options.output, &to_migrate))?;
    Ok(OK)
}

pub(super) fn diff(options: &DiffOptions) -> Result<u8, Failure> {
    let wanted = Wanted::of(&options.input, &options.output)?;
    let changes = wanted.look(&options.output)?;
    wanted.tell(wanted.verdict(&options.output, &[]))?;
    screen::out().write_all(tree::diff(&changes).as_bytes())?;
    let mut err = screen::err();
    for line in tree::tell(&changes) {
        writeln!(err, "{line}")?;
    }
    Ok(OK)
}

fn is_left_alone(change: &Change) -> bool {
    matches!(change.deed, Deed::Same | Deed::Keep | Deed::Retired | Deed::StaysDeleted | Deed::Leave)
}

fn conflicts(changes: &[Change]) -> serde_json::Value {
    let all = changes.iter().filter(|change| change.deed == Deed::Conflict);
    all.map(|change| json!({ "file": change.place, "lines": change.conflicts })).collect()
}

/// Pairs of a side and a file.
fn accepted(words: &[String]) -> Result<BTreeMap<String, Side>, Failure> {
    let mut accepted = BTreeMap::new();
    for pair in words.chunks(2) {
        let [side, file] = pair else { continue };
        let side = match side.as_str() {
            "mine" => Side::Mine,
            "new" => Side::New,
            other => {
                let problem = Diagnostic::new(format!("`--accept {other}` takes no side"));
                let problem = problem.hint("write `--accept mine FILE` or `--accept new FILE`");
                return Err(Failure::input(Report::single(problem)));
            }
        };
        accepted.insert(file.trim_start_matches("./").to_owned(), side);
    }
    Ok(accepted)
}

fn refused(e: &WriteError) -> Failure {
    let code = if e.is_input() { BAD_INPUT } else { FAILED };
    let problem = Diagnostic::new(e.to_string()).hint(e.hint());
    // What the disk refuses, it may refuse halfway.
    let problem = if matches!(e, WriteError::Io(_)) { problem } else { problem.note("nothing was written") };
    Failure::with(Report::single(problem), code)
}
