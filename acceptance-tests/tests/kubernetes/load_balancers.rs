//! The model of the AWS Load Balancer Controller, before the real control plane, with what it makes in the local AWS.

use std::collections::BTreeSet;
use std::time::Duration;

use acceptance_tests::{repository, signal};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};
use test_cluster::controllers::{Aws, texts};

use super::karpenter::Bed;
use super::{SOON, container, deployment, items, within};

const MODEL: &str = "load-balancer-controller";
const DEFINITION: &str =
    "modules/addons/charts/load-balancer-crds/definitions/targetgroupbindings.elbv2.k8s.aws.json";
const OF_SYSTEM: &str = "/apis/apps/v1/namespaces/kube-system/deployments";
const DEPLOYMENTS: &str = "/apis/apps/v1/namespaces/default/deployments";
const SERVICES: &str = "/api/v1/namespaces/default/services";
const BINDINGS: &str = "/apis/elbv2.k8s.aws/v1beta1/namespaces/default/targetgroupbindings";
const ENTRY: &str = "sg-of-clients";

/// For what must not happen: longer than the model takes for anything.
const WHILE: Duration = Duration::from_secs(2);

/// All of it, in an order in which each step leaves nothing in AWS.
pub(super) fn the_model_keeps_the_promises_of_the_controller(bed: &mut Bed<'_>) -> Result<()> {
    let vpc = set_up(bed)?;
    let group = target_group(bed, "gateway", &vpc)?;
    let clients = security_group(bed, ENTRY, &vpc)?;
    ready_pods_are_targets_and_the_nodes_let_clients_in(bed, &group, &clients)?;
    what_a_binding_was_made_for_stays(bed)?;
    stopped_it_follows_nothing_and_slow_it_follows_late(bed, &group)?;
    a_deleted_binding_waits_for_a_controller_that_is_dead(bed, &group)?;
    without_networking_there_is_no_rule_and_one_binding_is_enough(bed, &group)?;
    a_target_group_that_is_missing_is_told_and_holds_no_deletion(bed)?;
    a_service_has_a_load_balancer_until_it_ends(bed)?;
    killed_it_makes_no_second_load_balancer(bed)?;
    who_uninstalls_it_first_is_left_with_a_load_balancer(bed)
}

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn aws(bed: &Bed<'_>) -> Aws {
    Aws::new(bed.aws.endpoint(), "us-east-1")
}

/// The definition, the controller's Deployment, subnets with the tag by which it finds them, and the group of the nodes. Gives the VPC.
fn set_up(bed: &Bed<'_>) -> Result<String> {
    let definition: Value = serde_json::from_slice(&fs::read(repository::root().join(DEFINITION))?)?;
    bed.client.create("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", &definition)?;
    bed.client.wait(BINDINGS, "served", SOON, |it| it.status == 200)?;
    bed.client.create(OF_SYSTEM, &deployment("aws-load-balancer-controller", 1, "10m"))?;
    let found = aws(bed).ec2("DescribeSubnets", &[])?;
    let mut tag = pairs(&[("Tag.1.Key", "kubernetes.io/role/internal-elb"), ("Tag.1.Value", "1")]);
    for (number, id) in (1..).zip(texts(&found, "subnetId")) {
        tag.push((format!("ResourceId.{number}"), id.to_owned()));
    }
    aws(bed).ec2("CreateTags", &tag)?;
    let vpc = (*texts(&found, "vpcId").first().context("no VPC")?).to_owned();
    let nodes = security_group(bed, "nodes", &vpc)?;
    let tag = [
        ("ResourceId.1", nodes.as_str()),
        ("Tag.1.Key", "kubernetes.io/cluster/shop"),
        ("Tag.1.Value", "owned"),
    ];
    aws(bed).ec2("CreateTags", &pairs(&tag))?;
    Ok(vpc)
}

fn security_group(bed: &Bed<'_>, name: &str, vpc: &str) -> Result<String> {
    let parameters = pairs(&[("GroupName", name), ("GroupDescription", name), ("VpcId", vpc)]);
    let made = aws(bed).ec2("CreateSecurityGroup", &parameters)?;
    Ok((*texts(&made, "groupId").first().context("no group")?).to_owned())
}

