"""What calls of EC2 ask: of what is made, with the tags of the request; of what is there, with the tags that it has.

A condition on `aws:RequestTag` holds for what a call makes and for nothing else that it is about: `CreateSubnet` is
asked on the subnet with those, and on the VPC without. Tags in a request are `ec2:CreateTags` beside, with
`ec2:CreateAction`.
"""

from dataclasses import dataclass

import jmespath

from ...calls import Call
from ..asked import Asked, NotModelled
from ..derive import EVERYTHING, Parameters, Place, known, nothing, place_of, texts
from ..ec2 import things
from ..ec2.special import MORE, SCARCE, SPECIAL


@dataclass(frozen=True)
class Made:
    """What a call makes. Its identifier is known to nobody yet, but where it is a name."""

    kind: str
    name: str = ""
    #: Keys of the kind that the request says => where.
    keys: tuple[tuple[str, str], ...] = ()
    #: Only when it gets tags: rules of a security group are made with it, and named when they have some.
    if_tagged: bool = False


@dataclass(frozen=True)
class There:
    """What a call is about, by the identifiers at a place of the request."""

    kind: str
    at: str


def made(kind: str, name: str = "", **keys: str) -> Made:
    """Something new."""
    return Made(kind, name, tuple((key.replace("__", ":").lower(), at) for key, at in keys.items()))


def there(**at: str) -> tuple[There, ...]:
    """Things of kinds: `vpc="VpcId"`."""
    return tuple(There(kind.replace("_", "-"), path) for kind, path in at.items())


RULES = Made("security-group-rule", if_tagged=True)
GROUP = there(security_group="GroupId")

