"""What calls of RDS, EFS and ECR ask of IAM."""

import pytest
from asking import arn, context, fresh, pairs, pairs_of, trusted

LINKED = "iam:CreateServiceLinkedRole role/aws-service-role"


@pytest.fixture
def here():
    return fresh()


@pytest.fixture
def key(here):
    return here.client("kms").create_key()["KeyMetadata"]


@pytest.fixture
def subnets(here):
    ec2 = here.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = [ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZoneId=f"use1-az{n}") for n in (1, 2)]
    return [m["Subnet"]["SubnetId"] for m in made]


@pytest.fixture
def database(here, subnets):
    rds = here.client("rds")
    more = {"DBSubnetGroupName": "acme", "DBSubnetGroupDescription": "a", "SubnetIds": subnets}
    rds.create_db_subnet_group(**more, Tags=pairs_of(platform="acme"))
    rds.create_db_instance(
        DBInstanceIdentifier="acme",
        DBInstanceClass="db.m6g.large",
        Engine="postgres",
        EngineVersion="16.4",
        AllocatedStorage=20,
        MasterUsername="a",
        MasterUserPassword="secret-of-eight",
        DBSubnetGroupName="acme",
        CopyTagsToSnapshot=True,
        Tags=pairs_of(platform="acme"),
    )
    return rds


def test_a_database_is_asked_of_itself_and_its_groups(here, database, key):
    role = trusted(here, "monitoring", "monitoring.rds.amazonaws.com")
    found = here.asked(
        "rds",
        "create_db_instance",
        DBInstanceIdentifier="other",
        DBInstanceClass="db.m6g.large",
        Engine="postgres",
        EngineVersion="16.4",
        AllocatedStorage=20,
        DBSubnetGroupName="acme",
        KmsKeyId=key["Arn"],
        StorageEncrypted=True,
        MonitoringRoleArn=role,
        ManageMasterUserPassword=True,
        Tags=pairs_of(platform="acme"),
    )
    assert pairs(found) == [
        "rds:CreateDBInstance db:other",
        "rds:CreateDBInstance pg:default.postgres16",
        "rds:CreateDBInstance og:default:postgres-16",
        "rds:CreateDBInstance subgrp:acme",
        "rds:AddTagsToResource db:other",
        "iam:PassRole role/monitoring",
        f"{LINKED}/rds.amazonaws.com/AWSServiceRoleForRDS",
        f"kms:DescribeKey key/{key['KeyId']}",
        f"kms:CreateGrant key/{key['KeyId']}",
        "secretsmanager:CreateSecret secret:rds!db-*",
        "secretsmanager:TagResource secret:rds!db-*",
    ]
    said = context(found, "rds:CreateDBInstance db:other")
    assert (said["rds:databaseengine"], said["rds:storageencrypted"]) == (["postgres"], ["true"])
    assert (said["rds:req-tag/platform"], said["aws:requesttag/platform"]) == (["acme"], ["acme"])
    assert context(found, "rds:CreateDBInstance subgrp:acme")["rds:subgrp-tag/platform"] == ["acme"]
    assert context(found, "iam:PassRole role/monitoring") == {"iam:passedtoservice": ["monitoring.rds.amazonaws.com"]}
    # The secret has RDS's tags, and not those of the database.
    assert context(found, "secretsmanager:CreateSecret secret:rds!db-*")["aws:tagkeys"] == [
        "aws:secretsmanager:owningService",
        "aws:rds:primaryDBInstanceArn",
    ]


def test_a_managed_password_may_have_a_key_of_its_own(here, database, key):
    found = here.asked(
        "rds",
        "modify_db_instance",
        DBInstanceIdentifier="acme",
        ManageMasterUserPassword=True,
        MasterUserSecretKmsKeyId=key["Arn"],
    )
    assert [p for p in pairs(found) if p.startswith("kms")] == [
        f"kms:{action} key/{key['KeyId']}" for action in ("DescribeKey", "CreateGrant", "Decrypt", "GenerateDataKey")
    ]
    via = context(found, f"kms:Decrypt key/{key['KeyId']}")["kms:viaservice"]
    assert via == ["secretsmanager.us-east-1.amazonaws.com"]
    assert context(found, "rds:ModifyDBInstance db:acme")["rds:db-tag/platform"] == ["acme"]


