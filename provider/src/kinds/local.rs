//! Attributes that only the provider knows: no manifest has them.

use tfplugin::Change;
use tfplugin::value::Value;

use super::Kind;

/// Keeps them in a state that was made of a manifest.
pub(super) fn keep(kind: &impl Kind, known: &Value, state: &mut Value) {
    for name in kind.local() {
        state.put(*name, known.get(name).clone());
    }
}

/// Whether a change is about nothing else, so that there is nothing to send. A manifest that differs in nothing would
/// still be a new deployment of an application.
pub(super) fn is_all(kind: &impl Kind, change: &Change) -> bool {
    let planned = change.planned.as_object().into_iter().flatten();
    let mut others = planned.filter(|(name, _)| !kind.local().contains(&name.as_str()));
    others.all(|(name, planned)| planned.is_unknown() || planned == change.prior.get(name))
}
