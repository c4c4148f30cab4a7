//! The AWS provider: found in a mirror on this machine, or downloaded once.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;

use super::{REGISTRY, of_core, platform};
use crate::venv::last_lines;
use crate::{Core, environment, repository, tools};

/// Names a folder that holds `registry.terraform.io/hashicorp/aws/...`.
pub const MIRROR: &str = "TF_PLUGIN_MIRROR";

/// How deep below `/` a mirror is looked for.
const SEARCH_DEPTH: usize = 4;
/// The search ends after so many folders; a mirror in an odd place is named by `TF_PLUGIN_MIRROR`.
const SEARCH_LIMIT: usize = 50_000;

/// [`aws_mirror`] under the name of a core's registry.
pub(super) fn aws_mirror_for(core: Core) -> Result<PathBuf> {
    let found = aws_mirror()?;
    if core.registry() == REGISTRY {
        return Ok(found);
    }
    let mirror = repository::target_folder(&of_core("aws-mirror", core))?;
    let folder = mirror.join(core.registry()).join("hashicorp/aws");
    let _lock = repository::lock("aws-mirror-of-core")?;
    for entry in fs::read_dir(found.join(REGISTRY).join("hashicorp/aws"))? {
        let entry = entry?;
        link_packages(&entry.path(), &folder.join(entry.file_name()))?;
    }
    Ok(mirror)
}

/// Links to the package of each platform: a mirror's folders must not be links, but their last ones may.
fn link_packages(from: &Path, to: &Path) -> Result<()> {
    if from.is_file() {
        return link(from, to);
    }
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        link(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

fn link(from: &Path, to: &Path) -> Result<()> {
    if to.exists() {
        return Ok(());
    }
    if let Some(parent) = to.parent() {
        fs::create_dir_all(parent)?;
    }
    // One whose target has gone.
    let _ = fs::remove_file(to);
    Ok(fs_err::os::unix::fs::symlink(from, to)?)
}

/// A folder in mirror layout that holds the AWS provider for this machine.
///
/// `TF_PLUGIN_MIRROR`, else a mirror found on this machine, else one download from the public registry, kept in
/// the build directory.
///
/// # Errors
/// When the variable points at something else, or nothing is found and the registry cannot be reached.
pub fn aws_mirror() -> Result<PathBuf> {
    let platform = platform()?;
    if let Some(given) = std::env::var_os(MIRROR) {
        let given = PathBuf::from(given);
        ensure!(
            holds_aws(&given, &platform),
            "`{MIRROR}` is `{}`, which holds no `{REGISTRY}/hashicorp/aws/VERSION/{platform}`\nhint: point it at \
             the folder above `{REGISTRY}`, or unset it",
            given.display()
        );
        return Ok(given);
    }
    let _lock = repository::lock("aws-mirror")?;
    let cache = repository::target_folder("terraform")?.join("aws-mirror.path");
    if let Ok(known) = fs::read_to_string(&cache) {
        let known = PathBuf::from(known.trim_end());
        if holds_aws(&known, &platform) {
            return Ok(known);
        }
    }
    let found = match usual_places().into_iter().find(|place| holds_aws(place, &platform)) {
        Some(place) => place,
        None => match search(Path::new("/"), &platform) {
            Some(place) => place,
            None => download(&platform)?,
        },
    };
    fs::write(&cache, found.display().to_string())?;
    Ok(found)
}

/// Terraform's implied mirrors, and its plugin cache.
fn usual_places() -> Vec<PathBuf> {
    let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
    let data = std::env::var_os("XDG_DATA_HOME").map_or_else(|| home.join(".local/share"), PathBuf::from);
    let mut places = vec![
        home.join(".terraform.d/plugins"),
        home.join(".terraform.d/plugin-cache"),
        data.join("terraform/plugins"),
        home.join("Library/Application Support/io.terraform/plugins"),
        PathBuf::from("/Library/Application Support/io.terraform/plugins"),
        PathBuf::from("/usr/local/share/terraform/plugins"),
        PathBuf::from("/usr/share/terraform/plugins"),
    ];
    if let Some(cache) = std::env::var_os("TF_PLUGIN_CACHE_DIR") {
        places.push(cache.into());
    }
    places
}

/// Breadth first, so that the nearest mirror wins, without following links and within limits.
fn search(top: &Path, platform: &str) -> Option<PathBuf> {
    const SKIPPED: [&str; 8] = ["proc", "sys", "dev", "run", "tmp", "node_modules", ".git", "target"];
    let mut waiting = VecDeque::from([(top.to_path_buf(), 0)]);
    let mut seen = 0;
    while let Some((folder, depth)) = waiting.pop_front() {
        seen += 1;
        if seen > SEARCH_LIMIT {
            return None;
        }
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            let name = entry.file_name();
            if !entry.file_type().is_ok_and(|kind| kind.is_dir())
                || SKIPPED.iter().any(|skipped| name == *skipped)
            {
                continue;
            }
            if name == REGISTRY && holds_aws(&folder, platform) {
                return Some(folder);
            }
            if depth + 1 < SEARCH_DEPTH {
                waiting.push_back((entry.path(), depth + 1));
            }
        }
    }
    None
}

/// Whether a folder is a mirror with a version of the AWS provider that the modules allow.
fn holds_aws(mirror: &Path, platform: &str) -> bool {
    let Ok(entries) = fs::read_dir(mirror.join(REGISTRY).join("hashicorp/aws")) else { return false };
    entries.flatten().any(|entry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let packed = name
            .strip_prefix("terraform-provider-aws_")
            .and_then(|rest| rest.strip_suffix(&format!("_{platform}.zip")));
        match packed {
            Some(version) => is_allowed(version),
            None => is_allowed(&name) && entry.path().join(platform).is_dir(),
        }
    })
}

