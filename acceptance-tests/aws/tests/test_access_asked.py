"""What calls ask of IAM: actions, resources, and what is known beside."""

import json
from datetime import timedelta

import pytest
from botocore.exceptions import ClientError
from direct import ACCOUNT, Direct
from moto.sts.models import sts_backends

from local_aws import access, server

IAM = f"arn:aws:iam::{ACCOUNT}"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
TAGS = [{"Key": "Team", "Value": "a"}]


@pytest.fixture(scope="module")
def direct():
    return Direct()


@pytest.fixture
def aws(direct):
    server.reset()
    return direct


def pairs(found):
    """Actions with their resources."""
    return [(one.action, *one.resources) for one in found]


def keys(one, prefix):
    """What is known of keys that begin so, with what is known to be absent left out."""
    return {key: values for key, values in one.context.items() if key.startswith(prefix) and values}


def test_a_role_is_made_with_path_boundary_and_tags(aws):
    iam = aws.client("iam")
    asked = {"RoleName": "app", "Path": "/teams/", "AssumeRolePolicyDocument": TRUST, "Tags": TAGS}
    found = aws.asked(lambda: iam.create_role(**asked, PermissionsBoundary=f"{IAM}:policy/cap"))
    role = f"{IAM}:role/teams/app"
    assert pairs(found) == [("iam:CreateRole", role), ("iam:TagRole", role)]
    assert keys(found[0], "iam:") == {"iam:permissionsboundary": [f"{IAM}:policy/cap"]}
    assert keys(found[0], "aws:") == {"aws:requesttag/team": ["a"], "aws:tagkeys": ["Team"]}


def test_what_a_role_has_is_known_afterwards(aws):
    iam = aws.client("iam")
    cap = iam.create_policy(PolicyName="cap", PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "*", "Resource": "*"}]}))["Policy"]["Arn"]  # fmt: skip
    asked = {"RoleName": "app", "Path": "/teams/", "AssumeRolePolicyDocument": TRUST, "Tags": TAGS}
    iam.create_role(**asked, PermissionsBoundary=cap)
    [found] = aws.asked(lambda: iam.attach_role_policy(RoleName="app", PolicyArn=cap))
    assert pairs([found]) == [("iam:AttachRolePolicy", f"{IAM}:role/teams/app")]
    assert keys(found, "iam:") == {
        "iam:permissionsboundary": [cap],
        "iam:policyarn": [cap],
        "iam:resourcetag/team": ["a"],
    }
    [found] = aws.asked(lambda: iam.delete_role_permissions_boundary(RoleName="app"))
    assert keys(found, "iam:p") == {"iam:permissionsboundary": [cap]}
    [found] = aws.asked(
        lambda: iam.put_role_permissions_boundary(RoleName="app", PermissionsBoundary=f"{IAM}:policy/x")
    )
    assert keys(found, "iam:p") == {"iam:permissionsboundary": [f"{IAM}:policy/x"]}


def test_a_role_in_a_profile_is_handed_to_ec2(aws):
    iam = aws.client("iam")
    iam.create_role(RoleName="node", AssumeRolePolicyDocument=TRUST)
    iam.create_instance_profile(InstanceProfileName="node")
    found = aws.asked(lambda: iam.add_role_to_instance_profile(InstanceProfileName="node", RoleName="node"))
    assert pairs(found) == [
        ("iam:AddRoleToInstanceProfile", f"{IAM}:instance-profile/node"),
        ("iam:PassRole", f"{IAM}:role/node"),
    ]
    assert keys(found[1], "iam:") == {"iam:passedtoservice": ["ec2.amazonaws.com"]}


