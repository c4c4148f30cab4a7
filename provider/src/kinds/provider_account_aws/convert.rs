//! The account's manifest: integrations are a list of tagged objects there and a map of unions here.

use serde_json::{Map, Value as Json, json};
use tfplugin::value::Value;

use super::{KINDS, MANIFEST_TYPE};
use crate::kinds::{attributes_of, object_of};

/// Attribute and manifest field of the account itself, in pairs.
const ACCOUNT: [(&str, &str); 3] =
    [("name", "name"), ("aws_account_id", "aws_account_id"), ("owned_by", "ownedBy")];

const ASSUMED_ROLE: &str = "assumed-role-based";
const ACCESS_KEY: &str = "access-key-based";

/// The `type` in manifests of each kind of integration, in the order of [`KINDS`].
const TYPES: [&str; 5] = [
    "integration/blob-storage/aws/s3",
    "integration/docker-registry/aws/ecr",
    "integration/secret-store/aws/parameter-store",
    "integration/secret-store/aws/secrets-manager",
    "integration/cluster/aws/eks",
];

pub(super) fn manifest(wanted: &Value, config: &Value) -> Map<String, Json> {
    let mut manifest = object_of(wanted, &ACCOUNT);
    manifest.insert("type".into(), MANIFEST_TYPE.into());
    put_auth(&mut manifest, wanted, config);
    let integrations = wanted.get("integrations").as_object().into_iter().flatten();
    let integrations = integrations.map(|(name, integration)| {
        integration_manifest(name, integration, config.at(&["integrations", name]))
    });
    manifest.insert("integrations".into(), integrations.collect());
    manifest
}

fn integration_manifest(name: &str, integration: &Value, config: &Value) -> Json {
    let mut manifest = Map::new();
    for (kind, kind_type) in KINDS.iter().zip(TYPES) {
        let settings = integration.get(kind);
        if settings.is_set() {
            manifest.insert("type".into(), kind_type.into());
            manifest.extend(settings.to_json(false).as_object().cloned().unwrap_or_default());
        }
    }
    manifest.insert("name".into(), name.into());
    manifest.extend(object_of(integration, &[("authorized_subjects", "authorized_subjects")]));
    put_auth(&mut manifest, integration, config);
    manifest.into()
}

fn put_auth(manifest: &mut Map<String, Json>, holder: &Value, config: &Value) {
    let (role, key) = (holder.at(&["auth_data", "assumed_role"]), holder.at(&["auth_data", "access_key"]));
    let auth = if role.is_set() {
        let mut auth =
            object_of(role, &[("assumed_role_arn", "assumed_role_arn"), ("external_id", "external_id")]);
        auth.insert("type".into(), ASSUMED_ROLE.into());
        auth
    } else if key.is_set() {
        let write_only = config.at(&["auth_data", "access_key", "secret_access_key_wo"]);
        let secret = if write_only.is_set() { write_only } else { key.get("secret_access_key") };
        let mut auth = object_of(key, &[("access_key_id", "access_key_id")]);
        auth.insert("type".into(), ACCESS_KEY.into());
        auth.insert("secret_access_key".into(), secret.to_json(false));
        auth
    } else {
        return;
    };
    manifest.insert("auth_data".into(), auth.into());
}

pub(super) fn attributes(manifest: &Json) -> Json {
    let mut attributes = attributes_of(manifest, &ACCOUNT);
    if let Some(auth) = auth_attributes(manifest) {
        attributes.insert("auth_data".into(), auth);
    }
    let integrations = manifest["integrations"].as_array().into_iter().flatten();
    let integrations: Map<_, _> = integrations
        .filter_map(|integration| {
            Some((integration["name"].as_str()?.to_owned(), integration_attributes(integration)))
        })
        .collect();
    attributes.insert("integrations".into(), integrations.into());
    attributes.into()
}

fn integration_attributes(integration: &Json) -> Json {
    let mut attributes = attributes_of(integration, &[("authorized_subjects", "authorized_subjects")]);
    let kind = TYPES.iter().position(|kind_type| integration["type"] == *kind_type);
    if let Some(kind) = kind.and_then(|position| KINDS.get(position)) {
        attributes.insert((*kind).to_owned(), integration.clone());
    }
    if let Some(auth) = auth_attributes(integration) {
        attributes.insert("auth_data".into(), auth);
    }
    attributes.into()
}

/// The credentials' secret part is left out: what is read may be a mask.
fn auth_attributes(holder: &Json) -> Option<Json> {
    let auth = holder.get("auth_data")?;
    match auth["type"].as_str()? {
        ASSUMED_ROLE => Some(json!({ "assumed_role": {
            "assumed_role_arn": auth["assumed_role_arn"], "external_id": auth["external_id"],
        }})),
        ACCESS_KEY => Some(json!({ "access_key": { "access_key_id": auth["access_key_id"] } })),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kind;
    use crate::kinds::provider_account_aws::Account;

    fn full() -> Json {
        json!({
            "type": "provider-account/aws", "name": "main", "aws_account_id": "123456789012",
            "ownedBy": { "account": "default" },
            "auth_data": { "type": "assumed-role-based", "assumed_role_arn": "arn:aws:iam::123456789012:role/x", "external_id": "e" },
            "integrations": [
                { "type": "integration/docker-registry/aws/ecr", "name": "images", "registry_url": "r" },
                { "type": "integration/cluster/aws/eks", "name": "k", "region": "us-east-1", "cluster_name": "c",
                  "authorized_subjects": ["team:everyone"] },
                { "type": "integration/secret-store/aws/parameter-store", "name": "params", "region": "us-east-1", "tags": {"a": "b"} },
                { "type": "integration/blob-storage/aws/s3", "name": "s3", "region": "us-east-1", "storage_root": "s3://b" },
                { "type": "integration/secret-store/aws/secrets-manager", "name": "secrets", "region": "us-east-1", "kms_arn": "k" },
            ],
        })
    }

    fn read(manifest: &Json) -> Value {
        Value::from_json(attributes(manifest).to_string().as_bytes(), &Account.schema().ty()).unwrap()
    }

    #[test]
    fn manifests_go_there_and_back() {
        assert_eq!(Json::Object(manifest(&read(&full()), &Value::Null)), full());
    }

    #[test]
    fn a_write_only_secret_comes_from_the_configuration() {
        let key = |secret: Option<&str>| {
            let key = Value::object([
                ("access_key_id", Value::from("AKIA")),
                ("secret_access_key_wo", Value::optional(secret)),
            ]);
            Value::object([("auth_data", Value::object([("access_key", key)]))])
        };
        let auth = manifest(&key(None), &key(Some("hush")))["auth_data"].clone();
        assert_eq!(
            auth,
            json!({ "type": "access-key-based", "access_key_id": "AKIA", "secret_access_key": "hush" })
        );
    }

    #[test]
    fn a_secret_is_never_read_back() {
        let manifest = json!({ "name": "main", "integrations": [],
            "auth_data": { "type": "access-key-based", "access_key_id": "AKIA", "secret_access_key": "***" } });
        let key = read(&manifest).at(&["auth_data", "access_key"]).clone();
        assert_eq!(key.get("access_key_id"), &Value::from("AKIA"));
        assert!(key.get("secret_access_key").is_null());
    }
}
