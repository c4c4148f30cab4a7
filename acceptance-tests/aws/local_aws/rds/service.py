"""The RDS operations that moto lacks or answers wrongly."""

import hashlib
import itertools
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models import ec2_backends
from moto.ec2.models.subnets import Subnet
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.rds.models import DBInstance
from moto.rds.responses import RDSResponse

from .. import account, kms
from ..errors import AwsError
from ..pages import page
from ..quotas import limit
from . import catalog, deferred, origins


#: Counts the instances, so that each has an identifier of its own.
MADE = itertools.count()


class RdsResponse(RDSResponse):
    """moto's RDS with PostgreSQL corrected; other engines stay moto's."""

    def describe_db_engine_versions(self) -> ActionResult:
        """Missing in moto."""
        p = self.params
        asked, family = p.get("EngineVersion"), p.get("DBParameterGroupFamily")
        if p.get("Engine") not in (None, catalog.ENGINE):
            raise _invalid("InvalidParameterValue", f"Only the engine postgres is modelled, not {p['Engine']}")
        versions = [
            v
            for v in catalog.ALL_MINORS
            if (asked in (None, v) or v.startswith(f"{asked}.")) and family in (None, catalog.family(v))
        ]
        if p.get("DefaultOnly"):
            majors = {v.split(".")[0] for v in versions}
            wanted = majors if len(majors) == 1 else majors & {catalog.DEFAULT_MAJOR}
            versions = [v for v in versions if v in map(catalog.default_minor, wanted)]
        found = [catalog.engine_version(v, self.partition, self.region) for v in versions]
        return self._page("DBEngineVersions", found)

    def describe_orderable_db_instance_options(self) -> ActionResult:
        """moto knows Aurora's only."""
        p = self.params
        if p.get("Engine") != catalog.ENGINE:
            return super().describe_orderable_db_instance_options()
        versions = [v for v in catalog.ALL_MINORS if p.get("EngineVersion") in (None, v)]
        sold = [c for c in catalog.INSTANCE_CLASSES if c not in account.settings.not_orderable]
        classes = [c for c in sold if p.get("DBInstanceClass") in (None, c)]
        zones = [z.name for z in ec2_backends[self.current_account][self.region].describe_availability_zones()]
        options = [
            catalog.orderable_option(version, instance_class, storage, zones)
            for version, instance_class, storage in itertools.product(versions, classes, catalog.STORAGE)
        ]
        return self._page("OrderableDBInstanceOptions", options)

    def describe_account_attributes(self) -> ActionResult:
        """How much of its quotas the account uses; missing in moto."""
        databases = self.backend.databases.values()
        used = {
            "DBInstances": (len(databases), limit("rds", "L-7B6409FD")),
            "AllocatedStorage": (sum(int(d.allocated_storage) for d in databases), limit("rds", "L-7ADDB58A")),
            "DBParameterGroups": (len(self.backend.db_parameter_groups), 50),
            "DBSubnetGroups": (len(self.backend.subnet_groups), 50),
            "ManualSnapshots": (len(self.backend.database_snapshots), 100),
        }
        quotas = [{"AccountQuotaName": name, "Used": u, "Max": most} for name, (u, most) in used.items()]
        return ActionResult({"AccountQuotas": quotas})

    def describe_certificates(self) -> ActionResult:
        """Missing in moto."""
        asked = self.params.get("CertificateIdentifier")
        if asked not in (None, *catalog.CERTIFICATES):
            raise _invalid("CertificateNotFound", f"Certificate {asked} not found")
        found = [c for c in catalog.CERTIFICATES if asked in (None, c)]
        answer = [catalog.certificate(c, self.partition, self.region) for c in found]
        default = {"DefaultCertificateForNewLaunches": catalog.DEFAULT_CERTIFICATE}
        return ActionResult({"Certificates": answer, **default})

    def describe_db_parameters(self) -> ActionResult:
        """moto leaves out `Source`, so that the provider takes a value somebody set for an engine default."""
        result = super().describe_db_parameters().result
        wanted = self.params.get("Source")
        parameters = [
            {"Source": "user", "ApplyMethod": "immediate", "IsModifiable": True, **parameter}
            for parameter in result["Parameters"]
            if wanted in (None, "user")
        ]
        return ActionResult({"Parameters": parameters})

    def reset_db_parameter_group(self) -> ActionResult:
        """Missing in moto; the provider calls it for a parameter that leaves the configuration."""
        name = self.params["DBParameterGroupName"]
        group = self.backend.db_parameter_groups.get(name)
        if group is None:
            raise _invalid("DBParameterGroupNotFound", f"DBParameterGroup not found: {name}")
        if self.params.get("ResetAllParameters"):
            group.parameters.clear()
        for parameter in self.params.get("Parameters") or []:
            group.parameters.pop(parameter["ParameterName"], None)
        return ActionResult({"DBParameterGroupName": name})

    def create_db_subnet_group(self) -> ActionResult:
        """RDS demands two zones; moto takes anything."""
        self._subnets_in_two_zones()
        return super().create_db_subnet_group()

    def modify_db_subnet_group(self) -> ActionResult:
        """moto loses the group."""
        name = self.params["DBSubnetGroupName"]
        [group] = self.backend.describe_db_subnet_groups(name)
        group._subnets = self._subnets_in_two_zones()
        group.description = self.params.get("DBSubnetGroupDescription") or group.description
        return ActionResult({"DBSubnetGroup": group})

    def delete_db_subnet_group(self) -> ActionResult:
        """RDS refuses while an instance uses the group; moto deletes."""
        name = self.params["DBSubnetGroupName"]
        for database in self.backend.databases.values():
            if getattr(database, "_db_subnet_group_name", None) == name:
                raise _invalid("InvalidDBSubnetGroupStateFault", f"Cannot delete the subnet group '{name}' in use.")
        return super().delete_db_subnet_group()

    def delete_db_parameter_group(self) -> ActionResult:
        """RDS refuses while an instance uses the group, or will from its window on; moto deletes."""
        name = self.params["DBParameterGroupName"]
        if any(
            name in (database.db_parameter_group_name, deferred.pending(database).get(deferred.GROUP))
            for database in self.backend.databases.values()
        ):
            raise _invalid(
                "InvalidDBParameterGroupState", "One or more database instances are still members of this group"
            )
        return super().delete_db_parameter_group()

    def create_db_instance(self) -> ActionResult:
        """moto checks little, keeps the major version as the version, and drops insights and certificates."""
        p = self.params
        if p.get("Engine") == catalog.ENGINE and p.get("DBClusterIdentifier") is None:
            version = self._check_new(p)
            p["EngineVersion"] = version
            p["LicenseModel"] = "postgresql-license"
            p["CACertificateIdentifier"] = p.get("CACertificateIdentifier") or catalog.DEFAULT_CERTIFICATE
            p["MultiAZ"] = bool(p.get("MultiAZ"))
            p["PubliclyAccessible"] = bool(p.get("PubliclyAccessible"))
        result = super().create_db_instance().result
        database = result["DBInstance"]
        database.dbi_resource_id = _resource_id(database)
        database.enabled_cloudwatch_logs_exports = list(p.get("EnableCloudwatchLogsExports") or [])
        self._complete(database)
        return ActionResult(result)

    def restore_db_instance_from_db_snapshot(self) -> ActionResult:
        """The snapshot brings the database's name and its key; moto also takes its word where the request says no."""
        p = self.params
        snapshot = origins.snapshot(self.backend, p["DBSnapshotIdentifier"])
        self._check_restore(snapshot.engine_version, snapshot.kms_key_id)
        p["DBSnapshotIdentifier"] = snapshot.db_snapshot_identifier
        return self._restored(super().restore_db_instance_from_db_snapshot().result)

    def restore_db_instance_to_point_in_time(self) -> ActionResult:
        """The same from an instance, or from the backups that an instance has left behind."""
        with origins.source(self.backend, self.params) as source:
            if self.params["TargetDBInstanceIdentifier"] in self.backend.databases:
                raise _invalid("DBInstanceAlreadyExists", "DB instance already exists")
            self._check_restore(source.engine_version, source.kms_key_id)
            self.params["SourceDBInstanceIdentifier"] = source.db_instance_identifier
            result = super().restore_db_instance_to_point_in_time().result
            origins.as_it_was(result["DBInstance"], source)
            return self._restored(result)

    def _restored(self, result: Any) -> ActionResult:
        database = result["DBInstance"]
        database.waiting = {}
        database.storage_changed = None
        deferred.tell(database)
        if self.params.get("AutoMinorVersionUpgrade") is not None:
            database.auto_minor_version_upgrade = self.params["AutoMinorVersionUpgrade"]
        database.dbi_resource_id = _resource_id(database)
        self._complete(database)
        return ActionResult(result)

    def _check_restore(self, version: str, key: str | None) -> None:
        """A restore has the version and the key of what it is made from."""
        if self.params.get("DBName"):
            raise _invalid("InvalidParameterValue", "DBName must be null when Restoring for this Engine.")
        if key:
            self._require_key(key)
        self._check_family(self.params.get("DBParameterGroupName"), version)

    def modify_db_instance(self) -> ActionResult:
        """What waits for the window is kept until a test opens it, or until a request says `ApplyImmediately`."""
        p = self.params
        database = self.backend.describe_db_instances(p["DBInstanceIdentifier"])[0]
        if database.engine == catalog.ENGINE:
            self._check_upgrade(database)
            self._check_password(database)
            deferred.hold(database, p)
        database = super().modify_db_instance().result["DBInstance"]
        self._complete(database)
        return ActionResult({"DBInstance": database})

    def _check_password(self, database: DBInstance) -> None:
        """Either RDS keeps the password of the master user, or the caller says which it is."""
        p = self.params
        managed = getattr(database, "manage_master_user_password", False)
        wanted = managed if p.get("ManageMasterUserPassword") is None else p["ManageMasterUserPassword"]
        if wanted and p.get("MasterUserPassword"):
            message = "MasterUserPassword can't be specified when ManageMasterUserPassword is turned on."
            raise _invalid("InvalidParameterCombination", message)
        if managed and not wanted and not p.get("MasterUserPassword"):
            message = "MasterUserPassword is required when ManageMasterUserPassword is turned off."
            raise _invalid("InvalidParameterCombination", message)
        if managed and wanted and not p.get("MasterUserSecretKmsKeyId"):
            p.pop("ManageMasterUserPassword", None)  # it is so already, and moto would make a second secret

    def delete_db_instance(self) -> ActionResult:
        """RDS demands either a final snapshot or the word that none is wanted; moto does not ask."""
        p = self.params
        if not p.get("SkipFinalSnapshot") and not p.get("FinalDBSnapshotIdentifier"):
            raise _invalid(
                "InvalidParameterCombination",
                "FinalDBSnapshotIdentifier is required unless SkipFinalSnapshot is specified.",
            )
        if p.get("SkipFinalSnapshot") and p.get("FinalDBSnapshotIdentifier"):
            raise _invalid(
                "InvalidParameterCombination",
                "FinalDBSnapshotIdentifier can not be specified when deleting a DB instance with SkipFinalSnapshot.",
            )
        database = self.backend.databases.get(p["DBInstanceIdentifier"])
        result = super().delete_db_instance()
        if p.get("DeleteAutomatedBackups") is False:
            origins.retain(self.backend, database)
        return result

    def _page(self, name: str, found: list[Any]) -> ActionResult:
        refusal = ("InvalidParameterValue", "Invalid marker")
        listed, marker = page(found, self.params.get("Marker"), self.params.get("MaxRecords"), 100, refusal)
        return ActionResult({name: listed, **({"Marker": marker} if marker else {})})

    def _check_new(self, p: Any) -> str:
        version = catalog.resolve(p.get("EngineVersion"))
        if version is None:
            raise _no_version(p["EngineVersion"])
        if p["DBInstanceClass"] not in catalog.INSTANCE_CLASSES:
            raise _invalid("InvalidParameterValue", f"Invalid DB Instance class: {p['DBInstanceClass']}")
        storage = p.get("StorageType") or "gp2"
        least, most = catalog.STORAGE[storage]
        size = int(p.get("AllocatedStorage") or 0)
        if not least <= size <= most:
            raise _invalid(
                "InvalidParameterCombination",
                f"Invalid storage size for engine name postgres and storage type {storage}: {size}",
            )
        self._check_family(p.get("DBParameterGroupName"), version)
        if p.get("KmsKeyId"):
            self._require_key(p["KmsKeyId"])
        if p.get("MasterUserSecretKmsKeyId"):
            self._require_key(p["MasterUserSecretKmsKeyId"])
        if p.get("MonitoringRoleArn"):
            self._require_monitoring_role(p["MonitoringRoleArn"])
        certificate = p.get("CACertificateIdentifier")
        if certificate not in (None, *catalog.CERTIFICATES):
            raise _invalid("CertificateNotFound", f"Certificate {certificate} not found")
        return version

    def _check_upgrade(self, database: DBInstance) -> None:
        """Upgrades go forward; one of the major version is asked for, and brings a parameter group that fits."""
        p, version = self.params, database.engine_version
        if p.get("EngineVersion") is not None and version.startswith(f"{p['EngineVersion']}."):
            p["EngineVersion"] = version  # the major version that it has: nothing changes
        if p.get("EngineVersion") not in (None, version):
            version = catalog.resolve(p["EngineVersion"])
            if version is None:
                raise _no_version(p["EngineVersion"])
            if not catalog.is_upgrade(database.engine_version, version) and version != database.engine_version:
                message = f"Cannot upgrade postgres from {database.engine_version} to {version}"
                raise _invalid("InvalidParameterCombination", message)
            major = catalog.family(version) != catalog.family(database.engine_version)
            if major and not p.get("AllowMajorVersionUpgrade"):
                message = "The AllowMajorVersionUpgrade flag must be present when upgrading to a new major version."
                raise _invalid("InvalidParameterCombination", message)
            p["EngineVersion"] = version
        self._check_family(p.get("DBParameterGroupName") or database.db_parameter_group_name, version)

    def _check_family(self, name: str | None, version: str) -> None:
        group = self.backend.db_parameter_groups.get(name or "")
        if group is not None and not name.startswith("default.") and group.family != catalog.family(version):
            raise _invalid(
                "InvalidParameterCombination",
                f"The Parameter Group {group.name} with DBParameterGroupFamily {group.family} cannot be used for this "
                f"instance. Please use a Parameter Group with DBParameterGroupFamily {catalog.family(version)}",
            )

    def _subnets_in_two_zones(self) -> list[Subnet]:
        ec2 = ec2_backends[self.current_account][self.region]
        subnets = [ec2.get_subnet(s) for s in self.params.get("SubnetIds") or []]
        zones = {s.availability_zone for s in subnets}
        if len(zones) < 2:
            raise _invalid(
                "DBSubnetGroupDoesNotCoverEnoughAZs",
                "The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. "
                f"Current AZ coverage: {', '.join(sorted(zones))}. Add subnets to cover at least 2 AZs.",
            )
        return subnets

    def _complete(self, database: DBInstance) -> None:
        """Set the members of `DBInstance` that moto does not derive from the request."""
        p = self.params
        if p.get("EnablePerformanceInsights") is not None:
            database.performance_insights_enabled = p["EnablePerformanceInsights"]
        if getattr(database, "performance_insights_enabled", False):
            retention = p.get("PerformanceInsightsRetentionPeriod")
            if retention or not hasattr(database, "performance_insights_retention_period"):
                database.performance_insights_retention_period = retention or 7
            key = p.get("PerformanceInsightsKMSKeyId")
            if key or not hasattr(database, "performance_insights_kms_key_id"):
                database.performance_insights_kms_key_id = self._require_key(key or "alias/aws/rds")
        if p.get("DatabaseInsightsMode") or not hasattr(database, "database_insights_mode"):
            database.database_insights_mode = p.get("DatabaseInsightsMode") or "standard"
        if database.monitoring_interval:
            stream = f"log-group:RDSOSMetrics:log-stream:{database.dbi_resource_id}"
            database.enhanced_monitoring_resource_arn = (
                f"arn:{self.partition}:logs:{self.region}:{self.current_account}:{stream}"
            )
        deferred.baseline(database)
        if p.get("StorageThroughput"):
            database.storage_throughput = p["StorageThroughput"]
        if database.kms_key_id:
            found = kms.find(self.current_account, self.region, database.kms_key_id)
            database.kms_key_id = found.arn if found else database.kms_key_id
        if p.get("CACertificateIdentifier"):
            deferred.certify(database, p["CACertificateIdentifier"])
        if getattr(database, "manage_master_user_password", False):
            database.master_user_secret._status = "active"
        database.network_type = p.get("NetworkType") or getattr(database, "network_type", "IPV4")
        database.engine_lifecycle_support = p.get("EngineLifecycleSupport") or getattr(
            database, "engine_lifecycle_support", "open-source-rds-extended-support"
        )
        self._ensure_log_groups(database)

    def _ensure_log_groups(self, database: DBInstance) -> None:
        """RDS makes a log group (kept for ever) per exported log when nobody made it before."""
        logs = logs_backends[self.current_account][self.region]
        for kind in database.enabled_cloudwatch_logs_exports:
            name = f"/aws/rds/instance/{database.db_instance_identifier}/{kind}"
            if name not in logs.groups:
                logs.create_log_group(name, {}, kmsKeyId=None)

    def _require_key(self, key: str) -> str:
        """ARN of the KMS key, which must be there and enabled (AWS-managed ones come into being when first used)."""
        found = kms.usable(self.current_account, self.region, key)
        if found is None:
            raise _invalid(
                "KMSKeyNotAccessibleFault",
                f"The specified KMS key [{key}] does not exist, is not enabled or you do not have permissions to "
                "access it.",
            )
        return found.arn

    def _require_monitoring_role(self, arn: str) -> None:
        roles = iam_backends[self.current_account][self.partition].roles
        for role in roles.values():
            if role.arn == arn and "monitoring.rds.amazonaws.com" in str(role.assume_role_policy_document):
                return
        raise _invalid(
            "InvalidParameterValue",
            "IAM role ARN value is invalid or does not include the required permissions for: ENHANCED_MONITORING",
        )


def _resource_id(database: DBInstance) -> str:
    """One that no other instance has had, not even one of the same name."""
    made = f"{database.arn} {next(MADE)}"
    return "db-" + hashlib.sha256(made.encode()).hexdigest()[:26].upper()


def _invalid(code: str, message: str) -> AwsError:
    return AwsError(code, message)


def _no_version(version: str) -> AwsError:
    return _invalid("InvalidParameterCombination", f"Cannot find version {version} for postgres")
