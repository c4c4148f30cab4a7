"""What calls of Secrets Manager ask: of secrets, and of their keys, which it uses in the caller's name."""

from typing import Any

from moto.secretsmanager.models import secretsmanager_backends

from ...calls import Call
from ..asked import Asked, Context
from ..dependents import use_key
from ..derive import Parameters, Place, Service, Tags, everything, known, place_of, tag_list

SECRET = {
    *(
        "CancelRotateSecret",
        "DeleteResourcePolicy",
        "DeleteSecret",
        "DescribeSecret",
        "GetResourcePolicy",
        "GetSecretValue",
    ),
    *("ListSecretVersionIds", "PutResourcePolicy", "PutSecretValue", "RestoreSecret", "RotateSecret", "TagResource"),
    *("UntagResource", "UpdateSecret", "UpdateSecretVersionStage"),
}
#: What is done with the key of a secret.
WRITING, READING = ("GenerateDataKey", "Decrypt"), ("Decrypt",)
OF_KEY = {"GetSecretValue": READING, "CreateSecret": WRITING, "PutSecretValue": WRITING, "UpdateSecret": WRITING}


def _find(place: Place, told: str) -> Any:
    return secretsmanager_backends[place.account][place.region].secrets.get(told)


def _arn(place: Place, told: str) -> str:
    """The ARN of a secret; of one that is not there AWS knows no more than the name."""
    found = _find(place, told)
    return (
        found.arn
        if found is not None
        else told
        if told.startswith("arn:")
        else place.arn("secretsmanager", f"secret:{told}")
    )


def _new(place: Place, p: Parameters) -> list[str]:
    """AWS puts a hyphen and six characters behind the name, which nobody knows yet."""
    return [place.arn("secretsmanager", f"secret:{p['Name']}-??????")]


def _keys(_: Place, p: Parameters) -> Context:
    return known(
        secretsmanager__AddReplicaRegions=[of["Region"] for of in p.get("AddReplicaRegions") or []],
        secretsmanager__BlockPublicPolicy=p.get("BlockPublicPolicy"),
        secretsmanager__Description=p.get("Description"),
        secretsmanager__ForceDeleteWithoutRecovery=p.get("ForceDeleteWithoutRecovery"),
        secretsmanager__ForceOverwriteReplicaSecret=p.get("ForceOverwriteReplicaSecret"),
        secretsmanager__KmsKeyArn=p.get("KmsKeyId"),
        secretsmanager__KmsKeyId=p.get("KmsKeyId"),
        secretsmanager__ModifyRotationRules="RotationRules" in p,
        secretsmanager__Name=p.get("Name"),
        secretsmanager__RecoveryWindowInDays=p.get("RecoveryWindowInDays"),
        secretsmanager__RotateImmediately=p.get("RotateImmediately"),
        secretsmanager__RotationLambdaARN=p.get("RotationLambdaARN"),
        secretsmanager__SecretId=p.get("SecretId"),
        secretsmanager__VersionId=p.get("VersionId"),
        secretsmanager__VersionStage=p.get("VersionStage"),
    )


def _tags(place: Place, arn: str) -> Tags:
    found = _find(place, arn) if arn != "*" else None
    return tag_list(getattr(found, "tags", None) or [])


def _keys_of(place: Place, arn: str) -> Context:
    found = _find(place, arn) if arn != "*" else None
    regions = [replica.region for replica in getattr(found, "replicas", None) or []]
    rotation = known(
        **{"secretsmanager__resource/AllowRotationLambdaArn": getattr(found, "rotation_lambda_arn", None) or None}
    )
    return known(secretsmanager__SecretPrimaryRegion=place.region if regions else None) | rotation


SERVICE = Service(
    "secretsmanager",
    resources={
        **dict.fromkeys(SECRET, lambda place, p: [_arn(place, p["SecretId"])]),
        "CreateSecret": _new,
        **dict.fromkeys(("GetRandomPassword", "ListSecrets"), everything),
    },
    tags=_tags,
    own_tags=("secretsmanager",),
    keys=dict.fromkeys((*SECRET, "CreateSecret"), _keys),
    keys_of=_keys_of,
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks."""
    found = SERVICE.asked(call, parameters)
    if call.operation == "CreateSecret" and parameters.get("Tags"):
        found += [Asked("secretsmanager:TagResource", one.resources, one.context) for one in found]
    place = place_of(call)
    secret = _find(place, parameters["SecretId"]) if "SecretId" in parameters else None
    key = parameters.get("KmsKeyId") or getattr(secret, "kms_key_id", None)
    encryption: Context = {"kms:encryptioncontext:": []}
    if secret is not None:
        encryption["kms:encryptioncontext:secretarn"] = [secret.arn]
    used = use_key(place, key, "secretsmanager", OF_KEY.get(call.operation, ()))
    return found + [Asked(one.action, one.resources, one.context | encryption) for one in used]
