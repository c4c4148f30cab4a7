"""What calls of CloudWatch Logs ask: of log groups.

Most actions are asked on `log-group:NAME:log-stream:`, so that a policy's `log-group:NAME:*` covers them and
`log-group:NAME` does not; those about tags on the ARN that the call names, which is `log-group:NAME` (as the service's
refusals show).
"""

from moto.logs.models import logs_backends

from ...calls import Call
from ..asked import Asked
from ..derive import Parameters, Place, Service, Tags, everything

GROUP = {
    *("AssociateKmsKey", "CreateLogGroup", "DeleteLogGroup", "DeleteRetentionPolicy", "DescribeLogStreams"),
    *("DescribeMetricFilters", "DescribeSubscriptionFilters", "DisassociateKmsKey", "FilterLogEvents"),
    *("PutRetentionPolicy", "StartQuery", "TagLogGroup", "UntagLogGroup", "ListTagsLogGroup"),
}
STREAM = {"CreateLogStream", "DeleteLogStream", "GetLogEvents", "PutLogEvents"}
TAGS = {"ListTagsForResource", "TagResource", "UntagResource"}
#: What knows no resource.
ALL = {"DeleteResourcePolicy", "DescribeResourcePolicies", "PutResourcePolicy", "DescribeQueries"}


def _group(place: Place, p: Parameters, stream: str = "") -> list[str]:
    name = p.get("logGroupName") or (p.get("logGroupIdentifier") or "").rpartition("log-group:")[2].removesuffix(":*")
    return [place.arn("logs", f"log-group:{name}:log-stream:{stream}")]


def _tags(place: Place, arn: str) -> Tags:
    found = arn.partition(":log-group:")[2].split(":")[0]
    group = logs_backends[place.account][place.region].groups.get(found)
    return (
        logs_backends[place.account][place.region].tagger.get_tag_dict_for_resource(group.arn)
        if group is not None
        else {}
    )


SERVICE = Service(
    "logs",
    resources={
        **dict.fromkeys(GROUP, _group),
        **dict.fromkeys(STREAM, lambda place, p: _group(place, p, p["logStreamName"])),
        **dict.fromkeys(TAGS, lambda _, p: [p["resourceArn"].removesuffix(":*")]),
        **dict.fromkeys(ALL, everything),
        "DescribeLogGroups": lambda place, _: [place.arn("logs", "log-group::log-stream:")],
    },
    tags=_tags,
    requested=lambda p: p["tags"] if isinstance(p.get("tags"), dict) else {},
    # The older action calls the keys `tags`.
    removed=lambda p: p.get("tagKeys") or (p["tags"] if isinstance(p.get("tags"), list) else []),
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks. A group with tags takes `logs:TagResource` too, on the same; one with a key asks nothing of the
    key in the caller's name.
    """
    found = SERVICE.asked(call, parameters)
    if call.operation == "CreateLogGroup" and parameters.get("tags"):
        found += [Asked("logs:TagResource", one.resources, one.context) for one in found]
    return found
