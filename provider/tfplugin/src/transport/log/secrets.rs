//! Values that must not be written anywhere.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::sync::{PoisonError, RwLock};

/// What stands in a text for a secret.
const BLOT: &str = "***";

/// Shorter values are not looked for: they would be found inside ordinary words.
const SHORTEST: usize = 4;

/// Every secret, in every spelling, the longest first: a secret may contain another.
static SECRETS: RwLock<Secrets> = RwLock::new(Secrets { spellings: Vec::new() });

/// From now on no log line and no panic message of this process shows `secret`: `***` stands in its place. Found are the
/// value itself and its forms inside JSON, in Rust's debug output and in a URL. Values shorter than 4 bytes are ignored.
pub fn redact(secret: &str) {
    if secret.len() < SHORTEST {
        return;
    }
    // A panic while the lock was held leaves nothing half done.
    if SECRETS.read().unwrap_or_else(PoisonError::into_inner).knows(secret) {
        return;
    }
    SECRETS.write().unwrap_or_else(PoisonError::into_inner).add(secret);
}

/// The text with each secret given to [`redact`] blotted out.
pub fn scrub(text: &str) -> Cow<'_, str> {
    SECRETS.read().unwrap_or_else(PoisonError::into_inner).scrub(text)
}

struct Secrets {
    spellings: Vec<String>,
}

impl Secrets {
    fn knows(&self, secret: &str) -> bool {
        self.spellings.iter().any(|known| known == secret)
    }

    fn add(&mut self, secret: &str) {
        let spellings = BTreeSet::from([
            secret.to_owned(),
            unquoted(&serde_json::Value::from(secret).to_string()),
            unquoted(&format!("{secret:?}")),
            percent_encoded(secret),
        ]);
        for spelling in spellings {
            if !self.knows(&spelling) {
                let place = self.spellings.partition_point(|known| known.len() >= spelling.len());
                self.spellings.insert(place, spelling);
            }
        }
    }

    fn scrub<'a>(&self, text: &'a str) -> Cow<'a, str> {
        let mut text = Cow::Borrowed(text);
        for spelling in &self.spellings {
            if text.contains(spelling) {
                text = Cow::Owned(text.replace(spelling, BLOT));
            }
        }
        text
    }
}

/// The text between a first and a last quote.
fn unquoted(quoted: &str) -> String {
    quoted[1..quoted.len() - 1].to_owned()
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn scrubbed(secrets: &[&str], text: &str) -> String {
        let mut all = Secrets { spellings: Vec::new() };
        for secret in secrets {
            all.add(secret);
        }
        all.scrub(text).into_owned()
    }

    #[test]
    fn a_secret_within_another_does_not_uncover_it() {
        for secrets in [["token", "token-with-more"], ["token-with-more", "token"]] {
            assert_eq!(scrubbed(&secrets, "a token-with-more, a token"), "a ***, a ***");
        }
    }

    #[test]
    fn short_values_are_not_looked_for() {
        redact("");
        redact("abc");
        assert_eq!(scrub("abc"), "abc");
    }

    #[test]
    fn a_registered_secret_is_gone_everywhere() {
        redact("s3cr\"et\nline");
        assert_eq!(scrub("x s3cr\"et\nline y"), "x *** y");
        assert_eq!(scrub(r#"{"k":"s3cr\"et\nline"}"#), r#"{"k":"***"}"#);
    }

    proptest! {
        #[test]
        fn no_spelling_survives(secret in "[a-z]\\PC{3,20}|[ -~\n\t\"\\\\]{4,20}") {
            for text in [
                secret.clone(),
                serde_json::Value::from(secret.as_str()).to_string(),
                format!("{secret:?}"),
                percent_encoded(&secret),
            ] {
                let whole = format!("before {text} after");
                let shown = scrubbed(&[&secret], &whole);
                prop_assert!(["before *** after", "before \"***\" after"].contains(&shown.as_str()), "{shown}");
            }
        }
    }
}
