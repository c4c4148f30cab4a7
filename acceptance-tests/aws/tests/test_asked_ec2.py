"""What calls of EC2 ask of IAM: of what, with which tags, and what beside."""

import pytest
from asking import arn, context, fresh, pairs, pairs_of, specified, trusted

from local_aws.access.asked import NotModelled

IMAGE = "ami-12c6146b"


@pytest.fixture
def here():
    return fresh()


@pytest.fixture
def network(here):
    ec2 = here.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=specified("vpc", platform="acme"))["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(
        VpcId=vpc, CidrBlock="10.0.1.0/24", TagSpecifications=specified("subnet", platform="acme")
    )
    return here, ec2, vpc, subnet["Subnet"]


def test_what_is_made_has_the_tags_of_the_request_and_what_it_is_put_into_its_own(network):
    here, _, vpc, _ = network
    tags = specified("subnet", platform="acme", layer="network")
    found = here.asked("ec2", "create_subnet", VpcId=vpc, CidrBlock="10.0.2.0/24", TagSpecifications=tags)
    assert pairs(found) == [
        "ec2:CreateSubnet subnet/*",
        f"ec2:CreateSubnet vpc/{vpc}",
        "ec2:CreateTags subnet/*",
    ]
    assert context(found, "ec2:CreateSubnet subnet/*") == {
        "aws:requesttag/platform": ["acme"],
        "aws:requesttag/layer": ["network"],
        "aws:tagkeys": ["platform", "layer"],
        "ec2:region": ["us-east-1"],
    }
    assert context(found, f"ec2:CreateSubnet vpc/{vpc}") == {
        "aws:resourcetag/platform": ["acme"],
        "ec2:resourcetag/platform": ["acme"],
        "ec2:vpcid": [vpc],
        "ec2:tenancy": ["default"],
        "ec2:region": ["us-east-1"],
    }
    assert context(found, "ec2:CreateTags subnet/*")["ec2:createaction"] == ["CreateSubnet"]


def test_without_tags_nothing_is_tagged(network):
    here, _, vpc, _ = network
    assert here.pairs("ec2", "create_route_table", VpcId=vpc) == [
        "ec2:CreateRouteTable route-table/*",
        f"ec2:CreateRouteTable vpc/{vpc}",
    ]


def test_what_is_there_is_asked_with_its_keys(network):
    here, ec2, vpc, subnet = network
    group = ec2.create_security_group(GroupName="a", Description="a", VpcId=vpc)["GroupId"]
    found = here.asked("ec2", "delete_security_group", GroupId=group)
    assert context(found, f"ec2:DeleteSecurityGroup security-group/{group}") == {
        "ec2:region": ["us-east-1"],
        "ec2:securitygroupid": [group],
        "ec2:vpc": [arn("ec2", f"vpc/{vpc}")],
    }
    found = here.asked(
        "ec2", "modify_subnet_attribute", SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": True}
    )
    said = context(found, f"ec2:ModifySubnetAttribute subnet/{subnet['SubnetId']}")
    assert (said["ec2:availabilityzone"], said["aws:resourcetag/platform"]) == ([subnet["AvailabilityZone"]], ["acme"])


def test_tags_are_set_on_what_has_tags_already(network):
    here, _, vpc, _ = network
    found = here.asked("ec2", "create_tags", Resources=[vpc], Tags=pairs_of(layer="network"))
    said = context(found, f"ec2:CreateTags vpc/{vpc}")
    assert (said["aws:requesttag/layer"], said["aws:resourcetag/platform"]) == (["network"], ["acme"])
    assert "ec2:createaction" not in said
    found = here.asked("ec2", "delete_tags", Resources=[vpc], Tags=[{"Key": "platform"}])
    said = context(found, f"ec2:DeleteTags vpc/{vpc}")
    assert (said["aws:tagkeys"], said["aws:resourcetag/platform"]) == (["platform"], ["acme"])
    found = here.asked("ec2", "delete_tags", Resources=[vpc])
    assert context(found, f"ec2:DeleteTags vpc/{vpc}")["aws:tagkeys"] == ["platform"]


