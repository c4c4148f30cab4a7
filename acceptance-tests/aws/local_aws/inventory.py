"""What customers created and have not removed.

Left out is what AWS makes by itself and removes by itself: the default VPC with all in it, the default security group,
network ACL and main route table of every VPC, interfaces of endpoints, NAT gateways, load balancers and instances, the
cluster security group of EKS, AWS-managed policies, keys and prefix lists, automated snapshots, `default.*` parameter
groups, secrets that RDS manages, NS and SOA records of a zone, and zones that a test has said are there. KMS keys that
wait for their deletion are left out too: nothing can be done about them. Secrets that wait for theirs count, because
their names stay taken.
"""

from collections.abc import Callable, Iterable
from typing import Any

from moto.core.base_backend import BackendDict

from . import account

Lister = Callable[[Any], Iterable[str]]


def take(account_id: str) -> dict[str, Any]:
    """Count and name every object of the account, in all regions that were touched."""
    names: dict[str, list[str]] = {}
    for backends in list(BackendDict._instances):
        for region in list(backends.get(account_id, {}).values()):
            for kind, lister in LISTERS.get(backends.service_name, {}).items():
                found = [str(name) for name in lister(region)]
                if found:
                    names.setdefault(f"{backends.service_name}:{kind}", []).extend(sorted(found))
    by_kind = {kind: len(found) for kind, found in sorted(names.items())}
    return {"objects": sum(by_kind.values()), "by_kind": by_kind, "names": dict(sorted(names.items()))}


def _default_vpcs(ec2: Any) -> set[str]:
    return {v.id for v in ec2.vpcs.values() if v.is_default}


def _in_vpcs(ec2: Any, objects: Iterable[Any]) -> Iterable[str]:
    """Identifiers of those objects that are in a VPC the customer created."""
    defaults = _default_vpcs(ec2)
    return [o.id for o in objects if o.vpc_id not in defaults]


def _security_groups(ec2: Any) -> Iterable[str]:
    owned = {
        cluster.description["resourcesVpcConfig"]["clusterSecurityGroupId"]
        for backends in BackendDict._instances
        if backends.service_name == "eks"
        for region in backends.get(ec2.account_id, {}).values()
        for cluster in region.clusters.values()
    }
    groups = (g for vpc in ec2.groups.values() for g in vpc.values() if not g.is_default and g.id not in owned)
    return [f"{g.id} {g.name}" for g in groups]


def _interfaces(ec2: Any) -> Iterable[str]:
    owned = {i for e in ec2.vpc_end_points.values() if e.state != "deleted" for i in e.network_interface_ids}
    owned |= {n._eni.id for n in ec2.nat_gateways.values() if n.state != "deleted"}
    owned |= {e.id for e in ec2.enis.values() if e.requester_managed or (e.instance and e.delete_on_termination)}
    return [i for i in ec2.enis if i not in owned]


def _gateways(ec2: Any) -> Iterable[str]:
    defaults = _default_vpcs(ec2)
    return [g.id for g in ec2.internet_gateways.values() if getattr(g.vpc, "id", None) not in defaults]


def _exclusions(ec2: Any) -> Iterable[str]:
    return [e["ExclusionId"] for e in ec2.public_access_exclusions().values() if e["State"] != "delete-complete"]


def _acls(ec2: Any) -> Iterable[str]:
    return _in_vpcs(ec2, (a for a in ec2.network_acls.values() if not a.default))


def _route_tables(ec2: Any) -> Iterable[str]:
    return _in_vpcs(ec2, (t for t in ec2.route_tables.values() if not t.main_association_id))


def _instances(ec2: Any) -> Iterable[str]:
    return [i.id for r in ec2.reservations.values() for i in r.instances if i.state != "terminated"]


def _capacity(ec2: Any) -> Iterable[str]:
    """Reservations that can be given back; a capacity block is paid for, and ends by itself."""
    kept = ec2.capacity_reservations.items()
    return [i for i, r in kept if r["State"] == "active" and r["ReservationType"] != "capacity-block"]


def _live(attribute: str) -> Lister:
    """Identifiers of the objects that are not kept as deleted."""
    return lambda ec2: [o.id for o in getattr(ec2, attribute).values() if o.state not in ("deleted", "deleting")]


def _keys(attribute: str) -> Lister:
    """The keys of a dictionary of the backend."""
    return lambda backend: list(getattr(backend, attribute))


def _values(attribute: str, name: str) -> Lister:
    """One attribute of every value in a dictionary of the backend."""
    return lambda backend: [getattr(o, name) for o in getattr(backend, attribute).values()]


def _live_kms_keys(kms: Any) -> list[Any]:
    own = (k for k in kms.keys.values() if not any(a.startswith("alias/aws/") for a in k.aliases))
    return [k for k in own if k.key_state != "PendingDeletion"]


def _kms_aliases(kms: Any) -> Iterable[str]:
    aliases = (a for key in kms.keys.values() for a in key.aliases)
    return [a for a in aliases if not a.startswith("alias/aws/")]


def _iam_policies(iam: Any) -> Iterable[str]:
    return [arn for arn in iam.managed_policies if arn.split(":")[4] != "aws"]


def _iam_roles(iam: Any) -> Iterable[str]:
    return [r.name for r in iam.roles.values() if not r.path.startswith("/aws-service-role/")]


def _access_keys(iam: Any) -> Iterable[str]:
    return [k.access_key_id for u in iam.users.values() for k in u.access_keys]


