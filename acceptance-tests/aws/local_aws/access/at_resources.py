"""Policies that stand at resources: of buckets, keys, secrets, queues, file systems, repositories, and the trust in a
role.
"""

from collections.abc import Callable
from typing import Any

from moto.ecr.models import ecr_backends
from moto.efs.models import efs_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sqs.models import sqs_backends

from . import language
from .asked import Asked
from .decision import Standing

#: Actions of which the trust policy of a role speaks.
OF_TRUST = {
    "sts:assumerole",
    "sts:assumerolewithwebidentity",
    "sts:assumerolewithsaml",
    "sts:tagsession",
    "sts:setsourceidentity",
}


def standing(asked: Asked, resource: str) -> Standing:
    """What stands at a resource that something is asked on."""
    if not resource.startswith("arn:"):
        return Standing(None)
    _, partition, service, region, account, name = resource.split(":", 5)
    owner = "" if account == "aws" else account
    if service == "iam" and asked.action.lower() in OF_TRUST:
        return _trust(partition, owner, resource)
    if service == "s3":
        return _of_bucket(partition, name)
    if asked.action.split(":")[0] != service or service not in OF or not owner:
        return Standing(None, owner)
    document = OF[service](owner, region, name, resource)
    policy = language.read(document) if document else None
    return Standing(policy, owner, must_allow=service == "kms" and document is not None)


def _trust(partition: str, account: str, arn: str) -> Standing:
    """The trust policy of a role. One that does not exist trusts nobody."""
    role = next((r for r in iam_backends[account][partition].roles.values() if r.arn == arn), None)
    policy = language.read(role.assume_role_policy_document) if role is not None else ()
    return Standing(policy, account, must_allow=True, is_trust=True)


def _of_bucket(partition: str, name: str) -> Standing:
    """The policy of the bucket that it is, or is in."""
    bucket = name.partition("/")[0]
    _, account = s3_backends.bucket_accounts.get(bucket, (partition, ""))
    found = s3_backends[account][partition].buckets.get(bucket) if account else None
    return Standing(language.read(found.policy) if found is not None and found.policy else None, account)


def _of_key(account: str, region: str, name: str, _: str) -> str | None:
    kind, _, identity = name.partition("/")
    key = kms_backends[account][region].keys.get(identity) if kind == "key" else None
    return key.policy if key is not None else None


def _of_secret(account: str, region: str, _: str, arn: str) -> str | None:
    secret = next((s for s in dict.values(secretsmanager_backends[account][region].secrets) if s.arn == arn), None)
    return getattr(secret, "policy", None)


def _of_queue(account: str, region: str, name: str, _: str) -> Any:
    queue = sqs_backends[account][region].queues.get(name)
    return queue.policy if queue is not None else None


def _of_file_system(account: str, region: str, name: str, _: str) -> str | None:
    kind, _, identity = name.partition("/")
    found = efs_backends[account][region].file_systems_by_id.get(identity) if kind == "file-system" else None
    return found.file_system_policy if found is not None else None


def _of_repository(account: str, region: str, name: str, _: str) -> str | None:
    kind, _, identity = name.partition("/")
    found = ecr_backends[account][region].repositories.get(identity) if kind == "repository" else None
    return found.policy if found is not None else None


#: Service => the policy of what is called so, by account, region, last part of the ARN and the whole of it.
OF: dict[str, Callable[[str, str, str, str], Any]] = {
    "kms": _of_key,
    "secretsmanager": _of_secret,
    "sqs": _of_queue,
    "elasticfilesystem": _of_file_system,
    "ecr": _of_repository,
}
