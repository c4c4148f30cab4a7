"""What EKS's access policies allow, from the tables of its user guide ("Review access policy permissions").

They are EKS's own lists and no cluster roles: what a chart adds to the roles `view`, `edit` and `admin` is not in them.
The policies of Auto Mode's and other controllers allow nothing here.
"""

import re
from dataclasses import dataclass
from typing import Any

READ = frozenset({"get", "list", "watch"})
WRITE = frozenset({"create", "delete", "deletecollection", "patch", "update"})
ALL = frozenset({"*"})


@dataclass(frozen=True)
class Rule:
    """Verbs on resources, `RESOURCE` or `RESOURCE/SUBRESOURCE`, of one API group."""

    group: str
    resources: frozenset[str]
    verbs: frozenset[str]

    def allows(self, asked: dict[str, Any]) -> bool:
        """Whether this is what is asked for."""
        resource = asked.get("resource", "")
        if asked.get("subresource"):
            resource += "/" + asked["subresource"]
        return (
            self.group in ("*", asked.get("group", ""))
            and not self.resources.isdisjoint({"*", resource})
            and not self.verbs.isdisjoint({"*", asked.get("verb", "")})
        )


def _rule(group: str, resources: str, verbs: frozenset[str]) -> Rule:
    return Rule(group, frozenset(resources.split()), verbs)


_SCALED = "deployments deployments/scale replicasets replicasets/scale"
_OLD = f"{_SCALED} daemonsets ingresses networkpolicies replicationcontrollers/scale"
_OWN = "configmaps persistentvolumeclaims replicationcontrollers replicationcontrollers/scale serviceaccounts services"
_REACHED = "pods/attach pods/exec pods/portforward pods/proxy services/proxy"

_VIEW = (
    _rule(
        "apps",
        f"{_SCALED} controllerrevisions daemonsets daemonsets/status deployments/status replicasets/status "
        "statefulsets statefulsets/scale statefulsets/status",
        READ,
    ),
    _rule("autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status", READ),
    _rule("batch", "cronjobs cronjobs/status jobs jobs/status", READ),
    _rule("discovery.k8s.io", "endpointslices", READ),
    _rule("extensions", f"{_OLD} daemonsets/status deployments/status ingresses/status replicasets/status", READ),
    _rule("networking.k8s.io", "ingresses ingresses/status networkpolicies", READ),
    _rule("policy", "poddisruptionbudgets poddisruptionbudgets/status", READ),
    _rule("", f"{_OWN} endpoints persistentvolumeclaims/status pods services/status namespaces", READ),
    _rule(
        "",
        "bindings events limitranges namespaces/status pods/log pods/status replicationcontrollers/status "
        "resourcequotas resourcequotas/status",
        READ,
    ),
)
_EDIT = (
    *_VIEW,
    _rule("apps", f"{_SCALED} daemonsets deployments/rollback statefulsets statefulsets/scale", WRITE),
    _rule("autoscaling", "horizontalpodautoscalers", WRITE),
    _rule("batch", "cronjobs jobs", WRITE),
    _rule("extensions", f"{_OLD} deployments/rollback", WRITE),
    _rule("networking.k8s.io", "ingresses networkpolicies", WRITE),
    _rule("policy", "poddisruptionbudgets", WRITE),
    _rule("", f"{_REACHED} secrets", READ),
    _rule("", f"{_OWN} {_REACHED} events pods secrets", WRITE),
    _rule("", "serviceaccounts", frozenset({"impersonate"})),
)
_ADMIN = (
    *_EDIT,
    _rule("authorization.k8s.io", "localsubjectaccessreviews", frozenset({"create"})),
    _rule("rbac.authorization.k8s.io", "rolebindings roles", READ | WRITE),
)

#: By the policy's name. Only the first has paths that are no resources, such as `/metrics`.
RULES = {
    "AmazonEKSClusterAdminPolicy": (_rule("*", "*", ALL),),
    "AmazonEKSAdminPolicy": _ADMIN,
    "AmazonEKSAdminViewPolicy": (_rule("*", "*", READ),),
    "AmazonEKSEditPolicy": _EDIT,
    "AmazonEKSViewPolicy": _VIEW,
}


def allows(associated: dict[str, Any], asked: dict[str, Any]) -> bool:
    """Whether a policy as associated with an entry allows what the spec of a SubjectAccessReview asks for."""
    name, scope = associated["policyArn"].rsplit("/", 1)[-1], associated["accessScope"]
    resource = asked.get("resourceAttributes")
    if resource is None:
        return name == "AmazonEKSClusterAdminPolicy" and scope["type"] == "cluster"
    if scope["type"] == "namespace" and not _is_in(resource.get("namespace", ""), scope["namespaces"]):
        return False
    return any(rule.allows(resource) for rule in RULES.get(name, ()))


def _is_in(namespace: str, names: list[str]) -> bool:
    """EKS takes `*` in the names of namespaces. What is in no namespace is in no scope."""
    patterns = (".*".join(map(re.escape, name.split("*"))) for name in names)
    return namespace != "" and any(re.fullmatch(pattern, namespace) for pattern in patterns)
