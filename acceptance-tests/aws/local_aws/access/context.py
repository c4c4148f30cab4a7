"""What is known of a request: what its service derived, and the keys that every request has (IAM User Guide, "AWS
global condition context keys").
"""

import time
from datetime import UTC, datetime

from ..calls import Call
from . import reference
from .asked import Asked, Context, NotModelled
from .callers import Principal

#: Global keys that no request here has: there is no organisation, no service calls in its own name, no instance, no
#: chat.
NEVER = frozenset(
    {
        "aws:assumedroot",
        "aws:chatbotsourcearn",
        "aws:ec2instancesourceprivateipv4",
        "aws:ec2instancesourcevpc",
        "aws:multifactorauthage",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:referer",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "aws:vpcsourceip",
    }
)
#: What a test may say of where calls come from.
MAY_BE_SAID = frozenset(
    {"aws:sourceip", "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:vpceaccount", "aws:vpcsourceip"}
)
#: Keys of an action and its resource, as the reference has them.
BY_REFERENCE = ("aws:requesttag/", "aws:resourcetag/")
#: Services for whose calls in the caller's name there is `aws:CalledVia`.
TELL_OF_CALLS = frozenset({"athena", "backup", "cloudformation", "dynamodb", "kms", "ssm-guiconnect"})
#: What is asked with a call and is none itself: a permission to hand something on.
NO_CALLS = frozenset({"iam:PassRole"})


class Known:
    """What is known of one action on one resource."""

    def __init__(self, asked: Asked, resource: str, of_all: Context):
        self.asked = asked
        self.resource = resource
        self.of_all = of_all

    def values(self, key: str) -> list[str] | None:
        """The values of a key, `None` when it is known to be absent."""
        found = self.asked.context.get(key)
        if found and self._is_of_others(key):
            # What a call says is a key of some of the actions that it asks, and not of all.
            return None
        if found is None:
            found = self.of_all.get(key)
        if found is None:
            found = self._absent(key)
        return found or None

    def _absent(self, key: str) -> list[str]:
        """Nothing, when it is known that there is nothing."""
        if key in NEVER:
            return []
        prefixes = [key[: place + 1] for place, character in enumerate(key) if character in "/:"]
        if any(known.get(prefix) == [] for prefix in prefixes for known in (self.asked.context, self.of_all)):
            return []
        if self._is_of_others(key):
            return []
        raise NotModelled(f"what {key} is for {self.asked.action} on {self.resource}")

    def _is_of_others(self, key: str) -> bool:
        """Whether the reference has the key for other actions or resources only."""
        is_global = key.startswith("aws:") and not key.startswith(BY_REFERENCE) and key != "aws:tagkeys"
        return not is_global and reference.exists(key) and not reference.knows(self.asked.action, self.resource, key)

    def variable(self, key: str) -> str | None:
        """What stands for a variable: the value of a key that has one."""
        found = self.values(key.lower())
        if found is not None and len(found) > 1:
            raise NotModelled(f"a variable of {key}, which has {len(found)} values")
        return found[0] if found else None


def of_call(call: Call, principal: Principal, said: Context) -> Context:
    """The keys that all that is asked for one call has."""
    now = time.time()
    agent = call.environ.get("HTTP_USER_AGENT")
    return {
        "aws:currenttime": [datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")],
        "aws:epochtime": [str(int(now))],
        "aws:requestedregion": [call.region],
        # What comes here in the clear stands for what goes to AWS over TLS.
        "aws:securetransport": ["true"],
        "aws:sourceip": [call.environ.get("REMOTE_ADDR", "127.0.0.1")],
        "aws:useragent": [agent] if agent else [],
        "aws:viaawsservice": ["false"],
        "aws:calledvia": [],
        "aws:calledviafirst": [],
        "aws:calledvialast": [],
        "aws:principalisawsservice": ["false"],
        **principal.context,
        **said,
    }


def of_asked(call: Call, asked: Asked, of_call: Context, account: str) -> Context:
    """The same for one of them: another service's action is its call in the caller's name, and from its place."""
    more: Context = {"aws:resourceaccount": [account] if account else []}
    if asked.action.partition(":")[0] not in (call.service, ALIASES.get(call.service)) and asked.action not in NO_CALLS:
        service = f"{call.service}.amazonaws.com"
        via = [service] if call.service in TELL_OF_CALLS else []
        more |= {
            "aws:viaawsservice": ["true"],
            "aws:calledvia": via,
            "aws:calledviafirst": via,
            "aws:calledvialast": via,
        }
        more |= {
            "aws:sourceip": [],
            "aws:sourcevpc": [],
            "aws:sourcevpce": [],
            "aws:vpcsourceip": [],
            "aws:sourcevpcarn": [],
        }
    return of_call | more


#: Name in signatures => prefix of the service's actions, where it is another.
ALIASES = {"tagging": "tag"}
