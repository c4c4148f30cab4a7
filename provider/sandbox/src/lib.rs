//! A local TrueFoundry control plane for tests and rehearsals: it accepts the real SDK and the real `tfy` CLI.
//!
//! It keeps every kind of manifest in the catalog, through the generic `apply`, `delete` and `dependency-tree` and
//! through each collection's own endpoints, with what surrounds them: sessions and device logins, tokens of virtual
//! accounts, agents and people, secrets, connections of clusters, versions of models, deployments and runs of
//! applications, budgets. Manifests are checked strictly against the catalog, references must lead somewhere, and what
//! is in use cannot be deleted. The rules are those of the public clients and documents, not of a real server, which
//! was never looked at; nothing runs here, so logs, events and metrics are empty.
//!
//! # Controls
//! All under `/_sandbox/`, all with the API key as bearer; no fault touches them and no journal shows them.
//!
//! | request | effect |
//! |---|---|
//! | `POST /_sandbox/reset` | forgets objects, connections, logins, faults and the journal; switches stay |
//! | `GET /_sandbox/inventory` | `{"objects": N, "<collection>": {"count": N, "names": [...]}, ...}` |
//! | `GET /_sandbox/manifests` | `{"data": [...]}`: every manifest as it is stored, credentials included |
//! | `GET /_sandbox/records` | `{"data": [...]}`: every object with its id, age and all that is kept with it |
//! | `PUT /_sandbox/records` | as a reset, and then the objects of such a list, as they were |
//! | `GET /_sandbox/requests` | the journal: `{"data": [{"method", "path", "status", "fault", "request_bytes", "answer_bytes"}]}` |
//! | `POST /_sandbox/faults` | replaces the fault script by a list of rules |
//! | `GET`, `DELETE /_sandbox/faults` | shows the script with its counts, removes it |
//! | `POST /_sandbox/switches` | changes the [`Switches`] that the body names |
//! | `GET /_sandbox/switches` | shows all of them |
//!
//! The journal tells how long bodies were, and not what stood in them; an answer that a fault made or cut has `null` there.
//!
//! A rule of the fault script, every key optional but one action:
//! ```json
//! {
//!   "match": { "method": "PUT", "path": "/clusters" },
//!   "nth": 1, "count": 1,
//!   "delay_ms": 0,
//!   "status": 503, "headers": { "Retry-After": "0" }, "body": { "message": "busy" }, "effect": false,
//!   "reset_before": false,
//!   "reset_after": false,
//!   "truncate": false,
//!   "stall_ms": 30000
//! }
//! ```
//! `nth` is the first matching request that is hit, `count` how many are (0 means all from there); without `match` it
//! is the number of the request. With `status`, unless `effect` says otherwise, and with `reset_before` the request has
//! no effect. With `reset_after`, `truncate` and `stall_ms` it has, and the connection closes without an answer, after
//! half of it, or after that time. A string as `body` is sent as it is, so that an HTML page can be answered. A token
//! that is refused once is `{"status": 401}`.
//!
//! # Switches
//! The same names are flags of `tfy-sandbox serve`, with `-` for `_` and `--latency` for `latency_ms`.
//!
//! # Agents
//! `POST /api/svc/v1/agent/connect` with a cluster's token as bearer, body
//! `{"tenant": name, "cluster": name, "leaseSeconds": n}` (all optional), makes `is-connected` true for the token's
//! cluster: for good, or for the lease, of which 0 ends a connection. A tenant or a cluster that is named must be the
//! token's. This is a model of ours; the stream that a real agent opens is not reproduced.
//!
//! # Logins
//! Nobody sits at a browser: a device login is approved after `login_after` questions found it pending. Tokens have the
//! claims that the command line reads and no signature that means anything; the sandbox knows its tokens by heart.
//!
//! A token from elsewhere, such as the workload identity of a CI run, stands for the virtual account whose
//! `identity_provider_mapping` has the token's `sub` as `value`, until its `exp`. Here too nobody looks at a signature.
//!
//! # Secrets
//! Credentials (`secret_access_key`, `api_key` and the like inside `auth_data`, and everything in the `auth_data` of
//! MCP servers) are answered as `***`, and `***` is refused where a credential is expected, so nothing can come to
//! depend on reading them. The state file holds them and is made readable by its owner only.

mod agent;
mod answer;
mod api;
mod base64url;
mod builtin;
mod caller;
mod connection;
mod entity;
mod fault;
mod guards;
mod kind;
mod mask;
mod normalise;
mod numbers;
mod record;
mod references;
mod schema;
mod server;
mod state;
mod store;
mod switches;
mod texts;

