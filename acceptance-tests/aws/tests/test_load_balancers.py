"""Load balancers: what they leave and hold in a network, and how targets are."""

import pytest
from botocore.exceptions import ClientError

CNI_TAGS = {
    "cluster.k8s.amazonaws.com/name": "shop",
    "node.k8s.amazonaws.com/instance_id": "i-0123456789abcdef0",
}


def refusal(call, **arguments):
    with pytest.raises(ClientError) as failed:
        call(**arguments)
    error = failed.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.fixture
def elb(aws):
    return aws.client("elbv2")


@pytest.fixture
def group(network):
    return network.ec2.create_security_group(GroupName="lb", Description="lb", VpcId=network.vpc)["GroupId"]


def balancer(elb, network, kind="application", **more):
    found = elb.create_load_balancer(Name="lb", Type=kind, Subnets=network.subnet_ids, Scheme="internal", **more)
    return found["LoadBalancers"][0]["LoadBalancerArn"]


def targets(elb, network, **more):
    wanted = {"Name": "tg", "Protocol": "TCP", "Port": 80, "VpcId": network.vpc, "TargetType": "ip", **more}
    return elb.create_target_group(**wanted)["TargetGroups"][0]["TargetGroupArn"]


def listen(elb, lb, group, port=80):
    action = {"Type": "forward", "TargetGroupArn": group}
    listener = elb.create_listener(LoadBalancerArn=lb, Protocol="TCP", Port=port, DefaultActions=[action])
    return listener["Listeners"][0]["ListenerArn"]


@pytest.mark.parametrize(
    ("kind", "prefix", "interface"),
    [("application", "app", "interface"), ("network", "net", "network_load_balancer")],
)
def test_a_load_balancer_has_an_interface_in_each_of_its_subnets(aws, network, elb, group, kind, prefix, interface):
    ec2 = network.ec2
    lb = balancer(elb, network, kind, SecurityGroups=[group])
    found = ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [network.vpc]}])["NetworkInterfaces"]
    assert sorted(e["SubnetId"] for e in found) == sorted(network.subnet_ids)
    identity = lb.rsplit("/", 1)[1]
    for eni in found:
        assert eni["Description"] == f"ELB {prefix}/lb/{identity}"
        assert (eni["RequesterManaged"], eni["Status"], eni["InterfaceType"]) == (True, "in-use", interface)
        assert [g["GroupId"] for g in eni["Groups"]] == [group]
    by_description = [{"Name": "description", "Values": ["ELB *"]}, {"Name": "requester-managed", "Values": ["true"]}]
    assert len(ec2.describe_network_interfaces(Filters=by_description)["NetworkInterfaces"]) == 2
    assert aws.inventory()["by_kind"].get("ec2:network-interface") is None
    mine = found[0]["NetworkInterfaceId"]
    in_use = ("InvalidParameterValue", f"Network interface '{mine}' is currently in use.")
    assert refusal(ec2.delete_network_interface, NetworkInterfaceId=mine) == in_use
    subnet, has = network.subnet_ids[0], "has dependencies and cannot be deleted."
    for call, arguments, message in [
        (ec2.delete_security_group, {"GroupId": group}, f"resource {group} has a dependent object"),
        (ec2.delete_subnet, {"SubnetId": subnet}, f"The subnet '{subnet}' {has}"),
        (ec2.delete_vpc, {"VpcId": network.vpc}, f"The vpc '{network.vpc}' {has}"),
    ]:
        assert refusal(call, **arguments) == ("DependencyViolation", message)
    elb.delete_load_balancer(LoadBalancerArn=lb)
    ec2.delete_security_group(GroupId=group)
    for subnet in network.subnet_ids:
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=network.vpc)


def test_interfaces_follow_subnets_and_groups(network, elb, group):
    lb = balancer(elb, network, SecurityGroups=[group])
    third = network.ec2.create_subnet(VpcId=network.vpc, CidrBlock="10.0.3.0/24", AvailabilityZoneId="use1-az4")
    third = third["Subnet"]["SubnetId"]
    other = network.ec2.create_security_group(GroupName="o", Description="o", VpcId=network.vpc)["GroupId"]
    elb.set_subnets(LoadBalancerArn=lb, Subnets=[network.subnet_ids[0], third])
    elb.set_security_groups(LoadBalancerArn=lb, SecurityGroups=[other])
    found = network.ec2.describe_network_interfaces(Filters=[{"Name": "group-id", "Values": [other]}])
    assert sorted(e["SubnetId"] for e in found["NetworkInterfaces"]) == sorted([network.subnet_ids[0], third])
    network.ec2.delete_security_group(GroupId=group)
    network.ec2.delete_subnet(SubnetId=network.subnet_ids[1])