def _rules(events: Any) -> Iterable[str]:
    return [f"{bus.name}/{rule}" for bus in events.event_buses.values() for rule in bus.rules]


def _zones(route53: Any) -> Iterable[str]:
    given = {name.rstrip(".") for name in account.settings.hosted_zones}
    return [zone.name for zone in route53.zones.values() if zone.name.rstrip(".") not in given]


def _records(route53: Any) -> Iterable[str]:
    return [f"{r.type} {r.name}" for z in route53.zones.values() for r in z.rrsets if r.type not in ("NS", "SOA")]


def _cluster_parts(attribute: str) -> Lister:
    return lambda eks: [f"{name}/{part}" for name, c in eks.clusters.items() for part in getattr(c, attribute)]


def _made_by_hand(eks: Any) -> Iterable[str]:
    """Pod identity associations that no add-on owns."""
    clusters = eks.clusters.items()
    return [f"{n}/{i}" for n, c in clusters for i, a in c.associations.items() if not a.get("ownerArn")]


LISTERS: dict[str, dict[str, Lister]] = {
    "ec2": {
        "vpc": lambda ec2: [v.id for v in ec2.vpcs.values() if not v.is_default],
        "subnet": lambda ec2: _in_vpcs(ec2, (s for zone in ec2.subnets.values() for s in zone.values())),
        "route-table": _route_tables,
        "nat-gateway": _live("nat_gateways"),
        "elastic-ip": lambda ec2: [a.allocation_id for a in ec2.addresses],
        "internet-gateway": _gateways,
        "egress-only-internet-gateway": _keys("egress_only_internet_gateways"),
        "vpc-endpoint": _live("vpc_end_points"),
        "security-group": _security_groups,
        "network-acl": _acls,
        "network-interface": _interfaces,
        "flow-log": _keys("flow_logs"),
        "launch-template": _keys("launch_templates"),
        "volume": _keys("volumes"),
        "instance": _instances,
        "key-pair": _keys("key_pairs"),
        "vpc-peering-connection": _keys("vpc_pcxs"),
        "vpc-endpoint-service": _keys("configurations"),
        "placement-group": _keys("placement_groups"),
        "capacity-reservation": _capacity,
        "public-access-exclusion": _exclusions,
    },
    "eks": {
        "cluster": _keys("clusters"),
        "nodegroup": _cluster_parts("nodegroups"),
        "addon": _cluster_parts("addons"),
        "access-entry": _cluster_parts("access_entries"),
        "pod-identity-association": _made_by_hand,
    },
    "rds": {
        "instance": _keys("databases"),
        "cluster": _keys("clusters"),
        "subnet-group": _keys("subnet_groups"),
        "parameter-group": lambda rds: [n for n in rds.db_parameter_groups if not n.startswith("default.")],
        "option-group": lambda rds: [n for n in rds.option_groups if not n.startswith("default:")],
        "snapshot": lambda rds: [n for n, s in rds.database_snapshots.items() if s.snapshot_type == "manual"],
        "event-subscription": _keys("event_subscriptions"),
    },
    "kms": {"key": lambda kms: [k.id for k in _live_kms_keys(kms)], "alias": _kms_aliases},
    "iam": {
        "role": _iam_roles,
        "policy": _iam_policies,
        "instance-profile": _values("instance_profiles", "name"),
        "oidc-provider": _keys("open_id_providers"),
        "saml-provider": _keys("saml_providers"),
        "user": _values("users", "name"),
        "group": _keys("groups"),
        "access-key": _access_keys,
    },
    "logs": {"group": _keys("groups"), "resource-policy": _keys("resource_policies")},
    "s3": {"bucket": _keys("buckets")},
    "ecr": {
        "repository": _keys("repositories"),
        "pull-through-cache-rule": _keys("cache_rules"),
        "repository-creation-template": _keys("creation_templates"),
    },
    "secretsmanager": {"secret": lambda sm: [s.name for s in dict.values(sm.secrets) if not s.name.startswith("rds!")]},
    "ssm": {"parameter": lambda ssm: [n for n in dict.keys(ssm._parameters) if not n.startswith("/aws/")]},
    "sqs": {"queue": _keys("queues")},
    "events": {
        "rule": _rules,
        "bus": lambda events: [n for n in events.event_buses if n != "default"],
        "archive": _keys("archives"),
    },
    "sns": {"topic": _keys("topics"), "subscription": _keys("subscriptions")},
    "route53": {"zone": _zones, "record": _records, "health-check": _keys("health_checks")},
    "acm": {"certificate": _keys("_certificates")},
    "cloudwatch": {"alarm": _keys("alarms"), "dashboard": _keys("dashboards")},
    "backup": {"vault": _keys("vaults"), "plan": _keys("plans")},
    "elbv2": {"load-balancer": _values("load_balancers", "name"), "target-group": _values("target_groups", "name")},
    "wafv2": {"web-acl": _values("wacls", "name"), "ip-set": _values("ip_sets", "name")},
    "efs": {"file-system": _keys("file_systems_by_id"), "access-point": _keys("access_points")},
    "autoscaling": {"group": _keys("autoscaling_groups"), "launch-configuration": _keys("launch_configurations")},
    "dynamodb": {"table": _keys("tables")},
    "lambda": {"function": lambda aws: [f.function_name for f in aws._lambdas.all()]},
    "cloudtrail": {"trail": _keys("trails")},
    "firehose": {"delivery-stream": _keys("delivery_streams")},
    "scheduler": {"schedule": lambda aws: [s.name for s in aws.schedules]},
}
