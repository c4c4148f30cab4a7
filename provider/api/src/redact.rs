//! Keeps secrets out of logs and error messages.

use safe_text::Secrets;
use serde_json::Value;

const MASK: &str = "***";

/// The value with everything that may be a secret replaced by `***`: what logs show of a request or an answer.
#[must_use]
pub fn redacted(value: &Value) -> Value {
    match value {
        Value::Object(object) => object
            .iter()
            .map(|(key, value)| (key.clone(), shown(value, hidden(key))))
            .collect::<serde_json::Map<_, _>>()
            .into(),
        Value::Array(items) => items.iter().map(redacted).collect(),
        Value::String(text) if carries_credentials(text) => MASK.into(),
        other => other.clone(),
    }
}

fn shown(value: &Value, hidden: Hidden) -> Value {
    match (hidden, value) {
        (Hidden::No, value) => redacted(value),
        (_, Value::Null | Value::Bool(_)) => value.clone(),
        (Hidden::Entries, Value::Object(entries)) => Value::Object(
            entries.iter().map(|(key, value)| (key.clone(), shown(value, Hidden::Whole))).collect(),
        ),
        // Answers of the control plane stand in a `data` of their own.
        (Hidden::Text, Value::Object(_) | Value::Array(_)) => redacted(value),
        (Hidden::Address, Value::String(text)) if is_plain_address(text) => value.clone(),
        _ => MASK.into(),
    }
}

/// What of the value under a key may be a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hidden {
    No,
    /// All of it.
    Whole,
    /// The values of a map; its keys are shown.
    Entries,
    /// A text, not an object.
    Text,
    /// An address, unless it is a web address without credentials.
    Address,
}

/// Judges by the key alone, since a log line knows no schema. Errs on the side of hiding.
fn hidden(key: &str) -> Hidden {
    let key: String =
        key.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    const PARTS: [&str; 11] = [
        "accesskey",
        "apikey",
        "certificate",
        "connectionstring",
        "credential",
        "integrationkey",
        "password",
        "privatekey",
        "secret",
        "token",
        "webhookurl",
    ];
    match key.as_str() {
        // Holders of references, not of secrets.
        "secretstore" | "secretfqn" => Hidden::No,
        "headers" | "additionalheaders" | "env" | "buildargs" | "additionaltokenparams" | "set" => {
            Hidden::Entries
        }
        "data" => Hidden::Text,
        "url" => Hidden::Address,
        "value" | "values" | "patch" | "authorization" | "keyfilecontent" | "pem" | "externalid" => {
            Hidden::Whole
        }
        key if PARTS.iter().any(|part| key.contains(part)) => Hidden::Whole,
        _ => Hidden::No,
    }
}

/// Whether the text is an address with a user or password in it: `amqp://user:password@host`.
fn carries_credentials(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_scheme = scheme.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'));
    is_scheme && authority.contains('@')
}

fn is_plain_address(text: &str) -> bool {
    (text.starts_with("https://") || text.starts_with("http://")) && !carries_credentials(text)
}

/// The texts that [`redacted`] would hide. They are looked for in the answer to this request alone: what is only guessed to be secret
/// would blot out ordinary words elsewhere.
pub(crate) fn secrets_in(value: &Value) -> Secrets {
    let mut found = Secrets::default();
    collect(value, Hidden::No, &mut found);
    found
}

fn collect(value: &Value, hides: Hidden, found: &mut Secrets) {
    match value {
        Value::Object(object) => {
            // What stands inside of a secret is secret, whatever its key.
            let inner = matches!(hides, Hidden::Whole | Hidden::Entries).then_some(Hidden::Whole);
            for (key, value) in object {
                collect(value, inner.unwrap_or_else(|| hidden(key)), found);
            }
        }
        Value::Array(items) => {
            let inner = if hides == Hidden::Text { Hidden::No } else { hides };
            items.iter().for_each(|item| collect(item, inner, found));
        }
        // Shorter ones would blot out ordinary words of the answer.
        Value::String(text) if text.len() >= 6 && shown(value, hides) == MASK => found.add(text),
        _ => {}
    }
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
            redacted(&body),
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
    fn maps_keep_their_keys_and_addresses_their_web_form() {
        let body = json!({
            "data": [{"env": {"DB": "hunter2", "DEBUG": true}, "headers": {"X-Key": "hunter3"}, "data": "hunter4"}],
            "url": "https://example.com", "repo_url": "https://me:hunter5@example.com/x",
            "input": {"url": "amqp://me:hunter6@queue"}, "tls": {"certificate": "hunter7"}, "mail": "me@example.com"
        });
        assert_eq!(
            redacted(&body),
            json!({
                "data": [{"env": {"DB": "***", "DEBUG": true}, "headers": {"X-Key": "***"}, "data": "***"}],
                "url": "https://example.com", "repo_url": "***",
                "input": {"url": "***"}, "tls": {"certificate": "***"}, "mail": "me@example.com"
            })
        );
        let echo =
            "hunter2 hunter3 hunter4 hunter5 hunter7, https://me:hunter5@example.com/x, me@example.com";
        assert_eq!(secrets_in(&body).scrub(echo), "*** *** *** *** ***, ***, me@example.com");
    }

    #[test]
    fn a_message_that_repeats_a_secret_is_scrubbed() {
        let scrubbed = |body: Value, message: &str| secrets_in(&body).scrub(message).into_owned();
        let body = json!({"auth_data": {"secret_access_key": "wJalrXUtnFEMI"}, "name": "wordy"});
        assert_eq!(scrubbed(body, "bad key wJalrXUtnFEMI of wordy"), "bad key *** of wordy");
        let body = json!({"password": "two\nlines"});
        assert_eq!(scrubbed(body, "two\nlines and \"two\\nlines\""), "*** and \"***\"");
        let body = json!({"headers": {"A": "hunter2024", "B": "hunter2024-more"}});
        let echo = body.to_string();
        assert_eq!(scrubbed(body, &echo), r#"{"headers":{"A":"***","B":"***"}}"#);
    }
}
