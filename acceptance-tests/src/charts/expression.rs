//! Template expressions of a stand-in: our own few helpers, and what is written with them.

use std::fmt::Write as _;

use anyhow::Result;
use serde_json::{Map, Value};

use super::Facts;
use super::facts::keys;
use super::values::{default_at, empty};

/// The helpers that every stand-in's templates use. What they pass to each other is JSON.
pub(super) const HELPERS: &str = r#"{{- /* The value at a path, as JSON; null when there is none. */ -}}
{{- define "at" -}}
{{- $value := index . 0 -}}{{- $there := true -}}
{{- range rest . -}}
{{- if and $there (kindIs "map" $value) -}}
{{- if hasKey $value . -}}{{- $value = index $value . -}}{{- else -}}{{- $there = false -}}{{- end -}}
{{- else -}}{{- $there = false -}}{{- end -}}
{{- end -}}
{{- if $there -}}{{- toJson $value -}}{{- else -}}null{{- end -}}
{{- end -}}

{{- /* The same as bare text; nothing when it is empty. */ -}}
{{- define "text" -}}
{{- $json := include "at" . -}}
{{- if ne $json "null" -}}{{- trimAll "\"" $json -}}{{- end -}}
{{- end -}}

{{- /* Some text when the value at a path is switched on. */ -}}
{{- define "on" -}}
{{- if not (has (include "at" .) (list "null" "false" "\"\"" "\"false\"" "{}" "[]" "0")) -}}on{{- end -}}
{{- end -}}

{{- /* The first of several that is not empty, or else the last. */ -}}
{{- define "first" -}}
{{- $result := last . -}}
{{- range reverse (initial .) -}}
{{- if not (has . (list "null" "\"\"" "{}" "[]")) -}}{{- $result = . -}}{{- end -}}
{{- end -}}
{{- $result -}}
{{- end -}}

{{- /* A list and what is added to it. */ -}}
{{- define "adds" -}}
{{- $all := list -}}
{{- range . -}}{{- if hasPrefix "[" . -}}{{- $all = concat $all (fromJsonArray .) -}}{{- end -}}{{- end -}}
{{- toJson $all -}}
{{- end -}}

{{- /* A map and what is laid over it. */ -}}
{{- define "merges" -}}
{{- $all := dict -}}
{{- range . -}}{{- if hasPrefix "{" . -}}{{- $all = mergeOverwrite $all (fromJson .) -}}{{- end -}}{{- end -}}
{{- toJson $all -}}
{{- end -}}

{{- /* The same without members that are null: charts leave out what nothing is said of, and a null takes away what is there. */ -}}
{{- define "said" -}}
{{- $parts := list -}}
{{- if kindIs "map" . -}}
{{- range $key, $value := . -}}
{{- if not (kindIs "invalid" $value) -}}{{- $parts = append $parts (printf "%s:%s" (toJson $key) (include "said" $value)) -}}{{- end -}}
{{- end -}}
{{- printf "{%s}" (join "," $parts) -}}
{{- else if kindIs "slice" . -}}
{{- range . -}}{{- $parts = append $parts (include "said" .) -}}{{- end -}}
{{- printf "[%s]" (join "," $parts) -}}
{{- else -}}{{- toJson . -}}{{- end -}}
{{- end -}}

{{- /* A name that begins with the release: root, name, what overrides it, at most so many letters. */ -}}
{{- define "fullname" -}}
{{- $root := index . 0 -}}{{- $name := index . 1 -}}{{- $given := index . 2 -}}{{- $most := index . 3 -}}
{{- if $given -}}{{- $given | trunc $most | trimSuffix "-" -}}
{{- else if contains $name $root.Release.Name -}}{{- $root.Release.Name | trunc $most | trimSuffix "-" -}}
{{- else -}}{{- printf "%s-%s" $root.Release.Name $name | trunc $most | trimSuffix "-" -}}{{- end -}}
{{- end -}}
"#;

/// `(list $.Values "a" "b")`.
fn place(path: &str) -> String {
    let mut place = "(list $.Values".to_owned();
    for key in keys(path) {
        let _ = write!(place, " {key:?}");
    }
    place.push(')');
    place
}

/// The value at a path, as JSON.
pub(super) fn at(path: &str) -> String {
    format!("(include \"at\" {})", place(path))
}

/// The value at a path, as bare text.
pub(super) fn text(path: &str) -> String {
    format!("(include \"text\" {})", place(path))
}

/// Whether the value at a path is switched on; `!path`: switched off.
pub(super) fn on(path: &str) -> String {
    match path.strip_prefix('!') {
        Some(path) => format!("(not (include \"on\" {}))", place(path)),
        None => format!("(include \"on\" {})", place(path)),
    }
}

