"""What calls of STS ask: the role that is assumed, what its session gets, and nothing at all for whoever asks who they
are.
"""

from collections.abc import Callable

from ...calls import Call
from ..asked import Asked, Context, NotModelled, request_tags, resource_tags
from ..derive import Parameters, Place, Tags, known, place_of, tag_list
from . import iam

#: Calls that nobody needs a permission for, and no policy forbids (STS API Reference).
FREE = {"GetCallerIdentity", "GetSessionToken"}
ASSUMING = {"AssumeRole", "AssumeRoleWithWebIdentity"}


def _said(p: Parameters) -> Context:
    """What a request for a session says."""
    session = known(
        sts__RoleSessionName=p.get("RoleSessionName"),
        sts__ExternalId=p.get("ExternalId"),
        sts__SourceIdentity=p.get("SourceIdentity"),
        sts__TransitiveTagKeys=p.get("TransitiveTagKeys"),
    )
    return session | request_tags(_tags(p)) | {"sts:requestcontext/": [], "sts:requestcontextproviders": []}


def _tags(p: Parameters) -> Tags:
    return tag_list(p.get("Tags"))


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks."""
    if call.operation in FREE:
        return []
    if call.operation == "GetAccessKeyInfo":
        return [Asked("sts:GetAccessKeyInfo", ("*",), {})]
    if call.operation not in ASSUMING:
        raise NotModelled(f"what sts:{call.operation} asks of IAM")
    if parameters.get("TransitiveTagKeys"):
        raise NotModelled("tags that go on to further sessions")
    role = parameters["RoleArn"]
    context = _said(parameters) | _about(place_of(call), role)
    actions = [call.operation, *(name for name, wants in BESIDE.items() if wants(parameters))]
    return [Asked(f"sts:{action}", (role,), context) for action in actions]


def _about(place: Place, role: str) -> Context:
    """The tags of the role, which may be of another account."""
    owner = Place(role.split(":")[4], place.region)
    found = iam.find(owner, role)
    return resource_tags(tag_list(found.tags) if found is not None else {}, "iam")


#: Action => whether a request asks for it beside.
BESIDE: dict[str, Callable[[Parameters], bool]] = {
    "TagSession": lambda p: bool(_tags(p)),
    "SetSourceIdentity": lambda p: bool(p.get("SourceIdentity")),
}
