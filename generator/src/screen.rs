//! What people see of this program: nothing else writes to standard output and standard error.
//!
//! Texts come from files, from AWS, from charts and from Terraform, which passes on what servers say; a terminal would obey
//! the control characters in them. Here each is written out (`\u{1b}`), so that no message has to think of it.

use std::io::{self, IsTerminal as _, Stderr, StderrLock, Stdout, StdoutLock, Write};

use safe_text::visible;
use serde_json::Value;

use crate::diag::Report;

/// Results.
pub(crate) fn out() -> Screen<StdoutLock<'static>> {
    let out: Stdout = io::stdout();
    Screen(out.lock())
}

/// Progress and problems.
pub(crate) fn err() -> Screen<StderrLock<'static>> {
    let err: Stderr = io::stderr();
    Screen(err.lock())
}

/// Whether progress and problems go to a terminal.
pub(crate) fn is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Writes bytes to standard output as they are: what is asked for in exactly that form, such as a script.
pub(crate) fn raw(bytes: &[u8]) -> io::Result<()> {
    io::stdout().lock().write_all(bytes)
}

/// Shows the cursor on a terminal where a question had hidden it, on a line of its own.
pub(crate) fn show_cursor() -> io::Result<()> {
    io::stderr().lock().write_all(b"\x1b[?25h\n")
}

/// A place where people read: each text that is written to it is made visible.
#[derive(Debug)]
pub(crate) struct Screen<W>(W);

impl<W: Write> Screen<W> {
    /// A report, with its own colours.
    pub(crate) fn report(&mut self, report: &Report, color: bool) -> io::Result<()> {
        // Its parts are visible already, and what is left are its colours.
        self.0.write_all(report.render(color).as_bytes())
    }

    /// A report as a line among others, with its own colours.
    pub(crate) fn report_line(&mut self, report: &Report, color: bool) -> io::Result<()> {
        writeln!(self.0, "{}", report.render(color).trim_end())
    }

    /// JSON in one line.
    pub(crate) fn json(&mut self, value: &Value) -> io::Result<()> {
        writeln!(self.0, "{}", in_json(value))
    }
}

impl<W: Write> Write for Screen<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write_all(visible(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// JSON that a terminal shows as it is: what JSON itself does not have to escape is escaped too.
fn in_json(value: &Value) -> String {
    let text = value.to_string();
    if matches!(visible(&text), std::borrow::Cow::Borrowed(_)) {
        return text;
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        // Such characters stand nowhere but within texts, where JSON takes them escaped.
        if matches!(visible(c.encode_utf8(&mut [0; 4])), std::borrow::Cow::Owned(_)) {
            let units =
                c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
            shown.push_str(&units);
        } else {
            shown.push(c);
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diag::Diagnostic;

    const HOSTILE: &str = "no\u{1b}]0;owned\u{7}\rdone \u{202e}txt.exe \u{9b}2J";

    fn seen(write: impl FnOnce(&mut Screen<&mut Vec<u8>>) -> io::Result<()>) -> String {
        let mut bytes = Vec::new();
        write(&mut Screen(&mut bytes)).unwrap();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_a_terminal_would_obey_is_written_out() {
        assert_eq!(
            seen(|screen| writeln!(screen, "network    {HOSTILE}\tend")),
            "network    no\\u{1b}]0;owned\\u{7}\\u{d}done \\u{202e}txt.exe \\u{9b}2J\tend\n"
        );
    }

    #[test]
    fn a_report_keeps_its_own_colours_and_no_others() {
        let report =
            || Report::single(Diagnostic::new(format!("{HOSTILE}\nx")).note("a\u{1b}[8m\nb").hint(HOSTILE));
        assert_eq!(
            seen(|screen| screen.report(&report(), false)),
            "error: no\\u{1b}]0;owned\\u{7}\\u{d}done \\u{202e}txt.exe \\u{9b}2J\\u{a}x\n  = note: a\\u{1b}[8m\n          b\n  \
             = hint: no\\u{1b}]0;owned\\u{7}\\u{d}done \\u{202e}txt.exe \\u{9b}2J\n\n"
        );
        let colored = seen(|screen| screen.report_line(&report(), true));
        assert!(colored.starts_with("\u{1b}[1;31merror\u{1b}[0m: \u{1b}[1mno\\u{1b}]0;owned"), "{colored:?}");
    }

    #[test]
    fn json_says_the_same_and_a_terminal_shows_it() {
        let value = json!({ "message": HOSTILE, "tag": "\u{e0041}", "name": "grün 🦀" });
        let text = seen(|screen| screen.json(&value));
        assert_eq!(visible(&text), text);
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
        assert!(text.contains("grün 🦀") && text.contains(r"\udb40\udc41"), "{text}");
    }

    /// What writes to the terminal past this file is not made visible.
    #[test]
    fn nothing_else_writes_to_standard_output_or_error() {
        let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut found = Vec::new();
        while let Some(folder) = folders.pop() {
            for entry in fs_err::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                    continue;
                }
                let text = fs_err::read_to_string(&path).unwrap_or_default();
                if text.contains("io::stdout()") || text.contains("io::stderr()") {
                    found.push(path.file_name().unwrap().to_string_lossy().into_owned());
                }
            }
        }
        assert_eq!(found, ["screen.rs"]);
    }
}
