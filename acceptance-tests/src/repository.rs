//! Where things are in the repository and in the build directory.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use fs_err as fs;

/// The top of the repository.
#[must_use]
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Cargo's build directory: `CARGO_TARGET_DIR`, else `target/` at the top of the repository.
///
/// Everything that the harness keeps between runs (Python environments, plugin mirrors, logs) is below it, so
/// `cargo clean` removes it all.
#[must_use]
pub fn target() -> PathBuf {
    match std::env::var_os("CARGO_TARGET_DIR") {
        Some(given) => root().join(given),
        None => root().join("target"),
    }
}

/// A folder below the build directory, made when missing.
///
/// # Errors
/// When the folder cannot be made.
pub fn target_folder(name: &str) -> Result<PathBuf> {
    let folder = target().join(name);
    fs::create_dir_all(&folder)?;
    Ok(folder)
}

/// An exclusive lock between processes, let go when dropped. Tests run as processes side by side, and each of
/// them may be the first to need a Python environment or a copy of a provider.
///
/// # Errors
/// When the lock file cannot be made or locked.
pub fn lock(name: &str) -> Result<fs::File> {
    let path = target_folder("locks")?.join(format!("{name}.lock"));
    let file = fs::OpenOptions::new().create(true).write(true).truncate(false).open(&path)?;
    file.lock().with_context(|| format!("waiting for `{}`", path.display()))?;
    Ok(file)
}

/// Copies a folder with everything in it.
///
/// # Errors
/// When something in it cannot be read or written.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_the_workspace() {
        let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[workspace]"));
    }

    #[test]
    fn lock_is_exclusive() {
        let held = lock("unit-test").unwrap();
        let path = target().join("locks/unit-test.lock");
        let other = fs::File::open(&path).unwrap();
        assert!(matches!(other.try_lock(), Err(std::fs::TryLockError::WouldBlock)));
        drop(held);
        other.try_lock().unwrap();
    }
}
