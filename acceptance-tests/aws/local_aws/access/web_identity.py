"""Tokens of identity providers, with which a role is assumed without a key of AWS.

Issuer, audience, subject and end of a token are looked at, its signature is not: the keys of an issuer are on the
internet.
"""

import time
from dataclasses import dataclass
from http import HTTPStatus

from moto.iam.models import iam_backends

from .. import sts
from .asked import Context


class Refused(Exception):
    """An answer of AWS before it comes to permissions, such as to a token that it does not take."""

    def __init__(self, status: int, code: str, message: str):
        super().__init__(message)
        self.status = HTTPStatus(status)
        self.code = code
        self.message = message


#: Claims that are keys of conditions, beside the audience.
CLAIMS = ("sub", "amr")


@dataclass(frozen=True)
class Identity:
    """Whoever a token is of."""

    #: ARN of the provider in IAM.
    provider: str
    #: Keys of conditions, `oidc.example.com/id/1:sub`.
    claims: Context


def read(token: str, account: str, partition: str) -> Identity:
    """Whoever a token is of, or why STS does not take it."""
    try:
        claims = sts.claims(token)
    except ValueError as error:
        raise Refused(400, "InvalidIdentityToken", "The ID Token provided is not a valid JWT.") from error
    issuer = str(claims.get("iss", "")).removeprefix("https://")
    arn = f"arn:{partition}:iam::{account}:oidc-provider/{issuer}"
    provider = iam_backends[account][partition].open_id_providers.get(arn)
    if provider is None:
        raise Refused(
            400, "InvalidIdentityToken", f"No OpenIDConnect provider found in your account for https://{issuer}"
        )
    audiences = claims.get("aud")
    # Whom a token was given to comes before whom it is for.
    audience = claims.get("azp") or (audiences[0] if isinstance(audiences, list) and audiences else audiences)
    if audience not in provider.client_id_list:
        raise Refused(400, "InvalidIdentityToken", "Incorrect token audience")
    if float(claims.get("exp", 0)) <= time.time():
        raise Refused(
            400, "ExpiredTokenException", "Token expired: current date/time must be before the expiration date/time"
        )
    host = issuer.lower()
    told: Context = {f"{host}:aud": [str(audience)]}
    for claim in CLAIMS:
        value = claims.get(claim)
        told[f"{host}:{claim}"] = (
            [] if value is None else [str(v) for v in (value if isinstance(value, list) else [value])]
        )
    return Identity(arn, told)
