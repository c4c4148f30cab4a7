//! Which resource types, blocks and arguments Terraform code writes down. Reads structure only: expressions are skipped,
//! not understood.

use std::collections::{BTreeMap, BTreeSet};

/// Arguments and blocks that are Terraform's own, in every resource.
const META: [&str; 8] =
    ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner", "providers"];

/// `resource` or `data`, and a type.
pub type Kind = (String, String);
/// For each type, the paths that are written: `rule`, `rule.status`.
pub type Used = BTreeMap<Kind, BTreeSet<String>>;

/// Adds what a text uses of one provider, whose types begin with `prefix`.
///
/// # Errors
/// When the text is no HCL that can be followed: the line, from 1.
pub fn collect(text: &str, prefix: &str, used: &mut Used) -> Result<(), usize> {
    let mut reader = Reader { rest: text, all: text };
    let body = reader.body(true)?;
    for block in &body.blocks {
        let (Some(kind), [name, _label]) = (in_use(&block.name), block.labels.as_slice()) else { continue };
        if name.starts_with(prefix) {
            let paths = used.entry((kind.to_owned(), name.clone())).or_default();
            block.body.paths("", paths);
        }
    }
    Ok(())
}

/// A call of a module.
#[derive(Debug, PartialEq, Eq)]
pub struct Call {
    /// Its label.
    pub name: String,
    /// The names of its arguments, Terraform's own included.
    pub arguments: Vec<String>,
}

/// The calls of modules in a text.
///
/// # Errors
/// As [`collect`].
pub fn module_calls(text: &str) -> Result<Vec<Call>, usize> {
    let body = Reader { rest: text, all: text }.body(true)?;
    let modules = body.blocks.into_iter().filter(|block| block.name == "module");
    Ok(modules
        .map(|block| Call {
            name: block.labels.into_iter().next().unwrap_or_default(),
            arguments: block.body.arguments,
        })
        .collect())
}

/// The names of all variables and outputs that a text declares.
///
/// # Errors
/// As [`collect`].
pub fn declared(text: &str) -> Result<Vec<String>, usize> {
    let body = Reader { rest: text, all: text }.body(true)?;
    let named = body.blocks.into_iter().filter(|block| ["variable", "output"].contains(&block.name.as_str()));
    Ok(named.filter_map(|block| block.labels.into_iter().next()).collect())
}

fn in_use(block: &str) -> Option<&'static str> {
    ["resource", "data"].into_iter().find(|kind| *kind == block)
}

#[derive(Debug, Default)]
struct Body {
    arguments: Vec<String>,
    blocks: Vec<Block>,
}

#[derive(Debug)]
struct Block {
    name: String,
    labels: Vec<String>,
    body: Body,
}

impl Body {
    fn paths(&self, above: &str, into: &mut BTreeSet<String>) {
        let place = |name: &str| if above.is_empty() { name.to_owned() } else { format!("{above}.{name}") };
        for name in self.arguments.iter().filter(|name| !(above.is_empty() && META.contains(&name.as_str())))
        {
            into.insert(place(name));
        }
        for block in
            self.blocks.iter().filter(|block| !(above.is_empty() && META.contains(&block.name.as_str())))
        {
            match (block.name.as_str(), block.labels.first()) {
                ("dynamic", Some(name)) => {
                    into.insert(place(name));
                    let content = block.body.blocks.iter().filter(|inner| inner.name == "content");
                    content.for_each(|inner| inner.body.paths(&place(name), into));
                }
                (name, _) => {
                    into.insert(place(name));
                    block.body.paths(&place(name), into);
                }
            }
        }
    }
}

struct Reader<'a> {
    rest: &'a str,
    all: &'a str,
}

