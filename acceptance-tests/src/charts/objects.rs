//! The recorded objects as templates.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use anyhow::{Result, bail};
use serde_json::{Map, Value, json};

use super::Facts;
use super::expression::{Template, on};
use super::pods;

/// The template of one object; `None` for a kind that only a guarded stand-in has.
///
/// # Errors
/// When the kind is not known here.
pub(super) fn manifest(facts: &Facts, object: &Value, guarded: bool) -> Result<Option<String>> {
    let kind = object["kind"].as_str().unwrap_or_default();
    if !guarded
        && matches!(kind, "APIService" | "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration")
    {
        return Ok(None);
    }
    let mut template = Template::new(facts);
    let body = body(facts, &mut template, kind, object)?;
    let mut whole = Map::new();
    whole.insert("apiVersion".to_owned(), api_version(kind).into());
    whole.insert("kind".to_owned(), kind.into());
    whole.insert("metadata".to_owned(), metadata(&mut template, kind, object));
    whole.extend(body);
    let (defined, shown) = said(&template.write(&whole.into())?);
    Ok(Some(match condition(object) {
        Some(condition) => format!("{defined}{{{{- if {condition} }}}}\n{shown}{{{{- end }}}}\n"),
        None => format!("{defined}{shown}"),
    }))
}

/// The text as a template, and where that is shown without what is null. Helm knows templates by their names alone, so each has its own.
fn said(text: &str) -> (String, String) {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let name = format!("object-{:016x}", hasher.finish());
    let shown = format!("include \"said\" (include {name:?} $ | fromJson) | fromJson | toPrettyJson");
    (format!("{{{{- define {name:?} -}}}}\n{text}{{{{- end -}}}}\n"), format!("{{{{ {shown} }}}}\n"))
}

/// Every switch in `when`, and one of those in `or`.
fn condition(object: &Value) -> Option<String> {
    let switches = |key: &str| -> Vec<String> {
        object[key].as_array().into_iter().flatten().filter_map(Value::as_str).map(on).collect()
    };
    let (mut all, any) = (switches("when"), switches("or"));
    if !any.is_empty() {
        // What one switch brings, another may bring as well.
        let either: Vec<String> = all.drain(..).chain(any).collect();
        return Some(format!("(or {})", either.join(" ")));
    }
    match all.as_slice() {
        [] => None,
        [one] => Some(one.clone()),
        more => Some(format!("(and {})", more.join(" "))),
    }
}

fn api_version(kind: &str) -> &'static str {
    match kind {
        "Deployment" | "DaemonSet" | "StatefulSet" => "apps/v1",
        "Job" | "CronJob" => "batch/v1",
        "PodDisruptionBudget" => "policy/v1",
        "HorizontalPodAutoscaler" => "autoscaling/v2",
        "PriorityClass" => "scheduling.k8s.io/v1",
        "IngressClass" => "networking.k8s.io/v1",
        "APIService" => "apiregistration.k8s.io/v1",
        "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => {
            "admissionregistration.k8s.io/v1"
        }
        _ => "v1",
    }
}

fn metadata(template: &mut Template<'_>, kind: &str, object: &Value) -> Value {
    let mut metadata = Map::new();
    metadata.insert("name".to_owned(), template.wired(&object["wires"]["name"], &object["name"]));
    if namespaced(kind) {
        let namespace = object.get("namespace").cloned().unwrap_or_else(|| json!("{namespace}"));
        metadata.insert("namespace".to_owned(), template.weave(&namespace));
    }
    metadata.insert(
        "labels".to_owned(),
        template.weave(
            &json!({ "app.kubernetes.io/managed-by": "Helm", "app.kubernetes.io/instance": "{release}" }),
        ),
    );
    let hook = &object["hook"];
    if hook.is_object() {
        let mut annotations = Map::new();
        for (key, name) in [
            ("on", "helm.sh/hook"),
            ("weight", "helm.sh/hook-weight"),
            ("delete", "helm.sh/hook-delete-policy"),
        ] {
            if !hook[key].is_null() {
                annotations.insert(name.to_owned(), hook[key].clone());
            }
        }
        metadata.insert("annotations".to_owned(), annotations.into());
    }
    metadata.into()
}

fn namespaced(kind: &str) -> bool {
    !matches!(
        kind,
        "PriorityClass"
            | "IngressClass"
            | "APIService"
            | "ValidatingWebhookConfiguration"
            | "MutatingWebhookConfiguration"
    )
}

