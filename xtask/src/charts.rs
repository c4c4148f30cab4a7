//! `cargo xtask charts verify DIR`: the real charts, where somebody has them, in place of their stand-ins.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};

use crate::prove;
use crate::ui::Ui;

/// Names the folder with the charts, for the tests.
const SOURCES: &str = "CHART_SOURCES";
/// The tests that need it, which nothing else runs.
const TESTS: &str = "binary(layer_addons) & test(/charts_that_are_given/)";

/// Runs the tests with the charts of a folder, and shows what they have counted.
pub(crate) fn verify(ui: &Ui, folder: &str) -> Result<()> {
    let counted = with(ui, &existing(Path::new(folder))?)?;
    ui.result(&format!("\n{counted}"));
    Ok(())
}

/// The proof: with the folder that the environment names.
pub(crate) fn proved(ui: &Ui) -> Result<String> {
    with(ui, &named(std::env::var_os(SOURCES).map(PathBuf::from))?)
}

fn named(folder: Option<PathBuf>) -> Result<PathBuf> {
    let folder = folder.with_context(|| {
        format!("`{SOURCES}` is not set\nhint: name a folder with the sources of the pinned charts, a folder or a `.tgz` each")
    })?;
    existing(&folder)
}

fn existing(folder: &Path) -> Result<PathBuf> {
    ensure!(
        folder.is_dir(),
        "`{}` is no folder\nhint: name one with the sources of the pinned charts, a folder or a `.tgz` each",
        folder.display()
    );
    Ok(std::path::absolute(folder)?)
}

fn with(ui: &Ui, folder: &Path) -> Result<String> {
    prove::counted_ignored(ui, TESTS, (SOURCES, &folder.display().to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_folder_it_says_what_to_set() {
        assert_eq!(
            named(None).unwrap_err().to_string(),
            "`CHART_SOURCES` is not set\nhint: name a folder with the sources of the pinned charts, a folder or a `.tgz` each"
        );
        assert_eq!(
            named(Some("no/such/folder".into())).unwrap_err().to_string(),
            "`no/such/folder` is no folder\nhint: name one with the sources of the pinned charts, a folder or a `.tgz` each"
        );
    }
}
