"""Calls of EC2 whose things are not in the request, and what is asked of other services beside them."""

from typing import Any

from ..asked import Asked, Context, request_tags, untagged
from ..dependents import pass_role
from ..derive import EVERYTHING, More, Parameters, Place, known, tag_list
from . import things
from .launch import launch, resolved


def _tag(place: Place, parameters: Parameters, action: str, said: Context) -> list[Asked]:
    found = [things.arn_of(place, things.kind_of(i), i) for i in parameters["Resources"]]
    return [Asked(action, (arn,), things.old(place, arn) | said) for arn in found]


def _create_tags(place: Place, parameters: Parameters) -> list[Asked]:
    said = request_tags(tag_list(parameters["Tags"])) | known(ec2__CreateAction=None)
    return _tag(place, parameters, "ec2:CreateTags", said)


def _delete_tags(place: Place, parameters: Parameters) -> list[Asked]:
    # Without any: all of them.
    arns = [things.arn_of(place, things.kind_of(i), i) for i in parameters["Resources"]]
    every = {key for arn in arns for key in things.tags_of(place, arn)}
    keys = [tag["Key"] for tag in parameters.get("Tags") or []] or sorted(every)
    return _tag(place, parameters, "ec2:DeleteTags", untagged(keys))


def _flow_logs(place: Place, parameters: Parameters) -> list[Asked]:
    """On what is watched too. A log group takes a role; logs in a bucket are a delivery (VPC guide)."""
    watched = [things.arn_of(place, things.kind_of(i), i) for i in parameters["ResourceIds"]]
    role = parameters.get("DeliverLogsPermissionArn")
    delivery = parameters.get("LogDestinationType") in ("s3", "kinesis-data-firehose")
    return [
        *(Asked("ec2:CreateFlowLogs", (arn,), things.old(place, arn)) for arn in watched),
        *pass_role(role, "vpc-flow-logs.amazonaws.com"),
        *([Asked("logs:CreateLogDelivery", EVERYTHING, {})] if delivery else []),
    ]


def _no_flow_logs(place: Place, parameters: Parameters) -> list[Asked]:
    """The delivery into a bucket goes with the last flow log (VPC guide)."""
    logs = things.state(place).flow_logs
    delivered = [i for i in parameters["FlowLogIds"] if i in logs and logs[i].log_destination_type == "s3"]
    return [Asked("logs:DeleteLogDelivery", EVERYTHING, {})] if delivered else []


def _private_names(place: Place, parameters: Parameters) -> list[Asked]:
    """Private names of an interface endpoint are a zone of AWS's that the caller associates with the VPC."""
    vpc = parameters.get("VpcId")
    if not parameters.get("PrivateDnsEnabled"):
        return []
    if vpc is None:
        endpoint = things.state(place).vpc_end_points.get(parameters["VpcEndpointId"])
        vpc = endpoint.vpc_id if endpoint else "*"
    zone = f"arn:{place.partition}:route53:::hostedzone/*"
    said = known(route53__VPCs=f"VPCId={vpc},VPCRegion={place.region}")
    return [
        Asked("route53:AssociateVPCWithHostedZone", (zone,), said),
        Asked("ec2:DescribeVpcs", EVERYTHING, known(ec2__Region=place.region)),
    ]


def _endpoint(place: Place, parameters: Parameters) -> list[Asked]:
    """What it is put into is looked at in the caller's name."""
    region = known(ec2__Region=place.region)
    looks = [
        Asked(f"ec2:{a}", EVERYTHING, region) for a in ("DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs")
    ]
    return [*looks, *_private_names(place, parameters)]


def _template(place: Place, parameters: Parameters) -> list[Asked]:
    return resolved(place, (parameters.get("LaunchTemplateData") or {}).get("ImageId"))


def _addresses_let_go(place: Place, parameters: Parameters) -> list[Asked]:
    """`DisassociateAddress`: on the address and the interface of an association."""
    wanted = parameters.get("AssociationId")
    for address in things.state(place).addresses:
        if wanted in (address.association_id, None) and parameters.get("PublicIp") in (address.public_ip, None):
            arns = [things.arn_of(place, "elastic-ip", address.allocation_id)]
            arns += [things.arn_of(place, "network-interface", address.eni.id)] if address.eni else []
            return [Asked("ec2:DisassociateAddress", (arn,), things.old(place, arn)) for arn in arns]
    # Of an association that is gone nobody knows the address.
    arn = things.arn_of(place, "elastic-ip", "*")
    unknown = known(ec2__AllocationId=None, ec2__Domain=None, ec2__PublicIpAddress=None)
    return [Asked("ec2:DisassociateAddress", (arn,), things.old(place, arn) | unknown)]