fn body(
    facts: &Facts,
    template: &mut Template<'_>,
    kind: &str,
    object: &Value,
) -> Result<Map<String, Value>> {
    let body = match kind {
        "Deployment" | "DaemonSet" | "StatefulSet" => controller(facts, template, kind, object),
        "Job" => json!({ "spec": job(facts, template, object) }),
        "CronJob" => {
            let job = job(facts, template, object);
            json!({ "spec": { "schedule": object["schedule"], "jobTemplate": { "spec": job } } })
        }
        "ServiceAccount" => json!({}),
        "Service" => service(template, object),
        "PodDisruptionBudget" => budget(template, object),
        "HorizontalPodAutoscaler" => autoscaler(template, object),
        "PersistentVolumeClaim" => json!({ "spec": claim(template, &object["wires"], "", object) }),
        "PriorityClass" => {
            let value = template.wired(&object["wires"]["value"], &object["value"]);
            json!({ "value": value, "globalDefault": object["default"] })
        }
        "ResourceQuota" => json!({ "spec": template.weave(&object["spec"]) }),
        "IngressClass" => json!({ "spec": { "controller": object["controller"] } }),
        "APIService" => api_service(template, object),
        "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration" => {
            let webhooks = object["webhooks"].as_array().into_iter().flatten();
            let webhooks: Vec<Value> =
                webhooks.map(|webhook| self::webhook(template, object, webhook)).collect();
            json!({ "webhooks": webhooks })
        }
        other => bail!("no template is known for the kind `{other}`"),
    };
    Ok(body.as_object().cloned().unwrap_or_default())
}

fn controller(facts: &Facts, template: &mut Template<'_>, kind: &str, object: &Value) -> Value {
    let wires = &object["wires"];
    let mut spec = Map::new();
    if kind != "DaemonSet" && !(object["replicas"].is_null() && wires["replicas"].is_null()) {
        spec.insert("replicas".to_owned(), template.wired(&wires["replicas"], &object["replicas"]));
    }
    if kind == "Deployment" && object["strategy"].is_object() {
        spec.insert("strategy".to_owned(), object["strategy"].clone());
    }
    if kind == "StatefulSet" {
        spec.insert("serviceName".to_owned(), template.weave(&object["serviceName"]));
        let claims = object["claims"].as_array().into_iter().flatten();
        let claims: Vec<Value> = claims
            .map(|one| {
                let name = one["name"].as_str().unwrap_or_default();
                json!({
                    "metadata": { "name": template.weave(&one["name"]) },
                    "spec": claim(template, wires, &format!("claims.{name}."), one),
                })
            })
            .collect();
        spec.insert("volumeClaimTemplates".to_owned(), claims.into());
    }
    spec.insert("selector".to_owned(), json!({ "matchLabels": template.weave(&object["selector"]) }));
    spec.insert("template".to_owned(), pods::template(facts, template, object));
    json!({ "spec": spec })
}

fn job(facts: &Facts, template: &mut Template<'_>, object: &Value) -> Value {
    let mut spec = Map::new();
    for field in ["backoffLimit", "ttlSecondsAfterFinished", "activeDeadlineSeconds"] {
        if let Some(value) = object.get(field) {
            spec.insert(field.to_owned(), value.clone());
        }
    }
    let mut pod = pods::template(facts, template, object);
    if pod["spec"]["restartPolicy"].is_null() {
        pod["spec"]["restartPolicy"] = json!("Never");
    }
    spec.insert("template".to_owned(), pod);
    spec.into()
}

fn claim(template: &mut Template<'_>, wires: &Value, prefix: &str, claim: &Value) -> Value {
    let size = template.wired(&wires[format!("{prefix}size")], &claim["size"]);
    let mut spec = Map::new();
    spec.insert(
        "accessModes".to_owned(),
        claim.get("modes").cloned().unwrap_or_else(|| json!(["ReadWriteOnce"])),
    );
    spec.insert("resources".to_owned(), json!({ "requests": { "storage": size } }));
    let wires = &wires[format!("{prefix}class")];
    if !claim["class"].is_null() || !wires.is_null() {
        spec.insert("storageClassName".to_owned(), template.wired(wires, &claim["class"]));
    }
    spec.into()
}

fn service(template: &mut Template<'_>, object: &Value) -> Value {
    let wires = &object["wires"];
    let mut spec = Map::new();
    for (field, recorded) in [("type", "type"), ("clusterIP", "clusterIP"), ("loadBalancerClass", "class")] {
        if !object[recorded].is_null() || !wires[recorded].is_null() {
            spec.insert(field.to_owned(), template.wired(&wires[recorded], &object[recorded]));
        }
    }
    if object["selector"].is_object() {
        spec.insert("selector".to_owned(), template.weave(&object["selector"]));
    }
    spec.insert("ports".to_owned(), template.weave(&object["ports"]));
    json!({ "spec": spec })
}

fn budget(template: &mut Template<'_>, object: &Value) -> Value {
    let mut spec = Map::new();
    let wires = &object["wires"];
    // The API takes one of the two: a value of the other leaves no room for what is there without it.
    for (field, other) in [("minAvailable", "maxUnavailable"), ("maxUnavailable", "minAvailable")] {
        if !object[field].is_null() || !wires[field].is_null() {
            spec.insert(
                field.to_owned(),
                template.count_unless(&wires[other], &wires[field], &object[field]),
            );
        }
    }
    spec.insert("selector".to_owned(), json!({ "matchLabels": template.weave(&object["selector"]) }));
    json!({ "spec": spec })
}