@pytest.mark.parametrize("scheme", [{}, {"Scheme": "internet-facing"}])
def test_a_load_balancer_on_the_internet_holds_the_gateway(network, elb, scheme):
    gateway = network.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    attached = {"InternetGatewayId": gateway, "VpcId": network.vpc}
    network.ec2.attach_internet_gateway(**attached)
    lb = elb.create_load_balancer(Name="lb", Subnets=network.subnet_ids, **scheme)
    mapped = f"Network {network.vpc} has some mapped public address(es)."
    expected = f"{mapped} Please unmap those public address(es) before detaching the gateway."
    assert refusal(network.ec2.detach_internet_gateway, **attached) == ("DependencyViolation", expected)
    elb.delete_load_balancer(LoadBalancerArn=lb["LoadBalancers"][0]["LoadBalancerArn"])
    network.ec2.detach_internet_gateway(**attached)


def test_an_instances_interface_goes_with_it(network):
    ec2 = network.ec2
    started = ec2.run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=network.subnet_ids[0], InstanceType="m5.large"
    )["Instances"][0]
    mine = [{"Name": "attachment.instance-id", "Values": [started["InstanceId"]]}]
    [eni] = ec2.describe_network_interfaces(Filters=mine)["NetworkInterfaces"]
    assert (eni["Status"], eni["SubnetId"]) == ("in-use", network.subnet_ids[0])
    assert refusal(ec2.delete_subnet, SubnetId=network.subnet_ids[0])[0] == "DependencyViolation"
    ec2.terminate_instances(InstanceIds=[started["InstanceId"]])
    ec2.delete_subnet(SubnetId=network.subnet_ids[0])


def test_interfaces_that_the_network_plugin_left_hold_subnet_and_group(network, group):
    ec2 = network.ec2
    tags = [{"ResourceType": "network-interface", "Tags": [{"Key": k, "Value": v} for k, v in CNI_TAGS.items()]}]
    eni = ec2.create_network_interface(SubnetId=network.subnet_ids[0], Groups=[group], TagSpecifications=tags)
    eni = eni["NetworkInterface"]["NetworkInterfaceId"]
    filters = [
        {"Name": "status", "Values": ["available"]},
        {"Name": "tag:cluster.k8s.amazonaws.com/name", "Values": ["shop"]},
        {"Name": "tag-key", "Values": ["node.k8s.amazonaws.com/instance_id"]},
    ]
    assert [e["NetworkInterfaceId"] for e in ec2.describe_network_interfaces(Filters=filters)["NetworkInterfaces"]] == [
        eni
    ]
    assert refusal(ec2.delete_subnet, SubnetId=network.subnet_ids[0])[0] == "DependencyViolation"
    assert refusal(ec2.delete_security_group, GroupId=group)[0] == "DependencyViolation"
    ec2.delete_network_interface(NetworkInterfaceId=eni)
    ec2.delete_security_group(GroupId=group)
    ec2.delete_subnet(SubnetId=network.subnet_ids[0])


def test_what_is_protected_is_not_deleted(network, elb):
    lb = balancer(elb, network)
    protect = {"Key": "deletion_protection.enabled", "Value": "true"}
    elb.modify_load_balancer_attributes(LoadBalancerArn=lb, Attributes=[protect])
    expected = f"Load balancer '{lb}' cannot be deleted because deletion protection is enabled"
    assert refusal(elb.delete_load_balancer, LoadBalancerArn=lb) == ("OperationNotPermitted", expected)
    elb.modify_load_balancer_attributes(LoadBalancerArn=lb, Attributes=[{**protect, "Value": "false"}])
    elb.delete_load_balancer(LoadBalancerArn=lb)
    elb.delete_load_balancer(LoadBalancerArn=lb)


