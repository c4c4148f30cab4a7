"""What calls of EKS ask: of the cluster for what is made in it, of the thing itself for what is there, and of roles."""

from collections.abc import Callable
from typing import Any

from ...calls import Call
from ...eks.store import Cluster, eks_backends
from ..asked import Asked, Context, request_tags, resource_tags
from ..dependents import get_role, linked_role, pass_role, use_key
from ..derive import Parameters, Place, Resources, Service, Tags, all_of, everything, known, tag_list
from ..ec2.launch import launch

#: To whom the roles go: the nodes' too, which EKS makes the instance profile of.
EKS, PODS = "eks.amazonaws.com", "pods.eks.amazonaws.com"
#: Members of the store => how ARNs of them begin, and the member that is the ARN.
KEPT = {"nodegroup": ("nodegroups", "nodegroupArn"), "addon": ("addons", "addonArn")}


def _cluster(place: Place, name: str | None) -> Cluster | None:
    return eks_backends[place.account][place.region].clusters.get(name or "")


def _of_cluster(member: str = "clusterName") -> Resources:
    """ARN of the cluster that the request names."""
    return lambda place, p: [place.arn("eks", f"cluster/{p[member]}")]


def _kept(place: Place, kind: str, cluster: str, name: str) -> str:
    """ARN of a node group or add-on, which ends in an identifier that EKS makes up."""
    members, arn = KEPT[kind]
    found = _cluster(place, cluster)
    thing = getattr(found, members).get(name) if found else None
    return thing[arn] if thing else place.arn("eks", f"{kind}/{cluster}/{name}/*")


def _nodegroup(place: Place, p: Parameters) -> list[str]:
    return [_kept(place, "nodegroup", p["clusterName"], p["nodegroupName"])]


def _addon(place: Place, p: Parameters) -> list[str]:
    return [_kept(place, "addon", p["clusterName"], p["addonName"])]


def _association(place: Place, p: Parameters) -> list[str]:
    return [place.arn("eks", f"podidentityassociation/{p['clusterName']}/{p['associationId']}")]


def _entry(place: Place, p: Parameters) -> list[str]:
    found = _cluster(place, p["clusterName"])
    entry = found.access_entries.get(p["principalArn"]) if found else None
    return [entry["accessEntryArn"] if entry else _new_entry(place, p)]


def _new_entry(place: Place, p: Parameters) -> str:
    account, rest = p["principalArn"].split(":")[4:6]
    kind, *_, name = rest.split("/")
    return place.arn("eks", f"access-entry/{p['clusterName']}/{kind}/{account}/{name}/*")


def _update(place: Place, p: Parameters) -> list[str]:
    """On the cluster, and on what of it is updated."""
    named = [(kind, p.get(member)) for kind, member in (("nodegroup", "nodegroupName"), ("addon", "addonName"))]
    return [*_of_cluster("name")(place, p), *(_kept(place, kind, p["name"], name) for kind, name in named if name)]


def _with_addon(of: Resources) -> Resources:
    """An add-on with identities for pods is asked on these too."""

    def found(place: Place, p: Parameters) -> list[str]:
        associations = [place.arn("eks", f"podidentityassociation/{p['clusterName']}/*")]
        return [*of(place, p), *(associations if p.get("podIdentityAssociations") else [])]

    return found


def _named(_: Place, p: Parameters) -> list[str]:
    return [p["resourceArn"]]


def _tags(place: Place, arn: str) -> Tags:
    thing = _thing(place, arn)
    return (thing or {}).get("tags") or {}


def _thing(place: Place, arn: str) -> dict[str, Any] | None:
    kind, _, rest = arn.split(":", 5)[5].partition("/")
    cluster = _cluster(place, rest.split("/")[0])
    if cluster is None:
        return None
    kinds: dict[str, Callable[[], Any]] = {
        "cluster": lambda: cluster.description,
        "nodegroup": lambda: cluster.nodegroups.get(rest.split("/")[1]),
        "addon": lambda: cluster.addons.get(rest.split("/")[1]),
        "podidentityassociation": lambda: cluster.associations.get(rest.split("/")[1]),
        "access-entry": lambda: next((e for e in cluster.access_entries.values() if e["accessEntryArn"] == arn), None),
    }
    return kinds.get(kind, lambda: None)()


def _keys_of(place: Place, arn: str) -> Context:
    """An access entry is known by what it says."""
    if ":access-entry/" not in arn:
        return {}
    entry = _thing(place, arn) or {}
    return known(
        eks__clusterName=arn.split("/")[1],
        eks__principalArn=entry.get("principalArn"),
        eks__username=entry.get("username"),
        eks__kubernetesGroups=entry.get("kubernetesGroups"),
        eks__accessEntryType=entry.get("type"),
    )


