"""Policies enforced: who calls, by which ways somebody gets a role, and how each service refuses."""

import base64
import json
import time
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from test_rds import code

ACCOUNT = "123456789012"
ISSUER = "app.terraform.io"


def policy(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions, **more):
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


def trust(principal, action="sts:AssumeRole", **more):
    return policy({"Effect": "Allow", "Action": action, "Principal": principal, **more})


ACCOUNT_TRUST = trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})


def client(aws, service, credentials=None, region="us-east-1"):
    keys = {}
    if credentials:
        keys = {
            "aws_access_key_id": credentials["AccessKeyId"],
            "aws_secret_access_key": credentials["SecretAccessKey"],
            "aws_session_token": credentials.get("SessionToken"),
        }
    config = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 0})
    return boto3.client(service, region_name=region, endpoint_url=aws.endpoint, config=config, **keys)


def message(call, *args, **more):
    with pytest.raises(ClientError) as raised:
        call(*args, **more)
    return f"{raised.value.response['Error']['Code']}: {raised.value.response['Error'].get('Message')}"


@pytest.fixture
def user(aws):
    """A function that makes a user with a policy, and gives the keys."""
    iam = aws.client("iam")

    def create(name, *statements):
        iam.create_user(UserName=name)
        if statements:
            iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=policy(*statements))
        return iam.create_access_key(UserName=name)["AccessKey"]

    return create


@pytest.fixture
def assumed(aws):
    """A function that makes a role with a policy, and gives the keys of a session of it."""
    iam, sts = aws.client("iam"), aws.client("sts")

    def create(name, *statements, boundary=None, **more):
        given = {"PermissionsBoundary": boundary} if boundary else {}
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=ACCOUNT_TRUST, Path="/teams/", **given)
        if statements:
            iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=policy(*statements))
        arn = f"arn:aws:iam::{ACCOUNT}:role/teams/{name}"
        return sts.assume_role(RoleArn=arn, RoleSessionName="one", **more)["Credentials"]

    return create


@pytest.fixture
def enforced(aws):
    """A function that turns enforcement on."""

    def on(**more):
        return aws.control("POST", "enforcement", {"on": True, **more})

    return on


def test_nothing_is_enforced_unless_it_is_switched_on(aws, user):
    keys = user("ann")
    s3 = client(aws, "s3", keys)
    s3.create_bucket(Bucket="free")
    assert aws.control("POST", "enforcement", {"on": True})["on"] is True
    assert code(s3.create_bucket, Bucket="caught") == "AccessDenied"
    aws.reset()
    assert aws.control("GET", "enforcement")["on"] is False


def test_the_switch_takes_only_what_it_knows(aws):
    for asked in ({"on": "yes"}, {}, {"on": True, "off": False}, {"on": True, "context": {"aws:PrincipalArn": "x"}}):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            aws.control("POST", "enforcement", asked)


def test_whoever_bootstraps_may_do_everything(aws, enforced):
    enforced()
    aws.client("s3").create_bucket(Bucket="ours")
    assert aws.inventory()["by_kind"] == {"s3:bucket": 1}


def test_each_service_refuses_in_its_own_words(aws, user, enforced):
    keys = user("ann")
    enforced()
    ann = f"arn:aws:iam::{ACCOUNT}:user/ann"
    assert message(client(aws, "iam", keys).get_role, RoleName="app") == (
        f"AccessDenied: User: {ann} is not authorized to perform: iam:GetRole "
        f"on resource: arn:aws:iam::{ACCOUNT}:role/app because no identity-based policy allows the iam:GetRole action"
    )
    assert message(client(aws, "s3", keys).get_bucket_policy, Bucket="data") == (
        f'AccessDenied: User: {ann} is not authorized to perform: s3:GetBucketPolicy on resource: "arn:aws:s3:::data" '
        "because no identity-based policy allows the s3:GetBucketPolicy action"
    )
    assert message(client(aws, "kms", keys).list_aliases) == (
        f"AccessDeniedException: User: {ann} is not authorized to perform: kms:ListAliases "
        "because no identity-based policy allows the kms:ListAliases action"
    )
    assert message(client(aws, "s3", keys).head_bucket, Bucket="data") == "403: Forbidden"


