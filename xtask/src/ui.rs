//! What the user sees: progress and errors on standard error, results on standard output.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

/// Writes for people. Colour only adds: without it nothing is lost.
pub(crate) struct Ui {
    colour: bool,
}

impl Ui {
    /// Colour on a terminal, unless `NO_COLOR` is set.
    pub(crate) fn from_environment() -> Self {
        let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
        Self { colour: !refused && std::io::stderr().is_terminal() }
    }

    /// Begins a step of a task.
    pub(crate) fn step(&self, text: &str) {
        self.progress(&format!("{} {text}", self.painted("36;1", "==>")));
    }

    /// Tells how a step went.
    pub(crate) fn detail(&self, text: &str) {
        self.progress(&format!("    {text}"));
    }

    /// Something that is not an error but must be known.
    pub(crate) fn note(&self, text: &str) {
        self.progress(&format!("    {} {text}", self.painted("33;1", "note:")));
    }

    /// One line of a task's result.
    pub(crate) fn result(&self, text: &str) {
        // A closed pipe is the reader's wish.
        let _ = writeln!(std::io::stdout().lock(), "{}", text.trim_end());
    }

    /// An error with all its causes.
    pub(crate) fn error(&self, error: &anyhow::Error) {
        let mut causes = error.chain();
        let first = causes.next().map(ToString::to_string).unwrap_or_default();
        self.progress(&format!("{} {first}", self.painted("31;1", "error:")));
        for cause in causes {
            self.progress(&format!("  because: {cause}"));
        }
    }

    /// A wrong command line.
    pub(crate) fn usage(&self, text: &str) {
        self.progress(&format!("{} {text}", self.painted("31;1", "error:")));
        self.progress("hint: `cargo xtask` lists the tasks and their options");
    }

    /// A line of progress.
    pub(crate) fn progress(&self, text: &str) {
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }

    fn painted(&self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// `0.4 s`, `12.3 s`, `3 min 05 s`.
pub(crate) fn elapsed(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 100.0 {
        return format!("{seconds:.1} s");
    }
    let whole = duration.as_secs();
    format!("{} min {:02} s", whole / 60, whole % 60)
}

/// Rows below a head, columns aligned: text to the left, numbers to the right.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = (0..head.len())
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count());
            cells.chain([head[column].chars().count()]).max().unwrap_or(0)
        })
        .collect();
    let right: Vec<bool> = (0..head.len())
        .map(|column| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells.clone().count() > 0 && cells.clone().all(|cell| cell.is_empty() || starts_as_number(cell))
        })
        .collect();
    let head: Vec<String> = head.iter().map(|&cell| cell.to_owned()).collect();
    let rule: Vec<String> = widths.iter().map(|&width| "-".repeat(width)).collect();
    let mut text = String::new();
    for row in [&head, &rule].into_iter().chain(rows) {
        let cells: Vec<String> = row
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                let padding = " ".repeat(widths[column] - cell.chars().count());
                if right[column] { format!("{padding}{cell}") } else { format!("{cell}{padding}") }
            })
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

fn starts_as_number(cell: &str) -> bool {
    cell.starts_with(|first: char| first.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_short() {
        assert_eq!(elapsed(Duration::from_millis(420)), "0.4 s");
        assert_eq!(elapsed(Duration::from_secs(185)), "3 min 05 s");
    }

    #[test]
    fn tables_align() {
        let rows = vec![vec!["network".into(), "31".into()], vec!["data".into(), "7".into()]];
        assert_eq!(
            table(&["layer", "aws"], &rows),
            "layer    aws\n-------  ---\nnetwork   31\ndata       7\n"
        );
    }
}
