"""EFS: backup policies and throughput that change, policies that go. moto reads these and cannot write them."""

import json
from typing import Any

from moto.efs.exceptions import FileSystemNotFound
from moto.efs.responses import EFSResponse as MotoEfsResponse

Answer = tuple[str, dict[str, Any]]
JSON = {"Content-Type": "application/json"}


class EfsResponse(MotoEfsResponse):
    """moto's EFS with the operations that it lacks."""

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
        """Go back to the default policy, under which every client is root."""
        self._file_system().file_system_policy = None
        return "{}", JSON

    def _file_system(self) -> Any:
        name = self._get_param("FileSystemId")
        system = self.efs_backend.file_systems_by_id.get(name)
        if system is None:
            raise FileSystemNotFound(name)
        return system
