//! The folder `.tfy-infra`, whose files are this program's own: links in it are never followed, files are whole or not there.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use fs_err::os::unix::fs::OpenOptionsExt as _;

use super::{OWN, WriteError};

/// The folder of a directory, made when it is not there, or one below it.
///
/// # Errors
/// [`WriteError::Unusable`] when a link or a file stands in its place.
pub fn folder(dir: &Path, below: &str) -> Result<PathBuf, WriteError> {
    let mut path = dir.to_owned();
    for part in [OWN, below].into_iter().filter(|part| !part.is_empty()) {
        path.push(part);
        match std::fs::symlink_metadata(&path) {
            Ok(found) if found.is_dir() => {}
            Ok(found) => {
                let what = if found.is_symlink() { "a link" } else { "a file" };
                let problem = format!("is {what}, and must be a folder of tfy-infra's own");
                return Err(WriteError::Unusable { path, problem });
            }
            Err(e) if e.kind() == io::ErrorKind::NotFound => fs_err::create_dir_all(&path)?,
            Err(e) => return Err(e.into()),
        }
    }
    Ok(path)
}

/// A new, empty file in place of whatever has this name.
///
/// # Errors
/// Those of the disk.
pub fn create(path: &Path) -> io::Result<fs_err::File> {
    create_as(path, 0o666)
}

/// As [`create`], a file that nobody but its owner may read.
///
/// # Errors
/// Those of the disk.
pub fn create_for_owner(path: &Path) -> io::Result<fs_err::File> {
    create_as(path, 0o600)
}

fn create_as(path: &Path, mode: u32) -> io::Result<fs_err::File> {
    match std::fs::remove_file(path) {
        Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
        _ => {}
    }
    fs_err::OpenOptions::new().write(true).create_new(true).mode(mode).open(path)
}

/// Writes a file whole or not at all, in a folder that is there.
///
/// # Errors
/// Those of the disk.
pub fn put(path: &Path, text: &[u8]) -> io::Result<()> {
    put_by(create, path, text)
}

/// As [`put`], a file that nobody but its owner may read.
///
/// # Errors
/// Those of the disk.
pub fn put_for_owner(path: &Path, text: &[u8]) -> io::Result<()> {
    put_by(create_for_owner, path, text)
}

fn put_by(create: fn(&Path) -> io::Result<fs_err::File>, path: &Path, text: &[u8]) -> io::Result<()> {
    let unfinished = path.with_extension("unfinished");
    let mut file = create(&unfinished)?;
    file.write_all(text)?;
    drop(file);
    fs_err::rename(&unfinished, path)
}

/// A file's text; `None` when there is none. One that is a link is none.
///
/// # Errors
/// Those of the disk.
pub fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    let is_there = std::fs::symlink_metadata(path).is_ok_and(|found| found.is_file());
    if is_there { fs_err::read(path).map(Some) } else { Ok(None) }
}

/// Holds the directory for this process alone, until the answer is dropped.
///
/// # Errors
/// [`WriteError::Busy`] when another process holds it.
pub fn lock(dir: &Path) -> Result<fs_err::File, WriteError> {
    let path = folder(dir, "")?.join("lock");
    let nofollow = rustix::fs::OFlags::NOFOLLOW.bits().cast_signed();
    let opened = fs_err::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(false)
        .custom_flags(nofollow)
        .open(&path);
    let file = match opened {
        Err(_) if std::fs::symlink_metadata(&path).is_ok_and(|found| found.is_symlink()) => {
            let problem = "is a link, and must be a file of tfy-infra's own".to_owned();
            return Err(WriteError::Unusable { path, problem });
        }
        opened => opened?,
    };
    match file.file().try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(WriteError::Busy { dir: dir.to_owned() }),
        Err(std::fs::TryLockError::Error(e)) => Err(e.into()),
    }
}

/// Removes what a run that was cut off has left.
pub(super) fn clean(dir: &Path) -> io::Result<()> {
    for entry in fs_err::read_dir(dir.join(OWN))? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        if name == STAGE || name.starts_with("stage-") {
            fs_err::remove_dir_all(&path)?;
        } else if name.ends_with(".unfinished") {
            fs_err::remove_file(&path)?;
        }
    }
    Ok(())
}

/// Where files are written before they are moved to their places.
pub(super) const STAGE: &str = "stage";
