"""The few questions that the model asks of a policy which stands at a resource: a key's, a file system's."""

import fnmatch
import json
from collections.abc import Iterable
from typing import Any


def denies(document: str | None, action: str) -> bool:
    """Whether a statement without conditions denies the action to everybody.

    A condition makes it a question of who calls and how, and here every caller may do everything.
    """
    return any(
        statement["Effect"] == "Deny"
        and not statement.get("Condition")
        and _everybody(statement.get("Principal"))
        and _has(statement.get("Action"), action)
        for statement in _statements(document)
    )


def allows_service(document: str | None, service: str, action: str, context: dict[str, str]) -> bool:
    """Whether a statement allows the action to a service, with this context of the call."""
    return any(
        statement["Effect"] == "Allow"
        and isinstance(statement.get("Principal"), dict)
        and service in _list(statement["Principal"].get("Service"))
        and _has(statement.get("Action"), action)
        and all(
            any(fnmatch.fnmatchcase(context.get(name, ""), wanted) for wanted in _list(values))
            for conditions in (statement.get("Condition") or {}).values()
            for name, values in conditions.items()
        )
        for statement in _statements(document)
    )


def _everybody(principal: Any) -> bool:
    return principal == "*" or (isinstance(principal, dict) and "*" in _list(principal.get("AWS")))


def _has(actions: Any, action: str) -> bool:
    return any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in _list(actions))


def _statements(document: str | None) -> Iterable[dict[str, Any]]:
    return _list(json.loads(document)["Statement"]) if document else []


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
