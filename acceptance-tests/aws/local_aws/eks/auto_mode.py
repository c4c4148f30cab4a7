"""Auto Mode: what goes together, and what EKS needs to start and to tidy up its nodes, load balancers and volumes."""

import json
from typing import Any

from .store import invalid

#: Policies that the user guide wants on the cluster's role for as long as Auto Mode is there.
POLICIES = (
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)


def is_on(description: dict[str, Any]) -> bool:
    """Whether Auto Mode is on, by what a cluster says of itself."""
    return bool((description.get("computeConfig") or {}).get("enabled"))


def check(asked: dict[str, Any], now: dict[str, Any]) -> None:
    """Refuse what EKS refuses of a request, `now` being what the cluster says of itself (nothing, while it is made)."""
    compute = asked.get("computeConfig") or {}
    storage = (asked.get("storageConfig") or {}).get("blockStorage") or {}
    balancing = (asked.get("kubernetesNetworkConfig") or {}).get("elasticLoadBalancing") or {}
    switches = (part.get("enabled") for part in (compute, storage, balancing))
    if len({bool(switch) for switch in switches}) > 1:
        raise invalid(
            "For EKS Auto Mode, please ensure that all required configs, including computeConfig, "
            "kubernetesNetworkConfig, and blockStorage are all either fully enabled or fully disabled."
        )
    if not compute.get("enabled"):
        return
    role, pools = compute.get("nodeRoleArn"), compute.get("nodePools")
    if role and not pools:
        raise invalid(
            "When Compute Config nodeRoleArn is not null or empty, nodePool value(s) must be provided."
        )
    if pools and not role:
        raise invalid("When Compute Config nodeRoleArn is null or empty, nodePool list cannot be populated.")
    before = (now.get("computeConfig") or {}).get("nodeRoleArn") if is_on(now) else None
    if before and role and role != before:
        raise invalid("Compute Config nodeRoleArn cannot be updated while Auto Mode is enabled.")


def missing(role: Any) -> list[str]:
    """What a cluster's role lacks of what EKS does in Auto Mode with it: policies, and the right to tag its session."""
    names = {arn.rsplit("/", 1)[-1] for arn in role.managed_policies} if role is not None else set()
    lacking = [policy for policy in POLICIES if policy not in names]
    trust = json.dumps(role.assume_role_policy_document) if role is not None else ""
    return lacking + ([] if "sts:TagSession" in trust else ["sts:TagSession"])


def failure(lacking: list[str], what: str) -> dict[str, Any]:
    """Why an update has failed: with other rights of its own EKS can make nothing, and leaves behind what is there."""
    message = f"The cluster role is missing what EKS Auto Mode needs to {what}: {', '.join(lacking)}"
    return {"errorCode": "AccessDenied", "errorMessage": message, "resourceIds": []}
