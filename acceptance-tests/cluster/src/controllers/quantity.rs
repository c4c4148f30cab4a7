//! Amounts of resources, in thousandths: `500m` processors are 500, a byte is 1000.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::object::items;

/// Amounts by the names of resources.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Amounts(BTreeMap<String, i64>);

impl Amounts {
    /// Those of an object such as `requests` or `allocatable`. What is no quantity counts as none.
    pub(super) fn of(value: &Value) -> Self {
        let entries = value.as_object().into_iter().flatten();
        Self(entries.map(|(name, value)| (name.clone(), parse(value).unwrap_or_default())).collect())
    }

    pub(super) fn get(&self, name: &str) -> i64 {
        self.0.get(name).copied().unwrap_or_default()
    }

    pub(super) fn add(&mut self, other: &Self) {
        for (name, amount) in &other.0 {
            *self.0.entry(name.clone()).or_default() += amount;
        }
    }

    pub(super) fn subtract(&mut self, other: &Self) {
        for (name, amount) in &other.0 {
            *self.0.entry(name.clone()).or_default() -= amount;
        }
    }

    /// Subtracts of what is named here only.
    pub(super) fn subtract_named(&mut self, other: &Self) {
        for (name, amount) in &mut self.0 {
            *amount -= other.get(name);
        }
    }

    /// Of each the larger.
    pub(super) fn raise(&mut self, other: &Self) {
        for (name, amount) in &other.0 {
            let own = self.0.entry(name.clone()).or_default();
            *own = (*own).max(*amount);
        }
    }

    /// Whether each of these is there in the other.
    pub(super) fn fit(&self, into: &Self) -> bool {
        self.0.iter().all(|(name, amount)| *amount <= 0 || *amount <= into.get(name))
    }

    /// Whether none of what a limit names is more than it: what it does not name has no limit.
    pub(super) fn within(&self, limits: &Self) -> bool {
        limits.0.iter().all(|(name, limit)| self.get(name) <= *limit)
    }

    /// As quantities.
    pub(super) fn quantities(&self) -> Value {
        let quantity = |amount: i64| {
            if amount % 1000 == 0 { (amount / 1000).to_string() } else { format!("{amount}m") }
        };
        let entries = self.0.iter().filter(|(_, amount)| **amount != 0);
        Value::Object(
            entries.map(|(name, amount)| (name.clone(), quantity(*amount).into())).collect::<Map<_, _>>(),
        )
    }
}

/// What a pod asks of a node: its containers and those that start before them and stay; or more, where one that only starts
/// before them needs more; and what the pod as a whole has on top, or instead.
pub(super) fn requests(spec: &Value) -> Amounts {
    let of = |container: &Value| Amounts::of(&container["resources"]["requests"]);
    let mut sum = Amounts::default();
    items(&spec["containers"]).for_each(|container| sum.add(&of(container)));
    let mut stay = Amounts::default();
    let mut start = Amounts::default();
    for container in items(&spec["initContainers"]) {
        let mut peak = stay.clone();
        peak.add(&of(container));
        if container["restartPolicy"] == "Always" {
            stay = peak.clone();
        }
        start.raise(&peak);
    }
    sum.add(&stay);
    sum.raise(&start);
    for (name, amount) in Amounts::of(&spec["resources"]["requests"]).0 {
        sum.0.insert(name, amount);
    }
    sum.add(&Amounts::of(&spec["overhead"]));
    sum.0.insert("pods".to_owned(), 1000);
    sum
}

/// A quantity of Kubernetes in thousandths, rounded up.
fn parse(value: &Value) -> Option<i64> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    let end = text.find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at(end);
    let factor = match suffix {
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "" => 1.0,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "Ki" => 1024.0,
        "Mi" => 1_048_576.0,
        "Gi" => 1_073_741_824.0,
        "Ti" => 1_099_511_627_776.0,
        _ => return None,
    };
    #[expect(clippy::cast_possible_truncation, reason = "nine hundred thousand tebibytes fit")]
    number.parse::<f64>().ok().map(|number| (number * factor * 1000.0).ceil() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn quantities_are_read_as_kubernetes_writes_them() {
        for (text, thousandths) in [
            ("500m", 500),
            ("2", 2000),
            ("0.5", 500),
            ("1Ki", 1_024_000),
            ("1k", 1_000_000),
            ("1G", 1_000_000_000_000),
        ] {
            assert_eq!(parse(&json!(text)), Some(thousandths), "{text}");
        }
        assert_eq!(parse(&json!(1.2)), Some(1200));
        assert_eq!(parse(&json!("1 core")), None);
    }

    #[test]
    fn a_pod_asks_for_its_largest_moment() {
        let container = |cpu: &str| json!({ "resources": { "requests": { "cpu": cpu } } });
        let mut sidecar = container("100m");
        sidecar["restartPolicy"] = json!("Always");
        let spec = json!({
            "initContainers": [sidecar, container("1")],
            "containers": [container("200m"), container("300m")],
        });
        assert_eq!(requests(&spec).quantities(), json!({ "cpu": "1100m", "pods": "1" }));
        let small =
            json!({ "initContainers": [sidecar, container("50m")], "containers": [container("200m")] });
        assert_eq!(requests(&small).quantities(), json!({ "cpu": "300m", "pods": "1" }));
    }

    #[test]
    fn a_limit_concerns_what_it_names() {
        let used = Amounts::of(&json!({ "cpu": "8", "memory": "32Gi" }));
        assert!(used.within(&Amounts::of(&json!({ "cpu": "8" }))));
        assert!(!used.within(&Amounts::of(&json!({ "cpu": "8", "memory": "16Gi" }))));
    }
}
