"""Access entries, access policies and pod identity associations."""

import hashlib
import json
from typing import Any

from moto.core.responses import ActionResult

from . import catalog
from .store import Cluster, EksOperations, given, in_use, invalid, not_found, now

#: Kinds of entry that stand for nodes: EKS gives them name and groups, and they take no access policies.
NODE_KINDS = dict.fromkeys(
    ["EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX"], "system:nodes"
)
#: All kinds. Nodes of Auto Mode (`EC2`) get their rights from a policy.
KINDS = ["STANDARD", "EC2", *NODE_KINDS]


class AccessOperations(EksOperations):
    """Who may use the Kubernetes API, and which roles pods get; none of it is in moto."""

    def create_access_entry(self) -> ActionResult:
        """Admit a principal. Refused when EKS or somebody else entered it before."""
        cluster, p = self.cluster("clusterName"), self.params
        if cluster.description["accessConfig"]["authenticationMode"] == "CONFIG_MAP":
            raise invalid("The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP]")
        if p["principalArn"] in cluster.access_entries:
            raise in_use("The specified access entry resource is already in use on this cluster.")
        kind = p.get("type") or "STANDARD"
        if kind not in KINDS:
            raise invalid(f"AccessEntry type must be one of [{', '.join(KINDS)}]")
        if kind != "STANDARD" and ":role/" not in p["principalArn"]:
            raise invalid(f"The principalArn of an access entry of type {kind} must be an IAM role")
        if kind in NODE_KINDS and (p.get("kubernetesGroups") or p.get("username")):
            raise invalid(f"Access entries of type {kind} take neither kubernetesGroups nor username")
        more = given(p, "kubernetesGroups", "username", "tags")
        name = cluster.description["name"]
        entry = self.add_access_entry(cluster, name, p["principalArn"], kind, **more)
        return ActionResult({"accessEntry": entry})

    def describe_access_entry(self) -> ActionResult:
        """One entry."""
        return ActionResult({"accessEntry": self._entry(self.cluster("clusterName"))})

    def list_access_entries(self) -> ActionResult:
        """Principals that have an entry, or those with the asked access policy."""
        cluster, policy = self.cluster("clusterName"), self.arg("associatedPolicyArn")
        entries = [
            arn for arn in cluster.access_entries if policy is None or policy in cluster.access_policies.get(arn, {})
        ]
        return ActionResult({"accessEntries": entries})

    def update_access_entry(self) -> ActionResult:
        """Change groups or user name."""
        entry = self._entry(self.cluster("clusterName"))
        entry.update(given(self.params, "kubernetesGroups", "username"), modifiedAt=now())
        return ActionResult({"accessEntry": entry})

    def delete_access_entry(self) -> ActionResult:
        """Remove the entry with its policy associations."""
        cluster = self.cluster("clusterName")
        principal = self._entry(cluster)["principalArn"]
        cluster.access_entries.pop(principal)
        cluster.access_policies.pop(principal, None)
        cluster.principals.pop(principal, None)
        return ActionResult({})

    def list_access_policies(self) -> ActionResult:
        """The policies that AWS offers."""
        policies = [{"name": name, "arn": self._policy_arn(name)} for name in catalog.ACCESS_POLICIES]
        return ActionResult({"accessPolicies": policies})

    def associate_access_policy(self) -> ActionResult:
        """Give an entry a policy, or change its scope."""
        cluster, p = self.cluster("clusterName"), self.params
        entry = self._entry(cluster)
        # Nodes of Auto Mode (`EC2`) need `AmazonEKSAutoNodePolicy`; other nodes get their rights from EKS.
        if entry["type"] not in ("STANDARD", "EC2"):
            raise invalid("Access policies can only be associated with access entries of type STANDARD or EC2")
        if p["policyArn"] not in map(self._policy_arn, catalog.ACCESS_POLICIES):
            raise invalid("The policyArn parameter format is not valid")
        associated = self.add_access_policy(cluster, entry["principalArn"], p["policyArn"], p["accessScope"])
        result = {"clusterName": entry["clusterName"], "principalArn": entry["principalArn"]}
        return ActionResult({**result, "associatedAccessPolicy": associated})

    def disassociate_access_policy(self) -> ActionResult:
        """Take a policy from an entry."""
        cluster = self.cluster("clusterName")
        principal = self._entry(cluster)["principalArn"]
        if cluster.access_policies.get(principal, {}).pop(self.arg("policyArn"), None) is None:
            raise not_found("No access policy associations found for the specified policy.")
        return ActionResult({})

    def list_associated_access_policies(self) -> ActionResult:
        """Policies of one entry."""
        cluster = self.cluster("clusterName")
        entry = self._entry(cluster)
        policies = list(cluster.access_policies.get(entry["principalArn"], {}).values())
        result = {"clusterName": entry["clusterName"], "principalArn": entry["principalArn"]}
        return ActionResult({**result, "associatedAccessPolicies": policies})

    def create_pod_identity_association(self) -> ActionResult:
        """Give a service account a role; one association per service account."""
        p = self.params
        more = given(p, "tags", "targetRoleArn", "disableSessionTags")
        cluster = self.cluster("clusterName")
        made = self.add_association(cluster, p["namespace"], p["serviceAccount"], p["roleArn"], **more)
        return ActionResult({"association": made})

    def describe_pod_identity_association(self) -> ActionResult:
        """One association."""
        return ActionResult({"association": self._association(self.cluster("clusterName"))})

    def list_pod_identity_associations(self) -> ActionResult:
        """Associations, optionally of one namespace and service account."""
        namespace, account = self.arg("namespace"), self.arg("serviceAccount")
        associations = [
            a
            for a in self.cluster("clusterName").associations.values()
            if namespace in (None, a["namespace"]) and account in (None, a["serviceAccount"])
        ]
        return ActionResult({"associations": associations})

    def update_pod_identity_association(self) -> ActionResult:
        """Change the role of an association."""
        association = self._association(self.cluster("clusterName"))
        changes = given(self.params, "roleArn", "targetRoleArn", "disableSessionTags")
        if "roleArn" in changes:
            self._require_pod_role(changes["roleArn"])
        association.update(changes, modifiedAt=now())
        return ActionResult({"association": association})

    def delete_pod_identity_association(self) -> ActionResult:
        """Remove an association, unless an add-on owns it."""
        cluster = self.cluster("clusterName")
        association = self._association(cluster)
        if association.get("ownerArn"):
            raise invalid(f"The association is owned by {association['ownerArn']} and must be removed through it")
        cluster.associations.pop(association["associationId"])
        return ActionResult({"association": association})

    def add_access_entry(self, cluster: Cluster, name: str, principal: str, kind: str, **more: Any) -> dict[str, Any]:
        """Enter a principal with the user name and groups that EKS gives its kind."""
        node = kind in NODE_KINDS
        account, path = principal.split(":", 5)[4:]
        entry = {
            "clusterName": name,
            "principalArn": principal,
            "accessEntryArn": self.arn(
                "access-entry", name, path.split("/")[0], account, path.rsplit("/", 1)[-1], _id()
            ),
            "createdAt": now(),
            "modifiedAt": now(),
            "type": kind,
            "kubernetesGroups": [NODE_KINDS[kind]] if node else [],
            "username": "system:node:{{EC2PrivateDNSName}}" if node else _user_name(principal),
            "tags": {},
            **more,
        }
        cluster.access_entries[principal] = entry
        identity = self.identity(principal)
        if identity is not None:
            cluster.principals[principal] = identity
        return entry

    def add_access_policy(self, cluster: Cluster, principal: str, policy: str, scope: dict[str, Any]) -> dict[str, Any]:
        """Associate a policy with an entry."""
        scope = {"type": scope["type"], "namespaces": scope.get("namespaces") or []}
        associated = {"policyArn": policy, "accessScope": scope, "associatedAt": now(), "modifiedAt": now()}
        cluster.access_policies.setdefault(principal, {})[policy] = associated
        return associated

    def add_association(
        self, cluster: Cluster, namespace: str, service_account: str, role: str, **more: Any
    ) -> dict[str, Any]:
        """Associate a role with a service account."""
        self._require_pod_role(role)
        for other in cluster.associations.values():
            if (other["namespace"], other["serviceAccount"]) == (namespace, service_account):
                raise in_use("Association already exists: " + other["associationId"])
        identity = "a-" + _id()
        association = {
            "clusterName": cluster.description["name"],
            "namespace": namespace,
            "serviceAccount": service_account,
            "roleArn": role,
            "associationId": identity,
            "associationArn": self.arn("podidentityassociation", cluster.description["name"], identity),
            "createdAt": now(),
            "modifiedAt": now(),
            "disableSessionTags": False,
            "tags": {},
            **more,
        }
        cluster.associations[identity] = association
        return association

    def _require_pod_role(self, role: str) -> None:
        self.require_role(role, "pods.eks.amazonaws.com")
        document = json.dumps(self.role(role).assume_role_policy_document)
        if "sts:TagSession" not in document and "sts:*" not in document:
            raise invalid(f"Trust policy of role {role} must allow both sts:AssumeRole and sts:TagSession")

    def _policy_arn(self, name: str) -> str:
        return f"arn:{self.partition}:eks::aws:cluster-access-policy/{name}"

    def _entry(self, cluster: Cluster) -> dict[str, Any]:
        principal = self.arg("principalArn")
        if principal not in cluster.access_entries:
            raise not_found(f"The specified principalArn could not be found: {principal}")
        return cluster.access_entries[principal]

    def _association(self, cluster: Cluster) -> dict[str, Any]:
        identity = self.arg("associationId")
        if identity not in cluster.associations:
            raise not_found(f"Association not found: {identity}")
        return cluster.associations[identity]


_counter = iter(range(1, 10**9))


def _id() -> str:
    """A fresh identifier of 17 letters and digits, like those EKS hands out."""
    return hashlib.sha256(str(next(_counter)).encode()).hexdigest()[:17]


def _user_name(principal: str) -> str:
    """For a role EKS appends the session name to the role's STS form; for a user it is the ARN."""
    head, path = principal.rsplit(":", 1)
    if not path.startswith("role/"):
        return principal
    return f"{head.replace(':iam:', ':sts:')}:assumed-role/{path.rsplit('/', 1)[-1]}/{{{{SessionName}}}}"
