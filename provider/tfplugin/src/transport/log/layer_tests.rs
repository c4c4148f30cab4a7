use std::io;
use std::sync::{Arc, Mutex};

use serde_json::json;
use tracing_subscriber::layer::SubscriberExt as _;

use super::super::redact;
use super::*;

#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl io::Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What `log` logs, as text.
fn logged(level: LevelFilter, log: impl FnOnce()) -> String {
    let sink = Sink::default();
    let writer = sink.clone();
    let subscriber = tracing_subscriber::registry().with(Hclog::new(level, move || writer.clone()));
    tracing::subscriber::with_default(subscriber, log);
    let bytes = sink.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

fn entry(log: impl FnOnce()) -> Map<String, Value> {
    let text = logged(LevelFilter::TRACE, log);
    assert!(text.ends_with('\n') && text.trim_end().lines().count() == 1, "one line: {text:?}");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn the_hosts_keys_are_strings_of_its_form() {
    let entry =
        entry(|| tracing::warn!(target: "thing::http", status = 503, retry = true, "slow {}", "down"));
    assert_eq!(entry["@level"], "warn");
    assert_eq!(entry["@message"], "slow down");
    assert_eq!(entry["@module"], "thing.http");
    assert_eq!((&entry["status"], &entry["retry"]), (&json!(503), &json!(true)));
    let timestamp = entry["@timestamp"].as_str().unwrap();
    let shape: String =
        timestamp.chars().map(|letter| if letter.is_ascii_digit() { '0' } else { letter }).collect();
    assert_eq!(shape, "0000-00-00T00:00:00.000000Z");
}

#[test]
fn timestamps_are_padded() {
    let moment = OffsetDateTime::from_unix_timestamp(951_782_403).unwrap() + time::Duration::microseconds(7);
    assert_eq!(timestamp(moment), "2000-02-29T00:00:03.000007Z");
}

#[test]
fn an_event_carries_the_fields_of_its_spans() {
    let entry = entry(|| {
        let outer = tracing::info_span!("rpc", rpc = "Read", kind = "outer", late = tracing::field::Empty);
        outer.record("late", "yes");
        let _outer = outer.enter();
        let _inner = tracing::info_span!("request", kind = "inner").entered();
        tracing::info!("hello");
    });
    assert_eq!(
        (&entry["rpc"], &entry["kind"], &entry["late"]),
        (&json!("Read"), &json!("inner"), &json!("yes"))
    );
}

#[test]
fn an_error_is_told_with_its_sources() {
    let error = io::Error::other(io::Error::other("inner"));
    let error: &(dyn std::error::Error + 'static) = &error;
    assert_eq!(entry(|| tracing::info!(error, "x"))["error"], "inner");
}

#[test]
fn an_event_without_text_has_an_empty_message() {
    assert_eq!(entry(|| tracing::info!(a = 1))["@message"], "");
}

#[test]
fn secrets_are_blotted_out_of_messages_and_fields() {
    redact("layer-secret \"quoted\"");
    let secret = "layer-secret \"quoted\"";
    let text = logged(LevelFilter::TRACE, || {
        let _span = tracing::info_span!("rpc", of_span = secret).entered();
        tracing::info!(text = secret, debug = ?Some(secret), error = %io::Error::other(secret), "key {secret}");
    });
    assert!(!text.contains("layer-secret"), "{text}");
    assert_eq!(text.matches("***").count(), 5, "{text}");
}

#[test]
fn a_secret_is_blotted_out_of_a_span_that_began_before_it_was_known_and_of_numbers() {
    let text = logged(LevelFilter::TRACE, || {
        let _span = tracing::info_span!("rpc", of_span = "layer-late-secret").entered();
        redact("layer-late-secret");
        redact("47110815");
        tracing::info!(number = 47_110_815, status = 503, "known");
    });
    assert!(!text.contains("late") && !text.contains("47110815"), "{text}");
    assert!(text.contains(r#""of_span":"***","number":"***","status":503"#), "{text}");
}

#[test]
fn a_secret_of_several_lines_is_in_no_line() {
    let key = "-----BEGIN KEY-----\nbGF5ZXIta2V5LW9uZQ\nbGF5ZXIta2V5LXR3bw\n-----END KEY-----\n";
    redact(key);
    let body = json!({ "message": format!("bad key: {}", key.trim()) });
    let text = logged(LevelFilter::TRACE, || tracing::trace!(body = %body, debug = ?body, "echo {key}"));
    assert!(!text.contains("bGF5ZXIta2V5"), "{text}");
    assert_eq!(text.matches("***").count(), 3, "{text}");
}

#[test]
fn what_a_terminal_would_obey_is_written_out() {
    let name = "prod\u{1b}[8m\u{7}\u{202e}";
    let entry = entry(|| tracing::info!(name, debug = ?name, "found {name}"));
    let visible = r"prod\u{1b}[8m\u{7}\u{202e}";
    assert_eq!(entry["@message"], format!("found {visible}"));
    assert_eq!((&entry["name"], &entry["debug"]), (&json!(visible), &json!(format!("\"{visible}\""))));
}

#[test]
fn levels_below_the_wanted_one_are_not_logged() {
    let text = logged(LevelFilter::INFO, || {
        tracing::debug!("no");
        tracing::info!("yes");
    });
    assert!(text.contains("yes") && !text.contains("no"), "{text}");
}

#[test]
fn what_the_carriers_log_is_left_out() {
    let text = logged(LevelFilter::TRACE, || {
        tracing::debug!(target: "h2::codec::framed_write", "payload");
        tracing::info!(target: "hyper", "payload");
        tracing::warn!(target: "rustls::conn", "warning");
        tracing::trace!(target: "h2o", "other crate");
    });
    assert!(!text.contains("payload"), "{text}");
    assert!(text.contains("warning") && text.contains("other crate"), "{text}");
}

#[test]
fn a_line_fits_the_hosts_buffer() {
    let long = format!("\u{1}\u{e9}{}", "\"".repeat(1 << 20));
    let entry = entry(|| tracing::info!(a = %long, b = %long, c = %long, "{long}"));
    assert_eq!(entry["fields_omitted"], true);
    assert!(Value::Object(entry.clone()).to_string().len() < 64 << 10);
    let message = entry["@message"].as_str().unwrap();
    assert!(message.ends_with(" more bytes)") && message.starts_with("\\u{1}\u{e9}\""), "{message}");
}

#[test]
fn a_field_cannot_take_a_key_of_the_host() {
    let entry = entry(|| tracing::info!("@level" = 7, "x"));
    assert_eq!((&entry["@level"], &entry["level"]), (&json!("info"), &json!(7)));
}
