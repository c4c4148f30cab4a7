//! TargetGroupBindings: the pods of a service in a target group that somebody else has made.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::{Value, json};

use super::super::hands::Hands;
use super::super::object::{has_finalizer, is_deleted, name, text};
use super::groups::{self, TargetGroup};
use super::{endpoints, rules};

const FINALIZER: &str = "elbv2.k8s.aws/resources";

/// How the log calls it.
pub(super) fn title(binding: &Value) -> String {
    format!("binding {}/{}", namespace(binding), name(binding))
}

fn namespace(binding: &Value) -> &str {
    text(&binding["metadata"]["namespace"])
}

fn path(binding: &Value) -> String {
    let namespace = namespace(binding);
    format!("/apis/elbv2.k8s.aws/v1beta1/namespaces/{namespace}/targetgroupbindings/{}", name(binding))
}

/// Takes a binding one step further.
pub(super) fn step(hands: &Hands, binding: &Value, all: &[Value]) -> Result<()> {
    let others = others_of_its_group(binding, all);
    if is_deleted(binding) {
        return end(hands, binding, others.is_empty());
    }
    if let Some(first) = others.iter().find(|other| age(other) < age(binding)) {
        // The real one's webhook refuses it at once.
        bail!("its target group is already bound to {}", title(first));
    }
    if !has_finalizer(binding, FINALIZER) {
        return hands.hold(&path(binding), binding, FINALIZER);
    }
    let Some(group) = group(hands, binding)? else { return Ok(()) };
    ensure!(
        group.kind == "ip",
        "its target group takes targets of type `{}`, which the model does not",
        group.kind
    );
    let asked = text(&binding["spec"]["targetType"]);
    ensure!(
        asked.is_empty() || asked == group.kind,
        "its target type `{asked}` is not that of its target group, `{}`",
        group.kind
    );
    let family = binding["spec"]["ipAddressType"].as_str().unwrap_or("ipv4");
    ensure!(
        family == group.family,
        "its address type `{family}` is not that of its target group, `{}`",
        group.family
    );
    let service = &binding["spec"]["serviceRef"];
    let family = if family == "ipv6" { "IPv6" } else { "IPv4" };
    let found = endpoints::of(hands, namespace(binding), text(&service["name"]), &service["port"], family)?;
    if groups::settle(hands, &group, found.as_ref().unwrap_or(&BTreeSet::new()))? {
        hands.say(&format!("{}: targets of {} are {found:?}", title(binding), group.arn));
    }
    observe(hands, binding)
}

/// Other bindings of the same target group that go on.
fn others_of_its_group<'a>(binding: &Value, all: &'a [Value]) -> Vec<&'a Value> {
    let of = |it: &Value| (it["spec"]["targetGroupARN"].clone(), it["spec"]["targetGroupName"].clone());
    all.iter()
        .filter(|it| it["metadata"]["uid"] != binding["metadata"]["uid"] && !is_deleted(it))
        .filter(|it| of(it) == of(binding))
        .collect()
}

/// What orders bindings: when they were made, then their names.
fn age(binding: &Value) -> (&str, &str, &str) {
    (text(&binding["metadata"]["creationTimestamp"]), namespace(binding), name(binding))
}

fn observe(hands: &Hands, binding: &Value) -> Result<()> {
    let generation = &binding["metadata"]["generation"];
    if binding["status"]["observedGeneration"] == *generation {
        return Ok(());
    }
    hands.merge(
        &format!("{}/status", path(binding)),
        &json!({ "status": { "observedGeneration": generation } }),
    )
}

/// Its target group; none where there is no AWS.
fn group(hands: &Hands, binding: &Value) -> Result<Option<TargetGroup>> {
    let Some(aws) = hands.reading_aws() else { return Ok(None) };
    let spec = &binding["spec"];
    let (key, value) = match spec["targetGroupARN"].as_str() {
        Some(arn) => ("TargetGroupArns", arn),
        None => ("Names", spec["targetGroupName"].as_str().context("it names no target group")?),
    };
    Ok(Some(
        groups::find(aws, key, value)?.with_context(|| format!("its target group `{value}` is not there"))?,
    ))
}

/// Its targets, then its rules, then its finalizer. A target group that is gone needs nothing.
fn end(hands: &Hands, binding: &Value, is_alone: bool) -> Result<()> {
    if !has_finalizer(binding, FINALIZER) {
        return Ok(());
    }
    if is_alone && let Some(aws) = hands.reading_aws() {
        let spec = &binding["spec"];
        let arn = match (spec["targetGroupARN"].as_str(), spec["targetGroupName"].as_str()) {
            (Some(arn), _) => Some(arn.to_owned()),
            (None, Some(name)) => groups::find(aws, "Names", name)?.map(|group| group.arn),
            _ => None,
        };
        if let Some(arn) = arn {
            let there = groups::targets(aws, &arn)?.unwrap_or_default();
            groups::deregister(hands, &arn, &there.iter().collect::<Vec<_>>())?;
        }
    }
    rules::step(hands, &hands.list(super::BINDINGS)?)?;
    hands.say(&format!("{}: ended", title(binding)));
    hands.release(&path(binding), binding, FINALIZER)
}
