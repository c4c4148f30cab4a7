//! All kinds of the catalog at once.

use truefoundry_catalog::sample::Sampler;

use super::*;

fn value(kind: &Catalogued, manifest: &Json) -> Value {
    let json = kind.attributes(manifest).to_string();
    Value::from_json(json.as_bytes(), &kind.schema().ty())
        .unwrap_or_else(|error| panic!("{}: {error}\n{json}", kind.0.manifest_type))
}

#[test]
fn every_manifest_goes_there_and_back() {
    let mut count = 0;
    for kind in entries().map(Catalogued) {
        for sample in Sampler::all(kind.0) {
            let back = Json::Object(kind.manifest(&value(&kind, &sample), &Value::Null));
            assert_eq!(sorted(&back), sorted(&sample), "{}", kind.0.manifest_type);
            count += 1;
        }
    }
    assert!(count > 500, "only {count} samples");
}

/// Sets and maps by name have an order of their own.
fn sorted(json: &Json) -> Json {
    match json {
        Json::Array(elements) => {
            let mut elements: Vec<_> = elements.iter().map(sorted).collect();
            elements.sort_by_key(Json::to_string);
            elements.into()
        }
        Json::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().map(|(k, v)| (k.clone(), sorted(v))).collect();
            entries.sort_by(|a, b| a.0.cmp(&b.0));
            Json::Object(entries.into_iter().collect())
        }
        other => other.clone(),
    }
}

#[test]
fn every_sample_is_a_valid_configuration() {
    for kind in entries().map(Catalogued) {
        let schema = kind.schema();
        for sample in Sampler::all(kind.0) {
            let mut problems = tfplugin::Diagnostics::default();
            schema.validate_config(&value(&kind, &sample), &mut problems);
            assert!(problems.is_empty(), "{}: {problems:#?}\n{sample:#}", kind.0.manifest_type);
        }
    }
}

#[test]
fn write_only_secrets_reach_the_manifest() {
    let kind =
        entries().find(|entry| entry.manifest_type == "provider-account/openai").map(Catalogued).unwrap();
    let sample = Sampler { variant: 0, full: true, seed: 0 }.manifest(kind.0);
    let mut wanted = value(&kind, &sample);
    let mut auth = wanted.get("auth_data").clone();
    auth.put("api_key", Value::Null);
    wanted.put("auth_data", auth);
    let mut config = wanted.clone();
    let mut auth = config.get("auth_data").clone();
    auth.put("api_key_wo", "hush");
    config.put("auth_data", auth);
    assert_eq!(kind.manifest(&wanted, &config)["auth_data"]["api_key"], "hush");
}

#[test]
fn what_is_not_known_is_left_out_of_a_write_and_named_in_a_question() {
    let kind =
        entries().find(|entry| entry.manifest_type == "provider-account/openai").map(Catalogued).unwrap();
    let sample = Sampler { variant: 0, full: true, seed: 0 }.manifest(kind.0);
    let mut state = value(&kind, &sample);
    let mut auth = state.get("auth_data").clone();
    auth.put("api_key", Value::Null);
    state.put("auth_data", auth);
    let written = kind.manifest(&state, &Value::Null);
    assert_eq!(written["auth_data"].get("api_key"), None, "a credential is never made up");
    assert_eq!(kind.probe(&state)["auth_data"]["api_key"], "unchanged");
}

#[test]
fn entries_of_a_map_that_are_write_only_are_added_to_the_others() {
    let kind = entries().find(|entry| entry.manifest_type == "spark-job").map(Catalogued).unwrap();
    let wanted = Value::object([("env", r#"{"A": "1", "B": "2"}"#.into())]);
    let config = Value::object([("env_wo", r#"{"B": "hush"}"#.into())]);
    assert_eq!(kind.manifest(&wanted, &config)["env"], serde_json::json!({ "A": "1", "B": "hush" }));
}

#[test]
fn values_of_a_chart_take_secrets_at_any_depth() {
    let kind = entries().find(|entry| entry.manifest_type == "helm").map(Catalogued).unwrap();
    let wanted = Value::object([("values", r#"{"auth": {"user": "me", "enabled": true}}"#.into())]);
    let config = Value::object([("values_wo", r#"{"auth": {"password": "hush"}}"#.into())]);
    let expected = serde_json::json!({ "auth": { "user": "me", "enabled": true, "password": "hush" } });
    assert_eq!(kind.manifest(&wanted, &config)["values"], expected);
    assert_eq!(
        kind.manifest(&Value::Null, &config)["values"],
        serde_json::json!({ "auth": { "password": "hush" } })
    );
}
