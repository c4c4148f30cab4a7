//! From Terraform's plans to rows: what changed or went outside of Terraform.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value as Json;

use super::traces::{Managed, Traces, Verdict};
use super::{Attribute, Kind, NextApply, Part, Places, Row, Since, Value, next};
use crate::difference::{Difference, Marked, differences, is_of_release_values};
use crate::run::{Releases, Seen, WrongRelease};

/// What is read of `terraform show -json`.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Plan {
    format_version: String,
    #[serde(default)]
    errored: bool,
    #[serde(default)]
    resource_drift: Vec<Resource>,
    #[serde(default)]
    resource_changes: Vec<Resource>,
    #[serde(default)]
    prior_state: State,
}

#[derive(Debug, Clone, Deserialize)]
struct Resource {
    address: String,
    #[serde(default)]
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    provider_name: String,
    deposed: Option<String>,
    change: Change,
}

/// What happened to a resource, or is to happen to it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Change {
    pub(super) actions: Vec<String>,
    #[serde(default)]
    pub(super) before: Json,
    #[serde(default)]
    pub(super) after: Json,
    #[serde(default)]
    pub(super) after_unknown: Json,
    #[serde(default)]
    before_sensitive: Json,
    #[serde(default)]
    after_sensitive: Json,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct State {
    #[serde(default)]
    values: Values,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Values {
    #[serde(default)]
    root_module: Module,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Module {
    #[serde(default)]
    resources: Vec<InState>,
    #[serde(default)]
    child_modules: Vec<Module>,
}

#[derive(Debug, Clone, Deserialize)]
struct InState {
    #[serde(default)]
    mode: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    values: Json,
}

impl Plan {
    /// The plan, if it is one that can be understood. Nothing of it is quoted: it holds secrets.
    fn of(json: Json) -> Option<Self> {
        let plan: Self = serde_json::from_value(json).ok()?;
        (plan.format_version.starts_with("1.") && !plan.errored).then_some(plan)
    }

    /// What is planned for a resource; `None` when the plan does not know it.
    pub(super) fn planned(&self, address: &str) -> Option<&Change> {
        let mut changes = self.resource_changes.iter().filter(|change| change.deposed.is_none());
        changes.find(|change| change.address == address).map(|change| &change.change)
    }

    /// What the layer manages, what is gone included.
    fn managed(&self) -> Vec<Managed> {
        let mut all = Vec::new();
        self.prior_state.values.root_module.managed(&mut all);
        for gone in self.resource_drift.iter().filter(|drift| drift.is_gone()) {
            all.push(Managed { kind: gone.kind.clone(), values: gone.change.before.clone() });
        }
        all
    }
}

impl Module {
    fn managed(&self, all: &mut Vec<Managed>) {
        for resource in self.resources.iter().filter(|resource| resource.mode == "managed") {
            all.push(Managed { kind: resource.kind.clone(), values: resource.values.clone() });
        }
        self.child_modules.iter().for_each(|module| module.managed(all));
    }
}

impl Resource {
    fn is_gone(&self) -> bool {
        self.change.actions == ["delete"]
    }

    fn is_drift(&self) -> bool {
        // What a replacement left behind is to be destroyed, however it is now.
        self.mode == "managed" && self.deposed.is_none() && self.change.actions != ["no-op"]
    }
}

/// What was found in the layers that could be looked at.
pub(super) struct Found(Vec<Layer>);

struct Layer {
    name: String,
    drifted: Vec<Drifted>,
    wrong: Vec<WrongRelease>,
    unseen: Vec<crate::diag::Report>,
}

struct Drifted {
    address: String,
    kind: Kind,
    is_gone: bool,
    attributes: Vec<Different>,
}

/// An attribute that is another now.
struct Different {
    /// The attribute of the resource in which it is.
    attribute: String,
    path: String,
    was: Value,
    is: Value,
}

/// Reads the looks at all layers: what was found, and the layers of which nothing could be.
pub(super) fn compare(looks: Vec<(String, Seen)>) -> (Found, Vec<Part>) {
    let (mut plans, mut dark) = (Vec::new(), Vec::new());
    for (name, seen) in looks {
        match seen {
            Seen::Plan { json, releases } => match Plan::of(json) {
                Some(plan) => plans.push((name, plan, releases)),
                None => dark.push(Part::dark(&name, not_understood(&name))),
            },
            Seen::Unseen(problems) => dark.push(Part::dark(&name, super::unseen(problems))),
        }
    }
    let managed = plans.iter().flat_map(|(_, plan, _)| plan.managed()).collect();
    let traces = Traces::new(managed, dark.iter().map(|part| part.name.clone()).collect());
    let layers = plans.into_iter().map(|(name, plan, releases)| layer(name, &plan, &releases, &traces));
    (Found(layers.collect()), dark)
}

fn not_understood(layer: &str) -> crate::diag::Report {
    super::why(
        format!("layer `{layer}`: the plan that was made cannot be understood"),
        "it is not what `terraform show -json` prints in format 1",
        "use the newest tfy-infra, or a Terraform that it was tested with (README)",
    )
}

fn layer(name: String, plan: &Plan, releases: &Releases, traces: &Traces) -> Layer {
    let mut layer = Layer { name, drifted: Vec::new(), wrong: releases.wrong.clone(), unseen: Vec::new() };
    for resource in plan.resource_drift.iter().filter(|resource| resource.is_drift()) {
        let is_release = resource.kind == "helm_release" && resource.is_gone();
        if is_release && let Some(unseen) = not_known_to_be_gone(&layer.name, resource, releases) {
            layer.unseen.push(unseen);
            continue;
        }
        let drifted = drifted(&layer.name, resource, traces, &mut layer.unseen);
        layer.drifted.extend(drifted);
    }
    layer
}

/// The helm provider takes every error of a read for "gone"; only the cluster itself says that a release is.
fn not_known_to_be_gone(
    layer: &str,
    resource: &Resource,
    releases: &Releases,
) -> Option<crate::diag::Report> {
    let address = &resource.address;
    if releases.asked && !releases.present.contains(address) {
        return None;
    }
    let note = if releases.asked {
        "the cluster says that it is there"
    } else {
        "the cluster was not asked: there is none yet, or `TF_VAR_ephemeral_token` is set"
    };
    Some(super::why(
        format!(
            "layer `{layer}`, `{address}`: Terraform takes it for gone, which the helm provider does after every error of a read"
        ),
        note,
        "look at it with `helm list -A`, and run the same command again",
    ))
}

fn drifted(
    layer: &str,
    resource: &Resource,
    traces: &Traces,
    unseen: &mut Vec<crate::diag::Report>,
) -> Option<Drifted> {
    let address = &resource.address;
    let of = |attributes| Drifted {
        address: address.clone(),
        kind: Kind::of_provider(&resource.provider_name),
        is_gone: resource.is_gone(),
        attributes,
    };
    if resource.is_gone() {
        return Some(of(Vec::new()));
    }
    let change = &resource.change;
    let mut attributes = Vec::new();
    let found = differences(
        Marked(&change.before, &change.before_sensitive),
        Marked(&change.after, &change.after_sensitive),
    );
    for (attribute, differences) in by_attribute(found) {
        match traces.judge(&resource.kind, &attribute, &change.before, &change.after) {
            Verdict::Trace => {}
            Verdict::CannotTell(dark) => {
                unseen.push(may_be_of_another_layer(layer, address, &attribute, &dark));
            }
            // Of a list of what others manage, one line for each element that nobody does.
            Verdict::Foreign(elements) => attributes.extend(elements.into_iter().map(|(path, was, is)| {
                let attribute = attribute.clone();
                Different { attribute, path, was: there(was), is: there(is) }
            })),
            Verdict::Own => attributes.extend(differences.into_iter().map(|difference| {
                let path = difference.path();
                let hidden = is_of_release_values(&resource.kind, &path);
                let value = |value| if hidden { Value::Hidden } else { value };
                let (was, is) = (value(difference.was), value(difference.is));
                Different { attribute: attribute.clone(), path, was, is }
            })),
        }
    }
    let attributes = one_of_tags(attributes);
    if attributes.is_empty() { None } else { Some(of(attributes)) }
}

fn there(is_there: bool) -> Value {
    Value::Shown(if is_there { "there".into() } else { Json::Null })
}

fn may_be_of_another_layer(layer: &str, address: &str, attribute: &str, dark: &str) -> crate::diag::Report {
    super::why(
        format!("layer `{layer}`, `{address}`: what is new in `{attribute}` may be made by layer `{dark}`"),
        format!("layer `{dark}` could not be looked at"),
        "mend what keeps that layer from being looked at, and run the same command again",
    )
}

fn by_attribute(differences: Vec<Difference>) -> BTreeMap<String, Vec<Difference>> {
    let mut by: BTreeMap<String, Vec<_>> = BTreeMap::new();
    for difference in differences {
        by.entry(difference.attribute().to_owned()).or_default().push(difference);
    }
    by
}

/// AWS resources have their tags twice: `tags` as configured, and `tags_all` with those of the provider block. The second knows more.
fn one_of_tags(mut attributes: Vec<Different>) -> Vec<Different> {
    if attributes.iter().any(|different| different.attribute == "tags_all") {
        attributes.retain(|different| different.attribute != "tags");
        for different in attributes.iter_mut().filter(|different| different.attribute == "tags_all") {
            different.path = different.path.replacen("tags_all", "tags", 1);
        }
    }
    attributes
}

impl Found {
    /// The layers in which something is not as it was.
    pub(super) fn layers(&self) -> Vec<String> {
        let layers = self.0.iter().filter(|layer| !layer.drifted.is_empty());
        layers.map(|layer| layer.name.clone()).collect()
    }

    /// The parts of a report, with what the next apply would do.
    pub(super) fn parts(self, next: Vec<(String, Seen)>, places: &Places) -> Vec<Part> {
        let mut next: BTreeMap<String, Seen> = next.into_iter().collect();
        self.0.into_iter().map(|layer| part(layer, &mut next, places)).collect()
    }
}

fn part(layer: Layer, next: &mut BTreeMap<String, Seen>, places: &Places) -> Part {
    let Layer { name, drifted, wrong, mut unseen } = layer;
    let plan = match next.remove(&name) {
        Some(Seen::Plan { json, .. }) => Plan::of(json),
        Some(Seen::Unseen(problems)) => {
            unseen.push(super::unseen(problems));
            None
        }
        None => None,
    };
    let mut rows: Vec<Row> =
        drifted.into_iter().map(|drifted| row(&name, drifted, plan.as_ref(), places)).collect();
    rows.extend(wrong.into_iter().map(|wrong| of_release(&name, wrong)));
    Part::of(&name, rows, unseen)
}

fn row(layer: &str, drifted: Drifted, plan: Option<&Plan>, places: &Places) -> Row {
    let Drifted { address, kind, is_gone, attributes } = drifted;
    let attributes: Vec<Attribute> = attributes
        .into_iter()
        .map(|different| Attribute {
            apply: Some(next::of(plan, &address, false, Some(&different.attribute))),
            path: different.path,
            was: different.was,
            is: different.is,
            since: Since::default(),
        })
        .collect();
    let apply = if is_gone {
        next::of(plan, &address, true, None)
    } else {
        let all: Vec<NextApply> = attributes.iter().filter_map(|attribute| attribute.apply).collect();
        NextApply::of_all(&all)
    };
    Row {
        kind,
        layer: Some(layer.to_owned()),
        what: address,
        change: if is_gone { "deleted outside" } else { "changed outside" }.to_owned(),
        attributes,
        apply: Some(apply),
        next: apply.next(layer, places),
        since: Since::default(),
    }
}

fn of_release(layer: &str, wrong: WrongRelease) -> Row {
    let WrongRelease { address, half_done, next } = wrong;
    let change = match half_done {
        Some(status) => format!("half done: `{status}`"),
        None => "in the cluster, in no state".to_owned(),
    };
    Row {
        kind: Kind::Cluster,
        layer: Some(layer.to_owned()),
        what: address,
        change,
        attributes: Vec::new(),
        apply: None,
        next,
        since: Since::default(),
    }
}

#[cfg(test)]
mod tests;
