"""Managed node groups."""

import uuid
from typing import Any

from moto.core.responses import ActionResult

from . import catalog, launches, updates
from .access import AccessOperations
from .store import Cluster, given, in_use, invalid, not_found, now

#: How long nodes may wait for a network plugin before they count as failed (EKS: about 30 minutes).
JOIN_SECONDS = 60


class NodegroupOperations(AccessOperations):
    """CreateNodegroup and what belongs to it. No instance is started."""

    def create_nodegroup(self) -> ActionResult:
        """Create the group. EKS also enters the node role among the access entries, and so does this."""
        cluster, p = self.cluster("clusterName"), self.params
        cluster_name, name = cluster.description["name"], p["nodegroupName"]
        if name in cluster.nodegroups:
            raise in_use(f"NodeGroup already exists with name {name} and cluster name {cluster_name}")
        self.require_role(p["nodeRole"], "ec2.amazonaws.com")
        self.require_subnets(p["subnets"])
        version = p.get("version") or cluster.version
        if version not in catalog.VERSIONS or catalog.VERSIONS.index(version) < catalog.VERSIONS.index(cluster.version):
            raise invalid(f"Requested Nodegroup version {version} is not supported with cluster {cluster.version}")
        ami_type = p.get("amiType") or "AL2023_x86_64_STANDARD"
        if ami_type not in catalog.AMI_TYPES:
            raise invalid(f"The AMI type {ami_type} is not supported")
        _require_release(p.get("releaseVersion"), version, ami_type)
        scaling = p.get("scalingConfig") or {"minSize": 1, "maxSize": 2, "desiredSize": 2}
        _require_sizes(scaling)
        identity = str(uuid.uuid4())
        group = {
            "clusterName": cluster_name,
            "nodegroupName": name,
            "nodegroupArn": self.arn("nodegroup", cluster_name, name, identity),
            "version": version,
            "releaseVersion": p.get("releaseVersion") or catalog.node_release(version, ami_type),
            "createdAt": now(),
            "modifiedAt": now(),
            "status": "ACTIVE",
            "capacityType": p.get("capacityType") or "ON_DEMAND",
            "scalingConfig": scaling,
            "subnets": p["subnets"],
            "amiType": ami_type,
            "nodeRole": p["nodeRole"],
            "labels": p.get("labels") or {},
            "taints": p.get("taints") or [],
            "resources": {"autoScalingGroups": [{"name": f"eks-{name}-{identity}"}]},
            "health": {"issues": []},
            "updateConfig": {"maxUnavailable": 1, **_without_none(p.get("updateConfig"))},
            "tags": p.get("tags") or {},
            **self._machine(p),
            **given(p, "nodeRepairConfig", "remoteAccess"),
        }
        if (p.get("updateConfig") or {}).get("maxUnavailablePercentage"):
            group["updateConfig"].pop("maxUnavailable")
        launches.refuse(group, launches.template(self.ec2, group.get("launchTemplate")))
        issues = [_launch_failure(name, text) for text in launches.problems(self.ec2, group)]
        if issues:
            group.update(status="CREATE_FAILED", health={"issues": issues})
        entries = cluster.description["accessConfig"]["authenticationMode"] != "CONFIG_MAP"
        if entries and p["nodeRole"] not in cluster.access_entries:
            self.add_access_entry(cluster, cluster_name, p["nodeRole"], "EC2_LINUX")
        cluster.nodegroups[name] = group
        return ActionResult({"nodegroup": _with_status(cluster, group)})

    def describe_nodegroup(self) -> ActionResult:
        """The group, without the remote access block that moto invents."""
        cluster = self.cluster("clusterName")
        return ActionResult({"nodegroup": _with_status(cluster, self._nodegroup(cluster))})

    def list_nodegroups(self) -> ActionResult:
        """Names of the cluster's groups."""
        return ActionResult({"nodegroups": list(self.cluster("clusterName").nodegroups)})

    def delete_nodegroup(self) -> ActionResult:
        """Remove the group."""
        cluster = self.cluster("clusterName")
        group = self._nodegroup(cluster)
        cluster.nodegroups.pop(group["nodegroupName"])
        return ActionResult({"nodegroup": {**group, "status": "DELETING"}})

    def update_nodegroup_config(self) -> ActionResult:
        """Change scaling, labels, taints, update or repair settings."""
        cluster, p = self.cluster("clusterName"), self.params
        group = self._nodegroup(cluster)
        if p.get("scalingConfig"):
            _require_sizes({**group["scalingConfig"], **p["scalingConfig"]})
        group.update(given(p, "scalingConfig", "nodeRepairConfig"), modifiedAt=now())
        if p.get("updateConfig"):
            group["updateConfig"] = _without_none(p["updateConfig"])
        labels = p.get("labels") or {}
        for key in labels.get("removeLabels") or []:
            group["labels"].pop(key, None)
        group["labels"].update(labels.get("addOrUpdateLabels") or {})
        taints = p.get("taints") or {}
        touched = [(t["key"], t["effect"]) for kind in taints.values() for t in kind or []]
        kept = [t for t in group["taints"] if (t["key"], t["effect"]) not in touched]
        group["taints"] = kept + (taints.get("addOrUpdateTaints") or [])
        update = self.record_update(cluster, "ConfigUpdate")
        return ActionResult({"update": _failed(update, group, launches.problems(self.ec2, group))})

    def update_nodegroup_version(self) -> ActionResult:
        """Move the group to another Kubernetes, AMI or launch template version."""
        cluster, p = self.cluster("clusterName"), self.params
        group = self._nodegroup(cluster)
        version = p.get("version") or (cluster.version if not p.get("launchTemplate") else group["version"])
        if version not in catalog.VERSIONS or catalog.VERSIONS.index(version) < catalog.VERSIONS.index(cluster.version):
            raise invalid(f"Requested Nodegroup version {version} is not supported with cluster {cluster.version}")
        if catalog.VERSIONS.index(version) > catalog.VERSIONS.index(group["version"]):
            raise invalid(f"Nodegroup {group['nodegroupName']} cannot be updated from {group['version']} to {version}")
        if cluster.waiting:
            raise in_use(f"Cluster {cluster.description['name']} has an update in progress")
        changes = {
            "version": version,
            "releaseVersion": p.get("releaseVersion") or catalog.node_release(version, group["amiType"]),
            "modifiedAt": now(),
        }
        _require_release(p.get("releaseVersion"), version, group["amiType"])
        if p.get("launchTemplate"):
            changes["launchTemplate"] = self._same_template(group, p["launchTemplate"])
        after = {**group, **changes}
        launches.refuse(after, launches.template(self.ec2, after.get("launchTemplate")))
        update = self.record_update(cluster, "VersionUpdate", Version=version)
        # New nodes stand beside the old ones, at least one, before these go.
        found = launches.problems(self.ec2, after, surge=1)
        if found:
            return ActionResult({"update": _failed(update, group, found)})
        what = {"nodegroup": group["nodegroupName"], "version": version}
        updates.begin(cluster, update, what, lambda: group.update(changes))
        return ActionResult({"update": update})

    def _nodegroup(self, cluster: Cluster) -> dict[str, Any]:
        name = self.arg("nodegroupName")
        if name not in cluster.nodegroups:
            raise not_found(f"No node group found for name: {name}.")
        return cluster.nodegroups[name]

    def _machine(self, p: dict[str, Any]) -> dict[str, Any]:
        """Instance types, disk and template. With a launch template EKS answers only what was asked for."""
        if not p.get("launchTemplate"):
            return {"instanceTypes": p.get("instanceTypes") or ["t3.medium"], "diskSize": p.get("diskSize") or 20}
        if p.get("diskSize"):
            raise invalid("Disk size must be specified within the launch template.")
        if p.get("remoteAccess"):
            raise invalid("Remote access configuration cannot be specified with a launch template.")
        return {"launchTemplate": self._launch_template(p["launchTemplate"]), **given(p, "instanceTypes")}

    def _same_template(self, group: dict[str, Any], asked: dict[str, Any]) -> dict[str, Any]:
        """A group keeps its launch template and takes other versions of it."""
        found = self._launch_template(asked)
        if found["id"] != group.get("launchTemplate", {}).get("id"):
            raise invalid("You must use the same launch template ID or name that was used to create the node group.")
        return found

    def _launch_template(self, asked: dict[str, Any]) -> dict[str, Any]:
        for template in self.ec2.launch_templates.values():
            if asked.get("id") in (None, template.id) and asked.get("name") in (None, template.name):
                version = asked.get("version") or str(template.default_version_number)
                if not any(str(v.number) == version for v in template.versions):
                    raise invalid(f"Launch template version {version} does not exist.")
                return {"id": template.id, "name": template.name, "version": version}
        raise invalid("Launch template not found.")


