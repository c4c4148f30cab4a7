"""Version updates that wait until somebody says that they are done: whoever runs the control plane and the nodes behind a cluster."""

from collections.abc import Callable
from typing import Any

from .store import Cluster

#: Names of clusters whose version updates wait.
_held: set[str] = set()


def hold(name: str) -> None:
    """From now on version updates of the cluster and of its node groups stay `InProgress` until they are finished."""
    _held.add(name)


def release() -> None:
    """Hold no updates any more."""
    _held.clear()


def begin(cluster: Cluster, update: dict[str, Any], what: dict[str, Any], done: Callable[[], None]) -> None:
    """Carry out a version update: at once, or when it is finished. `what` tells who waits what it is about."""
    if cluster.description["name"] in _held:
        update["status"] = "InProgress"
        cluster.waiting[update["id"]] = ({"id": update["id"], **what}, done)
    else:
        done()


def waiting(cluster: Cluster) -> list[dict[str, Any]]:
    """The updates that wait, the oldest first."""
    return [what for what, _ in cluster.waiting.values()]


def finish(cluster: Cluster, identity: str) -> None:
    """An update is done."""
    _, done = cluster.waiting.pop(identity)
    done()
    cluster.updates[identity]["status"] = "Successful"
