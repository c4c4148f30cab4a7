"""Clusters: create, describe, update, delete, versions."""

import base64
import contextlib
import hashlib
import secrets
from typing import Any

from moto.core.responses import ActionResult
from moto.logs.models import logs_backends

from .. import account, iam, sts
from ..errors import AwsError
from ..logs import write_late
from ..pages import page
from . import auto_mode, catalog, updates
from .access import AccessOperations
from .attached import told
from .store import Cluster, given, in_use, invalid, now

#: So many minors a kubelet may be older than the API server.
KUBELET_SKEW = 3
LOG_TYPES = ["api", "audit", "authenticator", "controllerManager", "scheduler"]


class ClusterOperations(AccessOperations):
    """CreateCluster and what belongs to it."""

    def create_cluster(self) -> ActionResult:
        """Create the cluster, its security group and, with logging on, its log group. `ACTIVE` at once."""
        p = self.params
        name, version = p["name"], p.get("version") or catalog.DEFAULT_VERSION
        if name in self.backend.clusters:
            raise in_use(f"Cluster already exists with name: {name}")
        said = {v.version: v.support for v in map(_as_said, catalog.CLUSTER_VERSIONS)}
        if said.get(version, catalog.PAST) == catalog.PAST:
            raise invalid(f"unsupported Kubernetes version {version}")
        self.require_role(p["roleArn"], "eks.amazonaws.com")
        for config in p.get("encryptionConfig") or []:
            self.require_key(config["provider"]["keyArn"])
        auto_mode.check(p, {})
        if auto_mode.is_on(p):
            self._require_auto_mode(p["roleArn"], p["computeConfig"])
        description = {
            "name": name,
            "arn": self.arn("cluster", name),
            "createdAt": now(),
            "version": version,
            "roleArn": p["roleArn"],
            "resourcesVpcConfig": self._vpc_config(name, p["resourcesVpcConfig"]),
            "kubernetesNetworkConfig": _network_config(p.get("kubernetesNetworkConfig") or {}),
            "logging": _logging(p.get("logging")),
            "status": "ACTIVE",
            "platformVersion": "eks.3",
            "tags": p.get("tags") or {},
            "health": {"issues": []},
            "upgradePolicy": p.get("upgradePolicy") or {"supportType": "EXTENDED"},
            "accessConfig": _access_config(p.get("accessConfig") or {}),
            "deletionProtection": bool(p.get("deletionProtection")),
            **self._addresses(name),
            **given(p, "encryptionConfig", "zonalShiftConfig", "remoteNetworkConfig", "computeConfig", "storageConfig"),
        }
        cluster = Cluster(description, self_managed_addons=p.get("bootstrapSelfManagedAddons") is not False)
        if description["accessConfig"].pop("bootstrapClusterCreatorAdminPermissions"):
            self._admit_creator(cluster)
        self.backend.clusters[name] = cluster
        self._ensure_log_group(cluster)
        return ActionResult({"cluster": told(description)})

    def describe_cluster(self) -> ActionResult:
        """The cluster as it was created and updated; moto forgets a third of it."""
        cluster = self.cluster()
        is_updated = any("nodegroup" not in what for what in updates.waiting(cluster))
        return ActionResult(
            {"cluster": {**told(cluster.description), **({"status": "UPDATING"} if is_updated else {})}}
        )

    def list_clusters(self) -> ActionResult:
        """Names of all clusters."""
        return ActionResult({"clusters": list(self.backend.clusters)})

    def delete_cluster(self) -> ActionResult:
        """Refused while node groups exist. Takes add-ons, access entries, associations and the security group along."""
        cluster = self.cluster()
        name = cluster.description["name"]
        if cluster.description["deletionProtection"]:
            raise invalid(f"Cluster {name} has deletion protection enabled")
        if cluster.nodegroups:
            raise in_use("Cluster has nodegroups attached")
        self.backend.clusters.pop(name)
        group = cluster.description["resourcesVpcConfig"]["clusterSecurityGroupId"]
        # When somebody's rule still refers to it, EKS leaves the group. It then shows up as a left-over.
        with contextlib.suppress(AwsError):
            self.ec2.delete_security_group(group_id=group)
        self._write_late(cluster)
        return ActionResult({"cluster": {**told(cluster.description), "status": "DELETING"}})

    def update_cluster_config(self) -> ActionResult:
        """Change one aspect of a cluster; real EKS refuses several at once."""
        cluster, p = self.cluster(), self.params
        changes = given(
            p,
            "resourcesVpcConfig",
            "logging",
            "accessConfig",
            "upgradePolicy",
            "zonalShiftConfig",
            "computeConfig",
            "storageConfig",
            "kubernetesNetworkConfig",
            "remoteNetworkConfig",
            "deletionProtection",
        )
        of_auto_mode = {"computeConfig", "storageConfig", "kubernetesNetworkConfig"}
        if not changes:
            raise invalid("No changes needed for the cluster update")
        if len(changes) > 1 and not set(changes) <= of_auto_mode:
            raise invalid("Only one type of update can be allowed.")
        if of_auto_mode & set(changes):
            failed = self._switch_auto_mode(cluster, changes)
            if failed:
                update = self.record_update(cluster, "AutoModeUpdate")
                update.update(status="Failed", errors=[failed])
                return ActionResult({"update": update})
        for member, change in changes.items():
            if member == "logging":
                cluster.description["logging"] = _logging(change)
                self._ensure_log_group(cluster)
            elif isinstance(change, dict):
                cluster.description.setdefault(member, {}).update({k: v for k, v in change.items() if v is not None})
            else:
                cluster.description[member] = change
        kinds = {
            "logging": "LoggingUpdate",
            "accessConfig": "AccessConfigUpdate",
            "upgradePolicy": "UpgradePolicyUpdate",
            "zonalShiftConfig": "ZonalShiftConfigUpdate",
            "resourcesVpcConfig": "EndpointAccessUpdate",
            "computeConfig": "AutoModeUpdate",
            "deletionProtection": "DeletionProtectionUpdate",
        }
        kind = next((kinds[m] for m in changes if m in kinds), "ConfigUpdate")
        return ActionResult({"update": self.record_update(cluster, kind)})

    def update_cluster_version(self) -> ActionResult:
        """Upgrade by exactly one minor version, as EKS demands, with no kubelet more than three minors behind."""
        cluster, version = self.cluster(), self.params["version"]
        order = catalog.VERSIONS[::-1]
        if version not in order or order.index(version) != order.index(cluster.version) + 1:
            raise invalid(f"Unsupported Kubernetes minor version update from {cluster.version} to {version}")
        if cluster.waiting:
            raise in_use(f"Cluster {cluster.description['name']} has an update in progress")
        oldest = order.index(version) - KUBELET_SKEW
        behind = [name for name, group in cluster.nodegroups.items() if order.index(group["version"]) < oldest]
        if behind:
            raise invalid(f"Nodegroups {behind} must be updated before the cluster is updated to {version}")
        update = self.record_update(cluster, "VersionUpdate", Version=version)
        updates.begin(cluster, update, {"version": version}, lambda: cluster.description.update(version=version))
        return ActionResult({"update": update})

    def associate_encryption_config(self) -> ActionResult:
        """Switch on envelope encryption; it cannot be switched off again."""
        cluster, config = self.cluster("clusterName"), self.params["encryptionConfig"]
        for item in config:
            self.require_key(item["provider"]["keyArn"])
        cluster.description["encryptionConfig"] = config
        return ActionResult({"update": self.record_update(cluster, "AssociateEncryptionConfig")})

    def describe_cluster_versions(self) -> ActionResult:
        """Kubernetes versions with their support dates; those past all support with `includeAll` only."""
        wanted = set(_many(self.arg("clusterVersions")) or catalog.VERSIONS)
        default_only, every = self._flag("defaultOnly"), self._flag("includeAll")
        status = self.arg("versionStatus") or (self.arg("status") or "").upper().replace("-", "_")
        versions = [
            {
                "clusterVersion": v.version,
                "clusterType": "eks",
                "defaultPlatformVersion": "eks.3",
                "defaultVersion": v.version == catalog.DEFAULT_VERSION,
                "releaseDate": catalog.day(v.released),
                "endOfStandardSupportDate": catalog.day(v.standard_until),
                "endOfExtendedSupportDate": catalog.day(v.extended_until),
                "status": v.support.lower().replace("_", "-"),
                "versionStatus": v.support,
                "kubernetesPatchVersion": catalog.NODE_RELEASES[v.version].split("-")[0],
            }
            for v in map(_as_said, catalog.CLUSTER_VERSIONS)
            if v.version in wanted
            and (not default_only or v.version == catalog.DEFAULT_VERSION)
            and (every or v.support != catalog.PAST)
            and status in ("", v.support)
        ]
        refusal = ("InvalidParameterException", "The pagination token is not valid.")
        listed, token = page(versions, self.arg("nextToken"), self.arg("maxResults"), 100, refusal)
        return ActionResult({"clusterVersions": listed, **({"nextToken": token} if token else {})})

    def _flag(self, name: str) -> bool:
        return str(self.arg(name, "")).lower() == "true"

    def _vpc_config(self, name: str, asked: dict[str, Any]) -> dict[str, Any]:
        subnets = self.require_subnets(asked["subnetIds"])
        if len({s.availability_zone for s in subnets}) < 2:
            raise invalid("Subnets specified must be in at least two different AZs")
        vpc_id = subnets[0].vpc_id
        group = self.ec2.create_security_group(
            name=f"eks-cluster-sg-{name}-{secrets.randbelow(10**10)}",
            description="EKS created security group applied to ENI that is attached to EKS Control Plane master nodes",
            vpc_id=vpc_id,
            tags={"aws:eks:cluster-name": name, f"kubernetes.io/cluster/{name}": "owned"},
            force=True,
        )
        self.ec2.authorize_security_group_ingress(group.id, "-1", None, None, [], source_groups=[{"GroupId": group.id}])
        return {
            "subnetIds": asked["subnetIds"],
            "securityGroupIds": asked.get("securityGroupIds") or [],
            "clusterSecurityGroupId": group.id,
            "vpcId": vpc_id,
            "endpointPublicAccess": asked.get("endpointPublicAccess") is not False,
            "endpointPrivateAccess": bool(asked.get("endpointPrivateAccess")),
            "publicAccessCidrs": asked.get("publicAccessCidrs") or ["0.0.0.0/0"],
        }

    def _addresses(self, name: str) -> dict[str, Any]:
        identity = hashlib.sha256(f"{self.current_account}/{self.region}/{name}".encode()).hexdigest().upper()[:32]
        certificate = f"-----BEGIN CERTIFICATE-----\n{identity}\n-----END CERTIFICATE-----\n"
        return {
            "endpoint": f"https://{identity}.gr7.{self.region}.eks.amazonaws.com",
            "identity": {"oidc": {"issuer": f"https://oidc.eks.{self.region}.amazonaws.com/id/{identity}"}},
            "certificateAuthority": {"data": base64.b64encode(certificate.encode()).decode()},
        }

    def _ensure_log_group(self, cluster: Cluster) -> None:
        """EKS makes `/aws/eks/<name>/cluster` (kept for ever) when logging is on and nobody made it before."""
        logs = logs_backends[self.current_account][self.region]
        group = f"/aws/eks/{cluster.description['name']}/cluster"
        if self._logs(cluster) and group not in logs.groups:
            logs.create_log_group(group, {}, kmsKeyId=None)

    def _require_auto_mode(self, role: str, compute: dict[str, Any]) -> None:
        lacking = auto_mode.missing(self.role(role))
        if lacking:
            raise invalid(auto_mode.failure(lacking, "run nodes")["errorMessage"])
        if compute.get("nodeRoleArn"):
            self.require_role(compute["nodeRoleArn"], "ec2.amazonaws.com")

    def _switch_auto_mode(self, cluster: Cluster, asked: dict[str, Any]) -> dict[str, Any] | None:
        """Check a change of Auto Mode. Going out it takes nodes and load balancers along, for which it needs the rights that it had."""
        auto_mode.check(asked, cluster.description)
        if auto_mode.is_on(asked):
            self._require_auto_mode(cluster.description["roleArn"], asked["computeConfig"])
        elif auto_mode.is_on(cluster.description):
            lacking = auto_mode.missing(self.role(cluster.description["roleArn"]))
            return auto_mode.failure(lacking, "remove its nodes and load balancers") if lacking else None
        return None

    def _write_late(self, cluster: Cluster) -> None:
        """The control plane's last lines come when it is gone. Only a deny of its role keeps EKS from making the group for them.

        IAM is asked about the group in the form of a stream without a name.
        """
        if not self._logs(cluster):
            return
        account_id, name = self.current_account, cluster.description["name"]
        role, group = self.role(cluster.description["roleArn"]), f"/aws/eks/{name}/cluster"
        resource = f"arn:{self.partition}:logs:{self.region}:{account_id}:log-group:{group}:log-stream:"

        def may_make() -> bool:
            documents = iam.documents_of(role) if role is not None else []
            return iam.decide(documents, "logs:CreateLogGroup", resource, {}, set()) != "explicitDeny"

        write_late(account_id, self.region, group, may_make)

    def _logs(self, cluster: Cluster) -> list[dict[str, Any]]:
        return [s for s in cluster.description["logging"]["clusterLogging"] if s["enabled"] and s["types"]]

    def _admit_creator(self, cluster: Cluster) -> None:
        """The entry by which the creator becomes administrator, unless that was declined."""
        creator = sts.find(self.get_access_key(), self.region) or sts.default(self.partition)
        principal = creator.principal
        name = cluster.description["name"]
        self.add_access_entry(cluster, name, principal, "STANDARD")
        policy = f"arn:{self.partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
        self.add_access_policy(cluster, principal, policy, {"type": "cluster", "namespaces": []})


