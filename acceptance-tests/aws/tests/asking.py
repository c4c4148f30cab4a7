"""What calls ask of IAM, in the words of the tests."""

import contextlib
import functools
import json
from typing import Any

from direct import ACCOUNT, Direct

from local_aws import server
from local_aws.access import parameters as read
from local_aws.access import switch
from local_aws.access.asked import Asked
from local_aws.calls import Call

REGION = "us-east-1"


class Enough(Exception):
    """Nothing more is to be known of a call."""


class Asking:
    """A local AWS in this process, and what calls of it ask."""

    def __init__(self) -> None:
        self.direct = Direct()
        self.client = functools.cache(self.direct.client)

    def asked(self, service: str, method: str, **parameters: Any) -> list[Asked]:
        """What a call asks. It is not made."""
        found: list[Asked] = []

        def served(call: Call, *_: Any) -> Any:
            found.extend(switch.asked_of(call, read.of(call)))
            raise Enough

        application = self.direct.application
        first, application.served = application.served, served
        try:
            with contextlib.suppress(Enough):
                getattr(self.client(service), method)(**parameters)
        finally:
            application.served = first
        return found

    def pairs(self, service: str, method: str, **parameters: Any) -> list[str]:
        """`action resource` of all that is asked, in order."""
        return pairs(self.asked(service, method, **parameters))


@functools.cache
def _asking() -> Asking:
    return Asking()


def fresh() -> Asking:
    """The one of this process, with nothing in it: clients of EC2 take a second to make."""
    server.reset()
    return _asking()


def pairs(found: list[Asked]) -> list[str]:
    """`action resource` of each."""
    return [f"{a.action} {short(resource)}" for a in found for resource in a.resources]


def short(arn: str) -> str:
    """`arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1` => `vpc/vpc-1`."""
    return arn.split(":", 5)[5] if arn.startswith("arn:") else arn


def context(found: list[Asked], pair: str) -> dict[str, list[str]]:
    """What is known of one of them, without what is known to be absent."""
    [one] = [a for a in found if pairs([a]) == [pair]]
    return {key: values for key, values in one.context.items() if values}


def arn(service: str, rest: str) -> str:
    """ARN in the account and region of the tests."""
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


def trusted(asking: Asking, name: str, *services: str, **tags: str) -> str:
    """A role that services may have."""
    who = {"Service": list(services)}
    statement = {"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Principal": who}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam = asking.client("iam")
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=text, Tags=pairs_of(**tags))["Role"]["Arn"]


def specified(kind: str, **tags: str) -> list[dict[str, Any]]:
    """`TagSpecifications`."""
    return [{"ResourceType": kind, "Tags": pairs_of(**tags)}]


def pairs_of(**tags: str) -> list[dict[str, str]]:
    """`Tags`."""
    return [{"Key": k, "Value": v} for k, v in tags.items()]
