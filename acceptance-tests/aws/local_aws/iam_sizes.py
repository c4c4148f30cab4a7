"""How long policies may be, and how many a role may have (IAM User Guide, "IAM and AWS STS quotas"). moto takes any.

White space does not count. What is within a role counts together; the numbers are those that an account has by default.
"""

from collections.abc import Mapping
from typing import Any

from moto.iam.models import IAMBackend as MotoIamBackend
from moto.iam.models import ManagedPolicy, PolicyVersion, Role

from .errors import AwsError

#: Characters of a managed policy, of what is within a role, and of the trust in one.
MANAGED, WITHIN_ROLE, TRUST = 6_144, 10_240, 2_048
#: Managed policies of one role.
POLICIES_PER_ROLE = 10


class SizesMixin(MotoIamBackend):
    """Refuses what is longer, before anything else is done with it."""

    def create_policy(self, description: str, path: str, policy_document: str, *more: Any, **named: Any) -> ManagedPolicy:
        """A managed policy."""
        _refuse_above(MANAGED, policy_document, "PolicySize")
        return super().create_policy(description, path, policy_document, *more, **named)

    def create_policy_version(self, policy_arn: str, policy_document: str, set_as_default: bool) -> PolicyVersion:
        """Its next version."""
        _refuse_above(MANAGED, policy_document, "PolicySize")
        return super().create_policy_version(policy_arn, policy_document, set_as_default)

    def create_role(self, role_name: str, assume_role_policy_document: str, *more: Any, **named: Any) -> Role:
        """A role with its trust."""
        _refuse_above(TRUST, assume_role_policy_document, "ACLSizePerRole")
        return super().create_role(role_name, assume_role_policy_document, *more, **named)

    def update_assume_role_policy(self, role_name: str, policy_document: str) -> None:
        """Another trust."""
        _refuse_above(TRUST, policy_document, "ACLSizePerRole")
        super().update_assume_role_policy(role_name, policy_document)

    def put_role_policy(self, role_name: str, policy_name: str, policy_json: str) -> None:
        """A policy within a role, in place of one of that name."""
        within: Mapping[str, str] = {**self.get_role(role_name).policies, policy_name: policy_json}
        if sum(map(_length, within.values())) > WITHIN_ROLE:
            raise AwsError("LimitExceeded", f"Maximum policy size of {WITHIN_ROLE} bytes exceeded for role {role_name}")
        super().put_role_policy(role_name, policy_name, policy_json)

    def attach_role_policy(self, policy_arn: str, role_name: str) -> None:
        """One policy more."""
        attached = self.get_role(role_name).managed_policies
        if policy_arn not in attached and len(attached) >= POLICIES_PER_ROLE:
            raise AwsError("LimitExceeded", f"Cannot exceed quota for PoliciesPerRole: {POLICIES_PER_ROLE}")
        super().attach_role_policy(policy_arn, role_name)


def _length(document: str) -> int:
    return len("".join(document.split()))


def _refuse_above(most: int, document: str, quota: str) -> None:
    if _length(document) > most:
        raise AwsError("LimitExceeded", f"Cannot exceed quota for {quota}: {most}")