impl Reader<'_> {
    fn body(&mut self, top: bool) -> Result<Body, usize> {
        let mut body = Body::default();
        loop {
            self.blank();
            if self.rest.is_empty() || self.rest.starts_with('}') {
                return if self.rest.is_empty() == top { Ok(body) } else { Err(self.line()) };
            }
            let name = self.word()?;
            let mut labels = Vec::new();
            loop {
                self.rest = self.rest.trim_start_matches([' ', '\t']);
                match self.rest.chars().next() {
                    Some('=') => {
                        self.advance(1);
                        self.expression()?;
                        body.arguments.push(name);
                        break;
                    }
                    Some('{') => {
                        self.advance(1);
                        let inner = self.body(false)?;
                        self.advance(1);
                        body.blocks.push(Block { name, labels, body: inner });
                        break;
                    }
                    Some('"') => {
                        let before = self.rest;
                        self.quoted()?;
                        let length = before.len() - self.rest.len();
                        labels.push(before[1..length - 1].to_owned());
                    }
                    Some(_) => labels.push(self.word()?),
                    None => return Err(self.line()),
                }
            }
        }
    }

    /// To the end of the line that ends the expression.
    fn expression(&mut self) -> Result<(), usize> {
        let mut depth = 0_usize;
        while let Some(next) = self.rest.chars().next() {
            match next {
                '"' => {
                    self.quoted()?;
                    continue;
                }
                '#' => {
                    self.skip_line();
                    continue;
                }
                '/' if self.rest.starts_with("//") => {
                    self.skip_line();
                    continue;
                }
                '<' if self.rest.starts_with("<<") => {
                    self.heredoc()?;
                    continue;
                }
                '(' | '[' | '{' => depth += 1,
                '}' if depth == 0 => return Ok(()),
                ')' | ']' | '}' => depth = depth.checked_sub(1).ok_or_else(|| self.line())?,
                '\n' if depth == 0 => return Ok(()),
                _ => {}
            }
            self.advance(next.len_utf8());
        }
        Ok(())
    }

    /// A quoted text with what is interpolated in it.
    fn quoted(&mut self) -> Result<(), usize> {
        self.advance(1);
        while let Some(next) = self.rest.chars().next() {
            if next == '\\' || self.rest.starts_with("$${") || self.rest.starts_with("%%{") {
                self.advance(if next == '\\' { 2 } else { 3 });
            } else if self.rest.starts_with("${") || self.rest.starts_with("%{") {
                self.advance(2);
                self.interpolated()?;
            } else {
                self.advance(next.len_utf8());
                if next == '"' {
                    return Ok(());
                }
            }
        }
        Err(self.line())
    }

    fn interpolated(&mut self) -> Result<(), usize> {
        let mut depth = 1_usize;
        while let Some(next) = self.rest.chars().next() {
            match next {
                '"' => {
                    self.quoted()?;
                    continue;
                }
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            self.advance(next.len_utf8());
            if depth == 0 {
                return Ok(());
            }
        }
        Err(self.line())
    }

    fn heredoc(&mut self) -> Result<(), usize> {
        let (first, after) = self.rest.split_once('\n').ok_or_else(|| self.line())?;
        let mark = first.trim_start_matches(['<', '-']).trim();
        let mut left = after;
        while let Some((line, next)) = left.split_once('\n') {
            if line.trim() == mark {
                // The line's end stays, so that it ends the expression.
                self.rest = &left[line.len()..];
                return Ok(());
            }
            left = next;
        }
        Err(self.line())
    }

    fn blank(&mut self) {
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.starts_with('#') || self.rest.starts_with("//") {
                self.skip_line();
            } else if self.rest.starts_with("/*") {
                let end = self.rest.find("*/").map_or(self.rest.len(), |at| at + 2);
                self.advance(end);
            } else {
                return;
            }
        }
    }

    fn word(&mut self) -> Result<String, usize> {
        let is_part = |each: char| each.is_alphanumeric() || each == '_' || each == '-';
        let end = self.rest.find(|each| !is_part(each)).unwrap_or(self.rest.len());
        if end == 0 {
            return Err(self.line());
        }
        let word = self.rest[..end].to_owned();
        self.advance(end);
        Ok(word)
    }

    fn skip_line(&mut self) {
        let end = self.rest.find('\n').unwrap_or(self.rest.len());
        self.advance(end);
    }

    fn advance(&mut self, by: usize) {
        self.rest = self.rest.get(by..).unwrap_or_default();
    }

    fn line(&self) -> usize {
        let done = self.all.len() - self.rest.len();
        self.all[..done].matches('\n').count() + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
# a comment with { and "
resource "aws_a" "this" {
  for_each = { for k in ["x"] : k => "${k}-{}" } # not ours
  name     = "a ${jsonencode({ b = "}" })} b"

  text = <<-EOT
    { "not": "a block
  EOT

  dynamic "rule" {
    for_each = [1]
    content {
      status = "x"
      filter {}
    }
  }

  lifecycle {
    precondition {
      condition = true
    }
  }
}

data "aws_b" "this" {
  statement {
    actions = [
      "s3:*", // everything
    ]
  }
}

resource "other_c" "this" { name = "x" }
locals { aws_d = { e = 1 } }
"#;

    #[test]
    fn blocks_arguments_and_dynamic_blocks_are_found() {
        let mut used = Used::new();
        collect(TEXT, "aws_", &mut used).unwrap();
        let found: Vec<(String, Vec<&str>)> = used
            .iter()
            .map(|((kind, name), paths)| {
                (format!("{kind} {name}"), paths.iter().map(String::as_str).collect())
            })
            .collect();
        assert_eq!(
            found,
            [
                ("data aws_b".to_owned(), vec!["statement", "statement.actions"]),
                ("resource aws_a".to_owned(), vec!["name", "rule", "rule.filter", "rule.status", "text"]),
            ]
        );
    }

    #[test]
    fn calls_are_found_with_their_arguments() {
        let calls = module_calls("module \"a\" {\n  source = \"../b\"\n  depends_on = [x]\n}\n").unwrap();
        let arguments = vec!["source".to_owned(), "depends_on".to_owned()];
        assert_eq!(calls, [Call { name: "a".to_owned(), arguments }]);
    }

    #[test]
    fn declarations_are_found() {
        let names =
            declared("variable \"a\" {\n  type = string\n}\noutput \"b\" {\n  value = 1\n}\nlocals {}\n");
        assert_eq!(names, Ok(vec!["a".to_owned(), "b".to_owned()]));
    }

    #[test]
    fn what_is_not_closed_is_an_error_with_its_line() {
        assert_eq!(collect("\nresource \"aws_a\" \"b\" {\n  x = 1\n", "aws_", &mut Used::new()), Err(4));
    }
}
