"""What calls of RDS ask: of the instance and of each group that it is in, the account's own default ones among them."""

from collections.abc import Iterable
from typing import Any

from moto.rds.models import rds_backends

from ...calls import Call
from ...rds import origins
from ..asked import Asked, Context, request_tags, resource_tags
from ..dependents import keep_secret, linked_role, pass_role, use_key
from ..derive import Parameters, Place, Resources, Service, Tags, all_of, everything, known, tag_list

MONITORING, RDS = "monitoring.rds.amazonaws.com", "rds.amazonaws.com"
#: Kind in ARNs => where the store has them.
STORES = {
    "db": "databases",
    "og": "option_groups",
    "pg": "db_parameter_groups",
    "snapshot": "database_snapshots",
    "subgrp": "subnet_groups",
}


def _state(place: Place) -> Any:
    return rds_backends[place.account][place.region]


def _thing(place: Place, arn: str) -> Any:
    kind, name = arn.split(":", 6)[5:7]
    return getattr(_state(place), STORES[kind], {}).get(name) if kind in STORES else None


def _tags(place: Place, arn: str) -> Tags:
    return tag_list(getattr(_thing(place, arn), "tags", None))


def _keys_of(place: Place, arn: str) -> Context:
    """The tags by the names that RDS has for them, and what an instance is."""
    kind, thing = arn.split(":")[5], _thing(place, arn)
    prefix = f"rds:{kind}-tag/"
    tags = {prefix: []} | {f"{prefix}{k.lower()}": [v] for k, v in _tags(place, arn).items()}
    if kind != "db" or thing is None:
        return tags
    return tags | known(
        rds__DatabaseClass=thing.db_instance_class,
        rds__DatabaseEngine=thing.engine,
        rds__DatabaseName=thing.db_name,
        rds__MultiAz=bool(thing.multi_az),
        rds__Piops=thing.iops,
        rds__StorageEncrypted=bool(thing.storage_encrypted),
        rds__StorageSize=thing.allocated_storage,
        rds__Vpc=True,
    )


def _named(kind: str, member: str) -> Resources:
    """The thing that the request names, or all of the kind."""
    return lambda place, p: [place.arn("rds", f"{kind}:{p.get(member) or '*'}")]


def _snapshot_arn(place: Place, name: str) -> str:
    """A snapshot by name or ARN; those that RDS has made itself are called `rds:...`."""
    return name if name.startswith("arn:") else place.arn("rds", f"snapshot:{name}")


def _source(place: Place, p: Parameters) -> Any:
    """What a restore is made from: a snapshot, or an instance, or what one has left."""
    state = _state(place)
    if p.get("DBSnapshotIdentifier"):
        snapshot = state.database_snapshots.get(p["DBSnapshotIdentifier"].split(":snapshot:")[-1])
        return snapshot and snapshot.database
    name, resource = p.get("SourceDBInstanceIdentifier"), p.get("SourceDbiResourceId")
    there = [d for d in state.databases.values() if (name or resource) in (d.db_instance_identifier, d.dbi_resource_id)]
    return there[0] if there else origins.retained(state).get(resource or "")


def _groups(place: Place, p: Parameters, engine: str, version: str) -> list[str]:
    """The groups of a new instance: those named, or the default ones."""
    major = version.split(".", maxsplit=1)[0]
    return [
        place.arn("rds", f"pg:{p.get('DBParameterGroupName') or f'default.{engine}{major}'}"),
        place.arn("rds", f"og:{p.get('OptionGroupName') or f'default:{engine}-{major}'}"),
        place.arn("rds", f"subgrp:{p.get('DBSubnetGroupName') or 'default'}"),
    ]


def _new(place: Place, p: Parameters) -> list[str]:
    engine, version = p.get("Engine") or "", p.get("EngineVersion") or ""
    return [place.arn("rds", f"db:{p['DBInstanceIdentifier']}"), *_groups(place, p, engine, version)]


def _restored(place: Place, p: Parameters) -> list[str]:
    """The new instance, its groups, and what it is made from."""
    source = _source(place, p)
    name = p.get("TargetDBInstanceIdentifier") or p.get("DBInstanceIdentifier")
    groups = _groups(place, p, getattr(source, "engine", "*"), getattr(source, "engine_version", "*"))
    return [place.arn("rds", f"db:{name}"), *groups, *_origin(place, p, source)]


def _origin(place: Place, p: Parameters, source: Any) -> Iterable[str]:
    if p.get("DBSnapshotIdentifier"):
        return [_snapshot_arn(place, p["DBSnapshotIdentifier"])]
    if p.get("SourceDBInstanceAutomatedBackupsArn"):
        return [p["SourceDBInstanceAutomatedBackupsArn"]]
    name = p.get("SourceDBInstanceIdentifier") or getattr(source, "db_instance_identifier", "*")
    return [place.arn("rds", f"db:{name}")]


