"""Whether something is allowed: AWS's evaluation logic for one account and across two.

An explicit deny in any policy wins. Else, in one account, a policy at the resource that names the user or the session
itself is enough; one that names the role counts as a policy of the role, which boundary and session policy cap; and one
that names the account leaves it to the policies of the identity. Keys and roles allow nothing that their own policy
does not. Across accounts both sides have to allow it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from . import language
from .asked import Asked, NotModelled
from .callers import Principal
from .conditions import Known
from .language import Policy, Statement


class Request(Known, Protocol):
    """One action on one resource, and what is known of it."""

    asked: Asked
    resource: str

    def variable(self, key: str) -> str | None:
        """The value of a variable; `None`: it has none."""


class Named(IntEnum):
    """How a policy at a resource names whoever calls."""

    NOT = 0
    ACCOUNT = 1
    ROLE = 2
    ITSELF = 3


@dataclass(frozen=True)
class Standing:
    """What stands at a resource."""

    #: `None`: there is no policy at it.
    policy: Policy | None
    #: The account that it is in; empty: the caller's, or AWS's own for all.
    account: str = ""
    #: Whether nothing is allowed that this policy does not allow, or leave to the account.
    must_allow: bool = False
    is_trust: bool = False


@dataclass(frozen=True)
class Denial:
    """Why not."""

    #: Of `refusals.BECAUSE`.
    kind: str
    explicit: bool = False


def decide(principal: Principal, known: Request, standing: Standing) -> Denial | None:
    """Why it is not allowed; `None`: it is."""
    at_resource = "trust" if standing.is_trust else "resource"
    identity = _says(principal.policies, known)
    boundary = None if principal.boundary is None else _says([principal.boundary], known)
    session = None if principal.session is None else _says(principal.session, known)
    denied, named = _said_at(standing.policy, principal, known)
    for kind, explicitly in (
        ("identity", identity is False),
        ("boundary", boundary is False),
        ("session", session is False),
        (at_resource, denied),
    ):
        if explicitly:
            return Denial(kind, explicit=True)
    if not principal.account:
        return None if named == Named.ITSELF else Denial(at_resource)
    across = standing.account not in ("", principal.account)
    if named == Named.ITSELF and not across:
        return None
    if named == Named.NOT and (across or standing.must_allow):
        return Denial(at_resource)
    if not identity and (across or named != Named.ROLE):
        return Denial("identity")
    capped = (("boundary", principal.boundary, boundary), ("session", principal.session, session))
    return next((Denial(kind) for kind, there, allows in capped if there is not None and not allows), None)


def _says(policies: Iterable[Policy], known: Request) -> bool | None:
    """Whether policies allow (`True`) or deny it, or say nothing of it (`None`)."""
    said: bool | None = None
    for policy in policies:
        for statement in language.about(policy, known.asked.action):
            if _applies(statement, known):
                if not statement.allows:
                    return False
                said = True
    return said


def _applies(statement: Statement, known: Request) -> bool:
    return statement.reaches(known.resource, known.variable) and statement.holds(known, known.variable)


def _said_at(policy: Policy | None, principal: Principal, known: Request) -> tuple[bool, Named]:
    """Whether the policy at the resource denies it, and the best way in which it names the caller that it allows."""
    best = Named.NOT
    for statement in language.about(policy or (), known.asked.action):
        named = _named(statement, principal)
        if named and _applies(statement, known):
            if not statement.allows:
                return True, best
            best = max(best, named)
    return False, best


def _named(statement: Statement, principal: Principal) -> Named:
    """How a statement names the caller."""
    if statement.not_principals is not None:
        return _left(statement, principal)
    if statement.principals is None:
        raise NotModelled("a policy at a resource without a principal")
    return max((_name(kind, value, principal) for kind, value in statement.principals), default=Named.NOT)


def _name(kind: str, value: str, principal: Principal) -> Named:
    if kind == "Federated":
        return Named.ITSELF if principal.is_federated and value == principal.arn else Named.NOT
    if kind == "CanonicalUser":
        raise NotModelled("a principal by its canonical user ID")
    if kind == "Service":
        return Named.NOT
    if value == "*":
        return Named.ITSELF
    if not principal.account:
        return Named.NOT
    if value == principal.arn or (not principal.role and value == principal.identity):
        return Named.ITSELF
    if principal.role and value in (principal.role, principal.identity):
        return Named.ROLE
    is_account = value == principal.account or (
        value.startswith("arn:") and value.endswith(f":iam::{principal.account}:root")
    )
    return Named.ACCOUNT if is_account else Named.NOT


def _left(statement: Statement, principal: Principal) -> Named:
    """Of all but some: AWS takes a caller out of a deny only with its account, and a session only with its role too."""
    if statement.allows:
        raise NotModelled("NotPrincipal with Allow")
    listed = [
        name for name in (_name(kind, value, principal) for kind, value in statement.not_principals or ()) if name
    ]
    wanted = {Named.ACCOUNT, Named.ITSELF} | ({Named.ROLE} if principal.role else set())
    return Named.NOT if wanted <= set(listed) else Named.ITSELF
