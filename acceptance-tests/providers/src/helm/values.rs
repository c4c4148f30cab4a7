//! The values of a release, as `helm` takes them.
//!
//! `values` go as files in their order, then each `set`, `set_list`, `set_sensitive` and, if they are sent, `set_wo` as a flag:
//! Helm parses both by the code that the real provider has inside. A `literal` is the one-line document that it is there.

use std::io;

use tempfile::NamedTempFile;
use tfplugin::value::Value;

use super::program::{Call, temporary};

/// Values as arguments, with the files that these name.
#[derive(Default)]
pub(super) struct Values {
    files: Vec<NamedTempFile>,
    /// Flag, argument, and the argument as a log may show it.
    set: Vec<(&'static str, String, String)>,
}

/// Who may see a value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Anybody,
    Nobody,
}

impl Values {
    /// The values of a release; those of `write_only`, its configuration, too if that is given.
    pub(super) fn of(release: &Value, write_only: Option<&Value>) -> io::Result<Self> {
        let mut values = Self::default();
        for text in elements(release, "values").iter().filter_map(Value::as_str) {
            if !text.is_empty() {
                values.files.push(temporary(text)?);
            }
        }
        for set in elements(release, "set") {
            values.set(set, Seen::Anybody)?;
        }
        for set in elements(release, "set_list") {
            let listed: Vec<_> = elements(set, "value").iter().filter_map(Value::as_str).collect();
            let argument = format!("{}={{{}}}", name(set), listed.join(","));
            values.set.push(("--set", argument.clone(), argument));
        }
        for set in elements(release, "set_sensitive") {
            values.set(set, Seen::Nobody)?;
        }
        for set in write_only.map_or(&[][..], |config| elements(config, "set_wo")) {
            values.set(set, Seen::Nobody)?;
        }
        Ok(values)
    }

    fn set(&mut self, set: &Value, seen: Seen) -> io::Result<()> {
        let (name, value) = (name(set), set.get("value").as_str().unwrap_or_default());
        if seen == Seen::Nobody {
            tfplugin::log::redact(value);
        }
        let flag = match set.get("type").as_str().unwrap_or_default() {
            "literal" => {
                self.files.push(temporary(&format!("{name}: {value}"))?);
                return Ok(());
            }
            "string" => "--set-string",
            _ => "--set",
        };
        let argument = format!("{name}={value}");
        let shown = if seen == Seen::Nobody { format!("{name}=***") } else { argument.clone() };
        self.set.push((flag, argument, shown));
        Ok(())
    }

    /// Adds them to a command line; they have to be held until it has run.
    pub(super) fn add(&self, call: Call) -> Call {
        let files = self.files.iter().map(|file| file.path().display().to_string());
        let call = files.fold(call, |call, path| call.arg("--values").arg(path));
        let each = self.set.iter().cloned();
        each.fold(call, |call, (flag, argument, shown)| call.arg(flag).secret(argument, shown))
    }
}

fn elements<'a>(object: &'a Value, name: &str) -> &'a [Value] {
    object.get(name).as_elements().unwrap_or_default()
}

fn name(set: &Value) -> &str {
    set.get("name").as_str().unwrap_or_default()
}
