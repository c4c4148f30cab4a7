//! A copy of a tree that can be written and planned while nothing happens to the tree.

use std::fs::Permissions;
use std::io;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// What is not copied: what `terraform init` makes, which belongs to its folder, and what is committed of the tree.
const LEFT: [&str; 2] = [".terraform", ".git"];

/// A copy, which goes with this value. States that stand beside their layers are in it, so that nobody but its owner may enter it.
#[derive(Debug)]
pub struct Copy(tempfile::TempDir);

impl Copy {
    /// Copies a tree.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn of(tree: &Path) -> io::Result<Self> {
        let copy = tempfile::Builder::new().prefix("tfy-infra-upgrade-").tempdir()?;
        fs_err::set_permissions(copy.path(), Permissions::from_mode(0o700))?;
        add(tree, copy.path())?;
        Ok(Self(copy))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }
}

fn add(from: &Path, to: &Path) -> io::Result<()> {
    for entry in fs_err::read_dir(from)? {
        let entry = entry?;
        let name = entry.file_name();
        if LEFT.iter().any(|left| name == *left) {
            continue;
        }
        let (kind, target) = (entry.file_type()?, to.join(&name));
        if kind.is_dir() {
            fs_err::create_dir(&target)?;
            add(&entry.path(), &target)?;
        } else if kind.is_symlink() {
            fs_err::os::unix::fs::symlink(fs_err::read_link(entry.path())?, &target)?;
        } else {
            fs_err::copy(entry.path(), &target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_code_and_states_and_is_its_owners_alone() {
        let tree = tempfile::tempdir().unwrap();
        for place in [
            "network/main.tf",
            "network/terraform.tfstate",
            "network/.terraform/providers/x",
            ".tfy-infra/manifest.json",
            ".git/HEAD",
        ] {
            let path = tree.path().join(place);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, place).unwrap();
        }
        fs_err::os::unix::fs::symlink("main.tf", tree.path().join("network/link.tf")).unwrap();
        let copy = Copy::of(tree.path()).unwrap();
        let there = |place: &str| copy.path().join(place).exists();
        assert!(
            there("network/main.tf")
                && there("network/terraform.tfstate")
                && there(".tfy-infra/manifest.json")
        );
        assert!(there("network/link.tf"));
        assert!(!there("network/.terraform") && !there(".git"));
        assert_eq!(fs_err::metadata(copy.path()).unwrap().permissions().mode() & 0o777, 0o700);
        let path = copy.path().to_owned();
        drop(copy);
        assert!(!path.exists());
    }
}
