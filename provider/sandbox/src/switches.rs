//! Behaviours of the control plane that tests switch on and off.

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the sandbox does beyond its plain behaviour. Everything is off at the start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Args)]
#[serde(deny_unknown_fields, default)]
pub struct Switches {
    /// Milliseconds that every answer waits.
    #[arg(long = "latency", value_name = "MS", default_value_t = 0)]
    pub latency_ms: u64,
    /// Store manifests as a server that normalises does: access for the caller and for everyone is added, lists
    /// whose order has no meaning come back in another order, and defaults are filled in.
    #[arg(long)]
    pub normalise: bool,
    /// Mask all credentials in every answer, not only the keys that are always masked.
    #[arg(long)]
    pub redact: bool,
    /// How many reads miss an object after it was made.
    #[arg(long, value_name = "READS", default_value_t = 0)]
    pub hidden_reads: u64,
    /// Connect every cluster by itself after this many questions; without it an agent has to.
    #[arg(long, value_name = "POLLS")]
    pub connect_after: Option<u64>,
    /// How many questions after its status a deployment takes.
    #[arg(long, value_name = "POLLS", default_value_t = 0)]
    pub deploy_after: u64,
    /// Let deployments fail.
    #[arg(long)]
    pub deploy_fails: bool,
    /// How many reads still show an application that is being deleted.
    #[arg(long, value_name = "POLLS", default_value_t = 0)]
    pub delete_after: u64,
    /// Let the deletion of applications fail.
    #[arg(long)]
    pub delete_fails: bool,
    /// How many questions a device login takes until it is approved.
    #[arg(long, value_name = "POLLS", default_value_t = 0)]
    pub login_after: u64,
    /// Answer for a gateway configuration that does not exist with 200 and an empty body instead of 404.
    #[arg(long)]
    pub empty_for_absent: bool,
    /// Do not give out values of secrets.
    #[arg(long)]
    pub hide_secret_values: bool,
    /// Let the store of secrets be out of reach.
    #[arg(long)]
    pub broken_secret_store: bool,
    /// Take manifests that name objects which do not exist, and delete objects that are in use.
    #[arg(long)]
    pub unchecked_references: bool,
}

impl Switches {
    /// These switches with some of them changed: an object with the new values.
    pub(crate) fn changed(&self, changes: &Value) -> Result<Self, String> {
        let Value::Object(changes) = changes else {
            return Err("the body must be an object of switches".to_owned());
        };
        let mut all = match serde_json::to_value(self) {
            Ok(Value::Object(all)) => all,
            _ => return Err("the switches cannot be shown".to_owned()),
        };
        all.extend(changes.clone());
        serde_json::from_value(all.into()).map_err(|error| format!("not a switch: {error}"))
    }

    /// As JSON.
    pub(crate) fn shown(&self) -> Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_change_keeps_the_other_switches() {
        let one = Switches::default().changed(&json!({"normalise": true, "connect_after": 3})).unwrap();
        let two = one.changed(&json!({"latency_ms": 50})).unwrap();
        assert_eq!((two.normalise, two.connect_after, two.latency_ms), (true, Some(3), 50));
        assert_eq!(two.changed(&json!({"connect_after": null})).unwrap().connect_after, None);
    }

    #[test]
    fn what_is_no_switch_is_refused() {
        let error = |changes: Value| Switches::default().changed(&changes).unwrap_err();
        assert!(error(json!({"normalize": true})).contains("unknown field `normalize`"));
        assert!(error(json!({"latency_ms": -1})).starts_with("not a switch"));
        assert!(error(json!([])).contains("an object"));
    }
}
