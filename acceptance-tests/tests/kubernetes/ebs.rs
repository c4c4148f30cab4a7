//! The model of the EBS CSI driver, before the real scheduler and controllers, with its volumes in the local AWS.

use std::time::Duration;

use acceptance_tests::signal;
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};
use test_cluster::controllers::{Aws, texts};

use super::karpenter::Bed;
use super::{SOON, container, items, within};

const CLASSES: &str = "/apis/storage.k8s.io/v1/storageclasses";
const SETS: &str = "/apis/apps/v1/namespaces/default/statefulsets";
const PODS: &str = "/api/v1/namespaces/default/pods";
const CLAIMS: &str = "/api/v1/namespaces/default/persistentvolumeclaims";
const VOLUMES: &str = "/api/v1/persistentvolumes";
const ATTACHMENTS: &str = "/apis/storage.k8s.io/v1/volumeattachments";

/// For what must not happen: longer than the model takes for anything.
const WHILE: Duration = Duration::from_secs(2);

/// All of it, in an order in which each step leaves no volume behind.
pub(super) fn the_model_keeps_the_promises_of_the_driver(bed: &mut Bed<'_>) -> Result<()> {
    let class = json!({
        "apiVersion": "storage.k8s.io/v1",
        "kind": "StorageClass",
        "metadata": { "name": "gp3" },
        "provisioner": "ebs.csi.aws.com",
        "volumeBindingMode": "WaitForFirstConsumer",
        "parameters": { "type": "gp3", "encrypted": "true" },
    });
    bed.client.create(CLASSES, &class)?;
    a_claim_gets_a_volume_where_its_pod_is(bed)?;
    with_its_claim_a_volume_goes(bed)?;
    while_it_is_stopped_pods_wait_and_volumes_stay(bed)?;
    killed_it_finds_the_volume_that_it_has_made(bed)
}

/// The volumes that the driver has in AWS.
fn volumes(bed: &Bed<'_>) -> Result<Vec<String>> {
    let parameters = [("Filter.1.Name", "tag:ebs.csi.aws.com/cluster"), ("Filter.1.Value.1", "true")];
    let parameters = parameters.map(|(key, value)| (key.to_owned(), value.to_owned()));
    let answer = Aws::new(bed.aws.endpoint(), "us-east-1").ec2("DescribeVolumes", &parameters)?;
    Ok(texts(&answer, "volumeId").into_iter().map(str::to_owned).collect())
}

fn store(name: &str) -> Value {
    let mut pod = container("10m");
    pod["volumeMounts"] = json!([{ "name": "data", "mountPath": "/data" }]);
    json!({
        "apiVersion": "apps/v1",
        "kind": "StatefulSet",
        "metadata": { "name": name },
        "spec": {
            "serviceName": name,
            "replicas": 1,
            "selector": { "matchLabels": { "app": name } },
            "template": {
                "metadata": { "labels": { "app": name } },
                "spec": { "containers": [pod] },
            },
            "volumeClaimTemplates": [{
                "metadata": { "name": "data" },
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": "gp3",
                    "resources": { "requests": { "storage": "10Gi" } },
                },
            }],
        },
    })
}

fn wait_ready(bed: &Bed<'_>, name: &str) -> Result<()> {
    bed.client
        .wait(&format!("{SETS}/{name}"), "ready", SOON, |it| it.body["status"]["readyReplicas"] == 1)
        .map(drop)
}

fn wait_empty(bed: &Bed<'_>, path: &str) -> Result<()> {
    bed.client.wait(path, "empty", SOON, |it| items(&it.body).next().is_none()).map(drop)
}

/// Deletes a set and its claim, as whoever removes an application does.
fn delete(bed: &Bed<'_>, name: &str) -> Result<()> {
    bed.client.delete(&format!("{SETS}/{name}"))?;
    bed.client.delete(&format!("{CLAIMS}/data-{name}-0"))?;
    bed.client.wait(&format!("{CLAIMS}/data-{name}-0"), "gone", SOON, |it| it.status == 404).map(drop)
}

