//! Terraform's language, formatted as `terraform fmt` does.

use std::fmt::Write as _;

use serde_json::Value as Json;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    /// Written as it is: a reference, a call.
    Raw(String),
    Text(String),
    List(Vec<Expression>),
    Object(Vec<(String, Expression)>),
}

impl Expression {
    /// Any JSON value.
    pub(crate) fn of(json: &Json) -> Self {
        match json {
            Json::String(text) => Self::Text(text.clone()),
            Json::Array(elements) => Self::List(elements.iter().map(Self::of).collect()),
            Json::Object(entries) => {
                Self::Object(entries.iter().map(|(key, value)| (key.clone(), Self::of(value))).collect())
            }
            plain => Self::Raw(plain.to_string()),
        }
    }

    fn write(&self, depth: usize, out: &mut String) {
        match self {
            Self::Raw(text) => out.push_str(text),
            Self::Text(text) => out.push_str(&quoted(text)),
            Self::List(elements) if elements.iter().all(Self::is_short) => {
                let elements: Vec<_> = elements.iter().map(Self::line).collect();
                let _ = write!(out, "[{}]", elements.join(", "));
            }
            Self::List(elements) => {
                out.push_str("[\n");
                for element in elements {
                    out.push_str(&"  ".repeat(depth + 1));
                    element.write(depth + 1, out);
                    out.push_str(",\n");
                }
                let _ = write!(out, "{}]", "  ".repeat(depth));
            }
            Self::Object(entries) if entries.is_empty() => out.push_str("{}"),
            Self::Object(entries) => {
                out.push_str("{\n");
                write_entries(entries, depth + 1, out);
                let _ = write!(out, "{}}}", "  ".repeat(depth));
            }
        }
    }

    fn is_short(&self) -> bool {
        matches!(self, Self::Raw(_) | Self::Text(_))
    }

    fn line(&self) -> String {
        let mut text = String::new();
        self.write(0, &mut text);
        text
    }
}

/// A block with one or two labels.
pub(crate) fn block(kind: &str, labels: &[&str], entries: &[(String, Expression)]) -> String {
    let labels: String = labels.iter().map(|label| format!(" {}", quoted(label))).collect();
    let mut text = format!("{kind}{labels} {{\n");
    write_entries(entries, 1, &mut text);
    text.push_str("}\n");
    text
}

/// The `=` of neighbours that take one line each stand below each other.
fn write_entries(entries: &[(String, Expression)], depth: usize, out: &mut String) {
    let mut rest = entries;
    while let Some((first, _)) = rest.first() {
        let written: Vec<_> = rest.iter().map(|(name, value)| (key(name), value.line())).collect();
        let run = written.iter().take_while(|(_, value)| !value.contains('\n')).count();
        let width = written[..run].iter().map(|(name, _)| name.len()).max().unwrap_or(0);
        for (name, value) in &written[..run] {
            let _ = writeln!(out, "{}{name:width$} = {value}", "  ".repeat(depth));
        }
        rest = &rest[run..];
        if run == 0 {
            let _ = write!(out, "{}{} = ", "  ".repeat(depth), key(first));
            rest[0].1.write(depth, out);
            out.push('\n');
            rest = &rest[1..];
        }
    }
}

fn key(name: &str) -> String {
    let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    if plain && starts { name.to_owned() } else { quoted(name) }
}

/// A text in quotes, in which nothing is a template.
pub(crate) fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("\"{}\"", escaped.replace("${", "$${").replace("%{", "%%{"))
}

/// What an example's text says: the label of its resource of a type, and the texts that are attributes at its top.
pub(crate) struct Read<'a> {
    pub(crate) label: &'a str,
    body: &'a str,
}

impl<'a> Read<'a> {
    /// The first resource of a type in a formatted text.
    pub(crate) fn resource(text: &'a str, kind: &str) -> Option<Self> {
        let start = format!("resource \"{kind}\" \"");
        let rest = &text[text.find(&start)? + start.len()..];
        let (label, rest) = rest.split_once("\" {")?;
        Some(Self { label, body: rest.split_once("\n}")?.0 })
    }

    /// The literal text of an attribute at the top.
    pub(crate) fn text(&self, name: &str) -> Option<&'a str> {
        self.body.lines().find_map(|line| {
            let (key, value) = line.strip_prefix("  ")?.split_once('=')?;
            let value = value.trim().strip_prefix('"')?.strip_suffix('"')?;
            (key.trim_end() == name && !value.contains("${")).then_some(value)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn blocks_are_formatted_and_templates_escaped() {
        let json = json!({ "name": "a\"${b}", "ids": [1, 2], "in": { "x y": true }, "all": [{ "k": "v" }], "z": null });
        let Expression::Object(entries) = Expression::of(&json) else { unreachable!() };
        let expected = "resource \"t\" \"l\" {\n  name = \"a\\\"$${b}\"\n  ids  = [1, 2]\n  in = {\n    \"x y\" = true\n  }\n  \
                        all = [\n    {\n      k = \"v\"\n    },\n  ]\n  z = null\n}\n";
        assert_eq!(block("resource", &["t", "l"], &entries), expected);
    }

    #[test]
    fn what_names_an_object_is_read_back() {
        let text = "variable \"v\" {\n}\n\nresource \"t\" \"l\" {\n  name = \"n\"\n  of   = \"${x}\"\n  in = {\n    of = \"o\"\n  }\n}\n";
        let read = Read::resource(text, "t").unwrap();
        assert_eq!((read.label, read.text("name"), read.text("of")), ("l", Some("n"), None));
        assert!(Read::resource(text, "u").is_none());
    }
}
