"""What AWS asks of other services for the caller: a role handed on, a key used, a secret kept."""

from collections.abc import Iterable
from typing import Any

from moto.iam.models import iam_backends
from moto.kms.models import kms_backends

from .. import kms
from ..iam import LINKED_ROLES
from .asked import Asked, request_tags, resource_tags
from .derive import Place, Tags, known

#: Service-linked roles of services that say another name than the role's.
NAMES = {**LINKED_ROLES, "wafv2.amazonaws.com": "WAFV2Logging"}


def pass_role(role: str | None, to: str) -> list[Asked]:
    """A role is handed on to a service. IAM's guide says not to ask for its tags here: no policy gets them."""
    if not role:
        return []
    return [Asked("iam:PassRole", (role,), resource_tags({}, "iam") | known(iam__PassedToService=to))]


def get_role(place: Place, role: str | None) -> list[Asked]:
    """A service looks at a role in the caller's name."""
    if not role:
        return []
    return [Asked("iam:GetRole", (role,), resource_tags(tags_of_role(place, role), "iam"))]


def tags_of_role(place: Place, arn: str) -> Tags:
    """The tags of a role, by its ARN; of another account's nothing is known here, and none is told."""
    for role in list(iam_backends[place.account][place.partition].roles.values()):
        if role.arn == arn:
            return {t["Key"]: t["Value"] for t in _pairs(role.tags)}
    return {}


def _pairs(tags: Any) -> Iterable[dict[str, str]]:
    return tags.values() if isinstance(tags, dict) and all(isinstance(t, dict) for t in tags.values()) else tags or []


def linked_role(place: Place, service: str) -> list[Asked]:
    """The role of a service is made in the caller's name, when the account has none yet."""
    name = f"AWSServiceRoleFor{NAMES[service]}"
    if any(role.name == name for role in list(iam_backends[place.account][place.partition].roles.values())):
        return []
    arn = place.iam(f"role/aws-service-role/{service}/{name}")
    return [Asked("iam:CreateServiceLinkedRole", (arn,), resource_tags({}, "iam") | known(iam__AWSServiceName=service))]


#: What a service that keeps data with a key makes sure of first, in the caller's name.
GRANTED = ("DescribeKey", "CreateGrant")


def use_key(place: Place, key: str | None, via: str, actions: Iterable[str] = GRANTED) -> list[Asked]:
    """A key of the customer is used by a service in the caller's name. The keys of AWS's own services are theirs."""
    if not key or ":alias/aws/" in key or key.startswith("alias/aws/"):
        return []
    found = kms.find(place.account, place.region, key)
    arn = found.arn if found is not None else key if key.startswith("arn:") else place.arn("kms", f"key/{key}")
    tags = tags_of_key(place, arn)
    context = resource_tags(tags) | known(
        kms__ViaService=f"{via}.{place.region}.{place.domain}", kms__CallerAccount=place.account
    )
    granted = known(kms__GrantIsForAWSResource=True)
    return [Asked(f"kms:{a}", (arn,), context | (granted if a == "CreateGrant" else {})) for a in actions]


def tags_of_key(place: Place, arn: str) -> Tags:
    """The tags of a key of this account and region."""
    return kms_backends[place.account][place.region].tagger.get_tag_dict_for_resource(arn.rsplit("/", 1)[-1])


def keep_secret(place: Place, name: str, tags: Tags, key: str | None) -> list[Asked]:
    """A service keeps a secret in Secrets Manager in the caller's name, under a name of its own making."""
    arn = place.arn("secretsmanager", f"secret:{name}")
    said = request_tags(tags) | resource_tags({}, "secretsmanager")
    kept = known(secretsmanager__Name=name, secretsmanager__KmsKeyId=key)
    return [
        Asked("secretsmanager:CreateSecret", (arn,), said | kept),
        Asked("secretsmanager:TagResource", (arn,), said | known(secretsmanager__SecretId=arn)),
        *use_key(place, key, "secretsmanager", (*GRANTED, "Decrypt", "GenerateDataKey")),
    ]