fn a_claim_gets_a_volume_where_its_pod_is(bed: &Bed<'_>) -> Result<()> {
    bed.client.create(SETS, &store("store"))?;
    wait_ready(bed, "store")?;
    let pod = bed.client.get(&format!("{PODS}/store-0"))?;
    let node = pod["spec"]["nodeName"].as_str().context("a pod without a node")?;
    let node = bed.client.get(&format!("/api/v1/nodes/{node}"))?;
    let zone = &node["metadata"]["labels"]["topology.kubernetes.io/zone"];
    let claim = bed.client.get(&format!("{CLAIMS}/data-store-0"))?;
    assert_eq!(claim["status"]["phase"], "Bound", "{claim}");
    let volume = claim["spec"]["volumeName"].as_str().context("a claim without a volume")?;
    let volume = bed.client.get(&format!("{VOLUMES}/{volume}"))?;
    let terms = &volume["spec"]["nodeAffinity"]["required"]["nodeSelectorTerms"];
    assert_eq!(terms[0]["matchExpressions"][0]["values"], json!([zone]), "{volume}");
    assert_eq!(volume["spec"]["capacity"]["storage"], "10Gi");
    assert_eq!(json!(volumes(bed)?), json!([volume["spec"]["csi"]["volumeHandle"]]));
    bed.client.wait(ATTACHMENTS, "attached", SOON, |it| {
        items(&it.body).map(|one| &one["status"]["attached"]).eq([&json!(true)])
    })?;
    Ok(())
}

fn with_its_claim_a_volume_goes(bed: &Bed<'_>) -> Result<()> {
    delete(bed, "store")?;
    wait_empty(bed, VOLUMES)?;
    assert_eq!(volumes(bed)?, Vec::<String>::new());
    wait_empty(bed, ATTACHMENTS)
}

fn while_it_is_stopped_pods_wait_and_volumes_stay(bed: &Bed<'_>) -> Result<()> {
    let driver = bed.cluster.process("ebs-csi")?;
    signal::stop(driver)?;
    bed.client.create(SETS, &store("stopped"))?;
    let claim = format!("{CLAIMS}/data-stopped-0");
    bed.client.wait(&claim, "waiting for the driver", SOON, |it| {
        it.body["metadata"]["annotations"]["volume.kubernetes.io/selected-node"].is_string()
    })?;
    std::thread::sleep(WHILE);
    let claim = bed.client.get(&claim)?;
    assert_eq!(claim["status"]["phase"], "Pending", "{claim}");
    let pod = bed.client.get(&format!("{PODS}/stopped-0"))?;
    assert_eq!(pod["spec"]["nodeName"], Value::Null, "{pod}");
    signal::go_on(driver)?;
    wait_ready(bed, "stopped")?;
    signal::stop(driver)?;
    delete(bed, "stopped")?;
    bed.client.wait(VOLUMES, "released", SOON, |it| {
        items(&it.body).map(|one| &one["status"]["phase"]).eq([&json!("Released")])
    })?;
    std::thread::sleep(WHILE);
    assert_eq!((items(&bed.client.get(VOLUMES)?).count(), volumes(bed)?.len()), (1, 1));
    signal::go_on(driver)?;
    wait_empty(bed, VOLUMES)?;
    assert_eq!(volumes(bed)?, Vec::<String>::new());
    Ok(())
}

/// Killed between the volume and the note of it, which a delay makes long.
fn killed_it_finds_the_volume_that_it_has_made(bed: &mut Bed<'_>) -> Result<()> {
    bed.cluster.delay("ebs-csi", Duration::from_secs(2))?;
    bed.client.create(SETS, &store("killed"))?;
    ensure!(within(SOON, || volumes(bed).is_ok_and(|it| it.len() == 1)), "no volume within {SOON:?}");
    signal::kill(bed.cluster.process("ebs-csi")?)?;
    assert_eq!(items(&bed.client.get(VOLUMES)?).count(), 0, "it was killed too late");
    bed.cluster.restart("ebs-csi")?;
    bed.cluster.delay("ebs-csi", Duration::ZERO)?;
    wait_ready(bed, "killed")?;
    assert_eq!(volumes(bed)?.len(), 1);
    delete(bed, "killed")?;
    wait_empty(bed, VOLUMES)?;
    assert_eq!(volumes(bed)?, Vec::<String>::new());
    Ok(())
}
