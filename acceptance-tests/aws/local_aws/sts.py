"""STS: who an access key belongs to, with what is needed to check a signature made with it."""

import base64
import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import moto.sts.urls
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from moto.iam.models import iam_backends
from moto.sts.models import STSBackend as MotoStsBackend
from moto.sts.models import sts_backends
from moto.sts.responses import TokenResponse as MotoStsResponse
from moto.utilities.utils import get_partition

from .credentials import DEFAULT_KEY, DEFAULT_SECRET


@dataclass(frozen=True)
class Session:
    """What a session of a role was given, which moto forgets."""

    #: Session policies: of the request, and managed ones in the version that was the default then.
    policies: tuple[str, ...] = ()
    tags: dict[str, str] = field(default_factory=dict)
    source_identity: str = ""
    #: ARN of the identity provider whose token was shown, else empty.
    provider: str = ""


class StsBackend(MotoStsBackend):
    """State of STS. Whom moto does not know it calls a user of STS, and users are IAM's."""

    _url_module = moto.sts.urls

    def get_caller_identity(self, access_key_id: str, region: str) -> tuple[str, str, str]:
        """Identifier, ARN and account of whoever has the key."""
        user_id, arn, account = super().get_caller_identity(access_key_id, region)
        return user_id, arn.replace(":sts:", ":iam:") if ":user/" in arn else arn, account


class StsResponse(MotoStsResponse):
    """moto's STS, which remembers what sessions were given."""

    def assume_role(self) -> ActionResult:
        """A session with its policies, tags and source identity."""
        return self._given(super().assume_role())

    def assume_role_with_web_identity(self) -> ActionResult:
        """The same for whoever shows a token."""
        return self._given(super().assume_role_with_web_identity())

    def _given(self, answer: ActionResult) -> ActionResult:
        asked, role = self.params, answer.result["Credentials"]
        managed = iam_backends[role.account_id][role.partition].managed_policies
        named = [managed[of["arn"]] for of in asked.get("PolicyArns") or []]
        documents = [next(v.document for v in p.versions if v.version_id == p.default_version_id) for p in named]
        documents += [asked["Policy"]] if asked.get("Policy") else []
        tags = {tag["Key"]: tag["Value"] for tag in asked.get("Tags") or []}
        token = asked.get("WebIdentityToken")
        provider = _provider(token, role) if token else ""
        role.given = Session(tuple(documents), tags, asked.get("SourceIdentity") or "", provider)
        role.issued = datetime.now(UTC)
        return answer


def claims(token: str) -> dict[str, Any]:
    """What a token of an identity provider says. Raises `ValueError` for what is none."""
    _, payload, _ = token.split(".")
    told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    if not isinstance(told, dict):
        raise ValueError("the claims of a token are no object")
    return told


def _provider(token: str, role: Any) -> str:
    """ARN of the provider of a token; empty of a text that is no token, which is taken while nothing is enforced."""
    with contextlib.suppress(ValueError):
        issuer = str(claims(token).get("iss", "")).removeprefix("https://")
        return f"arn:{role.partition}:iam::{role.account_id}:oidc-provider/{issuer}"
    return ""


@dataclass(frozen=True)
class Caller:
    """Whoever has an access key."""

    #: As GetCallerIdentity tells it.
    arn: str
    #: ARN of the IAM user, or of the role that was assumed, path included: what an access entry names.
    principal: str
    #: `AIDA...` of a user, `AROA...` of a role.
    identity: str
    #: Name of the session of an assumed role, else empty.
    session: str
    key: str
    secret: str
    #: What a session has to show besides, until when.
    session_token: str | None = None
    expires: datetime | None = None
    given: Session | None = None
    issued: datetime | None = None

    @property
    def account(self) -> str:
        """The account that the caller is in."""
        return self.arn.split(":")[4]


def find(key: str, region: str = "us-east-1") -> Caller | None:
    """Whoever has that access key; `None` when nobody does or the key is inactive."""
    if key == DEFAULT_KEY:
        return default(get_partition(region))
    for backend in _all(sts_backends):
        role = backend.get_assumed_role_from_access_key(key)
        if role is not None:
            identity = role.user_id.split(":")[0]
            expires = role.expiration.replace(tzinfo=UTC)
            told = (getattr(role, "given", None), getattr(role, "issued", None))
            more = (key, role.secret_access_key, role.session_token, expires, *told)
            return Caller(role.arn, role.role_arn, identity, role.session_name, *more)
    for iam in _all(iam_backends):
        for user in iam.users.values():
            for found in user.access_keys:
                if found.access_key_id == key and found.status == "Active":
                    return Caller(user.arn, user.arn, user.id, "", key, found.secret_access_key)
    return None


def account_of(key: str) -> str:
    """The account that a key is of; that of the server, when nobody has it."""
    found = (backend.account_id for backend in _all(iam_backends) if key in backend.access_keys)
    return next(found, os.environ.get("MOTO_ACCOUNT_ID", DEFAULT_ACCOUNT_ID))


def default(partition: str) -> Caller:
    """Whoever uses the credentials that the server prints at its start."""
    identity, arn, _ = sts_backends[DEFAULT_ACCOUNT_ID][partition].get_caller_identity(DEFAULT_KEY, "us-east-1")
    return Caller(arn, arn, identity, "", DEFAULT_KEY, DEFAULT_SECRET)


def _all(backends: Any) -> Iterator[Any]:
    """The state of a service in each account and partition that was used."""
    for account in list(backends.values()):
        yield from list(account.values())
