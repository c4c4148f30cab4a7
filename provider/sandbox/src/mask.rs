//! Credentials are not given out again.

use serde_json::{Map, Value};

use crate::schema::Problem;

/// What stands in an answer where a credential is stored.
pub(crate) const MASK: &str = "***";

/// Fields of credentials that hold the secret itself; masked in every answer.
const SECRETS: [&str; 26] = [
    "aws_secret_access_key",
    "aws_session_token",
    "certificate",
    "connection_string",
    "oauth_secret",
    "secret_id",
    "secret_access_key",
    "api_key",
    "apiKey",
    "api_token",
    "api_secret",
    "secret_key",
    "password",
    "token",
    "access_token",
    "bearer_token",
    "bot_token",
    "auth_token",
    "client_secret",
    "client_key",
    "signing_secret",
    "private_key",
    "integration_key",
    "key_file_content",
    "webhook_url",
    "pat_token",
];

/// Objects that hold credentials.
const CREDENTIALS: [&str; 3] = ["auth_data", "auth", "credentials"];

/// Fields of credentials that say which they are.
const PLAIN: [&str; 4] = ["type", "grant_type", "auth_level", "region"];

/// A copy of the manifest as answers show it. With `all`, every text in credentials is masked.
pub(crate) fn masked(manifest: &Value, all: bool) -> Value {
    mask(manifest, all, false)
}

fn mask(value: &Value, all: bool, inside: bool) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| {
                let inside = inside || CREDENTIALS.contains(&key.as_str());
                let hide = value.is_string() && is_hidden(key, all, inside);
                (key.clone(), if hide { MASK.into() } else { mask(value, all, inside) })
            })
            .collect::<Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(|item| mask(item, all, inside)).collect(),
        other => other.clone(),
    }
}

fn is_hidden(key: &str, all: bool, inside: bool) -> bool {
    let secret = SECRETS.contains(&key);
    (secret && (inside || all)) || (all && inside && !PLAIN.contains(&key))
}

/// A client that read a masked key and sends it back would destroy the real one.
pub(crate) fn masks_as_values(value: &Value, path: &str, inside: bool, problems: &mut Vec<Problem>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let path = format!("{path}.{key}");
                if value == MASK && (inside || SECRETS.contains(&key.as_str())) {
                    let message = "is the mask of a stored key, not a key".to_owned();
                    problems.push(Problem { path, message });
                } else {
                    masks_as_values(value, &path, inside || CREDENTIALS.contains(&key.as_str()), problems);
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                masks_as_values(item, &format!("{path}[{index}]"), inside, problems);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn account() -> Value {
        json!({
            "type": "provider-account/aws", "name": "a",
            "auth_data": {"type": "access-key-based", "access_key_id": "AKIA", "secret_access_key": "s"},
            "integrations": [{"name": "token", "auth_data": {"headers": {"x-api": "h"}}}]
        })
    }

    #[test]
    fn keys_are_always_masked_and_the_rest_of_credentials_on_demand() {
        let plain = masked(&account(), false);
        assert_eq!(plain["auth_data"]["secret_access_key"], MASK);
        assert_eq!(plain["auth_data"]["access_key_id"], "AKIA");
        assert_eq!(plain["integrations"][0]["name"], "token");
        let all = masked(&account(), true);
        assert_eq!(
            all["auth_data"],
            json!({"type": "access-key-based", "access_key_id": MASK, "secret_access_key": MASK})
        );
        assert_eq!(all["integrations"][0]["auth_data"]["headers"]["x-api"], MASK);
        assert_eq!(all["name"], "a");
    }

    #[test]
    fn a_mask_is_not_taken_for_a_key() {
        let mut problems = Vec::new();
        masks_as_values(&masked(&account(), true), "manifest", false, &mut problems);
        let paths: Vec<_> = problems.into_iter().map(|problem| problem.path).collect();
        assert_eq!(
            paths,
            [
                "manifest.auth_data.access_key_id",
                "manifest.auth_data.secret_access_key",
                "manifest.integrations[0].auth_data.headers.x-api"
            ]
        );
    }
}
