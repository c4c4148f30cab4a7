//! What a provider says about itself when it starts to serve.

use std::ffi::OsString;

/// Who starts the process, and who ends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Terraform starts the process, and it ends with Terraform.
    Plugin,
    /// A person starts the process; any number of Terraform runs attach to it until it is interrupted.
    Debug,
}

/// How to serve.
#[derive(Clone, Debug)]
pub struct Options {
    address: String,
    mode: Mode,
    schema: Option<&'static [u8]>,
}

impl Options {
    /// Options for the provider with this source address, such as `registry.terraform.io/hashicorp/null`, in
    /// [`Mode::Plugin`].
    pub fn new(address: impl Into<String>) -> Self {
        Self { address: address.into(), mode: Mode::Plugin, schema: None }
    }

    /// Options for the provider with this source address, in [`Mode::Debug`] if the command line holds `--debug`
    /// (`-debug`, as providers written in Go take it, is the same).
    pub fn from_args(address: impl Into<String>, args: impl IntoIterator<Item = OsString>) -> Self {
        let debug = args.into_iter().any(|arg| arg == "--debug" || arg == "-debug");
        Self::new(address).with_mode(if debug { Mode::Debug } else { Mode::Plugin })
    }

    /// The same options in another mode.
    #[must_use]
    pub fn with_mode(mut self, mode: Mode) -> Self {
        self.mode = mode;
        self
    }

    /// The same options with the schema encoded beforehand: what
    /// [`Server::encode_schema`](crate::Server::encode_schema) gave for this very provider, as a file that a test keeps
    /// up to date. Terraform asks for the whole schema before it does anything, and making that of a few hundred types
    /// takes tens of milliseconds.
    ///
    /// ```no_run
    /// # const SCHEMA: &[u8] = &[];
    /// # let options = tfplugin::Options::new("registry.terraform.io/example/thing");
    /// // const SCHEMA: &[u8] = include_bytes!("schema.binpb");
    /// // A debug build is for changing the provider: it makes its schema anew.
    /// let options = if cfg!(debug_assertions) { options } else { options.with_schema(SCHEMA) };
    /// ```
    #[must_use]
    pub fn with_schema(mut self, encoded: &'static [u8]) -> Self {
        self.schema = Some(encoded);
        self
    }

    /// The source address.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The mode.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    pub(super) fn schema(&self) -> Option<&'static [u8]> {
        self.schema
    }

    /// The last part of the source address: the provider's type, such as `null`.
    pub fn name(&self) -> &str {
        self.address.rsplit('/').next().unwrap_or(&self.address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_is_chosen_by_flag() {
        let mode = |args: &[&str]| Options::from_args("a/b/c", args.iter().map(OsString::from)).mode();
        assert_eq!(mode(&["provider"]), Mode::Plugin);
        assert_eq!(mode(&["provider", "--debugger"]), Mode::Plugin);
        assert_eq!(mode(&["provider", "--debug"]), Mode::Debug);
        assert_eq!(mode(&["provider", "-debug"]), Mode::Debug);
    }

    #[test]
    fn name_is_the_last_part_of_the_address() {
        assert_eq!(Options::new("registry.terraform.io/hashicorp/null").name(), "null");
        assert_eq!(Options::new("null").name(), "null");
    }
}
