"""EC2: the refusals that show a wrong order, and answers without inventions."""

import pytest
from botocore.exceptions import ClientError


def code(call, **arguments):
    with pytest.raises(ClientError) as failed:
        call(**arguments)
    return failed.value.response["Error"]["Code"]


def rule(peer, **more):
    return {"IpProtocol": "tcp", "FromPort": 5432, "ToPort": 5432, "UserIdGroupPairs": [{"GroupId": peer, **more}]}


@pytest.fixture
def groups(network):
    create = network.ec2.create_security_group
    return [create(GroupName=n, Description=n, VpcId=network.vpc)["GroupId"] for n in ("a", "b")]


def test_zones_are_chosen_by_their_id(network):
    assert [s["AvailabilityZoneId"] for s in network.subnets] == ["use1-az1", "use1-az2"]
    assert not any(s["MapPublicIpOnLaunch"] or s["DefaultForAz"] for s in network.subnets)


def test_a_group_that_another_refers_to_stays(network, groups):
    first, second = groups
    network.ec2.authorize_security_group_ingress(GroupId=first, IpPermissions=[rule(second)])
    assert code(network.ec2.delete_security_group, GroupId=second) == "DependencyViolation"
    network.ec2.revoke_security_group_ingress(GroupId=first, IpPermissions=[rule(second)])
    network.ec2.delete_security_group(GroupId=second)


def test_a_rule_about_a_group_keeps_its_description_and_can_change(network, groups):
    first, second = groups
    network.ec2.authorize_security_group_ingress(GroupId=first, IpPermissions=[rule(second, Description="why")])
    by_group = {"Filters": [{"Name": "group-id", "Values": [first]}]}
    [found] = [
        r for r in network.ec2.describe_security_group_rules(**by_group)["SecurityGroupRules"] if not r["IsEgress"]
    ]
    assert found["Description"] == "why"
    changed = {"IpProtocol": "-1", "ReferencedGroupId": second, "Description": "because"}
    network.ec2.modify_security_group_rules(
        GroupId=first,
        SecurityGroupRules=[{"SecurityGroupRuleId": found["SecurityGroupRuleId"], "SecurityGroupRule": changed}],
    )
    [found] = [
        r for r in network.ec2.describe_security_group_rules(**by_group)["SecurityGroupRules"] if not r["IsEgress"]
    ]
    assert (found["IpProtocol"], found["FromPort"], found["Description"]) == ("-1", -1, "because")


def test_nothing_in_use_can_be_removed(aws, network):
    ec2 = network.ec2
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = {"SubnetId": network.subnet_ids[0], "AllocationId": address}
    assert code(ec2.create_nat_gateway, **nat) == "Gateway.NotAttached"
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=network.vpc)
    nat = ec2.create_nat_gateway(**nat)["NatGateway"]["NatGatewayId"]
    assert code(ec2.detach_internet_gateway, InternetGatewayId=gateway, VpcId=network.vpc) == "DependencyViolation"
    assert code(ec2.delete_subnet, SubnetId=network.subnet_ids[0]) == "DependencyViolation"
    assert code(ec2.delete_vpc, VpcId=network.vpc) == "DependencyViolation"
    ec2.delete_nat_gateway(NatGatewayId=nat)
    ec2.release_address(AllocationId=address)
    ec2.detach_internet_gateway(InternetGatewayId=gateway, VpcId=network.vpc)
    ec2.delete_internet_gateway(InternetGatewayId=gateway)
    for subnet in network.subnet_ids:
        ec2.delete_subnet(SubnetId=subnet)
    ec2.delete_vpc(VpcId=network.vpc)
    assert aws.inventory() == {"objects": 0, "by_kind": {}, "names": {}}


SERVICES = [
    "autoscaling",
    "bedrock-runtime",
    "ec2",
    "ecr.api",
    "ecr.dkr",
    "eks",
    "eks-auth",
    "elasticloadbalancing",
    "kms",
    "logs",
    "sagemaker.runtime",
    "secretsmanager",
    "sqs",
    "ssm",
    "sts",
]


@pytest.mark.parametrize("service", SERVICES)
def test_interface_endpoints(network, service):
    network.ec2.modify_vpc_attribute(VpcId=network.vpc, EnableDnsHostnames={"Value": True})
    arguments = {"VpcId": network.vpc, "VpcEndpointType": "Interface", "SubnetIds": network.subnet_ids}
    name = f"com.amazonaws.us-east-1.{service}"
    endpoint = network.ec2.create_vpc_endpoint(ServiceName=name, **arguments)["VpcEndpoint"]
    assert len(endpoint["NetworkInterfaceIds"]) == 2
    assert code(network.ec2.create_vpc_endpoint, ServiceName=name + "x", **arguments) == "InvalidServiceName"


def test_private_dns_needs_dns_host_names_in_the_vpc(network):
    arguments = {"VpcId": network.vpc, "VpcEndpointType": "Interface", "SubnetIds": network.subnet_ids}
    service = {"ServiceName": "com.amazonaws.us-east-1.sts", "PrivateDnsEnabled": True}
    assert code(network.ec2.create_vpc_endpoint, **arguments, **service) == "InvalidParameter"


def test_gateway_endpoints_are_routes_of_their_tables(network):
    ec2 = network.ec2
    tables = [ec2.create_route_table(VpcId=network.vpc)["RouteTable"]["RouteTableId"] for _ in range(2)]
    endpoint = ec2.create_vpc_endpoint(
        VpcId=network.vpc, ServiceName="com.amazonaws.us-east-1.s3", VpcEndpointType="Gateway", RouteTableIds=tables[:1]
    )["VpcEndpoint"]["VpcEndpointId"]

    def tables_with_route():
        found = ec2.describe_route_tables(RouteTableIds=tables)["RouteTables"]
        return [t["RouteTableId"] for t in found if endpoint in [r.get("GatewayId") for r in t["Routes"]]]

    assert tables_with_route() == tables[:1]
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, AddRouteTableIds=tables[1:], RemoveRouteTableIds=tables[:1])
    assert tables_with_route() == tables[1:]


def test_a_launch_template_has_no_tags_of_its_own_in_its_data(aws):
    ec2 = aws.client("ec2")
    tags = [{"ResourceType": "launch-template", "Tags": [{"Key": "a", "Value": "b"}]}]
    ec2.create_launch_template(
        LaunchTemplateName="t-t", LaunchTemplateData={"EbsOptimized": True}, TagSpecifications=tags
    )
    [version] = ec2.describe_launch_template_versions(LaunchTemplateName="t-t")["LaunchTemplateVersions"]
    assert version["LaunchTemplateData"] == {"EbsOptimized": True}
    [template] = ec2.describe_launch_templates()["LaunchTemplates"]
    assert template["Tags"] == [{"Key": "a", "Value": "b"}]
    ec2.create_tags(Resources=[template["LaunchTemplateId"]], Tags=[{"Key": "a", "Value": "c"}])
    assert ec2.describe_launch_templates()["LaunchTemplates"][0]["Tags"] == [{"Key": "a", "Value": "c"}]


def test_the_image_that_a_public_parameter_names_is_there(aws, network):
    name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"
    image = aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    [found] = network.ec2.describe_images(ImageIds=[image])["Images"]
    assert (found["Architecture"], found["RootDeviceName"]) == ("arm64", "/dev/xvda")
