"""What calls of Auto Scaling ask. Groups are found by name; nothing of ours makes one, EKS does."""

from typing import Any

from moto.autoscaling.models import autoscaling_backends

from ...calls import Call
from ..asked import Asked
from ..derive import Parameters, Place, Service, Tags, everything, tag_list


def _group(place: Place, name: str) -> str:
    found = autoscaling_backends[place.account][place.region].autoscaling_groups.get(name)
    return found.arn if found else place.arn("autoscaling", f"autoScalingGroup:*:autoScalingGroupName/{name}")


def _of_group(place: Place, p: Parameters) -> list[str]:
    return [_group(place, p["AutoScalingGroupName"])]


def _of_tags(place: Place, p: Parameters) -> list[str]:
    return [_group(place, tag.get("ResourceId") or "*") for tag in p["Tags"]]


def _tags(place: Place, arn: str) -> Tags:
    groups: Any = autoscaling_backends[place.account][place.region].autoscaling_groups.values()
    found = next((g for g in groups if g.arn == arn), None)
    return {t.get("Key") or t.get("key"): t.get("Value") or t.get("value") or "" for t in found.tags} if found else {}


READS = {
    "DescribeAccountLimits", "DescribeAutoScalingGroups", "DescribeAutoScalingInstances",
    "DescribeLaunchConfigurations", "DescribeScalingActivities", "DescribeTags",
}  # fmt: skip

SERVICE = Service(
    "autoscaling",
    {
        **dict.fromkeys(READS, everything),
        **dict.fromkeys(("CreateOrUpdateTags", "DeleteTags"), _of_tags),
        **dict.fromkeys(("DeleteAutoScalingGroup", "SetDesiredCapacity"), _of_group),
    },
    tags=_tags,
    requested=lambda p: tag_list(p.get("Tags")),
    own_tags=("autoscaling",),
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks of IAM."""
    return SERVICE.asked(call, parameters)