fn target_group(bed: &Bed<'_>, name: &str, vpc: &str) -> Result<String> {
    let parameters =
        pairs(&[("Name", name), ("Protocol", "TCP"), ("Port", "8443"), ("VpcId", vpc), ("TargetType", "ip")]);
    let made = aws(bed).elb("CreateTargetGroup", &parameters)?;
    Ok((*texts(&made, "TargetGroupArn").first().context("no target group")?).to_owned())
}

/// Addresses and ports that are registered.
fn targets(bed: &Bed<'_>, group: &str) -> Result<BTreeSet<(String, String)>> {
    let health = aws(bed).elb("DescribeTargetHealth", &pairs(&[("TargetGroupArn", group)]))?;
    let of = |it: &str, tag: &str| texts(it, tag).first().map(|it| (*it).to_owned()).unwrap_or_default();
    Ok(texts(&health, "Target").into_iter().map(|it| (of(it, "Id"), of(it, "Port"))).collect())
}

/// The pods of the gateway, as targets.
fn pods(bed: &Bed<'_>) -> Result<BTreeSet<(String, String)>> {
    let pods = bed.client.get("/api/v1/namespaces/default/pods?labelSelector=app%3Dgateway")?;
    Ok(items(&pods)
        .filter_map(|pod| Some((pod["status"]["podIP"].as_str()?.to_owned(), "8443".to_owned())))
        .collect())
}

/// Waits until so many pods are there and just these are the targets.
fn wait_for_targets(bed: &Bed<'_>, group: &str, number: usize) -> Result<()> {
    let settled = || {
        let (Ok(targets), Ok(pods)) = (targets(bed, group), pods(bed)) else { return false };
        targets.len() == number && targets == pods
    };
    ensure!(
        within(SOON, settled),
        "the targets are {:?} and the pods {:?}, not {number} of each",
        targets(bed, group)?,
        pods(bed)?
    );
    Ok(())
}

/// The rules on the nodes that carry the controller's description: as a whole, to look into.
fn rules(bed: &Bed<'_>) -> Result<Vec<String>> {
    let found = aws(bed).ec2("DescribeSecurityGroupRules", &[])?;
    let label = "elbv2.k8s.aws/targetGroupBinding=shared";
    Ok(found.split("<item>").filter(|it| it.contains(label)).map(str::to_owned).collect())
}

fn scale(bed: &Bed<'_>, replicas: u32) -> Result<()> {
    let answer =
        bed.client.merge(&format!("{DEPLOYMENTS}/gateway"), &json!({ "spec": { "replicas": replicas } }))?;
    ensure!(answer.status == 200, "{answer:?}");
    Ok(())
}

fn binding(name: &str, group: &str) -> Value {
    json!({
        "apiVersion": "elbv2.k8s.aws/v1beta1",
        "kind": "TargetGroupBinding",
        "metadata": { "name": name },
        "spec": {
            "targetGroupARN": group,
            "targetType": "ip",
            "serviceRef": { "name": "gateway", "port": "https" },
        },
    })
}

fn wait_gone(bed: &Bed<'_>, path: &str) -> Result<()> {
    bed.client.wait(path, "gone", SOON, |it| it.status == 404).map(drop)
}

fn log(bed: &Bed<'_>) -> Result<String> {
    Ok(fs::read_to_string(bed.cluster.folder().join(format!("{MODEL}.log")))?)
}

