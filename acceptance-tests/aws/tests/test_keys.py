"""Keys that cannot be used, policies that forbid, and what they stop in other services."""

import json

import pytest
from botocore.exceptions import ClientError
from test_rds import code


@pytest.fixture
def key(aws):
    return aws.client("kms").create_key()["KeyMetadata"]["Arn"]


def key_id(arn):
    return arn.rsplit("/", 1)[-1]


def statement(effect, principal, actions, **condition):
    found = {"Effect": effect, "Principal": principal, "Action": actions, "Resource": "*"}
    return {**found, **({"Condition": condition} if condition else {})}


def policy(*statements):
    root = statement("Allow", {"AWS": "arn:aws:iam::123456789012:root"}, "kms:*")
    return json.dumps({"Version": "2012-10-17", "Statement": [root, *statements]})


def test_a_key_that_waits_for_its_deletion_encrypts_nothing(aws, key):
    s3, ecr, kms = aws.client("s3"), aws.client("ecr"), aws.client("kms")
    s3.create_bucket(Bucket="kept")
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket="kept", ServerSideEncryptionConfiguration={"Rules": [default]})
    s3.put_object(Bucket="kept", Key="a", Body=b"a")
    kms.schedule_key_deletion(KeyId=key_id(key))
    assert code(s3.get_object, Bucket="kept", Key="a") == "KMS.KMSInvalidStateException"
    assert code(s3.put_object, Bucket="kept", Key="b", Body=b"b") == "KMS.KMSInvalidStateException"
    assert code(kms.generate_data_key, KeyId=key, KeySpec="AES_256") == "KMSInvalidStateException"
    encryption = {"encryptionType": "KMS", "kmsKey": key}
    assert code(ecr.create_repository, repositoryName="images", encryptionConfiguration=encryption) == "KmsException"
    assert code(aws.client("efs").create_file_system, CreationToken="t", Encrypted=True, KmsKeyId=key) == "BadRequest"
    kms.cancel_key_deletion(KeyId=key_id(key))
    assert code(s3.get_object, Bucket="kept", Key="a") == "KMS.DisabledException"
    kms.enable_key(KeyId=key_id(key))
    assert s3.get_object(Bucket="kept", Key="a")["Body"].read() == b"a"


def test_a_key_whose_policy_denies_it_is_not_scheduled_for_deletion(aws, key):
    kms = aws.client("kms")
    deny = statement("Deny", {"AWS": "*"}, ["kms:ScheduleKeyDeletion"])
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(deny))
    with pytest.raises(ClientError, match="with an explicit deny in a resource-based policy"):
        kms.schedule_key_deletion(KeyId=key_id(key))
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy())
    kms.schedule_key_deletion(KeyId=key_id(key))


def test_a_log_group_takes_a_key_only_where_its_policy_names_the_service_and_the_group(aws, key):
    logs, kms = aws.client("logs"), aws.client("kms")
    asked = {"logGroupName": "/aws/rds/instance/acme/postgresql", "kmsKeyId": key}
    assert code(logs.create_log_group, **asked) == "AccessDeniedException"
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:"
    for groups, outcome in (("/aws/eks/*", "AccessDeniedException"), ("/aws/rds/*", None)):
        condition = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": arn + groups}}
        service = {"Service": "logs.us-east-1.amazonaws.com"}
        actions = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
        kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(statement("Allow", service, actions, **condition)))
        if outcome:
            assert code(logs.create_log_group, **asked) == outcome
    logs.create_log_group(**asked)
    logs.disassociate_kms_key(logGroupName=asked["logGroupName"])
    logs.associate_kms_key(**asked)


def test_a_file_system_whose_policy_denies_it_is_not_deleted_nor_its_policy(aws):
    efs = aws.client("efs")
    name = efs.create_file_system(CreationToken="t")["FileSystemId"]
    actions = ["elasticfilesystem:DeleteFileSystem", "elasticfilesystem:DeleteFileSystemPolicy"]
    efs.put_file_system_policy(FileSystemId=name, Policy=policy(statement("Deny", {"AWS": "*"}, actions)))
    assert code(efs.delete_file_system, FileSystemId=name) == "AccessDeniedException"
    assert code(efs.delete_file_system_policy, FileSystemId=name) == "AccessDeniedException"
    efs.put_file_system_policy(FileSystemId=name, Policy=policy())
    efs.delete_file_system(FileSystemId=name)
