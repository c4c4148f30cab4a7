"""What RDS keeps for the maintenance window, and what it changes at once whatever it was asked.

From the table of settings in the RDS User Guide ("Modifying a DB instance").
"""

import time
from typing import Any

from moto.rds.models import DBInstance, rds_backends

from ..errors import AwsError
from . import catalog

#: Settings that wait unless the request says `ApplyImmediately`, with the instance's attribute. All others never wait.
WAITING = {
    "AllocatedStorage": "allocated_storage",
    "CACertificateIdentifier": "ca_certificate_identifier",
    "DBInstanceClass": "db_instance_class",
    "EnableIAMDatabaseAuthentication": "enable_iam_database_authentication",
    "EngineVersion": "engine_version",
    "Iops": "iops",
    "MultiAZ": "multi_az",
    "StorageThroughput": "storage_throughput",
    "StorageType": "storage_type",
}
#: The same under another name in `PendingModifiedValues`.
TOLD_AS = {"EnableIAMDatabaseAuthentication": "IAMDatabaseAuthenticationEnabled"}
#: With a new major version the parameter group waits too, and is not told.
GROUP = "DBParameterGroupName"

STORAGE = ("AllocatedStorage", "Iops", "StorageThroughput", "StorageType")
#: How long RDS optimises storage that was changed, and refuses to change it again.
OPTIMISING_SECONDS = 6 * 3600


def hold(database: DBInstance, request: Any) -> None:
    """Take out of the request what waits, or add to it what has waited, when everything is to be applied at once."""
    waits = pending(database)
    major = "EngineVersion" in request and catalog.family(request["EngineVersion"]) != catalog.family(
        database.engine_version
    )
    for name in [*WAITING, *([GROUP] if major else [])]:
        if request.get(name) is not None:
            waits[name] = request[name]
            request.pop(name)
    for name, attribute in WAITING.items():
        if name in waits and waits[name] == getattr(database, attribute, None):
            del waits[name]
    _check_storage(database, waits)
    if request.get("ApplyImmediately"):
        apply(database)
    tell(database)


def pending(database: DBInstance) -> dict[str, Any]:
    """What waits, by the names of requests."""
    if not hasattr(database, "waiting"):
        database.waiting = {}
    return database.waiting


def apply(database: DBInstance) -> None:
    """The window, or `ApplyImmediately`: everything that waits comes true."""
    waits = pending(database)
    if any(name in waits for name in STORAGE):
        database.storage_changed = time.monotonic()
    # In the order of the table, so that throughput finds the type of its storage.
    if "StorageType" in waits:
        database.storage_type = waits.pop("StorageType")
    if GROUP in waits:
        database.db_parameter_group_name = waits.pop(GROUP)
    if "CACertificateIdentifier" in waits:
        certify(database, waits["CACertificateIdentifier"])
    for name, attribute in WAITING.items():
        if name in waits:
            setattr(database, attribute, waits.pop(name))
    baseline(database)
    tell(database)


def baseline(database: DBInstance) -> None:
    """What gp3 storage has without being asked, which grows with it."""
    if database.storage_type != "gp3":
        return
    large = database.allocated_storage >= 400
    database.iops = max(int(getattr(database, "iops", None) or 0), 12000 if large else 3000)
    database.storage_throughput = max(int(database.storage_throughput or 0), 500 if large else 125)


def certify(database: DBInstance, identifier: str) -> None:
    """The instance's certificate is of this authority."""
    database.ca_certificate_identifier = identifier
    database.certificate_details = {"CAIdentifier": identifier, "ValidTill": catalog.CERTIFICATES[identifier]}


def tell(database: DBInstance) -> None:
    """`PendingModifiedValues` of the answers."""
    told = {TOLD_AS.get(name, name): value for name, value in pending(database).items() if name in WAITING}
    database.pending_modified_values = told


def open_window(account: str, name: str) -> None:
    """The maintenance window of the instance of this name, in whichever region. A `KeyError` when there is none."""
    found = [b.databases[name] for b in rds_backends[account].values() if name in b.databases]
    if not found:
        raise KeyError(name)
    for database in found:
        apply(database)


def _check_storage(database: DBInstance, waits: dict[str, Any]) -> None:
    """Storage grows, and not twice within hours."""
    size = int(waits.get("AllocatedStorage") or database.allocated_storage)
    if size < database.allocated_storage:
        waits.pop("AllocatedStorage")
        raise AwsError(
            "InvalidParameterCombination",
            f"Invalid storage size for engine name postgres and storage type {database.storage_type}: {size}",
        )
    changed = getattr(database, "storage_changed", None)
    if any(name in waits for name in STORAGE) and changed and time.monotonic() - changed < OPTIMISING_SECONDS:
        raise AwsError(
            "InvalidParameterCombination",
            "You can't currently modify the storage of this DB instance because the previous storage change is "
            "being optimized.",
        )