def _changed(place: Place, p: Parameters) -> list[str]:
    """The instance, and the groups that it gets."""
    groups = {"pg": "DBParameterGroupName", "og": "OptionGroupName", "subgrp": "DBSubnetGroupName"}
    named = [place.arn("rds", f"{kind}:{p[member]}") for kind, member in groups.items() if p.get(member)]
    return [place.arn("rds", f"db:{p['DBInstanceIdentifier']}"), *named]


def _of_snapshots(place: Place, p: Parameters) -> list[str]:
    """Those of an instance, one of a name, or all."""
    name, instance = p.get("DBSnapshotIdentifier"), p.get("DBInstanceIdentifier")
    named = [_snapshot_arn(place, name)] if name else [place.arn("rds", "snapshot:*")]
    return [*named, *([place.arn("rds", f"db:{instance}")] if instance else [])]


def _snapshot(place: Place, p: Parameters) -> list[str]:
    names = (f"db:{p['DBInstanceIdentifier']}", f"snapshot:{p['DBSnapshotIdentifier']}")
    return [place.arn("rds", name) for name in names]


def _resource(_: Place, p: Parameters) -> list[str]:
    return [p.get("ResourceName") or p["ResourceIdentifier"]]


def _said_tags(p: Parameters) -> Context:
    prefix = "rds:req-tag/"
    return {prefix: []} | {f"{prefix}{k.lower()}": [v] for k, v in tag_list(p.get("Tags")).items()}


def _said(_: Place, p: Parameters) -> Context:
    return _said_tags(p) | known(
        rds__BackupTarget=p.get("BackupTarget") or "region",
        rds__ManageMasterUserPassword=bool(p.get("ManageMasterUserPassword")),
        rds__PubliclyAccessible=bool(p.get("PubliclyAccessible")),
    )


#: Keys of instances.
OF_INSTANCE = {
    f"rds:{key}"
    for key in (
        "databaseclass", "databaseengine", "databasename", "multiaz", "piops", "storageencrypted", "storagesize", "vpc",
    )
}  # fmt: skip


def _said_new(place: Place, p: Parameters) -> Context:
    return _said(place, p) | known(
        rds__DatabaseClass=p.get("DBInstanceClass"),
        rds__DatabaseEngine=p.get("Engine"),
        rds__DatabaseName=p.get("DBName"),
        rds__MultiAz=bool(p.get("MultiAZ")),
        rds__Piops=p.get("Iops"),
        rds__StorageEncrypted=bool(p.get("StorageEncrypted")),
        rds__StorageSize=p.get("AllocatedStorage"),
        rds__Vpc=True,
    )


def _tagged(of: Resources) -> Any:
    """Tags in a request are an action of their own, on what is made, which the table has first."""

    def found(place: Place, p: Parameters) -> list[Asked]:
        return SERVICE.of(place, "AddTagsToResource", list(of(place, p))[:1], p) if p.get("Tags") else []

    return found


def _roles(place: Place, p: Parameters) -> list[Asked]:
    return [*pass_role(p.get("MonitoringRoleArn"), MONITORING), *linked_role(place, RDS)]


def _keys(place: Place, p: Parameters) -> list[Asked]:
    """Of the storage and of Performance Insights."""
    named = dict.fromkeys(k for k in (p.get("KmsKeyId"), p.get("PerformanceInsightsKMSKeyId")) if k)
    return [a for key in named for a in use_key(place, key, "rds")]


def _password(place: Place, p: Parameters) -> list[Asked]:
    """RDS keeps the password in Secrets Manager in the caller's name. Tags of the instance do not go there."""
    if not p.get("ManageMasterUserPassword"):
        return []
    name = p.get("TargetDBInstanceIdentifier") or p["DBInstanceIdentifier"]
    tags = {"aws:secretsmanager:owningService": "rds", "aws:rds:primaryDBInstanceArn": place.arn("rds", f"db:{name}")}
    return keep_secret(place, "rds!db-*", tags, p.get("MasterUserSecretKmsKeyId"))


def _key_of_source(place: Place, p: Parameters) -> list[Asked]:
    return use_key(place, getattr(_source(place, p), "kms_key_id", None), "rds")


def _rotated(place: Place, p: Parameters) -> list[Asked]:
    if not p.get("RotateMasterUserPassword"):
        return []
    arn = place.arn("secretsmanager", "secret:rds!db-*")
    return [Asked("secretsmanager:RotateSecret", (arn,), request_tags({}) | resource_tags({}, "secretsmanager"))]


def _last_snapshot(place: Place, p: Parameters) -> list[Asked]:
    """A snapshot at the end, with the tags of the instance if it hands them on."""
    name = p.get("FinalDBSnapshotIdentifier")
    if not name or p.get("SkipFinalSnapshot"):
        return []
    said = {"DBInstanceIdentifier": p["DBInstanceIdentifier"], "DBSnapshotIdentifier": name}
    database = _state(place).databases.get(p["DBInstanceIdentifier"])
    if database is not None and database.copy_tags_to_snapshot and database.tags:
        said["Tags"] = database.tags
    of_snapshot = [place.arn("rds", f"snapshot:{name}")] if "Tags" in said else []
    return [
        *SERVICE.of(place, "CreateDBSnapshot", _snapshot(place, said), said),
        *SERVICE.of(place, "AddTagsToResource", of_snapshot, said),
    ]


