//! `tfy-infra plan`, `apply` and `destroy`.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;

use super::{DIFFERENCES, FAILED, Failure, OK};
use crate::diag::{Diagnostic, Report};
use crate::run::{self, Operation, Summary};

#[derive(Debug, Args)]
struct Common {
    /// The directory that `tfy-infra generate` wrote.
    #[arg(short = 'd', long = "directory", value_name = "DIR")]
    directory: PathBuf,
    /// Only this layer; the layers that it reads must be there.
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
    /// Run layers side by side where none waits for the other.
    #[arg(long)]
    parallel_layers: bool,
    /// The terraform program.
    #[arg(
        long,
        value_name = "PATH",
        env = "TFY_TERRAFORM",
        hide_env_values = true,
        default_value = "terraform"
    )]
    terraform: PathBuf,
    /// Print a summary as JSON on standard output.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct PlanOptions {
    #[command(flatten)]
    common: Common,
    /// Exit with 3 when there are changes.
    #[arg(long)]
    detailed_exitcode: bool,
}

#[derive(Debug, Args)]
pub(super) struct ChangeOptions {
    #[command(flatten)]
    common: Common,
    /// Ask nothing.
    #[arg(long)]
    auto_approve: bool,
}

#[derive(Debug, Args)]
pub(super) struct ApplyOptions {
    #[command(flatten)]
    change: ChangeOptions,
    /// Do not look first whether credentials, account, region and clock are as AWS wants them.
    #[arg(long)]
    skip_preflight: bool,
}

pub(super) fn plan(options: &PlanOptions) -> Result<u8, Failure> {
    let summary = run(Operation::Plan, &options.common, true, || Ok(()))?;
    let changed = options.detailed_exitcode && summary.ok() && summary.has_changes();
    Ok(if changed { DIFFERENCES } else { code(&summary) })
}

pub(super) fn apply(options: &ApplyOptions) -> Result<u8, Failure> {
    let common = &options.change.common;
    change(Operation::Apply, &options.change, || {
        if options.skip_preflight { Ok(()) } else { look_first(common) }
    })
}

#[cfg(feature = "aws")]
fn look_first(common: &Common) -> Result<(), Failure> {
    super::first_look::before_apply(&common.directory, common.layer.as_deref())
}

/// A build without the feature cannot look.
#[cfg(not(feature = "aws"))]
fn look_first(_: &Common) -> Result<(), Failure> {
    Ok(())
}

pub(super) fn destroy(options: &ChangeOptions) -> Result<u8, Failure> {
    change(Operation::Destroy, options, || Ok(()))
}

fn change(
    operation: Operation,
    options: &ChangeOptions,
    first: impl FnOnce() -> Result<(), Failure>,
) -> Result<u8, Failure> {
    check_answers(operation, options)?;
    run(operation, &options.common, options.auto_approve, first).map(|summary| code(&summary))
}

/// Whether somebody can answer, or nobody needs to.
fn check_answers(operation: Operation, options: &ChangeOptions) -> Result<(), Failure> {
    if !options.auto_approve && !std::io::stdin().is_terminal() {
        let problem = Diagnostic::new(format!(
            "`{}` asks before it changes anything, and nobody can answer",
            operation.verb()
        ))
        .note("standard input is not a terminal")
        .hint("look at `tfy-infra plan` first, then give `--auto-approve`");
        return Err(Failure::input(Report::single(problem)));
    }
    Ok(())
}

/// `first` is what is looked at when the directory and the machine are known to be in order, and before anything is started.
fn run(
    operation: Operation,
    common: &Common,
    auto_approve: bool,
    first: impl FnOnce() -> Result<(), Failure>,
) -> Result<Summary, Failure> {
    let options = run::Options {
        dir: common.directory.clone(),
        terraform: common.terraform.clone(),
        layer: common.layer.clone(),
        parallel: common.parallel_layers,
        auto_approve,
        color: super::color(),
        quiet: common.json,
    };
    let ready = run::Ready::new(operation, &options)?;
    first()?;
    let summary = ready.run()?;
    if common.json {
        super::print_json(&summary.json())?;
    } else {
        std::io::stdout().lock().write_all(summary.table().as_bytes())?;
    }
    Ok(summary)
}

fn code(summary: &Summary) -> u8 {
    if summary.ok() { OK } else { FAILED }
}
