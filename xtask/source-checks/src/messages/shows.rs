//! What tests show: the texts that stand in them and in the files that they compare with.

use std::path::Path;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use super::source::{self, Source};
use super::template::Text;
use crate::files::File;

/// A test, or an expected output, with its texts.
#[derive(Debug)]
pub(super) struct Shows {
    /// Such as `provider/src/lib.rs::a_test`, or the path of the expected output.
    pub(super) name: String,
    pub(super) texts: Vec<Text>,
}

/// The texts of the tests in Rust files: each function and each constant by itself.
pub(super) fn of_rust(source: &Source<'_>) -> Vec<Shows> {
    let Ok(tokens) = source.text.parse::<TokenStream>() else { return Vec::new() };
    let mut walk = Walk { path: source.path, all: Vec::new() };
    walk.items(tokens, source.is_test);
    walk.all
}

struct Walk<'a> {
    path: &'a Path,
    all: Vec<Shows>,
}

impl Walk<'_> {
    /// Goes through items; only what is `in_tests` shows anything.
    fn items(&mut self, tokens: TokenStream, in_tests: bool) {
        let (mut named, mut for_tests, mut is_module) = (None, in_tests, false);
        let mut texts = Vec::new();
        let mut rest = tokens.into_iter().peekable();
        while let Some(token) = rest.next() {
            match token {
                TokenTree::Punct(sign) if sign.as_char() == '#' => {
                    if let Some(TokenTree::Group(attribute)) =
                        rest.next_if(|next| matches!(next, TokenTree::Group(_)))
                    {
                        for_tests |= is_for_tests(&attribute);
                    }
                }
                TokenTree::Ident(word) if ["fn", "const", "static", "mod"].contains(&&*word.to_string()) => {
                    if let Some(TokenTree::Ident(name)) = rest.peek() {
                        named = Some(name.to_string()).filter(|name| name != "fn" || word != "const");
                        is_module = word == "mod";
                    }
                }
                TokenTree::Group(group) if named.is_none() || is_module => {
                    self.items(group.stream(), for_tests);
                    if group.delimiter() == Delimiter::Brace {
                        (named, for_tests, is_module) = (None, in_tests, false);
                    }
                }
                TokenTree::Group(group) => {
                    collect(group.stream(), &mut texts);
                    // The body ends a function; parentheses and brackets come before it.
                    if group.delimiter() == Delimiter::Brace {
                        self.add(named.take(), for_tests, &mut texts);
                        for_tests = in_tests;
                    }
                }
                TokenTree::Punct(sign) if sign.as_char() == ';' => {
                    self.add(named.take(), for_tests, &mut texts);
                    (for_tests, is_module) = (in_tests, false);
                }
                TokenTree::Literal(literal) => texts.extend(read(&literal)),
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
        self.add(named, for_tests, &mut texts);
    }

    fn add(&mut self, named: Option<String>, for_tests: bool, texts: &mut Vec<Text>) {
        let texts: Vec<_> = texts.drain(..).filter(|text| !text.is_blank()).collect();
        if for_tests && !texts.is_empty() {
            let name = named.map_or_else(String::new, |name| format!("::{name}"));
            self.all.push(Shows { name: format!("{}{name}", self.path.display()), texts });
        }
    }
}

/// Whether an attribute's group says `#[test]`, `#[tokio::test]` or `#[cfg(test)]`.
fn is_for_tests(attribute: &Group) -> bool {
    let text = attribute.stream().to_string().replace(' ', "");
    text == "test" || text == "cfg(test)" || text.starts_with("tokio::test")
}

/// Every text, at any depth, but what stands in attributes: comments for the documentation, reasons of lints.
fn collect(tokens: TokenStream, texts: &mut Vec<Text>) {
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        match token {
            TokenTree::Punct(sign) if sign.as_char() == '#' => {
                rest.next_if(
                    |next| matches!(next, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket),
                );
            }
            TokenTree::Group(group) => collect(group.stream(), texts),
            TokenTree::Literal(literal) => texts.extend(read(&literal)),
            TokenTree::Ident(_) | TokenTree::Punct(_) => {}
        }
    }
}

/// A text, and when `format!` may take it, also as that would print it.
fn read(literal: &proc_macro2::Literal) -> Vec<Text> {
    let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) else { return Vec::new() };
    let text = text.value();
    let mut all = vec![Text::new(&text)];
    if text.contains("{{") {
        all.push(Text::new(&text.replace("{{", "{").replace("}}", "}")));
    }
    all
}

/// The texts of a file that a test compares with: it shows what it holds.
pub(super) fn of_expected_output(file: &File) -> Shows {
    let is_snapshot = file.path.extension().is_some_and(|ending| ending == "snap");
    // The head of a snapshot says where it comes from.
    let text = file.text.splitn(3, "---\n").nth(2).filter(|_| is_snapshot).unwrap_or(&file.text);
    Shows { name: file.path.display().to_string(), texts: vec![Text::new(text)] }
}

/// The texts of a Python test: each function by itself.
pub(super) fn of_python(file: &File) -> Vec<Shows> {
    let mut all: Vec<Shows> = Vec::new();
    let mut name = file.path.display().to_string();
    let mut rest = file.text.as_str();
    let mut texts = Vec::new();
    while let Some(at) = rest.find(['"', '\'', '#', 'd']) {
        let (before, from) = rest.split_at(at);
        let begins_line = before.is_empty() || before.ends_with(['\n', ' ']);
        if from.starts_with('#') {
            rest = from.find('\n').map_or("", |end| &from[end..]);
        } else if let Some(function) = from.strip_prefix("def ").filter(|_| begins_line) {
            all.push(Shows { name, texts: std::mem::take(&mut texts) });
            let word = function.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default();
            name = format!("{}::{word}", file.path.display());
            rest = function;
        } else if let Some(after) = from.strip_prefix('d') {
            rest = after;
        } else {
            let (text, after) = python_text(from);
            texts.push(Text::new(&text));
            rest = after;
        }
    }
    all.push(Shows { name, texts });
    all.retain(|shows| shows.texts.iter().any(|text| !text.is_blank()));
    all
}

/// A text that begins here, and what comes after it.
fn python_text(from: &str) -> (String, &str) {
    let quote =
        ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| from.starts_with(quote)).unwrap_or("\"");
    let mut rest = &from[quote.len()..];
    let mut text = String::new();
    while !rest.is_empty() && !rest.starts_with(quote) {
        let mut signs = rest.chars();
        match signs.next() {
            Some('\\') => match signs.next() {
                Some('n') => text.push('\n'),
                Some('t') => text.push('\t'),
                Some('\n') | None => {}
                Some(other) => text.push(other),
            },
            Some(other) => text.push(other),
            None => {}
        }
        rest = signs.as_str();
    }
    (text, rest.get(quote.len()..).unwrap_or_default())
}

/// Whether the file is what a test compares with.
pub(super) fn is_expected_output(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    source::is_of_tests(path)
        && ["snap", "stderr", "txt"].contains(&ending)
        && !path.ends_with("requirements.txt")
}
