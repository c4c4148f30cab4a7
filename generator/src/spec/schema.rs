//! The JSON schema of `platform.yaml`: for editors, and for our own check of shape.

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform};
use serde_json::Value;

use super::{Spec, patterns};

/// The name of the file beside `platform.yaml` in which editors find it.
pub const FILE: &str = "platform.schema.json";

/// The schema as JSON.
///
/// An option that is left out is left out: no key takes an explicit `null`, so that a mapping whose lines are all
/// commented out is an error and not a default.
pub fn schema() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<Spec>();
    RecursiveTransform(without_null).transform(&mut schema);
    RecursiveTransform(patterns::resolve).transform(&mut schema);
    RecursiveTransform(with_greatest).transform(&mut schema);
    schema.to_value()
}

/// The schema as it is written to a file: two spaces, a newline at the end.
pub fn schema_text() -> String {
    format!("{:#}\n", schema())
}

fn without_null(schema: &mut schemars::Schema) {
    let Some(object) = schema.as_object_mut() else { return };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|t| t != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".to_owned(), only);
        }
    }
    if let Some(Value::Array(variants)) = object.get_mut("anyOf") {
        variants.retain(|v| v.get("type").is_none_or(|t| t != "null"));
        if let [Value::Object(only)] = variants.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            for (key, value) in only {
                object.entry(key).or_insert(value);
            }
        }
    }
    if object.get("default").is_some_and(Value::is_null) {
        object.remove("default");
    }
}

/// A number that the type behind it cannot hold is out of range, and no mistake of ours.
fn with_greatest(schema: &mut schemars::Schema) {
    let is_u32 = schema.get("format").and_then(Value::as_str) == Some("uint32");
    if is_u32 && schema.get("maximum").is_none() && schema.get("enum").is_none() {
        schema.insert("maximum".to_owned(), u32::MAX.into());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn committed_schema_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema/platform.schema.json");
        let wanted = schema_text();
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs_err::write(path, &wanted).unwrap();
        }
        let found = fs_err::read_to_string(path).unwrap_or_default();
        assert!(found == wanted, "the schema changed: run the tests once with UPDATE_GOLDEN=1");
    }

    #[test]
    fn no_key_takes_null_and_every_mapping_is_closed() {
        fn walk(value: &Value, at: &str) {
            match value {
                Value::Object(object) => {
                    assert_ne!(object.get("type"), Some(&Value::from("null")), "{at}");
                    if object.contains_key("properties") && object.get("type") == Some(&"object".into()) {
                        assert_eq!(object.get("additionalProperties"), Some(&Value::Bool(false)), "{at}");
                    }
                    object.iter().for_each(|(k, v)| walk(v, &format!("{at}/{k}")));
                }
                Value::Array(items) => items.iter().for_each(|v| walk(v, at)),
                _ => {}
            }
        }
        walk(&schema(), "");
    }

    #[test]
    fn every_key_is_described() {
        fn walk(value: &Value, at: &str) {
            if let Some(Value::Object(properties)) = value.get("properties") {
                for (name, property) in properties {
                    let description = property["description"].as_str().unwrap_or_default();
                    assert!(!description.is_empty(), "{at}/{name} has no description");
                }
            }
            match value {
                Value::Object(object) => object.iter().for_each(|(k, v)| walk(v, &format!("{at}/{k}"))),
                Value::Array(items) => items.iter().for_each(|v| walk(v, at)),
                _ => {}
            }
        }
        let mut schema = schema();
        // Choices describe their variants, not the one key inside each.
        for choice in
            ["NetworkChoice", "ClusterChoice", "Access", "State", "Nat", "PullThrough", "Reservation", "Waf"]
        {
            schema["$defs"][choice] = Value::Null;
        }
        walk(&schema, "");
    }
}
