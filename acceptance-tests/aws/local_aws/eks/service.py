"""All operations of EKS in one response class, with tags and updates."""

from typing import Any

from moto.core.responses import ActionResult

from .addons import AddonOperations
from .clusters import ClusterOperations
from .nodegroups import NodegroupOperations
from .store import not_found

ARN_MEMBERS = ("arn", "nodegroupArn", "addonArn", "associationArn", "accessEntryArn")


class EksResponse(AddonOperations, NodegroupOperations, ClusterOperations):
    """Serves every EKS request; what is not an attribute here is answered with `NotImplementedError` by moto."""

    def describe_update(self) -> ActionResult:
        """An update by its identifier."""
        cluster, identity = self.cluster(), self.arg("updateId")
        if identity not in cluster.updates:
            raise not_found(f"No update found for ID: {identity}")
        return ActionResult({"update": cluster.updates[identity]})

    def list_updates(self) -> ActionResult:
        """Identifiers of all updates of a cluster."""
        return ActionResult({"updateIds": list(self.cluster().updates)})

    def list_fargate_profiles(self) -> ActionResult:
        """Fargate is not modelled: there never is a profile."""
        return ActionResult({"fargateProfileNames": []})

    def list_identity_provider_configs(self) -> ActionResult:
        """OIDC user authentication is not modelled: there never is one."""
        return ActionResult({"identityProviderConfigs": []})

    def list_insights(self) -> ActionResult:
        """Upgrade insights are not modelled: nothing is ever found."""
        return ActionResult({"insights": []})

    def list_tags_for_resource(self) -> ActionResult:
        """Tags of any EKS object."""
        return ActionResult({"tags": self._tags()})

    def tag_resource(self) -> ActionResult:
        """Add or change tags of any EKS object."""
        self._tags().update(self.params["tags"])
        return ActionResult({})

    def untag_resource(self) -> ActionResult:
        """Remove tags of any EKS object."""
        tags = self._tags()
        for key in self.params["tagKeys"]:
            tags.pop(key, None)
        return ActionResult({})

    def _tags(self) -> dict[str, str]:
        arn = self.arg("resourceArn")
        for description in self._descriptions():
            if arn in (description.get(member) for member in ARN_MEMBERS):
                return description["tags"]
        raise not_found(f"Resource not found: {arn}")

    def _descriptions(self) -> list[dict[str, Any]]:
        found = []
        for cluster in self.backend.clusters.values():
            found.append(cluster.description)
            for group in (cluster.nodegroups, cluster.addons, cluster.associations, cluster.access_entries):
                found.extend(group.values())
        return found
