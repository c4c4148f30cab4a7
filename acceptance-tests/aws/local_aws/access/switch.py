"""The switch, and what a call gets while it is on."""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .. import calls, errors, faults
from ..answers import Answer
from ..calls import Call
from . import at_resources, callers, context, decision, parameters, refusals, services
from .asked import Asked, Context, NotModelled
from .callers import Principal
from .web_identity import Refused

Derivation = Callable[[Call, dict[str, Any]], list[Asked]]

#: What nobody in particular is told, who asks for nothing that a service knows.
MISSING = ("MissingAuthenticationToken", "Request is missing Authentication Token")
#: What the query of a URL has that was signed beforehand.
PRESIGNED = "X-Amz-Credential="


@dataclass
class Switch:
    """Whether policies are enforced, and what a test says of where calls come from."""

    on: bool = False
    #: Whether calls of the bootstrapper have to be derived as well. They are allowed all the same: so gaps are found.
    bootstrapper: bool = False
    context: Context = field(default_factory=dict)
    #: What was denied, one line each.
    denied: list[str] = field(default_factory=list)


_switch = Switch()

#: Name in signatures => what its calls ask.
DERIVATIONS: dict[str, Derivation] = {
    module.name: importlib.import_module(f"{services.__name__}.{module.name}").asked
    for module in pkgutil.iter_modules(services.__path__)
    if not module.name.startswith("_")
}


def change(asked: dict[str, Any]) -> None:
    """Turn it on or off.

    `context`: keys of where calls come from, such as `aws:SourceIp`; `bootstrapper`: derive their calls too.
    """
    unknown = asked.keys() - {"on", "bootstrapper", "context"}
    said = {key.lower(): values for key, values in asked.get("context", {}).items()}
    unknown |= said.keys() - context.MAY_BE_SAID
    if unknown or not isinstance(asked["on"], bool):
        raise KeyError(
            f"unknown: {sorted(unknown)}; known: on, bootstrapper, context with {sorted(context.MAY_BE_SAID)}"
        )
    _switch.on = asked["on"]
    _switch.denied = []
    _switch.bootstrapper = asked.get("bootstrapper", False)
    _switch.context = {key: values if isinstance(values, list) else [values] for key, values in said.items()}


def reset() -> None:
    """Everybody may do everything again."""
    change({"on": False})


def told() -> dict[str, Any]:
    """How it stands."""
    return {
        "on": _switch.on,
        "bootstrapper": _switch.bootstrapper,
        "context": _switch.context,
        "denied": _switch.denied,
        "derived": sorted(DERIVATIONS),
    }


def refuse(call: Call) -> Answer | None:
    """The refusal of a call that its caller may not make; `None`: it is allowed. Raises `NotModelled`."""
    if not _switch.on or _is_probe(call):
        return None
    if not call.key and not call.operation:
        return errors.refusal(call.service, 403, *MISSING)
    if callers.is_bootstrapper(call):
        if _switch.bootstrapper:
            asked_of(call, parameters.of(call))
        return None
    if PRESIGNED in call.environ.get("QUERY_STRING", "") and call.service != "sts":
        raise NotModelled("a URL that somebody has signed beforehand")
    try:
        given = parameters.of(call)
        principal = callers.find(call, given)
        if principal is None:
            return faults.refusal("unknown-key", call)
        return _refused(call, given, principal)
    except callers.Expired:
        return faults.refusal("expired", call)
    except Refused as refused:
        return refusals.answer_to(call, refused)


def _is_probe(call: Call) -> bool:
    """Whether somebody without a key asks where a bucket is, to which S3 answers 403 with its region."""
    return not call.key and call.service == "s3" and call.environ["REQUEST_METHOD"] == "HEAD"


def _refused(call: Call, given: dict[str, Any], principal: Principal) -> Answer | None:
    """The first refusal of all that the call asks."""
    of_call = context.of_call(call, principal, _switch.context)
    for asked in asked_of(call, given):
        for resource in asked.resources:
            standing = at_resources.standing(asked, resource)
            of_all = context.of_asked(call, asked, of_call, standing.account or principal.account)
            denial = decision.decide(principal, context.Known(asked, resource, of_all), standing)
            if denial is not None:
                _switch.denied.append(f"{asked.action} on {resource} by {principal.arn or 'anonymous'}: {denial.kind}")
                return refusals.answer(call, refusals.text(principal, asked, resource, denial))
    return None


def asked_of(call: Call, given: dict[str, Any]) -> list[Asked]:
    """All that a call asks, with what is known of keys that are used beside."""
    if call.service not in DERIVATIONS:
        raise NotModelled(f"what calls of {call.service} ask of IAM")
    if not call.operation:
        raise NotModelled(f"which operation of {call.service} this is")
    found = DERIVATIONS[call.service](call, given)
    calls.journal.note_asked(call, (one.action for one in found))
    return [services.kms.completed(call, one) if one.action.startswith("kms:") else one for one in found]
