"""CloudWatch Logs: the class of a log group, which moto forgets."""

import json

from moto.logs.responses import LogsResponse as MotoLogsResponse


class LogsResponse(MotoLogsResponse):
    """moto's CloudWatch Logs with log group classes told back."""

    def create_log_group(self) -> str:
        """Create the group with its class."""
        answer = super().create_log_group()
        group = self.logs_backend.groups[self._get_param("logGroupName")]
        group.log_group_class = self._get_param("logGroupClass") or "STANDARD"
        return answer

    def describe_log_groups(self) -> str:
        """Groups with their class."""
        answer = json.loads(super().describe_log_groups())
        for group in answer["logGroups"]:
            kept = self.logs_backend.groups[group["logGroupName"]]
            group["logGroupClass"] = getattr(kept, "log_group_class", "STANDARD")
        return json.dumps(answer)
