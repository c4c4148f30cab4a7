"""The evaluation by itself, for whoever compares it with another: a question a line, in JSON, and an answer a line.

A question has `principal` (ARN of a user or of a session), `action`, `resource`, `context` (all keys; those that are
not given are absent) and the policies, as documents: `policies`, and where there are such `boundary`, `session` (a
list), `at_resource`; besides `role` (ARN, of a session), `resource_account`, and `must_allow` for keys and roles. The
answer is `{"decision": "allowed"}`, `implicitDeny` or `explicitDeny` with the `kind` of policy, or `{"not_modelled":
"why"}`.
"""

import json
import sys
from typing import Any

from . import language
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


def answer(question: dict[str, Any]) -> dict[str, Any]:
    """The answer to a question."""
    arn, resource = question["principal"], question["resource"]
    context = {
        key.lower(): values if isinstance(values, list) else [values]
        for key, values in question.get("context", {}).items()
    }
    session = question.get("session")
    principal = Principal(
        arn,
        arn.split(":")[4],
        question.get("role", ""),
        policies=tuple(_read(document) for document in question["policies"]),
        boundary=_read(question["boundary"]) if question.get("boundary") else None,
        session=tuple(_read(document) for document in session) if session else None,
    )
    at_resource = question.get("at_resource")
    standing = Standing(
        _read(at_resource) if at_resource else None,
        question.get("resource_account", ""),
        question.get("must_allow", False),
    )
    try:
        denial = decide(principal, Told(Asked(question["action"], (resource,), context), resource), standing)
    except NotModelled as error:
        return {"not_modelled": str(error)}
    if denial is None:
        return {"decision": "allowed"}
    return {"decision": "explicitDeny" if denial.explicit else "implicitDeny", "kind": denial.kind}


def _read(document: Any) -> Policy:
    return language.read(document if isinstance(document, str) else json.dumps(document))


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
