//! What Terraform's messages mean for someone who runs layers, and what to do next.

mod known;

use super::events::Problem;
use super::summary::{LayerSummary, Warning};
use super::{lock, room};
use crate::diag::Diagnostic;
use crate::suggest::all_of;
use crate::tree::Layer;
use crate::tree::place::Place;

/// Whether `terraform init` has to run (again) before anything else.
pub(super) fn wants_init(text: &str) -> bool {
    [
        "Backend initialization required",
        "Inconsistent dependency lock file",
        "Module not installed",
        "Module source has changed",
        "Missing required provider",
        "Required plugins are not installed",
        "Initial configuration of the requested backend",
    ]
    .iter()
    .any(|known| text.contains(known))
}

/// Whether a layer could not be planned because a layer that it reads is not there yet.
pub(super) fn is_waiting(layer: &Layer, problem: &Problem) -> bool {
    problem.summary == "Unable to find remote state"
        || (problem.summary == "Unsupported attribute"
            && problem
                .snippet
                .as_ref()
                .is_some_and(|s| layer.reads.iter().any(|read| s.code.contains(&format!("local.{read}.")))))
}

/// Whether somebody has the lock of a state.
pub(super) fn is_locked(text: &str) -> bool {
    // Of a long message only the end may be kept.
    ["Error acquiring the state lock", "Terraform acquires a state lock"]
        .iter()
        .any(|known| text.contains(known))
}

/// The lock that a message of Terraform is about.
pub(super) fn lock_id(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.trim().strip_prefix("ID:")).map(str::trim).filter(|id| !id.is_empty())
}

/// What to do about a lock. That of a file goes with the process that has it.
fn locked(layer: &Layer, text: &str) -> String {
    if Place::of(&layer.backend).is_none_or(|place| place.is_local()) {
        return "a terraform that works in the layer's directory has it: wait until that has ended, and run the same command again".to_owned();
    }
    let hint = unlocked_by(&layer.name, text);
    if text.contains(lock::EMPTY) {
        format!("{hint}; look first for what it has made, which is in no state")
    } else {
        hint
    }
}

/// What to do about a lock in a bucket, which outlives who has it. `root` is a folder whose backend it is, from the directory of the tree.
pub(super) fn unlocked_by(root: &str, text: &str) -> String {
    let id = lock_id(text).unwrap_or("ID");
    format!(
        "`Who` and `Created` say whose run has it: wait for that one; if it is dead, `terraform -chdir={root} force-unlock {id}` in the directory \
         of the tree frees it"
    )
}

/// The message about a layer that waits.
pub(super) fn waiting(layer: &Layer) -> String {
    let reads: Vec<&str> = layer.reads.iter().map(String::as_str).collect();
    format!(
        "layer `{}` cannot be planned yet: it reads outputs of {}, which must be applied first",
        layer.name,
        all_of(&reads)
    )
}

/// The message about a layer whose plan does not hold.
pub(super) fn stale(layer: &LayerSummary) -> String {
    let [causes, verb] = match layer.waits_for.as_slice() {
        [one] => [format!("`{one}`"), "changes".to_owned()],
        several => [all_of(several), "change".to_owned()],
    };
    format!(
        "layer `{}` is stale: it reads outputs of {causes}, which {verb}; it is planned again after that is applied",
        layer.layer
    )
}

/// The message about a layer that goes after those that read it.
pub(super) fn lets_go(layer: &Layer, readers: &[String]) -> String {
    let [verb, objects] = if readers.len() == 1 { ["reads", "it is"] } else { ["read", "they are"] };
    format!(
        "layer `{}` removes what {} {verb}: that goes out of its outputs first, and is removed after {objects} applied",
        layer.name,
        all_of(readers)
    )
}

/// A warning of Terraform for machines.
pub(super) fn warning(problem: &Problem) -> Warning {
    Warning {
        summary: problem.summary.clone(),
        detail: problem.detail.trim().to_owned(),
        address: problem.address.clone(),
    }
}

/// A problem that Terraform reported, with its layer and what to do next.
pub(super) fn explain(layer: &Layer, problem: &Problem) -> Diagnostic {
    let mut note = problem.detail.trim().to_owned();
    if let Some(range) = &problem.range {
        let at = format!("{}/{}:{}:{}", layer.name, range.filename, range.start.line, range.start.column);
        note = if note.is_empty() { format!("at {at}") } else { format!("{note}\nat {at}") };
    }
    let address = problem.address.as_ref().map(|a| format!(", `{a}`")).unwrap_or_default();
    let mut shown = Diagnostic::new(format!("layer `{}`{address}: {}", layer.name, problem.summary));
    if !note.is_empty() {
        shown = shown.note(note);
    }
    match hint(layer, &format!("{} {}", problem.summary, problem.detail), is_waiting(layer, problem)) {
        Some(hint) => shown.hint(hint),
        None => shown,
    }
}

