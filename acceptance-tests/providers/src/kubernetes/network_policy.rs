//! `kubernetes_network_policy_v1`.

use serde_json::{Map, Value as Json, json};
use tfplugin::value::Value;
use tfplugin::{Change, async_trait};

use super::fields::{elements, map, put, single, text, text_set, texts};
use super::kind::{Collection, Default, Kind};
use super::patch::operation;

/// A network policy.
pub(super) struct NetworkPolicy;

#[async_trait]
impl Kind for NetworkPolicy {
    const TYPE: &'static str = "kubernetes_network_policy_v1";
    const NOUN: &'static str = "network policy";
    const REFUSED: (&'static str, &'static str) = ("", "Failed to update network policy: ");
    const COLLECTION: Collection = Collection {
        group: "/apis/networking.k8s.io/v1",
        plural: "networkpolicies",
        namespaced: true,
        version: "networking.k8s.io/v1",
        kind: "NetworkPolicy",
        identity: true,
    };
    const DEFAULTS: &'static [(&'static str, Default)] = &[
        ("spec.ingress.ports.protocol", Default::Text("TCP")),
        ("spec.egress.ports.protocol", Default::Text("TCP")),
    ];

    fn body(change: &Change) -> Map<String, Json> {
        let spec = single(&change.planned, "spec");
        let mut body = Map::from_iter([
            ("podSelector".to_owned(), selector(single(spec, "pod_selector"))),
            ("policyTypes".to_owned(), spec.get("policy_types").to_json(false)),
        ]);
        for (direction, peers) in DIRECTIONS {
            if !elements(spec, direction).is_empty() {
                body.insert(direction.to_owned(), rules(elements(spec, direction), peers));
            }
        }
        Map::from_iter([("spec".to_owned(), body.into())])
    }

    fn patch(change: &Change) -> Vec<Json> {
        let (prior, planned) = (single(&change.prior, "spec"), single(&change.planned, "spec"));
        let changed = |name: &str| prior.get(name) != planned.get(name);
        let mut operations = Vec::new();
        for (direction, peers) in DIRECTIONS.into_iter().filter(|(direction, _)| changed(direction)) {
            let op = if elements(prior, direction).is_empty() { "add" } else { "replace" };
            let rules = rules(elements(planned, direction), peers);
            operations.push(operation(op, &format!("/spec/{direction}"), &rules));
        }
        if changed("pod_selector") {
            let selector = selector(single(planned, "pod_selector"));
            operations.push(operation("replace", "/spec/podSelector", &selector));
        }
        if changed("policy_types") {
            let types = planned.get("policy_types").to_json(false);
            operations.push(operation("replace", "/spec/policyTypes", &types));
        }
        operations
    }

    fn read(object: &Json, _: &Value) -> Vec<(&'static str, Value)> {
        let spec = &object["spec"];
        let mut block = Value::object([
            ("pod_selector", Value::list([read_selector(&spec["podSelector"])])),
            ("policy_types", texts(&spec["policyTypes"])),
        ]);
        for (direction, peers) in DIRECTIONS {
            block.put(direction, read_rules(&spec[direction], peers));
        }
        vec![("spec", Value::list([block]))]
    }
}

/// The directions of traffic, each with what names the other side.
const DIRECTIONS: [(&str, &str); 2] = [("ingress", "from"), ("egress", "to")];

fn rules(rules: &[Value], peers: &str) -> Json {
    let rule = |rule: &Value| {
        let mut made = Map::new();
        if !elements(rule, "ports").is_empty() {
            made.insert("ports".to_owned(), elements(rule, "ports").iter().map(port).collect());
        }
        if !elements(rule, peers).is_empty() {
            made.insert(peers.to_owned(), elements(rule, peers).iter().map(peer).collect());
        }
        Json::Object(made)
    };
    rules.iter().map(rule).collect()
}

fn port(block: &Value) -> Json {
    let mut port = Map::new();
    if let Some(text) = block.get("port").as_str().filter(|text| !text.is_empty()) {
        // A name, or a number.
        port.insert("port".to_owned(), text.parse::<i64>().map_or_else(|_| text.into(), Json::from));
    }
    if let Some(end) = block.get("end_port").as_i64().filter(|end| *end != 0) {
        port.insert("endPort".to_owned(), end.into());
    }
    let protocol = block.get("protocol").as_str().unwrap_or("TCP");
    if !protocol.is_empty() {
        port.insert("protocol".to_owned(), protocol.into());
    }
    port.into()
}

fn peer(block: &Value) -> Json {
    let mut peer = Map::new();
    if !elements(block, "ip_block").is_empty() {
        let ip = single(block, "ip_block");
        let mut made = Map::new();
        put(&mut made, "cidr", ip.get("cidr"));
        put(&mut made, "except", ip.get("except"));
        peer.insert("ipBlock".to_owned(), made.into());
    }
    for (name, attribute) in [("namespaceSelector", "namespace_selector"), ("podSelector", "pod_selector")] {
        if !elements(block, attribute).is_empty() {
            peer.insert(name.to_owned(), selector(single(block, attribute)));
        }
    }
    peer.into()
}

fn selector(block: &Value) -> Json {
    let mut selector = Map::new();
    put(&mut selector, "matchLabels", block.get("match_labels"));
    let expressions = elements(block, "match_expressions");
    if !expressions.is_empty() {
        let each = expressions.iter().map(|one| {
            let mut made = Map::new();
            for name in ["key", "operator", "values"] {
                put(&mut made, name, one.get(name));
            }
            Json::Object(made)
        });
        selector.insert("matchExpressions".to_owned(), each.collect());
    }
    selector.into()
}

fn read_rules(rules: &Json, peers: &str) -> Value {
    let each = rules.as_array().into_iter().flatten().map(|rule| {
        let list = |name: &str, read: fn(&Json) -> Value| {
            Value::list(rule[name].as_array().into_iter().flatten().map(read))
        };
        Value::object([("ports", list("ports", read_port)), (peers, list(peers, read_peer))])
    });
    Value::list(each)
}

fn read_port(port: &Json) -> Value {
    let number = match &port["port"] {
        Json::Number(number) => number.to_string().into(),
        name => text(name),
    };
    Value::object([
        ("port", number),
        ("end_port", port["endPort"].as_i64().unwrap_or_default().into()),
        ("protocol", text(&port["protocol"])),
    ])
}

fn read_peer(peer: &Json) -> Value {
    let once = |name: &str, read: fn(&Json) -> Value| match &peer[name] {
        Json::Null => Value::list([]),
        found => Value::list([read(found)]),
    };
    let ip = |ip: &Json| Value::object([("cidr", text(&ip["cidr"])), ("except", texts(&ip["except"]))]);
    Value::object([
        ("ip_block", once("ipBlock", ip)),
        ("namespace_selector", once("namespaceSelector", read_selector)),
        ("pod_selector", once("podSelector", read_selector)),
    ])
}

fn read_selector(selector: &Json) -> Value {
    let expressions = selector["matchExpressions"].as_array().into_iter().flatten().map(|one| {
        Value::object([
            ("key", text(&one["key"])),
            ("operator", text(&one["operator"])),
            ("values", text_set(&one.get("values").cloned().unwrap_or_else(|| json!([])))),
        ])
    });
    Value::object([
        ("match_labels", map(&selector["matchLabels"])),
        ("match_expressions", Value::list(expressions)),
    ])
}
