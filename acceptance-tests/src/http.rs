//! JSON over plain HTTP to the servers that the harness starts.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

/// One answer, whatever its status.
pub struct Answer {
    /// The HTTP status code.
    pub status: u16,
    /// The body, `Null` when it is empty.
    pub body: Value,
}

/// `GET url`.
///
/// # Errors
/// When the server cannot be reached, answers with something else than 2xx, or not with JSON.
pub fn get(url: &str, headers: &[(&str, &str)]) -> Result<Value> {
    successful("GET", url, send("GET", url, headers, None)?)
}

/// `POST url` with a JSON body, or none.
///
/// # Errors
/// As [`get`].
pub fn post(url: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Result<Value> {
    successful("POST", url, send("POST", url, headers, body)?)
}

/// `POST url` with the fields of a form; gives the text of the answer.
///
/// # Errors
/// When the server cannot be reached or answers with something else than 2xx.
pub fn form(url: &str, headers: &[(&str, &str)], fields: &str) -> Result<String> {
    let mut request = ureq::http::Request::builder()
        .method("POST")
        .uri(url)
        .header("content-type", "application/x-www-form-urlencoded");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = agent().run(request.body(fields.to_owned())?).with_context(|| format!("POST {url}"))?;
    let status = answer.status().as_u16();
    let text =
        answer.into_body().read_to_string().with_context(|| format!("POST {url}: reading the body"))?;
    ensure!((200..300).contains(&status), "POST {url}: status {status}: {text}");
    Ok(text)
}

/// Any request; the status is the caller's to judge.
///
/// # Errors
/// When the server cannot be reached or its body is not JSON.
pub fn send(method: &str, url: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Result<Answer> {
    let text = match body {
        Some(body) => serde_json::to_string(body)?,
        None => String::new(),
    };
    let is_typed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type"));
    let of_json = [("content-type", "application/json")];
    let headers = [headers, if body.is_some() && !is_typed { &of_json[..] } else { &[] }].concat();
    let (status, text) = exchange(method, url, &headers, text)?;
    let body = if text.is_empty() {
        Value::Null
    } else {
        serde_json::from_str(&text)
            .with_context(|| format!("{method} {url}: {status} with a body that is not JSON"))?
    };
    Ok(Answer { status, body })
}

/// `POST` of a form, to a server that answers with something else than JSON.
///
/// # Errors
/// When the server cannot be reached or answers with something else than 2xx.
pub fn post_form(url: &str, headers: &[(&str, &str)], form: &str) -> Result<String> {
    let typed = [headers, &[("content-type", "application/x-www-form-urlencoded; charset=utf-8")]].concat();
    let (status, text) = exchange("POST", url, &typed, form.to_owned())?;
    ensure!((200..300).contains(&status), "POST {url}: status {status}: {text}");
    Ok(text)
}

/// One request; status and body of its answer.
fn exchange(method: &str, url: &str, headers: &[(&str, &str)], text: String) -> Result<(u16, String)> {
    let mut request = ureq::http::Request::builder().method(method).uri(url);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let mut response = agent()
        .run(request.body(text).with_context(|| format!("{method} {url}"))?)
        .with_context(|| format!("{method} {url}"))?;
    let status = response.status().as_u16();
    let text =
        response.body_mut().read_to_string().with_context(|| format!("{method} {url}: reading the body"))?;
    Ok((status, text))
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .timeout_global(Some(Duration::from_secs(60)))
        .proxy(None)
        .build()
        .into()
}

fn successful(method: &str, url: &str, answer: Answer) -> Result<Value> {
    ensure!((200..300).contains(&answer.status), "{method} {url}: status {}: {}", answer.status, answer.body);
    Ok(answer.body)
}