#: Operation => what it is about. What is not in the request is not asked for.
ABOUT: dict[str, tuple[Made | There, ...]] = {
    "AllocateAddress": (made("elastic-ip"),),
    "AssignPrivateNatGatewayAddress": there(natgateway="NatGatewayId"),
    "AssociateAddress": there(elastic_ip="AllocationId", instance="InstanceId", network_interface="NetworkInterfaceId"),
    "AssociateNatGatewayAddress": there(natgateway="NatGatewayId", elastic_ip="AllocationIds"),
    "AssociateRouteTable": there(route_table="RouteTableId", subnet="SubnetId", internet_gateway="GatewayId"),
    "AssociateSubnetCidrBlock": there(subnet="SubnetId"),
    "AssociateVpcCidrBlock": there(vpc="VpcId"),
    "AttachInternetGateway": there(internet_gateway="InternetGatewayId", vpc="VpcId"),
    "AuthorizeSecurityGroupEgress": (*GROUP, RULES),
    "AuthorizeSecurityGroupIngress": (*GROUP, RULES),
    "CancelCapacityReservation": there(capacity_reservation="CapacityReservationId"),
    "CreateCapacityReservation": (made("capacity-reservation"),),
    "CreateEgressOnlyInternetGateway": (made("egress-only-internet-gateway"), *there(vpc="VpcId")),
    "CreateFlowLogs": (made("vpc-flow-log"),),
    "CreateInternetGateway": (made("internet-gateway"),),
    "CreateLaunchTemplate": (made("launch-template", ec2__ManagedResourceOperator="`null`"),),
    "CreateLaunchTemplateVersion": there(launch_template="LaunchTemplateId || LaunchTemplateName"),
    "CreateNatGateway": (
        made("natgateway"),
        *there(subnet="SubnetId", elastic_ip="[AllocationId, SecondaryAllocationIds][]"),
    ),
    "CreateNetworkInterface": (made("network-interface"), *there(subnet="SubnetId", security_group="Groups")),
    "CreatePlacementGroup": (
        made(
            "placement-group",
            "GroupName",
            ec2__PlacementGroupName="GroupName",
            ec2__PlacementGroupStrategy="Strategy || 'cluster'",
        ),
    ),
    "CreateRoute": there(route_table="RouteTableId"),
    "CreateRouteTable": (made("route-table"), *there(vpc="VpcId")),
    "CreateSecurityGroup": (made("security-group"), *there(vpc="VpcId")),
    "CreateSubnet": (made("subnet"), *there(vpc="VpcId")),
    "CreateTransitGateway": (made("transit-gateway"),),
    "CreateTransitGatewayRoute": there(
        transit_gateway_route_table="TransitGatewayRouteTableId",
        transit_gateway_attachment="TransitGatewayAttachmentId",
    ),
    "CreateTransitGatewayVpcAttachment": (
        made("transit-gateway-attachment"),
        *there(transit_gateway="TransitGatewayId", vpc="VpcId", subnet="SubnetIds"),
    ),
    "CreateVpc": (made("vpc"),),
    "CreateVpcBlockPublicAccessExclusion": (
        made("vpc-block-public-access-exclusion"),
        *there(vpc="VpcId", subnet="SubnetId"),
    ),
    "CreateVpcEndpoint": (
        made("vpc-endpoint", ec2__VpceServiceName="ServiceName"),
        *there(vpc="VpcId", route_table="RouteTableIds", subnet="SubnetIds", security_group="SecurityGroupIds"),
    ),
    "DeleteEgressOnlyInternetGateway": there(egress_only_internet_gateway="EgressOnlyInternetGatewayId"),
    "DeleteFlowLogs": there(vpc_flow_log="FlowLogIds"),
    "DeleteInternetGateway": there(internet_gateway="InternetGatewayId"),
    "DeleteLaunchTemplate": there(launch_template="LaunchTemplateId || LaunchTemplateName"),
    "DeleteLaunchTemplateVersions": there(launch_template="LaunchTemplateId || LaunchTemplateName"),
    "DeleteNatGateway": there(natgateway="NatGatewayId"),
    "DeleteNetworkInterface": there(network_interface="NetworkInterfaceId"),
    "DeletePlacementGroup": there(placement_group="GroupName"),
    "DeleteRoute": there(route_table="RouteTableId"),
    "DeleteRouteTable": there(route_table="RouteTableId"),
    "DeleteSecurityGroup": GROUP,
    "DeleteSubnet": there(subnet="SubnetId"),
    "DeleteVolume": there(volume="VolumeId"),
    "DeleteVpc": there(vpc="VpcId"),
    "DeleteVpcBlockPublicAccessExclusion": there(vpc_block_public_access_exclusion="ExclusionId"),
    "DeleteVpcEndpoints": there(vpc_endpoint="VpcEndpointIds"),
    "DescribeInstanceAttribute": there(instance="InstanceId"),
    "DescribeVpcAttribute": there(vpc="VpcId"),
    "DetachInternetGateway": there(internet_gateway="InternetGatewayId", vpc="VpcId"),
    "DisassociateNatGatewayAddress": there(natgateway="NatGatewayId"),
    "DisassociateSubnetCidrBlock": (),
    "DisassociateVpcCidrBlock": (),
    "ModifyInstanceAttribute": there(instance="InstanceId", security_group="Groups"),
    "ModifyInstanceCreditSpecification": there(instance="InstanceCreditSpecifications[].InstanceId"),
    "ModifyInstanceMetadataOptions": there(instance="InstanceId"),
    "ModifyLaunchTemplate": there(launch_template="LaunchTemplateId || LaunchTemplateName"),
    "ModifyNetworkInterfaceAttribute": there(network_interface="NetworkInterfaceId", security_group="Groups"),
    "ModifySecurityGroupRules": (
        *GROUP,
        *there(
            security_group_rule="SecurityGroupRules[].SecurityGroupRuleId",
            prefix_list="SecurityGroupRules[].SecurityGroupRule.PrefixListId",
        ),
    ),
    "ModifySubnetAttribute": there(subnet="SubnetId"),
    "ModifyVolume": there(volume="VolumeId"),
    "ModifyVpcAttribute": there(vpc="VpcId"),
    "ModifyVpcBlockPublicAccessExclusion": there(vpc_block_public_access_exclusion="ExclusionId"),
    "ModifyVpcEndpoint": there(
        vpc_endpoint="VpcEndpointId",
        route_table="[AddRouteTableIds, RemoveRouteTableIds][]",
        subnet="[AddSubnetIds, RemoveSubnetIds][]",
        security_group="[AddSecurityGroupIds, RemoveSecurityGroupIds][]",
    ),
    "MonitorInstances": there(instance="InstanceIds"),
    "ReleaseAddress": there(elastic_ip="AllocationId"),
    "ReplaceRoute": there(route_table="RouteTableId"),
    "RevokeSecurityGroupEgress": GROUP,
    "RevokeSecurityGroupIngress": GROUP,
    "SearchTransitGatewayRoutes": there(transit_gateway_route_table="TransitGatewayRouteTableId"),
    "StartInstances": there(instance="InstanceIds"),
    "StopInstances": there(instance="InstanceIds"),
    "TerminateInstances": there(instance="InstanceIds"),
    "UnassignPrivateNatGatewayAddress": there(natgateway="NatGatewayId"),
    "UnmonitorInstances": there(instance="InstanceIds"),
    "UpdateSecurityGroupRuleDescriptionsEgress": GROUP,
    "UpdateSecurityGroupRuleDescriptionsIngress": GROUP,
}
#: What is asked of everything: EC2 lists and describes to whoever may at all.
READS = {
    "DescribeAccountAttributes", "DescribeAddresses", "DescribeAddressesAttribute", "DescribeAvailabilityZones",
    "DescribeCapacityBlockOfferings", "DescribeCapacityReservations", "DescribeEgressOnlyInternetGateways",
    "DescribeFlowLogs", "DescribeImages", "DescribeInstanceCreditSpecifications", "DescribeInstanceStatus",
    "DescribeInstanceTypeOfferings", "DescribeInstanceTypes", "DescribeInstances", "DescribeInternetGateways",
    "DescribeLaunchTemplateVersions", "DescribeLaunchTemplates", "DescribeManagedPrefixLists",
    "DescribeNatGateways", "DescribeNetworkAcls", "DescribeNetworkInterfaces", "DescribePlacementGroups",
    "DescribePrefixLists", "DescribeRegions", "DescribeRouteTables", "DescribeSecurityGroupRules",
    "DescribeSecurityGroups", "DescribeSpotPriceHistory", "DescribeSubnets", "DescribeTags",
    "DescribeTransitGatewayAttachments", "DescribeTransitGatewayRouteTables",
    "DescribeTransitGatewayVpcAttachments", "DescribeTransitGateways", "DescribeVolumes",
    "DescribeVpcBlockPublicAccessExclusions", "DescribeVpcBlockPublicAccessOptions", "DescribeVpcEndpointServices",
    "DescribeVpcEndpoints", "DescribeVpcPeeringConnections", "DescribeVpcs", "GetSpotPlacementScores",
    "GetTransitGatewayRouteTableAssociations", "GetTransitGatewayRouteTablePropagations",
}  # fmt: skip


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks of IAM."""
    place, operation = place_of(call), call.operation
    if operation in READS:
        return [Asked(f"ec2:{operation}", EVERYTHING, known(ec2__Region=place.region))]
    if operation in SPECIAL:
        return list(SPECIAL[operation](place, parameters))
    if operation not in ABOUT:
        raise NotModelled(f"what ec2:{operation} asks of IAM")
    found = about(place, operation, parameters)
    return [*found, *create_tags(place, operation, parameters), *MORE.get(operation, nothing)(place, parameters)]


def about(place: Place, operation: str, parameters: Parameters) -> list[Asked]:
    """The action itself, on each thing of the table."""
    action, answer = f"ec2:{operation}", []
    by_kind = things.tags_by_kind(parameters)
    for thing in ABOUT[operation]:
        if isinstance(thing, Made):
            if thing.if_tagged and thing.kind not in by_kind:
                continue
            arn = things.arn_of(place, thing.kind, parameters.get(thing.name) or "*")
            said = {key: texts(jmespath.search(at, parameters)) for key, at in thing.keys}
            answer.append(Asked(action, (arn,), things.new(place, by_kind.get(thing.kind, {})) | said))
        else:
            arns = [things.arn_of(place, thing.kind, i) for i in identities(place, thing, parameters)]
            answer += [Asked(action, (arn,), things.old(place, arn)) for arn in arns]
    answer = answer or list(SCARCE.get(operation, nothing)(place, parameters))
    if not answer:
        raise NotModelled(f"what {action} is about, of which the request names nothing")
    return answer


def identities(place: Place, thing: There, parameters: Parameters) -> list[str]:
    """The identifiers of a kind in a request. An association with a gateway may name one of another kind."""
    found = [i for i in texts(jmespath.search(thing.at, parameters)) if i not in ("", "None")]
    if thing.kind == "launch-template":
        return [i if i.startswith("lt-") else things.template_data(place, {"LaunchTemplateName": i})[0] for i in found]
    if thing.kind == "internet-gateway":
        return [i for i in found if i.startswith("igw-")]
    return list(dict.fromkeys(found))


def create_tags(place: Place, operation: str, parameters: Parameters) -> list[Asked]:
    """The tags of what a call makes are an action of their own, on the same."""
    names = {t.kind: parameters.get(t.name) for t in ABOUT.get(operation, ()) if isinstance(t, Made) and t.name}
    action = known(ec2__CreateAction=operation)
    return [
        Asked("ec2:CreateTags", (things.arn_of(place, kind, names.get(kind) or "*"),), things.new(place, tags) | action)
        for kind, tags in things.tags_by_kind(parameters).items()
    ]
