//! Log lines in the form of Terraform's own logger: one JSON object each.

use std::borrow::Cow;
use std::fmt;
use std::io::Write as _;

use safe_text::{scrub, shown};
use serde_json::{Map, Value};
use time::OffsetDateTime;
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Context, Layer};
use tracing_subscriber::registry::LookupSpan;

/// Libraries under the provider that would log what they carry. Only their warnings are of interest.
const CARRIERS: [&str; 9] =
    ["h2", "hyper", "hyper_util", "mio", "reqwest", "rustls", "tokio_util", "tonic", "tower"];

/// The longest value of a field, in bytes. Terraform reads lines of up to 64 KiB as entries, and each byte may take six
/// in JSON.
const LONGEST_VALUE: usize = 8 << 10;

/// The longest line, in bytes.
const LONGEST_LINE: usize = 60 << 10;

/// Writes every event as a line.
pub(super) struct Hclog<W> {
    level: LevelFilter,
    writer: W,
}

impl<W> Hclog<W> {
    pub(super) fn new(level: LevelFilter, writer: W) -> Self {
        Self { level, writer }
    }
}

impl<S, W> Layer<S> for Hclog<W>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    W: for<'a> MakeWriter<'a> + 'static,
{
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        let root = metadata.target().split("::").next().unwrap_or_default();
        let level = if CARRIERS.contains(&root) { self.level.min(LevelFilter::WARN) } else { self.level };
        *metadata.level() <= level
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.level)
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        let mut fields = Fields::default();
        attributes.record(&mut fields);
        span.extensions_mut().insert(fields);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let Some(span) = context.span(id) else { return };
        if let Some(fields) = span.extensions_mut().get_mut::<Fields>() {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut all = Fields::default();
        for span in context.event_scope(event).into_iter().flat_map(|scope| scope.from_root()) {
            if let Some(fields) = span.extensions().get::<Fields>() {
                all.0.extend(fields.0.clone());
            }
        }
        event.record(&mut all);
        let line = line(event.metadata(), OffsetDateTime::now_utc(), all.0);
        // With standard error closed there is nobody to tell.
        let _ = self.writer.make_writer().write_all(line.as_bytes());
    }
}

fn line(metadata: &Metadata<'_>, now: OffsetDateTime, fields: Map<String, Value>) -> String {
    // Now and not when they were recorded: a secret may have become known after a span was begun.
    let mut fields: Map<String, Value> =
        fields.into_iter().map(|(name, value)| (name, fit_to_be_seen(value))).collect();
    let message = match fields.shift_remove(MESSAGE) {
        Some(Value::String(message)) => message,
        _ => String::new(),
    };
    // The host requires these four to be strings.
    let mut entry = Map::new();
    entry.insert("@level".to_owned(), level(metadata.level()).into());
    entry.insert("@message".to_owned(), message.into());
    entry.insert("@module".to_owned(), metadata.target().replace("::", ".").into());
    entry.insert("@timestamp".to_owned(), timestamp(now).into());
    let mut full = entry.clone();
    full.extend(fields);
    let mut line = Value::Object(full).to_string();
    if line.len() > LONGEST_LINE {
        entry.insert("fields_omitted".to_owned(), true.into());
        line = Value::Object(entry).to_string();
    }
    line.push('\n');
    line
}

fn level(level: &Level) -> &'static str {
    match *level {
        Level::TRACE => "trace",
        Level::DEBUG => "debug",
        Level::INFO => "info",
        Level::WARN => "warn",
        Level::ERROR => "error",
    }
}

/// Terraform takes exactly six digits of the second.
fn timestamp(now: OffsetDateTime) -> String {
    let (year, month, day) = now.to_calendar_date();
    let (hour, minute, second, micro) = now.to_hms_micro();
    let month = u8::from(month);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{micro:06}Z")
}

/// The field that holds an event's text.
const MESSAGE: &str = "message";

/// A value without secrets, control characters and what is too much of it.
fn fit_to_be_seen(value: Value) -> Value {
    match value {
        Value::String(text) => bounded(&shown(&text)).into(),
        Value::Number(number) => {
            let text = number.to_string();
            match scrub(&text) {
                Cow::Borrowed(_) => number.into(),
                Cow::Owned(blotted) => blotted.into(),
            }
        }
        other => other,
    }
}

/// The fields of a span or an event, as they were recorded.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Fields {
    fn text(&mut self, field: &Field, text: &str) {
        self.put(field, text.into());
    }

    fn put(&mut self, field: &Field, value: Value) {
        // Names with `@` are the host's own.
        self.0.insert(field.name().trim_start_matches('@').to_owned(), value);
    }
}

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.text(field, &format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.text(field, value);
    }

    fn record_error(&mut self, field: &Field, value: &(dyn std::error::Error + 'static)) {
        let mut text = value.to_string();
        let mut source = value.source();
        while let Some(error) = source {
            text.push_str(": ");
            text.push_str(&error.to_string());
            source = error.source();
        }
        self.text(field, &text);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value.into());
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value.into());
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value.into());
    }
}

/// The text, cut where it is too long.
fn bounded(text: &str) -> String {
    if text.len() <= LONGEST_VALUE {
        return text.to_owned();
    }
    let cut = text.floor_char_boundary(LONGEST_VALUE);
    format!("{} ({} more bytes)", &text[..cut], text.len() - cut)
}

#[cfg(test)]
#[path = "layer_tests.rs"]
mod tests;