use std::{
    net::{Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

pub use agent::Agent;
pub use switches::Switches;

/// Why a sandbox or an agent cannot run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address cannot be listened on.
    #[error(
        "cannot listen on `{address}`: {source}\nhint: choose another address, or port 0 for any free port"
    )]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the operating system says.
        source: std::io::Error,
    },
    /// The address is not on this machine only.
    #[error(
        "`{0}` is not a loopback address\nhint: the sandbox is for this machine only; listen on 127.0.0.1"
    )]
    NotLoopback(SocketAddr),
    /// No API key was given.
    #[error(
        "the API key is empty\nhint: set `TFY_SANDBOX_API_KEY` to any string; start it with `tfy_` for the `tfy` CLI"
    )]
    NoKey,
    /// The state cannot be read or written.
    #[error(
        "the state cannot be kept: {0}\nhint: check the file, or start without one to keep the state in memory"
    )]
    State(String),
    /// The control plane refused the agent, or could not be reached.
    #[error(
        "cluster `{cluster}` cannot be connected: {why}\nhint: `CLUSTER_TOKEN` must be that cluster's token, and `--host` the control plane"
    )]
    Agent {
        /// The cluster's name.
        cluster: String,
        /// What went wrong.
        why: String,
    },
}

/// How a sandbox runs.
#[derive(Clone)]
pub struct Options {
    /// Where to listen; must be a loopback address. Port 0 takes any free one.
    pub listen: SocketAddr,
    /// The file that keeps the state; in memory when absent.
    pub state: Option<PathBuf>,
    /// Name of the tenant.
    pub tenant: String,
    /// The one API key that is accepted.
    pub api_key: String,
    /// What it does beyond its plain behaviour.
    pub switches: Switches,
}

impl Options {
    /// Any free port, state in memory, tenant `demo`.
    pub fn new(api_key: impl Into<String>) -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            state: None,
            tenant: "demo".to_owned(),
            api_key: api_key.into(),
            switches: Switches::default(),
        }
    }
}

impl std::fmt::Debug for Options {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Options")
            .field("listen", &self.listen)
            .field("state", &self.state)
            .field("tenant", &self.tenant)
            .field("switches", &self.switches)
            .finish_non_exhaustive()
    }
}

/// A local control plane.
#[derive(Debug)]
pub struct Sandbox;

impl Sandbox {
    /// Starts a sandbox on the current Tokio runtime; it listens when this returns.
    ///
    /// # Errors
    /// When the key is empty, the address is not loopback or taken, or the state file cannot be used.
    pub async fn start(options: Options) -> Result<Handle, Error> {
        if options.api_key.trim().is_empty() {
            return Err(Error::NoKey);
        }
        if !options.listen.ip().is_loopback() {
            return Err(Error::NotLoopback(options.listen));
        }
        let store = match &options.state {
            Some(path) => store::Store::open(path)?,
            None => store::Store::none(),
        };
        let store = Arc::new(store);
        let state = state::State::load(options.tenant, options.switches, store.clone())?;
        let listen = |source| Error::Listen { address: options.listen, source };
        let listener = TcpListener::bind(options.listen).await.map_err(listen)?;
        let url = format!("http://{}", listener.local_addr().map_err(listen)?);
        let app = server::App::new(state, store, options.api_key);
        let service = Arc::clone(&app).router().into_make_service_with_connect_info::<connection::Cutter>();
        let stop = CancellationToken::new();
        let stopped = stop.clone().cancelled_owned();
        let task = tokio::spawn(async move {
            let serve = axum::serve(connection::CuttableListener(listener), service);
            if let Err(error) = serve.with_graceful_shutdown(stopped).await {
                tracing::error!(%error, "the server ended");
            }
        });
        Ok(Handle { url, app, stop, task })
    }
}

/// A running sandbox; it ends when this is dropped.
#[derive(Debug)]
pub struct Handle {
    url: String,
    app: Arc<server::App>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Handle {
    /// Its address, such as `http://127.0.0.1:43211`.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What a request to one of its controls answers, without a connection: method, path below `/_sandbox/`, body.
    ///
    /// # Errors
    /// What it answers where it refuses.
    pub fn control(
        &self,
        method: &str,
        path: &str,
        body: &serde_json::Value,
    ) -> Result<serde_json::Value, serde_json::Value> {
        let answer = self.app.control(method, &path.split('/').collect::<Vec<_>>(), body);
        let said = match answer.body {
            answer::Body::Json(said) => said,
            answer::Body::Empty => serde_json::Value::Null,
        };
        if answer.status < 300 { Ok(said) } else { Err(said) }
    }

    /// Ends it: requests in progress get a second to finish. The state file is closed when this returns.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if tokio::time::timeout(Duration::from_secs(1), &mut self.task).await.is_err() {
            self.task.abort();
            // Waits for the task to let go of the state; that it was aborted is no news.
            let _ = (&mut self.task).await;
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.stop.cancel();
        self.task.abort();
    }
}
