//! A model of the EBS CSI driver, its controller and the part on each node.
//!
//! Real in it: the driver's objects in the cluster, so that the scheduler and the controllers of Kubernetes decide as with the
//! real one. A claim of a class whose provisioner it is gets a volume in the zone of the node that the scheduler has chosen, with
//! the driver's finalizer; a volume that is released goes from AWS and then from the cluster, if its class says so; attachments
//! are told as done, and carry the finalizer of the attacher. With a local AWS there is a volume for each, with the driver's
//! tags and those that the add-on's configuration asks for; one that a model which was killed has left is found again.
//!
//! What it does not do: nothing is attached in AWS, formatted or mounted, so that no volume is ever busy. No snapshot, clone,
//! growth, or change of a volume's class; no limit but the number that a node says it can take; no topology but zones, of which a
//! class that binds at once takes the first. It works whether or not its add-on is installed in AWS, and does not end with it.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use super::aws::{Parameters, filter, if_there, tags, texts};
use super::hands::Hands;
use super::object::{has_finalizer, is_deleted, is_true, items, label, name, owner, text};
use super::quantity::Amounts;

const DRIVER: &str = "ebs.csi.aws.com";
const CLAIMS: &str = "/api/v1/persistentvolumeclaims";
const VOLUMES: &str = "/api/v1/persistentvolumes";
const NODES: &str = "/api/v1/nodes";
const STORAGE: &str = "/apis/storage.k8s.io/v1";
const ZONE: &str = "topology.kubernetes.io/zone";
const DRIVERS_ZONE: &str = "topology.ebs.csi.aws.com/zone";
const ATTACHED_BY_CONTROLLER: &str = "volumes.kubernetes.io/controller-managed-attach-detach";
/// What a node may have until the driver is ready on it.
const STARTUP_TAINT: &str = "ebs.csi.aws.com/agent-not-ready";
const PROVISIONER: &str = "external-provisioner.volume.kubernetes.io/finalizer";
const ATTACHER: &str = "external-attacher/ebs-csi-aws-com";
const SELECTED: &str = "volume.kubernetes.io/selected-node";
/// So many volumes fit a node, as most instances of the Nitro kind have it.
const MOST: u64 = 25;

/// What the model remembers.
#[derive(Default)]
pub(super) struct Ebs {
    is_known: bool,
}

impl Ebs {
    /// Looks at everything once, and takes each thing one step further.
    pub(super) fn round(&mut self, hands: &Hands) -> Result<()> {
        if !self.is_known {
            hands.create(&format!("{STORAGE}/csidrivers"), &driver())?;
            self.is_known = true;
        }
        let known = hands.list(&format!("{STORAGE}/csinodes"))?;
        let nodes = hands.list(NODES)?;
        let claims = hands.list(CLAIMS)?;
        let volumes = hands.list(&format!("{VOLUMES}?limit=500"))?;
        let attached = hands.list(&format!("{STORAGE}/volumeattachments"))?;
        let mut results = Vec::new();
        results.extend(nodes.iter().map(|node| begin_on(hands, &known, node)));
        results.extend(
            claims.iter().filter(|claim| is_wanted(claim)).map(|claim| provision(hands, &nodes, claim)),
        );
        results.extend(
            volumes.iter().filter(|volume| is_over(volume, &attached)).map(|volume| remove(hands, volume)),
        );
        results.extend(
            attached.iter().filter(|it| it["spec"]["attacher"] == DRIVER).map(|it| attach(hands, it)),
        );
        // One that fails does not keep the others waiting.
        results.into_iter().collect()
    }
}

fn driver() -> Value {
    json!({
        "apiVersion": "storage.k8s.io/v1",
        "kind": "CSIDriver",
        "metadata": { "name": DRIVER },
        "spec": { "attachRequired": true, "podInfoOnMount": false },
    })
}

/// What a kubelet and the driver's pod on its node do: the node says that it has the driver, and in which zone.
fn begin_on(hands: &Hands, known: &[Value], node: &Value) -> Result<()> {
    if is_deleted(node) || !is_true(node, "Ready") {
        return Ok(());
    }
    let path = format!("{NODES}/{}", name(node));
    if !known.iter().any(|it| name(it) == name(node)) {
        let id = text(&node["spec"]["providerID"]).rsplit('/').next().unwrap_or_default().to_owned();
        let mut owner = owner(node, "v1", "Node");
        // Nobody has to wait for it.
        owner["blockOwnerDeletion"] = json!(false);
        let object = json!({
            "apiVersion": "storage.k8s.io/v1",
            "kind": "CSINode",
            "metadata": { "name": name(node), "ownerReferences": [owner] },
            "spec": { "drivers": [{
                "name": DRIVER,
                "nodeID": id,
                "topologyKeys": [DRIVERS_ZONE, ZONE],
                "allocatable": { "count": MOST },
            }] },
        });
        hands.create(&format!("{STORAGE}/csinodes"), &object)?;
        let zone = label(node, ZONE);
        // Without this annotation of the kubelet's, Kubernetes attaches nothing to a node.
        let metadata =
            json!({ "labels": { DRIVERS_ZONE: zone }, "annotations": { ATTACHED_BY_CONTROLLER: "true" } });
        return hands.merge(&path, &json!({ "metadata": metadata }));
    }
    let taints = || items(&node["spec"]["taints"]);
    if !taints().any(|taint| taint["key"] == STARTUP_TAINT) {
        return Ok(());
    }
    let left: Vec<&Value> = taints().filter(|taint| taint["key"] != STARTUP_TAINT).collect();
    let version = &node["metadata"]["resourceVersion"];
    hands.merge(&path, &json!({ "metadata": { "resourceVersion": version }, "spec": { "taints": left } }))
}

