//! `tfy-infra plan`, `apply` and `destroy`.

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::Args;

use super::{DIFFERENCES, FAILED, Failure, OK, Tree, UNAPPROVED};
use crate::diag::{Diagnostic, Report};
use crate::run::{self, ApplySaved, Caller, Operation, Summary};
use crate::screen;

#[derive(Debug, Args)]
struct Common {
    #[command(flatten)]
    tree: Tree,
    /// Only this layer; the layers that it reads must be there.
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
    /// Run layers side by side where none waits for the other. A plan of a platform that is there does so by itself.
    #[arg(long)]
    parallel_layers: bool,
    /// Print a summary as JSON on standard output.
    #[arg(long)]
    json: bool,
}

impl Common {
    /// The options of a run that asks before it changes anything.
    fn options(&self) -> run::Options {
        run::Options {
            layer: self.layer.clone(),
            parallel: self.parallel_layers,
            color: super::color(),
            quiet: self.json,
            ..run::Options::new(self.tree.directory.clone(), self.tree.terraform.clone())
        }
    }
}

/// Who enters a cluster for which nobody is listed.
#[derive(Debug, Args)]
struct CallerOptions {
    /// Whoever applies the layer `cluster` first becomes an administrator of the cluster, and stays one.
    #[arg(long)]
    caller_is_admin: bool,
}

#[derive(Debug, Args)]
pub(super) struct PlanOptions {
    #[command(flatten)]
    common: Common,
    #[command(flatten)]
    caller: CallerOptions,
    /// Exit with 3 when there are changes.
    #[arg(long)]
    detailed_exitcode: bool,
    /// Save the plans of all layers that can be planned now, for `tfy-infra apply FILE`. The file holds values in clear: it is readable for its owner alone.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct ChangeOptions {
    #[command(flatten)]
    common: Common,
    /// Ask nothing.
    #[arg(long)]
    auto_approve: bool,
    /// Remove what serves objects of this kind, such as `scaledobjects.keda.sh`, though there are some that the tree did not make. Can be
    /// given more than once.
    #[arg(long, value_name = "KIND")]
    allow_loss_of: Vec<String>,
}

impl ChangeOptions {
    fn options(&self) -> run::Options {
        run::Options {
            auto_approve: self.auto_approve,
            allow_loss_of: self.allow_loss_of.clone(),
            ..self.common.options()
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct DestroyOptions {
    #[command(flatten)]
    change: ChangeOptions,
    /// Leave this layer as it is, and do not ask whom it is registered with: `platform`, where the control plane is gone for good or does not
    /// answer. What of it stays registered is told. Can be given more than once.
    #[arg(long, value_name = "NAME", conflicts_with = "layer")]
    skip: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct ApplyOptions {
    /// Apply just what `tfy-infra plan --out FILE` saved, or nothing. Before a layer that could not be saved its new plan is shown and asked for; where
    /// nobody can answer, the apply stops there and exits with 5.
    #[arg(value_name = "FILE", conflicts_with_all = ["layer", "auto_approve"])]
    saved: Option<PathBuf>,
    /// Apply the plans of layers that could not be saved without a question.
    #[arg(long, requires = "saved")]
    approve_replanned: bool,
    #[command(flatten)]
    change: ChangeOptions,
    #[command(flatten)]
    caller: CallerOptions,
    /// Do not look first whether credentials, account, region and clock are as AWS wants them.
    #[arg(long)]
    skip_preflight: bool,
}

pub(super) fn plan(options: &PlanOptions) -> Result<u8, Failure> {
    let is_admin = options.caller.caller_is_admin;
    let given = run::Options { auto_approve: true, out: options.out.clone(), ..options.common.options() };
    let summary = run(Operation::Plan, &given, || Ok(Caller { is_admin, ..Caller::default() }))?;
    let changed = options.detailed_exitcode && summary.ok() && summary.has_changes();
    Ok(if changed { DIFFERENCES } else { code(&summary) })
}

pub(super) fn apply(options: &ApplyOptions) -> Result<u8, Failure> {
    let common = &options.change.common;
    let approve_replanned = options.approve_replanned;
    let saved = options.saved.clone().map(|file| ApplySaved { file, approve_replanned });
    if saved.is_none() {
        check_answers(Operation::Apply, &options.change)?;
    }
    let given = run::Options { saved, ..options.change.options() };
    let summary = run(Operation::Apply, &given, || {
        let arn = if options.skip_preflight { None } else { look_first(common)? };
        Ok(Caller { is_admin: options.caller.caller_is_admin, arn })
    })?;
    Ok(code(&summary))
}

#[cfg(feature = "aws")]
fn look_first(common: &Common) -> Result<Option<String>, Failure> {
    super::first_look::before_apply(&common.tree.directory, common.layer.as_deref())
}

/// A build without the feature cannot look.
#[cfg(not(feature = "aws"))]
fn look_first(_: &Common) -> Result<Option<String>, Failure> {
    Ok(None)
}

pub(super) fn destroy(options: &DestroyOptions) -> Result<u8, Failure> {
    check_answers(Operation::Destroy, &options.change)?;
    let given = run::Options { skip: options.skip.clone(), ..options.change.options() };
    Ok(code(&run(Operation::Destroy, &given, || Ok(Caller::default()))?))
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

/// `first` is what is looked at, and who is found to run this, when the directory and the machine are known to be in order, and before anything is started.
fn run(
    operation: Operation,
    options: &run::Options,
    first: impl FnOnce() -> Result<Caller, Failure>,
) -> Result<Summary, Failure> {
    let ready = run::Ready::new(operation, options)?;
    let caller = first()?;
    let summary = ready.run(caller)?;
    if options.quiet {
        super::print_json(&summary.json())?;
    } else {
        screen::out().write_all(summary.table().as_bytes())?;
    }
    Ok(summary)
}

fn code(summary: &Summary) -> u8 {
    match summary.unapproved() {
        Some(_) => UNAPPROVED,
        None if summary.ok() => OK,
        None => FAILED,
    }
}
