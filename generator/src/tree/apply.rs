//! Puts files in their places: all of them or none.

use std::io;
use std::path::{Path, PathBuf};

use super::compare::{NEXT, Plan};
use super::record::{FILE, Manifest};
use super::{OWN, WriteError, Written};
use crate::plan::Files;

/// Writes a directory that is not there yet: beside its place first, then one rename.
pub(super) fn fresh(dir: &Path, files: &Files, manifest: &Manifest) -> Result<Written, WriteError> {
    let parent = match dir.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    fs_err::create_dir_all(parent)?;
    let beside = tempfile::Builder::new().prefix(".tfy-infra-").tempdir_in(parent)?;
    // A folder of its own, because temporary directories are readable by their owner only.
    let tree = beside.path().join("tree");
    for (path, text) in files {
        put(&tree.join(path), text)?;
    }
    put(&tree.join(OWN).join(FILE), &manifest.text()?)?;
    fs_err::rename(&tree, dir)?;
    Ok(Written { written: files.len(), unchanged: 0, deleted: 0 })
}

/// Changes a directory that is ours: new files are written aside first, then moved; a failure moves everything back.
pub(super) fn in_place(
    dir: &Path,
    files: &Files,
    manifest: &Manifest,
    plan: &Plan,
) -> Result<Written, WriteError> {
    let own = dir.join(OWN);
    let done = Written { written: plan.write.len(), unchanged: plan.unchanged, deleted: plan.delete.len() };
    let next = own.join(NEXT);
    if plan.write.is_empty() && plan.delete.is_empty() {
        put(&next, &manifest.text()?)?;
        fs_err::rename(&next, own.join(FILE))?;
        return Ok(done);
    }
    let aside = tempfile::Builder::new().prefix("stage-").tempdir_in(&own)?;
    let (new, old) = (aside.path().join("new"), aside.path().join("old"));
    for path in &plan.write {
        let text = files.get(path).map_or("", String::as_str);
        put(&new.join(path), text)?;
    }
    put(&next, &manifest.text()?)?;
    let mut moves = Moves::default();
    let moved =
        move_all(dir, &new, &old, plan, &mut moves).and_then(|()| fs_err::rename(&next, own.join(FILE)));
    if let Err(e) = moved {
        moves.undo();
        let _ = fs_err::remove_file(&next);
        return Err(e.into());
    }
    remove_empty_folders(dir, plan);
    Ok(done)
}

fn put(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs_err::create_dir_all(folder)?;
    }
    fs_err::write(path, text)
}

/// Renames that were done, so that they can be undone.
#[derive(Default)]
struct Moves(Vec<(PathBuf, PathBuf)>);

impl Moves {
    fn rename(&mut self, from: &Path, to: PathBuf) -> io::Result<()> {
        if let Some(folder) = to.parent() {
            fs_err::create_dir_all(folder)?;
        }
        fs_err::rename(from, &to)?;
        self.0.push((from.to_owned(), to));
        Ok(())
    }

    /// Best effort: the error that led here is the one to report.
    fn undo(self) {
        for (from, to) in self.0.into_iter().rev() {
            let _ = fs_err::rename(to, from);
        }
    }
}

fn move_all(dir: &Path, new: &Path, old: &Path, plan: &Plan, moves: &mut Moves) -> io::Result<()> {
    for path in plan.write.iter().chain(&plan.delete) {
        let place = dir.join(path);
        if place.exists() {
            moves.rename(&place, old.join(path))?;
        }
    }
    for path in &plan.write {
        moves.rename(&new.join(path), dir.join(path))?;
    }
    Ok(())
}

/// Removes the folders that a deletion left empty; one that still holds a state or a file of yours stays.
fn remove_empty_folders(dir: &Path, plan: &Plan) {
    for path in &plan.delete {
        let folders = Path::new(path).ancestors().skip(1).filter(|f| !f.as_os_str().is_empty());
        for folder in folders {
            let _ = std::fs::remove_dir(dir.join(folder));
        }
    }
}
