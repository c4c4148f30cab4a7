//! The files that Terraform reads of a layer, as they are.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use crate::tree::record::hash;

/// The folder of the modules, where a tree has them.
const MODULES: &str = "modules";
/// What Terraform makes of a layer, and what is nobody's code.
const NO_CODE: [&str; 3] = [".terraform", ".terraform.lock.hcl", ".git"];

/// SHA-256 of every file of these layers and of the modules of the tree, by its path there.
pub(super) fn of(dir: &Path, layers: &[&str]) -> io::Result<BTreeMap<String, String>> {
    let mut found = BTreeMap::new();
    for name in layers.iter().chain([&MODULES]) {
        let folder = dir.join(name);
        if folder.is_dir() {
            add(&folder, name, &mut found)?;
        }
    }
    Ok(found)
}

fn add(folder: &Path, place: &str, found: &mut BTreeMap<String, String>) -> io::Result<()> {
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let (path, place) = (entry.path(), format!("{place}/{name}"));
        if NO_CODE.contains(&name.as_str()) || name.contains(".tfstate") || name.ends_with(".tfplan") {
            continue;
        }
        let kind = entry.file_type()?;
        if kind.is_dir() {
            add(&path, &place, found)?;
        } else if path.is_file() {
            found.insert(place, hash(&fs_err::read(&path)?));
        } else if kind.is_symlink() {
            found.insert(place, hash(fs_err::read_link(&path)?.as_os_str().as_encoded_bytes()));
        }
    }
    Ok(())
}

/// The path in the tree that a file has, if it is in it.
pub(super) fn place(dir: &Path, file: &Path) -> Option<String> {
    let (dir, file) = (fs_err::canonicalize(dir).ok()?, fs_err::canonicalize(file).ok()?);
    Some(file.strip_prefix(dir).ok()?.to_str()?.to_owned())
}

/// What is no longer as it was, a line each.
pub(super) fn differences(was: &BTreeMap<String, String>, is: &BTreeMap<String, String>) -> Vec<String> {
    let gone = was.iter().filter_map(|(place, hash)| match is.get(place) {
        None => Some(format!("`{place}` is gone")),
        Some(now) if now != hash => Some(format!("`{place}` has changed")),
        Some(_) => None,
    });
    let new = is.keys().filter(|place| !was.contains_key(*place)).map(|place| format!("`{place}` is new"));
    gone.chain(new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_counts_and_what_terraform_makes_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let put = |place: &str, text: &str| {
            let path = dir.path().join(place);
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, text).unwrap();
        };
        put("network/main.tf", "a");
        put("network/extra.tf", "a");
        put("modules/network/main.tf", "a");
        put("cluster/main.tf", "not planned");
        let was = of(dir.path(), &["network"]).unwrap();
        let places: Vec<&String> = was.keys().collect();
        assert_eq!(places, ["modules/network/main.tf", "network/extra.tf", "network/main.tf"]);
        put("network/.terraform/modules/modules.json", "made");
        put("network/terraform.tfstate", "made");
        put("network/terraform.tfstate.backup", "made");
        put("network/.terraform.lock.hcl", "made");
        put("network/x.tfplan", "made");
        put("cluster/main.tf", "not planned either");
        put("README.md", "no code");
        assert_eq!(differences(&was, &of(dir.path(), &["network"]).unwrap()), [""; 0]);
        assert_eq!(
            place(dir.path(), &dir.path().join("network/main.tf")).as_deref(),
            Some("network/main.tf")
        );
        assert_eq!(place(dir.path(), Path::new("/")), None);
        put("network/main.tf", "b");
        put("network/new.tf", "a");
        fs_err::remove_file(dir.path().join("network/extra.tf")).unwrap();
        fs_err::os::unix::fs::symlink("nowhere", dir.path().join("modules/link")).unwrap();
        let now = of(dir.path(), &["network"]).unwrap();
        let told = [
            "`network/extra.tf` is gone",
            "`network/main.tf` has changed",
            "`modules/link` is new",
            "`network/new.tf` is new",
        ];
        assert_eq!(differences(&was, &now), told);
    }
}
