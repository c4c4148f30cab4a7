"""What enforcement costs: at most two milliseconds of processor time a call, under policies as large as a role can
have.
"""

import json
import statistics
import time

import pytest
from botocore.exceptions import ClientError
from direct import ACCOUNT, Direct, call_of

from local_aws import access, server

MILLISECONDS = 2.0
ROUNDS = 40
#: Ten policies of some six thousand characters: what IAM attaches to a role at most.
POLICIES, STATEMENTS = 10, 4
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ACCOUNT}}]})  # fmt: skip


def statement(number):
    """One that is about many things, asks conditions of all, and allows none of them."""
    names = [f"acme-{number}-{of}" for of in range(5)]
    return {
        "Effect": "Allow",
        "Action": ["ec2:*", "iam:Create*", "iam:Get*", "kms:*", "s3:Put*", "s3:Get*", "logs:*", "rds:Describe*"],
        "Resource": [f"arn:aws:{of}:*:{ACCOUNT}:*/{name}*" for of in ("ec2", "kms", "logs", "rds") for name in names],
        "Condition": {
            "StringEquals": {"aws:ResourceTag/platform": f"acme-{number}"},
            "ArnLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/acme-*"},
        },
    }


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.fixture(scope="module")
def direct():
    server.reset()
    found = Direct()
    iam = found.client("iam")
    boundary = iam.create_policy(
        PolicyName="cap", PolicyDocument=document({"Effect": "Allow", "Action": "*", "Resource": "*"})
    )
    cap = boundary["Policy"]["Arn"]
    iam.create_role(RoleName="acme-apply", AssumeRolePolicyDocument=TRUST, PermissionsBoundary=cap)
    for number in range(POLICIES):
        of = [statement(number * STATEMENTS + place) for place in range(STATEMENTS)]
        made = iam.create_policy(PolicyName=f"p{number}", PolicyDocument=document(*of))
        iam.attach_role_policy(RoleName="acme-apply", PolicyArn=made["Policy"]["Arn"])
    iam.put_role_policy(
        RoleName="acme-apply",
        PolicyName="q",
        PolicyDocument=document({"Effect": "Allow", "Action": "*", "Resource": "*"}),
    )
    for number in range(60):
        iam.create_role(RoleName=f"acme-{number}", AssumeRolePolicyDocument=TRUST, Path="/acme/")
    return found


def calls(client):
    """A call of each kind: what is made, read, tagged, with tags and with policies, of every protocol."""
    tags = [{"Key": "platform", "Value": "acme"}]
    specification = [{"ResourceType": "vpc", "Tags": tags}]
    yield lambda: client("iam").create_role(RoleName="new", AssumeRolePolicyDocument=TRUST, Tags=tags)
    yield lambda: client("iam").get_role(RoleName="acme-7")
    yield lambda: client("iam").list_policies()
    yield lambda: client("sts").get_caller_identity()
    yield lambda: client("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/acme/acme-7", RoleSessionName="one")
    yield lambda: client("kms").create_key(Tags=[{"TagKey": "platform", "TagValue": "acme"}], Policy=TRUST)
    yield lambda: client("kms").list_aliases()
    yield lambda: client("s3").create_bucket(Bucket="acme-data")
    yield lambda: client("s3").put_object(Bucket="acme-data", Key="a", Body=b"a" * 100_000)
    yield lambda: client("s3").get_object(Bucket="acme-data", Key="b")
    yield lambda: client("s3").list_objects_v2(Bucket="acme-data", Prefix="a")
    yield lambda: client("secretsmanager").create_secret(Name="acme", SecretString="-", Tags=tags)
    yield lambda: client("sqs").create_queue(QueueName="acme", tags={"platform": "acme"})
    yield lambda: client("events").put_rule(Name="acme", EventPattern='{"source": ["aws.ec2"]}', Tags=tags)
    yield lambda: client("logs").create_log_group(logGroupName="/acme", tags={"platform": "acme"})
    yield lambda: client("ssm").get_parameter(Name="/aws/service/eks/x")
    yield lambda: client("route53").create_hosted_zone(Name="example.com", CallerReference="1")
    yield lambda: client("resourcegroupstaggingapi").get_resources()
    yield lambda: client("ec2").create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=specification)
    yield lambda: client("ec2").describe_instances(Filters=[{"Name": "tag:platform", "Values": ["acme"]}])
    yield lambda: client("ec2").run_instances(ImageId="ami-12c6146b", MinCount=1, MaxCount=1, InstanceType="m7g.large")
    vpc_config = {"subnetIds": ["subnet-1", "subnet-2"]}
    role = f"arn:aws:iam::{ACCOUNT}:role/acme/acme-7"
    yield lambda: client("eks").create_cluster(name="acme", roleArn=role, resourcesVpcConfig=vpc_config)
    yield lambda: client("eks").describe_cluster(name="acme")
    database = {"DBInstanceIdentifier": "acme", "DBInstanceClass": "db.t4g.micro", "Engine": "postgres"}
    yield lambda: client("rds").create_db_instance(**database, ManageMasterUserPassword=True, MonitoringRoleArn=role)
    yield lambda: client("rds").describe_db_instances()
    yield lambda: client("elbv2").create_load_balancer(Name="acme", Subnets=["subnet-1"], Tags=tags)
    yield lambda: client("elbv2").describe_load_balancers()
    yield lambda: client("autoscaling").describe_auto_scaling_groups()
    yield lambda: client("efs").describe_file_systems()
    yield lambda: client("ecr").create_repository(repositoryName="acme", tags=tags)
    yield lambda: client("acm").request_certificate(DomainName="example.com", Tags=tags)
    yield lambda: client("wafv2").list_web_acls(Scope="REGIONAL")
    yield lambda: client("service-quotas").list_service_quotas(ServiceCode="ec2")


def test_a_call_costs_at_most_two_milliseconds(direct, capsys):
    keys = direct.client("sts").assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/acme-apply", RoleSessionName="one")[
        "Credentials"
    ]
    made = {}

    def client(service):
        if service not in made:
            made[service] = direct.client(service, key=keys["AccessKeyId"], secret=keys["SecretAccessKey"])
        return made[service]

    taken = {}
    access.change({"on": True})
    for ask in calls(client):
        del direct.requests[:]
        try:
            ask()
        except ClientError as error:
            assert error.response["Error"]["Code"] != "NotModelled", error
        call = call_of(direct.requests[0])
        times = []
        for _ in range(ROUNDS):
            fresh = call_of(call.environ)
            begun = time.thread_time()
            access.refuse(fresh)
            times.append((time.thread_time() - begun) * 1000)
        taken[f"{call.service}:{call.operation}"] = statistics.median(times)
    access.reset()
    told = "\n".join(f"  {name}: {took:.2f} ms" for name, took in sorted(taken.items(), key=lambda of: -of[1]))
    with capsys.disabled():
        print(f"\nenforcement, {statistics.mean(taken.values()):.2f} ms a call, at most {max(taken.values()):.2f} ms")
    assert max(taken.values()) <= MILLISECONDS, f"processor time of a call:\n{told}"
