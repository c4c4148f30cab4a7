//! A lock beside a state that holds nothing: whoever has it, or had it when they died, may have made what is in no state.

use std::path::Path;

use serde_json::Value;

use super::advice;
use super::commands::{Commands, Failed};
use crate::diag::Diagnostic;
use crate::tree::place::Place;
use crate::tree::{Layer, own};

/// What Terraform writes beside a state in a file as long as it has the lock. The lock itself goes with the process, this stays when that is killed.
const INFO: &str = ".terraform.tfstate.lock.info";

/// What is said of one in a bucket.
pub(super) const EMPTY: &str = "its state holds nothing, and somebody has its lock";

/// Whether there may be a lock of a layer that nobody has looked at.
pub(super) fn may_be(layer: &Layer, dir: &Path) -> bool {
    !is_local(layer) || dir.join(INFO).exists()
}

/// Looks for a lock of a state that holds nothing. One in a bucket is an error, of one in a file there is only something to tell.
pub(super) fn check(layer: &Layer, commands: &Commands<'_>) -> Result<Option<Diagnostic>, Failed> {
    if is_local(layer) {
        let found = own::read(&commands.dir.join(INFO))?;
        return Ok(found.map(|text| killed(layer, &text)));
    }
    match commands.try_lock() {
        Err(Failed(mut problems)) => {
            for problem in problems.iter_mut().filter(|problem| advice::is_locked(&problem.detail)) {
                EMPTY.clone_into(&mut problem.summary);
            }
            Err(Failed(problems))
        }
        Ok(()) => Ok(None),
    }
}

fn is_local(layer: &Layer) -> bool {
    Place::of(&layer.backend).is_none_or(|place| place.is_local())
}

fn killed(layer: &Layer, info: &[u8]) -> Diagnostic {
    let name = &layer.name;
    let info: Value = serde_json::from_slice(info).unwrap_or_default();
    let of = |key: &str| info[key].as_str().unwrap_or("unknown").to_owned();
    Diagnostic::new(format!("layer `{name}`: its state holds nothing, and a terraform was killed while it had its lock"))
        .note(format!("`{name}/{INFO}` says: {} by {}, {}", of("Operation"), of("Who"), of("Created")))
        .hint("what that one had begun to make is in no state: look for it, as it would be made again or its name be taken; the lock itself is free")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Report;
    use crate::tree::record::tests::layers;

    #[test]
    fn a_terraform_that_was_killed_before_its_first_state_is_told() {
        let info = br#"{ "ID": "a", "Operation": "OperationTypeApply", "Who": "root@vm", "Created": "2026-11-30T10:22:03Z", "Path": "terraform.tfstate" }"#;
        insta::assert_snapshot!(Report::single(killed(&layers(false)[0], info)).render(false), @r"
        error: layer `network`: its state holds nothing, and a terraform was killed while it had its lock
          = note: `network/.terraform.tfstate.lock.info` says: OperationTypeApply by root@vm, 2026-11-30T10:22:03Z
          = hint: what that one had begun to make is in no state: look for it, as it would be made again or its name be taken; the lock itself is free
        ");
        insta::assert_snapshot!(Report::single(killed(&layers(false)[0], b"")).render(false), @r"
        error: layer `network`: its state holds nothing, and a terraform was killed while it had its lock
          = note: `network/.terraform.tfstate.lock.info` says: unknown by unknown, unknown
          = hint: what that one had begun to make is in no state: look for it, as it would be made again or its name be taken; the lock itself is free
        ");
    }

    #[test]
    fn a_lock_is_looked_for_where_one_can_outlive_who_has_it() {
        let dir = tempfile::tempdir().unwrap();
        let mut layer = layers(false)[0].clone();
        assert!(!may_be(&layer, dir.path()));
        fs_err::write(dir.path().join(INFO), "{}").unwrap();
        assert!(may_be(&layer, dir.path()));
        layer.backend = serde_json::json!({ "s3": { "bucket": "b", "key": "k", "region": "us-east-1" } });
        fs_err::remove_file(dir.path().join(INFO)).unwrap();
        assert!(may_be(&layer, dir.path()));
    }
}