def _with_status(cluster: Cluster, group: dict[str, Any]) -> dict[str, Any]:
    """Nodes become ready, and stay so, only with a network plugin: EKS's own copy of it or the `vpc-cni` add-on."""
    if cluster.self_managed_addons or cluster.has_network_plugin or group["status"] != "ACTIVE":
        return group
    if (now() - group["createdAt"]).total_seconds() < JOIN_SECONDS:
        return {**group, "status": "CREATING"}
    issue = catalog.no_network_plugin(group["nodegroupName"])
    return {**group, "status": "CREATE_FAILED", "health": {"issues": [issue]}}


def _require_sizes(scaling: dict[str, Any]) -> None:
    least, most, wanted = (scaling.get(f"{name}Size", 0) for name in ("min", "max", "desired"))
    if least > wanted:
        raise invalid(f"Minimum capacity {least} can't be greater than desired size {wanted}")
    if wanted > most:
        raise invalid(f"desired size {wanted} can't be greater than max size {most}")


def _require_release(release: str | None, version: str, ami_type: str) -> None:
    """A release of Amazon Linux is of one Kubernetes version, one of Bottlerocket of all."""
    if release and not ami_type.startswith("BOTTLEROCKET") and not release.startswith(f"{version}."):
        raise invalid(f"Requested release version {release} is not valid for kubernetes version {version}.")


def _launch_failure(name: str, text: str) -> dict[str, Any]:
    return {"code": "AsgInstanceLaunchFailures", "message": text, "resourceIds": [name]}


def _failed(update: dict[str, Any], group: dict[str, Any], found: list[str]) -> dict[str, Any]:
    """The update, failed where no instance starts."""
    if found:
        ids = [group["nodegroupName"]]
        errors = [{"errorCode": "NodeCreationFailure", "errorMessage": text, "resourceIds": ids} for text in found]
        update.update(status="Failed", errors=errors)
    return update


def _without_none(members: dict[str, Any] | None) -> dict[str, Any]:
    return {k: v for k, v in (members or {}).items() if v is not None}
