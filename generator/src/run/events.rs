//! The lines of `terraform -json`, as far as they are of use here.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::summary::Counts;

/// Something that Terraform reported.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Event {
    /// A resource is to be changed.
    Planned { address: String, action: String },
    /// A resource was changed or taken away outside of Terraform.
    Drifted { address: String, action: String },
    /// Whether a plan changes outputs.
    Outputs(bool),
    /// The totals of a plan or of what was applied.
    Totals(Counts),
    /// A resource is being changed.
    Started { address: String, action: String },
    /// A resource is still being changed, after so many seconds.
    Goes { address: String, action: String, seconds: u64 },
    /// A resource was looked at.
    Read,
    /// A resource was changed.
    Done { address: String, action: String },
    /// A resource could not be changed; with Terraform's text.
    Errored { address: String, text: String },
    /// The whole state, which Terraform could write nowhere. It holds secrets.
    State(String),
    /// A problem.
    Problem(Problem),
    /// Anything else, with the text that Terraform shows for it.
    Other(String),
}

/// A diagnostic of Terraform.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Problem {
    pub(super) severity: String,
    pub(super) summary: String,
    #[serde(default)]
    pub(super) detail: String,
    pub(super) address: Option<String>,
    pub(super) range: Option<Range>,
    pub(super) snippet: Option<Snippet>,
}

/// Where in the configuration.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Range {
    pub(super) filename: String,
    pub(super) start: Position,
}

/// A position in a file, from 1.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Position {
    pub(super) line: u64,
    pub(super) column: u64,
}

/// The line of the configuration that is meant.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct Snippet {
    pub(super) code: String,
}

#[derive(Deserialize)]
struct Line {
    #[serde(rename = "@message", default)]
    message: String,
    #[serde(rename = "type", default)]
    kind: String,
    change: Option<Change>,
    hook: Option<Change>,
    changes: Option<Changes>,
    outputs: Option<BTreeMap<String, OutputChange>>,
    diagnostic: Option<Problem>,
    state: Option<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Change {
    resource: Option<Resource>,
    #[serde(default)]
    action: String,
    #[serde(default)]
    elapsed_seconds: Option<serde_json::Number>,
}

#[derive(Deserialize)]
struct OutputChange {
    /// Missing after an apply, where outputs have values instead.
    #[serde(default)]
    action: String,
}

#[derive(Deserialize)]
struct Resource {
    addr: String,
}

#[derive(Deserialize)]
struct Changes {
    #[serde(default)]
    add: u64,
    #[serde(default)]
    change: u64,
    #[serde(default)]
    remove: u64,
}

/// Reads one line. Lines that are not JSON (a crash, a notice) come back as they are.
pub(super) fn parse(text: &str) -> Event {
    let Ok(line) = serde_json::from_str::<Line>(text) else { return Event::Other(text.to_owned()) };
    let resource = |change: Option<Change>| change.and_then(|c| c.resource.map(|r| (r.addr, c.action)));
    let event = match line.kind.as_str() {
        "planned_change" => resource(line.change).map(|(address, action)| Event::Planned { address, action }),
        "resource_drift" => resource(line.change).map(|(address, action)| Event::Drifted { address, action }),
        "outputs" => line.outputs.map(|outputs| {
            Event::Outputs(outputs.values().any(|output| !matches!(output.action.as_str(), "" | "noop")))
        }),
        "apply_start" => resource(line.hook).map(|(address, action)| Event::Started { address, action }),
        "apply_progress" => {
            let elapsed = line.hook.as_ref().and_then(|hook| hook.elapsed_seconds.as_ref());
            let seconds = elapsed.and_then(serde_json::Number::as_u64).unwrap_or_default();
            resource(line.hook).map(|(address, action)| Event::Goes { address, action, seconds })
        }
        "refresh_complete" => Some(Event::Read),
        "apply_complete" => resource(line.hook).map(|(address, action)| Event::Done { address, action }),
        "apply_errored" => {
            resource(line.hook).map(|(address, _)| Event::Errored { address, text: line.message.clone() })
        }
        "change_summary" => {
            line.changes.map(|c| Event::Totals(Counts { add: c.add, change: c.change, destroy: c.remove }))
        }
        "log" => line.state.map(|state| Event::State(state.get().to_owned())),
        "diagnostic" => line.diagnostic.map(Event::Problem),
        _ => None,
    };
    event.unwrap_or(Event::Other(line.message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_events() {
        let planned = r#"{"@message":"m","type":"planned_change","change":{"resource":{"addr":"a.b"},"action":"create"}}"#;
        assert_eq!(parse(planned), Event::Planned { address: "a.b".into(), action: "create".into() });
        let totals = r#"{"@message":"m","type":"change_summary","changes":{"add":1,"change":2,"remove":3,"operation":"plan"}}"#;
        assert_eq!(parse(totals), Event::Totals(Counts { add: 1, change: 2, destroy: 3 }));
        let state = r#"{"@message":"Emergency state dump","type":"log","state":{"version":4,"serial":18446744073709551615}}"#;
        assert_eq!(
            parse(state),
            Event::State(r#"{"version":4,"serial":18446744073709551615}"#.into()),
            "to the letter"
        );
        assert_eq!(parse(r#"{"@message":"hello","type":"log"}"#), Event::Other("hello".into()));
        let goes = r#"{"@message":"m","type":"apply_progress","hook":{"resource":{"addr":"a.b"},"action":"create","elapsed_seconds":20}}"#;
        assert_eq!(parse(goes), Event::Goes { address: "a.b".into(), action: "create".into(), seconds: 20 });
        assert_eq!(parse(r#"{"type":"refresh_complete","hook":{"resource":{"addr":"a.b"}}}"#), Event::Read);
        let drift = r#"{"@message":"m","type":"resource_drift","change":{"resource":{"addr":"a.b"},"action":"update"}}"#;
        assert_eq!(parse(drift), Event::Drifted { address: "a.b".into(), action: "update".into() });
        let outputs = r#"{"@message":"m","type":"outputs","outputs":{"a":{"sensitive":false,"action":"noop"},"b":{"sensitive":true,"action":"update"}}}"#;
        assert_eq!(parse(outputs), Event::Outputs(true));
        assert_eq!(parse(&outputs.replace("update", "noop")), Event::Outputs(false));
        let values = r#"{"@message":"m","type":"outputs","outputs":{"a":{"sensitive":false,"type":"string","value":"v"}}}"#;
        assert_eq!(parse(values), Event::Outputs(false));
        let done = r#"{"type":"apply_complete","hook":{"resource":{"addr":"a.b"},"action":"delete","elapsed_seconds":1}}"#;
        assert_eq!(parse(done), Event::Done { address: "a.b".into(), action: "delete".into() });
        let errored = r#"{"@message":"m","type":"apply_errored","hook":{"resource":{"addr":"a.b"},"action":"create","elapsed_seconds":1}}"#;
        assert_eq!(parse(errored), Event::Errored { address: "a.b".into(), text: "m".into() });
        let problem = r#"{"type":"diagnostic","diagnostic":{"severity":"error","summary":"s","detail":"d"}}"#;
        assert!(matches!(parse(problem), Event::Problem(p) if p.summary == "s" && p.detail == "d"));
    }

    #[test]
    fn lines_of_no_use_keep_their_text() {
        assert_eq!(parse(r#"{"@message":"hello","type":"version"}"#), Event::Other("hello".into()));
        assert_eq!(parse("not json"), Event::Other("not json".into()));
        assert_eq!(parse(r#"{"@message":"m","type":"planned_change"}"#), Event::Other("m".into()));
    }
}
