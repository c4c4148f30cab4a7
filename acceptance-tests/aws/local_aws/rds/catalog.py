"""Facts that RDS publishes about PostgreSQL: versions, instance classes, certificates."""

from datetime import UTC, datetime
from typing import Any

ENGINE = "postgres"

#: Minor versions per major, oldest first; the last but one of a major is its default, as RDS does for a new minor.
MINORS = {
    "13": ("13.18", "13.20", "13.21", "13.22", "13.23"),
    "14": ("14.15", "14.17", "14.18", "14.19", "14.20"),
    "15": ("15.8", "15.10", "15.12", "15.13", "15.14", "15.15"),
    "16": ("16.4", "16.6", "16.8", "16.9", "16.10", "16.11"),
    "17": ("17.2", "17.4", "17.5", "17.6", "17.7"),
}
DEFAULT_MAJOR = "17"

#: Instance families with the sizes offered for PostgreSQL.
FAMILIES = {
    "t3": ("micro", "small", "medium", "large", "xlarge", "2xlarge"),
    "t4g": ("micro", "small", "medium", "large", "xlarge", "2xlarge"),
    "m6g": ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"),
    "m6i": ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge", "32xlarge"),
    "m7g": ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"),
    "m7i": ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"),
    "m8g": ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"),
    "r6g": ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"),
    "r6i": ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge", "24xlarge"),
    "r7g": ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"),
    "r8g": ("large", "xlarge", "2xlarge", "4xlarge", "8xlarge", "12xlarge", "16xlarge"),
}
INSTANCE_CLASSES = [f"db.{family}.{size}" for family, sizes in FAMILIES.items() for size in sizes]

#: Storage types with the least and the most GiB for PostgreSQL.
STORAGE = {"gp2": (20, 65536), "gp3": (20, 65536), "io1": (100, 65536), "io2": (100, 65536)}

LOG_TYPES = ["postgresql", "upgrade", "iam-db-auth-error"]

#: Certificate authorities with the end of their validity; the first is the default of new instances.
CERTIFICATES = {
    "rds-ca-rsa2048-g1": datetime(2061, 5, 19, tzinfo=UTC),
    "rds-ca-rsa4096-g1": datetime(2121, 5, 19, tzinfo=UTC),
    "rds-ca-ecc384-g1": datetime(2121, 5, 19, tzinfo=UTC),
}
DEFAULT_CERTIFICATE = "rds-ca-rsa2048-g1"

ALL_MINORS = [version for versions in MINORS.values() for version in versions]


def default_minor(major: str) -> str:
    """The minor version RDS installs when only the major is named."""
    return MINORS[major][-2]


def resolve(version: str | None) -> str | None:
    """The full version for what a caller asked (`17`, `17.2`, nothing), or `None` when RDS has no such version."""
    if version is None:
        return default_minor(DEFAULT_MAJOR)
    if version in MINORS:
        return default_minor(version)
    return version if version in ALL_MINORS else None


def family(version: str) -> str:
    """Parameter group family: `postgres` and the major version."""
    return ENGINE + version.split(".", maxsplit=1)[0]


def engine_version(version: str, partition: str, region: str) -> dict[str, Any]:
    """A version as `DescribeDBEngineVersions` answers it."""
    major = version.split(".", maxsplit=1)[0]
    return {
        "Engine": ENGINE,
        "EngineVersion": version,
        "MajorEngineVersion": major,
        "DBParameterGroupFamily": family(version),
        "DBEngineDescription": "PostgreSQL",
        "DBEngineVersionDescription": f"PostgreSQL {version}-R1",
        "DBEngineVersionArn": f"arn:{partition}:rds:{region}::dbengineversion:{ENGINE}/{version}",
        "ValidUpgradeTarget": [_upgrade(version, target) for target in ALL_MINORS if is_upgrade(version, target)],
        "ExportableLogTypes": LOG_TYPES,
        "SupportsLogExportsToCloudwatchLogs": True,
        "SupportsReadReplica": True,
        "SupportedFeatureNames": ["Lambda", "s3Export", "s3Import"],
        "Status": "available",
        "SupportsParallelQuery": False,
        "SupportsGlobalDatabases": False,
        "SupportsCertificateRotationWithoutRestart": True,
        "SupportedCACertificateIdentifiers": list(CERTIFICATES),
    }


def orderable_option(version: str, instance_class: str, storage: str, zones: list[str]) -> dict[str, Any]:
    """One combination as `DescribeOrderableDBInstanceOptions` answers it."""
    least, most = STORAGE[storage]
    burstable = instance_class.startswith("db.t")
    return {
        "Engine": ENGINE,
        "EngineVersion": version,
        "DBInstanceClass": instance_class,
        "LicenseModel": "postgresql-license",
        "AvailabilityZones": [{"Name": zone} for zone in zones],
        "MultiAZCapable": True,
        "ReadReplicaCapable": True,
        "Vpc": True,
        "SupportsStorageEncryption": True,
        "StorageType": storage,
        "SupportsIops": storage != "gp2",
        "SupportsStorageThroughput": storage == "gp3",
        "SupportsEnhancedMonitoring": True,
        "SupportsIAMDatabaseAuthentication": True,
        "SupportsPerformanceInsights": not (burstable and instance_class.endswith("micro")),
        "MinStorageSize": least,
        "MaxStorageSize": most,
        "SupportsStorageAutoscaling": True,
        "SupportsKerberosAuthentication": True,
        "OutpostCapable": False,
        "SupportedNetworkTypes": ["IPV4", "DUAL"],
        "SupportsClusters": not burstable,
        "SupportsDedicatedLogVolume": storage in ("io1", "io2"),
    }


def certificate(identifier: str, partition: str, region: str) -> dict[str, Any]:
    """A certificate authority as `DescribeCertificates` answers it."""
    return {
        "CertificateIdentifier": identifier,
        "CertificateType": "CA",
        "Thumbprint": "24a97b91cbe86911190576c35c36b7bc9c2b3b7d",
        "ValidFrom": datetime(2021, 5, 19, tzinfo=UTC),
        "ValidTill": CERTIFICATES[identifier],
        "CertificateArn": f"arn:{partition}:rds:{region}::cert:{identifier}",
        "CustomerOverride": False,
    }


def is_upgrade(version: str, target: str) -> bool:
    """Whether the target is the newer one."""
    return tuple(map(int, target.split("."))) > tuple(map(int, version.split(".")))


def _upgrade(version: str, target: str) -> dict[str, Any]:
    major = version.split(".", maxsplit=1)[0] != target.split(".", maxsplit=1)[0]
    return {
        "Engine": ENGINE,
        "EngineVersion": target,
        "Description": f"PostgreSQL {target}-R1",
        "AutoUpgrade": not major and target == default_minor(target.split(".", maxsplit=1)[0]),
        "IsMajorVersionUpgrade": major,
    }