def test_a_deny_is_told_as_one(aws, user, enforced):
    keys = user("ann", allow("kms:*"), {**allow("kms:ListAliases"), "Effect": "Deny"})
    enforced()
    client(aws, "kms", keys).list_keys()
    assert message(client(aws, "kms", keys).list_aliases).endswith(
        "is not authorized to perform: kms:ListAliases with an explicit deny in an identity-based policy"
    )


def test_attached_policies_count_in_their_default_version_and_groups_too(aws, user, enforced):
    iam, keys = aws.client("iam"), user("ann")
    arn = iam.create_policy(PolicyName="p", PolicyDocument=policy(allow("kms:ListKeys")))["Policy"]["Arn"]
    iam.create_group(GroupName="all")
    iam.attach_group_policy(GroupName="all", PolicyArn=arn)
    iam.add_user_to_group(GroupName="all", UserName="ann")
    enforced()
    kms = client(aws, "kms", keys)
    kms.list_keys()
    assert code(kms.list_aliases) == "AccessDeniedException"
    more = policy(allow("kms:ListAliases"))
    version = iam.create_policy_version(PolicyArn=arn, PolicyDocument=more)["PolicyVersion"]["VersionId"]
    kms.list_keys()
    iam.set_default_policy_version(PolicyArn=arn, VersionId=version)
    kms.list_aliases()
    assert code(kms.list_keys) == "AccessDeniedException"


def test_a_boundary_and_a_session_policy_cap(aws, assumed, enforced):
    boundary = aws.client("iam").create_policy(PolicyName="cap", PolicyDocument=policy(allow("kms:List*")))["Policy"][
        "Arn"
    ]
    capped = client(aws, "kms", assumed("app", allow("kms:*"), boundary=boundary))
    given = client(aws, "kms", assumed("other", allow("kms:*"), Policy=policy(allow("kms:ListKeys"))))
    enforced()
    capped.list_keys()
    who = f"User: arn:aws:sts::{ACCOUNT}:assumed-role/app/one is not authorized to perform: kms:CreateKey"
    assert (
        message(capped.create_key)
        == f"AccessDeniedException: {who} because no permissions boundary allows the kms:CreateKey action"
    )
    given.list_keys()
    assert message(given.list_aliases).endswith("because no session policy allows the kms:ListAliases action")


def test_a_boundary_whose_policy_is_gone_allows_nothing(aws, assumed, enforced):
    iam = aws.client("iam")
    arn = iam.create_policy(PolicyName="cap", PolicyDocument=policy(allow("*")))["Policy"]["Arn"]
    keys = assumed("app", allow("kms:*"), boundary=arn)
    iam.delete_policy(PolicyArn=arn)
    enforced()
    assert message(client(aws, "kms", keys).list_keys).endswith(
        "because no permissions boundary allows the kms:ListKeys action"
    )


def test_a_role_is_assumed_by_whom_it_trusts_and_who_may(aws, user, enforced):
    iam = aws.client("iam")
    may, may_not = user("may", allow("sts:AssumeRole")), user("maynot")
    arns = {}
    for name, trusted in {
        "account": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "named": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/maynot"},
        "service": {"Service": "ec2.amazonaws.com"},
    }.items():
        arns[name] = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust(trusted))["Role"]["Arn"]
    enforced()

    def taken(keys, name, **more):
        return code_or_none(client(aws, "sts", keys).assume_role, RoleArn=arns[name], RoleSessionName="one", **more)

    assert [taken(may, name) for name in arns] == [None, "AccessDenied", "AccessDenied"]
    assert [taken(may_not, name) for name in arns] == ["AccessDenied", None, "AccessDenied"]
    # Tags of a session take a permission of their own.
    assert taken(may, "account", Tags=[{"Key": "a", "Value": "b"}]) == "AccessDenied"
    gone = f"arn:aws:iam::{ACCOUNT}:role/gone"
    assert message(client(aws, "sts", may).assume_role, RoleArn=gone, RoleSessionName="one") == (
        f"AccessDenied: User: arn:aws:iam::{ACCOUNT}:user/may is not authorized to perform: sts:AssumeRole "
        f"on resource: {gone} because no role trust policy allows the sts:AssumeRole action"
    )


def code_or_none(call, **more):
    try:
        call(**more)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