/// The modules allow `>= 5.95, < 7.0`.
fn is_allowed(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u64>().ok());
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(5), Some(minor)) => minor >= 95,
        (Some(6), Some(_)) => true,
        _ => false,
    }
}

/// Lets Terraform itself download and check the provider once; its own folder then serves as the mirror.
fn download(platform: &str) -> Result<PathBuf> {
    const ROOT: &str = "terraform {\n  required_providers {\n    aws = {\n      source  = \"hashicorp/aws\"\n      \
                        version = \"5.100.0\"\n    }\n  }\n}\n";
    let folder = repository::target_folder("terraform/aws-download")?;
    fs::write(folder.join("main.tf"), ROOT)?;
    let config = folder.join("direct.tfrc");
    fs::write(&config, "disable_checkpoint = true\nprovider_installation {\n  direct {}\n}\n")?;
    let terraform = tools::terraform()?;
    let mut command = Command::new(&terraform.path);
    command.args(["init", "-input=false", "-no-color"]).current_dir(&folder);
    environment::scrub(&mut command);
    command.env("TF_CLI_CONFIG_FILE", &config);
    let output = command.output().context("starting `terraform`")?;
    let mirror = folder.join(".terraform/providers");
    if output.status.success() && holds_aws(&mirror, platform) {
        return Ok(mirror);
    }
    bail!(
        "the AWS provider is in no mirror on this machine, and downloading it failed:\n{}\nhint: allow access to \
         {REGISTRY}, or set `{MIRROR}` to a folder made with `terraform providers mirror`",
        last_lines(&String::from_utf8_lossy(&output.stderr), 12)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mirror_with(version: &str, platform: &str) -> tempfile::TempDir {
        let top = tempfile::tempdir().unwrap();
        let aws = top.path().join("a/b").join(REGISTRY).join("hashicorp/aws");
        fs::create_dir_all(aws.join(version).join(platform)).unwrap();
        top
    }

    #[test]
    fn a_mirror_is_found_by_looking() {
        let top = mirror_with("5.100.0", "linux_amd64");
        assert_eq!(search(top.path(), "linux_amd64"), Some(top.path().join("a/b")));
        assert_eq!(search(top.path(), "darwin_arm64"), None);
    }

    #[test]
    fn a_mirror_with_another_version_is_none() {
        let top = mirror_with("5.94.0", "linux_amd64");
        assert_eq!(search(top.path(), "linux_amd64"), None);
    }

    #[test]
    fn a_packed_mirror_counts() {
        let top = tempfile::tempdir().unwrap();
        let aws = top.path().join(REGISTRY).join("hashicorp/aws");
        fs::create_dir_all(&aws).unwrap();
        fs::write(aws.join("terraform-provider-aws_6.25.0_linux_amd64.zip"), "").unwrap();
        assert!(holds_aws(top.path(), "linux_amd64"));
    }
}
