//! What pods and pools demand of a node: labels, tolerated taints, and who must not be beside them.

use serde_json::Value;

use super::super::object::{items, text};
use super::super::quantity::{Amounts, requests};
use super::types::Labels;

const HOSTNAME: &str = "kubernetes.io/hostname";

/// One demand on a label.
#[derive(Clone, Debug)]
pub(super) struct Requirement {
    pub(super) key: String,
    operator: String,
    values: Vec<String>,
}

impl Requirement {
    /// From a requirement of a pool, or an expression of an affinity or a selector.
    pub(super) fn of(value: &Value) -> Self {
        Self {
            key: text(&value["key"]).to_owned(),
            operator: text(&value["operator"]).to_owned(),
            values: items(&value["values"]).map(|value| text(value).to_owned()).collect(),
        }
    }

    fn is(key: &str, value: &str) -> Self {
        Self { key: key.to_owned(), operator: "In".to_owned(), values: vec![value.to_owned()] }
    }

    /// Whether a label of this value, or none, is as demanded.
    pub(super) fn allows(&self, value: Option<&str>) -> bool {
        let named = value.is_some_and(|value| self.values.iter().any(|named| named == value));
        let compared = || {
            let number = |text: &str| text.parse::<i64>().ok();
            let bound = self.values.first().and_then(|bound| number(bound));
            value.and_then(number).zip(bound).map(|(value, bound)| value.cmp(&bound))
        };
        match self.operator.as_str() {
            "In" => named,
            "NotIn" => !named,
            "Exists" => value.is_some(),
            "DoesNotExist" => value.is_none(),
            "Gt" => compared().is_some_and(std::cmp::Ordering::is_gt),
            "Lt" => compared().is_some_and(std::cmp::Ordering::is_lt),
            "Gte" => compared().is_some_and(std::cmp::Ordering::is_ge),
            "Lte" => compared().is_some_and(std::cmp::Ordering::is_le),
            _ => false,
        }
    }

    /// The value that a label gets by this demand alone.
    pub(super) fn given(&self) -> Option<&str> {
        if self.operator == "In" { self.values.first().map(String::as_str) } else { None }
    }
}

/// All of these.
type Term = Vec<Requirement>;

fn is_met(term: &Term, labels: &Labels) -> bool {
    term.iter().all(|demand| demand.allows(labels.get(&demand.key).map(String::as_str)))
}

fn term(value: &Value) -> Term {
    items(&value["matchExpressions"]).map(Requirement::of).collect()
}

/// Terms of an affinity, of which one has to be met.
pub(super) fn any_of(terms: &Value) -> Vec<Term> {
    items(terms).map(term).collect()
}

/// A selector of labels, for the pods of a namespace.
#[derive(Clone, Debug)]
struct Others {
    namespaces: Vec<String>,
    selector: Term,
}

impl Others {
    fn of(value: &Value, namespace: &str) -> Self {
        let mut namespaces: Vec<String> =
            items(&value["namespaces"]).map(|name| text(name).to_owned()).collect();
        if namespaces.is_empty() {
            namespaces.push(namespace.to_owned());
        }
        let selector = &value["labelSelector"];
        let mut demands = term(selector);
        let labels = selector["matchLabels"].as_object().into_iter().flatten();
        demands.extend(labels.map(|(key, value)| Requirement::is(key, text(value))));
        Self { namespaces, selector: demands }
    }

    fn have(&self, pod: &Demands) -> bool {
        self.namespaces.contains(&pod.namespace) && is_met(&self.selector, &pod.labels)
    }
}

/// What one pod demands, or each pod of a daemon set.
#[derive(Clone, Debug)]
pub(super) struct Demands {
    pub(super) uid: String,
    pub(super) name: String,
    pub(super) namespace: String,
    pub(super) requests: Amounts,
    labels: Labels,
    /// Of each group one term has to be met.
    groups: Vec<Vec<Term>>,
    /// What is wished for, the heaviest first.
    wishes: Vec<Term>,
    tolerations: Vec<Value>,
    /// Pods that must not be on the same node.
    apart: Vec<Others>,
}

