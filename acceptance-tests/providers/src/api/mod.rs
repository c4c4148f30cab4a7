//! Requests to the API server.

mod tls;

use std::net::ToSocketAddrs as _;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::{Client, Method, Proxy, RequestBuilder, Url, redirect};
use serde_json::{Value as Json, json};
use tokio::sync::Mutex;

use crate::cluster::{Credential, Endpoint, SignIn, Unusable};

/// How long a connection may take. Kubernetes' own client waits so long for the server's part of the handshake: an API server that
/// hangs is given up after it.
const CONNECT: Duration = Duration::from_secs(10);
/// After so long a silence a connection is asked whether it still is there, and given up after so much more.
const SILENCE: (Duration, Duration) = (Duration::from_secs(30), Duration::from_secs(15));

/// The variable that says what the API server does about a field that it does not know: `Strict` refuses the object. The real provider leaves
/// that to the server, which drops the field and warns.
pub const FIELD_VALIDATION: &str = "DOUBLES_FIELD_VALIDATION";

/// Why a request has no answer that could be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is nothing to talk to.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// The server cannot be reached, or what came is no answer.
    #[error("{verb} \"{url}\": {why}")]
    Network {
        /// The method as Go writes it: `Get`.
        verb: &'static str,
        /// The address.
        url: String,
        /// The innermost cause.
        why: String,
    },
    /// The server refuses.
    #[error("{message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the server says.
        message: String,
    },
}

impl Error {
    /// Whether the server says that there is no such object. Everything else is not known to be gone.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        matches!(self, Self::Refused { status: 404, .. })
    }
}

/// The API server of a cluster.
pub struct Api {
    endpoint: Result<Endpoint, Unusable>,
    /// What [`FIELD_VALIDATION`] says.
    validation: Option<String>,
    sign_in: SignIn,
    /// The client, with the certificate that it signs in by.
    client: Mutex<Option<(Option<String>, Client)>>,
}

impl Api {
    /// An API that is reached when it is asked for something.
    #[must_use]
    pub fn new(endpoint: Result<Endpoint, Unusable>) -> Self {
        let validation = std::env::var(FIELD_VALIDATION).ok();
        Self { endpoint, validation, sign_in: SignIn::default(), client: Mutex::new(None) }
    }

    /// Reads the object at a path, such as `/api/v1/namespaces/x`.
    ///
    /// # Errors
    /// When it cannot be read.
    pub async fn get(&self, path: &str) -> Result<Json, Error> {
        self.ask(Method::GET, path, None).await
    }

    /// Creates an object in the collection at a path.
    ///
    /// # Errors
    /// When it cannot be created.
    pub async fn create(&self, path: &str, object: &Json) -> Result<Json, Error> {
        let path = validated(path, self.validation.as_deref());
        self.ask(Method::POST, &path, Some(("application/json", object))).await
    }

    /// Changes an object by a JSON patch.
    ///
    /// # Errors
    /// When it cannot be changed.
    pub async fn patch(&self, path: &str, operations: &Json) -> Result<Json, Error> {
        let path = validated(path, self.validation.as_deref());
        self.ask(Method::PATCH, &path, Some(("application/json-patch+json", operations))).await
    }

    /// Deletes an object.
    ///
    /// # Errors
    /// When it cannot be deleted, or is not there.
    pub async fn delete(&self, path: &str) -> Result<(), Error> {
        let options = json!({ "kind": "DeleteOptions", "apiVersion": "v1" });
        self.ask(Method::DELETE, path, Some(("application/json", &options))).await.map(drop)
    }

    async fn ask(&self, method: Method, path: &str, body: Option<(&str, &Json)>) -> Result<Json, Error> {
        let endpoint = self.endpoint.as_ref().map_err(Clone::clone)?;
        let credential = self.sign_in.credential(&endpoint.user).await?;
        let url = format!("{}{path}", endpoint.server);
        let network = |why: String| Error::Network { verb: verb(&method), url: url.clone(), why };
        let client = self.client(endpoint, credential.as_ref()).await.map_err(&network)?;
        let address = address(endpoint, &url).map_err(&network)?;
        let request = client.request(method.clone(), address).header(ACCEPT, "application/json");
        let mut request = signed(request, endpoint, credential.as_ref());
        if let Some((kind, body)) = body {
            request = request.header(CONTENT_TYPE, kind).body(body.to_string());
        }
        let failed = |error: reqwest::Error| network(words(&error, &url));
        let answer = request.send().await.map_err(failed)?;
        let status = answer.status();
        let bytes = answer.bytes().await.map_err(failed)?;
        tracing::debug!(%method, path, status = status.as_u16(), "the API server has answered");
        if status.as_u16() == 401 {
            self.sign_in.refused().await;
        }
        if status.is_success() {
            return serde_json::from_slice(&bytes).map_err(|error| network(error.to_string()));
        }
        let said = serde_json::from_slice::<Json>(&bytes).unwrap_or_default();
        let message = match said["message"].as_str() {
            Some(message) => message.to_owned(),
            None => status.canonical_reason().unwrap_or("unknown").to_owned(),
        };
        Err(Error::Refused { status: status.as_u16(), message })
    }

