"""Who there is in IAM, as whoever judges policies outside reads it."""

import json
from typing import Any



def document(action: str) -> str:
    allow = {"Sid": "A", "Effect": "Allow", "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [allow]})


TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}}],
}


def actions(policy: dict[str, Any]) -> list[str]:
    return [version["Statement"][0]["Action"] for version in policy["documents"]]


def test_a_role_is_told_with_all_that_says_what_it_may_do(aws):
    iam = aws.client("iam")
    bound = iam.create_policy(PolicyName="bound", PolicyDocument=document("s3:*"))["Policy"]["Arn"]
    own = iam.create_policy(PolicyName="own", PolicyDocument=document("s3:ListBucket"))["Policy"]["Arn"]
    iam.create_policy_version(PolicyArn=own, PolicyDocument=document("s3:GetObject"), SetAsDefault=True)
    tags = [{"Key": "platform", "Value": "acme-dev"}]
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=json.dumps(TRUST), PermissionsBoundary=bound, Tags=tags)
    iam.put_role_policy(RoleName="r", PolicyName="inline", PolicyDocument=document("ec2:RunInstances"))
    iam.attach_role_policy(RoleName="r", PolicyArn=own)
    iam.attach_role_policy(RoleName="r", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")

    told = aws.control("GET", "identities")
    [role] = [each for each in told["roles"] if each["arn"].endswith("/r")]
    assert role["tags"] == {"platform": "acme-dev"}
    assert role["trust"] == TRUST
    assert role["boundary"] == bound
    assert role["inline"] == {"inline": json.loads(document("ec2:RunInstances"))}
    assert role["attached"] == [own, "arn:aws:iam::aws:policy/ReadOnlyAccess"]
    # The version in force comes first.
    assert actions(told["policies"][own]) == ["s3:GetObject", "s3:ListBucket"]
    # Of AWS's own policies only those that somebody has.
    assert {arn.split("/")[-1] for arn in told["policies"]} == {"bound", "own", "ReadOnlyAccess"}


def test_groups_are_told_with_their_users(aws):
    iam = aws.client("iam")
    iam.create_user(UserName="u")
    iam.create_group(GroupName="g")
    iam.add_user_to_group(GroupName="g", UserName="u")
    iam.put_group_policy(GroupName="g", PolicyName="p", PolicyDocument=document("s3:*"))
    [group] = aws.control("GET", "identities")["groups"]
    assert [user.split("/")[-1] for user in group["users"]] == ["u"]
    assert group["inline"] == {"p": json.loads(document("s3:*"))}