fn hint(layer: &Layer, text: &str, waiting: bool) -> Option<String> {
    if waiting {
        let first = layer.reads.first().map_or("network", String::as_str);
        return Some(format!("apply the layers before it first: `tfy-infra apply`, or `--layer {first}`"));
    }
    if ["could not keep its state, which is in", "could not be kept, and is now in"]
        .iter()
        .any(|known| text.contains(known))
    {
        return Some(room::hint(layer, text));
    }
    if is_locked(text) {
        return Some(locked(layer, text));
    }
    known::hint(text).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::record::tests::layers;

    fn problem(summary: &str, detail: &str) -> Problem {
        serde_json::from_value(serde_json::json!({
            "severity": "error", "summary": summary, "detail": detail, "address": "module.database.aws_db_instance.this",
            "range": { "filename": "main.tf", "start": { "line": 3, "column": 1 } },
            "snippet": { "code": "  vpc_id = local.network.vpc_id" },
        }))
        .unwrap()
    }

    #[test]
    fn a_lock_is_known_by_the_end_of_its_message() {
        assert!(is_locked("Terraform acquires a state lock"));
        assert!(!is_locked("Error saving state"));
    }

    #[test]
    fn a_failure_names_layer_place_and_what_to_do() {
        let layer = &layers(true)[2];
        let shown = explain(layer, &problem("deleting RDS", "Cannot delete: DeletionProtection is on"));
        insta::assert_snapshot!(crate::diag::Report::single(shown).render(false), @r"
        error: layer `data`, `module.database.aws_db_instance.this`: deleting RDS
          = note: Cannot delete: DeletionProtection is on
                  at data/main.tf:3:1
          = hint: write `database.deletion_protection: false`, generate and apply, then destroy again
        ");
    }

    #[test]
    fn a_cause_that_is_known_has_a_hint() {
        for (said, hint) in [
            (
                "No valid credential sources found",
                "sign in to AWS (`aws sso login`, or set `AWS_PROFILE`) and run the same command again",
            ),
            (
                "AWS account ID not allowed: 210987654321",
                "the credentials are of another account than `aws.account` of platform.yaml: sign in to that one, or set `AWS_PROFILE`",
            ),
            (
                "Error acquiring the state lock",
                "a terraform that works in the layer's directory has it: wait until that has ended, and run the same command again",
            ),
            (
                "Can't ask approval for state migration when interactive input is disabled.",
                "`tfy-infra migrate` with the directory of the tree goes over to where the tree has its states, and takes along what is elsewhere",
            ),
            (
                "Error: Failed to get existing workspaces: S3 bucket \"no-such-acme\" does not exist.",
                "make the bucket that `state.s3.bucket` of platform.yaml names, or name the one that is there, and generate",
            ),
            (
                "api error BucketNotEmpty: the bucket is not empty",
                "empty the bucket, or write `storage.bucket.force_destroy: true`, generate and apply, then destroy again",
            ),
            (
                "VpcLimitExceeded: the maximum number of VPCs has been reached",
                "ask AWS for a higher quota (Service Quotas), then run the same command again",
            ),
            (
                "Backend configuration changed",
                "`tfy-infra migrate` with the directory of the tree goes over to where the tree has its states, and takes along what is elsewhere",
            ),
            (
                "Nobody could enter the cluster, as nobody is listed",
                "list roles in `cluster.create.admins` of platform.yaml and generate, or give `--caller-is-admin`",
            ),
            (
                "It is neither in the `provider` block nor in the environment variable `TFY_API_KEY`",
                "set `TFY_API_KEY` to an API key of the control plane, and `TFY_HOST` when platform.yaml names no host",
            ),
        ] {
            let shown = explain(&layers(true)[2], &problem("creating it", said));
            assert_eq!(shown.hint.as_deref(), Some(hint), "{said}");
        }
        assert_eq!(explain(&layers(true)[2], &problem("creating it", "told by AWS")).hint, None);
    }

    /// As Terraform 1.11.4 says it of a state in a bucket, with a lock in the bucket.
    const LOCKED: &str = "Error acquiring the state lock Error message: operation error S3: PutObject, https response error StatusCode: 412, \
        RequestID: 1, HostID: 2, api error PreconditionFailed: At least one of the pre-conditions you specified did not hold\n\
        Lock Info:\n  ID:        994898ad-d400-8601-5f1c-6154be791f1a\n  Path:      acme-state/acme/data.tfstate\n  \
        Operation: OperationTypeApply\n  Who:       root@vm\n  Version:   1.11.4\n  Created:   2026-11-30 10:22:03.884640126 +0000 UTC\n  \
        Info:      \n";

    #[test]
    fn a_lock_in_a_bucket_is_freed_by_its_id() {
        let mut layer = layers(true)[2].clone();
        layer.backend = serde_json::json!({ "s3": { "bucket": "acme-state", "key": "acme/data.tfstate", "region": "us-east-1" } });
        assert_eq!(
            explain(&layer, &problem("Error acquiring the state lock", LOCKED)).hint.as_deref(),
            Some(
                "`Who` and `Created` say whose run has it: wait for that one; if it is dead, `terraform -chdir=data force-unlock \
                 994898ad-d400-8601-5f1c-6154be791f1a` in the directory of the tree frees it"
            )
        );
        let hint = explain(&layer, &problem(lock::EMPTY, LOCKED)).hint.unwrap();
        assert!(hint.ends_with("frees it; look first for what it has made, which is in no state"), "{hint}");
        assert_eq!(lock_id("no lock"), None);
    }

    #[test]
    fn a_layer_whose_inputs_are_missing_waits() {
        assert!(is_waiting(&layers(true)[1], &problem("Unable to find remote state", "")));
        assert!(is_waiting(
            &layers(true)[1],
            &problem("Unsupported attribute", "This object does not have an attribute")
        ));
        assert!(!is_waiting(&layers(true)[1], &problem("Unsupported block type", "")));
        assert!(waiting(&layers(true)[3]).contains("`cluster` and `data`"));
    }
}
