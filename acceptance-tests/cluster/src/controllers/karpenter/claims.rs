//! The life of a node claim: launched, registered, initialized.

use anyhow::{Context as _, Result};
use serde_json::{Map, Value, json};

use super::super::aws::{Aws, Parameters, filter, tags, texts};
use super::super::hands::Hands;
use super::super::object::{has_finalizer, is_true, items, label, name, now, owner, text, with_conditions};
use super::drift::image;
use super::types::InstanceType;
use super::{CAPACITY_TYPE, CLAIMS, INSTANCE_TYPE, NODES, POOL, TERMINATION, World, ZONE};

/// What a kubelet of Karpenter's begins with, until the node is known.
const UNREGISTERED: &str = "karpenter.sh/unregistered";
/// A startup taint that the model of the EBS CSI driver takes away.
const EBS_TAINT: &str = "ebs.csi.aws.com/agent-not-ready";

/// `minor` is that of the API server, which decides about the image.
pub(super) fn step(hands: &Hands, world: &World, claim: &Value, minor: &str) -> Result<()> {
    let path = format!("{CLAIMS}/{}", name(claim));
    hands.hold(&path, claim, TERMINATION)?;
    if !is_true(claim, "Launched") {
        return launch(hands, world, claim, minor);
    }
    let Some(node) = world.node_of(claim) else {
        // One that was there is gone for other reasons than ours: the claim stays, as with the real one for a while.
        if is_true(claim, "Registered") {
            return Ok(());
        }
        return hands.create(NODES, &new_node(hands, claim)).map(drop);
    };
    if !is_true(claim, "Registered") {
        return register(hands, claim, node);
    }
    if !is_true(claim, "Initialized") {
        return initialize(hands, claim, node);
    }
    Ok(())
}

/// Makes the instance, and tells the cluster what it has.
fn launch(hands: &Hands, world: &World, claim: &Value, minor: &str) -> Result<()> {
    let instance = InstanceType::named(label(claim, INSTANCE_TYPE))
        .with_context(|| format!("node claim {} is of an unknown instance type", name(claim)))?;
    let class = world.class_of(&claim["spec"]).context("a node claim without a node class")?;
    let (capacity, allocatable) = instance.resources(class["spec"]["kubelet"]["maxPods"].as_u64());
    let id = run_instance(hands, class, claim)?;
    let zone = label(claim, ZONE);
    hands.say(&format!("node claim {}: launched {id}, {} in {zone}", name(claim), instance.name));
    let status = json!({
        "providerID": format!("aws:///{zone}/{id}"),
        "imageID": image(class, minor),
        "capacity": capacity,
        "allocatable": allocatable,
    });
    set(
        hands,
        claim,
        status,
        &[("Launched", "True", "Launched", ""), waits("Registered"), waits("Initialized")],
    )
}

fn waits(condition: &'static str) -> (&'static str, &'static str, &'static str, &'static str) {
    (condition, "Unknown", "AwaitingReconciliation", "object is awaiting reconciliation")
}

/// Sets status and conditions, of which `Ready` follows from the others.
fn set(
    hands: &Hands,
    claim: &Value,
    mut status: Value,
    conditions: &[(&str, &str, &str, &str)],
) -> Result<()> {
    let is_ready = conditions.iter().any(|condition| condition.0 == "Initialized" && condition.1 == "True");
    let ready = if is_ready { ("Ready", "True", "Ready", "") } else { waits("Ready") };
    let all = [conditions, &[ready]].concat();
    if let Some(conditions) = with_conditions(claim, &all) {
        status["conditions"] = conditions;
    }
    hands.merge(&format!("{CLAIMS}/{}/status", name(claim)), &json!({ "status": status }))
}

/// The instance of a claim: one that a model which was killed has left, or a new one. Without AWS it is only a name.
fn run_instance(hands: &Hands, class: &Value, claim: &Value) -> Result<String> {
    let uid = text(&claim["metadata"]["uid"]).replace('-', "");
    let Some(aws) = hands.aws() else { return Ok(format!("i-{:.17}", uid)) };
    if let Some(id) = find_instance(aws, claim)? {
        return Ok(id);
    }
    let answer = aws.ec2("RunInstances", &instance(hands, class, claim)?)?;
    let ids = texts(&answer, "instanceId");
    Ok((*ids.first().context("RunInstances told no instance")?).to_owned())
}

/// The instance that was made for a claim, whether the claim knows of it or not.
pub(super) fn find_instance(aws: &Aws, claim: &Value) -> Result<Option<String>> {
    let mut known = filter(1, "tag:karpenter.sh/nodeclaim", name(claim));
    known.extend(filter(2, "instance-state-name", "running"));
    let found = aws.ec2("DescribeInstances", &known)?;
    Ok(texts(&found, "instanceId").first().map(|id| (*id).to_owned()))
}

