//! What a look gave, for people and for machines.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::{Attribute, Kind, NextApply, Part, Row, Since, Value};

/// Of a value, how much a line shows.
const WIDTH: usize = 60;

/// What a look gave.
#[derive(Debug, Clone)]
pub struct Report {
    /// The directory.
    pub dir: String,
    /// When it was looked, as RFC 3339 has it.
    pub time: String,
    /// When it was looked before; `None` at the first time.
    pub last: Option<String>,
    /// What was looked at, or not.
    pub parts: Vec<Part>,
    /// What was there at the last time, and is no longer.
    pub gone: Vec<Gone>,
    /// Whether a signal stopped it.
    pub interrupted: bool,
}

/// A row that is no longer there.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Gone {
    /// To what it belonged: a layer, or the code.
    pub part: String,
    /// What it was about.
    pub kind: Kind,
    /// The file, or the address of the resource.
    pub what: String,
    /// What had happened to it.
    pub change: String,
    /// When it was first seen.
    #[serde(rename = "first_seen")]
    pub since: String,
}

impl Report {
    /// Whether anything is not as it was.
    #[must_use]
    pub fn has_drift(&self) -> bool {
        self.rows().next().is_some()
    }

    /// Whether everything could be looked at.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        !self.interrupted && self.parts.iter().all(|part| part.unseen.is_empty())
    }

    fn rows(&self) -> impl Iterator<Item = &Row> {
        self.parts.iter().flat_map(|part| &part.rows)
    }

    fn unseen(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter().filter(|part| !part.unseen.is_empty())
    }

    /// For machines.
    #[must_use]
    pub fn json(&self) -> Json {
        let unseen = |part: &Part| {
            let problems: Vec<Json> = part.unseen.iter().map(crate::diag::Report::json).collect();
            let problems: Vec<&Json> = problems.iter().filter_map(Json::as_array).flatten().collect();
            json!({
                "part": part.name, "all_of_it": part.is_dark, "problems": problems,
                "first_seen": part.since.time, "new": part.since.is_new,
            })
        };
        json!({
            "directory": self.dir,
            "looked_at": self.time,
            "looked_before_at": self.last,
            "drift": self.has_drift(),
            "complete": self.is_complete(),
            "parts": self.parts.iter().map(|part| &part.name).collect::<Vec<_>>(),
            "rows": self.rows().map(json_of_row).collect::<Vec<_>>(),
            "could_not_look": self.unseen().map(unseen).collect::<Vec<_>>(),
            "gone": self.gone,
        })
    }

    /// For people: a table, and under it what to do.
    #[must_use]
    pub fn text(&self) -> String {
        let mut lines = Vec::new();
        for part in &self.parts {
            for row in &part.rows {
                lines.push(line(row));
                let is_told = |attribute: &&Attribute| attribute.apply == row.apply;
                lines.extend(row.attributes.iter().map(|a| Line::Below(of_attribute(a, is_told(&a)))));
            }
        }
        for part in self.unseen() {
            lines.push(of_unseen(part));
            let problems = part.unseen.iter().flat_map(|report| &report.problems);
            lines.extend(problems.map(|problem| Line::Below(one_line(&problem.message))));
        }
        let mut out = if lines.is_empty() { String::new() } else { table(&lines) };
        for gone in &self.gone {
            let Gone { part, kind, what, change, since } = gone;
            let _ = writeln!(
                out,
                "gone: {}, {part}: {what} ({change}), first seen on {}",
                kind.word(),
                day(since)
            );
        }
        self.next(&mut out);
        out
    }

    /// What to do, each once.
    fn next(&self, out: &mut String) {
        let mut told: Vec<&str> = Vec::new();
        let hints = self.unseen().flat_map(|part| &part.unseen).flat_map(|report| &report.problems);
        let hints = hints.filter_map(|problem| problem.hint.as_deref());
        for next in self.rows().map(|row| row.next.as_str()).chain(hints) {
            if !told.contains(&next) {
                told.push(next);
                let _ = writeln!(out, "next: {}", next.replace('\n', "\n  "));
            }
        }
    }

    /// In one line.
    #[must_use]
    pub fn summary(&self) -> String {
        let dir = &self.dir;
        let (rows, new) = (self.rows().count(), self.rows().filter(|row| row.since.is_new).count());
        let unseen = self.unseen().count();
        let seen = self.parts.len() - self.parts.iter().filter(|part| part.is_dark).count();
        let mut text = match (rows, unseen) {
            (0, 0) => {
                format!("`{dir}`: no drift; the code and {} layers were looked at", seen.saturating_sub(1))
            }
            (0, _) => {
                format!("`{dir}`: no drift in {seen} of {} that were to be looked at", self.parts.len())
            }
            (1, _) => format!("`{dir}`: 1 drifted, {new} of it new"),
            _ => format!("`{dir}`: {rows} drifted, {new} of them new"),
        };
        if unseen > 0 {
            let _ = write!(text, "; {unseen} could not be looked at, or not all of it");
        }
        if !self.gone.is_empty() {
            let _ = write!(
                text,
                "; {} gone since {}",
                self.gone.len(),
                day(self.last.as_deref().unwrap_or_default())
            );
        }
        text
    }
}

