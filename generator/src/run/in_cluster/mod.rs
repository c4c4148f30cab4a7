//! What a layer with Helm releases needs to hold before Terraform touches it.
//!
//! The helm provider takes every error of a read for "the release is gone": it leaves the state, and nothing fails. So the cluster is
//! asked here first. Who cannot sign in is told so; a release that is in the cluster and no longer in the state is named with its
//! `import` block; one that an earlier run left half done is named with the way out.
//!
//! `api` is the way to the cluster, `releases` what Helm's records say. Only metadata of those is asked for, so that no value of a release
//! comes here. `losses` are the objects that go with what a plan removes (`removal`) and that the tree did not make (`makers`), by the kinds
//! that need it (`kinds`). `waits` tells what a destroy waits for, by finalizers and who takes them away (`finalizers`) and by nodes that
//! drain (`drains`). Nothing here changes anything.

mod api;
mod drains;
mod finalizers;
mod kinds;
mod losses;
mod makers;
mod objects;
mod releases;
mod removal;
mod waits;

use super::commands::Failed;

pub(super) use api::Cluster;
pub(super) use losses::{Losses, judge_without_removal};
pub(super) use releases::{imported, judge, present, wrong};
pub(super) use removal::Removal;
pub(super) use waits::{released_volumes, waits};

/// The layer that tells where the cluster is.
pub(super) const CLUSTER: &str = "cluster";
/// Set where Terraform takes a token of its own and the program `aws` is not needed.
const EPHEMERAL_TOKEN: &str = "TF_VAR_ephemeral_token";

/// Whether the program `aws` can be found where it is needed.
pub(super) fn check_program() -> Result<(), Failed> {
    if ephemeral() || is_on_path("aws") { Ok(()) } else { Err(without_program()) }
}

fn without_program() -> Failed {
    Failed::one(
        "the program `aws` is not on PATH",
        &format!(
            "Terraform asks it for a token of the cluster whenever it needs one. Install the AWS CLI, version 2 or 1.22 and newer; where that \
             cannot be, set `{EPHEMERAL_TOKEN}=true`: then one token has to last, which ends after 15 minutes."
        ),
    )
}

/// Whether Terraform signs in with a token of its own.
pub(super) fn ephemeral() -> bool {
    std::env::var_os(EPHEMERAL_TOKEN).is_some_and(|value| value == "true" || value == "1")
}

pub(in crate::run) fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}

/// A failure as it is shown.
#[cfg(test)]
pub(super) fn shown(failed: &Failed) -> String {
    let problem = |p: &super::events::Problem| format!("{}\n{}\n", p.summary, p.detail);
    failed.0.iter().map(problem).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_program_is_told_with_what_to_do() {
        insta::assert_snapshot!(shown(&without_program()), @r#"
        the program `aws` is not on PATH
        Terraform asks it for a token of the cluster whenever it needs one. Install the AWS CLI, version 2 or 1.22 and newer; where that cannot be, set `TF_VAR_ephemeral_token=true`: then one token has to last, which ends after 15 minutes.
        "#);
    }
}