impl Demands {
    /// Of a pod, or of a daemon set's template with the namespace of that.
    pub(super) fn of(metadata: &Value, namespace: &str, spec: &Value) -> Self {
        let affinity = &spec["affinity"]["nodeAffinity"];
        let selector = spec["nodeSelector"].as_object().into_iter().flatten();
        let mut groups: Vec<Vec<Term>> =
            selector.map(|(key, value)| vec![vec![Requirement::is(key, text(value))]]).collect();
        let required = &affinity["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"];
        if required.is_array() {
            groups.push(any_of(required));
        }
        let preferred = &affinity["preferredDuringSchedulingIgnoredDuringExecution"];
        let mut wishes: Vec<(i64, Term)> = items(preferred)
            .map(|wish| (wish["weight"].as_i64().unwrap_or_default(), term(&wish["preference"])))
            .collect();
        wishes.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        let labels = metadata["labels"].as_object().into_iter().flatten();
        Self {
            uid: text(&metadata["uid"]).to_owned(),
            name: text(&metadata["name"]).to_owned(),
            namespace: namespace.to_owned(),
            requests: requests(spec),
            labels: labels.map(|(key, value)| (key.clone(), text(value).to_owned())).collect(),
            groups,
            wishes: wishes.into_iter().map(|(_, term)| term).collect(),
            tolerations: items(&spec["tolerations"]).cloned().collect(),
            apart: apart(spec, namespace),
        }
    }

    /// Of a pod.
    pub(super) fn of_pod(pod: &Value) -> Self {
        Self::of(&pod["metadata"], text(&pod["metadata"]["namespace"]), &pod["spec"])
    }

    /// Demands one more group, such as where a volume can be reached.
    pub(super) fn also(&mut self, group: Vec<Term>) {
        self.groups.push(group);
    }

    /// The same with the `count` heaviest wishes as demands.
    pub(super) fn with_wishes(&self, count: usize) -> Self {
        let mut demands = self.clone();
        demands.groups.extend(self.wishes.iter().take(count).map(|wish| vec![wish.clone()]));
        demands
    }

    pub(super) fn wishes(&self) -> usize {
        self.wishes.len()
    }

    /// Whether a node with these labels is one of those that are demanded.
    pub(super) fn accept(&self, labels: &Labels) -> bool {
        self.groups.iter().all(|terms| terms.iter().any(|term| is_met(term, labels)))
    }

    /// Whether all of these taints are tolerated that keep pods away.
    pub(super) fn tolerate(&self, taints: &[Value]) -> bool {
        tolerates(&self.tolerations, taints)
    }

    /// Whether this pod and another may share a node.
    pub(super) fn bear(&self, other: &Self) -> bool {
        !self.apart.iter().any(|others| others.have(other)) && !other.apart.iter().any(|o| o.have(self))
    }
}

/// Pods that must not be on the same node: by an affinity that is required, or by a spread over nodes, of which a new node has
/// none yet.
fn apart(spec: &Value, namespace: &str) -> Vec<Others> {
    let required = &spec["affinity"]["podAntiAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"];
    let spread = items(&spec["topologySpreadConstraints"])
        .filter(|spread| spread["whenUnsatisfiable"] == "DoNotSchedule" && spread["maxSkew"] == 1);
    items(required)
        .chain(spread)
        .filter(|term| term["topologyKey"] == HOSTNAME)
        .map(|term| Others::of(term, namespace))
        .collect()
}

