"""RDS for PostgreSQL."""

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def rds(aws):
    return aws.client("rds")


@pytest.fixture
def create(rds, network):
    rds.create_db_subnet_group(DBSubnetGroupName="g", DBSubnetGroupDescription="g", SubnetIds=network.subnet_ids)

    def call(**more):
        arguments = {
            "DBInstanceIdentifier": "d",
            "DBInstanceClass": "db.m7g.large",
            "Engine": "postgres",
            "EngineVersion": "17",
            "AllocatedStorage": 100,
            "StorageType": "gp3",
            "MasterUsername": "postgres",
            "ManageMasterUserPassword": True,
            "DBSubnetGroupName": "g",
        }
        return rds.create_db_instance(**{**arguments, **more})["DBInstance"]

    return call


def code(call, **arguments):
    with pytest.raises(ClientError) as failed:
        call(**arguments)
    return failed.value.response["Error"]["Code"]


def test_a_major_version_becomes_its_default_minor(rds, create):
    found = create()
    assert found["EngineVersion"] == "17.6"
    [default] = rds.describe_db_engine_versions(Engine="postgres", EngineVersion="17", DefaultOnly=True)[
        "DBEngineVersions"
    ]
    assert default["EngineVersion"] == "17.6"
    assert default["DBParameterGroupFamily"] == "postgres17"


def test_unknown_versions_classes_and_sizes_are_refused(create):
    assert code(create, EngineVersion="17.99") == "InvalidParameterCombination"
    assert code(create, DBInstanceClass="db.nonsense.large") == "InvalidParameterValue"
    assert code(create, AllocatedStorage=5) == "InvalidParameterCombination"


def test_the_parameter_group_must_be_of_the_engine_version(rds, create):
    for major in ("13", "17"):
        rds.create_db_parameter_group(
            DBParameterGroupName=f"p{major}", DBParameterGroupFamily=f"postgres{major}", Description="p"
        )
    assert code(create, DBParameterGroupName="p13") == "InvalidParameterCombination"
    assert code(create, DBParameterGroupName="p17", EngineVersion="13.22") == "InvalidParameterCombination"
    create(DBParameterGroupName="p17")
    assert code(rds.delete_db_parameter_group, DBParameterGroupName="p17") == "InvalidDBParameterGroupState"


def test_insights_monitoring_and_certificate_are_told_back(rds, create, role):
    create(
        EnablePerformanceInsights=True,
        PerformanceInsightsRetentionPeriod=465,
        DatabaseInsightsMode="advanced",
        MonitoringInterval=60,
        MonitoringRoleArn=role("m", "monitoring.rds.amazonaws.com"),
        CACertificateIdentifier="rds-ca-ecc384-g1",
    )
    [found] = rds.describe_db_instances(DBInstanceIdentifier="d")["DBInstances"]
    assert found["PerformanceInsightsEnabled"] is True
    assert found["PerformanceInsightsRetentionPeriod"] == 465
    assert found["DatabaseInsightsMode"] == "advanced"
    assert found["CACertificateIdentifier"] == "rds-ca-ecc384-g1"
    assert found["MonitoringInterval"] == 60
    assert found["MasterUserSecret"]["SecretStatus"] == "active"


def test_the_monitoring_role_must_be_for_rds(create, role):
    wrong = role("m", "ec2.amazonaws.com")
    assert code(create, MonitoringInterval=60, MonitoringRoleArn=wrong) == "InvalidParameterValue"


def test_a_set_parameter_has_its_source_and_can_be_reset(rds):
    rds.create_db_parameter_group(DBParameterGroupName="p", DBParameterGroupFamily="postgres17", Description="p")
    parameter = {"ParameterName": "rds.force_ssl", "ParameterValue": "1", "ApplyMethod": "immediate"}
    rds.modify_db_parameter_group(DBParameterGroupName="p", Parameters=[parameter])
    [found] = rds.describe_db_parameters(DBParameterGroupName="p", Source="user")["Parameters"]
    assert (found["Source"], found["ParameterValue"]) == ("user", "1")
    rds.reset_db_parameter_group(DBParameterGroupName="p", Parameters=[parameter])
    assert rds.describe_db_parameters(DBParameterGroupName="p")["Parameters"] == []