/// Recorded text with `{release}`, `{namespace}` and `{fullname:NAME}` in it, as an expression; `None`: plain text.
pub(super) fn named(facts: &Facts, text: &str) -> Option<String> {
    let mut pieces = String::new();
    let mut rest = text;
    let mut found = false;
    while let Some((before, name, after)) = placeholder(rest) {
        found = true;
        if !before.is_empty() {
            let _ = write!(pieces, " {before:?}");
        }
        pieces.push(' ');
        match name {
            "release" => pieces.push_str("$.Release.Name"),
            "namespace" => pieces.push_str("$.Release.Namespace"),
            _ => pieces.push_str(&fullname(facts, name.trim_start_matches("fullname:"))),
        }
        rest = after;
    }
    if !rest.is_empty() {
        let _ = write!(pieces, " {rest:?}");
    }
    found.then(|| format!("(print{pieces})"))
}

fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let mut from = 0;
    while let Some(open) = text.get(from..)?.find('{').map(|at| at + from) {
        let (name, after) = text.get(open + 1..)?.split_once('}')?;
        if matches!(name, "release" | "namespace") || name.starts_with("fullname:") {
            return Some((text.get(..open)?, name, after));
        }
        from = open + 1;
    }
    None
}

fn fullname(facts: &Facts, name: &str) -> String {
    let most = facts.map("fullname").get(name).and_then(Value::as_u64).unwrap_or(63);
    let below = format!("{name}.fullnameOverride");
    let given =
        [below.as_str(), "fullnameOverride"].into_iter().find(|path| facts.values().contains_key(*path));
    let given = given.map_or_else(|| "\"\"".to_owned(), text);
    format!("(include \"fullname\" (list $ {name:?} {given} {most}))")
}

/// An object that is written as JSON with expressions in it.
pub(super) struct Template<'a> {
    facts: &'a Facts,
    expressions: Vec<String>,
}

impl<'a> Template<'a> {
    pub(super) fn new(facts: &'a Facts) -> Self {
        Self { facts, expressions: Vec::new() }
    }

    /// A place that the expression's result takes; the expression yields JSON.
    pub(super) fn hold(&mut self, expression: &str) -> Value {
        self.expressions.push(format!("{{{{ {expression} }}}}"));
        mark(self.expressions.len() - 1).into()
    }

    /// A place that this text takes as it is, quotes included.
    pub(super) fn hold_text(&mut self, text: String) -> Value {
        self.expressions.push(text);
        mark(self.expressions.len() - 1).into()
    }

    /// Replaces the names in every text of a value.
    pub(super) fn weave(&mut self, value: &Value) -> Value {
        match value {
            Value::String(text) => match named(self.facts, text) {
                Some(expression) => self.hold(&format!("{expression} | toJson")),
                None => value.clone(),
            },
            Value::Array(list) => list.iter().map(|value| self.weave(value)).collect(),
            Value::Object(map) => {
                let map: Map<String, Value> =
                    map.iter().map(|(key, value)| (key.clone(), self.weave(value))).collect();
                map.into()
            }
            other => other.clone(),
        }
    }

    /// A field that values reach: the recorded wires in their order, and what is rendered without them.
    pub(super) fn wired(&mut self, wires: &Value, rendered: &Value) -> Value {
        match self.reached(wires, rendered) {
            Some(expression) => self.hold(&expression),
            None => self.weave(rendered),
        }
    }

    /// As [`Template::wired`], of a count that goes where one of the other paths is switched on. Charts write it without quotes, so that
    /// a value which is a text of digits is a number to the API.
    pub(super) fn count_unless(&mut self, others: &Value, wires: &Value, rendered: &Value) -> Value {
        let others: Vec<&str> = others.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let expression = if others.is_empty() {
            self.reached(wires, rendered)
        } else {
            let any: Vec<String> = others.iter().map(|path| on(path)).collect();
            let own = self.literal(rendered);
            let own = format!("(ternary {own} \"null\" (empty (or {} \"\")))", any.join(" "));
            let paths = wires.as_array().into_iter().flatten().filter_map(Value::as_str).map(at);
            let paths: Vec<String> = paths.collect();
            Some(format!("(include \"first\" (list {} {own}))", paths.join(" ")))
        };
        match expression {
            Some(expression) => self.hold(&format!("regexReplaceAll `^\"([0-9]+)\"$` {expression} `${{1}}`")),
            None => self.weave(rendered),
        }
    }

