"""What tests of enforcement share: users, sessions of roles, policies, and the switch."""

import json

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

ACCOUNT = "123456789012"


def policy(*statements):
    """A policy of these statements."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions, **more):
    """A statement that allows actions on everything."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


def trust(principal, action="sts:AssumeRole", **more):
    """The trust policy of a role."""
    return policy({"Effect": "Allow", "Action": action, "Principal": principal, **more})


ACCOUNT_TRUST = trust({"AWS": f"arn:aws:iam::{ACCOUNT}:root"})


def client(aws, service, credentials=None, region="us-east-1"):
    """A client with somebody's keys."""
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
    """Code and text with which a call is refused."""
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
