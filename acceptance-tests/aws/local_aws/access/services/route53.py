"""What calls of Route 53 ask: of hosted zones, and of the records that a change is of."""

from typing import Any

from ...calls import Call
from ..asked import Asked, Context
from ..derive import Parameters, Place, Service, everything, place_of

ZONE = {
    *("AssociateVPCWithHostedZone", "ChangeResourceRecordSets", "DeleteHostedZone", "DisassociateVPCFromHostedZone"),
    *("GetDNSSEC", "GetHostedZone", "ListResourceRecordSets", "UpdateHostedZoneComment"),
}
ALL = {"CreateHostedZone", "ListHostedZones", "ListHostedZonesByName", "GetHostedZoneCount", "ListHostedZonesByVPC"}
TAGS = {"ChangeTagsForResource", "ListTagsForResource"}


def _arn(place: Place, kind: str, identity: str) -> str:
    """Zones and changes are of no region and no account."""
    return f"arn:{place.partition}:route53:::{kind}/{identity.rsplit('/', 1)[-1]}"


def _zone(place: Place, p: Parameters) -> list[str]:
    return [_arn(place, "hostedzone", p.get("Id") or p["HostedZoneId"])]


def _vpc(_: Place, p: Parameters) -> Context:
    """`VPCId=vpc-1,VPCRegion=us-east-1`, of each VPC."""
    vpc = p.get("VPC") or {}
    return {"route53:vpcs": [f"VPCId={vpc['VPCId']},VPCRegion={vpc['VPCRegion']}"] if vpc else []}


def _records(_: Place, p: Parameters) -> Context:
    """Names as AWS compares them: in lower case, without the dot at their end, with what is neither letter, digit, `-`,
    `_` nor `.` as `\\ooo`.
    """
    changes = p["ChangeBatch"]["Changes"]
    sets: list[dict[str, Any]] = [change["ResourceRecordSet"] for change in changes]
    return {
        "route53:changeresourcerecordsetsactions": sorted({change["Action"] for change in changes}),
        "route53:changeresourcerecordsetsnormalizedrecordnames": sorted({normalized(of["Name"]) for of in sets}),
        "route53:changeresourcerecordsetsrecordtypes": sorted({of["Type"] for of in sets}),
    }


def normalized(name: str) -> str:
    """The name of a record as conditions have it."""
    text = name.lower().removesuffix(".")
    return "".join(c if c.isalnum() or c in "-_.\\" else f"\\{ord(c):03o}" for c in text)


SERVICE = Service(
    "route53",
    resources={
        **dict.fromkeys(ZONE, _zone),
        **dict.fromkeys(ALL, everything),
        **dict.fromkeys(TAGS, lambda place, p: [_arn(place, p["ResourceType"], p["ResourceId"])]),
        "GetChange": lambda place, p: [_arn(place, "change", p["Id"])],
    },
    requested=lambda _: {},
    removed=lambda _: [],
    keys={
        "ChangeResourceRecordSets": _records,
        **dict.fromkeys(("AssociateVPCWithHostedZone", "CreateHostedZone", "DisassociateVPCFromHostedZone"), _vpc),
        "ListHostedZonesByVPC": lambda place, p: _vpc(
            place, {"VPC": {"VPCId": p["VPCId"], "VPCRegion": p["VPCRegion"]}}
        ),
    },
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks. Who makes a private zone has its VPC looked at."""
    found = SERVICE.asked(call, parameters)
    if call.operation in ("AssociateVPCWithHostedZone", "CreateHostedZone") and parameters.get("VPC"):
        place = place_of(call)
        found.append(
            Asked("ec2:DescribeVpcs", ("*",), {"ec2:region": [parameters["VPC"].get("VPCRegion") or place.region]})
        )
    return found
