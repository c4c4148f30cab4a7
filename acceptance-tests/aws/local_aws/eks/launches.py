"""What a launch template lets a managed node group do: what EKS refuses at once, and what EC2 refuses when nodes start.

EKS looks at the settings that it makes itself, at instance types and images, and at what a capacity block needs. All
else shows when the Auto Scaling group starts instances: the node group is made and fails (`CREATE_FAILED`, with a
health issue), and one without nodes does not. Texts of EKS and EC2 are those that their users quote; where none was to
be found, what is documented is said in words of our own.
"""

from collections.abc import Iterable
from typing import Any

from moto.ec2.models.instance_types import INSTANCE_TYPES

from ..errors import AwsError
from . import catalog
from .store import eks_backends, invalid

#: What EKS takes when nobody names a type.
USUAL_TYPE = "t3.medium"
BLOCK = "capacity-block"
EFA = ("efa", "efa-only")


def template(ec2: Any, reference: dict[str, Any] | None) -> dict[str, Any]:
    """What the version of a launch template says, and its name."""
    if not reference:
        return {}
    found = ec2.launch_templates[reference["id"]]
    return {"LaunchTemplateName": found.name, **found.get_version(reference["version"]).data}


def refuse(group: dict[str, Any], data: dict[str, Any]) -> None:
    """What CreateNodegroup and UpdateNodegroupVersion answer with an error."""
    name = data.get("LaunchTemplateName")
    if data.get("InstanceType") and group.get("instanceTypes"):
        raise AwsError("InvalidRequestException", "Cannot specify instance types in launch template and API request")
    if data.get("IamInstanceProfile"):
        raise invalid(
            f"Launch template {name} should not specify an instance profile. "
            "The noderole in your request will be used to construct an instance profile."
        )
    interfaces = data.get("NetworkInterfaces") or []
    if any(interface.get("SubnetId") for interface in interfaces):
        raise invalid(
            "You must not specify a subnet in your launch template. All subnets must be specified in the API."
        )
    if interfaces and (data.get("SecurityGroupIds") or data.get("SecurityGroups")):
        raise invalid(f"Launch template {name} names security groups beside its network interfaces")
    if data.get("HibernationOptions", {}).get("Configured") or data.get("InstanceInitiatedShutdownBehavior"):
        raise invalid(f"Launch template {name} should not specify a shutdown behavior")
    _refuse_types(group, data)
    _refuse_market(group, data)


def _refuse_types(group: dict[str, Any], data: dict[str, Any]) -> None:
    """Types that do not exist, or for which the image is not made."""
    types = instance_types(group, data)
    unknown = [name for name in types if name not in INSTANCE_TYPES]
    if unknown:
        raise invalid(f"The following supplied instance types do not exist: [{', '.join(unknown)}]")
    image = group["amiType"]
    made_for = catalog.AMI_TYPES[image]
    others = [t for t in types if made_for not in INSTANCE_TYPES[t]["ProcessorInfo"]["SupportedArchitectures"]]
    if others and image != "CUSTOM":
        raise invalid(f"[{', '.join(others)}] is not a valid instance type for requested amiType {image}")


def _refuse_market(group: dict[str, Any], data: dict[str, Any]) -> None:
    """A capacity block is said in both places and needs all that the guide lists, spot in the request alone."""
    market = (data.get("InstanceMarketOptions") or {}).get("MarketType")
    if group["capacityType"] != "CAPACITY_BLOCK":
        if market == BLOCK:
            raise invalid("The launch template's market type capacity-block needs the capacity type CAPACITY_BLOCK")
        if market:
            raise invalid(f"Launch template {data['LaunchTemplateName']} should not specify instance market options")
        return
    missing = [
        what
        for what, there in {
            "InstanceMarketOptions with MarketType capacity-block": market == BLOCK,
            "CapacityReservationTarget": bool(_target(data)),
            "InstanceType": bool(data.get("InstanceType")),
        }.items()
        if not there
    ]
    if missing:
        raise invalid(f"The capacity type CAPACITY_BLOCK needs a launch template with {', '.join(missing)}")


def problems(ec2: Any, group: dict[str, Any], surge: int = 0) -> list[str]:
    """Why EC2 starts no instance of the group, if it is to; `surge` more than are wanted, for an update."""
    wanted = group["scalingConfig"].get("desiredSize", 0)
    if not wanted:
        return []
    data = template(ec2, group.get("launchTemplate"))
    types, zones = instance_types(group, data), _zones(ec2, group["subnets"])
    return [
        *(text for name in types for text in _of_interfaces(name, data.get("NetworkInterfaces") or [])),
        *_of_placement(ec2, data, zones),
        *_of_reservation(ec2, group, data, types, zones, wanted + surge),
    ]


