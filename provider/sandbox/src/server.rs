//! HTTP around the endpoints: keys, faults, the journal, and the controls under `/_sandbox/`.

use std::{
    collections::VecDeque,
    io,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody as _, to_bytes},
    extract::{ConnectInfo, Query, State as Shared},
    http::{HeaderName, HeaderValue, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::{
    Error,
    answer::{self, Answer},
    api,
    caller::Caller,
    connection::Cutter,
    fault::{Action, Script},
    numbers,
    state::State,
    store::Store,
};

/// No manifest is near this size; a chart's values or a data mount may be large.
const LARGEST_BODY: usize = 16 << 20;
/// Older entries of the journal are dropped beyond this many.
const JOURNAL: usize = 10_000;

/// Everything that requests share.
pub(crate) struct App {
    state: Mutex<State>,
    store: Arc<Store>,
    faults: Mutex<Script>,
    journal: Mutex<VecDeque<Value>>,
    api_key: String,
    /// Every answer waits this long; beside the state, so that waiting needs no lock on it.
    latency_ms: AtomicU64,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("App").finish_non_exhaustive()
    }
}

impl App {
    pub(crate) fn new(state: State, store: Arc<Store>, api_key: String) -> Arc<Self> {
        let latency_ms = AtomicU64::new(state.switches.latency_ms);
        Arc::new(Self {
            state: Mutex::new(state),
            store,
            faults: Mutex::default(),
            journal: Mutex::default(),
            api_key,
            latency_ms,
        })
    }

    pub(crate) fn router(self: Arc<Self>) -> Router {
        Router::new().fallback(handle).with_state(self)
    }

    /// Answers the controls of the sandbox itself, which no fault touches and no journal shows.
    pub(crate) fn control(&self, method: &str, path: &[&str], body: &Value) -> Answer {
        match (method, path) {
            ("GET", ["inventory"]) => Answer::ok(lock(&self.state).inventory()),
            ("GET", ["requests"]) => Answer::ok(json!({"data": *lock(&self.journal)})),
            ("GET", ["faults"]) => Answer::ok(json!({"data": lock(&self.faults).shown()})),
            ("DELETE", ["faults"]) => self.replace_faults(Script::default()),
            ("POST", ["faults"]) => match Script::parse(body) {
                Ok(script) => self.replace_faults(script),
                Err(why) => Answer::error(422, why),
            },
            ("GET", ["switches"]) => Answer::ok(lock(&self.state).switches.shown()),
            ("POST" | "PATCH", ["switches"]) => {
                let mut state = lock(&self.state);
                match state.switches.changed(body) {
                    Ok(switches) => {
                        self.latency_ms.store(switches.latency_ms, Ordering::Relaxed);
                        state.switches = switches;
                        Answer::ok(state.switches.shown())
                    }
                    Err(why) => Answer::error(422, why),
                }
            }
            ("GET", ["manifests"]) => Answer::data(lock(&self.state).manifests()),
            ("GET", ["records"]) => Answer::data(lock(&self.state).records()),
            ("PUT", ["records"]) => match serde_json::from_value(body["data"].clone()) {
                Ok(records) => self.reset(|state| state.restore(records)),
                Err(why) => Answer::error(422, why.to_string()),
            },
            ("POST", ["reset"]) => self.reset(|state| {
                state.clear();
                Ok(())
            }),
            _ => Answer::error(404, format!("Cannot {method} /_sandbox/{}", path.join("/"))),
        }
    }

    fn reset(&self, change: impl FnOnce(&mut State) -> Result<(), Error>) -> Answer {
        *lock(&self.faults) = Script::default();
        lock(&self.journal).clear();
        match change(&mut lock(&self.state)) {
            Ok(()) => Answer::ok(json!({})),
            Err(why) => Answer::error(500, why.to_string()),
        }
    }

    fn replace_faults(&self, script: Script) -> Answer {
        *lock(&self.faults) = script;
        Answer::ok(json!({}))
    }

