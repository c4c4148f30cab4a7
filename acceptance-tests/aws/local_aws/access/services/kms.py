"""What calls of KMS ask: of keys, with what they are, and of aliases. `completed` adds the same to what other services
ask of keys.
"""

from typing import Any

from moto.kms.models import kms_backends

from ... import kms
from ...calls import Call
from ..asked import Asked, Context, request_tags, resource_tags
from ..derive import Parameters, Place, Service, Tags, everything, known, place_of, tag_list

KEY = {
    *("CancelKeyDeletion", "CreateGrant", "Decrypt", "DescribeKey", "DisableKey", "DisableKeyRotation", "EnableKey"),
    *("EnableKeyRotation", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GetKeyPolicy"),
    *("GetKeyRotationStatus", "ListGrants", "ListKeyPolicies", "ListResourceTags", "PutKeyPolicy", "RevokeGrant"),
    *(
        "ScheduleKeyDeletion",
        "TagResource",
        "UntagResource",
        "UpdateKeyDescription",
        "GetPublicKey",
        "RotateKeyOnDemand",
    ),
}
#: What is asked on an alias and on the key behind it.
ALIAS = {"CreateAlias", "DeleteAlias", "UpdateAlias"}


def _key(place: Place, told: str) -> Any:
    return kms.find(place.account, place.region, told)


def _arn(place: Place, told: str) -> str:
    """The ARN of a key, whatever it is called by."""
    found = _key(place, told)
    if found is not None:
        return found.arn
    return told if told.startswith("arn:") else place.arn("kms", told if told.startswith("alias/") else f"key/{told}")


def _of_ciphertext(place: Place, p: Parameters) -> list[str]:
    """Of what is to be decrypted: the key that it says itself, when the request does not."""
    blob = p.get("CiphertextBlob") or b""
    told = p.get("KeyId") or (blob[:36].decode("ascii", "replace") if isinstance(blob, bytes) else "")
    return [_arn(place, told)]


def _alias(place: Place, p: Parameters) -> list[str]:
    alias = place.arn("kms", p["AliasName"])
    target = p.get("TargetKeyId") or p["AliasName"]
    keys = [target] if p.get("TargetKeyId") and _key(place, p["AliasName"]) is None else [target, p["AliasName"]]
    return [alias, *(_arn(place, key) for key in keys if _key(place, key) is not None)]


def _tags(place: Place, arn: str) -> Tags:
    _, _, _, region, account, name = arn.split(":", 5) if arn != "*" else ("",) * 6
    if not name.startswith("key/") or not account:
        return {}
    return kms_backends[account][region].tagger.get_tag_dict_for_resource(name.removeprefix("key/"))


def _keys_of(_: Place, arn: str) -> Context:
    """What a key is."""
    if ":key/" not in arn or arn.endswith("/*"):
        return {}
    _, _, _, region, account, name = arn.split(":", 5)
    key = kms_backends[account][region].keys.get(name.removeprefix("key/"))
    if key is None:
        return {}
    aliases = [alias for alias in key.aliases if not alias.startswith("arn:")]
    primary = key.multi_region_configuration["MultiRegionKeyType"] if key.multi_region else None
    return known(
        kms__KeyOrigin=key.origin,
        kms__KeySpec=key.key_spec,
        kms__KeyUsage=key.key_usage,
        kms__MultiRegion=key.multi_region,
        kms__MultiRegionKeyType=primary,
        kms__ResourceAliases=aliases,
    )


def _grant(_: Place, p: Parameters) -> Context:
    constraints = list(p.get("Constraints") or {})
    return known(
        kms__GrantConstraintType=constraints,
        kms__GranteePrincipal=p.get("GranteePrincipal"),
        kms__GrantOperations=p.get("Operations"),
        # Only a service that is integrated with KMS grants for a resource of AWS.
        kms__GrantIsForAWSResource=False,
        kms__RetiringPrincipal=p.get("RetiringPrincipal"),
    )


def _alias_of_request(_: Place, p: Parameters) -> Context:
    told = str(p.get("KeyId") or "")
    return known(kms__RequestAlias=told.rpartition(":")[2] if "alias/" in told else None)


def _encryption_context(place: Place, p: Parameters) -> Context:
    pairs = p.get("EncryptionContext") or {}
    told: Context = {"kms:encryptioncontext:": [], "kms:encryptioncontextkeys": list(pairs)}
    told |= known(kms__EncryptionAlgorithm=p.get("EncryptionAlgorithm") or "SYMMETRIC_DEFAULT") | _alias_of_request(
        place, p
    )
    return told | {f"kms:encryptioncontext:{key.lower()}": [value] for key, value in pairs.items()}


def _new(_: Place, p: Parameters) -> Context:
    multi = p.get("MultiRegion") or False
    return known(
        kms__BypassPolicyLockoutSafetyCheck=p.get("BypassPolicyLockoutSafetyCheck") or False,
        kms__KeyOrigin=p.get("Origin") or "AWS_KMS",
        kms__KeySpec=p.get("KeySpec") or p.get("CustomerMasterKeySpec") or "SYMMETRIC_DEFAULT",
        kms__KeyUsage=p.get("KeyUsage") or "ENCRYPT_DECRYPT",
        kms__MultiRegion=multi,
        kms__MultiRegionKeyType="PRIMARY" if multi else None,
    )


SERVICE = Service(
    "kms",
    resources={
        **dict.fromkeys(KEY, lambda place, p: [_arn(place, p["KeyId"])]),
        **dict.fromkeys(ALIAS, _alias),
        **dict.fromkeys(("CreateKey", "ListAliases", "ListKeys"), everything),
        "Decrypt": _of_ciphertext,
    },
    tags=_tags,
    requested=lambda p: tag_list(p.get("Tags"), "TagKey", "TagValue"),
    keys={
        "CreateKey": _new,
        "CreateGrant": lambda place, p: _grant(place, p) | _encryption_context(place, {}),
        "PutKeyPolicy": lambda _, p: known(
            kms__BypassPolicyLockoutSafetyCheck=p.get("BypassPolicyLockoutSafetyCheck") or False
        ),
        "ScheduleKeyDeletion": lambda _, p: known(
            kms__ScheduleKeyDeletionPendingWindowInDays=p.get("PendingWindowInDays") or 30
        ),
        "EnableKeyRotation": lambda _, p: known(kms__RotationPeriodInDays=p.get("RotationPeriodInDays") or 365),
        "DescribeKey": _alias_of_request,
        **dict.fromkeys(
            ("Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"), _encryption_context
        ),
    },
    keys_of=_keys_of,
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks.

    With tags it takes `kms:TagResource` too, and with a policy `kms:PutKeyPolicy`: so the service authorization
    reference has it, while KMS's own has only the first. Of the key that is yet to be, the tags are those of the
    request.
    """
    found = SERVICE.asked(call, parameters)
    if call.operation == "CreateKey":
        tags = tag_list(parameters.get("Tags"), "TagKey", "TagValue")
        place = place_of(call)
        new = (place.arn("kms", "key/*"),)
        about = _new(place, parameters) | known(kms__ResourceAliases=None)
        found += [Asked("kms:TagResource", new, about | resource_tags({}) | request_tags(tags))] if tags else []
        found += [Asked("kms:PutKeyPolicy", new, about | resource_tags(tags))] if parameters.get("Policy") else []
    return found


def completed(call: Call, one: Asked) -> Asked:
    """With what is known of every use of a key: what the key is, through which service, in which account."""
    place = place_of(call)
    via = None if call.service == "kms" else f"{call.service}.{call.region}.{place.domain}"
    context = known(kms__CallerAccount=place.account, kms__ViaService=via)
    [arn] = one.resources
    return Asked(one.action, one.resources, context | SERVICE.about(place, arn) | one.context)
