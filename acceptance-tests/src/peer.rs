//! The example provider of `tfplugin` on HashiCorp's framework for Go, which `cargo xtask bench --peer` measures beside it, and the
//! figures of such a run.

use std::path::PathBuf;

use anyhow::Result;

use crate::go::Module;

mod kept;

pub use kept::{FILE, Kept, LARGEST, Pair, Row};

/// The framework that it is built on. `provider/tfplugin/peer/go.mod` pins it.
pub const FRAMEWORK: &str = "1.19.0";

const PEER: Module = Module {
    title: "the example provider on HashiCorp's framework",
    folder: "provider/tfplugin/peer",
    linked: "",
    otherwise: "leave out what compares with it",
};

const NAME: &str = "terraform-provider-thing";

/// Its program, built where nobody has, which takes a minute of processor time.
///
/// # Errors
/// When Go is missing or the build fails, with what to do.
pub fn program() -> Result<PathBuf> {
    Ok(PEER.built("peer", NAME, |_| Ok(()))?.join(NAME))
}

/// The Go that builds it, `1.26.8`.
///
/// # Errors
/// When there is none, with what to install.
pub fn go() -> Result<String> {
    PEER.version()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::repository;

    #[test]
    fn the_framework_is_the_pinned_one() {
        let pins = fs_err::read_to_string(repository::root().join(PEER.folder).join("go.mod")).unwrap();
        let line = format!("github.com/hashicorp/terraform-plugin-framework v{FRAMEWORK}\n");
        assert_eq!(pins.matches(&line).count(), 1, "{pins}");
    }

    #[test]
    fn a_missing_go_is_named_with_what_to_install() {
        assert_eq!(
            PEER.checked(None).unwrap_err().to_string(),
            "`go` not found on PATH\nhint: install Go 1.21 or newer, of which the example provider on HashiCorp's framework is built: \
             https://go.dev/doc/install; or leave out what compares with it"
        );
    }
}
