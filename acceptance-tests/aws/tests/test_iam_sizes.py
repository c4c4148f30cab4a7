"""How long policies may be: each for itself, those within a role together, and the trust."""

import json

import pytest
from botocore.exceptions import ClientError


def policy(size, **more):
    """A policy of so many characters, among white space that does not count."""
    told = {"Version": "2012-10-17", "Statement": [{"Sid": "", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", **more}]}
    room = size - len(json.dumps(told, separators=(",", ":")))
    told["Statement"][0]["Sid"] = "x" * room
    return json.dumps(told, indent=8)


def trust(size):
    told = {"Version": "2012-10-17", "Statement": [{"Sid": "", "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}]}
    told["Statement"][0]["Sid"] = "x" * (size - len(json.dumps(told, separators=(",", ":"))))
    return json.dumps(told, indent=8)


def refused(call, **given):
    with pytest.raises(ClientError) as error:
        call(**given)
    told = error.value.response
    return told["Error"]["Code"], told["Error"]["Message"], told["ResponseMetadata"]["HTTPStatusCode"]


@pytest.fixture
def iam(aws):
    client = aws.client("iam")
    client.create_role(RoleName="app", AssumeRolePolicyDocument=trust(2048))
    return client


def test_a_managed_policy_has_6144_characters(iam):
    said = ("LimitExceeded", "Cannot exceed quota for PolicySize: 6144", 409)
    assert refused(iam.create_policy, PolicyName="long", PolicyDocument=policy(6145)) == said
    arn = iam.create_policy(PolicyName="fits", PolicyDocument=policy(6144))["Policy"]["Arn"]
    assert refused(iam.create_policy_version, PolicyArn=arn, PolicyDocument=policy(6145)) == said


def test_policies_within_a_role_have_10240_characters_together(iam):
    said = ("LimitExceeded", "Maximum policy size of 10240 bytes exceeded for role app", 409)
    iam.put_role_policy(RoleName="app", PolicyName="one", PolicyDocument=policy(6000))
    assert refused(iam.put_role_policy, RoleName="app", PolicyName="two", PolicyDocument=policy(4241)) == said
    iam.put_role_policy(RoleName="app", PolicyName="two", PolicyDocument=policy(4240))
    # In place of the one of that name.
    iam.put_role_policy(RoleName="app", PolicyName="one", PolicyDocument=policy(5999))


def test_the_trust_in_a_role_has_2048_characters(iam):
    said = ("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048", 409)
    assert refused(iam.create_role, RoleName="long", AssumeRolePolicyDocument=trust(2049)) == said
    assert refused(iam.update_assume_role_policy, RoleName="app", PolicyDocument=trust(2049)) == said


def test_a_role_has_ten_managed_policies(iam):
    arns = [iam.create_policy(PolicyName=f"p{n}", PolicyDocument=policy(200))["Policy"]["Arn"] for n in range(11)]
    for arn in [*arns[:10], arns[0]]:
        iam.attach_role_policy(RoleName="app", PolicyArn=arn)
    said = ("LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 10", 409)
    assert refused(iam.attach_role_policy, RoleName="app", PolicyArn=arns[10]) == said