fn autoscaler(template: &mut Template<'_>, object: &Value) -> Value {
    let [low, high] = ["min", "max"].map(|field| template.wired(&object["wires"][field], &object[field]));
    let target = json!({ "apiVersion": "apps/v1", "kind": object["target"][0], "name": template.weave(&object["target"][1]) });
    json!({ "spec": { "minReplicas": low, "maxReplicas": high, "scaleTargetRef": target } })
}

fn api_service(template: &mut Template<'_>, object: &Value) -> Value {
    let service = &object["service"];
    json!({ "spec": {
        "group": object["group"], "version": object["version"],
        "groupPriorityMinimum": 100, "versionPriority": 100, "insecureSkipTLSVerify": object["skipTLS"],
        "service": {
            "namespace": template.weave(&service[0]), "name": template.weave(&service[1]), "port": service[2],
        },
    } })
}

fn webhook(template: &mut Template<'_>, object: &Value, webhook: &Value) -> Value {
    let name = webhook["name"].as_str().unwrap_or_default();
    let wires = &object["wires"][format!("webhooks.{name}.failurePolicy")];
    let rules = webhook["rules"].as_array().into_iter().flatten();
    let rules: Vec<Value> = rules
        .map(|rule| {
            json!({
                "apiGroups": rule.get("groups").cloned().unwrap_or_else(|| json!([""])),
                "apiVersions": rule["versions"], "resources": rule["resources"], "operations": rule["operations"],
                "scope": rule.get("scope").cloned().unwrap_or_else(|| json!("*")),
            })
        })
        .collect();
    let service = &webhook["service"];
    let mut made = json!({
        "name": template.weave(&webhook["name"]),
        "admissionReviewVersions": webhook.get("reviews").cloned().unwrap_or_else(|| json!(["v1"])),
        "sideEffects": webhook.get("sideEffects").cloned().unwrap_or_else(|| json!("None")),
        "failurePolicy": template.wired(wires, &webhook["failurePolicy"]),
        "rules": rules,
        "clientConfig": { "service": {
            "namespace": template.weave(&service[0]), "name": template.weave(&service[1]), "path": service[2],
            "port": webhook.get("port").cloned().unwrap_or_else(|| json!(443)),
        } },
    });
    for (field, recorded) in [
        ("namespaceSelector", "namespaceSelector"),
        ("objectSelector", "objectSelector"),
        ("timeoutSeconds", "timeout"),
    ] {
        if !webhook[recorded].is_null() {
            made[field] = template.weave(&webhook[recorded]);
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn webhooks_are_only_in_a_guarded_chart() {
        let facts = Facts::of(json!({}));
        let webhook = json!({ "kind": "MutatingWebhookConfiguration", "name": "a", "webhooks": [
            { "name": "a.b.c", "failurePolicy": "Fail", "service": ["{namespace}", "a", "/x"], "rules": [] },
        ] });
        assert_eq!(manifest(&facts, &webhook, false).unwrap(), None);
        let text = manifest(&facts, &webhook, true).unwrap().unwrap();
        assert!(text.contains("\"failurePolicy\": \"Fail\""), "{text}");
        assert!(text.contains("{{ (print $.Release.Namespace) | toJson }}"), "{text}");
    }

    #[test]
    fn a_budget_has_what_values_say_of_it_and_else_what_is_recorded() {
        let facts = Facts::of(json!({}));
        let budget = json!({ "kind": "PodDisruptionBudget", "name": "a", "minAvailable": 0, "selector": {},
            "wires": { "maxUnavailable": ["pdb.max"], "minAvailable": ["pdb.min"] } });
        let text = manifest(&facts, &budget, false).unwrap().unwrap();
        let count = r#"regexReplaceAll `^"([0-9]+)"$`"#;
        let (max, min) = (r#"(list $.Values "pdb" "max")"#, r#"(list $.Values "pdb" "min")"#);
        let least = format!(
            r#"{{{{ {count} (include "first" (list (include "at" {min}) (ternary `0` "null" (empty (or (include "on" {max}) ""))))) `${{1}}` }}}}"#
        );
        assert!(text.contains(&format!("\"minAvailable\": {least}")), "{text}");
        let most = format!(
            r#"{{{{ {count} (include "first" (list (include "at" {max}) (ternary `null` "null" (empty (or (include "on" {min}) ""))))) `${{1}}` }}}}"#
        );
        assert!(text.contains(&format!("\"maxUnavailable\": {most}")), "{text}");
    }

    #[test]
    fn a_kind_that_is_not_known_is_an_error() {
        let error = manifest(&Facts::of(json!({})), &json!({ "kind": "Gadget" }), false).unwrap_err();
        assert_eq!(error.to_string(), "no template is known for the kind `Gadget`");
    }

    #[test]
    fn switches_are_all_needed_and_alternatives_are_not() {
        let both = condition(&json!({ "when": ["a", "!b"] })).unwrap();
        assert!(both.starts_with("(and (include \"on\"") && both.contains("(not (include"), "{both}");
        assert!(condition(&json!({ "when": ["a"], "or": ["b"] })).unwrap().starts_with("(or "));
        assert_eq!(condition(&json!({})), None);
    }
}
