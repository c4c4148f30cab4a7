//! Checks a parsed file against the JSON schema, and reports everything that is wrong with its shape at once.
//!
//! The schema that editors use is the only description of the shape, so the two cannot disagree.

use serde_json::{Map, Value as Json};

use super::document::{Node, Value};
use crate::diag::Diagnostic;
use crate::suggest::{nearest, one_of};

/// All problems of shape: unknown and missing keys, wrong types, unknown words, numbers out of range.
pub fn check(schema: &Json, root: &Node) -> Vec<Diagnostic> {
    let mut checker = Checker { root: schema, problems: Vec::new() };
    checker.node(schema, root, "");
    checker.problems
}

struct Checker<'a> {
    root: &'a Json,
    problems: Vec<Diagnostic>,
}

/// The alternatives of a `oneOf` or `anyOf`, sorted by what they accept.
#[derive(Default)]
struct Choice<'a> {
    words: Vec<&'a str>,
    /// Mappings with exactly one key: what is written under the key.
    keys: Vec<(&'a str, &'a Json)>,
    others: Vec<&'a Json>,
}

impl<'a> Checker<'a> {
    /// Follows `$ref`.
    fn resolve(&self, mut schema: &'a Json) -> &'a Json {
        while let Some(pointer) = schema.get("$ref").and_then(Json::as_str).and_then(|r| r.strip_prefix('#'))
        {
            match self.root.pointer(pointer) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }

    fn node(&mut self, schema: &'a Json, node: &Node, what: &str) {
        let schema = self.resolve(schema);
        let choice = self.choice(schema);
        if choice.words.is_empty() && choice.keys.is_empty() && choice.others.is_empty() {
            self.plain(schema, node, what);
        } else {
            self.chosen(&choice, node, what);
        }
    }

    fn choice(&self, schema: &'a Json) -> Choice<'a> {
        let mut choice = Choice::default();
        let variants = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Json::as_array);
        for variant in variants.into_iter().flatten() {
            let variant = self.resolve(variant);
            let nested = self.choice(variant);
            choice.words.extend(nested.words);
            choice.keys.extend(nested.keys);
            choice.others.extend(nested.others);
            if variant.get("oneOf").is_some() || variant.get("anyOf").is_some() {
                continue;
            }
            match single_key(variant) {
                Some(key) => choice.keys.push(key),
                None if words(variant).next().is_some() => {}
                None => choice.others.push(variant),
            }
        }
        choice.words.extend(words(schema));
        choice
    }

    fn chosen(&mut self, choice: &Choice<'a>, node: &Node, what: &str) {
        match &node.value {
            Value::Text(text) if choice.words.contains(&text.as_str()) => {}
            Value::Text(text)
                if !choice.words.is_empty() && !choice.others.iter().any(|o| is(o, "string")) =>
            {
                let problem = Diagnostic::new(format!("`{text}` is not a value of {}", named(what)))
                    .at(node.span.clone());
                self.problems.push(match nearest(text, choice.words.iter().copied()) {
                    Some(word) => problem.hint(format!("did you mean `{word}`?")),
                    None => problem.hint(format!("write {}", describe(choice))),
                });
            }
            Value::Map(entries) if !choice.keys.is_empty() => self.one_key(choice, node, entries, what),
            _ => match choice.others.iter().find(|o| accepts(o, node)) {
                Some(variant) => self.plain(variant, node, what),
                None => self.wrong_type(node, what, &describe(choice)),
            },
        }
    }

    fn one_key(
        &mut self,
        choice: &Choice<'a>,
        node: &Node,
        entries: &[(super::document::Key, Node)],
        what: &str,
    ) {
        let known: Vec<&str> = choice.keys.iter().map(|(k, _)| *k).collect();
        let mut found = Vec::new();
        for (key, value) in entries {
            match choice.keys.iter().find(|(k, _)| *k == key.text) {
                Some((name, schema)) => {
                    found.push(key);
                    self.node(schema, value, name);
                }
                None => self.unknown_key(&key.text, key.span.clone(), &known, what),
            }
        }
        match found.as_slice() {
            [] if entries.is_empty() => {
                self.problems.push(
                    Diagnostic::new(format!("{} needs exactly one of {}", named(what), one_of(&known)))
                        .at(node.span.clone())
                        .hint("name one, or leave the whole key out for its default"),
                );
            }
            [first, second, ..] => self.problems.push(
                Diagnostic::new(format!("{} takes exactly one of {}", named(what), one_of(&known)))
                    .at(second.span.clone())
                    .hint(format!("keep `{}` or `{}`", first.text, second.text)),
            ),
            _ => {}
        }
    }

    fn plain(&mut self, schema: &'a Json, node: &Node, what: &str) {
        let schema = self.resolve(schema);
        if !accepts(schema, node) {
            let wanted = schema.get("type").and_then(Json::as_str).unwrap_or("another value");
            return self.wrong_type(node, what, type_name(wanted));
        }
        match &node.value {
            Value::Map(entries) => self.mapping(schema, node, entries, what),
            Value::List(items) => {
                if let Some(item_schema) = schema.get("items") {
                    items.iter().for_each(|item| self.node(item_schema, item, what));
                }
            }
            Value::Int(number) => self.number(schema, *number, node, what),
            Value::Text(text) => self.length(schema, text, node, what),
            _ => {}
        }
    }

    fn mapping(
        &mut self,
        schema: &'a Json,
        node: &Node,
        entries: &[(super::document::Key, Node)],
        what: &str,
    ) {
        let properties: Option<&'a Map<String, Json>> = schema.get("properties").and_then(Json::as_object);
        let known: Vec<&str> = properties.into_iter().flat_map(Map::keys).map(String::as_str).collect();
        let mut misspelt: Vec<&str> = Vec::new();
        let property = |name: &str| properties.and_then(|p| p.get(name));
        for (key, value) in entries {
            match (property(&key.text), schema.get("additionalProperties")) {
                (Some(schema), _) => self.node(schema, value, &key.text),
                (None, Some(more @ Json::Object(_))) => self.node(more, value, &key.text),
                // Values of a chart, whose shape is not ours to know.
                (None, Some(Json::Bool(true))) => {}
                (None, _) => {
                    self.unknown_key(&key.text, key.span.clone(), &known, what);
                    misspelt.extend(nearest(&key.text, known.iter().copied()));
                }
            }
        }
        for required in schema.get("required").and_then(Json::as_array).into_iter().flatten() {
            let Some(name) = required.as_str() else { continue };
            if node.get(name).is_none() && !misspelt.contains(&name) {
                self.missing_key(name, property(name), node, what);
            }
        }
    }

    fn missing_key(&mut self, name: &str, property: Option<&Json>, node: &Node, what: &str) {
        let place = if what.is_empty() { "the file".to_owned() } else { format!("`{what}`") };
        let problem =
            Diagnostic::new(format!("{place} lacks the key `{name}`")).at(node.span.start..node.span.start);
        let about = property.and_then(|p| p.get("description")).and_then(Json::as_str);
        self.problems.push(match about.and_then(|text| text.split(". ").next()) {
            Some(text) => {
                let text = text.replace('\n', " ");
                problem.hint(format!("`{name}`: {}", text.trim_end_matches('.')))
            }
            None => problem,
        });
    }

    fn unknown_key(&mut self, key: &str, span: std::ops::Range<usize>, known: &[&str], what: &str) {
        let place = if what.is_empty() { String::new() } else { format!(" in `{what}`") };
        let problem = Diagnostic::new(format!("the key `{key}` is not known{place}")).at(span);
        self.problems.push(match nearest(key, known.iter().copied()) {
            Some(word) => problem.hint(format!("did you mean `{word}`?")),
            None if known.is_empty() => problem.hint("no key may stand here: write `{}`"),
            None => problem.hint(format!("known here: {}", crate::suggest::all_of(known))),
        });
    }

    fn wrong_type(&mut self, node: &Node, what: &str, wanted: &str) {
        let problem = Diagnostic::new(format!("{} must be {wanted}, but is {}", named(what), node.kind()))
            .at(node.span.clone());
        let wants_text = wanted.contains("string");
        self.problems.push(match node.value {
            Value::Int(_) | Value::Float(_) | Value::Bool(_) if wants_text => {
                problem.hint("put the value in quotes, or YAML reads it as something else than text")
            }
            Value::Null => {
                problem.hint("give it a value or remove the key; `{}` stands for a mapping of defaults")
            }
            Value::Text(_) if wanted.contains("boolean") => {
                problem.hint("write `true` or `false`, without quotes")
            }
            Value::Text(ref text) if wanted.contains("number") && text.parse::<i64>().is_ok() => {
                problem.hint("write it without quotes")
            }
            Value::Text(_) if wanted.contains("number") => problem.hint("write the number alone, in digits"),
            Value::Text(_) if wanted.contains("list") => problem.hint("write a list of one: `[value]`"),
            _ => problem,
        });
    }

    fn number(&mut self, schema: &Json, number: i64, node: &Node, what: &str) {
        let bound = |name| schema.get(name).and_then(Json::as_i64);
        let (low, high) = (bound("minimum"), bound("maximum"));
        if low.is_some_and(|low| number < low) || high.is_some_and(|high| number > high) {
            // What the type behind it can hold is told of where it is exceeded.
            let range = match (low, high) {
                (Some(low), Some(high)) if high < i64::from(u32::MAX) => format!("between {low} and {high}"),
                (Some(low), _) if number < low => format!("at least {low}"),
                (_, high) => format!("at most {}", high.unwrap_or(i64::MAX)),
            };
            let problem = Diagnostic::new(format!("{} must be {range}, but is {number}", named(what)));
            self.problems.push(problem.at(node.span.clone()));
        }
    }

    fn length(&mut self, schema: &Json, text: &str, node: &Node, what: &str) {
        let bound = |name| schema.get(name).and_then(Json::as_u64).and_then(|n| usize::try_from(n).ok());
        let length = text.chars().count();
        let low = bound("minLength").unwrap_or(0);
        let high = bound("maxLength").unwrap_or(usize::MAX);
        if length < low || length > high {
            let problem = Diagnostic::new(format!(
                "{} must have between {low} and {high} characters, but `{text}` has {length}",
                named(what)
            ));
            let hint =
                if length > high { format!("shorten it to {high}") } else { format!("lengthen it to {low}") };
            self.problems.push(problem.at(node.span.clone()).hint(hint));
        }
    }
}

fn named(what: &str) -> String {
    if what.is_empty() { "the file".to_owned() } else { format!("`{what}`") }
}

/// The words that a schema accepts: `const` or `enum`.
fn words(schema: &Json) -> impl Iterator<Item = &str> {
    let listed = schema.get("enum").and_then(Json::as_array).into_iter().flatten();
    listed.chain(schema.get("const")).filter_map(Json::as_str)
}

/// A mapping that takes exactly one key, as serde writes an enum variant with content.
fn single_key(schema: &Json) -> Option<(&str, &Json)> {
    let properties = schema.get("properties")?.as_object()?;
    let required = schema.get("required")?.as_array()?;
    let closed = schema.get("additionalProperties") == Some(&Json::Bool(false));
    match (properties.iter().next(), required.as_slice()) {
        (Some((key, value)), [only]) if closed && properties.len() == 1 && only.as_str() == Some(key) => {
            Some((key.as_str(), value))
        }
        _ => None,
    }
}

fn is(schema: &Json, type_: &str) -> bool {
    schema.get("type").and_then(Json::as_str) == Some(type_)
}

fn accepts(schema: &Json, node: &Node) -> bool {
    let type_ = schema.get("type").and_then(Json::as_str);
    matches!(
        (type_, &node.value),
        (None, _)
            | (Some("object"), Value::Map(_))
            | (Some("array"), Value::List(_))
            | (Some("string"), Value::Text(_))
            | (Some("boolean"), Value::Bool(_))
            | (Some("integer"), Value::Int(_))
            | (Some("number"), Value::Int(_) | Value::Float(_))
    )
}

fn type_name(type_: &str) -> &str {
    match type_ {
        "object" => "a mapping",
        "array" => "a list",
        "string" => "a string",
        "boolean" => "a boolean (`true` or `false`)",
        "integer" => "a whole number",
        other => other,
    }
}

/// What a choice accepts, as words for a message.
fn describe(choice: &Choice<'_>) -> String {
    let mut parts: Vec<String> = choice.words.iter().map(|w| format!("`{w}`")).collect();
    for other in &choice.others {
        parts.push(type_name(other.get("type").and_then(Json::as_str).unwrap_or("another value")).to_owned());
    }
    let keys: Vec<&str> = choice.keys.iter().map(|(k, _)| *k).collect();
    if !keys.is_empty() {
        parts.push(format!("a mapping with {}", one_of(&keys)));
    }
    match parts.as_slice() {
        [] => "another value".to_owned(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} or {last}", rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_of_nothing_is_told_so() {
        assert_eq!(describe(&Choice::default()), "another value");
    }
}