    async fn client(&self, endpoint: &Endpoint, credential: Option<&Credential>) -> Result<Client, String> {
        let given = credential.filter(|credential| credential.certificate.is_some());
        let certificate = given.and_then(|one| one.certificate.clone()).or(endpoint.user.certificate.clone());
        let key = given.and_then(|one| one.key.clone()).or(endpoint.user.key.clone());
        let mut kept = self.client.lock().await;
        if let Some((with, client)) = kept.as_ref()
            && *with == certificate
        {
            return Ok(client.clone());
        }
        let identity = certificate.as_deref().zip(key.as_deref());
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls::config(endpoint, identity)?)
            .connect_timeout(CONNECT)
            .http2_keep_alive_interval(SILENCE.0)
            .http2_keep_alive_timeout(SILENCE.1)
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never());
        if let Some(proxy) = &endpoint.proxy {
            builder = builder.proxy(Proxy::all(proxy).map_err(|error| root_cause(&error))?);
        }
        if let Some(name) = &endpoint.server_name {
            let url = Url::parse(&endpoint.server).map_err(|error| error.to_string())?;
            let found = (url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or(443));
            let addresses: Vec<_> = found.to_socket_addrs().map_err(|error| error.to_string())?.collect();
            builder = builder.resolve_to_addrs(name, &addresses);
        }
        let client = builder.build().map_err(|error| root_cause(&error))?;
        *kept = Some((certificate, client.clone()));
        Ok(client)
    }
}

/// The address to ask; under the name that the server's certificate has, where that is another.
/// The path of a change, with what the API server does about fields that it does not know.
fn validated(path: &str, validation: Option<&str>) -> String {
    validation.map_or_else(|| path.to_owned(), |how| format!("{path}?fieldValidation={how}"))
}

fn address(endpoint: &Endpoint, url: &str) -> Result<Url, String> {
    let mut url = Url::parse(url).map_err(|error| error.to_string())?;
    if let Some(name) = &endpoint.server_name {
        url.set_host(Some(name)).map_err(|error| error.to_string())?;
    }
    Ok(url)
}

fn signed(request: RequestBuilder, endpoint: &Endpoint, credential: Option<&Credential>) -> RequestBuilder {
    let user = &endpoint.user;
    let token = credential.and_then(|credential| credential.token.as_ref()).or(user.token.as_ref());
    match (token, &user.name) {
        (Some(token), _) => request.bearer_auth(token),
        (None, Some(name)) => request.basic_auth(name, user.password.as_ref()),
        (None, None) => request,
    }
}

/// A method as Kubernetes' own client writes it.
fn verb(method: &Method) -> &'static str {
    match method.as_str() {
        "POST" => "Post",
        "PATCH" => "Patch",
        "DELETE" => "Delete",
        _ => "Get",
    }
}

/// Why there is no answer, in the words of Kubernetes' own client where it is what happens most.
fn words(error: &reqwest::Error, url: &str) -> String {
    let refused = root(error)
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused);
    let place = || Url::parse(url).ok()?.socket_addrs(|| None).ok()?.first().copied();
    match place().filter(|_| refused) {
        Some(place) => format!("dial tcp {place}: connect: connection refused"),
        None if error.is_connect() && error.is_timeout() => "net/http: TLS handshake timeout".to_owned(),
        None => root_cause(error),
    }
}

fn root(error: &reqwest::Error) -> &(dyn std::error::Error + 'static) {
    let mut cause: &(dyn std::error::Error + 'static) = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause
}

fn root_cause(error: &reqwest::Error) -> String {
    root(error).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_says_what_becomes_of_unknown_fields_where_that_is_asked_for() {
        let path = "/api/v1/namespaces";
        assert_eq!(validated(path, None), path);
        assert_eq!(validated(path, Some("Strict")), "/api/v1/namespaces?fieldValidation=Strict");
    }
}
