//! `cargo xtask catalog`: the catalog's facts from the schema that the control plane's API publishes.

mod limits;

use std::collections::BTreeMap;
use std::path::Path;

use acceptance_tests::repository;
use anyhow::{Context as _, Result, bail};
use fs_err as fs;
use serde_json::Value as Json;
use truefoundry_catalog::facts::{Facts, Field, Object, Shape};

use crate::ui::Ui;

/// Where the facts are kept.
const FACTS: &str = "provider/catalog/data/manifests.json";

/// Options of the task: files and a name after a flag each.
const USAGE: &str =
    "cargo xtask catalog --from <schema.json> --source <name and version> [--limits <models.json>] [--write]";

/// Shows what a newer schema (the JSON Schema of the manifests that `PUT /apply` accepts) adds, changes and removes;
/// takes it over with `--write`. `--limits` names the bounds that the vendor's client enforces, by model and field.
pub(crate) fn run(ui: &Ui, arguments: &[String]) -> Result<()> {
    let option = |flag: &str| {
        let at = arguments.iter().position(|argument| argument == flag)?;
        arguments.get(at + 1).map(String::as_str)
    };
    let (Some(from), Some(source)) = (option("--from"), option("--source")) else { bail!("usage: {USAGE}") };
    let mut facts = facts(&read(Path::new(from))?, source).with_context(|| format!("`{from}`"))?;
    if let Some(file) = option("--limits") {
        limits::apply(&mut facts, &read(Path::new(file))?).with_context(|| format!("`{file}`"))?;
    }
    let path = repository::root().join(FACTS);
    let before: Facts = match fs::read(&path) {
        Ok(bytes) => serde_json::from_slice(&bytes).with_context(|| format!("`{FACTS}`"))?,
        Err(_) => Facts::default(),
    };
    let changes = changes(&before, &facts);
    ui.result(&if changes.is_empty() { "nothing has changed".to_owned() } else { changes.join("\n") });
    if arguments.iter().any(|argument| argument == "--write") {
        fs::write(&path, serde_json::to_string_pretty(&facts)? + "\n")?;
    }
    Ok(())
}

fn read(path: &Path) -> Result<Json> {
    serde_json::from_slice(&fs::read(path)?).with_context(|| format!("`{}` is not JSON", path.display()))
}

fn facts(schema: &Json, source: &str) -> Result<Facts> {
    let definitions = schema["$defs"].as_object().context("it has no `$defs`")?;
    let mut facts = Facts { source: source.to_owned(), ..Facts::default() };
    for kind in schema["anyOf"].as_array().context("it has no `anyOf` of manifests")? {
        let name = reference(kind).context("a manifest that is not a reference")?;
        let manifest_type = definitions[name]["properties"]["type"]["const"]
            .as_str()
            .with_context(|| format!("`{name}` has no constant `type`"))?;
        facts.kinds.insert(manifest_type.to_owned(), name.to_owned());
    }
    for (name, definition) in definitions {
        if let Some(texts) = definition["enum"].as_array() {
            let texts = texts.iter().filter_map(Json::as_str).map(str::to_owned).collect();
            facts.enums.insert(name.clone(), texts);
        } else {
            let object = object(definition, definitions).with_context(|| format!("`{name}`"))?;
            facts.objects.insert(name.clone(), object);
        }
    }
    Ok(facts)
}

type Definitions = serde_json::Map<String, Json>;

fn reference(schema: &Json) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/$defs/")
}

fn object(definition: &Json, definitions: &Definitions) -> Result<Object> {
    let required: Vec<_> =
        definition["required"].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    let fields = definition["properties"].as_object().context("it is no object with fields")?;
    let fields = fields.iter().map(|(name, schema)| {
        let is = shape(schema, definitions).with_context(|| format!("field `{name}`"))?;
        // The tag of a manifest is always sent, whether the schema demands it or fills it in.
        let required = required.contains(&name.as_str()) || matches!(is, Shape::Const(_));
        Ok((name.clone(), Field { is, required, limits: None }))
    });
    fields.collect()
}

