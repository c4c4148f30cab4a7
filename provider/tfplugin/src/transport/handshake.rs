//! The host's terms, read from the environment, and the one line that answers them.

use std::env;
use std::fmt::Write as _;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use super::endpoint::Address;
use super::error::ServeError;

/// Shows that Terraform (and not a person) started the process. A fixed, public value of the plugin protocol.
const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// The one version of the Terraform plugin protocol served here.
pub(super) const PROTOCOL_VERSION: u32 = 6;

/// What the host asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Terms {
    /// The host's certificate in PEM, when the connection is to be mutual TLS.
    pub(super) client_certificate: Option<String>,
    /// Where the host wants a Unix socket to be, if it minds.
    pub(super) socket_directory: Option<PathBuf>,
    /// First and last TCP port the host allows.
    pub(super) ports: (u16, u16),
    /// Whether the host wants to hear if one broker connection may carry many streams.
    pub(super) asks_for_multiplexing: bool,
}

impl Terms {
    /// The terms in this process's environment.
    pub(super) fn from_environment() -> Result<Self, ServeError> {
        Self::read(|name| env::var(name).ok())
    }

    fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ServeError> {
        let filled = |name| get(name).filter(|value| !value.is_empty());
        if get(COOKIE.0).as_deref() != Some(COOKIE.1) {
            return Err(ServeError::NotStartedByTerraform);
        }
        // A host without negotiation sends nothing and takes the version that the line names.
        if let Some(offered) = filled("PLUGIN_PROTOCOL_VERSIONS") {
            let common = offered.split(',').any(|one| one.trim().parse() == Ok(PROTOCOL_VERSION));
            if !common {
                return Err(ServeError::NoCommonVersion { offered });
            }
        }
        let port = |name, default| filled(name).and_then(|value| value.parse().ok()).unwrap_or(default);
        Ok(Self {
            client_certificate: filled("PLUGIN_CLIENT_CERT"),
            socket_directory: filled("PLUGIN_UNIX_SOCKET_DIR").map(PathBuf::from),
            ports: (port("PLUGIN_MIN_PORT", 10_000), port("PLUGIN_MAX_PORT", 25_000)),
            asks_for_multiplexing: get("PLUGIN_MULTIPLEX_GRPC").is_some(),
        })
    }

    /// The line that tells the host where and how to connect, with its newline. `certificate` is the server's, in DER.
    pub(super) fn answer(&self, address: &Address, certificate: Option<&[u8]>) -> String {
        let network = address.network();
        let certificate = certificate.map(|der| STANDARD_NO_PAD.encode(der)).unwrap_or_default();
        let mut line = format!("1|{PROTOCOL_VERSION}|{network}|{address}|grpc|{certificate}");
        if self.asks_for_multiplexing {
            // Hosts that did not ask refuse a seventh field.
            let _ = write!(line, "|false");
        }
        line.push('\n');
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(extra: &[(&str, &str)]) -> Result<Terms, ServeError> {
        let all: Vec<_> = [COOKIE].iter().chain(extra).copied().collect();
        Terms::read(|name| {
            all.iter().rev().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn without_the_right_cookie_nothing_is_served() {
        let absent = Terms::read(|_| None);
        assert!(matches!(absent, Err(ServeError::NotStartedByTerraform)));
        assert!(matches!(read(&[(COOKIE.0, "other")]), Err(ServeError::NotStartedByTerraform)));
    }

    #[test]
    fn version_six_is_found_among_others() {
        let without_negotiation = read(&[]).unwrap();
        for offered in ["6", "5,6", "6,5", " 5 , 6 "] {
            let terms = read(&[("PLUGIN_PROTOCOL_VERSIONS", offered)]).unwrap();
            assert_eq!(terms, without_negotiation, "{offered}");
        }
    }

    #[test]
    fn a_host_without_version_six_is_told_so() {
        for offered in ["5", "4,5", "66", "x"] {
            let error = read(&[("PLUGIN_PROTOCOL_VERSIONS", offered)]).unwrap_err();
            let text = format!("the host offers plugin protocol {offered}, this provider speaks protocol 6");
            assert_eq!(error.to_string(), text);
        }
    }

    #[test]
    fn settings_are_read_and_have_defaults() {
        let terms = read(&[]).unwrap();
        assert_eq!(terms.ports, (10_000, 25_000));
        assert_eq!((terms.client_certificate, terms.socket_directory), (None, None));
        let terms = read(&[
            ("PLUGIN_CLIENT_CERT", "pem"),
            ("PLUGIN_UNIX_SOCKET_DIR", "/run/x"),
            ("PLUGIN_MIN_PORT", "1"),
            ("PLUGIN_MAX_PORT", "2"),
        ])
        .unwrap();
        assert_eq!(terms.ports, (1, 2));
        assert_eq!(terms.client_certificate.as_deref(), Some("pem"));
        assert_eq!(terms.socket_directory, Some(PathBuf::from("/run/x")));
    }

    #[test]
    fn the_line_has_six_fields_and_seven_when_asked() {
        let address = Address::Unix(PathBuf::from("/tmp/s"));
        let plain = read(&[]).unwrap();
        assert_eq!(plain.answer(&address, None), "1|6|unix|/tmp/s|grpc|\n");
        // One byte would be padded with `==`, which the host does not read.
        assert_eq!(plain.answer(&address, Some(&[255])), "1|6|unix|/tmp/s|grpc|/w\n");
        let asking = read(&[("PLUGIN_MULTIPLEX_GRPC", "true")]).unwrap();
        assert_eq!(asking.answer(&address, None), "1|6|unix|/tmp/s|grpc||false\n");
    }
}