def _route_table_let_go(operation: str) -> More:
    def found(place: Place, parameters: Parameters) -> list[Asked]:
        association = parameters["AssociationId"]
        tables = list(things.state(place).route_tables.values())
        arns = [
            arn
            for table in tables
            if association in table._associations
            for arn in (
                things.arn_of(place, "route-table", table.id),
                things.arn_of(
                    place, things.kind_of(table._associations[association]), table._associations[association]
                ),
            )
        ]
        if parameters.get("RouteTableId"):
            arns.append(things.arn_of(place, "route-table", parameters["RouteTableId"]))
        arns = arns or [things.arn_of(place, "route-table", "*")]
        return [Asked(f"ec2:{operation}", (arn,), things.old(place, arn)) for arn in dict.fromkeys(arns)]

    return found


def _of_range(kind: str, operation: str) -> More:
    """A range is let go by its association; it is asked on whose range it is."""

    def found(place: Place, parameters: Parameters) -> list[Asked]:
        association, ec2 = parameters["AssociationId"], things.state(place)
        owners = list(ec2.vpcs.values()) if kind == "vpc" else [s for z in ec2.subnets.values() for s in z.values()]
        named = [o.id for o in owners if association in _ranges(o)]
        arns = [things.arn_of(place, kind, i) for i in named or ["*"]]
        return [Asked(f"ec2:{operation}", (arn,), things.old(place, arn)) for arn in arns]

    return found


def _ranges(owner: Any) -> set[str]:
    members = ("_cidr_block_association_set", "ipv6_cidr_block_associations")
    return {association for member in members for association in getattr(owner, member, {})}


def _unnamed(kind: str, operation: str) -> More:
    """Nothing of the request says which: on all of the kind."""

    def found(place: Place, _: Parameters) -> list[Asked]:
        arn = things.arn_of(place, kind, "*")
        return [Asked(f"ec2:{operation}", (arn,), things.old(place, arn))]

    return found


#: Operations whose things are found otherwise than in the request.
SPECIAL: dict[str, More] = {
    "CreateTags": _create_tags,
    "DeleteTags": _delete_tags,
    "DisassociateAddress": _addresses_let_go,
    "DisassociateRouteTable": _route_table_let_go("DisassociateRouteTable"),
    "ReplaceRouteTableAssociation": _route_table_let_go("ReplaceRouteTableAssociation"),
    "RunInstances": launch,
}
#: Operations that may name nothing of their kind.
SCARCE: dict[str, More] = {
    "AssociateAddress": _unnamed("elastic-ip", "AssociateAddress"),
    "AuthorizeSecurityGroupEgress": _unnamed("security-group", "AuthorizeSecurityGroupEgress"),
    "AuthorizeSecurityGroupIngress": _unnamed("security-group", "AuthorizeSecurityGroupIngress"),
    "DeleteSecurityGroup": _unnamed("security-group", "DeleteSecurityGroup"),
    "DisassociateSubnetCidrBlock": _of_range("subnet", "DisassociateSubnetCidrBlock"),
    "DisassociateVpcCidrBlock": _of_range("vpc", "DisassociateVpcCidrBlock"),
    "ReleaseAddress": _unnamed("elastic-ip", "ReleaseAddress"),
    "RevokeSecurityGroupEgress": _unnamed("security-group", "RevokeSecurityGroupEgress"),
    "RevokeSecurityGroupIngress": _unnamed("security-group", "RevokeSecurityGroupIngress"),
}
#: What is asked beside.
MORE: dict[str, More] = {
    "CreateFlowLogs": _flow_logs,
    "CreateLaunchTemplate": _template,
    "CreateLaunchTemplateVersion": _template,
    "CreateVpcEndpoint": _endpoint,
    "DeleteFlowLogs": _no_flow_logs,
    "ModifyVpcEndpoint": _private_names,
}
