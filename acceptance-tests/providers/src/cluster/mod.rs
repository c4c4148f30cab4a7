//! From a provider's configuration to the address of a cluster and a way to sign in.

mod exec;
mod kubeconfig;

use std::env;
use std::path::PathBuf;

use tfplugin::value::Value;

pub use exec::{Credential, Exec, SignIn};
pub use kubeconfig::written;

/// Why there is no cluster to talk to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// A value comes from something that does not exist yet.
    #[error("the provider's configuration holds values that are not known yet")]
    Unknown,
    /// Neither an address nor a kubeconfig is given. In the words of Kubernetes' own client.
    #[error(
        "invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable"
    )]
    Missing,
    /// The kubeconfig says nothing that could be used.
    #[error("{0}")]
    Kubeconfig(String),
    /// The program that signs in failed.
    #[error("getting credentials: exec: {0}")]
    Exec(String),
}

/// A cluster and how to sign in to it. Has no `Debug`: it holds secrets.
#[derive(Clone, Default)]
pub struct Endpoint {
    /// The address of the API server.
    pub server: String,
    /// Certificates to trust, in PEM; those of the machine without it.
    pub authority: Option<String>,
    /// Nothing is checked.
    pub insecure: bool,
    /// The name in the server's certificate, if it is not the one in the address.
    pub server_name: Option<String>,
    /// A proxy.
    pub proxy: Option<String>,
    /// How to sign in.
    pub user: User,
}

/// How to sign in. Has no `Debug`.
#[derive(Clone, Default)]
pub struct User {
    /// A bearer token.
    pub token: Option<String>,
    /// A certificate, in PEM.
    pub certificate: Option<String>,
    /// Its key, in PEM.
    pub key: Option<String>,
    /// A name with a password.
    pub name: Option<String>,
    /// The password.
    pub password: Option<String>,
    /// A program that gives a token or a certificate.
    pub exec: Option<Exec>,
}

/// The configuration of a provider, as far as it concerns the cluster. Both providers have the same names, helm in its
/// attribute `kubernetes`.
#[derive(Clone, Default)]
pub struct Settings {
    unknown: bool,
    paths: Vec<PathBuf>,
    context: Option<String>,
    context_cluster: Option<String>,
    context_user: Option<String>,
    given: Endpoint,
}

impl Settings {
    /// Reads the configuration, and the variables that stand in for what it leaves out.
    #[must_use]
    pub fn of(configured: &Value) -> Self {
        let text = |name: &str, variable: &str| {
            let configured = configured.get(name).as_str().map(str::to_owned);
            configured.or_else(|| env::var(variable).ok()).filter(|text| !text.is_empty())
        };
        let insecure = configured.get("insecure").as_bool();
        let exec = match configured.get("exec") {
            // A block is a list of one.
            block if block.as_elements().is_some() => block.as_elements().and_then(<[Value]>::first).cloned(),
            attribute => Some(attribute.clone()),
        };
        let user = User {
            token: text("token", "KUBE_TOKEN"),
            certificate: text("client_certificate", "KUBE_CLIENT_CERT_DATA"),
            key: text("client_key", "KUBE_CLIENT_KEY_DATA"),
            name: text("username", "KUBE_USER"),
            password: text("password", "KUBE_PASSWORD"),
            exec: exec.as_ref().and_then(Exec::of),
        };
        let given = Endpoint {
            server: text("host", "KUBE_HOST").unwrap_or_default(),
            authority: text("cluster_ca_certificate", "KUBE_CLUSTER_CA_CERT_DATA"),
            insecure: insecure.unwrap_or_else(|| env::var("KUBE_INSECURE").is_ok_and(|text| text == "true")),
            server_name: text("tls_server_name", "KUBE_TLS_SERVER_NAME"),
            proxy: text("proxy_url", "KUBE_PROXY_URL"),
            user,
        };
        let settings = Self {
            unknown: !configured.is_wholly_known(),
            paths: paths(configured, text("config_path", "KUBE_CONFIG_PATH")),
            context: text("config_context", "KUBE_CTX"),
            context_cluster: text("config_context_cluster", "KUBE_CTX_CLUSTER"),
            context_user: text("config_context_auth_info", "KUBE_CTX_AUTH_INFO"),
            given,
        };
        settings.given.user.hide();
        settings
    }

    /// The cluster: what the kubeconfig has, and over it what the configuration says.
    ///
    /// # Errors
    /// Why there is none.
    pub fn endpoint(&self) -> Result<Endpoint, Unusable> {
        if self.unknown {
            return Err(Unusable::Unknown);
        }
        let mut endpoint = if self.paths.is_empty() {
            Endpoint::default()
        } else {
            let context = self.context.as_deref();
            let chosen = (context, self.context_cluster.as_deref(), self.context_user.as_deref());
            kubeconfig::read(&self.paths, chosen).map_err(Unusable::Kubeconfig)?
        };
        let given = self.given.clone();
        if !given.server.is_empty() {
            endpoint.server = with_scheme(&given);
        }
        if endpoint.server.is_empty() {
            return Err(Unusable::Missing);
        }
        endpoint.authority = given.authority.or(endpoint.authority);
        endpoint.insecure |= given.insecure;
        endpoint.server_name = given.server_name.or(endpoint.server_name);
        endpoint.proxy = given.proxy.or(endpoint.proxy);
        let (over, under) = (given.user, &mut endpoint.user);
        under.token = over.token.or_else(|| under.token.take());
        under.certificate = over.certificate.or_else(|| under.certificate.take());
        under.key = over.key.or_else(|| under.key.take());
        under.name = over.name.or_else(|| under.name.take());
        under.password = over.password.or_else(|| under.password.take());
        under.exec = over.exec.or_else(|| under.exec.take());
        under.hide();
        Ok(endpoint)
    }
}

impl User {
    /// From now on no log line shows its secrets.
    fn hide(&self) {
        let secrets = [&self.token, &self.key, &self.password];
        secrets.into_iter().flatten().for_each(|secret| tfplugin::log::redact(secret));
    }
}

fn paths(configured: &Value, single: Option<String>) -> Vec<PathBuf> {
    let listed = configured.get("config_paths").as_elements().unwrap_or_default();
    let listed: Vec<_> = listed.iter().filter_map(Value::as_str).map(expanded).collect();
    if let Some(single) = single {
        return vec![expanded(&single)];
    }
    if listed.is_empty()
        && let Some(variable) = env::var_os("KUBE_CONFIG_PATHS").filter(|text| !text.is_empty())
    {
        return env::split_paths(&variable).collect();
    }
    listed
}

/// A path with `~` spelled out.
fn expanded(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        _ => PathBuf::from(path),
    }
}

/// An address without a scheme is one of TLS where anything of TLS is configured.
fn with_scheme(given: &Endpoint) -> String {
    let server = given.server.trim_end_matches('/');
    if server.contains("://") {
        return server.to_owned();
    }
    let tls = given.authority.is_some() || given.user.certificate.is_some() || given.insecure;
    format!("{}://{server}", if tls { "https" } else { "http" })
}

#[cfg(test)]
mod tests;
