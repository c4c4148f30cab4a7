"""What calls of EFS ask: of the file system for all that is its, and of EC2 for the interfaces of mount targets."""

from typing import Any

from moto.efs.models import efs_backends

from ...calls import Call
from ..asked import Asked, request_tags, resource_tags
from ..dependents import linked_role, use_key
from ..derive import EVERYTHING, Parameters, Place, Resources, Service, Tags, all_of, everything, known, tag_list
from ..ec2 import things

EFS, BACKUP = "elasticfilesystem.amazonaws.com", "backup.amazonaws.com"
#: What EFS needs of a customer's key, as its guide lists it.
KEY = ("DescribeKey", "CreateGrant", "Decrypt", "GenerateDataKeyWithoutPlaintext")


def _state(place: Place) -> Any:
    return efs_backends[place.account][place.region]


def _system(place: Place, identity: str | None) -> str:
    """ARN of a file system by its identifier or ARN; without one, of all."""
    if identity and identity.startswith("arn:"):
        return identity
    return place.arn("elasticfilesystem", f"file-system/{identity or '*'}")


def _of_system(place: Place, p: Parameters) -> list[str]:
    return [_system(place, p.get("FileSystemId"))]


def _target(place: Place, identity: str | None) -> Any:
    return _state(place).mount_targets_by_id.get(identity)


def _of_target(place: Place, p: Parameters) -> list[str]:
    """Mount targets have no ARN: it is asked on their file system."""
    target = _target(place, p["MountTargetId"])
    return [_system(place, target.file_system_id if target else None)]


def _targets(place: Place, p: Parameters) -> list[str]:
    if p.get("MountTargetId"):
        return _of_target(place, p)
    if p.get("AccessPointId"):
        return _point(place, p)
    return _of_system(place, p)


def _point(place: Place, p: Parameters) -> list[str]:
    identity = p["AccessPointId"]
    return [identity if identity.startswith("arn:") else place.arn("elasticfilesystem", f"access-point/{identity}")]


def _points(place: Place, p: Parameters) -> list[str]:
    """One, those of a file system, or all."""
    if p.get("AccessPointId"):
        return _point(place, p)
    return _of_system(place, p) if p.get("FileSystemId") else [place.arn("elasticfilesystem", "access-point/*")]


def _resource(place: Place, p: Parameters) -> list[str]:
    identity = p["ResourceId"]
    return _point(place, {"AccessPointId": identity}) if "fsap-" in identity else [_system(place, identity)]


def _tags(place: Place, arn: str) -> Tags:
    return _state(place).tagging_service.get_tag_dict_for_resource(arn.rsplit("/", 1)[-1])


def _tagged(of: Resources, operation: str) -> Any:
    """Tags in a request are an action of their own, on what is made."""
    said = known(elasticfilesystem__CreateAction=operation)

    def found(place: Place, p: Parameters) -> list[Asked]:
        tags = tag_list(p.get("Tags"))
        context = request_tags(tags) | resource_tags({}) | said
        return [Asked("elasticfilesystem:TagResource", (arn,), context) for arn in of(place, p)] if tags else []

    return found


def _make(place: Place, p: Parameters) -> list[Asked]:
    backup = linked_role(place, BACKUP) if p.get("Backup") else []
    return [*use_key(place, p.get("KmsKeyId"), "elasticfilesystem", KEY), *linked_role(place, EFS), *backup]


def _mount(place: Place, p: Parameters) -> list[Asked]:
    """The interface of a mount target is made in the caller's name, without tags."""
    subnet = things.arn_of(place, "subnet", p["SubnetId"])
    found = things.subnet(place, p["SubnetId"])
    usual = things.default_group(place, found.vpc_id) if found else None
    groups = p.get("SecurityGroups") or [usual or "*"]
    arns = [subnet, *(things.arn_of(place, "security-group", g) for g in groups)]
    interface = things.new(place, {}) | known(ec2__ManagedResourceOperator=None)
    return [
        *_looks(place),
        Asked("ec2:CreateNetworkInterface", (things.arn_of(place, "network-interface", "*"),), interface),
        *(Asked("ec2:CreateNetworkInterface", (arn,), things.old(place, arn)) for arn in arns),
    ]


def _looks(place: Place) -> list[Asked]:
    region = known(ec2__Region=place.region)
    return [Asked(f"ec2:{a}", EVERYTHING, region) for a in ("DescribeSubnets", "DescribeNetworkInterfaces")]


def _interface(action: str) -> Any:
    """The interface of a mount target goes, or changes, in the caller's name. It has no tags of the file system."""

    def found(place: Place, p: Parameters) -> list[Asked]:
        target = _target(place, p["MountTargetId"])
        arn = things.arn_of(place, "network-interface", target.network_interface_id if target else "*")
        groups = [things.arn_of(place, "security-group", g) for g in p.get("SecurityGroups") or []]
        return [Asked(f"ec2:{action}", (a,), things.old(place, a)) for a in [arn, *groups]]

    return found


def _backup(place: Place, p: Parameters) -> list[Asked]:
    """AWS Backup has a role of its own, which comes with the first backup policy that is on."""
    return linked_role(place, BACKUP) if p["BackupPolicy"]["Status"] == "ENABLED" else []


OF_SYSTEM = {
    "CreateAccessPoint", "CreateFileSystem", "CreateMountTarget", "CreateTags", "DeleteFileSystem",
    "DeleteFileSystemPolicy", "DeleteTags", "DescribeBackupPolicy", "DescribeFileSystemPolicy", "DescribeFileSystems",
    "DescribeLifecycleConfiguration", "DescribeReplicationConfigurations", "DescribeTags", "PutBackupPolicy",
    "PutFileSystemPolicy", "PutLifecycleConfiguration", "UpdateFileSystem", "UpdateFileSystemProtection",
}  # fmt: skip
OF_TARGET = {"DeleteMountTarget", "DescribeMountTargetSecurityGroups", "ModifyMountTargetSecurityGroups"}


def _new_point(place: Place, _: Parameters) -> list[str]:
    return [place.arn("elasticfilesystem", "access-point/*")]


SERVICE = Service(
    "elasticfilesystem",
    {
        "DescribeAccountPreferences": everything,
        **dict.fromkeys(OF_SYSTEM, _of_system),
        **dict.fromkeys(OF_TARGET, _of_target),
        **dict.fromkeys(("ListTagsForResource", "TagResource", "UntagResource"), _resource),
        "DeleteAccessPoint": _point,
        "DescribeAccessPoints": _points,
        "DescribeMountTargets": _targets,
    },
    tags=_tags,
    keys={
        "CreateFileSystem": lambda _, p: known(elasticfilesystem__Encrypted=bool(p.get("Encrypted"))),
        "TagResource": lambda _, __: known(elasticfilesystem__CreateAction=None),
    },
    more={
        "CreateAccessPoint": _tagged(_new_point, "CreateAccessPoint"),
        "CreateFileSystem": all_of(_tagged(_of_system, "CreateFileSystem"), _make),
        "CreateMountTarget": _mount,
        "DeleteMountTarget": _interface("DeleteNetworkInterface"),
        "ModifyMountTargetSecurityGroups": _interface("ModifyNetworkInterfaceAttribute"),
        "PutBackupPolicy": _backup,
    },
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks of IAM."""
    return SERVICE.asked(call, parameters)
