//! What a step does, and what it expects.

use std::path::Path;

use regex_lite::Regex;
use serde_json::Value;

/// What Terraform plans for an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Nothing.
    Nothing,
    /// It is made.
    Create,
    /// It is changed in place.
    Update,
    /// It is deleted and made anew, in either order.
    Replace,
    /// It is deleted.
    Delete,
    /// It is read.
    Read,
    /// It is left alone and no longer managed.
    Forget,
}

impl Action {
    /// From the words of a plan's JSON. An object that is not in the plan has nothing done to it.
    fn from_words(words: &[&str]) -> Option<Self> {
        Some(match words {
            [] | ["no-op"] => Self::Nothing,
            ["create"] => Self::Create,
            ["update"] => Self::Update,
            ["delete", "create"] | ["create", "delete"] => Self::Replace,
            ["delete"] => Self::Delete,
            ["read"] => Self::Read,
            ["forget"] => Self::Forget,
            _ => return None,
        })
    }
}

type Before = Box<dyn FnOnce(&Path) -> Result<(), String>>;

pub(crate) enum Kind {
    /// Plans and applies a configuration.
    Apply(String),
    /// Plans a configuration and leaves it at that.
    Plan(String),
    /// Imports an object into an empty state, and compares it with the one that is there.
    Import { address: String, id: String, ignored: Vec<String> },
}

/// One step of a test: what is done, and what is expected of it.
pub struct Step {
    pub(crate) kind: Kind,
    pub(crate) before: Option<Before>,
    plans: Vec<(String, Action)>,
    values: Vec<(String, String, Value)>,
    absent: Vec<String>,
    pub(crate) fails: Option<String>,
    pub(crate) says: Vec<String>,
    pub(crate) settles: bool,
}

impl Step {
    fn of(kind: Kind) -> Self {
        Self {
            kind,
            before: None,
            plans: Vec::new(),
            values: Vec::new(),
            absent: Vec::new(),
            fails: None,
            says: Vec::new(),
            settles: true,
        }
    }

    /// Plans and applies a configuration, and then expects an empty plan. The `terraform` block that names the provider
    /// is added by the kit.
    #[must_use]
    pub fn apply(config: impl Into<String>) -> Self {
        Self::of(Kind::Apply(config.into()))
    }

    /// Plans a configuration without applying it.
    #[must_use]
    pub fn plan(config: impl Into<String>) -> Self {
        Self::of(Kind::Plan(config.into()))
    }

    /// Imports the object at `address` into an empty state by the attribute `id` of the one in the state, with the
    /// configuration of the step before, and expects the same values.
    #[must_use]
    pub fn import(address: impl Into<String>, id: impl Into<String>) -> Self {
        Self::of(Kind::Import { address: address.into(), id: id.into(), ignored: Vec::new() })
    }

    /// Leaves an attribute out of the comparison after an import: one that cannot be read back.
    #[must_use]
    pub fn ignoring(mut self, attribute: impl Into<String>) -> Self {
        if let Kind::Import { ignored, .. } = &mut self.kind {
            ignored.push(attribute.into());
        }
        self
    }

    /// Does something before the step, in the folder that Terraform runs in: change the state file, or the objects
    /// behind Terraform's back.
    #[must_use]
    pub fn before(self, change: impl FnOnce(&Path) -> Result<(), String> + 'static) -> Self {
        Self { before: Some(Box::new(change)), ..self }
    }

    /// An object disappears behind Terraform's back: `remove` does it, and the same configuration must make it again.
    #[must_use]
    pub fn disappears(
        address: impl Into<String>,
        config: impl Into<String>,
        remove: impl FnOnce(&Path) -> Result<(), String> + 'static,
    ) -> Self {
        Self::apply(config).before(remove).plans(address, Action::Create)
    }

    /// Expects this to be planned for the object at `address`.
    #[must_use]
    pub fn plans(mut self, address: impl Into<String>, action: Action) -> Self {
        self.plans.push((address.into(), action));
        self
    }

    /// Expects a value in the state: of the object at `address`, the attribute at `path` (`ports.0.url`).
    #[must_use]
    pub fn value(mut self, address: impl Into<String>, path: impl Into<String>, value: Value) -> Self {
        self.values.push((address.into(), path.into(), value));
        self
    }

    /// Expects no object at `address` in the state.
    #[must_use]
    pub fn absent(mut self, address: impl Into<String>) -> Self {
        self.absent.push(address.into());
        self
    }

    /// Expects planning or applying to fail with a message that matches the regular expression. Line breaks and frames
    /// of the message are spaces.
    #[must_use]
    pub fn fails(self, pattern: impl Into<String>) -> Self {
        Self { fails: Some(pattern.into()), ..self }
    }

    /// Expects a message, such as a warning, that matches the regular expression.
    #[must_use]
    pub fn says(mut self, pattern: impl Into<String>) -> Self {
        self.says.push(pattern.into());
        self
    }

