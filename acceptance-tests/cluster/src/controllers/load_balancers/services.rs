//! Services of type LoadBalancer: a network load balancer for each, that no Terraform state knows.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use super::super::aws::{Aws, Parameters, filter, if_there, tags, texts};
use super::super::hands::Hands;
use super::super::object::{has_finalizer, is_deleted, items, name, text};
use super::names;

const FINALIZER: &str = "service.k8s.aws/resources";
const ANNOTATION: &str = "service.beta.kubernetes.io/aws-load-balancer";
const STACK: [&str; 2] = ["service.k8s.aws/stack-namespace", "service.k8s.aws/stack-name"];
const LOAD_BALANCER: &str = "LoadBalancer";
const GROUP: &str = "ManagedLBSecurityGroup";

/// Where a load balancer is.
struct Place {
    vpc: String,
    subnets: Vec<String>,
}

/// How the log calls it.
pub(super) fn title(service: &Value) -> String {
    format!("service {}/{}", namespace(service), name(service))
}

fn namespace(service: &Value) -> &str {
    text(&service["metadata"]["namespace"])
}

fn path(service: &Value) -> String {
    format!("/api/v1/namespaces/{}/services/{}", namespace(service), name(service))
}

fn annotation<'a>(service: &'a Value, key: &str) -> &'a str {
    text(&service["metadata"]["annotations"][format!("{ANNOTATION}-{key}")])
}

/// Whether the controller has anything to do with a Service: it asks for it, or it did.
pub(super) fn is_ours(service: &Value) -> bool {
    has_finalizer(service, FINALIZER) || is_wanted(service)
}

fn is_wanted(service: &Value) -> bool {
    let class = &service["spec"]["loadBalancerClass"];
    let is_external = class.is_null() && ["external", "nlb-ip"].contains(&annotation(service, "type"));
    service["spec"]["type"] == "LoadBalancer"
        && !is_deleted(service)
        && (class == "service.k8s.aws/nlb" || is_external)
}

/// Takes a Service one step further. One that has its address is left alone.
pub(super) fn step(hands: &Hands, service: &Value) -> Result<()> {
    if !is_wanted(service) {
        return end(hands, service);
    }
    if !has_finalizer(service, FINALIZER) {
        return hands.hold(&path(service), service, FINALIZER);
    }
    let Some(aws) = hands.reading_aws() else { return Ok(()) };
    if !service["status"]["loadBalancer"]["ingress"].is_null() {
        return Ok(());
    }
    let place = place(aws, service)?;
    let shared = shared_group(hands, &place.vpc)?;
    let own = own_group(hands, service, &place.vpc)?;
    let mut targets = BTreeMap::new();
    for port in items(&service["spec"]["ports"]) {
        let number = port["port"].as_u64().context("a port without a number")?;
        targets.insert(number, (target_group(hands, service, port, &place.vpc)?, port));
    }
    let (arn, address) = load_balancer(hands, service, &place, &[own, shared.clone()])?;
    for (number, (group, port)) in &targets {
        listener(hands, &arn, *number, port, group)?;
        bind(hands, service, port, group, &shared)?;
    }
    hands.say(&format!("{}: {address}", title(service)));
    let status = json!({ "loadBalancer": { "ingress": [{ "hostname": address }] } });
    hands.merge(&format!("{}/status", path(service)), &json!({ "status": status }))
}

/// The subnets that carry the tag of the scheme, one of each zone.
fn place(aws: &Aws, service: &Value) -> Result<Place> {
    let tag = match annotation(service, "scheme") {
        "internet-facing" => "kubernetes.io/role/elb",
        _ => "kubernetes.io/role/internal-elb",
    };
    let found = aws.ec2("DescribeSubnets", &filter(1, "tag-key", tag))?;
    let zones = texts(&found, "availabilityZone").into_iter().zip(texts(&found, "subnetId"));
    let subnets: BTreeMap<&str, &str> = zones.collect();
    ensure!(!subnets.is_empty(), "unable to resolve at least one subnet (0 match VPC and tags: [{tag}])");
    let vpc = (*texts(&found, "vpcId").first().context("a subnet without a VPC")?).to_owned();
    Ok(Place { vpc, subnets: subnets.into_values().map(str::to_owned).collect() })
}

