"""Facts that EKS publishes: Kubernetes versions, managed add-ons, access policies, AMI types.

The list is a snapshot (February 2026) and does not follow the calendar: a run must not change its result because a
version left standard support overnight.
"""

from datetime import UTC, datetime
from typing import NamedTuple

from .. import account


class ClusterVersion(NamedTuple):
    """One Kubernetes minor version with its dates in EKS."""

    version: str
    released: str
    standard_until: str
    extended_until: str
    support: str


CLUSTER_VERSIONS = [
    ClusterVersion("1.35", "2026-01-28", "2027-03-27", "2028-03-27", "STANDARD_SUPPORT"),
    ClusterVersion("1.34", "2025-10-02", "2026-12-02", "2027-12-02", "STANDARD_SUPPORT"),
    ClusterVersion("1.33", "2025-05-29", "2026-07-29", "2027-07-29", "STANDARD_SUPPORT"),
    ClusterVersion("1.32", "2025-01-23", "2026-03-23", "2027-03-23", "STANDARD_SUPPORT"),
    ClusterVersion("1.31", "2024-09-26", "2025-11-26", "2026-11-26", "EXTENDED_SUPPORT"),
    ClusterVersion("1.30", "2024-05-23", "2025-07-23", "2026-07-23", "EXTENDED_SUPPORT"),
]
DEFAULT_VERSION = "1.34"
#: The status of a version that has neither kind of support any more.
PAST = "UNSUPPORTED"
VERSIONS = [v.version for v in CLUSTER_VERSIONS]

#: Newest patch and AMI release per minor version, in the form EKS uses for `releaseVersion`.
NODE_RELEASES = {
    "1.35": "1.35.0-20260129",
    "1.34": "1.34.3-20260129",
    "1.33": "1.33.7-20260129",
    "1.32": "1.32.11-20260129",
    "1.31": "1.31.14-20260129",
    "1.30": "1.30.14-20260129",
}
BOTTLEROCKET_RELEASE = "1.54.0-5043decc"

#: AMI types of managed node groups with the architecture of their nodes.
AMI_TYPES = {
    "AL2023_x86_64_STANDARD": "x86_64",
    "AL2023_ARM_64_STANDARD": "arm64",
    "AL2023_x86_64_NVIDIA": "x86_64",
    "AL2023_ARM_64_NVIDIA": "arm64",
    "AL2023_x86_64_NEURON": "x86_64",
    "BOTTLEROCKET_x86_64": "x86_64",
    "BOTTLEROCKET_ARM_64": "arm64",
    "BOTTLEROCKET_x86_64_NVIDIA": "x86_64",
    "BOTTLEROCKET_ARM_64_NVIDIA": "arm64",
    "BOTTLEROCKET_x86_64_FIPS": "x86_64",
    "BOTTLEROCKET_ARM_64_FIPS": "arm64",
    "BOTTLEROCKET_x86_64_NVIDIA_FIPS": "x86_64",
    "BOTTLEROCKET_ARM_64_NVIDIA_FIPS": "arm64",
    "AL2_x86_64": "x86_64",
    "AL2_x86_64_GPU": "x86_64",
    "AL2_ARM_64": "arm64",
    "CUSTOM": "x86_64",
}


class Addon(NamedTuple):
    """A managed add-on.

    `versions` are newest first. With `follows_cluster` the text `{minor}` stands for the cluster's minor version (only
    kube-proxy and CoreDNS are published per minor version). `needs_nodes` is true for Deployments, which stay
    `DEGRADED` while no node can run them; DaemonSets are `ACTIVE` without nodes.
    """

    name: str
    kind: str
    versions: tuple[str, ...]
    needs_nodes: bool = False
    follows_cluster: bool = False
    needs_permissions: bool = False
    namespace: str = "kube-system"


ADDONS = {
    addon.name: addon
    for addon in (
        Addon("vpc-cni", "networking", ("v1.21.1-eksbuild.3", "v1.20.5-eksbuild.1"), needs_permissions=True),
        Addon("coredns", "networking", ("v1.12.4-eksbuild.1", "v1.11.4-eksbuild.28"), needs_nodes=True),
        Addon("kube-proxy", "networking", ("v{minor}.0-eksbuild.2",), follows_cluster=True),
        Addon("eks-pod-identity-agent", "security", ("v1.3.10-eksbuild.2", "v1.3.9-eksbuild.5")),
        Addon("aws-ebs-csi-driver", "storage", ("v1.55.0-eksbuild.1", "v1.54.0-eksbuild.1"), True, False, True),
        Addon("aws-efs-csi-driver", "storage", ("v2.3.0-eksbuild.1", "v2.2.0-eksbuild.1"), True, False, True),
        Addon("aws-fsx-csi-driver", "storage", ("v1.8.0-eksbuild.1",), True, False, True),
        Addon("aws-mountpoint-s3-csi-driver", "storage", ("v2.3.1-eksbuild.1",), True, False, True),
        Addon("snapshot-controller", "storage", ("v8.4.0-eksbuild.1",), needs_nodes=True),
        Addon("eks-node-monitoring-agent", "observability", ("v1.5.1-eksbuild.1", "v1.4.3-eksbuild.1")),
        Addon("metrics-server", "observability", ("v0.8.0-eksbuild.6",), needs_nodes=True),
        Addon(
            "amazon-cloudwatch-observability",
            "observability",
            ("v4.10.0-eksbuild.1",),
            needs_nodes=True,
            needs_permissions=True,
            namespace="amazon-cloudwatch",
        ),
        Addon("cert-manager", "security", ("v1.19.3-eksbuild.1",), needs_nodes=True, namespace="cert-manager"),
        Addon("external-dns", "networking", ("v0.20.0-eksbuild.3",), True, False, True, "external-dns"),
        Addon("aws-guardduty-agent", "security", ("v1.12.1-eksbuild.2",), namespace="amazon-guardduty"),
    )
}

#: Without it nodes give no pod an address, and are not ready.
NETWORK_PLUGIN = "vpc-cni"

ACCESS_POLICIES = (
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSViewPolicy",
    "AmazonEKSAutoNodePolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSNetworkingPolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSHybridPolicy",
)


def addon_versions(name: str, cluster_version: str) -> list[str]:
    """Versions of the add-on that run on that Kubernetes version, newest (the default) first."""
    addon = ADDONS[name]
    if addon.follows_cluster:
        return [v.format(minor=cluster_version) for v in addon.versions]
    return list(addon.versions)


def node_release(version: str, ami_type: str) -> str:
    """The newest `releaseVersion`, which EKS picks for a node group when none is asked for."""
    newest = account.settings.images
    if ami_type.startswith("BOTTLEROCKET"):
        return newest.get("bottlerocket", BOTTLEROCKET_RELEASE)
    number, _, day_of_release = NODE_RELEASES[version].partition("-")
    return f"{number}-{newest.get('al2023', day_of_release)}"


def day(text: str) -> datetime:
    """Midnight UTC of an ISO date."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def no_network_plugin(group: str) -> dict[str, object]:
    """The health issue of a node group whose nodes have no network plugin."""
    return {
        "code": "NodeCreationFailure",
        "message": "Unhealthy nodes in the kubernetes cluster: container runtime network not ready, "
        f"no cni plugin (add-on `{NETWORK_PLUGIN}` is missing and self-managed add-ons were declined)",
        "resourceIds": [group],
    }