fn ready_pods_are_targets_and_the_nodes_let_clients_in(
    bed: &Bed<'_>,
    group: &str,
    clients: &str,
) -> Result<()> {
    let mut gateway = deployment("gateway", 2, "10m");
    gateway["spec"]["template"]["spec"]["containers"] = json!([container("10m")]);
    bed.client.create(DEPLOYMENTS, &gateway)?;
    let service = json!({
        "metadata": { "name": "gateway" },
        "spec": {
            "selector": { "app": "gateway" },
            "ports": [{ "name": "https", "port": 443, "targetPort": 8443 }, { "name": "status", "port": 15021 }],
        },
    });
    bed.client.create(SERVICES, &service)?;
    let mut wanted = binding("gateway", group);
    wanted["spec"]["networking"] = json!({ "ingress": [{
        "from": [{ "securityGroup": { "groupID": clients } }],
        "ports": [{ "port": 8443, "protocol": "TCP" }],
    }] });
    bed.client.create(BINDINGS, &wanted)?;
    wait_for_targets(bed, group, 2)?;
    let path = format!("{BINDINGS}/gateway");
    let found =
        bed.client.wait(&path, "observed", SOON, |it| it.body["status"]["observedGeneration"] == 1)?;
    assert_eq!(found["metadata"]["finalizers"], json!(["elbv2.k8s.aws/resources"]));
    ensure!(within(SOON, || rules(bed).is_ok_and(|it| it.len() == 1)), "the rules are {:?}", rules(bed)?);
    let rule = &rules(bed)?[0];
    for part in
        [clients, "<fromPort>8443</fromPort>", "<toPort>8443</toPort>", "<ipProtocol>tcp</ipProtocol>"]
    {
        ensure!(rule.contains(part), "no `{part}` in {rule}");
    }
    scale(bed, 3)?;
    wait_for_targets(bed, group, 3)?;
    scale(bed, 1)?;
    wait_for_targets(bed, group, 1)
}

fn what_a_binding_was_made_for_stays(bed: &Bed<'_>) -> Result<()> {
    let path = format!("{BINDINGS}/gateway");
    for field in ["targetGroupARN", "targetType", "ipAddressType", "vpcID"] {
        let value = match field {
            "targetType" => "instance",
            "ipAddressType" => "ipv6",
            _ => "another",
        };
        if matches!(field, "ipAddressType" | "vpcID") {
            // What was not there may be filled in once, as a default is.
            let first = if field == "vpcID" { "vpc-1" } else { "ipv4" };
            let answer = bed.client.merge(&path, &json!({ "spec": { field: first } }))?;
            ensure!(answer.status == 200, "{answer:?}");
        }
        let answer = bed.client.merge(&path, &json!({ "spec": { field: value } }))?;
        let expected =
            format!("TargetGroupBinding update may not change these immutable fields: spec.{field}");
        ensure!(answer.status == 422 && answer.refusal().1.contains(&expected), "{answer:?}");
    }
    Ok(())
}

fn stopped_it_follows_nothing_and_slow_it_follows_late(bed: &Bed<'_>, group: &str) -> Result<()> {
    let process = bed.cluster.process(MODEL)?;
    signal::stop(process)?;
    scale(bed, 2)?;
    ensure!(within(SOON, || pods(bed).is_ok_and(|it| it.len() == 2)), "the pods are {:?}", pods(bed)?);
    std::thread::sleep(WHILE);
    assert_eq!(targets(bed, group)?.len(), 1, "a stopped controller registers pods");
    bed.cluster.delay(MODEL, WHILE)?;
    signal::go_on(process)?;
    std::thread::sleep(WHILE / 2);
    assert_eq!(targets(bed, group)?.len(), 1, "a slow controller is quick");
    wait_for_targets(bed, group, 2)?;
    bed.cluster.delay(MODEL, Duration::ZERO)
}

fn a_deleted_binding_waits_for_a_controller_that_is_dead(bed: &mut Bed<'_>, group: &str) -> Result<()> {
    signal::kill(bed.cluster.process(MODEL)?)?;
    let path = format!("{BINDINGS}/gateway");
    bed.client.delete(&path)?;
    std::thread::sleep(WHILE);
    let found = bed.client.get(&path)?;
    assert_eq!(found["metadata"]["finalizers"], json!(["elbv2.k8s.aws/resources"]), "{found}");
    assert_eq!((targets(bed, group)?.len(), rules(bed)?.len()), (2, 1));
    bed.cluster.restart(MODEL)?;
    wait_gone(bed, &path)?;
    assert_eq!((targets(bed, group)?.len(), rules(bed)?.len()), (0, 0));
    Ok(())
}