def _as_said(version: catalog.ClusterVersion) -> catalog.ClusterVersion:
    """A version of the catalogue with what a test says of it."""
    return version._replace(**account.settings.kubernetes.get(version.version, {}))


def _many(value: Any) -> list[str]:
    """A list of the query, which is one text where it has one item."""
    return value if isinstance(value, list) else [value] if value else []


def _network_config(asked: dict[str, Any]) -> dict[str, Any]:
    family = asked.get("ipFamily") or "ipv4"
    config: dict[str, Any] = {
        "ipFamily": family,
        "elasticLoadBalancing": asked.get("elasticLoadBalancing") or {"enabled": False},
    }
    if family == "ipv6":
        config["serviceIpv6Cidr"] = "fd30:1c53:5f8a::/108"
    else:
        config["serviceIpv4Cidr"] = asked.get("serviceIpv4Cidr") or "172.20.0.0/16"
    return config


def _access_config(asked: dict[str, Any]) -> dict[str, Any]:
    return {
        "authenticationMode": asked.get("authenticationMode") or "CONFIG_MAP",
        "bootstrapClusterCreatorAdminPermissions": asked.get("bootstrapClusterCreatorAdminPermissions") is not False,
    }


def _logging(asked: dict[str, Any] | None) -> dict[str, Any]:
    """EKS answers every log type, those that are on first."""
    on = [t for s in (asked or {}).get("clusterLogging") or [] if s.get("enabled") for t in s.get("types") or []]
    off = [t for t in LOG_TYPES if t not in on]
    setups = [{"types": types, "enabled": flag} for types, flag in ((on, True), (off, False)) if types]
    return {"clusterLogging": setups}