    /// The answer, once what it says is on the disk.
    async fn settled(&self, answer: Answer) -> Answer {
        if !self.store.is_dirty() {
            return answer;
        }
        let store = self.store.clone();
        match tokio::task::spawn_blocking(move || store.flush()).await {
            Ok(Ok(())) => answer,
            Ok(Err(error)) => error.into(),
            Err(error) => Answer::error(500, error.to_string()),
        }
    }

    /// `answered` is the size of an answer that no fault changed.
    fn log(&self, incoming: &Incoming, status: Option<u16>, fault: bool, answered: Option<u64>) {
        let (method, path) = (incoming.method.as_str(), incoming.target.as_str());
        tracing::info!(method, path, status, fault, "request");
        let mut journal = lock(&self.journal);
        if journal.len() >= JOURNAL {
            journal.pop_front();
        }
        journal.push_back(json!({
            "method": method, "path": path, "status": status, "fault": fault,
            "request_bytes": incoming.body.len(), "answer_bytes": answered,
        }));
    }
}

/// A thread that panicked in a test leaves usable data behind: every change is one assignment.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What an incoming request says, owned, before it is routed.
struct Incoming {
    method: String,
    /// Path and query as sent, for the journal and for faults.
    target: String,
    /// Decoded parts of the path.
    path: Vec<String>,
    query: Vec<(String, String)>,
    bearer: Option<String>,
    /// The address that the client used.
    host: String,
    body: Bytes,
}

impl Incoming {
    async fn read(request: Request<Body>) -> Result<Self, Answer> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, LARGEST_BODY)
            .await
            .map_err(|_| Answer::error(413, "the body is larger than 16 MiB or incomplete"))?;
        let query = Query::try_from_uri(&parts.uri).map_err(|error| Answer::error(400, error.to_string()))?;
        let path = parts.uri.path().split('/').filter(|part| !part.is_empty());
        let bearer = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer =
            bearer.and_then(|value| value.strip_prefix("Bearer ")).map(|token| token.trim().to_owned());
        Ok(Self {
            method: parts.method.as_str().to_owned(),
            target: parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
            path: path.map(|part| percent_decode_str(part).decode_utf8_lossy().into_owned()).collect(),
            query: query.0,
            bearer,
            host: parts
                .headers
                .get(header::HOST)
                .and_then(|host| host.to_str().ok())
                .unwrap_or("127.0.0.1")
                .to_owned(),
            body,
        })
    }

    fn json(&self) -> Result<Value, Answer> {
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        let mut json =
            serde_json::from_slice(&self.body).map_err(|_| Answer::error(400, "the body is not JSON"))?;
        numbers::kept(&mut json);
        Ok(json)
    }
}

async fn handle(
    Shared(app): Shared<Arc<App>>,
    ConnectInfo(cutter): ConnectInfo<Cutter>,
    request: Request<Body>,
) -> Response {
    let incoming = match Incoming::read(request).await {
        Ok(incoming) => incoming,
        Err(refusal) => return respond(refusal),
    };
    let path: Vec<&str> = incoming.path.iter().map(String::as_str).collect();
    if let ["_sandbox", rest @ ..] = path.as_slice() {
        let authorized = incoming.bearer.as_deref() == Some(app.api_key.as_str());
        let answer = match incoming.json() {
            Ok(body) if authorized => app.control(&incoming.method, rest, &body),
            Ok(_) => Answer::error(401, "the controls need the sandbox's API key"),
            Err(refusal) => refusal,
        };
        return respond(app.settled(answer).await);
    }
    let fault = lock(&app.faults).take(&incoming.method, &incoming.target);
    let faulty = fault.is_some();
    let latency = app.latency_ms.load(Ordering::Relaxed);
    let delay = latency + fault.as_ref().map_or(0, |fault| fault.delay_ms);
    if delay > 0 {
        tokio::time::sleep(Duration::from_millis(delay)).await;
    }
    let cut = |status: Option<u16>| {
        cutter.cut();
        app.log(&incoming, status, true, None);
        StatusCode::NO_CONTENT.into_response()
    };
    match fault.map_or(Action::Proceed, |fault| fault.action) {
        Action::ResetBefore => cut(None),
        Action::Answer { status, headers, body, effect } => {
            if effect {
                endpoint(&app, &incoming, &path).await;
            }
            app.log(&incoming, Some(status), true, None);
            respond_text(status, headers, body)
        }
        Action::ResetAfter => cut(Some(endpoint(&app, &incoming, &path).await.status)),
        Action::Stall(time) => {
            let status = endpoint(&app, &incoming, &path).await.status;
            app.log(&incoming, Some(status), true, None);
            tokio::time::sleep(Duration::from_millis(time)).await;
            cutter.cut();
            StatusCode::NO_CONTENT.into_response()
        }
        Action::Truncate => {
            let answer = endpoint(&app, &incoming, &path).await;
            app.log(&incoming, Some(answer.status), true, None);
            truncated(answer)
        }
        Action::Proceed => {
            let answer = endpoint(&app, &incoming, &path).await;
            let status = answer.status;
            let response = respond(answer);
            app.log(&incoming, Some(status), faulty, response.body().size_hint().exact());
            response
        }
    }
}

