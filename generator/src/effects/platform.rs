//! What the control plane knows.

use super::{Effect, effect, gone, some_of};
use crate::spec::{Path, Spec};

pub(super) fn between(old: &Spec, new: &Spec) -> Vec<Effect> {
    let (was, is) = (&old.truefoundry, &new.truefoundry);
    let named = |name: &Option<String>| name.clone().unwrap_or_else(|| "not said".to_owned());
    let mut effects = Vec::new();
    if was.host.is_some() && was.host != is.host {
        effects.push(effect("control-plane", "truefoundry.host", named(&was.host), named(&is.host)).does(
            "the other control plane knows nothing of this platform, which is registered there anew; at the old one it stays registered",
            &[super::all_of("platform"), super::all_of("agent")],
        ));
    }
    let environment =
        |spec: &Spec| spec.truefoundry.environment.name.clone().unwrap_or_else(|| spec.name.clone());
    if old.name == new.name && environment(old) != environment(new) {
        effects.push(effect("environment", "truefoundry.environment.name", environment(old), environment(new)).does(
            "the environment is replaced by one of the other name; what is deployed in the old one stands in its way",
            &[some_of("platform", &["truefoundry_environment"])],
        ));
    }
    if was.workflows && !is.workflows {
        effects.push(effect("addon", "truefoundry.workflows", "on", "off").does(
            "the role of workflows is destroyed; what runs reads no inputs and keeps no outputs any more",
            &[some_of("identity", &["module.addon_identities.module.role[\"workflow-propeller\"]"])],
        ));
    }
    let names = |spec: &Spec| spec.truefoundry.workspaces.iter().map(|w| w.name.clone()).collect::<Vec<_>>();
    let (was, is) = (names(old), names(new));
    for name in gone(was.iter().map(String::as_str), is.iter().map(String::as_str)) {
        effects.push(
            effect("workspace", "truefoundry.workspaces", format!("workspace {name}"), "left out")
                .at(Path::new("truefoundry.workspaces"))
                .does(
                    "the workspace is destroyed with everything that is deployed in it",
                    &[some_of("platform", &["truefoundry_workspace"])],
                ),
        );
    }
    effects
}
