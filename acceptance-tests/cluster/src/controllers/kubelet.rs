//! What a kubelet does before it starts a container, which kwok does not: it looks for everything that the pod refers to, and
//! gives each variable its value.

use std::collections::BTreeMap;

use anyhow::Result;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::hands::Hands;
use super::object::{items, text};

/// The variables of a container, by name. They may hold secrets: this is never printed.
pub(super) type Variables = BTreeMap<String, String>;

/// What became of a pod's start: the variables, or why a kubelet starts nothing.
pub(super) type Start = std::result::Result<Variables, String>;

/// Kinds of objects that pods refer to, as a kubelet asks for them.
#[derive(Clone, Copy)]
enum Source {
    Secret,
    ConfigMap,
}

impl Source {
    fn plural(self) -> &'static str {
        match self {
            Self::Secret => "secrets",
            Self::ConfigMap => "configmaps",
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Secret => "Secret",
            Self::ConfigMap => "ConfigMap",
        }
    }
}

/// The variables of the pod's container which has one of this name; the reason where a kubelet would not start the pod.
///
/// # Errors
/// When the API server cannot be asked.
pub(super) fn start(hands: &Hands, pod: &Value, variable: &str) -> Result<Start> {
    let namespace = text(&pod["metadata"]["namespace"]);
    if let Err(reason) = mount(hands, namespace, pod)? {
        return Ok(Err(reason));
    }
    let mut found = None;
    for container in items(&pod["spec"]["initContainers"]).chain(items(&pod["spec"]["containers"])) {
        let variables = match environment(hands, namespace, container)? {
            Ok(variables) => variables,
            Err(reason) => return Ok(Err(format!("CreateContainerConfigError: {reason}"))),
        };
        if found.is_none() && variables.contains_key(variable) {
            found = Some(variables);
        }
    }
    Ok(found.ok_or_else(|| format!("none of its containers has a variable `{variable}`")))
}

/// Volumes of Secrets and ConfigMaps.
fn mount(hands: &Hands, namespace: &str, pod: &Value) -> Result<std::result::Result<(), String>> {
    for volume in items(&pod["spec"]["volumes"]) {
        let of = [(Source::Secret, "secret", "secretName"), (Source::ConfigMap, "configMap", "name")];
        for (source, key, name) in of {
            let reference = &volume[key];
            if !reference.is_object() || reference["optional"] == true {
                continue;
            }
            if let Err(reason) = read(hands, namespace, source, text(&reference[name]))? {
                return Ok(Err(format!("FailedMount: volume {}: {reason}", volume["name"])));
            }
        }
    }
    Ok(Ok(()))
}

fn environment(hands: &Hands, namespace: &str, container: &Value) -> Result<Start> {
    let mut variables = Variables::new();
    for from in items(&container["envFrom"]) {
        for (source, key) in [(Source::Secret, "secretRef"), (Source::ConfigMap, "configMapRef")] {
            let reference = &from[key];
            if !reference.is_object() {
                continue;
            }
            match read(hands, namespace, source, text(&reference["name"]))? {
                Ok(data) => variables.extend(data),
                Err(_) if reference["optional"] == true => {}
                Err(reason) => return Ok(Err(reason)),
            }
        }
    }
    for entry in items(&container["env"]) {
        let name = text(&entry["name"]).to_owned();
        let of = &entry["valueFrom"];
        let reference = match (&of["secretKeyRef"], &of["configMapKeyRef"]) {
            (secret, _) if secret.is_object() => Some((Source::Secret, secret)),
            (_, map) if map.is_object() => Some((Source::ConfigMap, map)),
            _ => None,
        };
        let Some((source, reference)) = reference else {
            variables.insert(name, text(&entry["value"]).to_owned());
            continue;
        };
        match value(hands, namespace, source, reference)? {
            Ok(value) => drop(variables.insert(name, value)),
            Err(_) if reference["optional"] == true => {}
            Err(reason) => return Ok(Err(reason)),
        }
    }
    Ok(Ok(variables))
}

fn value(
    hands: &Hands,
    namespace: &str,
    source: Source,
    reference: &Value,
) -> Result<std::result::Result<String, String>> {
    let (name, key) = (text(&reference["name"]), text(&reference["key"]));
    let mut data = match read(hands, namespace, source, name)? {
        Ok(data) => data,
        Err(reason) => return Ok(Err(reason)),
    };
    let kind = source.kind();
    Ok(data.remove(key).ok_or_else(|| format!("couldn't find key {key} in {kind} {namespace}/{name}")))
}

/// What an object of the pod's own namespace holds: a kubelet looks in no other.
fn read(hands: &Hands, namespace: &str, source: Source, name: &str) -> Result<Start> {
    let plural = source.plural();
    let Some(object) = hands.get(&format!("/api/v1/namespaces/{namespace}/{plural}/{name}"))? else {
        let kind = source.kind().to_lowercase();
        return Ok(Err(format!("{kind} \"{name}\" not found in namespace `{namespace}`")));
    };
    let data = object["data"].as_object();
    Ok(Ok(data
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), decoded(source, text(value))))
        .collect()))
}

/// Data of a Secret is in base64, as the API server has checked.
fn decoded(source: Source, value: &str) -> String {
    match source {
        Source::Secret => String::from_utf8_lossy(&STANDARD.decode(value).unwrap_or_default()).into_owned(),
        Source::ConfigMap => value.to_owned(),
    }
}
