//! An object of the control plane, as it came.

use serde_json::Value;

/// One environment, provider account, cluster, workspace ...: a JSON object with a few fields every kind has.
///
/// Control planes of different versions wrap and name things differently; the accessors look in every place
/// that is known, [`Entity::raw`] is the whole object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entity {
    id: String,
    fqn: Option<String>,
    name: String,
    raw: Value,
}

impl Entity {
    /// Reads an entity from an object, or from `{"data": object}`. `None` when it has neither an id nor a name.
    pub fn from_value(value: Value) -> Option<Self> {
        let raw = unwrap_data(value);
        let text = |pointer: &str| match raw.pointer(pointer)? {
            Value::String(text) if !text.is_empty() => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let fqn = text("/fqn");
        let name = text("/manifest/name").or_else(|| text("/name"));
        // A cluster's id is its name, so an object without an id is still reachable by FQN or name.
        let id = text("/id").or_else(|| fqn.clone()).or_else(|| name.clone())?;
        let name = name.or_else(|| fqn.clone()).unwrap_or_else(|| id.clone());
        Some(Self { id, fqn, name, raw })
    }

    /// The server's identifier, used in paths.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The fully qualified name, for kinds that have one.
    pub fn fqn(&self) -> Option<&str> {
        self.fqn.as_deref()
    }

    /// The name in the manifest.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The manifest, `null` when the answer had none. The server may have masked credentials in it.
    pub fn manifest(&self) -> &Value {
        &self.raw["manifest"]
    }

    /// A string field of the object beside the manifest, such as `clusterId` or `createdAt`.
    pub fn text(&self, field: &str) -> Option<&str> {
        self.raw[field].as_str()
    }

    /// When it was made (RFC 3339), where the control plane says so. What is about machine learning is written in another style.
    pub fn created_at(&self) -> Option<&str> {
        self.text("createdAt").or_else(|| self.text("created_at"))
    }

    /// Who made it, as [`crate::Client::subject`] has it.
    pub fn created_by(&self) -> Option<&str> {
        let places = [
            ["createdBySubject", "subjectSlug"],
            ["created_by_subject", "subjectSlug"],
            ["created_by_subject", "subject_slug"],
        ];
        places.iter().find_map(|[subject, slug]| self.raw[*subject][*slug].as_str())
    }

    /// What changes with every write, where the control plane shows such a thing: times, versions, deployments.
    pub fn stamp(&self) -> Vec<&Value> {
        let places = [
            "/updatedAt",
            "/updated_at",
            "/version",
            "/lastVersion",
            "/lastDeploymentId",
            "/deployment/id",
            "/latest_version/id",
            "/latestVersion/id",
            "/secretVersions",
        ];
        places.iter().filter_map(|place| self.raw.pointer(place)).collect()
    }

    /// The integrations of a provider account, each an entity of its own; empty for other kinds.
    pub fn integrations(&self) -> Vec<Self> {
        let items = self.raw["integrations"].as_array();
        items.into_iter().flatten().cloned().filter_map(Self::from_value).collect()
    }

    /// The whole object.
    pub fn raw(&self) -> &Value {
        &self.raw
    }

    pub(crate) fn into_raw(self) -> Value {
        self.raw
    }

    /// What a user may call the object: its FQN, and its name.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.fqn().into_iter().chain([self.name()])
    }

    /// Whether this is the object that a user calls `key`.
    pub(crate) fn is_called(&self, key: &str) -> bool {
        self.names().any(|name| name == key)
    }
}

fn unwrap_data(mut value: Value) -> Value {
    match value.get_mut("data") {
        Some(data) if data.is_object() => data.take(),
        _ => value,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parts(value: Value) -> Option<(String, Option<String>, String)> {
        Entity::from_value(value)
            .map(|e| (e.id().to_owned(), e.fqn().map(str::to_owned), e.name().to_owned()))
    }

    #[test]
    fn every_known_shape_is_read() {
        let plain = json!({"id": "1", "fqn": "c:w", "manifest": {"name": "w"}});
        let expected = Some(("1".to_owned(), Some("c:w".to_owned()), "w".to_owned()));
        assert_eq!(parts(plain.clone()), expected);
        assert_eq!(parts(json!({"data": plain})), expected);
        assert_eq!(
            parts(json!({"name": "staging", "manifest": {}})),
            Some(("staging".to_owned(), None, "staging".to_owned()))
        );
        assert_eq!(parts(json!({"id": 7, "name": "x"})), Some(("7".to_owned(), None, "x".to_owned())));
        assert_eq!(parts(json!({"id": "", "fqn": null})), None);
        assert_eq!(parts(json!([])), None);
        assert_eq!(parts(json!(true)), None);
    }

    #[test]
    fn integrations_are_entities() {
        let account = Entity::from_value(json!({
            "id": "a", "fqn": "t:aws:main", "manifest": {"name": "main"},
            "integrations": [{"id": "i", "fqn": "t:aws:main:cluster:eks", "name": "eks", "manifest": {"name": "eks"}}]
        }))
        .unwrap();
        let fqns: Vec<_> = account.integrations().iter().map(|i| i.fqn().unwrap().to_owned()).collect();
        assert_eq!(fqns, ["t:aws:main:cluster:eks"]);
        assert_eq!(account.text("fqn"), Some("t:aws:main"));
        assert_eq!(account.text("missing"), None);
    }
}
