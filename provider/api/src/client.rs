//! The client: everything above one attempt of one request.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use reqwest::{Method, Url};
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use tokio_util::sync::CancellationToken;

use crate::snapshot::Snapshots;
use crate::{
    Config, Effect, Entity, Error, Failure, Result, cancel, error,
    retry::{self, Policy, Repeat, Verdict},
    transport::{Answer, Body, Broken, Request, Transport},
};

/// A control plane and the key to it. Clones are cheap and share connections and the cached tenant name.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
    cancel: CancellationToken,
}

struct Shared {
    transport: Transport,
    tenant: OnceCell<String>,
    snapshots: Snapshots,
    /// What its clock said in the last answer, and when that was.
    clock: Mutex<Option<(SystemTime, Instant)>>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("config", self.shared.transport.config()).finish_non_exhaustive()
    }
}

/// What `apply` did, or would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// The object did not exist.
    Create,
    /// The object existed and its manifest is replaced.
    Update,
}

/// The answer to [`Client::apply`].
#[derive(Clone, Debug)]
pub struct Applied {
    /// Whether the object was created or updated, when the server says so.
    pub action: Option<Action>,
    /// The manifest before this call; absent when the object did not exist.
    pub existing_manifest: Option<Value>,
    /// The object afterwards, when the server sends it.
    pub entity: Option<Entity>,
}

/// How a deletion was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deleted {
    /// It is deleted, or its deletion has begun.
    Yes,
    /// There is no such object.
    Absent,
    /// With success, and without a word on what was done.
    Unsaid,
}

impl Deleted {
    /// Whether the object existed. `still_there` looks, where the answer has not said that it is gone.
    pub(crate) async fn confirmed(
        self,
        still_there: impl Future<Output = Result<Option<Entity>>>,
    ) -> Result<bool> {
        match self {
            Self::Yes => Ok(true),
            Self::Absent => Ok(false),
            Self::Unsaid => match still_there.await.map_err(Error::after_a_write)? {
                None => Ok(true),
                Some(there) => Err(Error::Decode(Failure {
                    method: Method::DELETE.to_string(),
                    path: there.fqn().unwrap_or(there.id()).to_owned(),
                    message: "the answer does not say that it was deleted, and it is still there".to_owned(),
                    effect: Effect::Unknown,
                    ..Failure::default()
                })),
            },
        }
    }
}

/// A successful answer and what it took to get it.
pub(crate) struct Success {
    pub(crate) body: Option<Value>,
    pub(crate) failure: Failure,
}

impl Success {
    /// The error for an answer that cannot be understood.
    pub(crate) fn undecodable(self, message: impl Into<String>) -> Error {
        Error::Decode(Failure { message: message.into(), ..self.failure })
    }
}

impl Client {
    /// Checks the settings; makes no network call and reads no file.
    ///
    /// # Errors
    /// [`Error::Config`] when the host or the key cannot be right.
    pub fn new(config: Config) -> Result<Self> {
        let shared = Shared {
            transport: Transport::new(config)?,
            tenant: OnceCell::new(),
            snapshots: Snapshots::default(),
            clock: Mutex::new(None),
        };
        Ok(Self { shared: Arc::new(shared), cancel: CancellationToken::new() })
    }

    /// The same client, whose calls end early once `cancel` is cancelled: waits for a retry at once, a request
    /// in flight after 2 s, later calls before they send anything. All with [`Error::Cancelled`].
    #[must_use]
    pub fn with_cancellation(&self, cancel: CancellationToken) -> Self {
        Self { shared: Arc::clone(&self.shared), cancel }
    }

    /// Waits between two looks or attempts.
    ///
    /// # Errors
    /// [`Error::Cancelled`] as soon as the operation is cancelled.
    pub async fn pause(&self, time: Duration) -> Result<()> {
        tokio::select! {
            () = tokio::time::sleep(time / self.shared.transport.config().pauses_divided_by.get()) => Ok(()),
            () = self.cancel.cancelled() => Err(Error::Cancelled(Failure {
                message: "stopped while waiting".to_owned(),
                ..Failure::default()
            })),
        }
    }

