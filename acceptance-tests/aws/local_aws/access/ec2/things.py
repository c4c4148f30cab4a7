"""What IAM knows of things in EC2: their ARNs, their tags, and the condition keys of their kind."""

from collections.abc import Callable, Iterable
from typing import Any

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends

from ..asked import Context, NotModelled, request_tags, resource_tags
from ..derive import Parameters, Place, Tags, known, tag_list

#: How identifiers begin => the kind of thing.
KINDS = {
    "acl": "network-acl",
    "ami": "image",
    "cr": "capacity-reservation",
    "dopt": "dhcp-options",
    "eigw": "egress-only-internet-gateway",
    "eipalloc": "elastic-ip",
    "eni": "network-interface",
    "fl": "vpc-flow-log",
    "i": "instance",
    "igw": "internet-gateway",
    "key": "key-pair",
    "lt": "launch-template",
    "nat": "natgateway",
    "pcx": "vpc-peering-connection",
    "pg": "placement-group",
    "pl": "prefix-list",
    "rtb": "route-table",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "snap": "snapshot",
    "subnet": "subnet",
    "tgw": "transit-gateway",
    "tgw-attach": "transit-gateway-attachment",
    "tgw-rtb": "transit-gateway-route-table",
    "vgw": "vpn-gateway",
    "vol": "volume",
    "vpc": "vpc",
    "vpcbpa-excl": "vpc-block-public-access-exclusion",
    "vpce": "vpc-endpoint",
}
#: Kinds without an account in their ARNs.
OF_NOBODY = {"image", "snapshot"}


def kind_of(identity: str) -> str:
    """The kind of thing that has the identifier."""
    kind = KINDS.get(identity.rpartition("-")[0])
    if kind is None:
        raise NotModelled(f"what kind of thing in EC2 `{identity}` is")
    return kind


def arn_of(place: Place, kind: str, identity: str) -> str:
    """ARN of a thing by its identifier; `*` of one that is yet to be made."""
    if kind == "placement-group" and identity.startswith("pg-"):
        identity = next((n for n, g in state(place).placement_groups.items() if g["GroupId"] == identity), identity)
    if kind in OF_NOBODY:
        return f"arn:{place.partition}:ec2:{place.region}::{kind}/{identity}"
    return place.arn("ec2", f"{kind}/{identity}")


def tags_of(place: Place, arn: str) -> Tags:
    """The tags of a thing; EC2 remembers those of what is gone."""
    kind, identity = _split(arn)
    if kind == "placement-group":
        identity = state(place).placement_groups.get(identity, {}).get("GroupId", identity)
    return state(place).tags.get(identity, {})


def keys_of(place: Place, arn: str) -> Context:
    """The keys of the kind, of a thing that is there."""
    kind, identity = _split(arn)
    found = FOUND.get(kind)
    thing = found and found[0](state(place), identity)
    return known(ec2__Region=place.region) | (found[1](place, thing) if thing else {})


def tags_by_kind(parameters: Parameters) -> dict[str, Tags]:
    """Kind => tags that the request gives to what it makes."""
    specifications = parameters.get("TagSpecifications") or []
    return {s["ResourceType"]: tag_list(s["Tags"]) for s in specifications if s.get("Tags")}


def new(place: Place, tags: Tags) -> Context:
    """What is known of what a call makes."""
    return request_tags(tags) | resource_tags({}, "ec2") | known(ec2__Region=place.region)


def old(place: Place, arn: str) -> Context:
    """What is known of what is there: its tags and keys, and that the request gives it no tags."""
    return request_tags({}) | resource_tags(tags_of(place, arn), "ec2") | keys_of(place, arn)


def _split(arn: str) -> tuple[str, str]:
    kind, _, identity = arn.split(":", 5)[5].partition("/")
    return kind, identity


def state(place: Place) -> Any:
    """EC2 of an account in a region."""
    return ec2_backends[place.account][place.region]


def subnet(place: Place, identity: str | None) -> Any:
    """The subnet, if there is one."""
    return next((zone[identity] for zone in state(place).subnets.values() if identity in zone), None)


def default_group(place: Place, vpc: str | None) -> str | None:
    """The security group of whatever names none."""
    groups = state(place).groups.get(vpc, {}).values()
    return next((group.id for group in groups if group.name == "default"), None)


def interface_of(place: Place, address: str | None, subnet_id: str | None) -> Iterable[str]:
    """The interface that has an address in a subnet."""
    interfaces = list(state(place).enis.values())
    return [e.id for e in interfaces if e.private_ip_address == address and e.subnet.id == subnet_id]


