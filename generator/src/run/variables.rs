//! The variables of the environment that Terraform gets in a layer, beside those that are there.

use crate::tree::Layer;

/// How much providers log; Terraform's own level says it where this one does not.
const PROVIDER_LEVEL: &str = "TF_LOG_PROVIDER";
const LEVEL: &str = "TF_LOG";
/// A folder into which providers write what they are sent, as it is.
const RAW_MESSAGES: &str = "TF_LOG_SDK_PROTO_DATA_DIR";
/// Levels at which no provider is known to write what it sends.
const QUIET: [&str; 3] = ["WARN", "ERROR", "OFF"];
/// The address of the control plane, for the provider and for what is installed in the cluster.
const HOST: &str = "TFY_HOST";
const CONTROL_PLANE_URL: &str = "TF_VAR_control_plane_url";

/// Variables to set, or to take away where there is no value.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Variables {
    pub(super) changes: Vec<(&'static str, Option<String>)>,
    /// What the user is told of it.
    pub(super) note: Option<String>,
}

impl Variables {
    /// Those of a layer, in an environment.
    pub(super) fn of(layer: &Layer, environment: impl Fn(&str) -> Option<String>) -> Self {
        let mut variables = Self::default();
        let set = |name: &str| environment(name).filter(|value| !value.is_empty());
        if layer.carries_secret {
            variables.keep_quiet(layer, set(PROVIDER_LEVEL).or_else(|| set(LEVEL)));
        }
        // Terraform takes no notice of it in a layer that has no such variable.
        if let (Some(host), None) = (set(HOST), set(CONTROL_PLANE_URL)) {
            variables.changes.push((CONTROL_PLANE_URL, Some(host.trim_end_matches('/').to_owned())));
        }
        variables
    }

    /// Has no provider log what it sends, whatever the level that is set.
    fn keep_quiet(&mut self, layer: &Layer, level: Option<String>) {
        self.changes.push((RAW_MESSAGES, None));
        if level.is_some_and(|level| !QUIET.contains(&level.to_uppercase().as_str())) {
            self.changes.push((PROVIDER_LEVEL, Some("WARN".to_owned())));
            self.note = Some(format!(
                "a secret goes through `{}`, and its providers would log it: {PROVIDER_LEVEL}=WARN is set for it",
                layer.name
            ));
        }
    }

    /// As [`Variables::of`], in the environment of this process.
    pub(super) fn of_this_process(layer: &Layer) -> Self {
        Self::of(layer, |name| std::env::var(name).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layer(carries_secret: bool) -> Layer {
        serde_json::from_value(serde_json::json!({
            "name": "agent", "reads": [], "modules": [], "carries_secret": carries_secret
        }))
        .unwrap()
    }

    fn of(carries_secret: bool, environment: &[(&str, &str)]) -> Variables {
        Variables::of(&layer(carries_secret), |name| {
            environment.iter().find(|(n, _)| *n == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn no_provider_logs_what_it_sends_where_a_secret_goes_through() {
        let silent = vec![(RAW_MESSAGES, None)];
        for quiet in
            [&[][..], &[(LEVEL, "WARN")], &[(LEVEL, "TRACE"), (PROVIDER_LEVEL, "error")], &[(LEVEL, "")]]
        {
            assert_eq!(of(true, quiet), Variables { changes: silent.clone(), note: None }, "{quiet:?}");
        }
        for loud in [
            &[(LEVEL, "INFO")][..],
            &[(LEVEL, "json")],
            &[(PROVIDER_LEVEL, "debug")],
            &[(LEVEL, "WARN"), (PROVIDER_LEVEL, "TRACE")],
            // Terraform takes a level that it does not know for the most talkative one.
            &[(LEVEL, "1")],
        ] {
            let variables = of(true, loud);
            assert!(variables.changes.contains(&(PROVIDER_LEVEL, Some("WARN".to_owned()))), "{loud:?}");
            assert_eq!(
                variables.note.unwrap(),
                "a secret goes through `agent`, and its providers would log it: TF_LOG_PROVIDER=WARN is set for it"
            );
        }
        assert_eq!(of(false, &[(LEVEL, "TRACE")]), Variables::default());
    }

    #[test]
    fn every_layer_is_told_where_the_control_plane_is() {
        for carries_secret in [false, true] {
            let told = of(carries_secret, &[(HOST, "https://acme.truefoundry.cloud/")]).changes;
            let url = (CONTROL_PLANE_URL, Some("https://acme.truefoundry.cloud".to_owned()));
            assert!(told.contains(&url), "{told:?}");
        }
        let said = of(true, &[(HOST, "https://a.b"), (CONTROL_PLANE_URL, "https://c.d")]).changes;
        assert!(said.iter().all(|(name, _)| *name != CONTROL_PLANE_URL), "{said:?}");
    }
}
