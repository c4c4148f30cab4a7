//! The check of a manifest against the catalog.
//!
//! Strict: unknown fields are refused. `null` stands for a field that is left out, except where any JSON may stand.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use regex_lite::Regex;
use serde_json::{Map, Value};
use truefoundry_catalog::{
    Catalog,
    facts::{Limits, Shape},
};

use crate::texts;

/// What is wrong with a value, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) path: String,
    pub(crate) message: String,
}

/// The manifest as it is stored, or everything that is wrong with it. `object` is the catalog's name for what it
/// should be.
pub(crate) fn check(manifest: Value, object: &str) -> Result<Value, Vec<Problem>> {
    let mut check = Check { catalog: Catalog::get(), problems: Vec::new() };
    let manifest = check.object(manifest, object, "manifest");
    if check.problems.is_empty() { Ok(manifest) } else { Err(check.problems) }
}

struct Check {
    catalog: &'static Catalog,
    problems: Vec<Problem>,
}

impl Check {
    /// Checks the object and answers it without the fields that are left out.
    fn object(&mut self, value: Value, name: &str, path: &str) -> Value {
        let Value::Object(mut given) = value else {
            self.report(path, "must be an object");
            return value;
        };
        let object = self.catalog.object(name);
        let mut kept = Map::new();
        for field in given.keys().filter(|field| !object.contains_key(*field)) {
            self.problems.push(Problem {
                path: format!("{path}.{field}"),
                message: "is not a known field".to_owned(),
            });
        }
        for (field, known) in object {
            if known.required && given.get(field).is_none_or(Value::is_null) {
                self.report(&format!("{path}.{field}"), "is required");
            }
        }
        // In the order of the manifest, which is how it is shown again.
        for (field, value) in std::mem::take(&mut given) {
            let Some(known) = object.get(&field) else { continue };
            if value.is_null() {
                continue;
            }
            let path = format!("{path}.{field}");
            self.texts(&value, name, &field, &path);
            let value = self.value(value, &known.is, known.limits.as_ref(), &path);
            kept.insert(field, value);
        }
        kept.into()
    }

