"""Policies at resources, enforced: of keys, buckets and others, in one account and across two."""

import urllib.error
import urllib.request

import pytest
from enforcing import ACCOUNT, allow, client, enforced, message, policy, trust, user  # noqa: F401
from test_rds import code


def test_a_key_of_kms_is_used_by_whom_its_policy_lets(aws, user, enforced):
    kms, keys = aws.client("kms"), user("ann", allow("kms:*"))
    key = kms.create_key()["KeyMetadata"]["Arn"]
    root = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "kms:*", "Resource": "*"}
    closed = {**root, "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/bob"}}
    via = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    enforced()
    ann = client(aws, "kms", keys)
    ann.encrypt(KeyId=key, Plaintext=b"a")
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(closed))
    assert message(ann.encrypt, KeyId=key, Plaintext=b"a").endswith(
        "because no resource-based policy allows the kms:Encrypt action"
    )
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy({**root, "Condition": via}))
    assert code(ann.encrypt, KeyId=key, Plaintext=b"a") == "AccessDeniedException"


def test_policies_at_secrets_queues_file_systems_and_repositories_are_asked(aws, user, enforced):
    keys = user("ann", allow("*"))
    secrets, sqs, efs, ecr = (aws.client(name) for name in ("secretsmanager", "sqs", "efs", "ecr"))

    def deny(action):
        return policy({"Effect": "Deny", "Principal": {"AWS": ACCOUNT}, "Action": action, "Resource": "*"})

    arn = secrets.create_secret(Name="s", SecretString="-")["ARN"]
    url = sqs.create_queue(QueueName="q", Attributes={"Policy": deny("sqs:PurgeQueue")})["QueueUrl"]
    system = efs.create_file_system(CreationToken="f")["FileSystemId"]
    ecr.create_repository(repositoryName="images")
    secrets.put_resource_policy(SecretId=arn, ResourcePolicy=deny("secretsmanager:GetSecretValue"))
    efs.put_file_system_policy(FileSystemId=system, Policy=deny("elasticfilesystem:DeleteFileSystem"))
    ecr.set_repository_policy(repositoryName="images", policyText=deny("ecr:DeleteRepository"))
    enforced()
    client(aws, "secretsmanager", keys).describe_secret(SecretId="s")
    for refused in (
        message(client(aws, "secretsmanager", keys).get_secret_value, SecretId="s"),
        message(client(aws, "sqs", keys).purge_queue, QueueUrl=url),
        message(client(aws, "efs", keys).delete_file_system, FileSystemId=system),
        message(client(aws, "ecr", keys).delete_repository, repositoryName="images"),
    ):
        assert refused.endswith("with an explicit deny in a resource-based policy")


def test_an_object_is_written_with_its_key_through_s3(aws, user, enforced):
    s3, kms = aws.client("s3"), aws.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    via = {"StringEquals": {"kms:ViaService": "s3.us-east-1.amazonaws.com"}}
    keys = user("ann", allow("s3:*"), allow("kms:GenerateDataKey", Condition=via))
    s3.create_bucket(Bucket="data")
    default = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    s3.put_bucket_encryption(Bucket="data", ServerSideEncryptionConfiguration={"Rules": [default]})
    enforced()
    ann = client(aws, "s3", keys)
    ann.put_object(Bucket="data", Key="a", Body=b"a")
    assert message(ann.get_object, Bucket="data", Key="a").endswith(
        "because no identity-based policy allows the kms:Decrypt action"
    )
    assert code(client(aws, "kms", keys).generate_data_key, KeyId=key, KeySpec="AES_256") == "AccessDeniedException"


def test_the_policy_of_a_bucket_is_asked(aws, user, enforced):
    s3, keys = aws.client("s3"), user("ann", allow("s3:*"))
    s3.create_bucket(Bucket="data")
    tls = {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
    away = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
    deny = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::data", "arn:aws:s3:::data/*"],
    }
    enforced()
    ann = client(aws, "s3", keys)
    s3.put_bucket_policy(Bucket="data", Policy=policy({**deny, "Condition": tls}))
    ann.put_object(Bucket="data", Key="a", Body=b"a")
    s3.put_bucket_policy(Bucket="data", Policy=policy({**deny, "Condition": away}))
    assert message(ann.put_object, Bucket="data", Key="a", Body=b"a").endswith(
        "with an explicit deny in a resource-based policy"
    )
    enforced(context={"aws:SourceVpce": "vpce-1"})
    ann.put_object(Bucket="data", Key="a", Body=b"a")


def test_an_object_that_is_not_there_asks_for_the_listing(aws, user, enforced):
    aws.client("s3").create_bucket(Bucket="data")
    one = user("one", allow("s3:GetObject"))
    two = user("two", allow("s3:GetObject", "s3:ListBucket"))
    enforced()
    assert code(client(aws, "s3", one).get_object, Bucket="data", Key="a") == "AccessDenied"
    assert code(client(aws, "s3", two).get_object, Bucket="data", Key="a") == "NoSuchKey"


def test_another_account_is_let_in_by_both_sides(aws, enforced):
    iam, sts, s3 = aws.client("iam"), aws.client("sts"), aws.client("s3")
    other = "210987654321"
    # A role of the other account: who has it is let do anything there.
    there = sts.assume_role(RoleArn=f"arn:aws:iam::{other}:role/admin", RoleSessionName="one")["Credentials"]
    for name in ("admin", "reader"):
        client(aws, "iam", there).create_role(RoleName=name, AssumeRolePolicyDocument=trust({"AWS": other}))
    everything = policy(allow("iam:*"))
    client(aws, "iam", there).put_role_policy(RoleName="admin", PolicyName="p", PolicyDocument=everything)
    reading = policy(allow("s3:GetObject", "s3:ListBucket"))
    client(aws, "iam", there).put_role_policy(RoleName="reader", PolicyName="p", PolicyDocument=reading)
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::{other}:role/reader", RoleSessionName="one")["Credentials"]
    s3.create_bucket(Bucket="data")
    s3.put_object(Bucket="data", Key="a", Body=b"a")
    enforced()
    reader = client(aws, "s3", keys)
    assert message(reader.get_object, Bucket="data", Key="a").endswith(
        "because no resource-based policy allows the s3:GetObject action"
    )
    let = {"Effect": "Allow", "Principal": {"AWS": other}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
    s3.put_bucket_policy(Bucket="data", Policy=policy(let))
    assert reader.get_object(Bucket="data", Key="a")["Body"].read() == b"a"
    client(aws, "iam", there).put_role_policy(
        RoleName="reader", PolicyName="p", PolicyDocument=policy(allow("s3:List*"))
    )
    assert message(reader.get_object, Bucket="data", Key="a").endswith(
        "because no identity-based policy allows the s3:GetObject action"
    )
    assert iam.list_roles()["Roles"] == []


def test_who_shows_no_key_may_do_what_everybody_may(aws, enforced):
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="data")
    s3.put_object(Bucket="data", Key="a", Body=b"a")
    enforced()
    url = f"{aws.endpoint}/data/a"
    with pytest.raises(urllib.error.HTTPError, match="403"):
        urllib.request.urlopen(url)
    let = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::data/*"}
    s3.put_bucket_policy(Bucket="data", Policy=policy(let))
    assert urllib.request.urlopen(url).read() == b"a"
