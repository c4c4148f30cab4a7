//! Constructs that may stand in no generated file and no module: they hide work from Terraform's state.

use std::path::{Path, PathBuf};

use anyhow::Result;
use fs_err as fs;

/// What is looked for, as it is written in HCL.
const CONSTRUCTS: [&str; 4] = ["\"null_resource\"", "\"local-exec\"", "\"remote-exec\"", "data \"external\""];

/// A place where something forbidden stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Found {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
    /// What stands there.
    pub construct: &'static str,
}

/// Searches the `.tf` files below a folder; what Terraform keeps in `.terraform` is left out.
///
/// # Errors
/// When a file cannot be read.
pub fn find(folder: &Path) -> Result<Vec<Found>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if entry.file_name() != ".terraform" {
                found.extend(find(&path)?);
            }
        } else if path.extension().is_some_and(|extension| extension == "tf") {
            let text = fs::read_to_string(&path)?;
            for (index, line) in text.lines().enumerate() {
                let constructs = CONSTRUCTS.into_iter().filter(|construct| line.contains(construct));
                found.extend(constructs.map(|construct| Found {
                    file: path.clone(),
                    line: index + 1,
                    construct,
                }));
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_provisioner_is_found_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("main.tf");
        fs::write(&file, "resource \"terraform_data\" \"x\" {\n  provisioner \"local-exec\" {}\n}\n")
            .unwrap();
        let found = find(folder.path()).unwrap();
        assert_eq!(found, [Found { file, line: 2, construct: "\"local-exec\"" }]);
    }

    #[test]
    fn native_resources_are_fine() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("main.tf"), "resource \"aws_vpc\" \"this\" {}\n").unwrap();
        assert!(find(folder.path()).unwrap().is_empty());
    }
}
