"""RDS: what waits for the maintenance window, and what an instance is made from."""

import pytest
from test_rds import code, create, rds  # noqa: F401


def shown(rds, name="d"):
    [found] = rds.describe_db_instances(DBInstanceIdentifier=name)["DBInstances"]
    return found


def groups(rds, *majors):
    for major in majors:
        rds.create_db_parameter_group(
            DBParameterGroupName=f"p{major}", DBParameterGroupFamily=f"postgres{major}", Description="p"
        )


def test_what_waits_is_told_and_comes_true_in_the_window(aws, rds, create):
    create()
    wanted = {"DBInstanceClass": "db.m7g.xlarge", "AllocatedStorage": 200, "MultiAZ": True}
    rds.modify_db_instance(DBInstanceIdentifier="d", **wanted)
    assert shown(rds)["PendingModifiedValues"] == wanted
    assert (shown(rds)["DBInstanceClass"], shown(rds)["AllocatedStorage"]) == ("db.m7g.large", 100)
    aws.control("POST", "rds/d/window")
    assert shown(rds)["PendingModifiedValues"] == {}
    assert (shown(rds)["DBInstanceClass"], shown(rds)["AllocatedStorage"]) == ("db.m7g.xlarge", 200)


def test_what_never_waits_is_changed_at_once(rds, create):
    create()
    rds.modify_db_instance(
        DBInstanceIdentifier="d", BackupRetentionPeriod=7, DeletionProtection=True, PreferredBackupWindow="01:00-02:00"
    )
    found = shown(rds)
    assert (found["BackupRetentionPeriod"], found["DeletionProtection"]) == (7, True)
    assert found["PreferredBackupWindow"] == "01:00-02:00"


def test_apply_immediately_applies_what_has_waited_too(rds, create):
    create()
    rds.modify_db_instance(DBInstanceIdentifier="d", DBInstanceClass="db.m7g.xlarge")
    rds.modify_db_instance(DBInstanceIdentifier="d", MultiAZ=True, ApplyImmediately=True)
    assert (shown(rds)["DBInstanceClass"], shown(rds)["MultiAZ"]) == ("db.m7g.xlarge", True)


def test_a_change_that_is_taken_back_does_not_wait(rds, create):
    create()
    rds.modify_db_instance(DBInstanceIdentifier="d", DBInstanceClass="db.m7g.xlarge")
    rds.modify_db_instance(DBInstanceIdentifier="d", DBInstanceClass="db.m7g.large")
    assert shown(rds)["PendingModifiedValues"] == {}


def test_the_major_version_that_is_there_is_no_change(rds, create):
    create()
    for immediately in (False, True):
        rds.modify_db_instance(DBInstanceIdentifier="d", EngineVersion="17", ApplyImmediately=immediately)
        assert (shown(rds)["EngineVersion"], shown(rds)["PendingModifiedValues"]) == ("17.6", {})


def test_a_parameter_group_of_the_same_family_is_changed_at_once(rds, create):
    groups(rds, 17)
    create()
    rds.modify_db_instance(DBInstanceIdentifier="d", DBParameterGroupName="p17")
    assert shown(rds)["DBParameterGroups"][0]["DBParameterGroupName"] == "p17"


def test_a_major_upgrade_holds_both_groups_until_the_window(aws, rds, create):
    groups(rds, 16, 17)
    create(EngineVersion="16", DBParameterGroupName="p16")
    upgrade = {"EngineVersion": "17", "AllowMajorVersionUpgrade": True, "DBParameterGroupName": "p17"}
    rds.modify_db_instance(DBInstanceIdentifier="d", **upgrade)
    assert shown(rds)["DBParameterGroups"][0]["DBParameterGroupName"] == "p16"
    for group in ("p16", "p17"):
        assert code(rds.delete_db_parameter_group, DBParameterGroupName=group) == "InvalidDBParameterGroupState"
    # As a plan between the upgrade and its window would do it.
    again = {"DBInstanceIdentifier": "d", "DBParameterGroupName": "p17"}
    assert code(rds.modify_db_instance, **again) == "InvalidParameterCombination"
    aws.control("POST", "rds/d/window")
    assert shown(rds)["EngineVersion"] == "17.6"
    rds.delete_db_parameter_group(DBParameterGroupName="p16")


