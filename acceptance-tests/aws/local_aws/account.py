"""What a test says about the account: quotas, what is on offer, what its callers may do.

moto has an account without history, in which everything is on offer to an administrator. A test changes what it needs
by `POST /_local-aws/account`, one member or several, each as a whole; a reset takes everything back.
"""

import fnmatch
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from . import newer, route53


@dataclass
class Settings:
    """What is another than in a fresh account."""

    #: `service/code` => the applied value; `None`: it was never applied for, which Service Quotas says of some quotas.
    quotas: dict[str, float | None] = field(default_factory=dict)
    #: Region => opt-in status.
    regions: dict[str, str] = field(default_factory=dict)
    #: Zone ID => state, such as `impaired`.
    zones: dict[str, str] = field(default_factory=dict)
    #: Pattern of instance types => IDs of the zones that do not have them; `*` is the whole region.
    not_offered: dict[str, list[str]] = field(default_factory=dict)
    #: Instance classes of databases that cannot be ordered.
    not_orderable: list[str] = field(default_factory=list)
    #: Kubernetes version => `support`, `standard_until`, `extended_until`.
    kubernetes: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Patterns of IAM actions that no policy allows, whoever calls.
    denied: list[str] = field(default_factory=list)
    #: Names of buckets that another account has.
    buckets_of_others: list[str] = field(default_factory=list)
    #: Names of hosted zones that somebody has made, which the inventory leaves out.
    hosted_zones: list[str] = field(default_factory=list)
    #: `al2023` => day (`20260301`), `bottlerocket` => release (`1.55.0-8f4a2c1e`): EKS images that came out since.
    images: dict[str, str] = field(default_factory=dict)
    #: Instance type that came out since => `like`, a type that was there, and `architecture`, if it has another.
    instance_types: dict[str, dict[str, str]] = field(default_factory=dict)
    #: Pattern of instance types => spot placement score, from 1 to 10.
    spot_scores: dict[str, int] = field(default_factory=dict)


settings = Settings()


def change(asked: dict[str, Any]) -> None:
    """Take over the members that are named."""
    known = {f.name for f in fields(Settings)}
    unknown = asked.keys() - known
    if unknown:
        raise KeyError(f"unknown: {sorted(unknown)}; known: {sorted(known)}")
    for name, value in asked.items():
        setattr(settings, name, value)
    route53.have_zones(settings.hosted_zones)
    newer.have_types(settings.instance_types)


def reset() -> None:
    """A fresh account again."""
    change(asdict(Settings()))


def told() -> dict[str, Any]:
    """Everything, as it can be given to `change`."""
    return asdict(settings)


def denies(action: str) -> bool:
    """Whether no policy is to allow an IAM action."""
    return any(fnmatch.fnmatchcase(action.lower(), pattern.lower()) for pattern in settings.denied)


def is_offered(instance_type: str, zones: Iterable[str]) -> bool:
    """Whether an instance type is there in one of the zones at least, given by their IDs."""
    missing = {z for p, gone in settings.not_offered.items() if fnmatch.fnmatchcase(instance_type, p) for z in gone}
    return "*" not in missing and not missing >= set(zones)