fn shape(schema: &Json, definitions: &Definitions) -> Result<Shape> {
    if let Some(name) = reference(schema) {
        let is_enum = definitions.get(name).context("a dangling reference")?["enum"].is_array();
        return Ok(if is_enum { Shape::Enum(name.to_owned()) } else { Shape::Object(name.to_owned()) });
    }
    if let Some(text) = schema["const"].as_str() {
        return Ok(Shape::Const(text.to_owned()));
    }
    if let Some(variants) = schema["anyOf"].as_array() {
        return union(variants, definitions);
    }
    Ok(match schema["type"].as_str() {
        Some("string") => Shape::String,
        Some("integer") => Shape::Integer,
        Some("number") => Shape::Number,
        Some("boolean") => Shape::Boolean,
        Some("array") => Shape::List(Box::new(shape(&schema["items"], definitions)?)),
        Some("object") => match &schema["additionalProperties"] {
            values @ Json::Object(_) => Shape::Map(Box::new(shape(values, definitions)?)),
            _ => Shape::Map(Box::new(Shape::Any)),
        },
        Some(other) => bail!("a type `{other}` that the catalog does not know"),
        // Constants that are not texts, and values of any type.
        None => schema["const"].as_bool().map_or(Shape::Any, |_| Shape::Boolean),
    })
}

/// Null is how clients write "left out": it is not a variant.
fn union(variants: &[Json], definitions: &Definitions) -> Result<Shape> {
    let mut shapes = variants
        .iter()
        .filter(|variant| variant["type"] != "null")
        .map(|variant| shape(variant, definitions))
        .collect::<Result<Vec<_>>>()?;
    Ok(if shapes.len() == 1 { shapes.swap_remove(0) } else { Shape::Union(shapes) })
}

/// What differs, one line each.
fn changes(before: &Facts, after: &Facts) -> Vec<String> {
    let mut lines = Vec::new();
    compare("kind", &before.kinds, &after.kinds, &mut lines);
    compare("enumeration", &before.enums, &after.enums, &mut lines);
    let names =
        |facts: &Facts| facts.objects.keys().map(|name| (name.clone(), ())).collect::<BTreeMap<_, _>>();
    compare("object", &names(before), &names(after), &mut lines);
    for (name, object) in &after.objects {
        if let Some(earlier) = before.objects.get(name) {
            compare(&format!("field of `{name}`:"), earlier, object, &mut lines);
        }
    }
    lines
}

fn compare<T: PartialEq>(
    what: &str,
    before: &BTreeMap<String, T>,
    after: &BTreeMap<String, T>,
    lines: &mut Vec<String>,
) {
    for (name, value) in after {
        match before.get(name) {
            None => lines.push(format!("added    {what} `{name}`")),
            Some(earlier) if earlier != value => lines.push(format!("changed  {what} `{name}`")),
            Some(_) => (),
        }
    }
    let gone = before.keys().filter(|name| !after.contains_key(*name));
    lines.extend(gone.map(|name| format!("removed  {what} `{name}`")));
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn schema(field: &Json) -> Json {
        json!({
            "anyOf": [{ "$ref": "#/$defs/Thing" }],
            "$defs": {
                "Size": { "type": "string", "enum": ["s", "l"] },
                "Thing": { "type": "object", "required": ["size"], "properties": {
                    "type": { "const": "thing", "default": "thing", "type": "string" },
                    "size": { "$ref": "#/$defs/Size" },
                    "note": field,
                }},
            },
        })
    }

    #[test]
    fn a_schema_becomes_facts() {
        let note =
            json!({ "anyOf": [{ "type": "array", "items": { "type": "string" } }, { "type": "null" }] });
        let facts = facts(&schema(&note), "test").unwrap();
        assert_eq!(facts.kinds["thing"], "Thing");
        assert_eq!(facts.enums["Size"], ["s", "l"]);
        let thing = &facts.objects["Thing"];
        assert_eq!(thing["note"].is, Shape::List(Box::new(Shape::String)));
        assert!(thing["type"].required && thing["size"].required && !thing["note"].required);
    }

    #[test]
    fn what_is_new_is_told() {
        let before = facts(&schema(&json!({ "type": "string" })), "test").unwrap();
        let mut after = facts(&schema(&json!({ "type": "integer" })), "test").unwrap();
        after.enums.insert("Colour".into(), vec!["red".into()]);
        after.kinds.clear();
        assert_eq!(
            changes(&before, &after),
            ["removed  kind `thing`", "added    enumeration `Colour`", "changed  field of `Thing`: `note`"]
        );
        assert_eq!(changes(&before, &before), [""; 0]);
    }
}