    /// The rules beyond the catalog, for a text and for the texts of a list.
    fn texts(&mut self, value: &Value, object: &str, field: &str, path: &str) {
        match value {
            Value::String(text) => {
                if let Some(why) = texts::wrong(object, field, text) {
                    self.report(path, &format!("must {why}"));
                }
            }
            Value::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    if item.is_string() {
                        self.texts(item, object, field, &format!("{path}[{index}]"));
                    }
                }
            }
            _ => {}
        }
    }

    fn value(&mut self, value: Value, shape: &Shape, limits: Option<&Limits>, path: &str) -> Value {
        match shape {
            Shape::Any => return value,
            Shape::Object(name) => return self.object(value, name, path),
            Shape::List(element) => return self.list(value, element, limits, path),
            Shape::Map(element) => return self.map(value, element, limits, path),
            Shape::Union(shapes) => return self.union(value, shapes, limits, path),
            Shape::String if value.is_string() => self.text(&value, limits, path),
            Shape::Integer if value.is_i64() || value.is_u64() => self.number(&value, limits, path),
            Shape::Integer if value.as_f64().is_some_and(|number| number.fract() == 0.0) => {
                self.number(&value, limits, path);
            }
            Shape::Number if value.is_number() => self.number(&value, limits, path),
            Shape::Boolean if value.is_boolean() => {}
            Shape::Const(text) if value.as_str() == Some(text) => {}
            Shape::Enum(name) if value.is_string() => self.choice(&value, name, path),
            Shape::Const(text) if value.is_string() => self.report(path, &format!("must be one of {text}")),
            Shape::String | Shape::Const(_) | Shape::Enum(_) => self.report(path, "must be a string"),
            Shape::Integer => self.report(path, "must be a whole number"),
            Shape::Number => self.report(path, "must be a number"),
            Shape::Boolean => self.report(path, "must be true or false"),
        }
        value
    }

    fn choice(&mut self, value: &Value, name: &str, path: &str) {
        let texts = self.catalog.texts(name);
        if !texts.iter().any(|text| value == text.as_str()) {
            self.report(path, &format!("must be one of {}", texts.join(", ")));
        }
    }

    fn text(&mut self, value: &Value, limits: Option<&Limits>, path: &str) {
        let (Some(limits), Some(text)) = (limits, value.as_str()) else { return };
        self.length(text.chars().count(), limits, "characters", path);
        if let Some(pattern) = &limits.pattern
            && !matches(pattern, text)
        {
            self.report(path, &format!("must match `{pattern}`"));
        }
    }

    fn number(&mut self, value: &Value, limits: Option<&Limits>, path: &str) {
        let (Some(limits), Some(number)) = (limits, value.as_f64()) else { return };
        if limits.min.is_some_and(|min| number < min) {
            self.report(path, &format!("must be at least {}", limits.min.unwrap_or_default()));
        }
        if limits.above.is_some_and(|above| number <= above) {
            self.report(path, &format!("must be more than {}", limits.above.unwrap_or_default()));
        }
        if limits.max.is_some_and(|max| number > max) {
            self.report(path, &format!("must be at most {}", limits.max.unwrap_or_default()));
        }
    }

    fn length(&mut self, length: usize, limits: &Limits, of: &str, path: &str) {
        let length = u32::try_from(length).unwrap_or(u32::MAX);
        if let Some(least) = limits.min_length.filter(|least| length < *least) {
            self.report(path, &format!("must have at least {least} {of}"));
        }
        if let Some(most) = limits.max_length.filter(|most| length > *most) {
            self.report(path, &format!("must have at most {most} {of}"));
        }
    }

    fn list(&mut self, value: Value, element: &Shape, limits: Option<&Limits>, path: &str) -> Value {
        let Value::Array(items) = value else {
            self.report(path, "must be a list");
            return value;
        };
        // The bounds of a list's length are for the list, all others for its elements.
        if let Some(limits) = limits {
            self.length(items.len(), limits, "elements", path);
        }
        let inner = limits.map(|limits| Limits { min_length: None, max_length: None, ..limits.clone() });
        let checked = items
            .into_iter()
            .enumerate()
            .map(|(index, item)| self.value(item, element, inner.as_ref(), &format!("{path}[{index}]")));
        checked.collect::<Vec<_>>().into()
    }

    fn map(&mut self, value: Value, element: &Shape, limits: Option<&Limits>, path: &str) -> Value {
        let Value::Object(entries) = value else {
            self.report(path, "must be an object");
            return value;
        };
        if let Some(limits) = limits {
            self.length(entries.len(), limits, "elements", path);
        }
        let checked = entries
            .into_iter()
            .filter(|(_, value)| !value.is_null() || *element == Shape::Any)
            .map(|(key, value)| {
                let value = self.value(value, element, None, &format!("{path}.{key}"));
                (key, value)
            });
        checked.collect::<Map<_, _>>().into()
    }

    /// The value must be exactly one of the shapes: the one that its constant field names, or, for shapes without
    /// one, the first that has nothing against it.
    fn union(&mut self, value: Value, shapes: &[Shape], limits: Option<&Limits>, path: &str) -> Value {
        let variants = self.catalog.variants(shapes);
        let tagged = variants.iter().find(|variant| {
            variant.tag.is_some_and(|(field, text)| value.get(field).and_then(Value::as_str) == Some(text))
        });
        if let Some(variant) = tagged {
            return self.value(value, variant.shape, limits, path);
        }
        let untagged: Vec<_> = variants.iter().filter(|variant| variant.tag.is_none()).collect();
        // What is wrong with the one shape that has the right type of JSON says more than that no shape fits.
        let mut near: Vec<Vec<Problem>> = Vec::new();
        for variant in &untagged {
            let mut attempt = Self { catalog: self.catalog, problems: Vec::new() };
            let checked = attempt.value(value.clone(), variant.shape, limits, path);
            if attempt.problems.is_empty() {
                return checked;
            }
            if !attempt.problems.iter().any(|one| {
                one.path == path && one.message.starts_with("must be a ")
                    || one.message == "must be an object"
            }) {
                near.push(attempt.problems);
            }
        }
        let tags: Vec<_> = variants.iter().filter_map(|variant| variant.tag).collect();
        match (tags.first(), near.pop()) {
            (_, Some(problems)) if near.is_empty() => self.problems.extend(problems),
            (Some((field, _)), _) if untagged.is_empty() => {
                let texts: Vec<_> = tags.iter().map(|(_, text)| *text).collect();
                let message = format!("must be one of {}", texts.join(", "));
                self.problems.push(Problem { path: format!("{path}.{field}"), message });
            }
            _ => {
                let names: Vec<_> = variants.iter().map(|variant| variant.name.as_str()).collect();
                self.report(path, &format!("must be exactly one of {}", names.join(", ")));
            }
        }
        value
    }

    fn report(&mut self, path: &str, message: &str) {
        self.problems.push(Problem { path: path.to_owned(), message: message.to_owned() });
    }
}