/// Whether all of these taints are tolerated that keep pods away.
pub(super) fn tolerates(tolerations: &[Value], taints: &[Value]) -> bool {
    let tolerates = |toleration: &Value, taint: &Value| {
        let same =
            |key: &str| toleration[key].is_null() || toleration[key] == "" || toleration[key] == taint[key];
        let exists = toleration["operator"] == "Exists";
        let value = text(&toleration["value"]) == text(&taint["value"]);
        same("effect")
            && if text(&toleration["key"]).is_empty() { exists } else { same("key") && (exists || value) }
    };
    taints
        .iter()
        .filter(|taint| taint["effect"] != "PreferNoSchedule")
        .all(|taint| tolerations.iter().any(|toleration| tolerates(toleration, taint)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn labels<const N: usize>(entries: [(&str, &str); N]) -> Labels {
        entries.map(|(key, value)| (key.to_owned(), value.to_owned())).into()
    }

    fn pod(spec: &Value) -> Demands {
        Demands::of(&json!({ "name": "p", "labels": { "app": "web" } }), "shop", spec)
    }

    #[test]
    fn numbers_are_compared_as_such() {
        let above = Requirement::of(&json!({ "key": "generation", "operator": "Gt", "values": ["4"] }));
        assert!(above.allows(Some("10")));
        assert!(!above.allows(Some("4")));
        assert!(!above.allows(None));
    }

    #[test]
    fn one_term_is_enough_and_a_selector_is_not_optional() {
        let zone = |zone: &str| json!({ "matchExpressions": [{ "key": "zone", "operator": "In", "values": [zone] }] });
        let demands = pod(&json!({
            "nodeSelector": { "arch": "arm64" },
            "affinity": { "nodeAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": { "nodeSelectorTerms": [zone("a"), zone("b")] },
            } },
        }));
        assert!(demands.accept(&labels([("arch", "arm64"), ("zone", "b")])));
        assert!(!demands.accept(&labels([("arch", "arm64"), ("zone", "c")])));
        assert!(!demands.accept(&labels([("zone", "a")])));
    }

    #[test]
    fn a_wish_counts_only_while_it_is_one_of_the_heaviest() {
        let demands = pod(&json!({ "affinity": { "nodeAffinity": {
            "preferredDuringSchedulingIgnoredDuringExecution": [
                { "weight": 1, "preference": { "matchExpressions": [{ "key": "light", "operator": "Exists" }] } },
                { "weight": 9, "preference": { "matchExpressions": [{ "key": "heavy", "operator": "Exists" }] } },
            ],
        } } }));
        let heavy = labels([("heavy", "yes")]);
        assert!(!demands.with_wishes(2).accept(&heavy));
        assert!(demands.with_wishes(1).accept(&heavy));
        assert!(!demands.with_wishes(1).accept(&labels([("light", "yes")])));
        assert!(demands.with_wishes(0).accept(&labels([])));
    }

    #[test]
    fn taints_keep_away_who_does_not_tolerate_them() {
        let taint = json!({ "key": "nvidia.com/gpu", "value": "true", "effect": "NoSchedule" });
        let spec = |toleration: Value| json!({ "tolerations": [toleration] });
        assert!(!pod(&json!({})).tolerate(std::slice::from_ref(&taint)));
        assert!(
            pod(&spec(json!({ "key": "nvidia.com/gpu", "operator": "Exists" })))
                .tolerate(std::slice::from_ref(&taint))
        );
        assert!(pod(&spec(json!({ "operator": "Exists" }))).tolerate(std::slice::from_ref(&taint)));
        assert!(
            !pod(&spec(json!({ "key": "nvidia.com/gpu", "value": "false" })))
                .tolerate(std::slice::from_ref(&taint))
        );
        let wish = json!({ "key": "dear", "effect": "PreferNoSchedule" });
        assert!(pod(&json!({})).tolerate(&[wish]));
    }

    #[test]
    fn pods_that_must_be_apart_do_not_share_a_node() {
        let apart = pod(&json!({ "affinity": { "podAntiAffinity": {
            "requiredDuringSchedulingIgnoredDuringExecution": [{
                "labelSelector": { "matchLabels": { "app": "web" } }, "topologyKey": HOSTNAME,
            }],
        } } }));
        assert!(!apart.bear(&apart));
        assert!(!pod(&json!({})).bear(&apart));
        let elsewhere = Demands { namespace: "other".to_owned(), ..pod(&json!({})) };
        assert!(elsewhere.bear(&apart));
    }
}
