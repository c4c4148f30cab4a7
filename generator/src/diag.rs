//! Problems with the input, shown the way `rustc` shows its own: message, place with a caret, hint.

use std::fmt::Write as _;
use std::ops::Range;

/// One problem with the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong, in one line; literals in backticks.
    pub message: String,
    /// Where: a range of bytes of the source. `None` when the problem has no place in it.
    pub span: Option<Range<usize>>,
    /// Why it is wrong, when the message alone does not tell.
    pub note: Option<String>,
    /// What to do next.
    pub hint: Option<String>,
}

impl Diagnostic {
    /// A problem without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), span: None, note: None, hint: None }
    }

    /// The same problem at `span` of the source.
    #[must_use]
    pub fn at(mut self, span: Range<usize>) -> Self {
        self.span = Some(span);
        self
    }

    /// The same problem with its cause.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// The same problem with what to do next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

/// A file as it was read, to quote from.
#[derive(Debug, Clone)]
pub struct Source {
    /// The name shown to the user: the path as it was given.
    pub name: String,
    /// The whole text.
    pub text: String,
}

impl Source {
    /// Line and column of a byte offset, both from 1; columns count characters.
    pub fn position(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// The text of one line, from 1, without its line end.
    fn line(&self, number: usize) -> &str {
        self.text.lines().nth(number - 1).unwrap_or("")
    }
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Nothing can be done with it.
    Error,
    /// It can be done, and is seldom meant so.
    Warning,
}

impl Level {
    fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }

    fn color(self) -> &'static str {
        match self {
            Self::Error => "1;31",
            Self::Warning => "1;33",
        }
    }
}

/// Everything that is to be said about one input.
#[derive(Debug, Clone)]
pub struct Report {
    /// How bad all of it is.
    pub level: Level,
    /// The file that was read; `None` when it could not be read at all.
    pub source: Option<Source>,
    /// The problems, in the order of their places.
    pub problems: Vec<Diagnostic>,
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Report {}

impl Report {
    /// A report of one problem that has no place in a file.
    pub fn single(problem: Diagnostic) -> Self {
        Self { level: Level::Error, source: None, problems: vec![problem] }
    }

    /// For machines: message, place, note and hint of each.
    pub fn json(&self) -> serde_json::Value {
        let one = |problem: &Diagnostic| {
            let place = self.source.as_ref().zip(problem.span.as_ref()).map(|(source, span)| {
                let (line, column) = source.position(span.start);
                serde_json::json!({ "file": source.name, "line": line, "column": column })
            });
            serde_json::json!({
                "message": problem.message, "place": place, "note": problem.note, "hint": problem.hint,
            })
        };
        self.problems.iter().map(one).collect()
    }

    /// The report as text. `color` adds ANSI colours, which never carry meaning alone.
    pub fn render(&self, color: bool) -> String {
        let mut out = String::new();
        for problem in &self.problems {
            render_one(&mut out, self.level, self.source.as_ref(), problem, color);
            out.push('\n');
        }
        out
    }
}

fn paint(color: bool, code: &str, text: &str) -> String {
    if color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
}

fn render_one(out: &mut String, level: Level, source: Option<&Source>, problem: &Diagnostic, color: bool) {
    let _ = writeln!(
        out,
        "{}: {}",
        paint(color, level.color(), level.word()),
        paint(color, "1", &printable(&problem.message))
    );
    let mut width = 1;
    match (source, &problem.span) {
        (Some(source), Some(span)) => width = render_snippet(out, source, span, color),
        (Some(source), None) => {
            let _ = writeln!(out, " {} {}", paint(color, "1;34", "-->"), printable(&source.name));
        }
        (None, _) => {}
    }
    let pad = " ".repeat(width);
    let equals = paint(color, "1;34", "=");
    if let Some(note) = &problem.note {
        // Every line of the cause under the first.
        for (i, line) in note.lines().enumerate() {
            let lead = if i == 0 { format!("{pad} {equals} note:") } else { format!("{pad}        ") };
            let _ = writeln!(out, "{lead} {}", printable(line));
        }
    }
    if let Some(hint) = &problem.hint {
        let _ = writeln!(out, "{pad} {equals} {} {}", paint(color, "1;32", "hint:"), printable(hint));
    }
}

/// Of longer lines only the part around the caret is shown.
const WIDTH: usize = 140;

/// Writes the quoted line with its caret; returns the width of the line number column.
fn render_snippet(out: &mut String, source: &Source, span: &Range<usize>, color: bool) -> usize {
    let (line_number, column) = source.position(span.start);
    let (shown, column_shown) = window(source.line(line_number), column);
    let rest = shown.chars().count().saturating_sub(column_shown - 1);
    let wanted = source.text.get(span.clone()).map_or(1, |s| s.lines().next().unwrap_or("").chars().count());
    let carets = wanted.clamp(1, rest.max(1));
    let number = line_number.to_string();
    let width = number.len();
    let pad = " ".repeat(width);
    let bar = paint(color, "1;34", "|");
    let name = printable(&source.name);
    let _ = writeln!(out, "{pad}{} {name}:{line_number}:{column}", paint(color, "1;34", "-->"));
    let _ = writeln!(out, "{pad} {bar}");
    let before: String = shown.chars().take(column_shown - 1).collect();
    let meant: String = shown.chars().skip(column_shown - 1).take(carets).collect();
    let carets = printable(&meant).chars().count().max(carets);
    let _ = writeln!(out, "{} {bar} {}", paint(color, "1;34", &number), printable(&shown));
    // A tab before the caret keeps its place, so that the caret stands under what it means.
    let lead: String = printable(&before).chars().map(|c| if c == '\t' { '\t' } else { ' ' }).collect();
    let _ = writeln!(out, "{pad} {bar} {lead}{}", paint(color, "1;31", &"^".repeat(carets)));
    width
}

/// The part of a line around a column, and where the column is in it.
fn window(line: &str, column: usize) -> (String, usize) {
    if line.chars().count() <= WIDTH {
        return (line.to_owned(), column);
    }
    let first = column.saturating_sub(WIDTH / 2).max(1);
    let part: String = line.chars().skip(first - 1).take(WIDTH).collect();
    let left = if first > 1 { "..." } else { "" };
    (format!("{left}{part}..."), column - first + 1 + left.len())
}

/// One line in which everything is seen.
fn printable(text: &str) -> String {
    safe_text::visible(text).replace('\n', "\\u{a}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn caret_stands_under_the_span_and_line_numbers_widen_the_margin() {
        let text = format!("{}key: välue # x\n", "a: 1\n".repeat(11));
        let start = text.find("välue").unwrap();
        let source = Source { name: "f.yaml".into(), text };
        let problem = Diagnostic::new("bad").at(start..start + 6).note("n").hint("h");
        let shown =
            Report { level: Level::Error, source: Some(source), problems: vec![problem] }.render(false);
        insta::assert_snapshot!(shown, @r"
        error: bad
          --> f.yaml:12:6
           |
        12 | key: välue # x
           |      ^^^^^
           = note: n
           = hint: h
        ");
    }

    #[test]
    fn control_characters_are_shown_and_the_caret_stands_under_them() {
        let source = Source { name: "f\u{7}".into(), text: "\u{200b}a: \u{1b}[31m\n".into() };
        let problem = Diagnostic::new("bad").at(6..7);
        let shown = Report { level: Level::Error, source: Some(source), problems: vec![problem] };
        insta::assert_snapshot!(shown.render(false), @r"
        error: bad
         --> f\u{7}:1:5
          |
        1 | \u{200b}a: \u{1b}[31m
          |            ^^^^^^
        ");
    }
}
