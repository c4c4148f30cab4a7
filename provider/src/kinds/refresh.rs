//! What of a manifest that was read back goes into the state.
//!
//! The state holds what the user set. A control plane adds defaults, lists of subjects and the like by itself; taking
//! those over would show differences that nobody made. So an attribute that was never configured stays null, and one
//! that was is refreshed. Secrets are never taken from an answer: it may hold a mask.

use tfplugin::schema::{Attribute, Attributes, Nesting, Shape};
use tfplugin::value::{Object, Value};

use crate::object::is_mask;

/// The attributes of an object: those set in `known` as they are in `actual`; all of them when `known` is null, as
/// after an import.
pub(super) fn refresh(attributes: &Attributes, known: &Value, actual: &Value) -> Value {
    let everything = !known.is_set();
    let siblings = known;
    let refreshed = attributes.iter().map(|(name, attribute)| {
        let (known, actual) = (known.get(name), actual.get(name));
        let value = match attribute {
            _ if attribute.is_write_only() => Value::Null,
            _ if attribute.is_sensitive() || cannot_come_back(name) => known.clone(),
            _ if known.is_null() && !everything => Value::Null,
            _ if has_secrets_over_it(name, siblings) => known.clone(),
            _ => refresh_one(name, attribute, known, actual),
        };
        (name.clone(), value)
    });
    Value::Map(refreshed.collect::<Object>())
}

/// The version that stands beside a write-only attribute exists in the configuration alone.
fn cannot_come_back(name: &str) -> bool {
    name.ends_with("_wo_version")
}

/// Whether a write-only twin lies over the attribute. What came back has its secrets in it, and nobody knows any more which they are.
fn has_secrets_over_it(name: &str, siblings: &Value) -> bool {
    siblings.get(&format!("{name}_wo_version")).is_set()
}

/// Lists of subjects to which a control plane adds by itself: whoever makes an object gets access to it. Additions are
/// left alone, so that they are not taken away again; what is missing is shown.
fn is_granted(name: &str) -> bool {
    matches!(name, "authorized_subjects" | "collaborators")
}

/// Whether a control plane has put a mask in a value's place: nothing can be told from it.
fn is_masked(actual: &Value) -> bool {
    match actual {
        Value::String(text) => is_mask(text),
        Value::List(elements) | Value::Set(elements) => elements.iter().any(is_masked),
        Value::Map(entries) => entries.values().any(is_masked),
        _ => false,
    }
}

fn refresh_one(name: &str, attribute: &Attribute, known: &Value, actual: &Value) -> Value {
    if is_granted(name) && known.is_set() {
        return granted(known, actual);
    }
    let Shape::Nested(nesting, inner) = attribute.shape() else {
        return if is_masked(actual) { known.clone() } else { actual.clone() };
    };
    match (nesting, actual) {
        // An object with nothing in it may be kept as none.
        (Nesting::Single, Value::Null) if is_empty(known) => known.clone(),
        (_, Value::Null) => Value::Null,
        (Nesting::Single, actual) => refresh(inner, known, actual),
        (Nesting::Map, Value::Map(entries)) => {
            let entries =
                entries.iter().map(|(key, actual)| (key.clone(), refresh(inner, known.get(key), actual)));
            Value::Map(entries.collect())
        }
        (Nesting::List, Value::List(elements)) => {
            let known = known.as_elements().unwrap_or_default();
            let elements = elements.iter().enumerate();
            let elements = elements
                .map(|(index, actual)| refresh(inner, known.get(index).unwrap_or(&Value::Null), actual));
            Value::List(elements.collect())
        }
        (_, actual) => actual.clone(),
    }
}

fn is_empty(object: &Value) -> bool {
    object.as_object().is_some_and(|members| members.values().all(Value::is_null))
}