fn group_of_name(aws: &Aws, name: &str) -> Result<Option<String>> {
    let found = aws.ec2("DescribeSecurityGroups", &filter(1, "group-name", name))?;
    Ok(texts(&found, "groupId").first().map(|id| (*id).to_owned()))
}

fn create_group(hands: &Hands, name: &str, about: &str, vpc: &str, its: &[(&str, String)]) -> Result<String> {
    let aws = hands.aws().context("no AWS")?;
    let mut parameters: Parameters = [("GroupName", name), ("GroupDescription", about), ("VpcId", vpc)]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    parameters.extend(tags("security-group", its));
    let answer = aws.ec2("CreateSecurityGroup", &parameters)?;
    hands.say(&format!("security group {name}"));
    Ok((*texts(&answer, "groupId").first().context("CreateSecurityGroup told no group")?).to_owned())
}

/// The group that all load balancers of the cluster carry, and that rules on nodes refer to.
fn shared_group(hands: &Hands, vpc: &str) -> Result<String> {
    let name = names::of_shared_group(&hands.cluster_name);
    let aws = hands.reading_aws().context("no AWS")?;
    if let Some(id) = group_of_name(aws, &name)? {
        return Ok(id);
    }
    let its = [
        ("elbv2.k8s.aws/cluster", hands.cluster_name.clone()),
        ("elbv2.k8s.aws/resource", "backend-sg".to_owned()),
    ];
    create_group(hands, &name, "[k8s] Shared Backend SecurityGroup for LoadBalancer", vpc, &its)
}

/// The group by which clients enter: each port, from everywhere.
fn own_group(hands: &Hands, service: &Value, vpc: &str) -> Result<String> {
    let name = names::of(service, GROUP);
    let aws = hands.reading_aws().context("no AWS")?;
    let id = match group_of_name(aws, &name)? {
        Some(id) => id,
        None => {
            let its = names::tags(&hands.cluster_name, service, GROUP);
            create_group(hands, &name, "[k8s] Managed SecurityGroup for LoadBalancer", vpc, &its)?
        }
    };
    for port in items(&service["spec"]["ports"]) {
        let number = port["port"].to_string();
        let of = |key: &str, value: &str| (format!("IpPermissions.1.{key}"), value.to_owned());
        let parameters = [
            ("GroupId".to_owned(), id.clone()),
            of("IpProtocol", &protocol(port).to_lowercase()),
            of("FromPort", &number),
            of("ToPort", &number),
            of("IpRanges.1.CidrIp", "0.0.0.0/0"),
        ];
        let aws = hands.aws().context("no AWS")?;
        match aws.ec2("AuthorizeSecurityGroupIngress", &parameters) {
            Err(error) if error.to_string().contains("InvalidPermission.Duplicate") => {}
            other => drop(other?),
        }
    }
    Ok(id)
}

fn protocol(port: &Value) -> &str {
    port["protocol"].as_str().unwrap_or("TCP")
}

/// By which the controller tells the target groups of a Service apart.
fn part(service: &Value, port: &Value) -> String {
    format!("{}/{}:{}", namespace(service), name(service), port["port"])
}

fn elb_tags(its: &[(&str, String)]) -> Parameters {
    let named = (1..).zip(its).flat_map(|(number, (key, value))| {
        [
            (format!("Tags.member.{number}.Key"), (*key).to_owned()),
            (format!("Tags.member.{number}.Value"), value.clone()),
        ]
    });
    named.collect()
}

