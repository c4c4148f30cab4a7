"""Flow logs: into S3, whether AWS's delivery of logs may write there, and into CloudWatch Logs, what comes when they are gone.

Who makes a flow log into a bucket of the same account gets the bucket's policy completed by AWS, which a configuration that keeps that
policy then finds changed. What a statement or the bucket's key denies is refused at once.
"""

import json
from typing import Any

from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

from .. import iam
from ..logs import write_late

DELIVERY = "delivery.logs.amazonaws.com"


class Deliveries:
    """The part of EC2's state that has flow logs."""

    def create_flow_logs(self, *args: Any, **more: Any) -> tuple[list[Any], list[Any]]:
        """Into a bucket that takes them."""
        if more.get("log_destination_type") == "s3":
            name, _, prefix = more["log_destination"].split(":", 5)[5].partition("/")
            refused = self._delivered(name, prefix)
            if refused:
                message = f"Access Denied for LogDestination: {name}. Please check LogDestination permission"
                return [], [(resource, "400", message) for resource in more["resource_ids"]]
            # moto looks for a bucket with the name of the whole path.
            return self._with_prefix(more, name, prefix, args)
        return super().create_flow_logs(*args, **more)

    def delete_flow_logs(self, flow_log_ids: list[str]) -> None:
        """The last lines come up to ten minutes later, with the role that the flow log had: if that may make the group, it is there again.

        The service has its session of the role by then, so what counts is what the role may do now.
        """
        gone = [self.flow_logs[each] for each in flow_log_ids if each in self.flow_logs]
        super().delete_flow_logs(flow_log_ids)
        for each in gone:
            if each.log_destination_type == "cloud-watch-logs":
                self._write_late(each)

    def _write_late(self, gone: Any) -> None:
        group = gone.log_group_name or gone.log_destination.split(":log-group:")[1].removesuffix(":*")
        roles = iam_backends[self.account_id][self.partition].roles.values()
        role = next((r for r in roles if r.arn == gone.deliver_logs_permission_arn), None)
        resource = f"arn:{self.partition}:logs:{self.region_name}:{self.account_id}:log-group:{group}:log-stream:"
        documents = iam.documents_of(role) if role is not None else []
        may_make = iam.decide(documents, "logs:CreateLogGroup", resource, {}, set()) == "allowed"
        write_late(self.account_id, self.region_name, group, lambda: may_make)

    def _with_prefix(self, more: dict[str, Any], name: str, prefix: str, args: Any) -> tuple[list[Any], list[Any]]:
        asked = more["log_destination"]
        if any(f.resource_id in more["resource_ids"] and f.log_destination == asked for f in self.describe_flow_logs()):
            more = {**more, "log_destination": asked}
            return super().create_flow_logs(*args, **more)
        made = super().create_flow_logs(*args, **{**more, "log_destination": asked.removesuffix(f"/{prefix}")})
        for each in made[0]:
            each.log_destination = asked
        return made

    def _delivered(self, name: str, prefix: str) -> bool:
        """Whether it is refused."""
        buckets = s3_backends[self.account_id][self.partition].buckets
        bucket = buckets.get(name)
        if bucket is None:
            return True
        if not self._may(bucket, prefix):
            document = json.loads(bucket.policy) if bucket.policy else {"Version": "2012-10-17", "Statement": []}
            document["Statement"] += self._statements(name, prefix)
            bucket.policy = json.dumps(document).encode()
        return not (self._may(bucket, prefix) and self._key_allows(bucket))

    def _folder(self, name: str, prefix: str) -> str:
        start = f"{prefix.strip('/')}/" if prefix else ""
        return f"arn:{self.partition}:s3:::{name}/{start}AWSLogs/{self.account_id}"

    def _statements(self, name: str, prefix: str) -> list[dict[str, Any]]:
        source = {
            "StringEquals": {"aws:SourceAccount": self.account_id},
            "ArnLike": {"aws:SourceArn": f"arn:{self.partition}:logs:{self.region_name}:{self.account_id}:*"},
        }
        written = {**source["StringEquals"], "s3:x-amz-acl": "bucket-owner-full-control"}
        who = {"Effect": "Allow", "Principal": {"Service": DELIVERY}}
        return [
            {
                **who,
                "Sid": "AWSLogDeliveryWrite1",
                "Action": "s3:PutObject",
                "Resource": f"{self._folder(name, prefix)}/*",
                "Condition": {**source, "StringEquals": written},
            },
            {
                **who,
                "Sid": "AWSLogDeliveryAclCheck1",
                "Action": "s3:GetBucketAcl",
                "Resource": f"arn:{self.partition}:s3:::{name}",
                "Condition": source,
            },
        ]

    def _may(self, bucket: Any, prefix: str) -> bool:
        context = {
            "aws:sourceaccount": [self.account_id],
            "aws:sourcearn": [f"arn:{self.partition}:logs:{self.region_name}:{self.account_id}:log-delivery"],
            "aws:securetransport": ["true"],
        }
        written = {**context, "s3:x-amz-acl": ["bucket-owner-full-control"]}
        statements = said_to(bucket.policy, DELIVERY)
        write = iam.decide([statements], "s3:PutObject", f"{self._folder(bucket.name, prefix)}/a", written, set())
        look = iam.decide([statements], "s3:GetBucketAcl", f"arn:{self.partition}:s3:::{bucket.name}", context, set())
        return write == look == "allowed"

    def _key_allows(self, bucket: Any) -> bool:
        """With a key in KMS, the key lets the delivery encrypt. AWS's own key for S3 lets nobody but the account."""
        rule = ((bucket.encryption or {}).get("Rule") or {}).get("ApplyServerSideEncryptionByDefault", {})
        if rule.get("SSEAlgorithm") not in ("aws:kms", "aws:kms:dsse"):
            return True
        keys = kms_backends[self.account_id][self.region_name]
        key = keys.keys.get((rule.get("KMSMasterKeyID") or "").rsplit("/", 1)[-1])
        if key is None or key.key_state != "Enabled":
            return False
        context = {"aws:sourceaccount": [self.account_id]}
        said = said_to(key.policy, DELIVERY)
        return iam.decide([said], "kms:GenerateDataKey", key.arn, context, set()) == "allowed"


def said_to(policy: str | bytes | None, service: str) -> dict[str, Any]:
    """Those statements of a resource's policy that are about a service."""
    document = json.loads(policy) if policy else {"Statement": []}
    statements = document["Statement"]
    statements = statements if isinstance(statements, list) else [statements]
    return {"Statement": [s for s in statements if is_about(s.get("Principal"), service)]}


def is_about(principal: Any, service: str) -> bool:
    """Whether a principal is the service, or everybody."""
    if not isinstance(principal, dict):
        return principal == "*"
    named = principal.get("Service", [])
    return principal.get("AWS") == "*" or service in (named if isinstance(named, list) else [named])