def test_an_external_id_is_asked_for(aws, user, enforced):
    keys = user("ann", allow("sts:AssumeRole"))
    wanted = {"StringEquals": {"sts:ExternalId": "42"}}
    document = trust({"AWS": ACCOUNT}, Condition=wanted)
    arn = aws.client("iam").create_role(RoleName="app", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    enforced()
    sts = client(aws, "sts", keys)
    asked = {"RoleArn": arn, "RoleSessionName": "one"}
    assert [
        code_or_none(sts.assume_role, **asked, **more) for more in ({}, {"ExternalId": "77"}, {"ExternalId": "42"})
    ] == [
        "AccessDenied",
        "AccessDenied",
        None,
    ]


def token(**claims):
    told = {"iss": f"https://{ISSUER}", "aud": "aws.workload.identity", "exp": time.time() + 60, **claims}
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256"}, told)] + [b"signature"]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def test_a_token_gets_the_role_that_trusts_its_subject_and_audience(aws, enforced):
    iam = aws.client("iam")
    provider = iam.create_open_id_connect_provider(
        Url=f"https://{ISSUER}", ClientIDList=["aws.workload.identity", "other"]
    )
    subject = "organization:acme:project:p:workspace:*:run_phase:apply"
    wanted = {"StringEquals": {f"{ISSUER}:aud": "aws.workload.identity"}, "StringLike": {f"{ISSUER}:sub": subject}}
    federated = {"Federated": provider["OpenIDConnectProviderArn"]}
    document = trust(federated, "sts:AssumeRoleWithWebIdentity", Condition=wanted)
    arn = iam.create_role(RoleName="apply", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    iam.put_role_policy(RoleName="apply", PolicyName="p", PolicyDocument=policy(allow("kms:ListKeys")))
    enforced()
    sts = boto3.client(
        "sts",
        region_name="us-east-1",
        endpoint_url=aws.endpoint,
        aws_access_key_id="none",
        aws_secret_access_key="none",
    )

    def taken(**claims):
        asked = {"RoleArn": arn, "RoleSessionName": "run", "WebIdentityToken": token(**claims)}
        return sts.assume_role_with_web_identity(**asked)["Credentials"]

    ours = "organization:acme:project:p:workspace:acme-network:run_phase:apply"
    keys = taken(sub=ours)
    client(aws, "kms", keys).list_keys()
    assert code(client(aws, "kms", keys).list_aliases) == "AccessDeniedException"
    who = client(aws, "sts", keys).get_caller_identity()["Arn"]
    assert who == f"arn:aws:sts::{ACCOUNT}:assumed-role/apply/run"
    denied = "AccessDenied: Not authorized to perform sts:AssumeRoleWithWebIdentity"
    assert message(taken, sub=ours.replace("apply", "plan")) == denied
    assert message(taken, sub=ours, aud="other") == denied
    assert message(taken, sub=ours, aud="third") == "InvalidIdentityToken: Incorrect token audience"
    assert message(taken, sub=ours, exp=time.time() - 1).startswith("ExpiredTokenException: Token expired")
    assert message(taken, sub=ours, iss="https://example.com").startswith(
        "InvalidIdentityToken: No OpenIDConnect provider"
    )


def test_a_key_that_nobody_has_is_refused(aws, assumed, enforced):
    keys = assumed("app", allow("*"))
    enforced()
    nobody = {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "-"}
    assert code(client(aws, "iam", nobody).list_roles) == "InvalidClientTokenId"
    client(aws, "iam", keys).list_roles()
    aws.client("iam").delete_role_policy(RoleName="app", PolicyName="all")
    aws.client("iam").delete_role(RoleName="app")
    assert code(client(aws, "iam", keys).list_roles) == "InvalidClientTokenId"


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


def test_a_call_that_is_not_derived_is_not_let_through(aws, user, enforced):
    keys = user("ann", allow("*"))
    enforced()
    assert message(client(aws, "dynamodb", keys).list_tables).startswith(
        "NotModelled: local_aws does not model this request"
    )
    assert "what sts:GetFederationToken asks of IAM" in message(
        client(aws, "sts", keys).get_federation_token, Name="ann"
    )


def test_a_condition_that_is_not_known_is_not_let_through(aws, user, enforced):
    keys = user("ann", allow("kms:*", Condition={"StringEquals": {"aws:SomethingNew": "a"}}))
    enforced()
    assert "what aws:somethingnew is for kms:ListKeys on *" in message(client(aws, "kms", keys).list_keys)


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
