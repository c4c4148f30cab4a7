"""The evaluation by itself, for whoever compares it with another: JSON lines in and out, as `acceptance-tests/judge/judge.mjs` has them.

    {"policy": 0, "document": {...}}
    {"ask": 0, "principal": "arn:...", "policies": [0], "boundary": 1, "of_resource": 2, "action": "...", "resource": "arn:...", "account": "...", "context": {...}}

A question is answered by `{"ask": 0, "result": "Allowed", "by": [kind of policy], "ignored": [keys]}`, the result being `ImplicitlyDenied`, `ExplicitlyDenied` or `NotModelled`
(with the reason in `by`) otherwise. Keys that AWS does not have for the action are left out, and what a question does not say is absent.
"""

import json
import sys
from typing import Any

from . import context, language, reference
from .asked import Asked, NotModelled
from .callers import Principal
from .decision import Standing, decide
from .language import Policy


class Told:
    """A request of which everything is told."""

    def __init__(self, asked: Asked, resource: str):
        self.asked = asked
        self.resource = resource

    def values(self, key: str) -> list[str] | None:
        """The values of a key; `None`: it was not given."""
        return self.asked.context.get(key) or None

    def variable(self, key: str) -> str | None:
        """The value of a variable."""
        found = self.values(key.lower())
        if found is not None and len(found) > 1:
            raise NotModelled(f"a variable of {key}, which has {len(found)} values")
        return found[0] if found else None


def answer(told: dict[str, Any], policies: dict[int, Policy]) -> dict[str, Any]:
    """The answer to a question."""
    try:
        kept, ignored = _context(told)
        known = Told(Asked(told["action"], (told["resource"],), kept), told["resource"])
        denial = decide(_principal(told, policies), known, _standing(told, policies))
    except NotModelled as error:
        return {"result": "NotModelled", "by": [str(error)], "ignored": []}
    if denial is None:
        return {"result": "Allowed", "by": [], "ignored": ignored}
    return {"result": "ExplicitlyDenied" if denial.explicit else "ImplicitlyDenied", "by": [denial.kind], "ignored": ignored}


def _context(told: dict[str, Any]) -> tuple[dict[str, list[str]], list[str]]:
    """What is known, and the keys that AWS does not have for the action."""
    said = {key.lower(): values for key, values in told["context"].items()}
    ignored = {key for key in said if not _is_known(told["action"], told["resource"], key)}
    return {key: values for key, values in said.items() if key not in ignored}, sorted(ignored)


def _is_known(action: str, resource: str, key: str) -> bool:
    if resource.startswith("arn:aws:s3:::") and key.startswith("aws:resourcetag/"):
        # Only of buckets that were told to look at tags, which none of ours was.
        return False
    is_global = key.startswith("aws:") and not key.startswith(context.BY_REFERENCE) and key != "aws:tagkeys"
    return is_global or reference.knows(action, resource, key)


def _principal(told: dict[str, Any], policies: dict[int, Policy]) -> Principal:
    arn = told["principal"]
    return Principal(
        arn,
        arn.split(":")[4],
        told["context"]["aws:PrincipalArn"][0] if ":assumed-role/" in arn else "",
        policies=tuple(policies[number] for number in told["policies"]),
        boundary=None if told["boundary"] is None else policies[told["boundary"]],
    )


def _standing(told: dict[str, Any], policies: dict[int, Policy]) -> Standing:
    at_resource = None if told["of_resource"] is None else policies[told["of_resource"]]
    service = told["action"].partition(":")[0]
    must_allow = at_resource is not None and service in ("kms", "sts")
    return Standing(at_resource, told["account"], must_allow, is_trust=service == "sts")


def main() -> None:
    """Answer until there is nothing more to read."""
    policies: dict[int, Policy] = {}
    for line in sys.stdin:
        told = json.loads(line)
        if "policy" in told:
            policies[told["policy"]] = language.read(json.dumps(told["document"]))
        else:
            print(json.dumps({"ask": told["ask"], **answer(told, policies)}), flush=True)


if __name__ == "__main__":
    main()