    /// Does not expect the plan after the step to be empty.
    #[must_use]
    pub fn unsettled(self) -> Self {
        Self { settles: false, ..self }
    }

    /// What the step does, for messages.
    pub(crate) fn title(&self) -> String {
        match &self.kind {
            Kind::Apply(_) => "apply".to_owned(),
            Kind::Plan(_) => "plan".to_owned(),
            Kind::Import { address, .. } => format!("import of `{address}`"),
        }
    }

    /// Compares a plan with what is expected.
    pub(crate) fn check_plan(&self, plan: &Value) -> Result<(), String> {
        for (address, expected) in &self.plans {
            let changes = plan["resource_changes"].as_array().into_iter().flatten();
            let change = changes.into_iter().find(|change| change["address"] == address.as_str());
            let words = change.and_then(|change| change["change"]["actions"].as_array());
            let words: Vec<_> = words.into_iter().flatten().filter_map(Value::as_str).collect();
            let found = Action::from_words(&words);
            if found != Some(*expected) {
                let found = found.map_or_else(|| format!("{words:?}"), |found| format!("{found:?}"));
                return Err(format!("{expected:?} is expected for `{address}`, but {found} is planned"));
            }
        }
        Ok(())
    }

    /// Compares a state with what is expected.
    pub(crate) fn check_state(&self, state: &Value) -> Result<(), String> {
        for (address, path, expected) in &self.values {
            let object = object(state, address).ok_or_else(|| format!("`{address}` is not in the state"))?;
            let pointer = format!("/{}", path.replace('.', "/"));
            let found = object.pointer(&pointer).unwrap_or(&Value::Null);
            if found != expected {
                return Err(format!(
                    "`{address}.{path}` is {found} in the state, but {expected} is expected"
                ));
            }
        }
        match self.absent.iter().find(|address| object(state, address).is_some()) {
            Some(address) => Err(format!("`{address}` is in the state")),
            None => Ok(()),
        }
    }

    /// Compares what Terraform said with what is expected.
    pub(crate) fn check_messages(&self, message: &str) -> Result<(), String> {
        self.says.iter().try_for_each(|pattern| check_message(pattern, message))
    }
}

/// Fails unless the message matches.
pub(crate) fn check_message(pattern: &str, message: &str) -> Result<(), String> {
    let regex =
        Regex::new(pattern).map_err(|error| format!("`{pattern}` is no regular expression: {error}"))?;
    if regex.is_match(message) { Ok(()) } else { Err(format!("nothing matches `{pattern}` in:\n{message}")) }
}

/// The values of the object at `address`, in whatever module it is.
pub(crate) fn object<'a>(state: &'a Value, address: &str) -> Option<&'a Value> {
    fn within<'a>(module: &'a Value, address: &str) -> Option<&'a Value> {
        let resources = module["resources"].as_array().into_iter().flatten();
        let modules = module["child_modules"].as_array().into_iter().flatten();
        let own = resources.into_iter().find(|resource| resource["address"] == address);
        own.map(|resource| &resource["values"])
            .or_else(|| modules.into_iter().find_map(|module| within(module, address)))
    }
    within(&state["values"]["root_module"], address)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn plan(actions: &[&str]) -> Value {
        json!({ "resource_changes": [{ "address": "a.b", "change": { "actions": actions } }] })
    }

    #[test]
    fn actions_are_compared_by_address() {
        let step = Step::apply("").plans("a.b", Action::Replace).plans("a.c", Action::Nothing);
        assert_eq!(step.check_plan(&plan(&["create", "delete"])), Ok(()));
        assert_eq!(
            step.check_plan(&plan(&["update"])).unwrap_err(),
            "Replace is expected for `a.b`, but Update is planned"
        );
    }

    #[test]
    fn values_are_compared_by_path() {
        let resource = json!({ "address": "a.b", "values": { "x": [{ "y": 1 }] } });
        let state =
            json!({ "values": { "root_module": { "child_modules": [{ "resources": [resource] }] } } });
        let expecting = |value| Step::apply("").value("a.b", "x.0.y", value).check_state(&state);
        assert_eq!(expecting(json!(1)), Ok(()));
        assert_eq!(expecting(json!(2)).unwrap_err(), "`a.b.x.0.y` is 1 in the state, but 2 is expected");
        assert_eq!(Step::apply("").absent("a.b").check_state(&state).unwrap_err(), "`a.b` is in the state");
        let gone = Step::apply("").value("a.c", "x", json!(1)).check_state(&state);
        assert_eq!(gone.unwrap_err(), "`a.c` is not in the state");
    }

    #[test]
    fn messages_are_matched() {
        assert_eq!(check_message("no .* there", "there is no x there"), Ok(()));
        assert!(check_message("never", "there is").unwrap_err().starts_with("nothing matches `never` in:"));
    }
}