def template_data(place: Place, template: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """Identifier of a launch template, and what the version of it says that a request names."""
    ec2 = state(place)
    identity = template.get("LaunchTemplateId") or ec2.launch_template_name_to_ids.get(template["LaunchTemplateName"])
    found = ec2.launch_templates.get(identity)
    if found is None:
        return identity or "*", {}
    return identity, found.get_version(template.get("Version") or "$Default").data


def profile(place: Place, said: dict[str, Any] | None) -> tuple[str | None, str | None]:
    """ARN of an instance profile and of its role."""
    if not said:
        return None, None
    name = said.get("Name") or said["Arn"].rsplit("/", 1)[-1]
    profiles = list(iam_backends[place.account][place.partition].instance_profiles.values())
    found = next((p for p in profiles if p.name == name), None)
    if found is None:
        return said.get("Arn") or place.iam(f"instance-profile/{name}"), None
    return found.arn, found.roles[0].arn if found.roles else None


def _vpc(place: Place, vpc: Any) -> Context:
    return known(ec2__VpcID=vpc.id, ec2__Tenancy=vpc.instance_tenancy)


def _in_vpc(place: Place, identity: str | None) -> Context:
    return known(ec2__Vpc=identity and arn_of(place, "vpc", identity))


def _subnet(place: Place, thing: Any) -> Context:
    return known(ec2__SubnetID=thing.id, ec2__AvailabilityZone=thing.availability_zone) | _in_vpc(place, thing.vpc_id)


def _interface(place: Place, thing: Any) -> Context:
    return (
        known(ec2__NetworkInterfaceID=thing.id, ec2__ManagedResourceOperator=None)
        | known(
            ec2__Subnet=arn_of(place, "subnet", thing.subnet.id), ec2__AvailabilityZone=thing.subnet.availability_zone
        )
        | _in_vpc(place, thing.subnet.vpc_id)
    )


def _instance(place: Place, thing: Any) -> Context:
    associated = state(place).iam_instance_profile_associations.get(thing.id)
    options = thing.metadata_options
    return known(
        ec2__InstanceID=thing.id,
        ec2__InstanceType=thing.instance_type,
        ec2__InstanceProfile=associated and associated.iam_instance_profile.arn,
        ec2__EbsOptimized=bool(thing.ebs_optimized),
        ec2__RootDeviceType=thing.root_device_type,
        ec2__MetadataHttpTokens=options.http_tokens,
        ec2__MetadataHttpEndpoint=options.http_endpoint,
        ec2__MetadataHttpPutResponseHopLimit=options.http_put_response_hop_limit,
        ec2__ManagedResourceOperator=None,
    )


def _image(place: Place, thing: Any) -> Context:
    return known(
        ec2__ImageID=thing.id,
        ec2__ImageType="machine",
        ec2__Owner=[o for o in (thing.owner_id, thing.owner_alias) if o],
        ec2__Public=bool(thing.is_public),
        ec2__RootDeviceType=thing.root_device_type,
    )


def _address(ec2: Any, identity: str) -> Any:
    return next((a for a in ec2.addresses if a.allocation_id == identity), None)


#: Kind => how one is found, and its keys.
FOUND: dict[str, tuple[Callable[[Any, str], Any], Callable[[Place, Any], Context]]] = {
    "vpc": (lambda ec2, i: ec2.vpcs.get(i), _vpc),
    "subnet": (lambda ec2, i: next((z[i] for z in ec2.subnets.values() if i in z), None), _subnet),
    "security-group": (
        lambda ec2, i: ec2.get_security_group_from_id(i),
        lambda place, t: known(ec2__SecurityGroupID=t.id) | _in_vpc(place, t.vpc_id),
    ),
    "route-table": (
        lambda ec2, i: ec2.route_tables.get(i),
        lambda place, t: known(ec2__RouteTableID=t.id) | _in_vpc(place, t.vpc_id),
    ),
    "internet-gateway": (
        lambda ec2, i: ec2.internet_gateways.get(i),
        lambda place, t: known(ec2__InternetGatewayID=t.id),
    ),
    "elastic-ip": (
        _address,
        lambda place, t: known(
            ec2__AllocationId=t.allocation_id, ec2__Domain=t.domain, ec2__PublicIpAddress=t.public_ip
        ),
    ),
    "network-interface": (lambda ec2, i: ec2.enis.get(i), _interface),
    "instance": (lambda ec2, i: next((x for x in ec2.all_instances() if x.id == i), None), _instance),
    "vpc-endpoint": (
        lambda ec2, i: ec2.vpc_end_points.get(i),
        lambda place, t: known(ec2__VpceServiceName=t.service_name),
    ),
    "placement-group": (
        lambda ec2, i: ec2.placement_groups.get(i),
        lambda place, t: known(ec2__PlacementGroupName=t["GroupName"], ec2__PlacementGroupStrategy=t["Strategy"]),
    ),
    "image": (lambda ec2, i: ec2.amis.get(i), _image),
    "launch-template": (
        lambda ec2, i: ec2.launch_templates.get(i),
        lambda place, t: known(ec2__ManagedResourceOperator=None),
    ),
}
