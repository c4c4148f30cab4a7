"""Policies enforced: who calls, by which ways somebody gets a role, and how each service refuses."""

import base64
import json
import time
import urllib.error

import boto3
import pytest
from botocore.exceptions import ClientError
from enforcing import ACCOUNT, allow, assumed, client, enforced, message, policy, trust, user  # noqa: F401
from test_rds import code

ISSUER = "app.terraform.io"


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
    nobody = {"AccessKeyId": "key-of-nobody", "SecretAccessKey": "-"}
    assert code(client(aws, "iam", nobody).list_roles) == "InvalidClientTokenId"
    client(aws, "iam", keys).list_roles()
    aws.client("iam").delete_role_policy(RoleName="app", PolicyName="all")
    aws.client("iam").delete_role(RoleName="app")
    assert code(client(aws, "iam", keys).list_roles) == "InvalidClientTokenId"


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
