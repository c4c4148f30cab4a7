//! Examples in the documentation of Rust code, which are tests as well.

use std::path::Path;

use syn::Block;
use syn::parse::Parser as _;

use super::{Finding, rust};

pub(super) fn check(path: &Path, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut example: Option<Example> = None;
    for (at, line) in text.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        let Some(said) = line[indent..].strip_prefix("///").or_else(|| line[indent..].strip_prefix("//!"))
        else {
            example = None;
            continue;
        };
        match (&mut example, said.trim_start().strip_prefix("```")) {
            (Some(_), Some(_)) => {
                let ended = example.take();
                findings.extend(ended.iter().flat_map(|example| example.check(path)));
            }
            (None, Some(marks)) => example = Some(Example::starting_at(at + 1, marks)),
            (Some(example), None) => example.take(indent + 3, said),
            (None, None) => (),
        }
    }
    findings
}

/// A block of code, on the lines and in the columns where it stands in the file.
struct Example {
    text: String,
    is_rust: bool,
}

impl Example {
    fn starting_at(line: usize, marks: &str) -> Self {
        let other = ["text", "json", "hcl", "sh", "console", "yaml", "toml", "python", "ignore"];
        let is_rust = marks.split(',').all(|mark| !other.contains(&mark.trim()));
        Self { text: "\n".repeat(line), is_rust }
    }

    fn take(&mut self, column: usize, said: &str) {
        // A line that is not shown begins with `# `.
        let trimmed = said.trim_start();
        let hidden = trimmed == "#" || trimmed.starts_with("# ");
        self.text.push_str(&" ".repeat(column));
        self.text.push_str(&if hidden { said.replacen('#', " ", 1) } else { said.to_owned() });
        self.text.push('\n');
    }

    fn check(&self, path: &Path) -> Vec<Finding> {
        let Ok(statements) = Block::parse_within.parse_str(&self.text) else { return Vec::new() };
        if self.is_rust { rust::check_statements(path, &statements) } else { Vec::new() }
    }
}
