"""CloudWatch Logs: the class of a log group, which moto forgets, and lines that come when the group is gone."""

import json
from collections.abc import Callable

from moto.logs.models import LogsBackend, logs_backends
from moto.logs.responses import LogsResponse as MotoLogsResponse

#: Whoever still has lines for a group: whether it may make the group, asked when the group is gone.
MayMake = Callable[[], bool]


class LogsResponse(MotoLogsResponse):
    """moto's CloudWatch Logs with log group classes told back."""

    def create_log_group(self) -> str:
        """Create the group with its class."""
        answer = super().create_log_group()
        group = self.logs_backend.groups[self._get_param("logGroupName")]
        group.log_group_class = self._get_param("logGroupClass") or "STANDARD"
        return answer

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


def write_late(account_id: str, region: str, group: str, may_make: MayMake) -> None:
    """Somebody who is gone still has lines for a group. When the group is not there (any more), they make it again."""
    backend: LogsBackend = logs_backends[account_id][region]
    if group in backend.groups:
        writers: dict[str, MayMake] = getattr(backend, "late_writers", {})
        backend.late_writers = {**writers, group: may_make}  # type: ignore[attr-defined]
    elif may_make():
        backend.create_log_group(group, {}, kmsKeyId=None)
