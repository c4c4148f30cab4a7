//! The pods of a stand-in: what the scheduler, the admission and `helm --wait` read of them.

use serde_json::{Map, Value, json};

use super::Facts;
use super::expression::Template;
use super::images;

/// A pod template of a recorded workload.
pub(super) fn template(facts: &Facts, template: &mut Template<'_>, object: &Value) -> Value {
    let (pod, wires) = (&object["pod"], &object["wires"]);
    let mut spec = Map::new();
    for (field, recorded) in [
        ("serviceAccountName", "serviceAccount"),
        ("priorityClassName", "priorityClass"),
        ("nodeSelector", "nodeSelector"),
        ("affinity", "affinity"),
        ("tolerations", "tolerations"),
        ("topologySpreadConstraints", "topologySpread"),
        ("hostNetwork", "hostNetwork"),
        ("runtimeClassName", "runtimeClass"),
        ("terminationGracePeriodSeconds", "grace"),
        ("restartPolicy", "restart"),
    ] {
        let (value, wires) = (&pod[recorded], &wires[recorded]);
        if !value.is_null() || !wires.is_null() {
            spec.insert(field.to_owned(), template.wired(wires, value));
        }
    }
    for (field, recorded) in [("initContainers", "init"), ("containers", "containers")] {
        let containers: Vec<Value> = pod[recorded]
            .as_array()
            .into_iter()
            .flatten()
            .map(|container| self::container(facts, template, recorded, container, wires))
            .collect();
        if !containers.is_empty() {
            spec.insert(field.to_owned(), containers.into());
        }
    }
    let metadata = json!({
        "labels": template.weave(&pod["labels"]),
        "annotations": template.weave(&pod["annotations"]),
    });
    json!({ "metadata": metadata, "spec": spec })
}

fn container(
    facts: &Facts,
    template: &mut Template<'_>,
    list: &str,
    container: &Value,
    wires: &Value,
) -> Value {
    let name = container["name"].as_str().unwrap_or_default();
    let wires_of = |field: &str| &wires[format!("{list}.{name}.{field}")];
    let mut made = Map::new();
    made.insert("name".to_owned(), template.weave(&container["name"]));
    let recorded = container["image"].as_str().unwrap_or_default();
    let image = match images::image(facts, wires_of("image"), recorded) {
        Some(text) => template.hold_text(text),
        None => recorded.into(),
    };
    made.insert("image".to_owned(), image);
    let (resources, wired) = (&container["resources"], wires_of("resources"));
    if !resources.is_null() || !wired.is_null() {
        made.insert("resources".to_owned(), template.wired(wired, resources));
    }
    if let Some(environment) = container["env"].as_array() {
        let variables = environment.iter().map(|variable| self::variable(template, variable)).collect();
        made.insert("env".to_owned(), Value::Array(variables));
    }
    if facts.text("pod_security") == "restricted" {
        made.insert("securityContext".to_owned(), restricted());
    }
    if let Some(ports) = container["hostPorts"].as_array() {
        let ports: Vec<Value> =
            ports.iter().map(|port| json!({ "containerPort": port, "hostPort": port })).collect();
        made.insert("ports".to_owned(), ports.into());
    }
    if container["always"] == true {
        made.insert("restartPolicy".to_owned(), json!("Always"));
    }
    made.into()
}

/// A variable that takes a value of the chart, or a key of a Secret that a value names.
fn variable(template: &mut Template<'_>, variable: &Value) -> Value {
    let name = &variable["name"];
    if variable["secret"].is_null() {
        return json!({ "name": name, "value": template.wired(&variable["value"], &json!("")) });
    }
    let secret = template.wired(&variable["secret"], &variable["default"]);
    json!({ "name": name, "valueFrom": { "secretKeyRef": { "name": secret, "key": variable["key"] } } })
}

/// What the level `restricted` of pod security asks of a container.
fn restricted() -> Value {
    json!({
        "allowPrivilegeEscalation": false,
        "capabilities": { "drop": ["ALL"] },
        "runAsNonRoot": true,
        "seccompProfile": { "type": "RuntimeDefault" },
    })
}
