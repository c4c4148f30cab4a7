//! The file of a plan. It holds what the state holds, secrets among it.

use std::path::{Path, PathBuf};

use crate::tree::own;

/// A file that only its owner reads, and that goes with this value.
#[derive(Debug)]
pub(super) struct PlanFile(PathBuf);

impl PlanFile {
    /// An empty file for the plan of a layer, which Terraform fills and whose permissions it keeps.
    pub(super) fn new(dir: &Path, layer: &str) -> std::io::Result<Self> {
        let folder = own::folder(dir, "plans").map_err(std::io::Error::other)?;
        // Terraform runs in the layer's directory.
        let path = std::path::absolute(folder)?.join(format!("{layer}.tfplan"));
        own::create_for_owner(&path)?;
        Ok(Self(path))
    }

    /// Puts a plan into it that was saved.
    pub(super) fn fill(&self, plan: &[u8]) -> std::io::Result<()> {
        fs_err::write(&self.0, plan)
    }

    /// What Terraform has put into it.
    pub(super) fn read(&self) -> std::io::Result<Vec<u8>> {
        fs_err::read(&self.0)
    }

    /// Its absolute path.
    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for PlanFile {
    fn drop(&mut self) {
        // The plan is of no use to anyone any more, and the next run makes its own.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_plan_is_its_owners_alone_and_goes() {
        let dir = tempfile::tempdir().unwrap();
        let old = own::folder(dir.path(), "plans").unwrap().join("data.tfplan");
        fs_err::write(&old, "left by a run that was killed").unwrap();
        let file = PlanFile::new(dir.path(), "data").unwrap();
        let found = fs_err::metadata(file.path()).unwrap();
        assert_eq!((found.permissions().mode() & 0o777, found.len()), (0o600, 0));
        // As Terraform does it.
        fs_err::File::create(file.path()).unwrap();
        assert_eq!(fs_err::metadata(file.path()).unwrap().permissions().mode() & 0o777, 0o600);
        drop(file);
        assert!(!old.exists());
    }
}
