"""Policies, read once for each text: statements that say whether they are about an action, a resource, a principal."""

import functools
import json
import re
from dataclasses import dataclass
from typing import Any

from . import conditions, patterns
from .asked import NotModelled
from .conditions import Condition, Known
from .patterns import Variables

#: What a document and a statement may have. Anything else changes what a policy means, and is not known.
OF_DOCUMENT = {"Version", "Id", "Statement"}
OF_STATEMENT = {
    "Sid",
    "Effect",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Principal",
    "NotPrincipal",
    "Condition",
}
#: A pattern that matches no text.
NOTHING = r"(?!)"
#: The version in which texts have variables; before it `${aws:username}` is just that text.
WITH_VARIABLES = "2012-10-17"


@dataclass
class Matcher:
    """A list of patterns, or of those that are left out."""

    texts: tuple[str, ...]
    #: `NotAction`, `NotResource`.
    but: bool


@dataclass(eq=False)
class Statement:
    """One statement."""

    sid: str
    allows: bool
    actions: Matcher
    #: `None`: it is about the resource that it stands at.
    resources: Matcher | None
    #: Kind (`AWS`, `Service`, `Federated`) and value; `None` in policies of identities.
    principals: tuple[tuple[str, str], ...] | None
    not_principals: tuple[tuple[str, str], ...] | None
    conditions: tuple[Condition, ...]
    has_variables: bool
    _static: re.Pattern[str] | None = None
    _varying: tuple[str, ...] = ()

    def covers(self, action: str) -> bool:
        """Whether it is about an action."""
        return any(patterns.any_case(text).fullmatch(action) for text in self.actions.texts) != self.actions.but

    def reaches(self, resource: str, variables: Variables) -> bool:
        """Whether it is about a resource."""
        if self.resources is None:
            return True
        if self._static is None:
            self._split(self.resources.texts)
        found = self._static is not None and self._static.fullmatch(resource) is not None
        if not found and self._varying:
            made = [_resource(text, variables) for text in self._varying]
            if self.resources.but and None in made:
                raise NotModelled(f"a variable without a value in NotResource: {self.resources.texts}")
            found = any(pattern is not None and pattern.fullmatch(resource) for pattern in made)
        return found != self.resources.but

    def _split(self, texts: tuple[str, ...]) -> None:
        """Those that are the same for all requests become one pattern; those with variables are made for each."""
        self._varying = tuple(t for t in texts if self.has_variables and patterns.has_variables(t))
        made = [_resource(text, None) for text in texts if text not in self._varying]
        regexes = "|".join(f"(?:{pattern.pattern})" for pattern in made if pattern is not None)
        self._static = re.compile(regexes or NOTHING, re.DOTALL)

    def holds(self, known: Known, variables: Variables) -> bool:
        """Whether its conditions hold. All are looked at, so that one whose key is not known always shows."""
        of_version = variables if self.has_variables else None
        return all([condition.holds(known, of_version) for condition in self.conditions])


Policy = tuple[Statement, ...]


@functools.lru_cache(8192)
def read(document: str | bytes) -> Policy:
    """The statements of a policy."""
    try:
        told = json.loads(document)
    except ValueError as error:
        raise NotModelled(f"a policy is no JSON: {error}") from error
    if not isinstance(told, dict) or told.keys() - OF_DOCUMENT:
        raise NotModelled(f"a policy has elements that are not known: {told}")
    has_variables = told.get("Version") == WITH_VARIABLES
    return tuple(_statement(of, has_variables) for of in listed(told.get("Statement")))


@functools.lru_cache(65536)
def about(policy: Policy, action: str) -> Policy:
    """The statements of a policy that are about an action."""
    return tuple(statement for statement in policy if statement.covers(action))


def listed(value: Any) -> list[Any]:
    """A member of a policy that may be one or several."""
    return [] if value is None else value if isinstance(value, list) else [value]


def _resource(text: str, variables: Variables | None) -> re.Pattern[str] | None:
    if text == "*":
        return patterns.like(text, None)
    if not text.startswith("arn:"):
        raise NotModelled(f"the resource {text} of a policy is neither an ARN nor `*`")
    return patterns.resource(text, variables)


def _statement(told: dict[str, Any], has_variables: bool) -> Statement:
    unknown = told.keys() - OF_STATEMENT
    if unknown or told.get("Effect") not in ("Allow", "Deny"):
        raise NotModelled(f"a statement has elements that are not known ({sorted(unknown)}) or no effect: {told}")
    actions = _matcher(told, "Action")
    if actions is None:
        raise NotModelled(f"a statement has no action: {told}")
    found = [
        conditions.parsed(operator, key, tuple(_text(value) for value in listed(wanted)))
        for operator, keys in (told.get("Condition") or {}).items()
        for key, wanted in keys.items()
    ]
    return Statement(
        told.get("Sid", ""),
        told["Effect"] == "Allow",
        actions,
        _matcher(told, "Resource"),
        _principals(told.get("Principal")),
        _principals(told.get("NotPrincipal")),
        tuple(found),
        has_variables,
    )


def _matcher(told: dict[str, Any], member: str) -> Matcher | None:
    if member in told and f"Not{member}" in told:
        raise NotModelled(f"a statement has {member} and Not{member}: {told}")
    for name, but in ((member, False), (f"Not{member}", True)):
        if name in told:
            return Matcher(tuple(listed(told[name])), but)
    return None


def _principals(told: Any) -> tuple[tuple[str, str], ...] | None:
    if told is None:
        return None
    if isinstance(told, str):
        return (("AWS", told),)
    return tuple((kind, value) for kind, values in told.items() for value in listed(values))


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
