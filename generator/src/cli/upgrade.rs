//! `tfy-infra upgrade`.

use std::io::Write as _;
use std::path::Path;

use clap::Args;
use serde_json::json;

use super::generate::Wanted;
use super::{DIFFERENCES, FAILED, Failure, Input, OK, Tree};
use crate::diag::{Diagnostic, Report};
use crate::run::{self, Caller, Operation, Summary};
use crate::screen;
use crate::tree;
use crate::upgrade::{self, Proof};

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    input: Input,
    #[command(flatten)]
    tree: Tree,
    /// Whoever applies the layer `cluster` first becomes an administrator of the cluster, and stays one.
    #[arg(long)]
    caller_is_admin: bool,
    /// Print a summary as JSON on standard output.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(options: &Options) -> Result<u8, Failure> {
    let directory = &options.tree.directory;
    let wanted = Wanted::of(&options.input, directory)?;
    let Some(before) = &wanted.before else { return Err(none(directory)) };
    let changes = wanted.look(directory)?;
    let effects = wanted.tell(wanted.verdict(directory, &[]))?;
    let versions = (before.generator.as_str(), env!("CARGO_PKG_VERSION"));
    if !options.json {
        screen::out().write_all(tree::diff(&changes).as_bytes())?;
    }
    let (summary, proof) = planned(options, &wanted)?;
    if options.json {
        super::print_json(&json!({
            "directory": directory,
            "from": versions.0,
            "to": versions.1,
            "files": tree::counts(&changes),
            "changes": effects.json(),
            "plan": summary.json(),
            "proof": proof,
        }))?;
    } else {
        screen::out().write_all(summary.table().as_bytes())?;
    }
    let mut err = screen::err();
    writeln!(err, "{}", told(directory, versions))?;
    err.write_all(proof.told(&next(options)).as_bytes())?;
    let is_same = changes.iter().all(|change| change.text.is_none()) && !summary.has_changes();
    Ok(match proof.holds() {
        false => FAILED,
        true if is_same => OK,
        true => DIFFERENCES,
    })
}

/// Which version the tree is of, and which one this is.
fn told(directory: &Path, (from, to): (&str, &str)) -> String {
    format!("`{}` is of tfy-infra {from}, and this is {to}", directory.display())
}

/// What Terraform would change, by a copy of the tree that this version has written anew.
fn planned(options: &Options, wanted: &Wanted) -> Result<(Summary, Proof), Failure> {
    let copy =
        upgrade::Copy::of(&options.tree.directory).map_err(|e| uncopied(&options.tree.directory, &e))?;
    wanted.write(copy.path())?;
    // One download for all layers.
    let plugins = copy.path().join(".plugins");
    fs_err::create_dir(&plugins).map_err(|e| uncopied(&options.tree.directory, &e))?;
    let before = wanted.before.as_ref().map(|before| before.layers.as_slice()).unwrap_or_default();
    // What is new need not be there to be planned, such as a way to the cluster, and can lose nothing.
    let new = wanted.layers.iter().filter(|layer| before.iter().all(|known| known.name != layer.name));
    let given = run::Options {
        skip: new.map(|layer| layer.name.clone()).collect(),
        auto_approve: true,
        color: super::color(),
        quiet: options.json,
        plugins: Some(plugins),
        passing: true,
        ..run::Options::new(copy.path().to_owned(), options.tree.terraform.clone())
    };
    let caller = Caller { is_admin: options.caller_is_admin, ..Caller::default() };
    let summary = run::Ready::new(Operation::Plan, &given)?.run(caller)?;
    let summary = Summary { directory: options.tree.directory.clone(), ..summary };
    let proof = Proof::of(&summary, &given.skip);
    Ok((summary, proof))
}

/// What writes it.
fn next(options: &Options) -> String {
    let [file, directory] = [&options.input.file, &options.tree.directory].map(crate::shell::word);
    format!("tfy-infra generate -f {file} -o {directory}")
}

fn none(directory: &Path) -> Failure {
    let problem =
        Diagnostic::new(format!("`{}` is not a directory that tfy-infra generated", directory.display()))
            .note("what is to be upgraded has to be there")
            .hint("name the directory with `-d`, or generate a first one");
    Failure::input(Report::single(problem))
}

fn uncopied(directory: &Path, cause: &std::io::Error) -> Failure {
    let problem = Diagnostic::new(format!(
        "`{}` cannot be copied to plan what an upgrade changes",
        directory.display()
    ))
    .note(cause.to_string())
    .hint("make room in the temporary directory, or name another one by TMPDIR; nothing was changed");
    Failure::failed(problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_upgraded_says_why() {
        assert_eq!(
            told(Path::new("infra"), ("0.1.0", "0.2.0")),
            "`infra` is of tfy-infra 0.1.0, and this is 0.2.0"
        );
        let full = std::io::Error::from(std::io::ErrorKind::StorageFull);
        let shown = [none(Path::new("infra")), uncopied(Path::new("infra"), &full)]
            .map(|failure| failure.report.render(false));
        insta::assert_snapshot!(shown.concat(), @r"
        error: `infra` is not a directory that tfy-infra generated
          = note: what is to be upgraded has to be there
          = hint: name the directory with `-d`, or generate a first one

        error: `infra` cannot be copied to plan what an upgrade changes
          = note: no storage space
          = hint: make room in the temporary directory, or name another one by TMPDIR; nothing was changed
        ");
    }
}
