//! The provider's documentation in the layout of the Terraform registry, made from the schemas that the provider
//! itself uses: they know allowed values, limits and choices, which `terraform providers schema` does not tell.
//!
//! Examples are files that users can copy. Those of the kinds that a platform team meets first are written by hand
//! ([`kinds`] says which); the others are made here, with values that a reader can tell apart.

mod examples;
mod friendly;
mod hcl;
pub mod kinds;
mod pages;
mod schema;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Result;

/// The folders, from the top of the repository, in which every file is made or known here.
pub const FOLDERS: [&str; 2] = ["provider/docs", "provider/examples"];

/// The top of the repository that this was built from.
#[must_use]
pub fn repository() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_path_buf()
}

/// Every file below [`FOLDERS`] and what it has to hold, by its path from the top of the repository. Examples written
/// by hand are among them as they are.
///
/// # Errors
/// When an example that has to be written by hand is missing, or lacks what names its object.
pub fn files(root: &Path) -> Result<BTreeMap<String, String>> {
    let examples = examples::all(root)?;
    let mut files = pages::all(&examples)?;
    files.extend(examples.into_files());
    Ok(files)
}

#[cfg(test)]
mod tests;