def test_storage_grows_and_not_twice_within_hours(rds, create):
    create()
    change = {"DBInstanceIdentifier": "d", "ApplyImmediately": True}
    assert code(rds.modify_db_instance, **change, AllocatedStorage=50) == "InvalidParameterCombination"
    rds.modify_db_instance(**change, AllocatedStorage=400)
    assert (shown(rds)["Iops"], shown(rds)["StorageThroughput"]) == (12000, 500)
    assert code(rds.modify_db_instance, **change, AllocatedStorage=500) == "InvalidParameterCombination"


@pytest.mark.parametrize(
    "backup,maintenance", [("04:30-05:30", "sun:04:00-sun:05:00"), ("23:30-00:30", "sat:23:45-sun:00:15")]
)
def test_windows_do_not_overlap(create, backup, maintenance):
    windows = {"PreferredBackupWindow": backup, "PreferredMaintenanceWindow": maintenance}
    assert code(create, **windows) == "InvalidParameterValue"


def test_a_restore_needs_the_snapshots_key_and_a_group_of_its_version(aws, rds, create):
    kms = aws.client("kms")
    made = kms.create_key()["KeyMetadata"]
    key, key_id = made["Arn"], made["KeyId"]
    groups(rds, 16, 17)
    create(EngineVersion="16", StorageEncrypted=True, KmsKeyId=key)
    rds.delete_db_instance(DBInstanceIdentifier="d", FinalDBSnapshotIdentifier="last")
    restore = {"DBInstanceIdentifier": "e", "DBSnapshotIdentifier": "last", "DBSubnetGroupName": "g"}
    call = rds.restore_db_instance_from_db_snapshot
    assert code(call, **restore, DBParameterGroupName="p17") == "InvalidParameterCombination"
    assert code(call, **restore, DBName="another") == "InvalidParameterValue"
    kms.schedule_key_deletion(KeyId=key_id)
    assert code(call, **restore) == "KMSKeyNotAccessibleFault"
    kms.cancel_key_deletion(KeyId=key_id)
    assert code(call, **restore) == "KMSKeyNotAccessibleFault"
    kms.enable_key(KeyId=key_id)
    assert call(**restore, DBParameterGroupName="p16")["DBInstance"]["KmsKeyId"] == key


def test_a_point_in_time_of_an_instance_and_of_the_backups_of_one_that_is_gone(rds, create):
    resource = create(AllocatedStorage=200)["DbiResourceId"]
    restore = {"TargetDBInstanceIdentifier": "e", "UseLatestRestorableTime": True}
    call = rds.restore_db_instance_to_point_in_time
    assert call(**restore, SourceDBInstanceIdentifier="d")["DBInstance"]["AllocatedStorage"] == 200
    assert code(call, TargetDBInstanceIdentifier="f", SourceDBInstanceIdentifier="d") == "InvalidParameterCombination"
    rds.delete_db_instance(DBInstanceIdentifier="e", SkipFinalSnapshot=True)
    rds.delete_db_instance(DBInstanceIdentifier="d", SkipFinalSnapshot=True, DeleteAutomatedBackups=False)
    restored = call(TargetDBInstanceIdentifier="d", UseLatestRestorableTime=True, SourceDbiResourceId=resource)
    assert restored["DBInstance"]["AllocatedStorage"] == 200
    assert [d["DBInstanceIdentifier"] for d in rds.describe_db_instances()["DBInstances"]] == ["d"]


def test_a_password_is_kept_by_rds_or_said_by_the_caller(rds, create):
    create()
    change = {"DBInstanceIdentifier": "d"}
    assert code(rds.modify_db_instance, **change, MasterUserPassword="twelve-letters") == "InvalidParameterCombination"
    assert code(rds.modify_db_instance, **change, ManageMasterUserPassword=False) == "InvalidParameterCombination"
    rds.modify_db_instance(**change, ManageMasterUserPassword=False, MasterUserPassword="twelve-letters")
    assert "MasterUserSecret" not in shown(rds)