def test_a_subnet_group_needs_two_zones(rds, network):
    one = {"DBSubnetGroupName": "one", "DBSubnetGroupDescription": "one", "SubnetIds": network.subnet_ids[:1]}
    assert code(rds.create_db_subnet_group, **one) == "DBSubnetGroupDoesNotCoverEnoughAZs"


def test_deleting_needs_a_word_about_the_final_snapshot(aws, rds, create):
    create()
    assert code(rds.delete_db_instance, DBInstanceIdentifier="d") == "InvalidParameterCombination"
    rds.delete_db_instance(DBInstanceIdentifier="d", FinalDBSnapshotIdentifier="last")
    assert aws.inventory()["by_kind"]["rds:snapshot"] == 1


def test_exported_logs_make_log_groups_that_outlive_the_instance(aws, rds, create):
    create(EnableCloudwatchLogsExports=["postgresql"])
    rds.delete_db_instance(DBInstanceIdentifier="d", SkipFinalSnapshot=True)
    assert aws.inventory()["names"]["logs:group"] == ["/aws/rds/instance/d/postgresql"]


def test_orderable_options_cover_every_version(rds):
    for version in ("13.22", "17.6"):
        options = rds.describe_orderable_db_instance_options(
            Engine="postgres", EngineVersion=version, DBInstanceClass="db.t4g.medium"
        )["OrderableDBInstanceOptions"]
        assert {o["StorageType"] for o in options} == {"gp2", "gp3", "io1", "io2"}


def test_a_subnet_group_can_change(rds, network, create):
    third = network.ec2.create_subnet(VpcId=network.vpc, CidrBlock="10.0.3.0/24", AvailabilityZoneId="use1-az4")
    wanted = [*network.subnet_ids, third["Subnet"]["SubnetId"]]
    rds.modify_db_subnet_group(DBSubnetGroupName="g", SubnetIds=wanted)
    [group] = rds.describe_db_subnet_groups(DBSubnetGroupName="g")["DBSubnetGroups"]
    assert [s["SubnetIdentifier"] for s in group["Subnets"]] == wanted


def test_upgrades_go_forward_and_a_major_one_needs_a_word_and_a_fitting_group(rds, create):
    rds.create_db_parameter_group(DBParameterGroupName="p16", DBParameterGroupFamily="postgres16", Description="p")
    rds.create_db_parameter_group(DBParameterGroupName="p17", DBParameterGroupFamily="postgres17", Description="p")
    create(EngineVersion="16.8", DBParameterGroupName="p16")
    change = {"DBInstanceIdentifier": "d"}
    assert code(rds.modify_db_instance, **change, EngineVersion="16.4") == "InvalidParameterCombination"
    assert code(rds.modify_db_instance, **change, EngineVersion="17") == "InvalidParameterCombination"
    change["AllowMajorVersionUpgrade"] = True
    assert code(rds.modify_db_instance, **change, EngineVersion="17") == "InvalidParameterCombination"
    change["ApplyImmediately"] = True
    found = rds.modify_db_instance(**change, EngineVersion="17", DBParameterGroupName="p17")["DBInstance"]
    assert found["EngineVersion"] == "17.6"


def test_a_restored_instance_has_the_snapshots_database_and_key_and_what_is_asked_for(aws, rds, create):
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    create(AllocatedStorage=400, DBName="old", StorageEncrypted=True, KmsKeyId=key)
    rds.create_db_snapshot(DBInstanceIdentifier="d", DBSnapshotIdentifier="s")
    restored = rds.restore_db_instance_from_db_snapshot(
        DBInstanceIdentifier="r", DBSnapshotIdentifier="s", AutoMinorVersionUpgrade=False, StorageType="gp3"
    )["DBInstance"]
    assert (restored["DBName"], restored["KmsKeyId"]) == ("old", key)
    assert restored["AutoMinorVersionUpgrade"] is False
    modified = rds.modify_db_instance(
        DBInstanceIdentifier="r",
        Iops=13000,
        StorageThroughput=600,
        CACertificateIdentifier="rds-ca-ecc384-g1",
        ApplyImmediately=True,
    )["DBInstance"]
    assert (modified["Iops"], modified["StorageThroughput"]) == (13000, 600)
    assert modified["CACertificateIdentifier"] == "rds-ca-ecc384-g1"