def _of_interfaces(instance_type: str, interfaces: list[dict[str, Any]]) -> Iterable[str]:
    network = INSTANCE_TYPES[instance_type]["NetworkInfo"]
    cards = {card["NetworkCardIndex"]: card for card in network.get("NetworkCards", [])}
    efas = [i for i in interfaces if i.get("InterfaceType") in EFA]
    if efas and not network.get("EfaSupported"):
        yield f"{instance_type} instances do not support Elastic Fabric Adapters."
        return
    most = network.get("EfaInfo", {}).get("MaximumEfaInterfaces", 0)
    if len(efas) > most:
        yield f"The number of Elastic Fabric Adapters, {len(efas)}, exceeds the limit of {most} of {instance_type}."
    seen = set()
    for interface in interfaces:
        card, device = int(interface.get("NetworkCardIndex") or 0), int(interface.get("DeviceIndex") or 0)
        kind = interface.get("InterfaceType") or "interface"
        if card not in cards:
            yield f"{instance_type} has no network card with the index {card}."
            continue
        room = cards[card]["MaximumNetworkInterfaces"]
        if device >= room:
            yield (
                f"The specified number '{device}' for the device index exceeds the maximum number of network "
                f"interfaces supported by the network card at network card index {card}. The maximum devices for this "
                f"network card is {room}. Specify a number from 0 to {room - 1}, and try again."
            )
        if kind not in cards[card].get("InterfaceTypes", ["interface"]):
            yield f"The network card at network card index {card} of {instance_type} does not support {kind}."
        if (card, device) in seen:
            yield f"Two network interfaces have the network card index {card} and the device index {device}."
        seen.add((card, device))
        if kind == "efa-only" and (card, device) == (0, 0):
            yield "The primary network interface cannot be an EFA-only network interface."
    if len(interfaces) > 1 and any(i.get("AssociatePublicIpAddress") is True for i in interfaces):
        yield "The associatePublicIPAddress parameter cannot be specified when launching with multiple interfaces."


def _of_placement(ec2: Any, data: dict[str, Any], zones: set[str]) -> Iterable[str]:
    name = (data.get("Placement") or {}).get("GroupName")
    if not name:
        return
    if name not in ec2.placement_groups:
        yield f"The Placement Group '{name}' is unknown."
    elif ec2.placement_groups[name]["Strategy"] == "cluster" and len(zones) > 1:
        yield f"The cluster placement group '{name}' cannot span {', '.join(sorted(zones))}."
    if (data.get("InstanceMarketOptions") or {}).get("MarketType") == BLOCK:
        yield "Placement groups are not supported with Capacity Blocks."


def _of_reservation(
    ec2: Any, group: dict[str, Any], data: dict[str, Any], types: list[str], zones: set[str], wanted: int
) -> Iterable[str]:
    identity = _target(data).get("CapacityReservationId")
    if not identity:
        return
    found = ec2.capacity_reservations.get(identity)
    if found is None or found["State"] != "active":
        yield f"The capacity reservation '{identity}' does not exist or is not active."
        return
    # Auto Scaling takes on-demand types in their order, and zones by turns.
    fits = types[0] == found["InstanceType"] and zones == {found["AvailabilityZone"]}
    if not fits or taken(ec2, identity, group["nodegroupName"]) + wanted > found["TotalInstanceCount"]:
        yield (
            "The requested reservation does not have sufficient compatible and available capacity for this request."
        )
    is_block = (data.get("InstanceMarketOptions") or {}).get("MarketType") == BLOCK
    if is_block != (found["ReservationType"] == BLOCK):
        yield f"The market type of the request is not that of the reservation '{identity}'."


def instance_types(group: dict[str, Any], data: dict[str, Any]) -> list[str]:
    """The types of the group, wherever they are said."""
    return group.get("instanceTypes") or [data.get("InstanceType") or USUAL_TYPE]


def reservation(ec2: Any, identity: str) -> dict[str, Any]:
    """The reservation or block of that identifier."""
    if identity not in ec2.capacity_reservations:
        message = f"The capacity reservation '{identity}' does not exist"
        raise AwsError("InvalidCapacityReservationId.NotFound", message)
    return ec2.capacity_reservations[identity]


def unknown_group(name: str) -> AwsError:
    """What EC2 says of a placement group that is not there."""
    return AwsError("InvalidPlacementGroup.Unknown", f"The Placement Group '{name}' is unknown.")


def taken(ec2: Any, identity: str, but: str | None = None) -> int:
    """How many instances node groups have in a reservation, one of them aside."""
    return sum(
        group["scalingConfig"].get("desiredSize", 0)
        for group, data in _running(ec2)
        if group["nodegroupName"] != but and _target(data).get("CapacityReservationId") == identity
    )


def stands_in(ec2: Any, name: str) -> bool:
    """Whether nodes stand in a placement group."""
    return any((data.get("Placement") or {}).get("GroupName") == name for _, data in _running(ec2))


def _running(ec2: Any) -> Iterable[tuple[dict[str, Any], dict[str, Any]]]:
    """Every node group that has nodes, with its launch template."""
    for cluster in eks_backends[ec2.account_id][ec2.region_name].clusters.values():
        for group in cluster.nodegroups.values():
            if group["status"] == "ACTIVE" and group["scalingConfig"].get("desiredSize", 0):
                yield group, template(ec2, group.get("launchTemplate"))


def _target(data: dict[str, Any]) -> dict[str, Any]:
    return (data.get("CapacityReservationSpecification") or {}).get("CapacityReservationTarget") or {}


def _zones(ec2: Any, subnets: list[str]) -> set[str]:
    return {s.availability_zone for zone in ec2.subnets.values() for s in zone.values() if s.id in subnets}
