"""Managed add-ons and their versions."""

import json
import uuid
from typing import Any

from moto.core.responses import ActionResult

from ..pages import page
from . import catalog
from .access import AccessOperations
from .store import Cluster, given, in_use, invalid, not_found, now


class AddonOperations(AccessOperations):
    """CreateAddon and what belongs to it; none of it is in moto."""

    def create_addon(self) -> ActionResult:
        """Install an add-on; its pod identity associations become associations that the add-on owns."""
        cluster, p = self.cluster("clusterName"), self.params
        cluster_name, name = cluster.description["name"], p["addonName"]
        if name in cluster.addons:
            raise in_use("Addon already exists.")
        if name not in catalog.ADDONS:
            raise invalid(f"Addon {name} specified is not supported")
        versions = catalog.addon_versions(name, cluster.version)
        version = _check_version(p.get("addonVersion") or versions[0], versions)
        _check_configuration(p.get("configurationValues"))
        arn = self.arn("addon", cluster_name, name, str(uuid.uuid4()))
        addon = {
            "addonName": name,
            "clusterName": cluster_name,
            "addonArn": arn,
            "addonVersion": version,
            "createdAt": now(),
            "modifiedAt": now(),
            "owner": "aws",
            "publisher": "eks",
            "tags": p.get("tags") or {},
            "namespaceConfig": p.get("namespaceConfig") or {"namespace": catalog.ADDONS[name].namespace},
            "podIdentityAssociations": [],
            **given(p, "serviceAccountRoleArn", "configurationValues"),
        }
        cluster.addons[name] = addon
        cluster.has_network_plugin |= name == catalog.NETWORK_PLUGIN
        self._set_associations(cluster, addon, p.get("podIdentityAssociations") or [])
        return ActionResult({"addon": _with_status(cluster, addon)})

    def describe_addon(self) -> ActionResult:
        """The add-on with its present health."""
        cluster = self.cluster("clusterName")
        return ActionResult({"addon": _with_status(cluster, self._addon(cluster))})

    def list_addons(self) -> ActionResult:
        """Names of the installed add-ons."""
        return ActionResult({"addons": list(self.cluster("clusterName").addons)})

    def update_addon(self) -> ActionResult:
        """Change version, configuration or roles. Members that are not given keep their value."""
        cluster, p = self.cluster("clusterName"), self.params
        addon = self._addon(cluster)
        versions = catalog.addon_versions(addon["addonName"], cluster.version)
        if p.get("addonVersion"):
            addon["addonVersion"] = _check_version(p["addonVersion"], versions)
        _check_configuration(p.get("configurationValues"))
        addon.update(given(p, "configurationValues", "serviceAccountRoleArn"), modifiedAt=now())
        if p.get("podIdentityAssociations") is not None:
            self._set_associations(cluster, addon, p["podIdentityAssociations"])
        return ActionResult({"update": self.record_update(cluster, "AddonUpdate", AddonVersion=addon["addonVersion"])})

    def delete_addon(self) -> ActionResult:
        """Remove the add-on and the associations it owns; with `preserve` its software stays in the cluster."""
        cluster = self.cluster("clusterName")
        addon = self._addon(cluster)
        if addon["addonName"] == catalog.NETWORK_PLUGIN and str(self.arg("preserve", "")).lower() != "true":
            cluster.has_network_plugin = False
            for group in cluster.nodegroups.values():
                group.update(status="DEGRADED", health={"issues": [catalog.no_network_plugin(group["nodegroupName"])]})
        self._set_associations(cluster, addon, [])
        cluster.addons.pop(addon["addonName"])
        return ActionResult({"addon": {**addon, "status": "DELETING"}})

    def describe_addon_versions(self) -> ActionResult:
        """Every add-on with the Kubernetes versions each of its versions runs on."""
        wanted, cluster_version = self.arg("addonName"), self.arg("kubernetesVersion")
        minors = [v for v in catalog.VERSIONS if cluster_version in (None, v)]
        addons = [_addon_info(addon, minors) for addon in catalog.ADDONS.values() if wanted in (None, addon.name)]
        if wanted is not None and not addons:
            raise invalid(f"Addon {wanted} specified is not supported")
        refusal = ("InvalidParameterException", "The pagination token is not valid.")
        listed, token = page(addons, self.arg("nextToken"), self.arg("maxResults"), 100, refusal)
        return ActionResult({"addons": listed, **({"nextToken": token} if token else {})})

    def describe_addon_configuration(self) -> ActionResult:
        """A schema that admits any object: the real schemas are not modelled."""
        name, version = self.arg("addonName"), self.arg("addonVersion")
        schema = json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"})
        return ActionResult({"addonName": name, "addonVersion": version, "configurationSchema": schema})

    def _addon(self, cluster: Cluster) -> dict[str, Any]:
        name = self.arg("addonName")
        if name not in cluster.addons:
            raise not_found(f"No addon: {name} found in cluster: {cluster.description['name']}")
        return cluster.addons[name]

    def _set_associations(self, cluster: Cluster, addon: dict[str, Any], wanted: list[dict[str, Any]]) -> None:
        for identity in [i for i, a in cluster.associations.items() if a.get("ownerArn") == addon["addonArn"]]:
            cluster.associations.pop(identity)
        namespace = addon["namespaceConfig"]["namespace"]
        addon["podIdentityAssociations"] = [
            self.add_association(
                cluster, namespace, item["serviceAccount"], item["roleArn"], ownerArn=addon["addonArn"]
            )["associationArn"]
            for item in wanted
        ]


def _with_status(cluster: Cluster, addon: dict[str, Any]) -> dict[str, Any]:
    """A Deployment without nodes to run on is `DEGRADED`, until there is a node group or Auto Mode."""
    auto_mode = (cluster.description.get("computeConfig") or {}).get("enabled")
    if not catalog.ADDONS[addon["addonName"]].needs_nodes or cluster.nodegroups or auto_mode:
        return {**addon, "status": "ACTIVE", "health": {"issues": []}}
    issue = {
        "code": "InsufficientNumberOfReplicas",
        "message": "The add-on is unhealthy because it doesn't have the desired number of replicas.",
        "resourceIds": [],
    }
    return {**addon, "status": "DEGRADED", "health": {"issues": [issue]}}


def _check_version(version: str, known: list[str]) -> str:
    if version not in known:
        raise invalid(f"Addon version specified is not supported: {version} (supported: {', '.join(known)})")
    return version


def _check_configuration(values: str | None) -> None:
    if not values:
        return
    try:
        json.loads(values)
    except ValueError as error:
        # Real EKS accepts YAML too. JSON is what our configurations send, so anything else is a mistake.
        raise invalid(f"ConfigurationValue provided in request is not supported: {error}") from error


def _addon_info(addon: catalog.Addon, minors: list[str]) -> dict[str, Any]:
    by_version: dict[str, list[dict[str, Any]]] = {}
    for minor in minors:
        for position, version in enumerate(catalog.addon_versions(addon.name, minor)):
            by_version.setdefault(version, []).append(
                {"clusterVersion": minor, "platformVersions": ["*"], "defaultVersion": position == 0}
            )
    return {
        "addonName": addon.name,
        "type": addon.kind,
        "owner": "aws",
        "publisher": "eks",
        "defaultNamespace": addon.namespace,
        "addonVersions": [
            {
                "addonVersion": version,
                "architecture": ["amd64", "arm64"],
                "computeTypes": ["ec2", "hybrid"],
                "compatibilities": compatibilities,
                "requiresConfiguration": False,
                "requiresIamPermissions": addon.needs_permissions,
            }
            for version, compatibilities in by_version.items()
        ],
    }