fn target_group(hands: &Hands, service: &Value, port: &Value, vpc: &str) -> Result<String> {
    let part = part(service, port);
    let name = names::of(service, &part);
    let aws = hands.reading_aws().context("no AWS")?;
    if let Some(found) = super::groups::find(aws, "Names", &name)? {
        return Ok(found.arn);
    }
    let is_ip = annotation(service, "type") == "nlb-ip" || annotation(service, "nlb-target-type") == "ip";
    let mut parameters: Parameters = [
        ("Name", name.as_str()),
        ("Protocol", protocol(port)),
        ("Port", &port["port"].to_string()),
        ("VpcId", vpc),
        ("TargetType", if is_ip { "ip" } else { "instance" }),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    parameters.extend(elb_tags(&names::tags(&hands.cluster_name, service, &part)));
    let answer = hands.aws().context("no AWS")?.elb("CreateTargetGroup", &parameters)?;
    hands.say(&format!("{}: target group {name}", title(service)));
    Ok((*texts(&answer, "TargetGroupArn").first().context("CreateTargetGroup told no group")?).to_owned())
}

/// A load balancer by its name: its ARN and its address.
fn find(aws: &Aws, name: &str) -> Result<Option<(String, String)>> {
    let parameters = [("Names.member.1".to_owned(), name.to_owned())];
    Ok(if_there(aws.elb("DescribeLoadBalancers", &parameters))?.as_deref().and_then(told))
}

fn told(answer: &str) -> Option<(String, String)> {
    let of = |tag: &str| texts(answer, tag).first().map(|it| (*it).to_owned());
    Some((of("LoadBalancerArn")?, of("DNSName")?))
}

fn load_balancer(
    hands: &Hands,
    service: &Value,
    place: &Place,
    groups: &[String],
) -> Result<(String, String)> {
    let name = names::of(service, LOAD_BALANCER);
    if let Some(found) = find(hands.reading_aws().context("no AWS")?, &name)? {
        return Ok(found);
    }
    let scheme =
        if annotation(service, "scheme") == "internet-facing" { "internet-facing" } else { "internal" };
    let mut parameters: Parameters = [("Name", name.as_str()), ("Type", "network"), ("Scheme", scheme)]
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .into();
    for (list, members) in [("Subnets", place.subnets.as_slice()), ("SecurityGroups", groups)] {
        parameters
            .extend((1..).zip(members).map(|(number, id)| (format!("{list}.member.{number}"), id.clone())));
    }
    parameters.extend(elb_tags(&names::tags(&hands.cluster_name, service, LOAD_BALANCER)));
    let answer = hands.aws().context("no AWS")?.elb("CreateLoadBalancer", &parameters)?;
    hands.say(&format!("{}: load balancer {name}", title(service)));
    told(&answer).context("CreateLoadBalancer told no load balancer")
}

fn listener(hands: &Hands, arn: &str, number: u64, port: &Value, group: &str) -> Result<()> {
    let of = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    let found =
        hands.reading_aws().context("no AWS")?.elb("DescribeListeners", &[of("LoadBalancerArn", arn)])?;
    let number = number.to_string();
    if texts(&found, "Port").contains(&number.as_str()) {
        return Ok(());
    }
    let parameters = [
        of("LoadBalancerArn", arn),
        of("Protocol", protocol(port)),
        of("Port", &number),
        of("DefaultActions.member.1.Type", "forward"),
        of("DefaultActions.member.1.TargetGroupArn", group),
    ];
    hands.aws().context("no AWS")?.elb("CreateListener", &parameters).map(drop)
}

fn bindings_of(hands: &Hands, service: &Value) -> Result<Vec<Value>> {
    let selector = format!(
        "{}%3D{},{}%3D{}",
        STACK[0].replace('/', "%2F"),
        namespace(service),
        STACK[1].replace('/', "%2F"),
        name(service)
    );
    let namespace = namespace(service);
    hands.list(&format!(
        "/apis/elbv2.k8s.aws/v1beta1/namespaces/{namespace}/targetgroupbindings?labelSelector={selector}"
    ))
}

/// By a binding of its own the pods of a port become the targets of its group.
fn bind(hands: &Hands, service: &Value, port: &Value, group: &str, shared: &str) -> Result<()> {
    let collection =
        format!("/apis/elbv2.k8s.aws/v1beta1/namespaces/{}/targetgroupbindings", namespace(service));
    let name_of_group = names::of(service, &part(service, port));
    if hands.get(&format!("{collection}/{name_of_group}"))?.is_some() {
        return Ok(());
    }
    let is_ip = annotation(service, "type") == "nlb-ip" || annotation(service, "nlb-target-type") == "ip";
    // A name is resolved for each pod; the model knows numbers.
    let ports = match port["targetPort"].as_u64() {
        Some(number) => json!([{ "protocol": protocol(port), "port": number }]),
        None => json!([{ "protocol": protocol(port) }]),
    };
    let object = json!({
        "apiVersion": "elbv2.k8s.aws/v1beta1",
        "kind": "TargetGroupBinding",
        "metadata": {
            "name": name_of_group,
            "labels": { STACK[0]: namespace(service), STACK[1]: name(service) },
        },
        "spec": {
            "targetGroupARN": group,
            "targetType": if is_ip { "ip" } else { "instance" },
            "serviceRef": { "name": name(service), "port": port["port"] },
            "networking": { "ingress": [{
                "from": [{ "securityGroup": { "groupID": shared } }],
                "ports": ports,
            }] },
        },
    });
    hands.create(&collection, &object).map(drop)
}

/// In the order of the controller: load balancer, bindings, target groups, its group, the shared group with the last Service, finalizer.
fn end(hands: &Hands, service: &Value) -> Result<()> {
    if !has_finalizer(service, FINALIZER) {
        return Ok(());
    }
    if let Some(aws) = hands.reading_aws() {
        let of = |key: &str, value: &str| [(key.to_owned(), value.to_owned())];
        if let Some((arn, _)) = find(aws, &names::of(service, LOAD_BALANCER))?
            && let Some(aws) = hands.aws()
        {
            aws.elb("DeleteLoadBalancer", &of("LoadBalancerArn", &arn))?;
            hands.say(&format!("{}: the load balancer is gone", title(service)));
        }
        let bindings = bindings_of(hands, service)?;
        for binding in bindings.iter().filter(|it| !is_deleted(it)) {
            let namespace = namespace(service);
            hands.delete(&format!(
                "/apis/elbv2.k8s.aws/v1beta1/namespaces/{namespace}/targetgroupbindings/{}",
                name(binding)
            ))?;
        }
        if !bindings.is_empty() {
            // The next round looks whether they are gone.
            return Ok(());
        }
        for port in items(&service["spec"]["ports"]) {
            let name = names::of(service, &part(service, port));
            if let Some(group) = super::groups::find(aws, "Names", &name)?
                && let Some(aws) = hands.aws()
            {
                aws.elb("DeleteTargetGroup", &of("TargetGroupArn", &group.arn))?;
            }
        }
        delete_group(hands, &names::of(service, GROUP))?;
        // As it is now: another may have ended since the round began.
        let is_last = !hands.list(super::SERVICES)?.iter().any(|other| {
            other["metadata"]["uid"] != service["metadata"]["uid"] && has_finalizer(other, FINALIZER)
        });
        if is_last {
            delete_group(hands, &names::of_shared_group(&hands.cluster_name))?;
        }
    }
    hands.say(&format!("{}: ended", title(service)));
    hands.release(&path(service), service, FINALIZER)
}

fn delete_group(hands: &Hands, name: &str) -> Result<()> {
    let Some(id) = hands.reading_aws().map(|aws| group_of_name(aws, name)).transpose()?.flatten() else {
        return Ok(());
    };
    let Some(aws) = hands.aws() else { return Ok(()) };
    aws.ec2("DeleteSecurityGroup", &[("GroupId".to_owned(), id)]).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_is_the_controllers_by_its_class_or_its_annotation() {
        let service = |class: Value, kind: &str| {
            json!({
                "metadata": { "annotations": { (format!("{ANNOTATION}-type")): kind } },
                "spec": { "type": "LoadBalancer", "loadBalancerClass": class },
            })
        };
        assert!(is_ours(&service(json!("service.k8s.aws/nlb"), "")));
        assert!(is_ours(&service(Value::Null, "external")));
        assert!(!is_ours(&service(Value::Null, "")));
        assert!(!is_ours(&service(json!("other"), "external")));
        let mut changed = service(Value::Null, "external");
        changed["spec"]["type"] = json!("ClusterIP");
        assert!(!is_ours(&changed));
        changed["metadata"]["finalizers"] = json!([FINALIZER]);
        assert!(is_ours(&changed), "what it made is to be removed");
    }
}