/// Whether a claim waits for a volume of this driver: Kubernetes says so once a node is chosen, if the class waits for one.
fn is_wanted(claim: &Value) -> bool {
    claim["metadata"]["annotations"]["volume.kubernetes.io/storage-provisioner"] == DRIVER
        && text(&claim["spec"]["volumeName"]).is_empty()
        && !is_deleted(claim)
}

fn provision(hands: &Hands, nodes: &[Value], claim: &Value) -> Result<()> {
    let class = text(&claim["spec"]["storageClassName"]);
    let class = hands
        .get(&format!("{STORAGE}/storageclasses/{class}"))?
        .with_context(|| format!("claim {} is of the class `{class}`, which is gone", name(claim)))?;
    let zone = match claim["metadata"]["annotations"][SELECTED].as_str() {
        None if class["volumeBindingMode"] == "WaitForFirstConsumer" => return Ok(()),
        None => format!("{}a", hands.region),
        Some(selected) => match nodes.iter().find(|node| name(node) == selected) {
            Some(node) => label(node, ZONE).to_owned(),
            // It went meanwhile: the scheduler may choose again.
            None => return choose_again(hands, claim),
        },
    };
    let volume = format!("pvc-{}", text(&claim["metadata"]["uid"]));
    let size = gibibytes(&claim["spec"]["resources"]["requests"]);
    let id = create_volume(hands, &class, claim, (&volume, &zone, size))?;
    hands.say(&format!("claim {}: volume {id} of {size} GiB in {zone}", name(claim)));
    hands.create(VOLUMES, &persistent_volume(&class, claim, (&volume, &zone, size), &id)).map(drop)
}

fn choose_again(hands: &Hands, claim: &Value) -> Result<()> {
    let namespace = text(&claim["metadata"]["namespace"]);
    let path = format!("/api/v1/namespaces/{namespace}/persistentvolumeclaims/{}", name(claim));
    hands.merge(&path, &json!({ "metadata": { "annotations": { SELECTED: null } } }))
}

/// What is asked for, in whole gibibytes.
fn gibibytes(requests: &Value) -> i64 {
    let thousandths = Amounts::of(requests).get("storage");
    let gibibyte = 1000 << 30;
    (thousandths + gibibyte - 1) / gibibyte
}

