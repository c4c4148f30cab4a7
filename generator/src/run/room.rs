//! Whether a state can be kept: room on the disk before anything changes, and no state of an earlier run that Terraform could not keep.

use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::commands::Failed;
use crate::diag::Diagnostic;
use crate::tree::{Layer, own, record};

/// What an apply must find free, in MiB: a state with its backup and the plan of a large layer take some ten, providers another hundred.
const NEEDED: u64 = 200;

/// What Terraform calls a state that it could not put where it belongs.
const ERRORED: &str = "errored.tfstate";

/// Refuses to change anything where the disk has too little room for what comes of it.
pub(super) fn check(dir: &Path) -> Result<(), Diagnostic> {
    // Where that cannot be asked, nothing is known to be wrong.
    let Ok(found) = rustix::fs::statvfs(dir) else { return Ok(()) };
    judge(dir, found.f_bavail.saturating_mul(found.f_frsize) >> 20)
}

fn judge(dir: &Path, free: u64) -> Result<(), Diagnostic> {
    if free >= NEEDED {
        return Ok(());
    }
    let problem = Diagnostic::new(format!(
        "`{}` is on a disk with {free} MiB free, and a change needs {NEEDED}",
        dir.display()
    ));
    Err(problem
        .note("a state that cannot be written is lost, and with it what was made")
        .hint("make room and run the same command again"))
}

/// Refuses a layer as long as a state lies somewhere that could not be kept where it belongs.
pub(super) fn check_kept(dir: &Path) -> Result<(), Failed> {
    // Where there was no room, Terraform leaves a file with nothing in it. What somebody else has put into the temporary directory is no state.
    let us = rustix::process::geteuid().as_raw();
    let is_state = |found: std::fs::Metadata| found.is_file() && found.len() > 0 && found.uid() == us;
    let holds = |place: &PathBuf| std::fs::symlink_metadata(place).is_ok_and(is_state);
    match places(dir).into_iter().find(holds) {
        None => Ok(()),
        Some(place) => Err(Failed::one(
            format!("an earlier run could not keep its state, which is in `{}`", place.display()),
            "It has what that run made; without it Terraform would make it again.",
        )),
    }
}

/// Keeps a state that Terraform could write nowhere, in the first place that has room for it; and what is told of it.
pub(super) fn keep(dir: &Path, state: &str) -> Failed {
    keep_in(places(dir), state)
}

fn keep_in(places: Vec<PathBuf>, state: &str) -> Failed {
    for place in places {
        if write(&place, state).is_ok() {
            return Failed::one(
                format!("the state could not be kept, and is now in `{}`", place.display()),
                "It has what this run made, and secrets; nobody but you may read it.",
            );
        }
        // What is begun is no state.
        let _ = std::fs::remove_file(&place);
    }
    // It is lost otherwise, and with it what was made.
    Failed::one("the state could not be kept anywhere: save what follows, it holds secrets", state)
}

fn write(place: &Path, state: &str) -> std::io::Result<()> {
    let mut file = own::create_for_owner(place)?;
    file.write_all(state.as_bytes())?;
    file.sync_all()
}

/// Where such a state may be: as Terraform calls it, beside its layer, or on another disk under a name that only this layer has.
fn places(dir: &Path) -> Vec<PathBuf> {
    let absolute = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    let layer = dir.file_name().unwrap_or_default().to_string_lossy();
    let hash = record::hash(absolute.as_os_str().as_encoded_bytes());
    let name = format!("tfy-infra-{}-{layer}.{ERRORED}", &hash[..12]);
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty()).map(PathBuf::from);
    let aside = home.into_iter().chain([std::env::temp_dir()]).map(|folder| folder.join(&name));
    std::iter::once(dir.join(ERRORED)).chain(aside).collect()
}

/// What to do about a state that is kept aside: the text names where it is. Of a state in a file, what Terraform has left there may be half of one,
/// which `terraform state push` refuses to read.
pub(super) fn hint(layer: &Layer, text: &str) -> String {
    let name = &layer.name;
    let place = crate::shell::word(text.split('`').find(|part| part.ends_with(ERRORED)).unwrap_or(ERRORED));
    if layer.backend.is_null() || layer.backend.get("local").is_some() {
        return format!(
            "make room, and put it in its place, in the directory of the tree: `mv {place} {name}/terraform.tfstate`"
        );
    }
    format!(
        "make room, take it up in the directory of the tree with `terraform -chdir={name} state push {place}`, and delete it"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Report;

    #[test]
    fn too_little_room_is_told_with_how_much_there_is() {
        assert_eq!(judge(Path::new("out"), 200), Ok(()));
        let told = judge(Path::new("out"), 199).unwrap_err();
        insta::assert_snapshot!(Report::single(told).render(false), @r"
        error: `out` is on a disk with 199 MiB free, and a change needs 200
          = note: a state that cannot be written is lost, and with it what was made
          = hint: make room and run the same command again
        ");
    }

    #[test]
    fn a_state_in_a_bucket_is_pushed_and_one_in_a_file_is_put_there() {
        let mut layer = crate::tree::record::tests::layers(false).remove(0);
        let told = "an earlier run could not keep its state, which is in `/root/tfy-infra-0-network.errored.tfstate`";
        assert_eq!(
            hint(&layer, told),
            "make room, and put it in its place, in the directory of the tree: `mv /root/tfy-infra-0-network.errored.tfstate \
             network/terraform.tfstate`"
        );
        layer.backend = serde_json::json!({ "s3": {} });
        assert_eq!(
            hint(&layer, told),
            "make room, take it up in the directory of the tree with `terraform -chdir=network state push \
             /root/tfy-infra-0-network.errored.tfstate`, and delete it"
        );
    }

    #[test]
    fn a_state_is_kept_where_there_is_room_and_stands_in_the_way_until_it_is_taken_up() {
        let dir = tempfile::tempdir().unwrap();
        let layer = dir.path().join("network");
        fs_err::create_dir(&layer).unwrap();
        check_kept(&layer).unwrap();
        let told = keep(&layer, "{}").0.remove(0);
        let place = layer.join(ERRORED);
        assert_eq!(told.summary, format!("the state could not be kept, and is now in `{}`", place.display()));
        assert_eq!(told.detail, "It has what this run made, and secrets; nobody but you may read it.");
        assert_eq!(fs_err::read_to_string(layer.join(ERRORED)).unwrap(), "{}");
        let refused = check_kept(&layer).unwrap_err().0.remove(0);
        assert!(
            refused.summary.starts_with("an earlier run could not keep its state"),
            "{}",
            refused.summary
        );
        fs_err::remove_file(layer.join(ERRORED)).unwrap();
        let lost = keep_in(Vec::new(), "{}").0.remove(0);
        let told = "the state could not be kept anywhere: save what follows, it holds secrets";
        assert_eq!((lost.summary.as_str(), lost.detail.as_str()), (told, "{}"));
        // Beside the layer is no room: as if it were a full disk, nothing can be written there.
        fs_err::remove_dir(&layer).unwrap();
        let told = keep(&layer, "{}").0.remove(0);
        let place = told.summary.split('`').nth(1).unwrap().to_owned();
        assert!(place.contains("/tfy-infra-") && place.ends_with("-network.errored.tfstate"), "{place}");
        let refused = check_kept(&layer).unwrap_err().0.remove(0);
        assert!(refused.summary.contains(&place), "{}", refused.summary);
        fs_err::remove_file(place).unwrap();
    }
}
