"""What calls of Systems Manager ask: of parameters, those that AWS publishes among them."""

from moto.ssm.models import ssm_backends

from ...calls import Call
from ..asked import Asked, Context
from ..derive import Parameters, Place, Service, Tags, everything, known

#: Names of what AWS publishes for all accounts, and of which no account is the owner.
PUBLIC = "/aws/service/"
NAMED = {"DeleteParameter", "GetParameter", "GetParameterHistory", "LabelParameterVersion", "PutParameter"}


def _arn(place: Place, told: str) -> str:
    """The ARN of a parameter: the slash before its name is that behind `parameter`."""
    if told.startswith("arn:"):
        return told
    owner = Place("", place.region) if told.startswith(PUBLIC) else place
    return owner.arn("ssm", f"parameter/{told.partition(':')[0].removeprefix('/')}")


def _tags(place: Place, arn: str) -> Tags:
    if f":{place.account}:parameter/" not in arn:
        return {}
    name = arn.partition(":parameter/")[2]
    tags = ssm_backends[place.account][place.region]._resource_tags.get("Parameter", {})
    return dict(tags.get(f"/{name}") or tags.get(name) or {})


def _keys(_: Place, p: Parameters) -> Context:
    return known(ssm__Overwrite=p.get("Overwrite"), ssm__Recursive=p.get("Recursive"), ssm__Policies=p.get("Policies"))


SERVICE = Service(
    "ssm",
    resources={
        **dict.fromkeys(NAMED, lambda place, p: [_arn(place, p["Name"])]),
        **dict.fromkeys(
            ("DeleteParameters", "GetParameters"), lambda place, p: [_arn(place, name) for name in p["Names"]]
        ),
        "GetParametersByPath": lambda place, p: [_arn(place, p["Path"])],
        "ListTagsForResource": lambda place, p: [_arn(place, p["ResourceId"])],
        "AddTagsToResource": lambda place, p: [_arn(place, p["ResourceId"])],
        "RemoveTagsFromResource": lambda place, p: [_arn(place, p["ResourceId"])],
        "DescribeParameters": everything,
    },
    tags=_tags,
    own_tags=("ssm",),
    keys=dict.fromkeys((*NAMED, "DeleteParameters", "GetParameters", "GetParametersByPath"), _keys),
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks."""
    return SERVICE.asked(call, parameters)
