"""S3: what moto keeps but does not answer, and keys that can be used."""

from typing import Any

import moto.s3.urls
import xmltodict
from moto.core.responses import ActionResult
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket
from moto.s3.models import S3Backend as MotoS3Backend
from moto.s3.responses import S3Response as MotoS3Response

from . import access, account, errors, kms, resource_policies

#: Configurations of a bucket that moto does not know. It would take `DELETE /bucket?metrics` for `DELETE /bucket`.
UNKNOWN = {"analytics", "intelligent-tiering", "metadataConfiguration", "metadataTable", "metrics"}

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


class Bucket(FakeBucket):
    """A bucket whose policy forbids what it forbids without a condition.

    moto reads no conditions, so that a policy which denies everything without TLS would deny everything.
    """

    def get_permission(self, action: str, resource: str) -> PermissionResult:
        """Whether the policy denies it. Where policies are enforced that is decided already; else what it allows is no
        question.
        """
        if access.told()["on"]:
            return PermissionResult.PERMITTED
        denied = resource_policies.denies(self.policy.decode() if self.policy else None, action)
        return PermissionResult.DENIED if denied else PermissionResult.NEUTRAL


class S3Backend(MotoS3Backend):
    """State of S3 that keeps lifecycle rules as they were sent."""

    # moto would load the module anew, and with it its own routes.
    _url_module = moto.s3.urls

    def create_bucket(self, *args: Any, **more: Any) -> FakeBucket:
        """A bucket whose policy is read as above."""
        bucket = super().create_bucket(*args, **more)
        bucket.__class__ = Bucket
        return bucket

    def put_bucket_lifecycle(self, bucket_name: str, rules: list[dict[str, Any]]) -> None:
        """Let moto check the rules, and keep them whole."""
        super().put_bucket_lifecycle(bucket_name, rules)
        self._bucket(bucket_name).rules_as_sent = rules

    def lifecycle_as_sent(self, bucket_name: str) -> list[dict[str, Any]]:
        """The rules of `put_bucket_lifecycle`, if there are any now."""
        bucket = self._bucket(bucket_name)
        return getattr(bucket, "rules_as_sent", []) if bucket.rules else []

    def _bucket(self, name: str) -> FakeBucket:
        return self.get_bucket(name)


class S3Response(MotoS3Response):
    """moto's S3 with EventBridge notifications and whole lifecycle rules told back."""

    def bucket_response(self, request: Any, full_url: str, headers: Any) -> Any:
        """Refuse what would be taken for something else."""
        unknown = UNKNOWN & set(request.args)
        if unknown:
            raise NotImplementedError(f"bucket configuration `{unknown.pop()}`")
        return super().bucket_response(request, full_url, headers)

    def _bucket_response(self, request: Any, full_url: str) -> Any:
        """To a bucket of another account there is no access, and its name is taken; moto has one account."""
        if self.parse_bucket_name_from_url(request, full_url) not in account.settings.buckets_of_others:
            return super()._bucket_response(request, full_url)
        if request.method == "HEAD":
            return 403, {}, ""
        if request.method == "PUT" and not request.args:
            message = "The requested bucket name is not available. The bucket namespace is shared by all users."
            return self._refused(409, "BucketAlreadyExists", message)
        return self._refused(403, "AccessDenied", "Access Denied")

    def head_bucket(self) -> Any:
        """Who shows no credentials has no access to a bucket; moto tells that it is there."""
        answer = super().head_bucket()
        return answer if answer[0] == 404 or "Authorization" in self.headers else (403, {}, "")

    def put_object(self) -> Any:
        """With a key that can be used: the request's, or else the bucket's."""
        rule = (self.backend.get_bucket(self.bucket_name).encryption or {}).get("Rule", {})
        default = rule.get("ApplyServerSideEncryptionByDefault", {}).get("KMSMasterKeyID")
        key = self.headers.get("x-amz-server-side-encryption-aws-kms-key-id") or default
        return self._refused_key(key) or super().put_object()

    def get_object(self) -> Any:
        """Of which the key can be used."""
        answer = super().get_object()
        return self._refused_key(answer[1].get("x-amz-server-side-encryption-aws-kms-key-id")) or answer

    def _refused_key(self, key: str | None) -> Any:
        refused = kms.refusal(self.current_account, self.region, key) if key else None
        return self._refused(400, f"KMS.{refused[0]}", refused[1]) if refused else None

    def _refused(self, status: int, code: str, message: str) -> Any:
        refusal = errors.refusal("s3", status, code, message)
        return status, {"Content-Type": "text/xml"}, refusal.body

    def get_bucket_lifecycle(self) -> Any:
        """moto forgets object sizes and the number of versions to keep, and the provider waits for them for ever."""
        status, headers, _ = super().get_bucket_lifecycle()
        rules = self.backend.lifecycle_as_sent(self.bucket_name)
        document = {"LifecycleConfiguration": {"@xmlns": NAMESPACE, "Rule": rules}}
        return status, headers, xmltodict.unparse(document)

    def get_bucket_notification(self) -> Any:
        """moto leaves the EventBridge switch out, so every plan wants to turn it on."""
        configuration = self.backend.get_bucket_notification_configuration(self.bucket_name)
        others = configuration and (configuration.topic or configuration.queue or configuration.cloud_function)
        if not configuration or configuration.event_bridge is None or others:
            return super().get_bucket_notification()
        self.data["Action"] = "GetBucketNotificationConfiguration"
        return self.serialized(ActionResult({"EventBridgeConfiguration": {}}))
