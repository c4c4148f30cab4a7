//! Where Terraform gets its providers from: the real AWS provider from a mirror on this machine or from the
//! public registry, our own from the build, helm and kubernetes from where they can be had.

mod aws;
mod in_cluster;
mod ours;

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use fs_err as fs;

use crate::{Binaries, Core, repository};

use aws::aws_mirror_for;
pub use aws::{MIRROR, aws_mirror};
pub use in_cluster::InCluster;
use ours::{of_build, our_mirror, put_in_mirror};

const REGISTRY: &str = "registry.terraform.io";
/// A Terraform CLI configuration file.
#[derive(Clone, Debug)]
pub struct CliConfig {
    path: PathBuf,
}

impl CliConfig {
    /// The AWS provider from its mirror, ours from the build, helm and kubernetes, nothing else.
    ///
    /// # Errors
    /// When the AWS provider cannot be had, or a file cannot be written.
    pub fn new(binaries: &Binaries) -> Result<Self> {
        let ours = our_mirror(&binaries.provider)?;
        let text = format!(
            "disable_checkpoint = true\nprovider_installation {{\n{}{}}}\n",
            of_others(binaries)?,
            mirror_of(&ours, &["truefoundry/*".to_owned()])?,
        );
        Self::write(&of_build("mirrors", &binaries.provider), &text)
    }

    /// The AWS provider from its mirror, helm and kubernetes, nothing else: for the modules.
    ///
    /// # Errors
    /// As [`CliConfig::new`].
    pub fn for_modules() -> Result<Self> {
        let binaries = Binaries::build()?;
        let text =
            format!("disable_checkpoint = true\nprovider_installation {{\n{}}}\n", of_others(&binaries)?);
        Self::write(&of_build("modules", &binaries.provider), &text)
    }

    /// The AWS provider from its mirror, nothing else: without a build.
    ///
    /// # Errors
    /// As [`CliConfig::new`].
    pub fn for_aws_alone() -> Result<Self> {
        let aws = aws_mirror_for(Core::current()?)?;
        let aws = mirror_of(&aws, &["hashicorp/aws".to_owned()])?;
        Self::write("aws", &format!("disable_checkpoint = true\nprovider_installation {{\n{aws}}}\n"))
    }

    /// Our provider from the build, nothing else: for configurations without AWS.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn for_our_provider(binaries: &Binaries) -> Result<Self> {
        let ours = our_mirror(&binaries.provider)?;
        let text = format!(
            "disable_checkpoint = true\nprovider_installation {{\n{}}}\n",
            mirror_of(&ours, &["truefoundry/*".to_owned()])?
        );
        Self::write(&of_build("our-mirror", &binaries.provider), &text)
    }

    /// A provider as ours, from a mirror that is made in a folder: for comparing one build with another.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn with_mirror_in(folder: &Path, provider: &Path) -> Result<Self> {
        let mirror = folder.join("mirror");
        put_in_mirror(&mirror, provider)?;
        let text = format!(
            "disable_checkpoint = true\nprovider_installation {{\n{}}}\n",
            mirror_of(&mirror, &["truefoundry/*".to_owned()])?
        );
        let path = folder.join("mirror.tfrc");
        write_atomically(&path, text.as_bytes())?;
        Ok(Self { path })
    }

    /// Our provider from a folder as it is, without a mirror and without `terraform init`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn with_provider_in(folder: &Path) -> Result<Self> {
        Self::with_overrides(&folder.join("overrides.tfrc"), &[("truefoundry/truefoundry", folder)])
    }

    /// Providers from folders as they are, each by its address such as `hashicorp/helm`, without a mirror and without
    /// `terraform init`. The configuration is written to `path`.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn with_overrides(path: &Path, providers: &[(&str, &Path)]) -> Result<Self> {
        let mut text =
            String::from("disable_checkpoint = true\nprovider_installation {\n  dev_overrides {\n");
        for (address, folder) in providers {
            text.push_str(&format!("    \"{address}\" = {}\n", quoted(folder)));
        }
        text.push_str("  }\n}\n");
        write_atomically(path, text.as_bytes())?;
        Ok(Self { path: path.to_path_buf() })
    }

    /// The file, what `TF_CLI_CONFIG_FILE` is set to.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn write(name: &str, text: &str) -> Result<Self> {
        let name = of_core(name, Core::current()?);
        let path = repository::target_folder("terraform")?.join(format!("{name}.tfrc"));
        let _lock = repository::lock("terraform-cli-config")?;
        if fs::read_to_string(&path).ok().as_deref() != Some(text) {
            write_atomically(&path, text.as_bytes())?;
        }
        Ok(Self { path })
    }
}

/// Everything but ours.
fn of_others(binaries: &Binaries) -> Result<String> {
    let aws = aws_mirror_for(Core::current()?)?;
    let in_cluster = InCluster::find(&aws_mirror()?)?.block(binaries)?;
    Ok(mirror_of(&aws, &["hashicorp/aws".to_owned()])? + &in_cluster)
}

/// A mirror, for these addresses of the registry and no others.
fn mirror_of(path: &Path, addresses: &[String]) -> Result<String> {
    let registry = Core::current()?.registry();
    let included: Vec<String> = addresses.iter().map(|address| format!("\"{registry}/{address}\"")).collect();
    Ok(format!(
        "  filesystem_mirror {{\n    path    = {}\n    include = [{}]\n  }}\n",
        quoted(path),
        included.join(", ")
    ))
}

/// A name of a file or folder that is made for one core: OpenTofu's registry has another name.
fn of_core(name: &str, core: Core) -> String {
    if core == Core::OpenTofu { format!("{name}-{core}") } else { name.to_owned() }
}

fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace("${", "$${"))
}

/// Writes beside the target and renames: other processes may be reading it.
fn write_atomically(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = path.with_extension(format!("{}.partial", std::process::id()));
    fs::write(&temporary, bytes)?;
    fs::rename(&temporary, path)?;
    Ok(())
}

/// `linux_amd64` and the like.
fn platform() -> Result<String> {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => bail!("no Terraform provider is built for the processor architecture `{other}`"),
    };
    Ok(format!("{os}_{architecture}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_for_hcl() {
        assert_eq!(quoted(Path::new(r#"/a "b"/${c}"#)), r#""/a \"b\"/$${c}""#);
    }
}