fn without_networking_there_is_no_rule_and_one_binding_is_enough(bed: &Bed<'_>, group: &str) -> Result<()> {
    bed.client.create(BINDINGS, &binding("plain", group))?;
    wait_for_targets(bed, group, 2)?;
    assert_eq!(rules(bed)?, Vec::<String>::new());
    // A second one of the same target group does nothing, and takes nothing along when it goes. Ages are told in seconds.
    std::thread::sleep(Duration::from_millis(1100));
    bed.client.create(BINDINGS, &binding("another", group))?;
    let told = "binding default/another: its target group is already bound to binding default/plain";
    ensure!(within(SOON, || log(bed).is_ok_and(|log| log.contains(told))), "not told:\n{}", log(bed)?);
    bed.client.delete(&format!("{BINDINGS}/another"))?;
    wait_gone(bed, &format!("{BINDINGS}/another"))?;
    assert_eq!(targets(bed, group)?.len(), 2);
    // Without its service a binding has no targets.
    let service = bed.client.get(&format!("{SERVICES}/gateway"))?;
    bed.client.delete(&format!("{SERVICES}/gateway"))?;
    ensure!(within(SOON, || targets(bed, group).is_ok_and(|it| it.is_empty())), "targets without a service");
    let again = json!({ "metadata": { "name": "gateway" }, "spec": {
        "selector": service["spec"]["selector"], "ports": service["spec"]["ports"],
    } });
    bed.client.create(SERVICES, &again)?;
    wait_for_targets(bed, group, 2)?;
    bed.client.delete(&format!("{BINDINGS}/plain"))?;
    wait_gone(bed, &format!("{BINDINGS}/plain"))?;
    assert_eq!(targets(bed, group)?.len(), 0);
    Ok(())
}

fn a_target_group_that_is_missing_is_told_and_holds_no_deletion(bed: &Bed<'_>) -> Result<()> {
    let arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/none/0123456789abcdef";
    bed.client.create(BINDINGS, &binding("lost", arn))?;
    let told = format!("binding default/lost: its target group `{arn}` is not there");
    ensure!(within(SOON, || log(bed).is_ok_and(|log| log.contains(&told))), "not told:\n{}", log(bed)?);
    let path = format!("{BINDINGS}/lost");
    assert_eq!(bed.client.get(&path)?["status"]["observedGeneration"], Value::Null);
    bed.client.delete(&path)?;
    wait_gone(bed, &path)
}

fn balanced(name: &str) -> Value {
    json!({
        "metadata": {
            "name": name,
            "annotations": { "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip" },
        },
        "spec": {
            "type": "LoadBalancer",
            "loadBalancerClass": "service.k8s.aws/nlb",
            "selector": { "app": "gateway" },
            "ports": [{ "name": "https", "port": 443, "targetPort": 8443 }],
        },
    })
}

/// Load balancers, target groups and security groups that the controller made, by its tag.
fn made(bed: &Bed<'_>) -> Result<(usize, usize, usize)> {
    let lbs = aws(bed).elb("DescribeLoadBalancers", &[])?;
    let groups = aws(bed).elb("DescribeTargetGroups", &[])?;
    let filter = pairs(&[("Filter.1.Name", "tag:elbv2.k8s.aws/cluster"), ("Filter.1.Value.1", "shop")]);
    let security = aws(bed).ec2("DescribeSecurityGroups", &filter)?;
    let of_controller =
        |tag: &str, xml: &str| texts(xml, tag).iter().filter(|it| it.starts_with("k8s-")).count();
    Ok((
        of_controller("LoadBalancerName", &lbs),
        of_controller("TargetGroupName", &groups),
        of_controller("groupName", &security),
    ))
}

fn wait_made(bed: &Bed<'_>, wanted: (usize, usize, usize)) -> Result<()> {
    ensure!(
        within(SOON, || made(bed).is_ok_and(|it| it == wanted)),
        "load balancers, target groups and security groups are {:?}, not {wanted:?}:\n{}",
        made(bed)?,
        log(bed)?
    );
    Ok(())
}

