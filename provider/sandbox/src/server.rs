//! HTTP around the endpoints: keys, faults, the journal, and the controls under `/_sandbox/`.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{ConnectInfo, Query, State as Shared},
    http::{HeaderName, HeaderValue, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::percent_decode_str;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    api,
    connection::Cutter,
    fault::{Action, Script},
    state::State,
};

/// No manifest is near this size.
const LARGEST_BODY: usize = 4 << 20;
/// Older entries of the journal are dropped beyond this many.
const JOURNAL: usize = 10_000;

/// Everything that requests share.
pub(crate) struct App {
    state: Mutex<State>,
    faults: Mutex<Script>,
    journal: Mutex<Vec<Value>>,
    api_key: String,
}

impl App {
    pub(crate) fn new(state: State, api_key: String) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(state),
            faults: Mutex::default(),
            journal: Mutex::default(),
            api_key,
        })
    }

    pub(crate) fn router(self: Arc<Self>) -> Router {
        Router::new().fallback(handle).with_state(self)
    }

    /// Answers the controls of the sandbox itself, which no fault touches and no journal shows.
    fn control(&self, method: &str, path: &[&str], body: &Value) -> Answer {
        match (method, path) {
            ("GET", ["inventory"]) => Answer::ok(lock(&self.state).inventory()),
            ("GET", ["requests"]) => Answer::ok(json!({"data": *lock(&self.journal)})),
            ("GET", ["faults"]) => Answer::ok(json!({"data": lock(&self.faults).shown()})),
            ("DELETE", ["faults"]) => self.replace_faults(Script::default()),
            ("POST", ["faults"]) => match Script::parse(body) {
                Ok(script) => self.replace_faults(script),
                Err(why) => Answer::error(422, why),
            },
            ("POST", ["reset"]) => {
                *lock(&self.faults) = Script::default();
                lock(&self.journal).clear();
                match lock(&self.state).clear() {
                    Ok(()) => Answer::ok(json!({})),
                    Err(error) => error.into(),
                }
            }
            _ => Answer::error(404, format!("Cannot {method} /_sandbox/{}", path.join("/"))),
        }
    }

    fn replace_faults(&self, script: Script) -> Answer {
        *lock(&self.faults) = script;
        Answer::ok(json!({}))
    }

    fn log(&self, method: &str, path: &str, status: Option<u16>, fault: bool) {
        tracing::info!(method, path, status, fault, "request");
        let mut journal = lock(&self.journal);
        if journal.len() >= JOURNAL {
            journal.remove(0);
        }
        journal.push(json!({"method": method, "path": path, "status": status, "fault": fault}));
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
    body: Bytes,
}

impl Incoming {
    async fn read(request: Request<Body>) -> Result<Self, Answer> {
        let (parts, body) = request.into_parts();
        let body = to_bytes(body, LARGEST_BODY)
            .await
            .map_err(|_| Answer::error(413, "the body is larger than 4 MiB or incomplete"))?;
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
            body,
        })
    }

    fn json(&self) -> Result<Value, Answer> {
        if self.body.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&self.body).map_err(|_| Answer::error(400, "the body is not JSON"))
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
    let authorized = incoming.bearer.as_deref() == Some(app.api_key.as_str());
    if let ["_sandbox", rest @ ..] = path.as_slice() {
        return respond(match incoming.json() {
            Ok(body) if authorized => app.control(&incoming.method, rest, &body),
            Ok(_) => Answer::error(401, "the controls need the sandbox's API key"),
            Err(refusal) => refusal,
        });
    }
    let (method, target) = (incoming.method.as_str(), incoming.target.as_str());
    let fault = lock(&app.faults).take(method, target);
    let faulty = fault.is_some();
    let action = match fault {
        None => Action::Proceed,
        Some(fault) => {
            tokio::time::sleep(Duration::from_millis(fault.delay_ms)).await;
            fault.action
        }
    };
    let cut = |status: Option<u16>| {
        cutter.cut();
        app.log(method, target, status, true);
        StatusCode::NO_CONTENT.into_response()
    };
    match action {
        Action::ResetBefore => cut(None),
        Action::Answer { status, headers, body } => {
            app.log(method, target, Some(status), true);
            respond_text(status, headers, body)
        }
        Action::ResetAfter => cut(Some(endpoint(&app, &incoming, &path, authorized).status)),
        Action::Proceed => {
            let answer = endpoint(&app, &incoming, &path, authorized);
            app.log(method, target, Some(answer.status), faulty);
            respond(answer)
        }
    }
}

/// Below both prefixes the same endpoints are served.
fn endpoint(app: &App, incoming: &Incoming, path: &[&str], authorized: bool) -> Answer {
    let path = match path {
        ["api", "svc" | "ml", "v1", rest @ ..] => rest,
        ["api", "svc"] => &[],
        _ => {
            let message = format!("Cannot {} /{}", incoming.method, path.join("/"));
            return Answer::error(404, message);
        }
    };
    let body = match incoming.json() {
        Ok(body) => body,
        Err(refusal) => return refusal,
    };
    let request = api::Request {
        method: &incoming.method,
        path,
        query: &incoming.query,
        bearer: incoming.bearer.as_deref(),
        body,
    };
    api::answer(&mut lock(&app.state), &request, authorized)
}

fn respond(answer: Answer) -> Response {
    respond_text(answer.status, answer.headers, Some(answer.body))
}

fn respond_text(status: u16, headers: Vec<(String, String)>, body: Option<Value>) -> Response {
    let (content_type, text) = match body {
        Some(Value::String(text)) => ("text/html; charset=utf-8", text),
        Some(body) => ("application/json; charset=utf-8", body.to_string()),
        None => {
            let body = json!({"statusCode": status, "message": "injected by the fault script"});
            ("application/json; charset=utf-8", body.to_string())
        }
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, [(header::CONTENT_TYPE, content_type)], text).into_response();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
