"""CloudWatch Logs: the class of a log group, which moto forgets, keys, which the service must be allowed to use, and lines that come late."""

import json
from collections.abc import Callable

from moto.logs.models import LogsBackend, logs_backends
from moto.logs.responses import LogsResponse as MotoLogsResponse

from . import kms, resource_policies
from .errors import AwsError

#: Whoever still has lines for a group: whether it may make the group, asked when the group is gone.
MayMake = Callable[[], bool]


class LogsResponse(MotoLogsResponse):
    """moto's CloudWatch Logs with log group classes told back and keys looked at."""

    def create_log_group(self) -> str:
        """Create the group with its class."""
        if key := self._get_param("kmsKeyId"):
            self._require_key(key)
        answer = super().create_log_group()
        group = self.logs_backend.groups[self._get_param("logGroupName")]
        group.log_group_class = self._get_param("logGroupClass") or "STANDARD"
        return answer

    def associate_kms_key(self) -> str:
        """Another key for what comes from now on; missing in moto."""
        self._require_key(self._get_param("kmsKeyId"))
        self.logs_backend.groups[self._get_param("logGroupName")].kms_key_id = self._get_param("kmsKeyId")
        return "{}"

    def disassociate_kms_key(self) -> str:
        """No key of one's own for what comes from now on; missing in moto."""
        self.logs_backend.groups[self._get_param("logGroupName")].kms_key_id = None
        return "{}"

    def delete_log_group(self) -> str:
        """Delete it. A service that still has lines makes it again, if it may: without a key, kept for ever."""
        answer = super().delete_log_group()
        name = self._get_param("logGroupName")
        writers: dict[str, MayMake] = getattr(self.logs_backend, "late_writers", {})
        may_make = writers.pop(name, None)
        if may_make is not None and may_make():
            self.logs_backend.create_log_group(name, {}, kmsKeyId=None)
        return answer

    def describe_log_groups(self) -> str:
        """Groups with their class."""
        answer = json.loads(super().describe_log_groups())
        for group in answer["logGroups"]:
            kept = self.logs_backend.groups[group["logGroupName"]]
            group["logGroupClass"] = getattr(kept, "log_group_class", "STANDARD")
        return json.dumps(answer)

    def _require_key(self, key: str) -> None:
        """The key can be used, and its policy lets the service do so for this group: the account's own rights do not count."""
        group = f"arn:{self.partition}:logs:{self.region}:{self.current_account}:log-group:{self._get_param('logGroupName')}"
        found = kms.usable(self.current_account, self.region, key)
        service = f"logs.{self.region}.amazonaws.com{'.cn' if self.partition == 'aws-cn' else ''}"
        context = {"kms:EncryptionContext:aws:logs:arn": group}
        if found is None or not all(
            resource_policies.allows_service(found.policy, service, f"kms:{action}", context)
            for action in ("Encrypt", "Decrypt", "GenerateDataKey")
        ):
            raise AwsError(
                "AccessDeniedException",
                f"The specified KMS key does not exist or is not allowed to be used with Arn '{group}'",
            )


def write_late(account_id: str, region: str, group: str, may_make: MayMake) -> None:
    """Somebody who is gone still has lines for a group. When the group is not there (any more), they make it again."""
    backend: LogsBackend = logs_backends[account_id][region]
    if group in backend.groups:
        writers: dict[str, MayMake] = getattr(backend, "late_writers", {})
        backend.late_writers = {**writers, group: may_make}  # type: ignore[attr-defined]
    elif may_make():
        backend.create_log_group(group, {}, kmsKeyId=None)