def test_rules_of_a_group_are_asked_of_the_group_and_named_when_they_have_tags(network):
    here, ec2, vpc, _ = network
    group = ec2.create_security_group(GroupName="a", Description="a", VpcId=vpc)["GroupId"]
    rule = [{"IpProtocol": "tcp", "FromPort": 1, "ToPort": 1, "IpRanges": [{"CidrIp": "10.0.0.0/8"}]}]
    assert here.pairs("ec2", "authorize_security_group_egress", GroupId=group, IpPermissions=rule) == [
        f"ec2:AuthorizeSecurityGroupEgress security-group/{group}"
    ]
    tags = specified("security-group-rule", platform="acme")
    assert here.pairs(
        "ec2", "authorize_security_group_ingress", GroupId=group, IpPermissions=rule, TagSpecifications=tags
    ) == [
        f"ec2:AuthorizeSecurityGroupIngress security-group/{group}",
        "ec2:AuthorizeSecurityGroupIngress security-group-rule/*",
        "ec2:CreateTags security-group-rule/*",
    ]


def test_a_nat_gateway_takes_a_subnet_and_an_address(network):
    here, ec2, _, subnet = network
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    found = here.asked("ec2", "create_nat_gateway", SubnetId=subnet["SubnetId"], AllocationId=address)
    assert pairs(found) == [
        "ec2:CreateNatGateway natgateway/*",
        f"ec2:CreateNatGateway subnet/{subnet['SubnetId']}",
        f"ec2:CreateNatGateway elastic-ip/{address}",
    ]
    assert context(found, f"ec2:CreateNatGateway elastic-ip/{address}")["ec2:allocationid"] == [address]


def test_associations_are_found_by_what_they_associate(network):
    here, ec2, vpc, subnet = network
    table = ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    association = ec2.associate_route_table(RouteTableId=table, SubnetId=subnet["SubnetId"])["AssociationId"]
    assert here.pairs("ec2", "disassociate_route_table", AssociationId=association) == [
        f"ec2:DisassociateRouteTable route-table/{table}",
        f"ec2:DisassociateRouteTable subnet/{subnet['SubnetId']}",
    ]
    more = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="100.64.0.0/16")["CidrBlockAssociation"]["AssociationId"]
    assert here.pairs("ec2", "disassociate_vpc_cidr_block", AssociationId=more) == [
        f"ec2:DisassociateVpcCidrBlock vpc/{vpc}"
    ]


def test_private_names_of_an_endpoint_are_a_zone_that_is_associated(network):
    here, _, vpc, subnet = network
    service = "com.amazonaws.us-east-1.sts"
    said = {"VpcId": vpc, "ServiceName": service, "VpcEndpointType": "Interface", "SubnetIds": [subnet["SubnetId"]]}
    found = here.asked("ec2", "create_vpc_endpoint", **said, PrivateDnsEnabled=True)
    assert pairs(found) == [
        "ec2:CreateVpcEndpoint vpc-endpoint/*",
        f"ec2:CreateVpcEndpoint vpc/{vpc}",
        f"ec2:CreateVpcEndpoint subnet/{subnet['SubnetId']}",
        "ec2:DescribeSecurityGroups *",
        "ec2:DescribeSubnets *",
        "ec2:DescribeVpcs *",
        "route53:AssociateVPCWithHostedZone hostedzone/*",
        "ec2:DescribeVpcs *",
    ]
    assert context(found, "ec2:CreateVpcEndpoint vpc-endpoint/*")["ec2:vpceservicename"] == [service]
    zone = context(found, "route53:AssociateVPCWithHostedZone hostedzone/*")
    assert zone == {"route53:vpcs": [f"VPCId={vpc},VPCRegion=us-east-1"]}
    assert not any("route53" in pair for pair in here.pairs("ec2", "create_vpc_endpoint", **said))


def test_flow_logs_hand_a_role_on_or_make_a_delivery(network):
    here, _, vpc, _ = network
    role = trusted(here, "logs", "vpc-flow-logs.amazonaws.com", platform="acme")
    said = {"ResourceIds": [vpc], "ResourceType": "VPC", "TrafficType": "ALL"}
    found = here.asked("ec2", "create_flow_logs", **said, LogGroupName="a", DeliverLogsPermissionArn=role)
    assert pairs(found) == [
        "ec2:CreateFlowLogs vpc-flow-log/*",
        f"ec2:CreateFlowLogs vpc/{vpc}",
        "iam:PassRole role/logs",
    ]
    # IAM tells no policy the tags of a role that is handed on.
    assert context(found, "iam:PassRole role/logs") == {"iam:passedtoservice": ["vpc-flow-logs.amazonaws.com"]}
    bucket = {"LogDestinationType": "s3", "LogDestination": "arn:aws:s3:::logs"}
    assert "logs:CreateLogDelivery *" in here.pairs("ec2", "create_flow_logs", **said, **bucket)


