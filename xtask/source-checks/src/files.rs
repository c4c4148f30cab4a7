//! The files of the repository.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

/// A file as it stands in the repository.
#[derive(Clone, Debug)]
pub(crate) struct File {
    /// From the top of the repository.
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// The top of the repository.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Every text file that Git knows or would add, with one of these endings, in the order of their paths.
pub(crate) fn with_endings(endings: &[&str]) -> Result<Vec<File>> {
    let output = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .context("starting `git`")?;
    ensure!(output.status.success(), "`git ls-files` failed: {}", String::from_utf8_lossy(&output.stderr));
    let listed = String::from_utf8(output.stdout).context("a path is no text")?;
    let mut files = Vec::new();
    for path in listed.split('\0').filter(|path| endings.iter().any(|ending| path.ends_with(ending))) {
        let full = root().join(path);
        // Git lists what was deleted and not yet committed.
        if full.is_file() {
            files.push(File { path: path.into(), text: fs::read_to_string(full)? });
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}
