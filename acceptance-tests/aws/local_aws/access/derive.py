"""How the services' files say what a call asks: a table of resources for each operation, and what is known of them.

A service is a `Service`: which ARNs each operation is about, which tags those have, what the request says (its tags,
the keys of the service), and what else AWS asks for beside the action (`dependents.py`). Where AWS's documentation is
unclear, the stricter reading is taken, and said where it is.
"""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from moto.utilities.utils import get_partition

from .. import sts
from ..calls import Call
from .asked import Asked, Context, NotModelled, request_tags, resource_tags, untagged

Parameters = dict[str, Any]
Tags = dict[str, str]

#: An action that knows no resource is asked on this.
EVERYTHING = ("*",)


@dataclass(frozen=True)
class Place:
    """Where a call is made, and the ARNs of what is there."""

    account: str
    region: str

    @property
    def partition(self) -> str:
        """Of the region."""
        return _partition(self.region)

    @property
    def domain(self) -> str:
        """What the names of services end in there."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"

    def arn(self, service: str, rest: str) -> str:
        """ARN of a thing of the account in the region."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account}:{rest}"

    def iam(self, rest: str) -> str:
        """ARN of a thing in IAM, which has no region."""
        return f"arn:{self.partition}:iam::{self.account}:{rest}"


_partition = functools.cache(get_partition)


def place_of(call: Call) -> Place:
    """Where a call is made: in the account of its access key."""
    return Place(sts.account_of(call.key), call.region)


def tag_list(tags: Iterable[dict[str, Any]] | dict[str, str] | None, key: str = "Key", value: str = "Value") -> Tags:
    """The tags of a list of pairs, or of a map."""
    if isinstance(tags, dict):
        return tags
    return {tag[key]: tag.get(value) or "" for tag in tags or []}


def known(**keys: Any) -> Context:
    """Keys of a service, each with its values, or known to be absent. The underscores of `eks__x` are a colon."""
    return {_key(name): texts(value) for name, value in keys.items()}


@functools.cache
def _key(name: str) -> str:
    return name.replace("__", ":").lower()


def texts(value: Any) -> list[str]:
    """The values of a key as policies compare them."""
    if value is None:
        return []
    if isinstance(value, bool):
        return [str(value).lower()]
    return [str(v) for v in value] if isinstance(value, list | tuple | set) else [str(value)]


Resources = Callable[[Place, Parameters], Iterable[str]]
More = Callable[[Place, Parameters], Iterable[Asked]]


def everything(_: Place, __: Parameters) -> Iterable[str]:
    """An action that knows no resource."""
    return EVERYTHING


def no_tags(_: Place, __: str) -> Tags:
    """Things of a service that tags nothing."""
    return {}


@dataclass(frozen=True)
class Service:
    """What the operations of one service ask for."""

    #: Prefix of its actions.
    name: str
    #: Operation => ARNs of what it is about.
    resources: dict[str, Resources]
    #: Tags of a thing that is there; of one that is yet to be made, none.
    tags: Callable[[Place, str], Tags] = no_tags
    #: Tags in a request, and the keys of tags that it takes away.
    requested: Callable[[Parameters], Tags] = lambda p: tag_list(p.get("Tags") or p.get("tags"))
    removed: Callable[[Parameters], list[str]] = lambda p: p.get("TagKeys") or p.get("tagKeys") or []
    #: Services with a key for the tags of resources beside `aws:ResourceTag`.
    own_tags: tuple[str, ...] = ()
    #: Operation => keys of the service that the request says.
    keys: dict[str, Callable[[Place, Parameters], Context]] = field(default_factory=dict)
    #: Keys of the service that a thing has.
    keys_of: Callable[[Place, str], Context] = lambda place, arn: {}
    #: Operation => what else is asked.
    more: dict[str, More] = field(default_factory=dict)

    def asked(self, call: Call, parameters: Parameters) -> list[Asked]:
        """What IAM is asked for a call."""
        if call.operation not in self.resources:
            raise NotModelled(f"what {self.name}:{call.operation} asks of IAM")
        place = place_of(call)
        found = self.of(place, call.operation, self.resources[call.operation](place, parameters), parameters)
        return [*found, *self.more.get(call.operation, nothing)(place, parameters)]

    def of(self, place: Place, action: str, arns: Iterable[str], parameters: Parameters) -> list[Asked]:
        """One action on things, with what the request says and what each of them has."""
        keys = self.removed(parameters)
        said = untagged(keys) if keys else request_tags(self.requested(parameters))
        said |= self.keys[action](place, parameters) if action in self.keys else {}
        return [Asked(f"{self.name}:{action}", (arn,), said | self.about(place, arn)) for arn in dict.fromkeys(arns)]

    def about(self, place: Place, arn: str) -> Context:
        """What is known of a thing: its tags and the keys of its service."""
        if arn == "*":
            return resource_tags({}, *self.own_tags)
        return resource_tags(self.tags(place, arn), *self.own_tags) | self.keys_of(place, arn)


def nothing(_: Place, __: Parameters) -> Iterable[Asked]:
    """Nothing is asked."""
    return ()


def all_of(*parts: More) -> More:
    """Several things beside the action."""
    return lambda place, parameters: [asked for part in parts for asked in part(place, parameters)]