def _tag_snapshot(place: Place, p: Parameters) -> list[Asked]:
    arns = [place.arn("rds", f"snapshot:{p['DBSnapshotIdentifier']}")]
    return SERVICE.of(place, "AddTagsToResource", arns, p) if p.get("Tags") else []


_DATABASE, _PARAMETERS = _named("db", "DBInstanceIdentifier"), _named("pg", "DBParameterGroupName")
_SUBNETS = _named("subgrp", "DBSubnetGroupName")
READS = {
    "DescribeAccountAttributes", "DescribeCertificates", "DescribeDBEngineVersions", "DescribeEngineDefaultParameters",
    "DescribeEvents", "DescribeOrderableDBInstanceOptions",
}  # fmt: skip
OF_DATABASE = {
    "DeleteDBInstance", "DescribeDBInstances", "DescribeDBLogFiles", "DescribeValidDBInstanceModifications",
    "RebootDBInstance", "StartDBInstance", "StopDBInstance",
}  # fmt: skip
OF_PARAMETERS = {
    "CreateDBParameterGroup", "DeleteDBParameterGroup", "DescribeDBParameterGroups", "DescribeDBParameters",
    "ModifyDBParameterGroup", "ResetDBParameterGroup",
}  # fmt: skip
OF_SUBNETS = {"CreateDBSubnetGroup", "DeleteDBSubnetGroup", "DescribeDBSubnetGroups", "ModifyDBSubnetGroup"}

SERVICE = Service(
    "rds",
    {
        **dict.fromkeys(READS, everything),
        **dict.fromkeys(OF_DATABASE, _DATABASE),
        **dict.fromkeys(OF_PARAMETERS, _PARAMETERS),
        **dict.fromkeys(OF_SUBNETS, _SUBNETS),
        **dict.fromkeys(
            ("AddTagsToResource", "ListTagsForResource", "RemoveTagsFromResource", "ApplyPendingMaintenanceAction"),
            _resource,
        ),
        "CreateDBInstance": _new,
        "CreateDBSnapshot": _snapshot,
        "DeleteDBInstanceAutomatedBackup": lambda place, p: [
            p.get("DBInstanceAutomatedBackupsArn") or place.arn("rds", "auto-backup:*")
        ],
        "DeleteDBSnapshot": lambda place, p: [_snapshot_arn(place, p["DBSnapshotIdentifier"])],
        "DescribeDBInstanceAutomatedBackups": _named("auto-backup", "DBInstanceAutomatedBackupsArn"),
        "DescribeDBSnapshots": _of_snapshots,
        "DescribePendingMaintenanceActions": lambda place, p: [p.get("ResourceIdentifier") or place.arn("rds", "db:*")],
        "ModifyDBInstance": _changed,
        "RestoreDBInstanceFromDBSnapshot": _restored,
        "RestoreDBInstanceToPointInTime": _restored,
    },
    tags=_tags,
    keys={
        **dict.fromkeys(
            ("AddTagsToResource", "CreateDBParameterGroup", "CreateDBSubnetGroup", "RemoveTagsFromResource"),
            lambda _, p: _said_tags(p),
        ),
        "CreateDBInstance": _said_new,
        "CreateDBSnapshot": lambda _, p: _said_tags(p) | known(rds__BackupTarget="region"),
        "ModifyDBInstance": lambda place, p: known(
            rds__ManageMasterUserPassword=bool(p.get("ManageMasterUserPassword"))
        ),
        "RestoreDBInstanceFromDBSnapshot": _said,
        "RestoreDBInstanceToPointInTime": _said,
    },
    keys_of=_keys_of,
    more={
        "CreateDBInstance": all_of(_tagged(_new), _roles, _keys, _password),
        "CreateDBParameterGroup": _tagged(_PARAMETERS),
        "CreateDBSnapshot": _tag_snapshot,
        "CreateDBSubnetGroup": all_of(_tagged(_SUBNETS), lambda place, _: linked_role(place, RDS)),
        "DeleteDBInstance": _last_snapshot,
        "ModifyDBInstance": all_of(
            lambda _, p: pass_role(p.get("MonitoringRoleArn"), MONITORING), _keys, _password, _rotated
        ),
        "RestoreDBInstanceFromDBSnapshot": all_of(_tagged(_restored), _roles, _key_of_source, _password),
        "RestoreDBInstanceToPointInTime": all_of(_tagged(_restored), _roles, _key_of_source, _password),
    },
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks of IAM."""
    return [_of_its_kind(one) for one in SERVICE.asked(call, parameters)]


def _of_its_kind(one: Asked) -> Asked:
    """What a new instance is like is known of the instance alone, and not of its groups."""
    if not one.action.startswith("rds:") or ":db:" in one.resources[0]:
        return one
    return Asked(one.action, one.resources, {k: v for k, v in one.context.items() if k not in OF_INSTANCE})