def _cluster_keys(_: Place, p: Parameters) -> Context:
    access = p.get("accessConfig") or {}
    balancing = (p.get("kubernetesNetworkConfig") or {}).get("elasticLoadBalancing") or {}
    return known(
        eks__blockStorageEnabled=((p.get("storageConfig") or {}).get("blockStorage") or {}).get("enabled"),
        eks__computeConfigEnabled=(p.get("computeConfig") or {}).get("enabled"),
        eks__elasticLoadBalancingEnabled=balancing.get("enabled"),
        eks__authenticationMode=access.get("authenticationMode"),
        eks__bootstrapClusterCreatorAdminPermissions=access.get("bootstrapClusterCreatorAdminPermissions"),
        eks__bootstrapSelfManagedAddons=p.get("bootstrapSelfManagedAddons"),
        eks__supportType=(p.get("upgradePolicy") or {}).get("supportType"),
    )


def _entry_keys(_: Place, p: Parameters) -> Context:
    return known(
        eks__principalArn=p["principalArn"],
        eks__kubernetesGroups=p.get("kubernetesGroups"),
        eks__username=p.get("username"),
        eks__accessEntryType=p.get("type") or "STANDARD",
    )


def _policy_keys(place: Place, p: Parameters) -> Context:
    cluster = _cluster(place, p["clusterName"])
    associated = (cluster.access_policies.get(p["principalArn"]) or {}).get(p["policyArn"], {}) if cluster else {}
    scope = p.get("accessScope") or associated.get("accessScope") or {}
    said = known(eks__policyArn=p["policyArn"], eks__namespaces=scope.get("namespaces"))
    return said | known(eks__accessScope=scope.get("type"))


def _tagged(arn: Callable[[Place, Parameters], str]) -> Callable[[Place, Parameters], list[Asked]]:
    """Tags in a request are an action of their own, on what is made."""

    def found(place: Place, p: Parameters) -> list[Asked]:
        tags = tag_list(p.get("tags"))
        return [Asked("eks:TagResource", (arn(place, p),), request_tags(tags) | resource_tags({}))] if tags else []

    return found


def _make_cluster(place: Place, p: Parameters) -> list[Asked]:
    """Its role, the key of its secrets, and the role of the service. With Auto Mode the role of its nodes as well."""
    keys = [(c.get("provider") or {}).get("keyArn") for c in p.get("encryptionConfig") or []]
    return [
        *pass_role(p["roleArn"], EKS),
        *get_role(place, p["roleArn"]),
        *_nodes_of_auto_mode(place, p),
        *(a for key in keys for a in use_key(place, key, "eks")),
        *linked_role(place, EKS),
    ]


def _nodes_of_auto_mode(_: Place, p: Parameters) -> list[Asked]:
    return pass_role((p.get("computeConfig") or {}).get("nodeRoleArn"), EKS)


def _encrypt(place: Place, p: Parameters) -> list[Asked]:
    return [a for c in p["encryptionConfig"] for a in use_key(place, (c.get("provider") or {}).get("keyArn"), "eks")]


def _make_nodes(place: Place, p: Parameters) -> list[Asked]:
    """The role of the nodes, that of the service, and, with a launch template, all that starting instances takes."""
    return [
        *pass_role(p["nodeRole"], EKS),
        *get_role(place, p["nodeRole"]),
        *linked_role(place, "eks-nodegroup.amazonaws.com"),
        *_launch(place, p, p["subnets"], p.get("instanceTypes") or []),
    ]


def _new_template(place: Place, p: Parameters) -> list[Asked]:
    """Another version of the launch template is tried like the first."""
    cluster = _cluster(place, p["clusterName"])
    group = cluster.nodegroups.get(p["nodegroupName"]) if cluster else None
    return _launch(place, p, group["subnets"], group.get("instanceTypes") or []) if group else []


def _launch(place: Place, p: Parameters, subnets: list[str], types: list[str]) -> list[Asked]:
    template = p.get("launchTemplate")
    if not template:
        return []
    named = {"LaunchTemplateId": template.get("id"), "LaunchTemplateName": template.get("name")}
    wanted: Parameters = {"LaunchTemplate": {**named, "Version": template.get("version")}}
    wanted |= {"InstanceType": types[0]} if types else {}
    found: list[Asked] = []
    for subnet in subnets:
        found += [a for a in launch(place, {**wanted, "SubnetId": subnet}) if a not in found]
    return found


