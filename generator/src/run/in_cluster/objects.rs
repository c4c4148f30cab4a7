//! Objects of a cluster, as far as their metadata tell.

use std::collections::BTreeMap;

use serde_json::Value;

/// An object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Object {
    /// The name of its kind, such as `scaledobjects.keda.sh`.
    pub(super) kind: String,
    /// Empty where its kind has none.
    pub(super) namespace: String,
    pub(super) name: String,
    pub(super) uid: String,
    pub(super) labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
    pub(super) finalizers: Vec<String>,
    pub(super) owners: Vec<Owner>,
    /// Whether somebody has deleted it, and it waits for its finalizers.
    pub(super) deleted: bool,
}

/// Whom an object belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    pub(super) group: String,
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) uid: String,
}

impl Object {
    /// Every object of a list.
    pub(super) fn all(kind: &str, list: &Value) -> Vec<Self> {
        items(list, "items").map(|object| Self::read(kind, object)).collect()
    }

    /// One object, or what a list has of it.
    pub(super) fn read(kind: &str, object: &Value) -> Self {
        let metadata = &object["metadata"];
        let owner = |owner: &Value| Owner {
            group: text(owner, "apiVersion")
                .split_once('/')
                .map(|(group, _)| group.to_owned())
                .unwrap_or_default(),
            kind: text(owner, "kind"),
            name: text(owner, "name"),
            uid: text(owner, "uid"),
        };
        Self {
            kind: kind.to_owned(),
            namespace: text(metadata, "namespace"),
            name: text(metadata, "name"),
            uid: text(metadata, "uid"),
            labels: map(&metadata["labels"]),
            annotations: map(&metadata["annotations"]),
            finalizers: items(metadata, "finalizers").filter_map(Value::as_str).map(str::to_owned).collect(),
            owners: items(metadata, "ownerReferences").map(owner).collect(),
            deleted: metadata["deletionTimestamp"].is_string(),
        }
    }

    /// `NAMESPACE/NAME`, or the name where there is no namespace.
    pub(super) fn place(&self) -> String {
        let Self { namespace, name, .. } = self;
        if namespace.is_empty() { name.clone() } else { format!("{namespace}/{name}") }
    }

    /// The Helm release that it is part of, namespace first.
    pub(super) fn release(&self) -> Option<(String, String)> {
        let of = |key: &str| self.annotations.get(key).cloned();
        Some((of("meta.helm.sh/release-namespace")?, of("meta.helm.sh/release-name")?))
    }
}

/// The items of a list, or none.
pub(super) fn items<'a>(value: &'a Value, key: &str) -> impl Iterator<Item = &'a Value> {
    value[key].as_array().into_iter().flatten()
}

/// A text, or an empty one.
pub(super) fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// Texts by their keys.
pub(super) fn map(value: &Value) -> BTreeMap<String, String> {
    let entries = value.as_object().into_iter().flatten();
    entries.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}

/// Names one after the other; of many the first, and how many more there are.
pub(super) fn listed(names: &[String]) -> String {
    const SHOWN: usize = 8;
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => shown,
        more => format!("{shown} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_names_the_first_are_shown_and_the_rest_is_counted() {
        let names = |n: usize| (0..n).map(|i| format!("n{i}")).collect::<Vec<_>>();
        assert_eq!(listed(&names(2)), "n0, n1");
        assert_eq!(listed(&names(8)), "n0, n1, n2, n3, n4, n5, n6, n7");
        assert_eq!(listed(&names(20)), "n0, n1, n2, n3, n4, n5, n6, n7 and 12 more");
    }
}
