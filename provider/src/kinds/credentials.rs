//! Addresses and commands, in which everything is seen by whoever sees the plan, the state or the object.

use tfplugin::schema::validators::Validator;
use tfplugin::value::{Path, Value};
use tfplugin::{Diagnostic, Diagnostics};

/// No address in any text of the value has a password, or a token in the place of a user.
pub(crate) struct NoCredentials;

const DEMAND: &str = "without credentials in an address (`https://user:password@host`)";

impl Validator for NoCredentials {
    fn describe(&self) -> String {
        DEMAND.to_owned()
    }

    fn validate(&self, value: &Value, path: &Path, out: &mut Diagnostics) {
        match value {
            Value::String(text) => {
                let found = credentials(text);
                if !found.is_empty() {
                    // Whatever else is said of the value.
                    found.iter().for_each(|secret| tfplugin::log::redact(secret));
                    out.push(refuse(path));
                }
            }
            Value::List(elements) => {
                for (index, element) in (0..).zip(elements) {
                    self.validate(element, &path.index(index), out);
                }
            }
            // Elements of a set have no path: the set stands for them.
            Value::Set(elements) => elements.iter().for_each(|element| self.validate(element, path, out)),
            Value::Map(entries) => {
                for (name, entry) in entries {
                    self.validate(entry, &path.attribute(name), out);
                }
            }
            _ => (),
        }
    }
}

fn refuse(path: &Path) -> Diagnostic {
    Diagnostic::error(format!("Credentials in `{path}`"))
        .detail(format!(
            "`{path}` must be {DEMAND}: it stands in plan and state, and is shown with the object.\n\nhint: leave them out, and give \
             them where the kind has a write-only attribute or an integration for them; in a command, name a variable of the \
             environment (`$PASSWORD`) that `env_wo` sets."
        ))
        .at(path.clone())
}

/// The user part of every address in a text that has a secret in it.
fn credentials(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (at, _) in text.match_indices("://") {
        let scheme_from = text[..at]
            .rfind(|c: char| !(c.is_ascii_alphanumeric() || "+-.".contains(c)))
            .map_or(0, |before| before + text[before..].chars().next().map_or(1, char::len_utf8));
        let rest = &text[at + 3..];
        let end = rest.find(|c: char| c.is_whitespace() || "/?#\"'`<>|\\^".contains(c));
        let authority = &rest[..end.unwrap_or(rest.len())];
        if let Some((user, _)) = authority.rsplit_once('@')
            && is_secret(&text[scheme_from..at], user)
        {
            found.push(user.split_once(':').map_or(user, |(_, password)| password));
        }
    }
    found
}

/// Whether a user part gives away more than a name. Web addresses have a token in the place of a user; `ssh://git@host` has a name,
/// and of `abfss://container@account` it is the place. What a shell fills in later is no secret yet.
fn is_secret(scheme: &str, user: &str) -> bool {
    let filled_in_later = |text: &str| text.starts_with('$') || text.is_empty();
    match user.split_once(':') {
        Some((_, password)) => !filled_in_later(password),
        None => {
            let web = ["http", "https", "ws", "wss"];
            web.iter().any(|known| scheme.eq_ignore_ascii_case(known)) && !filled_in_later(user)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(value: impl Into<Value>) -> Vec<String> {
        let mut out = Diagnostics::new();
        NoCredentials.validate(&value.into(), &Path::of("repo_url"), &mut out);
        out.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_address_with_a_password_is_refused_without_repeating_it() {
        assert_eq!(
            said("https://me:hunter2024@git.example.com/x.git"),
            ["`repo_url`: Credentials in `repo_url`: `repo_url` must be without credentials in an address \
              (`https://user:password@host`): it stands in plan and state, and is shown with the object.\n\nhint: leave them \
              out, and give them where the kind has a write-only attribute or an integration for them; in a command, name a \
              variable of the environment (`$PASSWORD`) that `env_wo` sets."]
        );
        assert_eq!(tfplugin::log::scrub("no hunter2024 here"), "no *** here");
    }

    #[test]
    fn credentials_are_found_wherever_an_address_stands() {
        for text in [
            "https://ghp_0123456789@github.com/acme/x",
            "HTTPS://me:p@host",
            "redis://:hunter2@cache:6379",
            "pip install --index-url=https://me:p%40ss@pypi.example.com/simple acme",
            "curl 'http://me:p@a' https://b",
            "wss://$USER:hunter2@host",
        ] {
            assert_eq!(said(text).len(), 1, "{text}");
        }
        let list = Value::List(vec!["curl".into(), "https://me:p@host".into()]);
        assert!(said(Value::object([("list", list)]))[0].starts_with("`repo_url.list[1]`: Credentials in"));
    }

    #[test]
    fn what_gives_nothing_away_is_taken() {
        for text in [
            "https://git.example.com/x.git",
            "git@github.com:acme/x.git",
            "ssh://git@github.com/acme/x.git",
            "abfss://container@account.dfs.core.windows.net/x",
            "https://host/path@1.0?mail=me@example.com",
            "curl https://$USER:$PASSWORD@host",
            "curl https://${USER}:${PASSWORD}@host",
            "tfy-secret://acme:group:key",
            "echo a://b c@d",
        ] {
            assert_eq!(said(text), [""; 0], "{text}");
        }
        assert_eq!(said(Value::UNKNOWN), [""; 0]);
    }
}
