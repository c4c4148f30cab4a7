//! The lines of `terraform -json`, as far as they are of use here.

use serde::Deserialize;

use super::summary::Counts;

/// Something that Terraform reported.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Event {
    /// A resource is to be changed.
    Planned { address: String, action: String },
    /// The totals of a plan or of what was applied.
    Totals(Counts),
    /// A resource is being changed.
    Started { address: String, action: String },
    /// A resource was changed.
    Done { address: String, action: String },
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
    diagnostic: Option<Problem>,
}

#[derive(Deserialize)]
struct Change {
    resource: Option<Resource>,
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
        "apply_start" => resource(line.hook).map(|(address, action)| Event::Started { address, action }),
        "apply_complete" => resource(line.hook).map(|(address, action)| Event::Done { address, action }),
        "change_summary" => {
            line.changes.map(|c| Event::Totals(Counts { add: c.add, change: c.change, destroy: c.remove }))
        }
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
        let done = r#"{"type":"apply_complete","hook":{"resource":{"addr":"a.b"},"action":"delete","elapsed_seconds":1}}"#;
        assert_eq!(parse(done), Event::Done { address: "a.b".into(), action: "delete".into() });
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