def test_a_target_group_in_use_stays_and_knows_its_load_balancers(network, elb):
    lb = balancer(elb, network, "network")
    old, new = targets(elb, network), targets(elb, network, Name="new")

    def of(group):
        return elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["LoadBalancerArns"]

    listener = listen(elb, lb, old)
    expected = f"Target group '{old}' is currently in use by a listener or a rule"
    assert refusal(elb.delete_target_group, TargetGroupArn=old) == ("ResourceInUse", expected)
    assert (of(old), of(new)) == ([lb], [])
    elb.modify_listener(ListenerArn=listener, DefaultActions=[{"Type": "forward", "TargetGroupArn": new}])
    assert (of(old), of(new)) == ([], [lb])
    elb.delete_target_group(TargetGroupArn=old)
    elb.delete_load_balancer(LoadBalancerArn=lb)
    assert of(new) == []
    elb.delete_target_group(TargetGroupArn=new)


@pytest.mark.parametrize("said", [{}, {"Protocol": "TLS"}])
def test_a_listener_of_tls_can_change(aws, network, elb, said):
    lb, group = balancer(elb, network, "network"), targets(elb, network)
    certificates = [aws.client("acm").request_certificate(DomainName=n)["CertificateArn"] for n in ("a.test", "b.test")]
    forward = [{"Type": "forward", "TargetGroupArn": group}]
    first, second = ([{"CertificateArn": arn}] for arn in certificates)
    made = {"LoadBalancerArn": lb, "Protocol": "TLS", "Port": 443, "DefaultActions": forward}
    listener = elb.create_listener(Certificates=first, **made)["Listeners"][0]["ListenerArn"]
    other = targets(elb, network, Name="other")
    changed = {"DefaultActions": [{**forward[0], "TargetGroupArn": other}], "Certificates": second, **said}
    elb.modify_listener(ListenerArn=listener, **changed)
    [found] = elb.describe_listeners(LoadBalancerArn=lb)["Listeners"]
    assert (found["Protocol"], found["Port"]) == ("TLS", 443)
    assert found["DefaultActions"][0]["TargetGroupArn"] == other
    assert found["Certificates"][0]["CertificateArn"] == certificates[1]
    elb.delete_target_group(TargetGroupArn=group)


def health(elb, group):
    found = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    return [(d["Target"]["Id"], d["Target"]["Port"], d["TargetHealth"]["State"]) for d in found]


def test_targets_are_healthy_once_something_forwards_to_them(network, elb):
    lb, group = balancer(elb, network, "network"), targets(elb, network)
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.0.1.7"}, {"Id": "10.0.1.7", "Port": 81}])
    [first, _] = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert (first["TargetHealth"]["State"], first["TargetHealth"]["Reason"]) == ("unused", "Target.NotInUse")
    assert first["Target"]["AvailabilityZone"] == network.subnets[0]["AvailabilityZone"]
    listener = listen(elb, lb, group)
    assert health(elb, group) == [("10.0.1.7", 80, "healthy"), ("10.0.1.7", 81, "healthy")]
    elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": "10.0.1.7", "Port": 81}])
    assert health(elb, group) == [("10.0.1.7", 80, "healthy")]
    elb.deregister_targets(TargetGroupArn=group, Targets=[{"Id": "10.0.1.99"}])
    elb.delete_listener(ListenerArn=listener)
    assert health(elb, group) == [("10.0.1.7", 80, "unused")]


def test_targets_outside_of_the_network_are_refused_unless_they_are_private_and_said_to_be_anywhere(network, elb):
    group = targets(elb, network)

    def register(**target):
        return refusal(elb.register_targets, TargetGroupArn=group, Targets=[{"Id": "10.0.1.1"}, target])

    expected = "The Availability Zone is required for IP address '10.1.0.1' because it is not in the VPC"
    assert register(Id="10.1.0.1") == ("ValidationError", expected)
    code, message = register(Id="10.0.2.1", AvailabilityZone="all")
    assert code == "ValidationError" and "is within the VPC, and cannot have its Availability Zone" in message
    code, message = register(Id="8.8.8.8", AvailabilityZone="all")
    assert code == "ValidationError" and "8.8.8.8" in message
    code, message = register(Id="i-0123456789abcdef0")
    assert code == "ValidationError" and "is not a valid IPv4 address" in message
    assert health(elb, group) == []
    elb.register_targets(TargetGroupArn=group, Targets=[{"Id": "10.1.0.1", "AvailabilityZone": "all"}])
    [found] = elb.describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    assert found["Target"]["AvailabilityZone"] == "all"


