//! `tfy-infra plan`, `apply` and `destroy`.

use std::io::{IsTerminal, Write};

use clap::Args;

use super::{DIFFERENCES, FAILED, Failure, OK, Tree};
use crate::diag::{Diagnostic, Report};
use crate::run::{self, Caller, Operation, Summary};

#[derive(Debug, Args)]
struct Common {
    #[command(flatten)]
    tree: Tree,
    /// Only this layer; the layers that it reads must be there.
    #[arg(long, value_name = "NAME")]
    layer: Option<String>,
    /// Run layers side by side where none waits for the other.
    #[arg(long)]
    parallel_layers: bool,
    /// Print a summary as JSON on standard output.
    #[arg(long)]
    json: bool,
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
    let approval = Approval { auto: true, losses: &[], skip: &[] };
    let summary =
        run(Operation::Plan, &options.common, approval, || Ok(Caller { is_admin, ..Caller::default() }))?;
    let changed = options.detailed_exitcode && summary.ok() && summary.has_changes();
    Ok(if changed { DIFFERENCES } else { code(&summary) })
}

pub(super) fn apply(options: &ApplyOptions) -> Result<u8, Failure> {
    let common = &options.change.common;
    change(Operation::Apply, &options.change, &[], || {
        let arn = if options.skip_preflight { None } else { look_first(common)? };
        Ok(Caller { is_admin: options.caller.caller_is_admin, arn })
    })
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
    change(Operation::Destroy, &options.change, &options.skip, || Ok(Caller::default()))
}

fn change(
    operation: Operation,
    options: &ChangeOptions,
    skip: &[String],
    first: impl FnOnce() -> Result<Caller, Failure>,
) -> Result<u8, Failure> {
    check_answers(operation, options)?;
    let approval = Approval { auto: options.auto_approve, losses: &options.allow_loss_of, skip };
    run(operation, &options.common, approval, first).map(|summary| code(&summary))
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

/// What may be done without asking.
#[derive(Clone, Copy)]
struct Approval<'a> {
    auto: bool,
    losses: &'a [String],
    skip: &'a [String],
}

/// `first` is what is looked at, and who is found to run this, when the directory and the machine are known to be in order, and before anything is started.
fn run(
    operation: Operation,
    common: &Common,
    approval: Approval<'_>,
    first: impl FnOnce() -> Result<Caller, Failure>,
) -> Result<Summary, Failure> {
    let options = run::Options {
        dir: common.tree.directory.clone(),
        terraform: common.tree.terraform.clone(),
        layer: common.layer.clone(),
        parallel: common.parallel_layers,
        auto_approve: approval.auto,
        color: super::color(),
        quiet: common.json,
        allow_loss_of: approval.losses.to_vec(),
        skip: approval.skip.to_vec(),
    };
    let ready = run::Ready::new(operation, &options)?;
    let caller = first()?;
    let summary = ready.run(caller)?;
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