fn wait_address(bed: &Bed<'_>, name: &str) -> Result<Value> {
    bed.client.wait(&format!("{SERVICES}/{name}"), "balanced", SOON, |it| {
        it.body["status"]["loadBalancer"]["ingress"][0]["hostname"].is_string()
    })
}

fn a_service_has_a_load_balancer_until_it_ends(bed: &mut Bed<'_>) -> Result<()> {
    for (name, all) in [("front", (1, 1, 2)), ("side", (2, 2, 3))] {
        bed.client.create(SERVICES, &balanced(name))?;
        let service = wait_address(bed, name)?;
        assert_eq!(service["metadata"]["finalizers"], json!(["service.k8s.aws/resources"]), "{service}");
        wait_made(bed, all)?;
    }
    let groups = aws(bed).elb("DescribeTargetGroups", &[])?;
    let arns = texts(&groups, "TargetGroupArn");
    let arn = arns.iter().find(|arn| arn.contains(":targetgroup/k8s-default-front-")).context("no group")?;
    wait_for_targets(bed, arn, 2)?;
    // Both let the same group in: one rule.
    ensure!(within(SOON, || rules(bed).is_ok_and(|it| it.len() == 1)), "the rules are {:?}", rules(bed)?);
    signal::kill(bed.cluster.process(MODEL)?)?;
    for name in ["front", "side"] {
        bed.client.delete(&format!("{SERVICES}/{name}"))?;
    }
    std::thread::sleep(WHILE);
    assert_eq!(made(bed)?, (2, 2, 3), "a dead controller has removed something");
    let service = bed.client.get(&format!("{SERVICES}/front"))?;
    assert_eq!(service["metadata"]["finalizers"], json!(["service.k8s.aws/resources"]), "{service}");
    bed.cluster.restart(MODEL)?;
    for name in ["front", "side"] {
        wait_gone(bed, &format!("{SERVICES}/{name}"))?;
    }
    wait_made(bed, (0, 0, 0))?;
    assert_eq!(rules(bed)?, Vec::<String>::new());
    Ok(())
}

fn killed_it_makes_no_second_load_balancer(bed: &mut Bed<'_>) -> Result<()> {
    bed.cluster.delay(MODEL, Duration::from_millis(700))?;
    bed.client.create(SERVICES, &balanced("killed"))?;
    ensure!(within(SOON, || made(bed).is_ok_and(|it| it.0 == 1)), "no load balancer:\n{}", log(bed)?);
    signal::kill(bed.cluster.process(MODEL)?)?;
    let service = bed.client.get(&format!("{SERVICES}/killed"))?;
    assert_eq!(service["status"]["loadBalancer"]["ingress"], Value::Null, "it was killed too late");
    bed.cluster.delay(MODEL, Duration::ZERO)?;
    bed.cluster.restart(MODEL)?;
    wait_address(bed, "killed")?;
    assert_eq!(made(bed)?, (1, 1, 2));
    bed.client.delete(&format!("{SERVICES}/killed"))?;
    wait_gone(bed, &format!("{SERVICES}/killed"))?;
    wait_made(bed, (0, 0, 0))
}

/// Without its Deployment the controller does nothing: the finalizer stays, and so does what it made.
fn who_uninstalls_it_first_is_left_with_a_load_balancer(bed: &Bed<'_>) -> Result<()> {
    bed.client.create(SERVICES, &balanced("left"))?;
    wait_address(bed, "left")?;
    bed.client.delete(&format!("{OF_SYSTEM}/aws-load-balancer-controller"))?;
    let rests = "its Deployment has no ready pod: rests";
    ensure!(within(SOON, || log(bed).is_ok_and(|log| log.contains(rests))), "it does not rest");
    bed.client.delete(&format!("{SERVICES}/left"))?;
    std::thread::sleep(WHILE);
    assert_eq!(made(bed)?, (1, 1, 2));
    assert_eq!(bed.client.send("GET", &format!("{SERVICES}/left"), None)?.status, 200);
    bed.client.create(OF_SYSTEM, &deployment("aws-load-balancer-controller", 1, "10m"))?;
    wait_gone(bed, &format!("{SERVICES}/left"))?;
    wait_made(bed, (0, 0, 0))
}