fn json_of_row(row: &Row) -> Json {
    let value = |value: &Value| match value {
        Value::Shown(value) => json!({ "value": value }),
        Value::Hidden => json!({ "sensitive": true }),
    };
    let attribute = |a: &Attribute| {
        json!({
            "path": a.path, "was": value(&a.was), "is": value(&a.is), "next_apply": a.apply,
            "first_seen": a.since.time, "new": a.since.is_new,
        })
    };
    json!({
        "kind": row.kind, "layer": row.layer, "what": row.what, "change": row.change,
        "attributes": row.attributes.iter().map(attribute).collect::<Vec<_>>(),
        "next_apply": row.apply, "next": row.next, "first_seen": row.since.time, "new": row.since.is_new,
    })
}

/// A line of the table.
enum Line {
    Row([String; 6]),
    /// More about the row above.
    Below(String),
}

fn line(row: &Row) -> Line {
    Line::Row([
        row.kind.word().to_owned(),
        row.layer.clone().unwrap_or_else(|| "-".to_owned()),
        one_line(&row.what),
        one_line(&row.change),
        row.apply.map_or("-", NextApply::words).to_owned(),
        since(&row.since),
    ])
}

fn of_unseen(part: &Part) -> Line {
    let what = if part.is_dark { "all of it" } else { "some of it" };
    Line::Row([
        Kind::Unseen.word().to_owned(),
        part.name.clone(),
        what.to_owned(),
        "could not look".to_owned(),
        "-".to_owned(),
        since(&part.since),
    ])
}

fn of_attribute(attribute: &Attribute, is_told: bool) -> String {
    let mut text = match (&attribute.was, &attribute.is) {
        (Value::Shown(was), Value::Shown(is)) => {
            format!("{}: {} -> {}", attribute.path, shown(was), shown(is))
        }
        _ => format!("{}: another value, which is sensitive", attribute.path),
    };
    if let Some(apply) = attribute.apply.filter(|_| !is_told) {
        let _ = write!(text, " (the next apply {})", apply.words());
    }
    text
}

/// A value in a line: JSON, so that no control character reaches the terminal.
fn shown(value: &Json) -> String {
    let text = if value.is_null() { "(none)".to_owned() } else { value.to_string() };
    match text.char_indices().nth(WIDTH) {
        Some((at, _)) => format!("{}...", &text[..at]),
        None => text,
    }
}

fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

fn since(since: &Since) -> String {
    if since.is_new { "new".to_owned() } else { day(&since.time).to_owned() }
}

/// The day of a time.
fn day(time: &str) -> &str {
    time.split('T').next().unwrap_or_default()
}

const HEADER: [&str; 6] = ["drift", "layer", "what", "change", "next apply", "since"];

fn table(lines: &[Line]) -> String {
    let mut widths = HEADER.map(str::len);
    for line in lines {
        if let Line::Row(cells) = line {
            widths
                .iter_mut()
                .zip(cells)
                .for_each(|(width, cell)| *width = (*width).max(cell.chars().count()));
        }
    }
    let row = |cells: &[&str]| {
        let cells = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    let mut out = row(&HEADER);
    out.push_str(&row(&widths.map(|width| "-".repeat(width)).each_ref().map(String::as_str)));
    for line in lines {
        match line {
            Line::Row(cells) => out.push_str(&row(&cells.each_ref().map(String::as_str))),
            Line::Below(text) => out.push_str(&format!("    {text}\n")),
        }
    }
    out
}

#[cfg(test)]
mod tests;
