//! Where the API of a cluster is reached from here, and whether it is.
//!
//! Asked before Terraform touches a layer in the cluster: any answer by the cluster's own certificate will do. What went wrong tells the
//! next step, so a name, a connection, a certificate and a refusal are told apart.

use std::error::Error as _;
use std::fmt;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use ureq::http::Uri;
use ureq::tls::{Certificate, RootCerts, TlsConfig};
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use ureq::{Agent, Timeout};

use super::commands::Failed;
use super::in_cluster::Cluster;
use super::way::Way;

/// Where the API is reached when not at its own name, for Terraform and for us.
pub(super) const ADDRESS: &str = "TF_VAR_cluster_address";
/// The longest that a cluster may take to answer at all.
pub(super) const LIMIT: Duration = Duration::from_secs(10);
/// What a cluster answers without knowing who asks, if anonymous requests may ask anything.
const ASKED: &str = "/readyz";

/// The address that stands in for the cluster's own, if one is set.
pub(super) fn address() -> Option<String> {
    std::env::var(ADDRESS).ok().filter(|text| !text.is_empty())
}

/// A client of one cluster: it knows the cluster's authority alone, and sends the cluster's own name wherever it connects to.
pub(super) fn agent(cluster: &Cluster, address: Option<&str>, limit: Duration) -> Result<Agent, Trouble> {
    let authority =
        Certificate::from_pem(cluster.authority()).map_err(|e| Trouble::Authority(e.to_string()))?;
    let tls = TlsConfig::builder()
        .root_certs(RootCerts::new_with_certs(&[authority]))
        .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .build();
    let elsewhere = address.map(place).transpose()?;
    let mut config =
        Agent::config_builder().http_status_as_error(false).timeout_global(Some(limit)).tls_config(tls);
    // Go's clients, the providers among them, ask no proxy for what is on this machine.
    if elsewhere.as_ref().is_some_and(is_local) {
        config = config.proxy(None);
    }
    let resolver = At { elsewhere, otherwise: DefaultResolver::default() };
    Ok(Agent::with_parts(config.build(), DefaultConnector::default(), resolver))
}

/// An address such as `https://127.0.0.1:8443`, as Terraform takes it.
fn place(address: &str) -> Result<Uri, Trouble> {
    let uri =
        address.parse::<Uri>().ok().filter(|uri| uri.scheme_str() == Some("https") && uri.host().is_some());
    uri.ok_or_else(|| Trouble::Address(address.to_owned()))
}

fn is_local(uri: &Uri) -> bool {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// Looks up an address in the place of the name that is asked for.
#[derive(Debug)]
struct At {
    elsewhere: Option<Uri>,
    otherwise: DefaultResolver,
}

impl Resolver for At {
    fn resolve(
        &self,
        uri: &Uri,
        config: &ureq::config::Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        self.otherwise.resolve(self.elsewhere.as_ref().unwrap_or(uri), config, timeout)
    }
}

/// Why the API was not reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Trouble {
    /// The address that stands in for its own is none.
    Address(String),
    /// Its name leads nowhere.
    Name(String),
    /// Nothing answers in time.
    Silence,
    /// Somebody refuses the connection, or it leads nowhere.
    Connection(String),
    /// Somebody answers whose certificate is not of the cluster's authority.
    Stranger(String),
    /// The authority that the layer `cluster` tells cannot be read.
    Authority(String),
    /// Anything else.
    Other(String),
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => write!(
                f,
                "`{ADDRESS}` is `{address}`, which is no address: it is written as `https://127.0.0.1:8443`."
            ),
            Self::Name(said) => write!(
                f,
                "Its name does not resolve: {said}. EKS has the private addresses of a cluster in public DNS, and some resolvers withhold \
                 private addresses: then ask the one of the VPC."
            ),
            Self::Silence => write!(f, "Nothing answered within {} seconds.", LIMIT.as_secs()),
            Self::Connection(said) => write!(f, "There is no connection: {said}."),
            Self::Stranger(said) => write!(
                f,
                "What answers there is not the cluster, whose authority has not signed it: {said}. It may be a proxy that opens TLS; let it \
                 pass this name through (`NO_PROXY`)."
            ),
            Self::Authority(said) => {
                write!(f, "The certificate authority that the layer `cluster` tells cannot be read: {said}.")
            }
            Self::Other(said) => write!(f, "{said}."),
        }
    }
}

impl From<&ureq::Error> for Trouble {
    fn from(error: &ureq::Error) -> Self {
        match error {
            ureq::Error::HostNotFound => Self::Name("no address was found".to_owned()),
            ureq::Error::Timeout(Timeout::Resolve) => {
                Self::Name("no name server answered in time".to_owned())
            }
            ureq::Error::Timeout(_) => Self::Silence,
            ureq::Error::Rustls(error) => of_tls(error),
            ureq::Error::Io(error) => of_io(error),
            other => Self::Other(other.to_string()),
        }
    }
}

/// The command that is to be run again, in this directory.
pub(super) fn again(verb: &str, dir: &Path) -> String {
    format!("tfy-infra {verb} -d {}", crate::shell::word(dir))
}

fn of_io(error: &std::io::Error) -> Trouble {
    if let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        return of_tls(tls);
    }
    let said = error.to_string();
    match error.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => Trouble::Silence,
        // The only error of the system's resolver has no kind of its own.
        _ if said.contains("failed to lookup address") => Trouble::Name(said),
        _ => Trouble::Connection(said),
    }
}

fn of_tls(error: &rustls::Error) -> Trouble {
    let said = error.source().map_or_else(|| error.to_string(), ToString::to_string);
    match error {
        rustls::Error::InvalidCertificate(_) => Trouble::Stranger(said),
        // What does not speak TLS at all, such as a proxy that answers in plain HTTP.
        rustls::Error::InvalidMessage(_) => Trouble::Stranger(said),
        _ => Trouble::Connection(said),
    }
}

/// Any answer of the API server, asked without a name.
pub(super) fn answers(cluster: &Cluster, address: Option<&str>, limit: Duration) -> Result<(), Trouble> {
    let agent = agent(cluster, address, limit)?;
    agent.get(format!("{}{ASKED}", cluster.endpoint())).call().map(drop).map_err(|e| Trouble::from(&e))
}

/// Whether the API answers; if not, why, and what to do to run `command` on this tree.
pub(super) fn check(cluster: &Cluster, way: &Way, dir: &Path, command: &str) -> Result<(), Failed> {
    let address = address();
    answers(cluster, address.as_deref(), LIMIT)
        .map_err(|trouble| unreached(cluster, &trouble, address.as_deref(), &way.next(dir, command)))
}

fn unreached(cluster: &Cluster, trouble: &Trouble, address: Option<&str>, next: &str) -> Failed {
    let at = address.map_or_else(
        || cluster.endpoint().to_owned(),
        |address| format!("{address}, where `{ADDRESS}` has it"),
    );
    let forwarded = address.map_or_else(String::new, |_| {
        format!("Is the port still forwarded? Without `{ADDRESS}` the cluster is asked at its own name.\n")
    });
    Failed::one(
        format!("the API of the cluster `{}` cannot be reached at {at}", cluster.name()),
        &format!(
            "{trouble}\nNothing was planned: Terraform would take every release for deleted.\n{forwarded}{next}"
        ),
    )
}

#[cfg(test)]
mod tests;