def test_instances_are_made_of_many_things(network):
    here, ec2, vpc, subnet = network
    role = trusted(here, "node", "ec2.amazonaws.com")
    iam = here.client("iam")
    profile = iam.create_instance_profile(InstanceProfileName="node")["InstanceProfile"]["Arn"]
    iam.add_role_to_instance_profile(InstanceProfileName="node", RoleName="node")
    group = ec2.create_security_group(GroupName="a", Description="a", VpcId=vpc)["GroupId"]
    data = {
        "SecurityGroupIds": [group],
        "TagSpecifications": specified("volume", platform="acme"),
        "MetadataOptions": {"HttpTokens": "required"},
    }
    template = ec2.create_launch_template(LaunchTemplateName="a", LaunchTemplateData=data)["LaunchTemplate"][
        "LaunchTemplateId"
    ]
    found = here.asked(
        "ec2",
        "run_instances",
        MinCount=1,
        MaxCount=1,
        ImageId=IMAGE,
        InstanceType="m5.large",
        SubnetId=subnet["SubnetId"],
        IamInstanceProfile={"Name": "node"},
        LaunchTemplate={"LaunchTemplateId": template},
    )
    assert pairs(found) == [
        f"ec2:RunInstances image/{IMAGE}",
        "ec2:RunInstances instance/*",
        "ec2:RunInstances network-interface/*",
        "ec2:RunInstances volume/*",
        f"ec2:RunInstances subnet/{subnet['SubnetId']}",
        f"ec2:RunInstances security-group/{group}",
        f"ec2:RunInstances launch-template/{template}",
        "ec2:CreateTags volume/*",
        "iam:PassRole role/node",
    ]
    instance = context(found, "ec2:RunInstances instance/*")
    assert instance["ec2:instanceprofile"] == [profile]
    assert instance["ec2:metadatahttptokens"] == ["required"]
    assert instance["ec2:launchtemplate"] == [arn("ec2", f"launch-template/{template}")]
    assert instance["ec2:islaunchtemplateresource"] == ["false"]
    assert context(found, f"ec2:RunInstances security-group/{group}")["ec2:islaunchtemplateresource"] == ["true"]
    assert context(found, "ec2:CreateTags volume/*")["ec2:createaction"] == ["RunInstances"]
    assert context(found, "iam:PassRole role/node") == {"iam:passedtoservice": ["ec2.amazonaws.com"]}
    assert role.endswith("role/node")


def test_an_encrypted_disk_takes_its_key(network):
    here, _, _, subnet = network
    key = here.client("kms").create_key(Tags=[{"TagKey": "platform", "TagValue": "acme"}])["KeyMetadata"]
    disk = [{"DeviceName": "/dev/xvda", "Ebs": {"Encrypted": True, "KmsKeyId": key["Arn"]}}]
    more = {"MinCount": 1, "MaxCount": 1, "ImageId": IMAGE, "SubnetId": subnet["SubnetId"], "BlockDeviceMappings": disk}
    found = here.asked("ec2", "run_instances", **more)
    granted = context(found, f"kms:CreateGrant key/{key['KeyId']}")
    assert granted["kms:viaservice"] == ["ec2.us-east-1.amazonaws.com"]
    assert granted["kms:grantisforawsresource"] == ["true"]
    assert granted["aws:resourcetag/platform"] == ["acme"]
    assert f"kms:GenerateDataKeyWithoutPlaintext key/{key['KeyId']}" in pairs(found)


def test_lists_are_asked_of_everything(here):
    assert here.pairs("ec2", "describe_vpcs") == ["ec2:DescribeVpcs *"]


def test_what_is_not_in_the_tables_is_not_modelled(here):
    with pytest.raises(NotModelled, match="what ec2:CreateFleet asks of IAM"):
        here.asked(
            "ec2", "create_fleet", LaunchTemplateConfigs=[], TargetCapacitySpecification={"TotalTargetCapacity": 1}
        )


def test_of_an_association_that_is_gone_nobody_knows_the_address(here):
    found = here.asked("ec2", "disassociate_address", AssociationId="eipassoc-0123456789abcdef0")
    assert pairs(found) == ["ec2:DisassociateAddress elastic-ip/*"]
    assert found[0].context["ec2:allocationid"] == [], "known to be absent, and not unknown"
