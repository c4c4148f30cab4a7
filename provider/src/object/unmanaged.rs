//! What an object has and Terraform never managed.

use serde_json::{Map, Value as Json};
use tfplugin::Diagnostic;
use truefoundry_api::Entity;

/// Adds to `manifest` what the object has and Terraform never managed. A manifest replaces the whole object, so an
/// access list or a setting made elsewhere would be lost. Fails with the name of a field that cannot be kept, because a
/// mask stands where the control plane has a credential.
pub(crate) fn keep_unmanaged(
    mut manifest: Map<String, Json>,
    managed_before: &Map<String, Json>,
    current: Option<&Entity>,
) -> Result<Map<String, Json>, String> {
    let current = current.and_then(|entity| entity.manifest().as_object());
    for (field, value) in current.into_iter().flatten() {
        let managed = manifest.contains_key(field) || managed_before.contains_key(field);
        if managed || value.is_null() {
            continue;
        }
        if has_mask(value) {
            return Err(field.clone());
        }
        manifest.insert(field.clone(), value.clone());
    }
    Ok(manifest)
}

fn has_mask(value: &Json) -> bool {
    match value {
        Json::String(text) => is_mask(text),
        Json::Array(items) => items.iter().any(has_mask),
        Json::Object(fields) => fields.values().any(has_mask),
        _ => false,
    }
}

/// Whether this is what a control plane shows in place of a credential.
pub(crate) fn is_mask(text: &str) -> bool {
    text.len() >= 3 && text.bytes().all(|byte| byte == b'*')
}

/// What the user is told when a field of the object cannot be kept: see [`keep_unmanaged`].
pub(crate) fn would_be_lost(object: &str, field: &str) -> Diagnostic {
    Diagnostic::error(format!("The {object} has credentials that would be lost")).detail(format!(
        "Its `{field}` was set elsewhere and holds credentials that the control plane does not show. A write replaces \
         the whole object, so they would be gone. Nothing was changed.\n\nhint: set `{field}` in this configuration \
         too, or take it away where it was set."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn object(json: &Json) -> Map<String, Json> {
        json.as_object().cloned().unwrap_or_default()
    }

    #[test]
    fn what_terraform_never_managed_survives_an_update_and_what_it_did_goes() {
        let entity = Entity::from_value(json!({ "id": "1", "manifest": {
            "name": "x", "collaborators": ["by hand"], "labels": {"was": "managed"},
            "note": null,
        }}))
        .unwrap();
        let merged = keep_unmanaged(
            object(&json!({ "name": "x", "base_domains": ["a"] })),
            &object(&json!({ "name": "x", "labels": {"was": "managed"} })),
            Some(&entity),
        )
        .unwrap();
        let expected = json!({ "name": "x", "base_domains": ["a"], "collaborators": ["by hand"] });
        assert_eq!(merged, object(&expected));
    }

    #[test]
    fn a_credential_that_was_set_elsewhere_is_not_overwritten_by_its_mask() {
        let entity = Entity::from_value(json!({ "id": "1", "manifest": {
            "name": "x", "auth_data": {"type": "key", "secret": "***"},
        }}))
        .unwrap();
        let keep = |manifest: Json| keep_unmanaged(object(&manifest), &Map::new(), Some(&entity));
        let field = keep(json!({ "name": "x" })).unwrap_err();
        assert_eq!(
            would_be_lost("environment `x`", &field).to_string(),
            "The environment `x` has credentials that would be lost: Its `auth_data` was set elsewhere and holds \
             credentials that the control plane does not show. A write replaces the whole object, so they would be gone. \
             Nothing was changed.\n\nhint: set `auth_data` in this configuration too, or take it away where it was set."
        );
        let ours = json!({ "name": "x", "auth_data": {"type": "key", "secret": "s"} });
        assert_eq!(keep(ours.clone()), Ok(object(&ours)));
    }
}