def test_policies_providers_and_roles_of_services(aws):
    iam = aws.client("iam")
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})
    assert pairs(aws.asked(lambda: iam.create_policy(PolicyName="p", Path="/a/", PolicyDocument=document))) == [
        ("iam:CreatePolicy", f"{IAM}:policy/a/p")
    ]
    assert pairs(
        aws.asked(lambda: iam.create_open_id_connect_provider(Url="https://oidc.example.com/id/A", Tags=TAGS))
    ) == [
        ("iam:CreateOpenIDConnectProvider", f"{IAM}:oidc-provider/oidc.example.com/id/A"),
        ("iam:TagOpenIDConnectProvider", f"{IAM}:oidc-provider/oidc.example.com/id/A"),
    ]
    [found] = aws.asked(lambda: iam.create_service_linked_role(AWSServiceName="eks.amazonaws.com"))
    assert pairs([found]) == [
        ("iam:CreateServiceLinkedRole", f"{IAM}:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS")
    ]
    assert keys(found, "iam:a") == {"iam:awsservicename": ["eks.amazonaws.com"]}
    assert pairs(aws.asked(iam.list_roles)) == [("iam:ListRoles", "*")]
    assert pairs(aws.asked(lambda: iam.get_policy(PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess"))) == [
        ("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess")
    ]


def test_a_key_is_made_with_policy_and_tags(aws):
    kms = aws.client("kms")
    tags = [{"TagKey": "Team", "TagValue": "a"}]
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    found = aws.asked(lambda: kms.create_key(Policy=policy, Tags=tags))
    new = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/*"
    assert pairs(found) == [("kms:CreateKey", "*"), ("kms:TagResource", new), ("kms:PutKeyPolicy", new)]
    assert keys(found[0], "aws:") == {"aws:requesttag/team": ["a"], "aws:tagkeys": ["Team"]}
    assert keys(found[2], "aws:") == {"aws:resourcetag/team": ["a"]}
    assert keys(found[0], "kms:")["kms:keyspec"] == ["SYMMETRIC_DEFAULT"]


def test_a_key_is_used_by_what_it_is(aws):
    kms = aws.client("kms")
    key = kms.create_key(Tags=[{"TagKey": "Team", "TagValue": "a"}])["KeyMetadata"]["Arn"]
    alias = f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/acme"
    assert pairs(aws.asked(lambda: kms.create_alias(AliasName="alias/acme", TargetKeyId=key))) == [
        ("kms:CreateAlias", alias),
        ("kms:CreateAlias", key),
    ]
    [found] = aws.asked(lambda: kms.encrypt(KeyId="alias/acme", Plaintext=b"a", EncryptionContext={"Who": "me"}))
    assert pairs([found]) == [("kms:Encrypt", key)]
    assert keys(found, "aws:") == {"aws:resourcetag/team": ["a"]}
    told = keys(found, "kms:")
    assert told["kms:resourcealiases"] == ["alias/acme"]
    assert told["kms:requestalias"] == ["alias/acme"]
    assert told["kms:encryptioncontext:who"] == ["me"]
    assert told["kms:encryptioncontextkeys"] == ["Who"]
    assert told["kms:calleraccount"] == [ACCOUNT]
    blob = kms.encrypt(KeyId=key, Plaintext=b"a")["CiphertextBlob"]
    assert pairs(aws.asked(lambda: kms.decrypt(CiphertextBlob=blob))) == [("kms:Decrypt", key)]
    [found] = aws.asked(lambda: kms.schedule_key_deletion(KeyId=key.rsplit("/", 1)[-1], PendingWindowInDays=7))
    assert keys(found, "kms:sch") == {"kms:schedulekeydeletionpendingwindowindays": ["7"]}


def test_buckets_and_objects_have_actions_of_other_names(aws):
    s3 = aws.client("s3")
    bucket, thing = "arn:aws:s3:::data", "arn:aws:s3:::data/a/b c"
    assert pairs(aws.asked(lambda: s3.create_bucket(Bucket="data"))) == [("s3:CreateBucket", bucket)]
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]}
    encrypted = {"Bucket": "data", "ServerSideEncryptionConfiguration": rules}
    found = aws.asked(lambda: s3.put_bucket_encryption(**encrypted))
    assert pairs(found) == [("s3:PutEncryptionConfiguration", bucket)]
    assert pairs(aws.asked(lambda: s3.head_bucket(Bucket="data"))) == [("s3:ListBucket", bucket)]
    [listed] = aws.asked(lambda: s3.list_objects_v2(Bucket="data", Prefix="a/", MaxKeys=3))
    assert (pairs([listed]), keys(listed, "s3:prefix"), keys(listed, "s3:max")) == (
        [("s3:ListBucket", bucket)],
        {"s3:prefix": ["a/"]},
        {"s3:max-keys": ["3"]},
    )
    [put] = aws.asked(
        lambda: s3.put_object(Bucket="data", Key="a/b c", Body=b"a", ServerSideEncryption="AES256", Tagging="k=v")
    )
    assert pairs([put]) == [("s3:PutObject", thing)]
    assert keys(put, "s3:x-amz-server") == {"s3:x-amz-server-side-encryption": ["AES256"]}
    assert keys(put, "s3:requestobject") == {"s3:requestobjecttagkeys": ["k"], "s3:requestobjecttag/k": ["v"]}
    [got] = aws.asked(lambda: s3.get_object(Bucket="data", Key="a/b c"))
    assert pairs([got]) == [("s3:GetObject", thing)]
    assert keys(got, "s3:existing") == {"s3:existingobjecttag/k": ["v"]}
    gone = {"Objects": [{"Key": "a/b c"}, {"Key": "x", "VersionId": "null"}]}
    assert pairs(aws.asked(lambda: s3.delete_objects(Bucket="data", Delete=gone))) == [
        ("s3:DeleteObject", thing),
        ("s3:DeleteObject", "arn:aws:s3:::data/x"),
        ("s3:DeleteObjectVersion", "arn:aws:s3:::data/x"),
    ]
    assert pairs(aws.asked(lambda: s3.delete_object(Bucket="data", Key="x", VersionId="null"))) == [
        ("s3:DeleteObject", "arn:aws:s3:::data/x"),
        ("s3:DeleteObjectVersion", "arn:aws:s3:::data/x"),
    ]
    assert pairs(aws.asked(s3.list_buckets)) == [("s3:ListAllMyBuckets", "*")]


def test_a_key_of_a_bucket_is_used_in_the_callers_name(aws):
    s3, key = aws.client("s3"), aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    s3.create_bucket(Bucket="data")
    default = {
        "ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key},
        "BucketKeyEnabled": True,
    }
    s3.put_bucket_encryption(Bucket="data", ServerSideEncryptionConfiguration={"Rules": [default]})
    _, used = aws.asked(lambda: s3.put_object(Bucket="data", Key="a", Body=b"a"))
    assert pairs([used]) == [("kms:GenerateDataKey", key)]
    assert keys(used, "kms:via") == {"kms:viaservice": ["s3.us-east-1.amazonaws.com"]}
    assert keys(used, "kms:encryptioncontext:") == {"kms:encryptioncontext:aws:s3:arn": ["arn:aws:s3:::data"]}


def test_secrets_are_called_by_name_or_arn(aws):
    secrets = aws.client("secretsmanager")
    base = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret"
    found = aws.asked(lambda: secrets.create_secret(Name="acme/db", SecretString="-", Tags=TAGS))
    assert pairs(found) == [
        (f"secretsmanager:{name}", f"{base}:acme/db-??????") for name in ("CreateSecret", "TagResource")
    ]
    arn = secrets.describe_secret(SecretId="acme/db")["ARN"]
    [found] = aws.asked(lambda: secrets.get_secret_value(SecretId="acme/db"))
    assert pairs([found]) == [("secretsmanager:GetSecretValue", arn)]
    assert keys(found, "secretsmanager:resourcetag/") == {"secretsmanager:resourcetag/team": ["a"]}
    assert pairs(aws.asked(secrets.list_secrets)) == [("secretsmanager:ListSecrets", "*")]


def test_queues_rules_groups_and_parameters(aws):
    sqs, events, logs, ssm = (aws.client(name) for name in ("sqs", "events", "logs", "ssm"))
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:acme-karpenter"
    assert pairs(aws.asked(lambda: sqs.create_queue(QueueName="acme-karpenter", tags={"Team": "a"}))) == [
        ("sqs:CreateQueue", queue),
        ("sqs:TagQueue", queue),
    ]
    url = sqs.get_queue_url(QueueName="acme-karpenter")["QueueUrl"]
    [found] = aws.asked(lambda: sqs.delete_queue(QueueUrl=url))
    assert (pairs([found]), keys(found, "aws:res")) == ([("sqs:DeleteQueue", queue)], {"aws:resourcetag/team": ["a"]})

    rule = f"arn:aws:events:us-east-1:{ACCOUNT}:rule/acme-spot"
    pattern = json.dumps({"source": ["aws.ec2"], "detail-type": ["EC2 Spot Instance Interruption Warning"]})
    found = aws.asked(lambda: events.put_rule(Name="acme-spot", EventPattern=pattern, Tags=TAGS))
    assert pairs(found) == [("events:PutRule", rule), ("events:TagResource", rule)]
    assert keys(found[0], "events:source") == {"events:source": ["aws.ec2"]}
    [found] = aws.asked(lambda: events.put_targets(Rule="acme-spot", Targets=[{"Id": "q", "Arn": queue}]))
    assert (pairs([found]), keys(found, "events:target")) == (
        [("events:PutTargets", rule)],
        {"events:targetarn": [queue]},
    )

    group = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/eks/acme/cluster"
    found = aws.asked(lambda: logs.create_log_group(logGroupName="/aws/eks/acme/cluster", tags={"Team": "a"}))
    assert pairs(found) == [
        ("logs:CreateLogGroup", f"{group}:log-stream:"),
        ("logs:TagResource", f"{group}:log-stream:"),
    ]
    [found] = aws.asked(lambda: logs.list_tags_for_resource(resourceArn=group))
    assert (pairs([found]), keys(found, "aws:res")) == (
        [("logs:ListTagsForResource", group)],
        {"aws:resourcetag/team": ["a"]},
    )
    assert pairs(aws.asked(lambda: logs.describe_log_groups(logGroupNamePrefix="/aws"))) == [
        ("logs:DescribeLogGroups", f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group::log-stream:")
    ]

    public = "/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/x86_64/standard/recommended/release_version"
    assert pairs(aws.asked(lambda: ssm.get_parameter(Name=public))) == [
        ("ssm:GetParameter", f"arn:aws:ssm:us-east-1::parameter{public}")
    ]
    ssm.put_parameter(Name="/acme/a", Value="a", Type="String", Tags=TAGS)
    [found] = aws.asked(lambda: ssm.get_parameters(Names=["/acme/a"]))
    assert pairs([found]) == [("ssm:GetParameters", f"arn:aws:ssm:us-east-1:{ACCOUNT}:parameter/acme/a")]
    assert keys(found, "ssm:resourcetag/") == {"ssm:resourcetag/team": ["a"]}


def test_zones_and_records(aws):
    route53 = aws.client("route53")
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    private = {"Name": "acme.internal", "CallerReference": "1", "VPC": {"VPCId": vpc, "VPCRegion": "us-east-1"}}
    found = aws.asked(lambda: route53.create_hosted_zone(**private))
    assert pairs(found) == [("route53:CreateHostedZone", "*"), ("ec2:DescribeVpcs", "*")]
    assert keys(found[0], "route53:") == {"route53:vpcs": [f"VPCId={vpc},VPCRegion=us-east-1"]}
    zone = route53.create_hosted_zone(Name="example.com", CallerReference="2")["HostedZone"]["Id"]
    arn = f"arn:aws:route53:::{zone.lstrip('/')}"
    record = {"Name": "*.App.example.com.", "Type": "A", "TTL": 60, "ResourceRecords": [{"Value": "192.0.2.1"}]}
    batch = {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    [found] = aws.asked(lambda: route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch))
    assert pairs([found]) == [("route53:ChangeResourceRecordSets", arn)]
    assert keys(found, "route53:") == {
        "route53:changeresourcerecordsetsactions": ["UPSERT"],
        "route53:changeresourcerecordsetsnormalizedrecordnames": ["\\052.app.example.com"],
        "route53:changeresourcerecordsetsrecordtypes": ["A"],
    }
    tags = {"ResourceType": "hostedzone", "ResourceId": zone.rsplit("/", 1)[-1], "AddTags": TAGS}
    assert pairs(aws.asked(lambda: route53.change_tags_for_resource(**tags))) == [
        ("route53:ChangeTagsForResource", arn)
    ]
    assert pairs(aws.asked(lambda: aws.client("resourcegroupstaggingapi").get_resources())) == [
        ("tag:GetResources", "*")
    ]


def test_a_session_that_is_over_is_refused_as_expired(aws):
    arn = aws.client("iam").create_role(RoleName="app", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    keys = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="one")["Credentials"]
    [session] = sts_backends[ACCOUNT]["aws"].assumed_roles
    session.expiration -= timedelta(hours=2)
    access.change({"on": True})
    for service, code in (("iam", "ExpiredToken"), ("kms", "ExpiredTokenException")):
        client = aws.client(service, key=keys["AccessKeyId"])
        with pytest.raises(ClientError, match=code):
            (client.list_roles if service == "iam" else client.list_keys)()