/// Whether the whole text matches. A pattern that cannot be read matches nothing, so that it is noticed.
fn matches(pattern: &str, text: &str) -> bool {
    static COMPILED: Mutex<Option<HashMap<String, Regex>>> = Mutex::new(None);
    let mut compiled = COMPILED.lock().unwrap_or_else(PoisonError::into_inner);
    let compiled = compiled.get_or_insert_default();
    if !compiled.contains_key(pattern) {
        let Ok(regex) = Regex::new(&format!("^(?:{pattern})$")) else { return false };
        compiled.insert(pattern.to_owned(), regex);
    }
    compiled.get(pattern).is_some_and(|regex| regex.is_match(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn wrong(manifest: Value) -> Vec<String> {
        let name = manifest["type"].as_str().unwrap_or_default().to_owned();
        let kind = Catalog::get().kind(&name).unwrap();
        let problems = check(manifest, &kind.object).err().unwrap_or_default();
        problems.into_iter().map(|problem| format!("{} {}", problem.path, problem.message)).collect()
    }

    fn service() -> Value {
        json!({
            "type": "service", "name": "api", "workspace_fqn": "c:w", "replicas": 1,
            "image": {"type": "image", "image_uri": "nginx"}, "ports": [{"port": 80, "expose": false, "protocol": "TCP"}]
        })
    }

    #[test]
    fn every_pattern_of_the_catalog_can_be_read() {
        let catalog = Catalog::get();
        let mut count = 0;
        for kind in catalog.kinds() {
            for field in catalog.reachable(&kind.object).values().flat_map(|object| object.values()) {
                if let Some(pattern) = field.limits.as_ref().and_then(|limits| limits.pattern.as_ref()) {
                    Regex::new(&format!("^(?:{pattern})$")).unwrap();
                    count += 1;
                }
            }
        }
        assert!(count > 100, "{count}");
    }

    #[test]
    fn a_right_manifest_is_stored_without_its_nulls() {
        let mut manifest = service();
        manifest["labels"] = Value::Null;
        manifest["image"]["command"] = Value::Null;
        assert_eq!(check(manifest, "Service").unwrap(), service());
    }

    #[test]
    fn everything_wrong_is_reported_with_its_place() {
        let mut manifest = service();
        manifest["name"] = json!("API");
        manifest["ports"] = json!([{"port": 0, "expose": "no", "more": 1}, 7]);
        manifest["replicas"] = json!(501);
        manifest["extra"] = Value::Null;
        assert_eq!(
            wrong(manifest),
            [
                "manifest.extra is not a known field",
                "manifest.name must match `^[a-z][a-z0-9]*(-[a-z0-9]+)*$`",
                "manifest.replicas must be at most 500",
                "manifest.ports[0].more is not a known field",
                "manifest.ports[0].protocol is required",
                "manifest.ports[0].port must be at least 1",
                "manifest.ports[0].expose must be true or false",
                "manifest.ports[1] must be an object",
            ]
        );
    }

    #[test]
    fn exactly_one_variant_by_its_constant_field() {
        let mut manifest = service();
        manifest["image"] = json!({"type": "picture"});
        let problems = wrong(manifest.clone());
        assert!(problems[0].starts_with("manifest.image.type must be one of "), "{problems:?}");
        manifest["image"] = json!({"type": "image", "image_uri": "x", "docker_file": "y"});
        assert_eq!(wrong(manifest), ["manifest.image.docker_file is not a known field"]);
    }
}