/// Below both prefixes the same endpoints are served.
async fn endpoint(app: &App, incoming: &Incoming, path: &[&str]) -> Answer {
    app.settled(answer_of(app, incoming, path)).await
}

fn answer_of(app: &App, incoming: &Incoming, path: &[&str]) -> Answer {
    let path = match path {
        ["api", "svc" | "ml", "v1", rest @ ..] => rest,
        ["api", "svc"] => &[],
        _ => {
            let message = format!("Cannot {} /{}", incoming.method, path.join("/"));
            return Answer::error(404, message);
        }
    };
    // Uploads are no JSON.
    let body = if let ["uploads", ..] = path { Ok(Value::Null) } else { incoming.json() };
    let body = match body {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let request = api::Request {
        method: &incoming.method,
        path,
        query: &incoming.query,
        bearer: incoming.bearer.as_deref(),
        host: &incoming.host,
        body,
    };
    let mut state = lock(&app.state);
    let caller = match request.bearer {
        Some(bearer) if bearer == app.api_key => Some(Caller::administrator(&state.tenant)),
        Some(bearer) => state.caller(bearer),
        None => None,
    };
    api::answer(&mut state, &request, caller.as_ref())
}

fn respond(answer: Answer) -> Response {
    match answer.body {
        answer::Body::Json(body) => respond_text(answer.status, answer.headers, Some(body)),
        answer::Body::Empty => status(answer.status).into_response(),
    }
}

fn status(number: u16) -> StatusCode {
    StatusCode::from_u16(number).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn respond_text(number: u16, headers: Vec<(String, String)>, body: Option<Value>) -> Response {
    let (content_type, text) = match body {
        Some(Value::String(text)) => ("text/html; charset=utf-8", text),
        Some(body) => ("application/json; charset=utf-8", body.to_string()),
        None => {
            let body = json!({"statusCode": number, "message": "injected by the fault script"});
            ("application/json; charset=utf-8", body.to_string())
        }
    };
    let mut response = (status(number), [(header::CONTENT_TYPE, content_type)], text).into_response();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Announces the whole answer and sends half of it; the end of the connection is the error.
fn truncated(answer: Answer) -> Response {
    let text = match answer.body {
        answer::Body::Json(body) => body.to_string(),
        answer::Body::Empty => "{}".to_owned(),
    };
    let bytes = Bytes::from(text);
    let length = bytes.len();
    let half: Result<Bytes, io::Error> = Ok(bytes.slice(..length / 2));
    let body = Body::from_stream(tokio_stream::iter([half, Err(io::ErrorKind::ConnectionReset.into())]));
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
        (header::CONTENT_LENGTH, length.to_string()),
    ];
    (status(answer.status), headers, body).into_response()
}
