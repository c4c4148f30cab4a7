//! Keeps secrets out of logs and error messages.

use serde_json::Value;

const MASK: &str = "***";

/// Whether the value under this JSON key may be a secret. Errs on the side of hiding.
fn is_secret_key(key: &str) -> bool {
    let key: String =
        key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    const PARTS: [&str; 7] =
        ["token", "secret", "password", "apikey", "privatekey", "credential", "accesskey"];
    // Holders of references, not of secrets.
    const SAFE: [&str; 2] = ["secretstore", "secretfqn"];
    if SAFE.contains(&key.as_str()) {
        return false;
    }
    const WHOLE: [&str; 10] = [
        "authorization",
        "certificate",
        "connectionstring",
        "externalid",
        "integrationkey",
        "keyfilecontent",
        "pem",
        "value",
        "values",
        "webhookurl",
    ];
    WHOLE.contains(&key.as_str()) || PARTS.iter().any(|part| key.contains(part))
}

/// The value with everything that may be a secret replaced by `***`.
pub(crate) fn masked(value: &Value) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| {
                let value = if is_secret_key(key) { mask_leaves(value) } else { masked(value) };
                (key.clone(), value)
            })
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(masked).collect(),
        other => other.clone(),
    }
}

fn mask_leaves(value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        _ => MASK.into(),
    }
}

/// Collects the strings that stand under secret-looking keys.
pub(crate) fn secrets_in(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    collect(value, false, &mut found);
    found
}

fn collect(value: &Value, secret: bool, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                collect(value, secret || is_secret_key(key), found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, secret, found)),
        // Shorter strings would blank out ordinary words of a message.
        Value::String(text) if secret && text.len() >= 6 => {
            let escaped = value.to_string();
            // Inside JSON text, a quote or a line break of the secret stands escaped.
            if escaped.len() != text.len() + 2 {
                found.push(escaped[1..escaped.len() - 1].to_owned());
            }
            found.push(text.clone());
        }
        _ => {}
    }
}

/// Replaces every occurrence of the given secrets.
pub(crate) fn scrub(message: &str, secrets: &[String]) -> String {
    secrets.iter().fold(message.to_owned(), |message, secret| message.replace(secret.as_str(), MASK))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn secret_looking_keys_are_masked_at_any_depth() {
        let body = json!({
            "manifest": {
                "name": "acme",
                "auth_data": {"type": "access-key-based", "access_key_id": "AKIAEXAMPLE", "secret_access_key": "s3cr3t"},
                "list": [{"key": "DB", "value": "hunter2"}, {"api_key": {"nested": "hunter3"}}],
                "region": "us-east-1"
            },
            "clusterToken": "abc", "apiKey": "def", "Password": 1, "token": null, "withToken": true
        });
        assert_eq!(
            masked(&body),
            json!({
                "manifest": {
                    "name": "acme",
                    "auth_data": {"type": "access-key-based", "access_key_id": "***", "secret_access_key": "***"},
                    "list": [{"key": "DB", "value": "***"}, {"api_key": "***"}],
                    "region": "us-east-1"
                },
                "clusterToken": "***", "apiKey": "***", "Password": "***", "token": null, "withToken": true
            })
        );
    }

    #[test]
    fn a_message_that_repeats_a_secret_is_scrubbed() {
        let secrets =
            secrets_in(&json!({"auth_data": {"secret_access_key": "wJalrXUtnFEMI"}, "name": "wordy"}));
        assert_eq!(scrub("bad key wJalrXUtnFEMI of wordy", &secrets), "bad key *** of wordy");
        let secrets = secrets_in(&json!({"password": "two\nlines"}));
        assert_eq!(scrub("two\nlines and \"two\\nlines\"", &secrets), "*** and \"***\"");
    }
}