/// What `RunInstances` is asked for.
fn instance(hands: &Hands, class: &Value, claim: &Value) -> Result<Parameters> {
    let zone = label(claim, ZONE);
    let subnet = items(&class["status"]["subnets"])
        .find(|subnet| subnet["zone"] == zone)
        .with_context(|| format!("node class {} has no subnet in {zone}", name(class)))?;
    let mut parameters: Parameters = [
        // That of the claim is none of AWS.
        ("ImageId", "ami-00000000000000000"),
        ("MinCount", "1"),
        ("MaxCount", "1"),
        ("InstanceType", label(claim, INSTANCE_TYPE)),
        ("ClientToken", text(&claim["metadata"]["uid"])),
        ("NetworkInterface.1.DeviceIndex", "0"),
        ("NetworkInterface.1.DeleteOnTermination", "true"),
        ("NetworkInterface.1.SubnetId", text(&subnet["id"])),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    for (number, group) in (1..).zip(items(&class["status"]["securityGroups"])) {
        parameters
            .push((format!("NetworkInterface.1.SecurityGroupId.{number}"), text(&group["id"]).to_owned()));
    }
    if label(claim, CAPACITY_TYPE) == "spot" {
        parameters.push(("InstanceMarketOptions.MarketType".to_owned(), "spot".to_owned()));
    }
    let owned = format!("kubernetes.io/cluster/{}", hands.cluster_name);
    let mut all = vec![
        (owned.as_str(), "owned".to_owned()),
        ("eks:eks-cluster-name", hands.cluster_name.clone()),
        (POOL, label(claim, POOL).to_owned()),
        ("karpenter.sh/nodeclaim", name(claim).to_owned()),
        ("karpenter.k8s.aws/ec2nodeclass", name(class).to_owned()),
    ];
    for (key, value) in class["spec"]["tags"].as_object().into_iter().flatten() {
        all.push((key, text(value).to_owned()));
    }
    parameters.extend(tags("instance", &all));
    Ok(parameters)
}

/// The node as its kubelet would make it.
fn new_node(hands: &Hands, claim: &Value) -> Value {
    let provider = text(&claim["status"]["providerID"]);
    let id = provider.rsplit('/').next().unwrap_or_default();
    let domain = match hands.region.as_str() {
        "us-east-1" => "ec2.internal".to_owned(),
        region => format!("{region}.compute.internal"),
    };
    let name = format!("{id}.{domain}");
    // Any address; nothing is sent to it.
    let number = id.bytes().fold(0_u16, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    let address = format!("10.0.{}.{}", 128 + (number >> 8) % 127, 1 + (number & 0xff) % 254);
    let mut labels: Map<String, Value> = claim["metadata"]["labels"].as_object().cloned().unwrap_or_default();
    labels.insert("kubernetes.io/hostname".to_owned(), json!(name));
    let begins = json!({ "key": UNREGISTERED, "effect": "NoExecute" });
    let taints: Vec<&Value> = [&begins]
        .into_iter()
        .chain(items(&claim["spec"]["taints"]))
        .chain(items(&claim["spec"]["startupTaints"]))
        .collect();
    json!({
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": { "name": name, "labels": labels },
        "spec": { "providerID": provider, "taints": taints },
        "status": {
            "addresses": [
                { "type": "InternalIP", "address": address },
                { "type": "Hostname", "address": name },
                { "type": "InternalDNS", "address": name },
            ],
            "capacity": claim["status"]["capacity"],
            "allocatable": claim["status"]["allocatable"],
        },
    })
}

/// Makes the node known as the claim's.
fn register(hands: &Hands, claim: &Value, node: &Value) -> Result<()> {
    let is_known = has_finalizer(node, TERMINATION) && label(node, "karpenter.sh/registered") == "true";
    if !is_known {
        let taints: Vec<&Value> =
            items(&node["spec"]["taints"]).filter(|taint| taint["key"] != UNREGISTERED).collect();
        let patch = json!({
            "metadata": {
                "resourceVersion": node["metadata"]["resourceVersion"],
                "finalizers": [TERMINATION],
                "labels": { "karpenter.sh/registered": "true" },
                "ownerReferences": [owner(claim, "karpenter.sh/v1", "NodeClaim")],
            },
            "spec": { "taints": taints },
        });
        return hands.merge(&format!("{NODES}/{}", name(node)), &patch);
    }
    let registered = ("Registered", "True", "Registered", "");
    set(hands, claim, json!({ "nodeName": name(node) }), &[registered, waits("Initialized")])
}

/// Whoever sets startup taints takes them away when it is ready. Only one of them is here as a model; for the others, a node
/// that is ready is enough.
fn initialize(hands: &Hands, claim: &Value, node: &Value) -> Result<()> {
    if !is_true(node, "Ready") {
        return Ok(());
    }
    let path = format!("{NODES}/{}", name(node));
    let is_startup = |taint: &Value| {
        items(&claim["spec"]["startupTaints"])
            .any(|startup| startup["key"] == taint["key"] && startup["effect"] == taint["effect"])
    };
    let taints = || items(&node["spec"]["taints"]);
    if taints().any(|taint| is_startup(taint) && taint["key"] != EBS_TAINT) {
        let left: Vec<&Value> =
            taints().filter(|taint| !is_startup(taint) || taint["key"] == EBS_TAINT).collect();
        let version = &node["metadata"]["resourceVersion"];
        let patch = json!({ "metadata": { "resourceVersion": version }, "spec": { "taints": left } });
        return hands.merge(&path, &patch);
    }
    let is_waiting =
        |taint: &Value| is_startup(taint) || text(&taint["key"]).starts_with("node.kubernetes.io/not-ready");
    if taints().any(is_waiting) {
        return Ok(());
    }
    hands.merge(&path, &json!({ "metadata": { "labels": { "karpenter.sh/initialized": "true" } } }))?;
    hands.say(&format!("node claim {}: its node {} takes pods", name(claim), name(node)));
    set(hands, claim, json!({ "lastPodEventTime": now() }), &[("Initialized", "True", "Initialized", "")])
}
