"""Conditions of policies: every operator, over keys that are known to have values or known to have none.

Whether a key is known is `Known`'s affair. Where AWS says that an outcome is not to be relied on (an operator for one
value, and several values), nothing is decided here.
"""

import base64
import ipaddress
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from . import patterns
from .asked import NotModelled
from .patterns import Variables


class Known(Protocol):
    """What is known of a request."""

    def values(self, key: str) -> list[str] | None:
        """The values of a key in lower case; `None` when it is absent. Raises `NotModelled` when that is not known."""


@dataclass(frozen=True)
class Condition:
    """One key under one operator."""

    #: As the policy has it, for messages.
    operator: str
    key: str
    wanted: tuple[str, ...]
    test: Callable[[str, str, Variables | None], bool]
    negated: bool
    if_exists: bool
    #: `forallvalues`, `foranyvalue`, or empty for a key of one value.
    over: str

    def holds(self, known: Known, variables: Variables | None) -> bool:
        """Whether the condition holds."""
        given = known.values(self.key)
        if self.operator.lower() == "null":
            return any((given is None) == (wanted.lower() == "true") for wanted in self.wanted)
        if given is None:
            return self._holds_without()
        if not self.over and len(given) > 1:
            raise NotModelled(
                f"{self.operator} on {self.key}, which has {len(given)} values, without ForAllValues or ForAnyValue"
            )
        held = (any(self.test(w, g, variables) for w in self.wanted) != self.negated for g in given)
        return all(held) if self.over == "forallvalues" else any(held)

    def _holds_without(self) -> bool:
        """Of a key that is absent."""
        if self.over:
            return self.over == "forallvalues" or self.if_exists
        return self.if_exists or self.negated


def parsed(operator: str, key: str, wanted: tuple[str, ...]) -> Condition:
    """A condition as a policy writes it."""
    over, _, name = operator.rpartition(":")
    if_exists = name.lower().endswith("ifexists")
    base = name.lower().removesuffix("ifexists")
    if (
        over.lower() not in ("", "forallvalues", "foranyvalue")
        or base not in OPERATORS
        or (base == "null" and (over or if_exists))
    ):
        raise NotModelled(f"the condition operator {operator} is not known")
    test, negated = OPERATORS[base]
    return Condition(operator, key.lower(), wanted, test, negated, if_exists, over.lower())


def _equals(wanted: str, given: str, variables: Variables | None) -> bool:
    return patterns.substituted(wanted, variables) == given


def _equals_in_any_case(wanted: str, given: str, variables: Variables | None) -> bool:
    text = patterns.substituted(wanted, variables)
    return text is not None and text.casefold() == given.casefold()


def _like(wanted: str, given: str, variables: Variables | None) -> bool:
    pattern = patterns.like(wanted, variables)
    return pattern is not None and pattern.fullmatch(given) is not None


def _arn(wanted: str, given: str, variables: Variables | None) -> bool:
    """Of two ARNs: a text that is none matches nothing, and `*` everything that is one."""
    pattern = patterns.arn(wanted, variables)
    is_arn = given.startswith("arn:") and given.count(":") >= patterns.COLONS
    return pattern is not None and is_arn and (wanted == "*" or pattern.fullmatch(given) is not None)


def _bool(wanted: str, given: str, variables: Variables | None) -> bool:
    return _equals_in_any_case(wanted, given, variables)


def _binary(wanted: str, given: str, _: Variables | None) -> bool:
    try:
        return base64.b64decode(wanted, validate=True) == base64.b64decode(given, validate=True)
    except ValueError:
        return False


def _address(wanted: str, given: str, _: Variables | None) -> bool:
    try:
        return ipaddress.ip_address(given) in ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        return False


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def _moment(text: str) -> float:
    """Seconds since 1970 of a date of ISO 8601, or of such a number."""
    try:
        return float(text)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return math.nan
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _compared(
    read: Callable[[str], float], compare: Callable[[float, float], bool]
) -> Callable[[str, str, Variables | None], bool]:
    def test(wanted: str, given: str, variables: Variables | None) -> bool:
        text = patterns.substituted(wanted, variables)
        # What is no number or no date compares to nothing.
        return text is not None and compare(read(given), read(text))

    return test


COMPARED = {
    "equals": lambda given, wanted: given == wanted,
    "lessthan": lambda given, wanted: given < wanted,
    "lessthanequals": lambda given, wanted: given <= wanted,
    "greaterthan": lambda given, wanted: given > wanted,
    "greaterthanequals": lambda given, wanted: given >= wanted,
}

#: Operator in lower case => its test of a wanted and a given value, and whether it is the contrary that holds.
OPERATORS: dict[str, tuple[Callable[[str, str, Variables | None], bool], bool]] = {
    "stringequals": (_equals, False),
    "stringnotequals": (_equals, True),
    "stringequalsignorecase": (_equals_in_any_case, False),
    "stringnotequalsignorecase": (_equals_in_any_case, True),
    "stringlike": (_like, False),
    "stringnotlike": (_like, True),
    "arnequals": (_arn, False),
    "arnlike": (_arn, False),
    "arnnotequals": (_arn, True),
    "arnnotlike": (_arn, True),
    "bool": (_bool, False),
    "binaryequals": (_binary, False),
    "ipaddress": (_address, False),
    "notipaddress": (_address, True),
    "numericnotequals": (_compared(_number, COMPARED["equals"]), True),
    "datenotequals": (_compared(_moment, COMPARED["equals"]), True),
    "null": (_equals, False),
    **{f"numeric{name}": (_compared(_number, compare), False) for name, compare in COMPARED.items()},
    **{f"date{name}": (_compared(_moment, compare), False) for name, compare in COMPARED.items()},
}
