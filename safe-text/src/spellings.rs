//! How a secret may be spelled where nothing but the spelling itself tells that it is one.
//!
//! Escapes are not here: they can be mixed at will, so that a text is searched once more with them undone (`readings`).

use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;

/// Shorter values are not looked for: they would be found inside ordinary words.
pub(crate) const SHORTEST: usize = 4;

/// Bytes to look for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    pub(crate) bytes: Box<[u8]>,
    /// The character before holds the first bits of the secret as well.
    pub(crate) begun_before: bool,
    /// The character after holds its last bits, or pads them.
    pub(crate) ended_after: bool,
}

/// The texts that are secret if this one is: itself, and what is read or quoted of it alone.
pub(crate) fn parts(secret: &str) -> Vec<String> {
    let mut found = vec![secret.to_owned()];
    // What was read from a file often ends with a line break that nobody sends on.
    found.push(secret.trim().to_owned());
    if secret.contains('\r') {
        found.push(secret.replace("\r\n", "\n").trim().to_owned());
    }
    if secret.contains("-----BEGIN ") {
        found.extend(lines_of_a_key(secret));
    }
    if let Ok(json @ (serde_json::Value::Object(_) | serde_json::Value::Array(_))) =
        serde_json::from_str(secret)
    {
        leaves(&json, &mut found);
    }
    found.extend(password_in(secret).map(str::to_owned));
    found.retain(|part| part.len() >= SHORTEST);
    found.sort_unstable();
    found.dedup();
    found
}

/// The lines of a key in PEM form, since each may be quoted or indented alone; not its first and its last, which are no secret.
fn lines_of_a_key(secret: &str) -> impl Iterator<Item = String> {
    const SHORTEST_LINE: usize = 16;
    // Within JSON its line breaks are escaped.
    let lines = secret.split(['\n', '\r']).flat_map(|line| line.split("\\n"));
    let lines = lines.map(|line| line.trim().trim_end_matches("\\r"));
    lines.filter(|line| line.len() >= SHORTEST_LINE && !line.contains("-----")).map(str::to_owned)
}

/// The texts in a document, at every depth.
fn leaves(json: &serde_json::Value, found: &mut Vec<String>) {
    match json {
        serde_json::Value::Object(entries) => entries.values().for_each(|value| leaves(value, found)),
        serde_json::Value::Array(elements) => elements.iter().for_each(|value| leaves(value, found)),
        serde_json::Value::String(text) => found.extend(parts(text)),
        _ => (),
    }
}

/// The password in an address: `amqp://user:password@host`.
fn password_in(secret: &str) -> Option<&str> {
    let (_, rest) = secret.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let (user_info, _) = authority.rsplit_once('@')?;
    Some(user_info.split_once(':')?.1)
}

/// Every pattern of a text.
pub(crate) fn patterns(text: &str) -> Vec<Pattern> {
    let whole = Pattern { bytes: text.as_bytes().into(), begun_before: false, ended_after: false };
    let mut found = vec![whole];
    in_base64(text.as_bytes(), &mut found);
    // What is in base64 may be a document.
    let quoted = serde_json::Value::from(text).to_string();
    let escaped = &quoted[1..quoted.len() - 1];
    if escaped != text {
        in_base64(escaped.as_bytes(), &mut found);
    }
    found
}

/// In base64 three bytes take four characters, so that a text looks another way after one or two bytes of something else.
fn in_base64(text: &[u8], found: &mut Vec<Pattern>) {
    for alphabet in [&STANDARD, &URL_SAFE] {
        let engine = GeneralPurpose::new(alphabet, NO_PAD);
        for offset in 0..3 {
            let shifted = [&[0; 3][..offset], text].concat();
            let encoded = engine.encode(&shifted);
            let (start, end) = ((offset * 8).div_ceil(6), shifted.len() * 8 / 6);
            let pattern = Pattern {
                bytes: encoded.as_bytes()[start..end].into(),
                begun_before: offset != 0,
                ended_after: shifted.len() % 3 != 0,
            };
            if pattern.bytes.len() >= SHORTEST && !found.contains(&pattern) {
                found.push(pattern);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_secret_is_secret_too() {
        assert_eq!(parts("hunter2024\n"), ["hunter2024", "hunter2024\n"]);
        assert_eq!(parts("abc"), [""; 0]);
        assert_eq!(
            parts("amqp://me:hunter2024@queue:5672/x"),
            ["amqp://me:hunter2024@queue:5672/x", "hunter2024"]
        );
        let key = "-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0\n-----END KEY-----";
        assert_eq!(parts(key), [key, "MIIEvQIBADANBgkqhkiG9w0"]);
        let file = r#"{"kind":"key","deep":[{"pin":"1234"}],"id":"abc"}"#;
        assert_eq!(parts(file), ["1234", file]);
    }

    #[test]
    fn base64_is_known_after_any_number_of_other_bytes() {
        let texts: Vec<_> =
            patterns("secret").iter().map(|p| String::from_utf8(p.bytes.to_vec()).unwrap()).collect();
        assert_eq!(texts, ["secret", "c2VjcmV0", "NlY3JldA"[..8].trim_end_matches('A'), "zZWNyZX"]);
    }
}