fn create_volume(
    hands: &Hands,
    class: &Value,
    claim: &Value,
    (volume, zone, size): (&str, &str, i64),
) -> Result<String> {
    let uid = text(&claim["metadata"]["uid"]).replace('-', "");
    let Some(aws) = hands.aws() else { return Ok(format!("vol-{uid:.17}")) };
    let found = aws.ec2("DescribeVolumes", &filter(1, "tag:CSIVolumeName", volume))?;
    if let Some(id) = texts(&found, "volumeId").first() {
        return Ok((*id).to_owned());
    }
    let given = &class["parameters"];
    let mut parameters: Parameters = [
        ("AvailabilityZone", zone),
        ("Size", &size.to_string()),
        ("ClientToken", volume),
        ("VolumeType", given["type"].as_str().unwrap_or("gp3")),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    for (key, parameter) in
        [("Encrypted", "encrypted"), ("KmsKeyId", "kmsKeyId"), ("Iops", "iops"), ("Throughput", "throughput")]
    {
        parameters.extend(given[parameter].as_str().map(|value| (key.to_owned(), value.to_owned())));
    }
    let configuration = configuration(hands)?;
    let asked = configuration["controller"]["extraVolumeTags"].as_object().into_iter().flatten();
    let mut its = vec![
        ("CSIVolumeName", volume.to_owned()),
        ("ebs.csi.aws.com/cluster", "true".to_owned()),
        ("kubernetes.io/created-for/pvc/name", name(claim).to_owned()),
        ("kubernetes.io/created-for/pvc/namespace", text(&claim["metadata"]["namespace"]).to_owned()),
        ("kubernetes.io/created-for/pv/name", volume.to_owned()),
    ];
    its.extend(asked.map(|(key, value)| (key.as_str(), text(value).to_owned())));
    parameters.extend(tags("volume", &its));
    let answer = aws.ec2("CreateVolume", &parameters)?;
    let ids = texts(&answer, "volumeId");
    Ok((*ids.first().context("CreateVolume told no volume")?).to_owned())
}

/// How the add-on is configured; nothing where it is not installed.
fn configuration(hands: &Hands) -> Result<Value> {
    let Some(aws) = hands.reading_aws() else { return Ok(Value::Null) };
    let addon = aws.eks(&format!("/clusters/{}/addons/aws-ebs-csi-driver", hands.cluster_name))?;
    let told = addon.as_ref().and_then(|addon| addon["addon"]["configurationValues"].as_str());
    told.map_or(Ok(Value::Null), |told| Ok(serde_json::from_str(told)?))
}

fn persistent_volume(
    class: &Value,
    claim: &Value,
    (volume, zone, size): (&str, &str, i64),
    id: &str,
) -> Value {
    let file_system = class["parameters"]["csi.storage.k8s.io/fstype"].as_str().unwrap_or("ext4");
    json!({
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {
            "name": volume,
            "annotations": { "pv.kubernetes.io/provisioned-by": DRIVER },
            "finalizers": [PROVISIONER],
        },
        "spec": {
            "capacity": { "storage": format!("{size}Gi") },
            "accessModes": claim["spec"]["accessModes"],
            "volumeMode": claim["spec"]["volumeMode"],
            "storageClassName": name(class),
            "persistentVolumeReclaimPolicy": class["reclaimPolicy"],
            "mountOptions": class["mountOptions"],
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": claim["metadata"]["namespace"],
                "name": claim["metadata"]["name"],
                "uid": claim["metadata"]["uid"],
            },
            "csi": { "driver": DRIVER, "volumeHandle": id, "fsType": file_system },
            "nodeAffinity": { "required": { "nodeSelectorTerms": [{
                "matchExpressions": [{ "key": ZONE, "operator": "In", "values": [zone] }],
            }] } },
        },
    })
}

/// Whether a volume of this driver is to go, and can.
fn is_over(volume: &Value, attached: &[Value]) -> bool {
    volume["spec"]["csi"]["driver"] == DRIVER
        && volume["status"]["phase"] == "Released"
        && volume["spec"]["persistentVolumeReclaimPolicy"] == "Delete"
        && has_finalizer(volume, PROVISIONER)
        && !attached.iter().any(|it| it["spec"]["source"]["persistentVolumeName"] == *name(volume))
}

/// From AWS first, so that the cluster forgets none that is there.
fn remove(hands: &Hands, volume: &Value) -> Result<()> {
    let id = text(&volume["spec"]["csi"]["volumeHandle"]);
    if let Some(aws) = hands.aws() {
        if_there(aws.ec2("DeleteVolume", &[("VolumeId".to_owned(), id.to_owned())]))?;
    }
    let path = format!("{VOLUMES}/{}", name(volume));
    if !is_deleted(volume) {
        return hands.delete(&path);
    }
    hands.say(&format!("volume {}: {id} is deleted, it may go", name(volume)));
    hands.release(&path, volume, PROVISIONER)
}

fn attach(hands: &Hands, attachment: &Value) -> Result<()> {
    let path = format!("{STORAGE}/volumeattachments/{}", name(attachment));
    if is_deleted(attachment) {
        return hands.release(&path, attachment, ATTACHER);
    }
    hands.hold(&path, attachment, ATTACHER)?;
    if attachment["status"]["attached"] == true {
        return Ok(());
    }
    let status = json!({ "attached": true, "attachmentMetadata": { "devicePath": "/dev/xvdaa" } });
    hands.merge(&format!("{path}/status"), &json!({ "status": status }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_rounded_up_to_whole_gibibytes() {
        for (asked, size) in [("10Gi", 10), ("1500Mi", 2), ("1G", 1), ("1", 1)] {
            assert_eq!(gibibytes(&json!({ "storage": asked })), size, "{asked}");
        }
    }

    #[test]
    fn a_volume_goes_when_it_is_released_and_nowhere_attached() {
        let mut volume = json!({
            "metadata": { "name": "pv", "finalizers": [PROVISIONER] },
            "spec": { "csi": { "driver": DRIVER }, "persistentVolumeReclaimPolicy": "Delete" },
            "status": { "phase": "Released" },
        });
        let attached = [json!({ "spec": { "source": { "persistentVolumeName": "pv" } } })];
        assert!(is_over(&volume, &[]));
        assert!(!is_over(&volume, &attached));
        volume["spec"]["persistentVolumeReclaimPolicy"] = json!("Retain");
        assert!(!is_over(&volume, &[]));
    }
}