    /// What yields a field that values reach, if any do.
    fn reached(&self, wires: &Value, rendered: &Value) -> Option<String> {
        let wires = wires.as_array().filter(|wires| !wires.is_empty())?;
        let direct: Vec<&str> = wires.iter().filter_map(Value::as_str).collect();
        let more = |how: &str| -> Vec<&str> {
            let those = wires.iter().filter(|wire| wire[0] == how);
            those.filter_map(|wire| wire[1].as_str()).collect()
        };
        // A default that was emptied does not come back.
        let emptied = direct.iter().any(|path| !empty(&default_at(self.facts, path)));
        let own = if emptied { Value::Null } else { without(self.facts, rendered, &more("adds")) };
        let mut expression = self.literal(&own);
        if !direct.is_empty() {
            let paths: Vec<String> = direct.iter().map(|path| at(path)).collect();
            expression = format!("(include \"first\" (list {} {expression}))", paths.join(" "));
        }
        for how in ["adds", "merges"] {
            let paths: Vec<String> = more(how).iter().map(|path| at(path)).collect();
            if !paths.is_empty() {
                expression = format!("(include {how:?} (list {expression} {}))", paths.join(" "));
            }
        }
        Some(expression)
    }

    /// Recorded JSON as an expression, with its names replaced.
    fn literal(&self, value: &Value) -> String {
        let json = value.to_string();
        let mut expression = format!("`{json}`");
        let mut rest = json.as_str();
        let mut seen: Vec<&str> = Vec::new();
        while let Some((_, name, after)) = placeholder(rest) {
            if !seen.contains(&name) {
                seen.push(name);
                let whole = format!("{{{name}}}");
                if let Some(by) = named(self.facts, &whole) {
                    expression = format!("({expression} | replace {whole:?} {by})");
                }
            }
            rest = after;
        }
        expression
    }

    /// The object as text, with every expression in its place.
    pub(super) fn write(&self, object: &Value) -> Result<String> {
        let json = serde_json::to_string_pretty(object)?;
        let mut written = String::with_capacity(json.len());
        let mut rest = json.as_str();
        while let Some((before, after)) = rest.split_once("\"@@") {
            let Some((number, after)) = after.split_once("@@\"") else { break };
            let expression = number.parse::<usize>().ok().and_then(|number| self.expressions.get(number));
            written.push_str(before);
            written.push_str(expression.map_or("null", String::as_str));
            rest = after;
        }
        written.push_str(rest);
        written.push('\n');
        Ok(written)
    }
}

fn mark(number: usize) -> String {
    format!("@@{number}@@")
}

/// A recorded list without what comes from the defaults of values that are added to it.
fn without(facts: &Facts, rendered: &Value, adds: &[&str]) -> Value {
    let Some(list) = rendered.as_array() else { return rendered.clone() };
    let added: Vec<Value> = adds.iter().map(|path| default_at(facts, path)).collect();
    let is_added =
        |item: &&Value| added.iter().filter_map(Value::as_array).any(|defaults| defaults.contains(item));
    list.iter().filter(|item| !is_added(item)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn names_become_expressions() {
        let facts =
            Facts::of(json!({ "values": { "grafana.fullnameOverride": "" }, "fullname": { "kps": 26 } }));
        assert_eq!(named(&facts, "plain {x}"), None);
        assert_eq!(named(&facts, "{release}-a").as_deref(), Some("(print $.Release.Name \"-a\")"));
        let expected = "(print (include \"fullname\" (list $ \"kps\" \"\" 26)) \"-operator\")";
        assert_eq!(named(&facts, "{fullname:kps}-operator").as_deref(), Some(expected));
        let grafana = named(&facts, "{fullname:grafana}").unwrap();
        assert!(grafana.contains("(list $.Values \"grafana\" \"fullnameOverride\")"), "{grafana}");
    }

    #[test]
    fn a_wired_field_takes_the_value_or_what_was_rendered() {
        let facts = Facts::of(json!({ "values": { "replicas": null } }));
        let mut template = Template::new(&facts);
        let field = template.wired(&json!(["replicas"]), &json!(2));
        let text = template.write(&json!({ "replicas": field, "name": "a" })).unwrap();
        let expected = "{\n  \"replicas\": {{ (include \"first\" (list (include \"at\" (list $.Values \"replicas\")) `2`)) }},\n  \"name\": \"a\"\n}\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_default_that_was_emptied_does_not_come_back() {
        let facts = Facts::of(json!({ "values": { "tolerations": [{ "key": "a" }] } }));
        let mut template = Template::new(&facts);
        let field = template.wired(&json!(["tolerations"]), &json!([{ "key": "a" }]));
        assert!(template.write(&field).unwrap().contains("`null`"));
    }
}