/// Those that are known and still there, in the order in which they are known. With everything known still there,
/// that is what is known.
fn granted(known: &Value, actual: &Value) -> Value {
    let actual = actual.as_elements().unwrap_or_default();
    let kept = known.as_elements().unwrap_or_default().iter();
    let kept = kept.filter(|known| actual.contains(known)).cloned().collect();
    match known {
        Value::Set(_) => Value::Set(kept),
        _ => Value::List(kept),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tfplugin::schema::Schema;

    fn schema() -> Schema {
        Schema::new([
            ("name", Attribute::string().required()),
            ("note", Attribute::string()),
            ("secret", Attribute::string().sensitive()),
            ("secret_wo", Attribute::string().write_only()),
            ("secret_wo_version", Attribute::int64()),
            ("parts", Attribute::map_of([("a", Attribute::string()), ("b", Attribute::string())])),
        ])
    }

    fn text(entries: &[(&str, &str)]) -> Value {
        Value::object(entries.iter().map(|(name, text)| (*name, Value::from(*text))))
    }

    #[test]
    fn only_what_was_set_is_refreshed() {
        let mut known = text(&[("name", "x"), ("secret", "hush")]);
        known.put("secret_wo_version", 2);
        known.put("parts", Value::object([("p", text(&[("a", "1")]))]));
        let mut actual = text(&[("name", "y"), ("note", "added by the server"), ("secret", "***")]);
        let both = || text(&[("a", "2"), ("b", "3")]);
        actual.put("parts", Value::object([("p", both()), ("new", both())]));

        let state = refresh(schema().attributes(), &known, &actual);
        assert_eq!(state.get("name"), &Value::from("y"));
        assert!(state.get("note").is_null());
        assert_eq!(state.get("secret"), &Value::from("hush"));
        assert_eq!(state.get("secret_wo_version"), &Value::from(2));
        assert_eq!(state.at(&["parts", "p", "a"]), &Value::from("2"));
        assert!(state.at(&["parts", "p", "b"]).is_null(), "never configured");
        assert_eq!(
            state.at(&["parts", "new", "b"]),
            &Value::from("3"),
            "an entry from outside is shown whole"
        );
    }

    #[test]
    fn secrets_that_a_twin_has_laid_over_a_map_are_not_taken_into_the_state() {
        let env = || Attribute::map(tfplugin::value::Type::String);
        let schema = Schema::new([
            ("env", env()),
            ("env_wo", env().sensitive().write_only()),
            ("env_wo_version", Attribute::number()),
        ]);
        let actual = Value::object([("env", text(&[("A", "1"), ("B", "hush")]))]);
        let mut known = Value::object([("env", text(&[("A", "1")]))]);
        assert_eq!(refresh(schema.attributes(), &known, &actual).get("env"), actual.get("env"));
        known.put("env_wo_version", 1);
        assert_eq!(refresh(schema.attributes(), &known, &actual).get("env"), &text(&[("A", "1")]));
    }

    #[test]
    fn an_empty_object_may_be_kept_as_none() {
        let schema = Schema::new([("color", Attribute::object([("hex", Attribute::string())]))]);
        let color = |hex: Value| Value::object([("color", Value::object([("hex", hex)]))]);
        let state =
            |known: &Value| refresh(schema.attributes(), known, &Value::object([("color", Value::Null)]));
        assert_eq!(state(&color(Value::Null)), color(Value::Null));
        assert!(state(&color("#fff".into())).get("color").is_null(), "what was set and is gone is shown");
    }

    #[test]
    fn lists_of_objects_are_refreshed_element_by_element() {
        let schema = Schema::new([(
            "steps",
            Attribute::list_of([("a", Attribute::string()), ("b", Attribute::string())]),
        )]);
        let known = Value::object([("steps", Value::List(vec![text(&[("a", "1")])]))]);
        let both = |a: &str| text(&[("a", a), ("b", "filled in")]);
        let actual = Value::object([("steps", Value::List(vec![both("2"), both("new")]))]);
        let state = refresh(schema.attributes(), &known, &actual);
        let steps = state.get("steps").as_elements().unwrap();
        assert_eq!(steps[0].get("a"), &Value::from("2"));
        assert!(steps[0].get("b").is_null(), "never configured");
        assert_eq!(steps[1].get("b"), &Value::from("filled in"), "an element from outside is shown whole");
    }

    #[test]
    fn a_mask_says_nothing() {
        let schema = Schema::new([("client_id", Attribute::string()), ("name", Attribute::string())]);
        let known = text(&[("client_id", "real"), ("name", "x")]);
        let state = refresh(schema.attributes(), &known, &text(&[("client_id", "***"), ("name", "**")]));
        assert_eq!(state.get("client_id"), &Value::from("real"));
        assert_eq!(state.get("name"), &Value::from("**"), "too short for a mask");
    }

    #[test]
    fn access_that_the_control_plane_gives_by_itself_is_no_difference() {
        let schema = Schema::new([("authorized_subjects", Attribute::set(tfplugin::value::Type::String))]);
        let set = |names: &[&str]| {
            let names = names.iter().map(|name| Value::from(*name)).collect();
            Value::object([("authorized_subjects", Value::Set(names))])
        };
        let state = |known: &[&str], actual: &[&str]| refresh(schema.attributes(), &set(known), &set(actual));
        assert_eq!(state(&["a", "b"], &["b", "everyone", "a"]), set(&["a", "b"]));
        assert_eq!(state(&["a", "b"], &["everyone", "a"]), set(&["a"]), "what was taken away is shown");
    }

    #[test]
    fn an_import_takes_everything_but_secrets() {
        let actual = text(&[("name", "y"), ("note", "n"), ("secret", "***")]);
        let state = refresh(schema().attributes(), &Value::Null, &actual);
        assert_eq!(state.get("note"), &Value::from("n"));
        assert!(state.get("secret").is_null());
    }
}