def test_a_last_snapshot_is_made_and_tagged(here, database):
    found = here.asked("rds", "delete_db_instance", DBInstanceIdentifier="acme", FinalDBSnapshotIdentifier="acme-last")
    assert pairs(found) == [
        "rds:DeleteDBInstance db:acme",
        "rds:CreateDBSnapshot db:acme",
        "rds:CreateDBSnapshot snapshot:acme-last",
        "rds:AddTagsToResource snapshot:acme-last",
    ]
    assert context(found, "rds:AddTagsToResource snapshot:acme-last")["aws:requesttag/platform"] == ["acme"]
    assert here.pairs("rds", "delete_db_instance", DBInstanceIdentifier="acme", SkipFinalSnapshot=True) == [
        "rds:DeleteDBInstance db:acme"
    ]


def test_a_restore_is_asked_of_the_snapshot_too(here, database):
    more = {"DBInstanceIdentifier": "again", "DBSubnetGroupName": "acme", "DBParameterGroupName": "mine"}
    name = "rds:acme-2026-01-01-00-00"
    asked = here.pairs("rds", "restore_db_instance_from_db_snapshot", **more, DBSnapshotIdentifier=name)
    assert asked[0] == "rds:RestoreDBInstanceFromDBSnapshot db:again"
    assert f"rds:RestoreDBInstanceFromDBSnapshot snapshot:{name}" in asked
    assert "rds:RestoreDBInstanceFromDBSnapshot pg:mine" in asked
    asked = here.pairs(
        "rds",
        "restore_db_instance_to_point_in_time",
        SourceDBInstanceIdentifier="acme",
        TargetDBInstanceIdentifier="again",
        UseLatestRestorableTime=True,
    )
    assert asked[:5] == [
        "rds:RestoreDBInstanceToPointInTime db:again",
        "rds:RestoreDBInstanceToPointInTime pg:default.postgres16",
        "rds:RestoreDBInstanceToPointInTime og:default:postgres-16",
        "rds:RestoreDBInstanceToPointInTime subgrp:default",
        "rds:RestoreDBInstanceToPointInTime db:acme",
    ]


def test_databases_are_looked_at_by_name_or_all(here, database):
    [one] = here.asked("rds", "describe_db_instances", DBInstanceIdentifier="acme")
    assert (pairs([one]), one.context["rds:db-tag/platform"]) == (["rds:DescribeDBInstances db:acme"], ["acme"])
    assert here.pairs("rds", "describe_db_instances") == ["rds:DescribeDBInstances db:*"]


def test_a_file_system_takes_its_key_and_tags(here, key):
    found = here.asked(
        "efs",
        "create_file_system",
        CreationToken="a",
        Encrypted=True,
        KmsKeyId=key["Arn"],
        Tags=pairs_of(platform="acme"),
    )
    assert pairs(found) == [
        "elasticfilesystem:CreateFileSystem file-system/*",
        "elasticfilesystem:TagResource file-system/*",
        *(
            f"kms:{action} key/{key['KeyId']}"
            for action in ("DescribeKey", "CreateGrant", "Decrypt", "GenerateDataKeyWithoutPlaintext")
        ),
        f"{LINKED}/elasticfilesystem.amazonaws.com/AWSServiceRoleForAmazonElasticFileSystem",
    ]
    said = context(found, "elasticfilesystem:TagResource file-system/*")
    assert said["elasticfilesystem:createaction"] == ["CreateFileSystem"]
    assert context(found, "elasticfilesystem:CreateFileSystem file-system/*")["elasticfilesystem:encrypted"] == ["true"]


def test_a_mount_target_is_an_interface_without_tags(here, subnets):
    efs = here.client("efs")
    system = efs.create_file_system(CreationToken="a", Tags=pairs_of(platform="acme"))["FileSystemId"]
    found = here.asked("efs", "create_mount_target", FileSystemId=system, SubnetId=subnets[0])
    asked = pairs(found)
    assert asked[:5] == [
        f"elasticfilesystem:CreateMountTarget file-system/{system}",
        "ec2:DescribeSubnets *",
        "ec2:DescribeNetworkInterfaces *",
        "ec2:CreateNetworkInterface network-interface/*",
        f"ec2:CreateNetworkInterface subnet/{subnets[0]}",
    ]
    assert context(found, asked[0])["aws:resourcetag/platform"] == ["acme"]
    assert context(found, asked[3]) == {"ec2:region": ["us-east-1"]}
    target = efs.create_mount_target(FileSystemId=system, SubnetId=subnets[0])
    found = here.asked("efs", "delete_mount_target", MountTargetId=target["MountTargetId"])
    assert pairs(found) == [
        f"elasticfilesystem:DeleteMountTarget file-system/{system}",
        f"ec2:DeleteNetworkInterface network-interface/{target['NetworkInterfaceId']}",
    ]


