"""Who calls: from the access key to the policies that say what its owner may do, and the keys that conditions ask of a
principal.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto.iam.models import iam_backends

from .. import sts
from ..calls import Call
from ..credentials import DEFAULT_KEY
from . import language, web_identity
from .asked import Context
from .language import Policy


class Expired(Exception):
    """The session of whoever calls is over."""


@dataclass(frozen=True)
class Principal:
    """Whoever calls, with all that is said of them."""

    #: As GetCallerIdentity tells it; of a federated caller its identity provider, empty of nobody.
    arn: str
    account: str
    #: ARN of the role of a session, else empty.
    role: str = ""
    #: `AIDA...`, `AROA...`.
    identity: str = ""
    is_federated: bool = False
    #: Own policies and attached ones.
    policies: tuple[Policy, ...] = ()
    #: `None`: no boundary.
    boundary: Policy | None = None
    #: Of the session alone; `None`: it has none.
    session: tuple[Policy, ...] | None = None
    context: Context = field(default_factory=dict)


#: Keys that only somebody of an account has.
NONE_OF: Context = {
    key: []
    for key in (
        *("aws:multifactorauthpresent", "aws:principalaccount", "aws:principalarn", "aws:principaltag/"),
        *("aws:sourceidentity", "aws:tokenissuetime", "aws:userid", "aws:username"),
    )
}
#: Whoever calls without a signature.
NOBODY = Principal("", "", context={**NONE_OF, "aws:principaltype": ["Anonymous"], "aws:federatedprovider": []})


def is_bootstrapper(call: Call) -> bool:
    """Whether whoever sets up the account calls, with the keys that the server prints: they may do everything."""
    return call.key == DEFAULT_KEY


def find(call: Call, parameters: dict[str, Any]) -> Principal | None:
    """Whoever calls; `None` when the access key is nobody's, or its role is gone."""
    if not call.key:
        if call.operation == "AssumeRoleWithWebIdentity":
            _, partition, _, _, owner, _ = parameters["RoleArn"].split(":", 5)
            return _federated(web_identity.read(parameters["WebIdentityToken"], owner, partition))
        return NOBODY
    caller = sts.find(call.key, call.region)
    if caller is None:
        return None
    if caller.expires is not None and caller.expires <= datetime.now(UTC):
        raise Expired
    backend = iam_backends[caller.account][caller.arn.split(":")[1]]
    holders = backend.roles.values() if caller.session else backend.users.values()
    holder = next((h for h in holders if h.arn == caller.principal), None)
    if holder is None:
        return None
    return _session(caller, holder, backend) if caller.session else _user(caller, holder, backend)


def _user(caller: sts.Caller, user: Any, backend: Any) -> Principal:
    groups = [group for group in backend.groups.values() if user in group.users]
    policies = tuple(p for holder in (user, *groups) for p in _policies_of(holder))
    context = _context(caller, user, "User") | {
        "aws:username": [user.name],
        "aws:principaltag/": [],
        **_tags(backend.list_user_tags(user.name) if hasattr(backend, "list_user_tags") else []),
        "aws:multifactorauthpresent": [],
        "aws:tokenissuetime": [],
    }
    return Principal(caller.arn, caller.account, "", user.id, False, policies, _boundary(user, backend), None, context)


def _session(caller: sts.Caller, role: Any, backend: Any) -> Principal:
    given = caller.given or sts.Session()
    session = tuple(language.read(document) for document in given.policies) or None
    context = _context(caller, role, "AssumedRole") | {
        "aws:username": [],
        "aws:principaltag/": [],
        **_tags(role.tags or []),
        **{f"aws:principaltag/{key.lower()}": [value] for key, value in given.tags.items()},
        "aws:multifactorauthpresent": ["false"],
        "aws:sourceidentity": [given.source_identity] if given.source_identity else [],
        "aws:federatedprovider": [given.provider] if given.provider else [],
    }
    if caller.issued:
        context["aws:tokenissuetime"] = [caller.issued.strftime("%Y-%m-%dT%H:%M:%SZ")]
    identity = caller.identity
    return Principal(
        caller.arn,
        caller.account,
        role.arn,
        identity,
        False,
        _policies_of(role),
        _boundary(role, backend),
        session,
        context,
    )


def _federated(identity: web_identity.Identity) -> Principal:
    """Whoever shows a token of an identity provider, and has no policies."""
    context: Context = {**NONE_OF, **identity.claims, "aws:federatedprovider": [identity.provider]}
    return Principal(identity.provider, "", is_federated=True, context=context)


def _context(caller: sts.Caller, holder: Any, kind: str) -> Context:
    return {
        "aws:principalarn": [holder.arn],
        "aws:principalaccount": [caller.account],
        "aws:principaltype": [kind],
        "aws:userid": [f"{caller.identity}:{caller.session}" if caller.session else holder.id],
        "aws:sourceidentity": [],
        "aws:federatedprovider": [],
    }


def _tags(tags: Iterable[dict[str, str]]) -> Context:
    return {f"aws:principaltag/{tag['Key'].lower()}": [tag["Value"]] for tag in tags}


def _policies_of(holder: Any) -> tuple[Policy, ...]:
    """The inline policies of a user, group or role, and the default versions of those that are attached."""
    inline = [language.read(document) for document in holder.policies.values()]
    return (*inline, *(of_managed(policy) for policy in holder.managed_policies.values()))


def of_managed(policy: Any) -> Policy:
    """What a managed policy says in its default version."""
    document = next(v.document for v in policy.versions if v.version_id == policy.default_version_id)
    return language.read(document)


def _boundary(holder: Any, backend: Any) -> Policy | None:
    """The boundary; one whose policy is gone allows nothing."""
    arn = getattr(holder, "permissions_boundary_arn", None)
    if not arn:
        return None
    policy = backend.managed_policies.get(arn)
    return of_managed(policy) if policy is not None else ()
