//! Why a provider could not serve.

use std::io;

/// Why serving did not start, or broke off.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The process was started by hand: the cookie that Terraform sets is absent.
    #[error("this program is a Terraform provider: Terraform starts it, it does nothing when run by hand")]
    NotStartedByTerraform,
    /// The host does not speak the one protocol version served here.
    #[error("the host offers plugin protocol {offered}, this provider speaks protocol 6")]
    NoCommonVersion {
        /// What the host offered, as it wrote it.
        offered: String,
    },
    /// The certificate that the host will authenticate with cannot be used.
    #[error("`PLUGIN_CLIENT_CERT` holds no usable certificate: {reason}")]
    ClientCertificate {
        /// What is wrong with it.
        reason: String,
    },
    /// The TLS side could not be set up.
    #[error("cannot set up TLS: {reason}")]
    Tls {
        /// What failed.
        reason: String,
    },
    /// No socket could be opened for Terraform to connect to.
    #[error("cannot listen for Terraform: {place}: {source}")]
    Listen {
        /// The directory or address tried.
        place: String,
        /// The system's error.
        source: io::Error,
    },
    /// The address line could not be written to standard output.
    #[error("cannot write the plugin address to standard output: {0}")]
    Announce(#[source] io::Error),
    /// The process could not get its threads or signal handlers.
    #[error("cannot start the runtime: {0}")]
    Runtime(#[source] io::Error),
}

impl ServeError {
    /// What the reader can do about it, where there is something.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::NotStartedByTerraform => Some(
                "run `terraform init` and `terraform plan` in a configuration that requires this provider, or start \
                 it with `--debug` to attach Terraform to it",
            ),
            Self::NoCommonVersion { .. } => Some("use Terraform 1.0 or later, or OpenTofu"),
            Self::ClientCertificate { .. } | Self::Tls { .. } => {
                Some("set `TF_DISABLE_PLUGIN_TLS=1` to run without TLS between Terraform and the provider")
            }
            Self::Listen { .. } => {
                Some("check that the directory named by `TMPDIR` exists and can be written")
            }
            Self::Announce(_) | Self::Runtime(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(error: &ServeError) -> String {
        let hint = error.hint().map(|hint| format!("\nhint: {hint}")).unwrap_or_default();
        format!("{error}{hint}")
    }

    #[test]
    fn each_error_says_what_failed_and_what_to_do() {
        let source = || io::Error::other("the disk is full");
        assert_eq!(
            said(&ServeError::Tls { reason: "no random numbers".to_owned() }),
            "cannot set up TLS: no random numbers\n\
             hint: set `TF_DISABLE_PLUGIN_TLS=1` to run without TLS between Terraform and the provider"
        );
        assert_eq!(
            said(&ServeError::Listen { place: "`/tmp`".to_owned(), source: source() }),
            "cannot listen for Terraform: `/tmp`: the disk is full\n\
             hint: check that the directory named by `TMPDIR` exists and can be written"
        );
        assert_eq!(
            said(&ServeError::Announce(source())),
            "cannot write the plugin address to standard output: the disk is full"
        );
        assert_eq!(said(&ServeError::Runtime(source())), "cannot start the runtime: the disk is full");
    }
}
