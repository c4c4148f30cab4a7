"""What calls of EventBridge ask: of rules, and of what events go to."""

import json
from typing import Any

from moto.events.models import events_backends

from ...calls import Call
from ..asked import Asked, Context, NotModelled
from ..dependents import pass_role
from ..derive import Parameters, Place, Service, Tags, everything, known, tag_list, texts

RULE = {"DeleteRule", "DescribeRule", "DisableRule", "EnableRule", "PutRule"}
TARGETS = {"ListTargetsByRule", "PutTargets", "RemoveTargets"}
DEFAULT = "default"


def _bus(p: Parameters) -> str:
    return (p.get("EventBusName") or DEFAULT).rsplit("/", 1)[-1]


def _rule(member: str) -> Any:
    def arns(place: Place, p: Parameters) -> list[str]:
        """A rule of the default bus is called by its name alone."""
        bus = _bus(p)
        return [place.arn("events", f"rule/{p[member]}" if bus == DEFAULT else f"rule/{bus}/{p[member]}")]

    return arns


def _tags(place: Place, arn: str) -> Tags:
    return tag_list(events_backends[place.account][place.region].tagger.list_tags_for_resource(arn)["Tags"])


def _new(_: Place, p: Parameters) -> Context:
    """What a rule's pattern listens to. A pattern that asks in another way than by plain values is not read."""
    try:
        pattern = json.loads(p.get("EventPattern") or "{}")
    except ValueError as error:
        raise NotModelled("an event pattern that is no JSON") from error
    told = {}
    for member in ("source", "detail-type"):
        values = pattern.get(member) or []
        if not all(isinstance(value, str) for value in values):
            raise NotModelled(f"an event pattern with more than values for {member}")
        told[f"events:{member}"] = values
    return told | known(events__ManagedBy=None)


def _owner(_: Place, __: Parameters) -> Context:
    return known(events__ManagedBy=None)


def _targets(_: Place, p: Parameters) -> Context:
    arns = [target["Arn"] for target in p.get("Targets") or []]
    return {"events:targetarn": arns} | known(events__ManagedBy=None)


def _keys_of(place: Place, arn: str) -> Context:
    """Who made a rule: its account."""
    return {"events:creatoraccount": texts(place.account)} if ":rule/" in arn else {}


SERVICE = Service(
    "events",
    resources={
        **dict.fromkeys(RULE, _rule("Name")),
        **dict.fromkeys(TARGETS, _rule("Rule")),
        **dict.fromkeys(("ListTagsForResource", "TagResource", "UntagResource"), lambda _, p: [p["ResourceARN"]]),
        **dict.fromkeys(("ListEventBuses", "ListRules"), everything),
        "DescribeEventBus": lambda place, p: [
            place.arn("events", f"event-bus/{(p.get('Name') or DEFAULT).rsplit('/', 1)[-1]}")
        ],
    },
    tags=_tags,
    keys={
        "PutRule": _new,
        "PutTargets": _targets,
        **dict.fromkeys((RULE | TARGETS) - {"PutRule", "PutTargets"}, _owner),
    },
    keys_of=_keys_of,
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks."""
    found = SERVICE.asked(call, parameters)
    if call.operation == "PutRule" and parameters.get("Tags"):
        found += [Asked("events:TagResource", one.resources, one.context) for one in found]
    roles = [target.get("RoleArn") for target in parameters.get("Targets") or []] + [parameters.get("RoleArn")]
    return found + [one for role in dict.fromkeys(roles) for one in pass_role(role, "events.amazonaws.com")]
