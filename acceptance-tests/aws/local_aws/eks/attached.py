"""Which API server stands behind which cluster of EKS."""

from typing import Any

#: By the cluster's name, and `None` for all others. What EKS then answers of the cluster.
_attached: dict[str | None, dict[str, Any]] = {}


def attach(name: str | None, address: str, certificate_authority: str) -> None:
    """From now on the cluster, or every cluster without a name of its own here, is told to be at that address."""
    _attached[name] = {"endpoint": address, "certificateAuthority": {"data": certificate_authority}}


def detach(name: str | None = None) -> None:
    """Forget what was attached to the cluster; without a name, everything."""
    if name is None:
        _attached.clear()
    else:
        _attached.pop(name, None)


def told(description: dict[str, Any]) -> dict[str, Any]:
    """What EKS answers of a cluster."""
    return {**description, **_attached.get(description["name"], _attached.get(None, {}))}
