"""What an instance can be made from: snapshots, other instances, and the backups that an instance has left behind."""

import contextlib
from collections.abc import Iterator
from typing import Any

from moto.rds.models import DBInstance, DBSnapshot, RDSBackend

from ..errors import AwsError


def snapshot(backend: RDSBackend, name: str) -> DBSnapshot:
    """The snapshot with this name or ARN."""
    found = backend.database_snapshots.get(name.rsplit(":", 1)[-1].lower())
    if found is None:
        raise AwsError("DBSnapshotNotFound", f"DBSnapshot not found: {name}")
    return found


def retain(backend: RDSBackend, database: DBInstance) -> None:
    """Keep the automated backups of an instance that goes. They are no snapshots any more, whose names a successor needs."""
    for name in [n for n, s in backend.database_snapshots.items() if s.snapshot_type == "automated"]:
        if backend.database_snapshots[name].db_instance_identifier == database.db_instance_identifier:
            del backend.database_snapshots[name]
    retained(backend)[database.dbi_resource_id] = database


def retained(backend: RDSBackend) -> dict[str, DBInstance]:
    """Instances that are gone and whose automated backups are kept, by their resource ID."""
    if not hasattr(backend, "retained_backups"):
        backend.retained_backups = {}
    return backend.retained_backups


@contextlib.contextmanager
def source(backend: RDSBackend, request: Any) -> Iterator[DBInstance]:
    """The instance that a restore to a point in time names; one that is gone is there for as long as this lasts."""
    if not request.get("UseLatestRestorableTime") and not request.get("RestoreTime"):
        message = "Either RestoreTime or UseLatestRestorableTime must be specified."
        raise AwsError("InvalidParameterCombination", message)
    name, resource = request.get("SourceDBInstanceIdentifier"), request.get("SourceDbiResourceId")
    for database in backend.databases.values():
        if (name or resource) in (database.db_instance_identifier, database.dbi_resource_id):
            yield database
            return
    gone = retained(backend).get(resource or "")
    if gone is None:
        raise AwsError("DBInstanceNotFound", f"DBInstance {name or resource} not found.")
    beside = f"retained {resource}"  # its name may be taken again, or be about to
    backend.databases[beside] = gone
    try:
        yield gone
    finally:
        del backend.databases[beside]


def as_it_was(copy: DBInstance, source: DBInstance) -> None:
    """A copy of some point in time has what its source had. It is no replica of it, for which moto takes it."""
    copy.source_db_instance_identifier = None
    for name in ("enabled", "retention_period", "kms_key_id"):
        if hasattr(source, f"performance_insights_{name}"):
            setattr(copy, f"performance_insights_{name}", getattr(source, f"performance_insights_{name}"))
