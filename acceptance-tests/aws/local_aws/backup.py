"""AWS Backup: tags of a vault, for which moto wants a slash at the end of the path."""

import json
from urllib.parse import unquote

from moto.backup.responses import BackupResponse as MotoBackupResponse


class BackupResponse(MotoBackupResponse):
    """moto's AWS Backup with tags listed for every client."""

    def list_tags(self) -> str:
        """Tags of the resource that the path names."""
        arn = unquote(self.raw_path).removeprefix("/tags/").rstrip("/")
        return json.dumps({"Tags": self.backup_backend.list_tags(resource_arn=arn)})
