//! Our own provider, in a mirror made of this build.

use std::path::{Path, PathBuf};

use anyhow::Result;
use fs_err as fs;

use super::{of_core, platform};
use crate::binaries::SHIPPED;
use crate::{Core, repository};

const OUR_VERSION: &str = env!("CARGO_PKG_VERSION");

/// Which build a program is of: the shipped one has the plain names, any other its profile behind them, so that none takes the
/// place of another that is in use.
pub(super) fn of_build(name: &str, provider: &Path) -> String {
    let profile = provider.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
    if profile == SHIPPED { name.to_owned() } else { format!("{name}-{profile}") }
}

/// A mirror of our provider alone, with the binary of this build.
pub(super) fn our_mirror(provider: &Path) -> Result<PathBuf> {
    let name = of_core(&of_build("provider-mirror", provider), Core::current()?);
    let mirror = repository::target_folder(&name)?;
    let _lock = repository::lock("provider-mirror")?;
    put_in_mirror(&mirror, provider)?;
    Ok(mirror)
}

/// Puts a provider into a mirror as ours, unless it is there already.
pub(super) fn put_in_mirror(mirror: &Path, provider: &Path) -> Result<()> {
    put(mirror, provider, "truefoundry/truefoundry", OUR_VERSION)
}

/// Puts a program into a mirror as the provider of this address, unless it is there already.
pub(super) fn put(mirror: &Path, program: &Path, address: &str, version: &str) -> Result<()> {
    let folder = mirror.join(Core::current()?.registry()).join(address).join(version).join(platform()?);
    fs::create_dir_all(&folder)?;
    let name = address.rsplit('/').next().unwrap_or(address);
    let target = folder.join(format!("terraform-provider-{name}_v{version}"));
    let new = fs::read(program)?;
    if fs::read(&target).ok().as_deref() != Some(new.as_slice()) {
        // A copy, not a link: Terraform follows links out of a mirror only for the folder itself. Copying
        // beside it keeps the permission to execute.
        let temporary = mirror.join("partial");
        fs::copy(program, &temporary)?;
        fs::rename(&temporary, &target)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builds_do_not_share_their_names() {
        let name =
            |folder: &str| of_build("mirror", &Path::new(folder).join("terraform-provider-truefoundry"));
        assert_eq!(name("/t/release"), "mirror");
        assert_eq!(name("/t/ci"), "mirror-ci");
    }
}
