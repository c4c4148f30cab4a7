//! What a provider account's integrations keep through an update.

use tfplugin::Plan;
use tfplugin::value::Value;

/// Keeps `computed`, which the control plane derives from the integrations' names and kinds, while those stay: what
/// refers to an integration must not wait for, or be replaced by, a change of some other setting. `kinds` are the
/// attributes of which an integration has exactly one; none where there is only one kind.
pub(crate) fn keep_names<S: AsRef<str>>(plan: &mut Plan, kinds: &[S], computed: &[&str]) {
    if !plan.prior.is_set() || names_and_kinds(&plan.prior, kinds) != names_and_kinds(&plan.planned, kinds) {
        return;
    }
    for name in computed {
        plan.planned.put(*name, plan.prior.get(name).clone());
    }
}

/// Each integration's name and kind; `None` while any of it is unknown.
fn names_and_kinds<'a, S: AsRef<str>>(
    account: &'a Value,
    kinds: &'a [S],
) -> Option<Vec<(&'a str, Vec<&'a str>)>> {
    let integrations = account.get("integrations");
    if integrations.is_unknown() {
        return None;
    }
    let entries = integrations.as_object().into_iter().flatten();
    entries
        .map(|(name, integration)| {
            let mut kinds = kinds.iter().map(AsRef::as_ref);
            let known =
                !integration.is_unknown() && kinds.clone().all(|kind| !integration.get(kind).is_unknown());
            let chosen = kinds.by_ref().filter(|kind| integration.get(kind).is_set()).collect();
            known.then_some((name.as_str(), chosen))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KINDS: [&str; 2] = ["chat", "embedding"];

    fn account(integrations: &[(&str, &str, Value)]) -> Value {
        let integrations = integrations
            .iter()
            .map(|(name, kind, id)| (*name, Value::object([(*kind, Value::object([("id", id.clone())]))])));
        Value::object([("integrations", Value::object(integrations))])
    }

    #[test]
    fn names_and_kinds_count_and_settings_do_not() {
        let before = account(&[("a", "chat", "1".into())]);
        let same = |after: &Value| names_and_kinds(&before, &KINDS) == names_and_kinds(after, &KINDS);
        assert!(same(&account(&[("a", "chat", "2".into())])));
        assert!(same(&account(&[("a", "chat", Value::UNKNOWN)])), "a setting may be unknown");
        assert!(!same(&account(&[("a", "embedding", "1".into())])));
        assert!(!same(&account(&[("b", "chat", "1".into())])));
        assert!(!same(&Value::object([("integrations", Value::UNKNOWN)])));
    }
}
