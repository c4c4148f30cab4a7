"""Who and what there is in IAM, with all that says what it may do: for whoever judges policies outside of this server."""

import json
from typing import Any

from moto.iam.models import ManagedPolicy, iam_backends

Told = dict[str, Any]


def take(account_id: str) -> Told:
    """Roles, users and groups, the managed policies that they have or that customers made, instance profiles and OIDC providers."""
    told: Told = {"roles": [], "users": [], "groups": [], "policies": {}, "instance_profiles": [], "oidc_providers": []}
    for iam in list(iam_backends[account_id].values()):
        told["roles"] += [
            _identity(role, role.assume_role_policy_document, role.permissions_boundary_arn) for role in iam.roles.values()
        ]
        told["users"] += [_identity(user, None, getattr(user, "permissions_boundary_arn", None)) for user in iam.users.values()]
        told["groups"] += [
            {**_identity(group, None, None), "users": [user.arn for user in group.users]} for group in iam.groups.values()
        ]
        told["instance_profiles"] += [
            {"arn": profile.arn, "roles": [role.arn for role in profile.roles], "tags": _tags(profile.tags)}
            for profile in iam.instance_profiles.values()
        ]
        told["oidc_providers"] += [
            {"arn": provider.arn, "tags": _tags(provider.tags)} for provider in iam.open_id_providers.values()
        ]
        used = {arn for each in told["roles"] + told["users"] + told["groups"] for arn in [*each["attached"], each["boundary"]]}
        told["policies"] |= {
            arn: _policy(policy)
            for arn, policy in iam.managed_policies.items()
            if arn in used or f"::{account_id}:" in arn
        }
    return told


def _identity(found: Any, trust: str | None, boundary: str | None) -> Told:
    return {
        "arn": found.arn,
        "tags": _tags(getattr(found, "tags", None)),
        "trust": json.loads(trust) if trust else None,
        "boundary": boundary,
        "inline": {name: json.loads(document) for name, document in found.policies.items()},
        "attached": list(found.managed_policies),
    }


def _policy(policy: ManagedPolicy) -> Told:
    """The document in force first, then those of versions that can be put in force again."""
    versions = sorted(policy.versions, key=lambda version: version.version_id != policy.default_version_id)
    return {"documents": [json.loads(version.document) for version in versions], "tags": _tags(policy.tags)}


def _tags(tags: Any) -> dict[str, str]:
    """moto keeps them as a list here and as a map there."""
    pairs = tags.values() if isinstance(tags, dict) else tags or []
    return {tag["Key"]: tag["Value"] for tag in pairs}
