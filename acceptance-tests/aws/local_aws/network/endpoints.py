"""Policies of VPC endpoints, which moto takes as they come and never takes back."""

import json
from typing import Any

from moto.ec2.models.vpcs import VPCEndPoint

from ..errors import AwsError

#: So many characters a policy has at most; the quota cannot be raised.
MOST = 20480
EFFECTS = {"Allow", "Deny"}


class EndpointPolicies:
    """The part of EC2's state that has the policies of endpoints."""

    def create_vpc_endpoint(self, vpc_id: str, service_name: str, *args: Any, **more: Any) -> VPCEndPoint:
        """With a policy that the service takes."""
        self._check(service_name, more.get("policy_document"))
        return super().create_vpc_endpoint(vpc_id, service_name, *args, **more)

    def modify_vpc_endpoint(self, vpc_id: str, **changes: Any) -> None:
        """Another policy."""
        endpoint = self.describe_vpc_endpoints(vpc_end_point_ids=[vpc_id])[0]
        self._check(endpoint.service_name, changes.get("policy_doc"))
        super().modify_vpc_endpoint(vpc_id=vpc_id, **changes)

    def reset_endpoint_policy(self, endpoint_id: str) -> None:
        """The one that every endpoint begins with."""
        endpoint = self.describe_vpc_endpoints(vpc_end_point_ids=[endpoint_id])[0]
        endpoint.policy_document = json.dumps(VPCEndPoint.DEFAULT_POLICY)

    def _check(self, service_name: str, policy: str | None) -> None:
        services = self._collect_default_endpoint_services(self.account_id, self.region_name)
        takes = any(s["VpcEndpointPolicySupported"] for s in services if s["ServiceName"] == service_name)
        if policy and not takes:
            message = f"Service {service_name} only supports the full-access endpoint policy."
            raise AwsError("InvalidParameter", message)
        if policy:
            check(policy)


def check(policy: str) -> None:
    """Refuses what is no policy."""
    if len(policy) > MOST:
        message = f"The policy document is too long: {len(policy)} of {MOST} characters."
        raise AwsError("InvalidPolicyDocument", message)
    try:
        document = json.loads(policy)
        statements = document["Statement"]
        statements = statements if isinstance(statements, list) else [statements]
        whole = bool(statements) and all(is_statement(s) for s in statements)
    except (ValueError, TypeError, KeyError):
        whole = False
    if not whole:
        message = "The Policy Document is not valid. Syntax error at position (1,0)"
        raise AwsError("InvalidPolicyDocument", message)


def is_statement(statement: Any) -> bool:
    """Of a policy of a resource: somebody, something, somewhere."""
    if not isinstance(statement, dict) or statement.get("Effect") not in EFFECTS:
        return False
    conditions = statement.get("Condition", {})
    maps = isinstance(conditions, dict) and all(isinstance(c, dict) for c in conditions.values())
    return maps and all(part in statement or f"Not{part}" in statement for part in ("Principal", "Action", "Resource"))
