"""What calls of S3 ask: of buckets and objects, by actions that have other names than the operations (Amazon S3 User
Guide, "Policy actions").

Keys `s3:x-amz-*` are the headers of a request. An object that is not there asks for `s3:ListBucket` besides: who may
not list the bucket is not told that it is not there.
"""

from typing import Any
from urllib.parse import unquote

from moto.s3.models import s3_backends

from ...calls import Call
from ..asked import Asked, Context, NotModelled, request_tags, resource_tags
from ..dependents import use_key
from ..derive import Parameters, Place, known, place_of, texts

#: Operation on a bucket => its action.
BUCKET = {
    **{
        same: same
        for same in (
            *(
                "CreateBucket",
                "DeleteBucket",
                "DeleteBucketPolicy",
                "GetBucketAcl",
                "GetBucketLocation",
                "GetBucketLogging",
            ),
            *("GetBucketOwnershipControls", "GetBucketPolicy", "GetBucketPolicyStatus", "GetBucketRequestPayment"),
            *("GetBucketTagging", "GetBucketVersioning", "GetBucketWebsite", "PutBucketAcl", "PutBucketLogging"),
            *("PutBucketOwnershipControls", "PutBucketPolicy", "PutBucketRequestPayment", "PutBucketTagging"),
            *("PutBucketVersioning", "PutBucketWebsite", "DeleteBucketWebsite"),
        )
    },
    "DeleteBucketCors": "PutBucketCORS",
    "DeleteBucketEncryption": "PutEncryptionConfiguration",
    "DeleteBucketLifecycle": "PutLifecycleConfiguration",
    "DeleteBucketOwnershipControls": "PutBucketOwnershipControls",
    "DeleteBucketReplication": "PutReplicationConfiguration",
    "DeleteBucketTagging": "PutBucketTagging",
    "DeletePublicAccessBlock": "PutBucketPublicAccessBlock",
    "GetBucketAccelerateConfiguration": "GetAccelerateConfiguration",
    "GetBucketCors": "GetBucketCORS",
    "GetBucketEncryption": "GetEncryptionConfiguration",
    "GetBucketLifecycleConfiguration": "GetLifecycleConfiguration",
    "GetBucketNotificationConfiguration": "GetBucketNotification",
    "GetBucketReplication": "GetReplicationConfiguration",
    "GetObjectLockConfiguration": "GetBucketObjectLockConfiguration",
    "GetPublicAccessBlock": "GetBucketPublicAccessBlock",
    "HeadBucket": "ListBucket",
    "ListMultipartUploads": "ListBucketMultipartUploads",
    "ListObjectVersions": "ListBucketVersions",
    "ListObjects": "ListBucket",
    "ListObjectsV2": "ListBucket",
    "PutBucketAccelerateConfiguration": "PutAccelerateConfiguration",
    "PutBucketCors": "PutBucketCORS",
    "PutBucketEncryption": "PutEncryptionConfiguration",
    "PutBucketLifecycleConfiguration": "PutLifecycleConfiguration",
    "PutBucketNotificationConfiguration": "PutBucketNotification",
    "PutBucketReplication": "PutReplicationConfiguration",
    "PutObjectLockConfiguration": "PutBucketObjectLockConfiguration",
    "PutPublicAccessBlock": "PutBucketPublicAccessBlock",
}
#: Operation on an object => its action, and that on one of its versions.
OBJECT = {
    "AbortMultipartUpload": ("AbortMultipartUpload", None),
    "CompleteMultipartUpload": ("PutObject", None),
    "CreateMultipartUpload": ("PutObject", None),
    "DeleteObject": ("DeleteObject", "DeleteObjectVersion"),
    "GetObject": ("GetObject", "GetObjectVersion"),
    "GetObjectTagging": ("GetObjectTagging", "GetObjectVersionTagging"),
    "HeadObject": ("GetObject", "GetObjectVersion"),
    "ListParts": ("ListMultipartUploadParts", None),
    "PutObject": ("PutObject", None),
    "UploadPart": ("PutObject", None),
}
READING = {"GetObject", "HeadObject"}
WRITING = {"CreateMultipartUpload", "PutObject", "UploadPart"}
#: Headers that are keys of conditions.
HEADERS = (
    *(
        "acl",
        "content-sha256",
        "copy-source",
        "grant-full-control",
        "grant-read",
        "grant-read-acp",
        "grant-write",
        "grant-write-acp",
    ),
    *("metadata-directive", "object-ownership", "server-side-encryption", "server-side-encryption-aws-kms-key-id"),
    *("server-side-encryption-customer-algorithm", "storage-class", "website-redirect-location"),
)
LOCKS = (
    "object-lock-legal-hold",
    "object-lock-mode",
    "object-lock-remaining-retention-days",
    "object-lock-retain-until-date",
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks."""
    place, operation = place_of(call), call.operation
    said = _said(call)
    if operation == "ListBuckets":
        return [Asked("s3:ListAllMyBuckets", ("*",), said)]
    bucket = parameters.get("Bucket", "")
    arn = f"arn:{place.partition}:s3:::{bucket}"
    said |= {"s3:resourceaccount": texts(_owner(bucket) or place.account)}
    if operation in BUCKET:
        found = [Asked(f"s3:{BUCKET[operation]}", (arn,), said | _of_bucket(operation, parameters))]
        lock = operation == "CreateBucket" and parameters.get("ObjectLockEnabledForBucket")
        return found + ([Asked("s3:PutBucketObjectLockConfiguration", (arn,), said)] if lock else [])
    if operation == "DeleteObjects":
        gone = parameters["Delete"]["Objects"]
        return [one for of in gone for one in _deletion(f"{arn}/{of['Key']}", of.get("VersionId"), said)]
    if operation not in OBJECT:
        raise NotModelled(f"what s3:{operation} asks of IAM")
    return _of_object(place, call, parameters, said)


def _of_object(place: Place, call: Call, p: Parameters, said: Context) -> list[Asked]:
    bucket, operation = p["Bucket"], call.operation
    key, version = _key(call, p), p.get("VersionId")
    plain, of_version = OBJECT[operation]
    arn = f"arn:{place.partition}:s3:::{bucket}/{key}"
    there = _object(bucket, key)
    tags = _tags(there)
    context = said | {
        "s3:existingobjecttag/": [],
        **{f"s3:existingobjecttag/{k.lower()}": [v] for k, v in tags.items()},
    }
    context |= known(s3__VersionId=version)
    if operation == "DeleteObject":
        return _deletion(arn, version, context)
    found = [Asked(f"s3:{of_version if version and of_version else plain}", (arn,), context)]
    if operation in READING and there is None:
        listing = said | _listing({}) | known(s3__VersionId=None)
        return [*found, Asked("s3:ListBucket", (f"arn:{place.partition}:s3:::{bucket}",), listing)]
    return found + _keys(place, call, bucket, there, arn)


def _keys(place: Place, call: Call, bucket: str, there: Any, arn: str) -> list[Asked]:
    """The key of an object is used in the caller's name, with the object's ARN in the encryption context, or the
    bucket's, where it has a key of its own.
    """
    if call.operation in WRITING:
        told = call.environ.get("HTTP_X_AMZ_SERVER_SIDE_ENCRYPTION_AWS_KMS_KEY_ID")
        key = told or _default_key(bucket)
        actions = ("GenerateDataKey",) if call.operation == "PutObject" else ("GenerateDataKey", "Decrypt")
    elif call.operation in READING and there is not None:
        key, actions = getattr(there, "kms_key_id", None), ("Decrypt",)
    else:
        return []
    about = arn.partition("/")[0] if _has_bucket_key(bucket) else arn
    context: Context = {"kms:encryptioncontext:": [], "kms:encryptioncontext:aws:s3:arn": [about]}
    return [Asked(one.action, one.resources, one.context | context) for one in use_key(place, key, "s3", actions)]


def _said(call: Call) -> Context:
    """What every request of S3 says, and what none of ours does."""
    headers = {
        f"s3:x-amz-{name}": texts(call.environ.get(f"HTTP_X_AMZ_{name.upper().replace('-', '_')}")) for name in HEADERS
    }
    locks = {f"s3:{name}": texts(call.environ.get(f"HTTP_X_AMZ_{name.upper().replace('-', '_')}")) for name in LOCKS}
    signed = bool(call.key)
    matches = known(
        **{
            "s3__if-match": call.environ.get("HTTP_IF_MATCH"),
            "s3__if-none-match": call.environ.get("HTTP_IF_NONE_MATCH"),
        }
    )
    return {
        **headers,
        **locks,
        **matches,
        **request_tags({}),
        **resource_tags({}),
        "s3:requestobjecttag/": [],
        **_tagging(call),
        "s3:authtype": ["REST-HEADER"] if signed else [],
        "s3:signatureversion": ["AWS4-HMAC-SHA256"] if signed else [],
        "s3:signatureage": ["0"] if signed else [],
        # What comes here in the clear stands for what goes to AWS over TLS.
        "s3:tlsversion": ["1.3"],
        "s3:accessgrantsinstancearn": [],
        "s3:accesspointnetworkorigin": [],
        "s3:dataaccesspointaccount": [],
        "s3:dataaccesspointarn": [],
    }


def _tagging(call: Call) -> Context:
    """Tags of an object, in the header that sets them."""
    pairs = [pair.split("=", 1) for pair in call.environ.get("HTTP_X_AMZ_TAGGING", "").split("&") if "=" in pair]
    tags = {unquote(key): unquote(value) for key, value in pairs}
    return {"s3:requestobjecttagkeys": list(tags), **{f"s3:requestobjecttag/{k.lower()}": [v] for k, v in tags.items()}}


def _of_bucket(operation: str, p: Parameters) -> Context:
    if BUCKET[operation] in ("ListBucket", "ListBucketVersions"):
        return _listing(p)
    place = (p.get("CreateBucketConfiguration") or {}).get("LocationConstraint")
    return known(s3__LocationConstraint=place)


def _listing(p: Parameters) -> Context:
    """What a listing is of. Who asks whether the bucket is there names nothing."""
    return known(
        **{"s3__prefix": p.get("Prefix"), "s3__delimiter": p.get("Delimiter"), "s3__max-keys": p.get("MaxKeys")}
    )


def _deletion(arn: str, version: str | None, said: Context) -> list[Asked]:
    # Of a version that is named: the provider empties buckets so. S3 wants the plain action always, as its pages say.
    actions = ["DeleteObject", "DeleteObjectVersion"] if version else ["DeleteObject"]
    context = said | known(s3__VersionId=version) | {"s3:existingobjecttag/": []}
    return [Asked(f"s3:{action}", (arn,), context) for action in actions]


def _key(call: Call, p: Parameters) -> str:
    return p["Key"] if p.get("Key") else unquote(call.environ["PATH_INFO"]).lstrip("/").partition("/")[2]


def _owner(bucket: str) -> str:
    return s3_backends.bucket_accounts.get(bucket, ("", ""))[1]


def _bucket(name: str) -> Any:
    partition, account = s3_backends.bucket_accounts.get(name, ("", ""))
    return s3_backends[account][partition].buckets.get(name) if account else None


def _object(bucket: str, key: str) -> Any:
    found = _bucket(bucket)
    return found.keys.get(key) if found is not None else None


def _tags(there: Any) -> dict[str, str]:
    if there is None or not hasattr(there, "account_id"):
        return {}
    return s3_backends[there.account_id][there.partition].tagger.get_tag_dict_for_resource(there.arn)


def _default_key(bucket: str) -> str | None:
    rule = (getattr(_bucket(bucket), "encryption", None) or {}).get("Rule", {})
    return rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")


def _has_bucket_key(bucket: str) -> bool:
    rule = (getattr(_bucket(bucket), "encryption", None) or {}).get("Rule", {})
    return str(rule.get("BucketKeyEnabled", "false")).lower() == "true"
