"""Makes an EKS cluster in the local AWS, `demo` unless it is named, and people who sign in to it; prints their keys and tokens as JSON."""

import base64
import datetime
import json
import os
import sys

import boto3
import botocore.auth
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

POLICY = "arn:aws:eks::aws:cluster-access-policy/AmazonEKS{}Policy"
NAME = sys.argv[1] if len(sys.argv) > 1 else "demo"
NOW = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)


def cluster() -> None:
    """The cluster, whose creator is its administrator."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "eks.amazonaws.com"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = boto3.client("iam").create_role(RoleName="cluster", AssumeRolePolicyDocument=document)["Role"]["Arn"]
    subnets = [subnet["SubnetId"] for subnet in boto3.client("ec2").describe_subnets()["Subnets"]]
    boto3.client("eks").create_cluster(
        name=NAME,
        roleArn=role,
        resourcesVpcConfig={"subnetIds": subnets},
        accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
    )


def person(name: str, policy: str | None = None, *namespaces: str) -> Credentials:
    """An IAM user, with an access entry if there is a policy for it."""
    iam, eks = boto3.client("iam"), boto3.client("eks")
    arn = iam.create_user(UserName=name)["User"]["Arn"]
    if policy:
        scope = {"type": "namespace", "namespaces": list(namespaces)} if namespaces else {"type": "cluster"}
        eks.create_access_entry(clusterName=NAME, principalArn=arn)
        eks.associate_access_policy(
            clusterName=NAME, principalArn=arn, policyArn=POLICY.format(policy), accessScope=scope
        )
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return Credentials(key["AccessKeyId"], key["SecretAccessKey"])


def token(credentials: Credentials, cluster: str = NAME, minutes: int = 0) -> str:
    """What `aws eks get-token` would have given so many minutes from now."""
    botocore.auth.get_current_datetime = lambda *_, **__: NOW + datetime.timedelta(minutes=minutes)
    parameters = {"Action": "GetCallerIdentity", "Version": "2011-06-15"}
    url = os.environ["AWS_ENDPOINT_URL"] + "/"
    request = AWSRequest("GET", url, params=parameters, headers={"x-k8s-aws-id": cluster})
    SigV4QueryAuth(credentials, "sts", "us-east-1", expires=60).add_auth(request)
    return "k8s-aws-v1." + base64.urlsafe_b64encode(request.url.encode()).decode().rstrip("=")


def main() -> None:
    """Everybody who is in the test."""
    cluster()
    people = {
        "admin": Credentials(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]),
        "viewer": person("viewer", "View"),
        "team": person("team", "Edit", "team-*"),
        "stranger": person("stranger"),
    }
    forger = Credentials(people["admin"].access_key, "another secret")
    tokens = {name: token(who) for name, who in people.items()} | {
        "expired": token(people["admin"], minutes=-16),
        "forged": token(forger),
        "for another cluster": token(people["admin"], cluster="other"),
    }
    keys = {name: {"key": who.access_key, "secret": who.secret_key} for name, who in people.items()}
    print(json.dumps({"tokens": tokens, "keys": keys}))


main()