def _identities(place: Place, p: Parameters) -> list[Asked]:
    """Those for the pods of an add-on: EKS makes them in the caller's name."""
    found = []
    for association in p.get("podIdentityAssociations") or []:
        found += SERVICE.of(place, "CreatePodIdentityAssociation", _of_cluster()(place, p), {})
        found += _hand_to_pods(place, association)
    return [*found, *pass_role(p.get("serviceAccountRoleArn"), EKS), *get_role(place, p.get("serviceAccountRoleArn"))]


def _changed_identities(place: Place, p: Parameters) -> list[Asked]:
    """Which of them there are already EKS does not say; it is asked for both."""
    given = p.get("podIdentityAssociations")
    arn = place.arn("eks", f"podidentityassociation/{p['clusterName']}/*")
    return [*(SERVICE.of(place, "UpdatePodIdentityAssociation", [arn], {}) if given else []), *_identities(place, p)]


def _hand_to_pods(place: Place, p: Parameters) -> list[Asked]:
    return [*pass_role(p.get("roleArn"), PODS), *get_role(place, p.get("roleArn"))]


OF_CLUSTER = {
    "AssociateEncryptionConfig", "CreateAccessEntry", "CreateNodegroup", "CreatePodIdentityAssociation",
    "DescribeInsight", "ListAccessEntries", "ListAddons", "ListInsights", "ListNodegroups",
    "ListPodIdentityAssociations",
}  # fmt: skip
#: `CreateCluster` too, though the reference has no resource for it: so EKS says when it refuses.
OF_NAMED_CLUSTER = {"CreateCluster", "DeleteCluster", "DescribeCluster", "UpdateClusterConfig", "UpdateClusterVersion"}
READS = {
    "DescribeAddonConfiguration",
    "DescribeAddonVersions",
    "DescribeClusterVersions",
    "ListAccessPolicies",
    "ListClusters",
}
OF_NODES = {"DeleteNodegroup", "DescribeNodegroup", "UpdateNodegroupConfig", "UpdateNodegroupVersion"}
OF_ENTRY = {
    "AssociateAccessPolicy", "DeleteAccessEntry", "DescribeAccessEntry", "DisassociateAccessPolicy",
    "ListAssociatedAccessPolicies", "UpdateAccessEntry",
}  # fmt: skip
OF_ASSOCIATION = {"DeletePodIdentityAssociation", "DescribePodIdentityAssociation", "UpdatePodIdentityAssociation"}

SERVICE = Service(
    "eks",
    {
        **dict.fromkeys(READS, everything),
        **dict.fromkeys(OF_CLUSTER, _of_cluster()),
        **dict.fromkeys(OF_NAMED_CLUSTER, _of_cluster("name")),
        **dict.fromkeys(OF_NODES, _nodegroup),
        **dict.fromkeys(OF_ENTRY, _entry),
        **dict.fromkeys(OF_ASSOCIATION, _association),
        **dict.fromkeys(("DeleteAddon", "DescribeAddon"), _addon),
        **dict.fromkeys(("DescribeUpdate", "ListUpdates"), _update),
        **dict.fromkeys(("ListTagsForResource", "TagResource", "UntagResource"), _named),
        "CreateAddon": _with_addon(_of_cluster()),
        "UpdateAddon": _with_addon(_addon),
    },
    tags=_tags,
    keys={
        "AssociateAccessPolicy": _policy_keys,
        "CreateAccessEntry": _entry_keys,
        "CreateCluster": _cluster_keys,
        "DisassociateAccessPolicy": _policy_keys,
        "UpdateClusterConfig": _cluster_keys,
    },
    keys_of=_keys_of,
    more={
        "AssociateEncryptionConfig": _encrypt,
        "CreateAccessEntry": _tagged(_new_entry),
        # The first as EKS says when it refuses, the second as the reference has it: both must be allowed.
        "CreateAddon": all_of(
            _tagged(lambda place, p: place.arn("eks", "/createaddon")),
            _tagged(lambda place, p: place.arn("eks", f"addon/{p['clusterName']}/{p['addonName']}/*")),
            _identities,
        ),
        "CreateCluster": all_of(_tagged(lambda place, p: place.arn("eks", f"cluster/{p['name']}")), _make_cluster),
        "CreateNodegroup": all_of(
            _tagged(lambda place, p: place.arn("eks", f"nodegroup/{p['clusterName']}/{p['nodegroupName']}/*")),
            _make_nodes,
        ),
        "CreatePodIdentityAssociation": all_of(
            _tagged(lambda place, p: place.arn("eks", f"podidentityassociation/{p['clusterName']}/*")), _hand_to_pods
        ),
        "UpdateAddon": _changed_identities,
        "UpdateClusterConfig": _nodes_of_auto_mode,
        "UpdateNodegroupVersion": _new_template,
        "UpdatePodIdentityAssociation": _hand_to_pods,
    },
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks of IAM."""
    return SERVICE.asked(call, parameters)