    /// The time by the control plane's clock, to a second, where an answer has told it; else by the clock of this machine.
    pub fn now(&self) -> SystemTime {
        let clock = self.shared.clock.lock().unwrap_or_else(PoisonError::into_inner);
        clock.map_or_else(SystemTime::now, |(time, at)| time + at.elapsed())
    }

    /// Whether [`Client::now`] is the control plane's own time.
    pub fn knows_the_time(&self) -> bool {
        self.shared.clock.lock().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    /// The control plane's address as it is used, ending in `/`.
    pub fn host(&self) -> &str {
        self.shared.transport.base().as_str()
    }

    /// The snapshots of collections, unless they are switched off.
    pub(crate) fn snapshots(&self) -> Option<&Snapshots> {
        self.shared.transport.config().read_in_pages.then_some(&self.shared.snapshots)
    }

    /// The tenant that the key belongs to; asked once, then remembered by all clones.
    ///
    /// # Errors
    /// Any error of the request; [`Error::Decode`] when the answers name no tenant.
    pub async fn tenant_name(&self) -> Result<String> {
        self.shared.tenant.get_or_try_init(|| self.ask_tenant_name()).await.cloned()
    }

    async fn ask_tenant_name(&self) -> Result<String> {
        // Older control planes know only `/session`.
        match self.get(&["x", "users", "info"], &[]).await {
            Ok(info) => {
                if let Some(name) = info.body.as_ref().and_then(tenant_in) {
                    return Ok(name);
                }
            }
            Err(Error::NotFound(_) | Error::Decode(_)) => {}
            Err(other) => return Err(other),
        }
        let session = self.get(&["session"], &[]).await?;
        match session.body.as_ref().and_then(tenant_in) {
            Some(name) => Ok(name),
            None => Err(session.undecodable("a session without a tenant name")),
        }
    }

    /// Whom the key belongs to, as objects name their makers: the e-mail address of a user, the name of a virtual account. `None` when
    /// the control plane does not say.
    ///
    /// # Errors
    /// Any error of a request.
    pub async fn subject(&self) -> Result<Option<String>> {
        let places = ["/subjectSlug", "/data/subjectSlug", "/user/subject/subjectSlug", "/user/subjectSlug"];
        let info = match self.get(&["x", "users", "info"], &[]).await {
            Err(Error::NotFound(_) | Error::Decode(_)) => self.get(&["session"], &[]).await?,
            other => other?,
        };
        let body = info.body.unwrap_or_default();
        let slug = places.iter().find_map(|place| body.pointer(place)?.as_str());
        Ok(slug.filter(|slug| !slug.is_empty()).map(str::to_owned))
    }

    /// Creates or replaces the object that any kind of manifest describes; with `dry_run` only checks it.
    ///
    /// # Errors
    /// Any error of the request.
    pub async fn apply(&self, manifest: &Value, dry_run: bool) -> Result<Applied> {
        let repeat = if dry_run { Repeat::Read } else { Repeat::IfRefused };
        let body = json!({"manifest": manifest, "dryRun": dry_run});
        applied(self.call(repeat, Method::PUT, &["apply"], &[], Some(body)).await?)
    }

    /// How many times a failed attempt may be repeated.
    pub fn max_retries(&self) -> u32 {
        self.shared.transport.config().max_retries
    }

    /// Deletes the object that any kind of manifest describes.
    pub(crate) async fn delete_manifest(&self, manifest: &Value) -> Result<Deleted> {
        self.delete(Method::POST, &["delete"], &[], Some(json!({"manifest": manifest}))).await
    }

    /// A deletion; a 404 that follows a lost answer means that the lost attempt deleted.
    pub(crate) async fn delete(
        &self,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<Deleted> {
        match self.call(Repeat::Always, method, path, query, body).await {
            Ok(success) if is_acknowledgement(success.body.as_ref()) => Ok(Deleted::Yes),
            Ok(_) => Ok(Deleted::Unsaid),
            Err(Error::NotFound(failure)) if failure.attempts > 1 => Ok(Deleted::Yes),
            Err(Error::NotFound(_)) => Ok(Deleted::Absent),
            Err(other) => Err(other),
        }
    }

    pub(crate) async fn get(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Success> {
        self.call(Repeat::Read, Method::GET, path, query, None).await
    }

    /// Sends a request below `api/svc/v1/` until it succeeds, fails for good, or is cancelled; `repeat` says what may be sent again.
    pub(crate) async fn call(
        &self,
        repeat: Repeat,
        method: Method,
        path: &[&str],
        query: &[(&str, &str)],
        body: Option<Value>,
    ) -> Result<Success> {
        let deletion = method == Method::DELETE || path == ["delete"];
        let request = Request { method, url: self.url(path, query)?, body };
        let config = self.shared.transport.config();
        let policy = Policy {
            max_retries: config.max_retries,
            max_time: config.max_retry_time,
            pauses_divided_by: config.pauses_divided_by.get(),
        };
        let mut effect = Effect::None;
        let ended = retry::run(
            policy,
            &self.cancel,
            |attempt| cancel::with_grace(&self.cancel, self.shared.transport.send(&request, attempt)),
            |outcome| {
                effect = effect.max(effect_of(repeat, outcome.as_ref()));
                verdict(repeat, outcome.as_ref())
            },
        )
        .await;
        let failure = Failure {
            method: request.method.to_string(),
            path: request.path(),
            status: None,
            message: "stopped before an answer arrived".to_owned(),
            attempts: ended.attempts,
            effect,
            retry_after: None,
        };
        let answer = match ended.outcome {
            None => return Err(Error::Cancelled(failure)),
            Some(_) if ended.cancelled => return Err(Error::Cancelled(failure)),
            Some(Err(Broken::Settings(error))) => return Err(error),
            Some(Err(Broken::Unreached(message) | Broken::Network(message))) => {
                return Err(Error::Transport(Failure { message, ..failure }));
            }
            Some(Ok(answer)) => answer,
        };
        if let Some(date) = answer.date {
            let mut clock = self.shared.clock.lock().unwrap_or_else(PoisonError::into_inner);
            *clock = Some((date, Instant::now()));
        }
        let failure = Failure { status: Some(answer.status), retry_after: answer.retry_after, ..failure };
        self.judge(&request, deletion, answer, failure)
    }

    fn judge(&self, request: &Request, deletion: bool, answer: Answer, failure: Failure) -> Result<Success> {
        let status = answer.status;
        match answer.body {
            Body::Undecodable(message) if (200..300).contains(&status) => {
                Err(Error::Decode(Failure { message, ..failure }))
            }
            // Something in between may word a failure and forget its status.
            Body::Json(body) if (200..300).contains(&status) && is_failure(&body) => {
                let message = self.shared.transport.scrubbed(request, &said(status, &Body::Json(body), None));
                Err(Error::Decode(Failure { message: format!("an error, {message}"), ..failure }))
            }
            Body::Json(body) if (200..300).contains(&status) => Ok(Success { body: Some(body), failure }),
            Body::Empty if (200..300).contains(&status) => Ok(Success { body: None, failure }),
            body => {
                let decoded = matches!(&body, Body::Json(Value::Object(_)));
                let message =
                    self.shared.transport.scrubbed(request, &said(status, &body, answer.location.as_deref()));
                // Only the control plane itself can say that something is absent: not a proxy's error page,
                // and not a router that does not know the path.
                let unknown_route = message.starts_with(&format!("Cannot {} /", request.method));
                let failure = Failure { message, ..failure };
                if status == 404 && (!decoded || unknown_route) {
                    return Err(Error::Decode(failure));
                }
                if status == 401 && self.shared.transport.config().workload_identity {
                    return Err(Error::UnknownIdentity(failure));
                }
                Err(error::from_status(&request.method, deletion, failure))
            }
        }
    }

    fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Url> {
        let mut url = self.shared.transport.base().clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(["api", "svc", "v1"]).extend(path);
        }
        // `.` and `..` would be resolved away and an empty name would address the collection itself.
        if path.iter().any(|segment| matches!(*segment, "" | "." | "..")) {
            return Err(Error::Config {
                message: format!("`{}` is no valid id or name", path.join("/")),
                hint: "give the id that the control plane shows".to_owned(),
            });
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        Ok(url)
    }
}

fn applied(mut success: Success) -> Result<Applied> {
    let is_one =
        |body: &Value| ["action", "data", "existingManifest"].iter().any(|key| body.get(key).is_some());
    let Some(mut answer) = success.body.take_if(|body| is_one(body)) else {
        return Err(success.undecodable("no word on what was done"));
    };
    let action = match answer["action"].as_str() {
        Some("CREATE") => Some(Action::Create),
        Some("UPDATE") => Some(Action::Update),
        _ => None,
    };
    let existing = answer["existingManifest"].take();
    Ok(Applied {
        action,
        existing_manifest: (!existing.is_null()).then_some(existing),
        entity: Entity::from_value(answer["data"].take()),
    })
}

/// Whether a body is that of a failure.
fn is_failure(body: &Value) -> bool {
    body.get("statusCode").and_then(Value::as_u64).is_some_and(|status| status >= 400)
}

/// Whether the answer to a deletion says that it was done: nothing, nothing in it, `true`, how many, or the object. A message alone may be
/// one of something in between.
fn is_acknowledgement(body: Option<&Value>) -> bool {
    match body {
        None => true,
        Some(Value::Object(fields)) => fields.is_empty() || fields.get("data").is_some_and(Value::is_object),
        Some(Value::Number(count)) => count.as_u64().is_some_and(|count| count > 0),
        Some(answer) => *answer == Value::Bool(true),
    }
}

fn verdict(repeat: Repeat, outcome: Option<&Result<Answer, Broken>>) -> Verdict {
    match outcome {
        Some(Ok(answer)) if repeat.after(answer.status) => Verdict::Retry(answer.retry_after),
        Some(Err(Broken::Unreached(_))) if repeat != Repeat::Never => Verdict::Retry(None),
        Some(Err(Broken::Network(_))) if matches!(repeat, Repeat::Read | Repeat::Always) => {
            Verdict::Retry(None)
        }
        _ => Verdict::Done,
    }
}

/// What one attempt may have done. Refusals are those that the control plane words itself; that the key is not accepted, or
/// lacks a permission, may be said by something that is asked after the deed.
fn effect_of(repeat: Repeat, outcome: Option<&Result<Answer, Broken>>) -> Effect {
    match outcome {
        _ if repeat == Repeat::Read => Effect::None,
        Some(Err(Broken::Unreached(_) | Broken::Settings(_))) => Effect::None,
        Some(Ok(Answer { status: 429, .. })) => Effect::None,
        Some(Ok(Answer {
            status: 400 | 404 | 405 | 409 | 417 | 422 | 424,
            body: Body::Json(Value::Object(_)),
            ..
        })) => Effect::None,
        _ => Effect::Unknown,
    }
}

/// What a failed answer says, in one line.
fn said(status: u16, body: &Body, location: Option<&str>) -> String {
    if let (300..=399, Some(location)) = (status, location) {
        return format!("redirected to `{location}`");
    }
    match body {
        Body::Empty => "no further explanation".to_owned(),
        Body::Undecodable(what) => what.clone(),
        Body::Json(value) => match &value["message"] {
            Value::String(message) => message.clone(),
            Value::Array(messages) => messages
                .iter()
                .map(|m| m.as_str().map_or_else(|| m.to_string(), str::to_owned))
                .collect::<Vec<_>>()
                .join("; "),
            _ => "no further explanation".to_owned(),
        },
    }
}

fn tenant_in(value: &Value) -> Option<String> {
    ["/tenantName", "/data/tenantName", "/user/tenantName", "/tenantInfo/tenantName"]
        .iter()
        .find_map(|pointer| value.pointer(pointer)?.as_str())
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}