def test_backups_have_a_role_of_their_own(here):
    system = here.client("efs").create_file_system(CreationToken="a")["FileSystemId"]
    asked = here.pairs("efs", "put_backup_policy", FileSystemId=system, BackupPolicy={"Status": "ENABLED"})
    assert asked == [
        f"elasticfilesystem:PutBackupPolicy file-system/{system}",
        f"{LINKED}/backup.amazonaws.com/AWSServiceRoleForBackup",
    ]


def test_a_repository_takes_its_key_and_gives_it_back(here, key):
    encryption = {"encryptionType": "KMS", "kmsKey": key["Arn"]}
    more = {"repositoryName": "acme/app", "encryptionConfiguration": encryption, "tags": pairs_of(platform="acme")}
    assert here.pairs("ecr", "create_repository", **more) == [
        "ecr:CreateRepository repository/acme/app",
        "ecr:TagResource repository/acme/app",
        f"kms:DescribeKey key/{key['KeyId']}",
        f"kms:CreateGrant key/{key['KeyId']}",
    ]
    here.client("ecr").create_repository(**more)
    found = here.asked("ecr", "delete_repository", repositoryName="acme/app")
    assert pairs(found) == [
        "ecr:DeleteRepository repository/acme/app",
        f"kms:RetireGrant key/{key['KeyId']}",
    ]
    said = context(found, "ecr:DeleteRepository repository/acme/app")
    assert (said["aws:resourcetag/platform"], said["ecr:resourcetag/platform"]) == (["acme"], ["acme"])


def test_a_cache_of_images_has_a_role_of_the_service_and_a_template_what_it_makes(here):
    rule = {"ecrRepositoryPrefix": "quay", "upstreamRegistryUrl": "quay.io"}
    role = f"{LINKED}/pullthroughcache.ecr.amazonaws.com/AWSServiceRoleForECRPullThroughCache"
    assert here.pairs("ecr", "create_pull_through_cache_rule", **rule) == ["ecr:CreatePullThroughCacheRule *", role]
    asked = here.pairs("ecr", "create_repository_creation_template", prefix="quay", appliedFor=["PULL_THROUGH_CACHE"])
    assert asked == [
        "ecr:CreateRepositoryCreationTemplate *",
        "ecr:CreateRepository repository/quay/*",
        "ecr:PutLifecyclePolicy repository/quay/*",
        "ecr:SetRepositoryPolicy repository/quay/*",
        role,
    ]


def test_enhanced_scans_are_inspectors(here):
    asked = here.pairs("ecr", "put_registry_scanning_configuration", scanType="ENHANCED", rules=[])
    assert asked[:2] == ["ecr:PutRegistryScanningConfiguration *", "inspector2:Enable *"]
    assert asked[2:] == [f"{LINKED}/inspector2.amazonaws.com/AWSServiceRoleForAmazonInspector2"]
    here.client("ecr").put_registry_scanning_configuration(scanType="ENHANCED", rules=[])
    assert here.pairs("ecr", "put_registry_scanning_configuration", scanType="BASIC", rules=[]) == [
        "ecr:PutRegistryScanningConfiguration *",
        "inspector2:Disable *",
    ]


def test_what_is_looked_up_for_the_preflight(here):
    quota = {"ServiceCode": "ec2", "QuotaCode": "L-0263D0A3"}
    assert here.pairs("service-quotas", "get_service_quota", **quota) == [
        "servicequotas:GetServiceQuota ec2/L-0263D0A3"
    ]
    assert here.pairs("bedrock", "list_foundation_models") == ["bedrock:ListFoundationModels *"]
    assert here.pairs("autoscaling", "describe_auto_scaling_groups") == ["autoscaling:DescribeAutoScalingGroups *"]
    assert arn("acm", "certificate/*").endswith(":certificate/*")
