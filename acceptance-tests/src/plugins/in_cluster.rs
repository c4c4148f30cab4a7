//! The helm and kubernetes providers: those of a folder that is named, the real ones from a mirror or from the public registry, else
//! the doubles of this build.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use super::ours::{of_build, put};
use super::{REGISTRY, mirror_of, of_core, platform};
use crate::{Binaries, Core, environment, repository, tools};

/// The two, with the version that the doubles stand for and that is asked of the registry.
const PROVIDERS: [(&str, &str); 2] = [("helm", "3.1.2"), ("kubernetes", "3.2.1")];
/// A folder with programs of both, which then take the place of the others.
const GIVEN: &str = "TEST_PROVIDERS";
/// What is remembered when neither a mirror nor the registry has them.
const NONE: &str = "none";

/// Where the helm and the kubernetes provider come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InCluster {
    /// A folder in mirror layout with the real ones.
    Real(PathBuf),
    /// A folder with the programs themselves, named by `TEST_PROVIDERS`.
    Given(PathBuf),
    /// Nowhere: doubles stand in for them.
    Doubles,
}

impl InCluster {
    /// Looks in the mirror of the AWS provider, then asks the public registry, once for a build directory.
    ///
    /// # Errors
    /// When files cannot be read or written, or there is no `terraform`.
    pub fn find(mirror: &Path) -> Result<Self> {
        if let Some(folder) = std::env::var_os(GIVEN) {
            return Self::given(PathBuf::from(folder));
        }
        let platform = platform()?;
        if holds_both(mirror, &platform) {
            return Ok(Self::Real(mirror.to_path_buf()));
        }
        let _lock = repository::lock("in-cluster-mirror")?;
        let known = repository::target_folder("terraform")?.join("in-cluster-mirror.path");
        match fs::read_to_string(&known).ok().as_deref().map(str::trim_end) {
            Some(NONE) => return Ok(Self::Doubles),
            Some(path) if holds_both(Path::new(path), &platform) => return Ok(Self::Real(path.into())),
            _ => {}
        }
        let downloaded = download()?.filter(|mirror| holds_both(mirror, &platform));
        fs::write(&known, downloaded.as_ref().map_or(NONE.into(), |path| path.display().to_string()))?;
        Ok(downloaded.map_or(Self::Doubles, Self::Real))
    }

    fn given(folder: PathBuf) -> Result<Self> {
        for (name, _) in PROVIDERS {
            let program = folder.join(format!("terraform-provider-{name}"));
            ensure!(
                program.is_file(),
                "`{GIVEN}` is `{}`, which has no `terraform-provider-{name}`",
                folder.display()
            );
        }
        Ok(Self::Given(folder))
    }

    /// Which they are, for whoever reads the output of a run.
    #[must_use]
    pub fn told(&self) -> String {
        match self {
            Self::Real(mirror) => format!("helm and kubernetes providers from `{}`", mirror.display()),
            Self::Given(folder) => format!("helm and kubernetes providers in `{}`", folder.display()),
            Self::Doubles => {
                let names = PROVIDERS.map(|(name, version)| format!("{name} {version}")).join(" and ");
                format!("doubles of the providers {names}, which are in no mirror here")
            }
        }
    }

    /// The part of a CLI configuration by which Terraform finds them.
    pub(super) fn block(&self, binaries: &Binaries) -> Result<String> {
        let mirror = match self {
            Self::Real(mirror) => mirror.clone(),
            Self::Given(folder) => mirrored("given-mirror", binaries, |name| {
                Ok(folder.join(format!("terraform-provider-{name}")))
            })?,
            Self::Doubles => mirrored("doubles-mirror", binaries, |name| {
                binaries.other(&format!("terraform-provider-{name}"))
            })?,
        };
        mirror_of(&mirror, &PROVIDERS.map(|(name, _)| format!("hashicorp/{name}")))
    }
}

fn holds_both(mirror: &Path, platform: &str) -> bool {
    PROVIDERS.iter().all(|(name, version)| {
        let folder = mirror.join(REGISTRY).join("hashicorp").join(name);
        let packed = folder.join(format!("terraform-provider-{name}_{version}_{platform}.zip"));
        folder.join(version).join(platform).is_dir() || packed.is_file()
    })
}

/// A mirror of programs under the names of the real ones.
fn mirrored(name: &str, binaries: &Binaries, program: impl Fn(&str) -> Result<PathBuf>) -> Result<PathBuf> {
    let mirror = repository::target_folder(&of_core(&of_build(name, &binaries.provider), Core::current()?))?;
    let _lock = repository::lock("doubles-mirror")?;
    for (name, version) in PROVIDERS {
        put(&mirror, &program(name)?, &format!("hashicorp/{name}"), version)?;
    }
    Ok(mirror)
}

/// Lets Terraform download both; `None` where the registry cannot be reached.
fn download() -> Result<Option<PathBuf>> {
    let folder = repository::target_folder("terraform/in-cluster-download")?;
    let mut text = "terraform {\n  required_providers {\n".to_owned();
    for (name, version) in PROVIDERS {
        writeln!(text, "    {name} = {{ source = \"hashicorp/{name}\", version = \"{version}\" }}")?;
    }
    fs::write(folder.join("main.tf"), text + "  }\n}\n")?;
    let config = folder.join("direct.tfrc");
    fs::write(&config, "disable_checkpoint = true\nprovider_installation {\n  direct {}\n}\n")?;
    let mut command = Command::new(&tools::terraform()?.path);
    command.args(["init", "-input=false", "-no-color"]).current_dir(&folder);
    environment::scrub(&mut command);
    // One try: where the registry is not reached at once, it is not reached.
    command.env("TF_CLI_CONFIG_FILE", &config).env("TF_REGISTRY_DISCOVERY_RETRY", "0");
    command.env("TF_REGISTRY_CLIENT_TIMEOUT", "10");
    let output = command.output().context("starting `terraform`")?;
    Ok(output.status.success().then(|| folder.join(".terraform/providers")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mirror_needs_both_in_the_pinned_version() {
        let top = tempfile::tempdir().unwrap();
        let add = |name: &str, version: &str| {
            let folder = top.path().join(REGISTRY).join("hashicorp").join(name);
            fs::create_dir_all(folder.join(version).join("linux_amd64")).unwrap();
        };
        add("helm", "3.1.2");
        assert!(!holds_both(top.path(), "linux_amd64"), "without kubernetes");
        add("kubernetes", "3.2.0");
        assert!(!holds_both(top.path(), "linux_amd64"), "with another version of kubernetes");
        add("kubernetes", "3.2.1");
        assert!(holds_both(top.path(), "linux_amd64"), "with both");
        let found = InCluster::find(top.path()).unwrap();
        assert_eq!(found, InCluster::Real(top.path().to_path_buf()));
        assert!(found.told().starts_with("helm and kubernetes providers from `"), "{}", found.told());
    }

    #[test]
    fn a_folder_that_is_named_has_both() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("terraform-provider-helm"), "").unwrap();
        let error = InCluster::given(folder.path().to_path_buf()).unwrap_err().to_string();
        assert!(error.ends_with("which has no `terraform-provider-kubernetes`"), "{error}");
        fs::write(folder.path().join("terraform-provider-kubernetes"), "").unwrap();
        let given = InCluster::given(folder.path().to_path_buf()).unwrap();
        assert!(given.told().starts_with("helm and kubernetes providers in `"), "{}", given.told());
    }
}
