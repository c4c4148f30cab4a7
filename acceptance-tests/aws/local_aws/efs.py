"""EFS: backup policies and throughput that change, policies that go and that protect, keys that can be used."""

import json
from typing import Any

from moto.efs.exceptions import FileSystemNotFound
from moto.efs.responses import EFSResponse as MotoEfsResponse

from . import kms, resource_policies
from .errors import AwsError

Answer = tuple[str, dict[str, Any]]
JSON = {"Content-Type": "application/json"}


class EfsResponse(MotoEfsResponse):
    """moto's EFS with the operations that it lacks."""

    def create_file_system(self) -> Answer:
        """The key must be one that EFS can use."""
        key = self._get_param("KmsKeyId")
        if key and kms.usable(self.current_account, self.region, key) is None:
            raise AwsError("BadRequest", f"The KMS key {key} does not exist, is not enabled or is not accessible")
        return super().create_file_system()

    def delete_file_system(self) -> Answer:
        """A file system's policy may deny it to everybody."""
        self._require_allowed("DeleteFileSystem")
        return super().delete_file_system()

    def put_backup_policy(self) -> Answer:
        """Switch automatic backups on or off."""
        policy = self._get_param("BackupPolicy")
        self._file_system()._backup = policy["Status"] == "ENABLED"
        return json.dumps({"BackupPolicy": policy}), JSON

    def describe_backup_policy(self) -> Answer:
        """The state of automatic backups. AWS says `DISABLED` where moto answers that there is no policy."""
        status = "ENABLED" if self._file_system()._backup else "DISABLED"
        return json.dumps({"BackupPolicy": {"Status": status}}), JSON

    def update_file_system(self) -> Answer:
        """Change the throughput."""
        system = self._file_system()
        system.throughput_mode = self._get_param("ThroughputMode") or system.throughput_mode
        throughput = self._get_param("ProvisionedThroughputInMibps")
        system.provisioned_throughput_in_mibps = throughput if system.throughput_mode == "provisioned" else None
        return json.dumps(system.info_json()), {**JSON, "status": 202}

    def delete_file_system_policy(self) -> Answer:
        """Go back to the default policy, under which every client is root. The policy may deny that too."""
        self._require_allowed("DeleteFileSystemPolicy")
        self._file_system().file_system_policy = None
        return "{}", JSON

    def _require_allowed(self, operation: str) -> None:
        if resource_policies.denies(self._file_system().file_system_policy, f"elasticfilesystem:{operation}"):
            user = f"arn:{self.partition}:iam::{self.current_account}:user/moto"
            raise AwsError(
                "AccessDeniedException",
                f"User: {user} is not authorized to perform: elasticfilesystem:{operation} on the specified resource",
            )

    def _file_system(self) -> Any:
        name = self._get_param("FileSystemId")
        system = self.efs_backend.file_systems_by_id.get(name)
        if system is None:
            raise FileSystemNotFound(name)
        return system