def test_addresses_of_the_sixth_version(aws, network, elb):
    group = targets(elb, network, IpAddressType="ipv6")
    assert elb.describe_target_groups(TargetGroupArns=[group])["TargetGroups"][0]["IpAddressType"] == "ipv6"
    code, message = refusal(elb.register_targets, TargetGroupArn=group, Targets=[{"Id": "10.0.1.1"}])
    assert code == "ValidationError" and "is not a valid IPv6 address" in message
    code, _ = refusal(balancer, elb=elb, network=network, IpAddressType="dualstack")
    assert code == "ValidationError"
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
    block = vpc["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
    prefix = block.split("::")[0].rsplit(":", 1)[0]
    last = int(block.split("::")[0].rsplit(":", 1)[1], 16)
    subnets = [
        ec2.create_subnet(
            VpcId=vpc["VpcId"],
            CidrBlock=f"10.0.{n}.0/24",
            Ipv6CidrBlock=f"{prefix}:{last + n:x}::/64",
            AvailabilityZoneId=f"use1-az{n}",
        )["Subnet"]["SubnetId"]
        for n in (1, 2)
    ]
    made = elb.create_load_balancer(Name="six", Subnets=subnets, Scheme="internal", IpAddressType="dualstack")
    assert made["LoadBalancers"][0]["IpAddressType"] == "dualstack"
    wanted = {"Protocol": "TCP", "Port": 80, "TargetType": "ip", "IpAddressType": "ipv6"}
    six = elb.create_target_group(Name="six", VpcId=vpc["VpcId"], **wanted)["TargetGroups"][0]["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=six, Targets=[{"Id": f"{prefix}:{last + 1:x}::7"}])
    code, _ = refusal(elb.register_targets, TargetGroupArn=six, Targets=[{"Id": "2001:db8::1"}])
    assert code == "ValidationError"


def test_what_a_controller_made_is_found_by_its_tag(aws, network, elb, group):
    ec2, tag = network.ec2, {"Key": "elbv2.k8s.aws/cluster", "Value": "shop"}
    lb, tg = balancer(elb, network, Tags=[tag]), targets(elb, network, Tags=[tag])
    eni = ec2.create_network_interface(SubnetId=network.subnet_ids[0])["NetworkInterface"]["NetworkInterfaceId"]
    volume = ec2.create_volume(AvailabilityZone="us-east-1a", Size=1)["VolumeId"]
    instance = ec2.run_instances(
        ImageId="ami-12c6146b", MinCount=1, MaxCount=1, SubnetId=network.subnet_ids[0], InstanceType="m5.large"
    )["Instances"][0]["InstanceId"]
    ec2.create_tags(Resources=[eni, volume, instance, group], Tags=[tag])
    arn = "arn:aws:ec2:us-east-1:123456789012"
    of_ec2 = {
        f"{arn}:network-interface/{eni}",
        f"{arn}:volume/{volume}",
        f"{arn}:instance/{instance}",
        f"{arn}:security-group/{group}",
    }
    api = aws.client("resourcegroupstaggingapi")
    by_tag = {"TagFilters": [{"Key": tag["Key"], "Values": ["shop"]}]}

    def found(**more):
        listed = api.get_resources(**by_tag, **more)["ResourceTagMappingList"]
        assert all(tag in r["Tags"] for r in listed)
        return sorted(r["ResourceARN"] for r in listed)

    assert found() == sorted(of_ec2 | {lb, tg})
    kinds = {
        "elasticloadbalancing:loadbalancer": {lb},
        "elasticloadbalancing:targetgroup": {tg},
        "elasticloadbalancing": {lb, tg},
        "ec2:network-interface": {f"{arn}:network-interface/{eni}"},
        "ec2:volume": {f"{arn}:volume/{volume}"},
        "ec2:instance": {f"{arn}:instance/{instance}"},
        "ec2:security-group": {f"{arn}:security-group/{group}"},
    }
    for kind, expected in kinds.items():
        assert found(ResourceTypeFilters=[kind]) == sorted(expected), kind
    ec2.terminate_instances(InstanceIds=[instance])
    assert f"{arn}:volume/{volume}" in found()
    api_none = {"TagFilters": [{"Key": tag["Key"], "Values": ["other"]}]}
    assert api.get_resources(**api_none)["ResourceTagMappingList"] == []
