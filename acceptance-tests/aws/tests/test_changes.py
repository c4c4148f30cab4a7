"""What AWS refuses of changes, and what comes back when something is gone."""

import json

import pytest
from botocore.exceptions import ClientError

POLICIES = (
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
)
GROUP = "/aws/eks/c/cluster"
ALL_LOGS = {"clusterLogging": [{"types": ["api", "audit"], "enabled": True}]}


def refusal(call, **arguments):
    with pytest.raises(ClientError) as failed:
        call(**arguments)
    error = failed.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.fixture
def eks(aws):
    return aws.client("eks")


@pytest.fixture
def cluster(eks, network, role):
    def create(**more):
        arguments = {
            "name": "c",
            "roleArn": role("c-cluster", "eks.amazonaws.com"),
            "resourcesVpcConfig": {"subnetIds": network.subnet_ids},
            "accessConfig": {"authenticationMode": "API"},
            "bootstrapSelfManagedAddons": False,
        }
        return eks.create_cluster(**{**arguments, **more})["cluster"]

    return create


def auto_mode(enabled, **compute):
    return {
        "computeConfig": {"enabled": enabled, **compute},
        "storageConfig": {"blockStorage": {"enabled": enabled}},
        "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": enabled}},
    }


def attach(aws):
    for name in POLICIES:
        aws.client("iam").attach_role_policy(RoleName="c-cluster", PolicyArn=f"arn:aws:iam::aws:policy/{name}")


def test_auto_mode_goes_out_with_the_rights_that_it_had(aws, eks, cluster, role):
    cluster()
    node = role("auto", "ec2.amazonaws.com")
    pools = {"nodePools": ["system"], "nodeRoleArn": node}
    lacking = refusal(eks.update_cluster_config, name="c", **auto_mode(True, **pools))
    assert lacking[0] == "InvalidParameterException"
    assert lacking[1].endswith(", ".join(POLICIES))
    attach(aws)
    update = eks.update_cluster_config(name="c", **auto_mode(True, **pools))["update"]
    assert update["status"] == "Successful"

    iam, gone = aws.client("iam"), f"arn:aws:iam::aws:policy/{POLICIES[1]}"
    iam.detach_role_policy(RoleName="c-cluster", PolicyArn=gone)
    update = eks.update_cluster_config(name="c", **auto_mode(False, **pools))["update"]
    assert (update["status"], update["errors"][0]["errorCode"]) == ("Failed", "AccessDenied")
    assert eks.describe_cluster(name="c")["cluster"]["computeConfig"]["enabled"] is True

    iam.attach_role_policy(RoleName="c-cluster", PolicyArn=gone)
    update = eks.update_cluster_config(name="c", **auto_mode(False, **pools))["update"]
    assert update["status"] == "Successful"
    assert eks.describe_cluster(name="c")["cluster"]["computeConfig"] == {"enabled": False, **pools}


def test_auto_mode_is_said_in_three_places_and_its_role_goes_with_pools(aws, eks, cluster, role):
    cluster()
    attach(aws)
    node, other = role("auto", "ec2.amazonaws.com"), role("other", "ec2.amazonaws.com")
    two = {key: value for key, value in auto_mode(True).items() if key != "storageConfig"}
    assert "either fully enabled or fully disabled" in refusal(eks.update_cluster_config, name="c", **two)[1]
    lone = refusal(eks.update_cluster_config, name="c", **auto_mode(True, nodeRoleArn=node))
    assert lone[1] == "When Compute Config nodeRoleArn is not null or empty, nodePool value(s) must be provided."
    lone = refusal(eks.update_cluster_config, name="c", **auto_mode(True, nodePools=["system"]))
    assert lone[1] == "When Compute Config nodeRoleArn is null or empty, nodePool list cannot be populated."
    eks.update_cluster_config(name="c", **auto_mode(True, nodePools=["system"], nodeRoleArn=node))
    moved = auto_mode(True, nodePools=["system"], nodeRoleArn=other)
    assert refusal(eks.update_cluster_config, name="c", **moved)[0] == "InvalidParameterException"


@pytest.mark.parametrize(
    ("denied", "comes_back"),
    [
        (None, True),
        (f"arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}", True),
        (f"arn:aws:logs:us-east-1:123456789012:log-group:{GROUP}:*", False),
        ("*", False),
    ],
)
def test_the_log_group_of_a_cluster_comes_back_unless_its_role_may_not(aws, eks, cluster, denied, comes_back):
    cluster(logging=ALL_LOGS)
    if denied:
        statement = {"Effect": "Deny", "Action": "logs:CreateLogGroup", "Resource": denied}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        aws.client("iam").put_role_policy(RoleName="c-cluster", PolicyName="deny", PolicyDocument=document)
    logs = aws.client("logs")
    eks.delete_cluster(name="c")
    assert [g["logGroupName"] for g in logs.describe_log_groups()["logGroups"]] == [GROUP]
    logs.delete_log_group(logGroupName=GROUP)
    assert [g["logGroupName"] for g in logs.describe_log_groups()["logGroups"]] == ([GROUP] if comes_back else [])
    if comes_back:
        code, _ = refusal(logs.create_log_group, logGroupName=GROUP)
        assert code == "ResourceAlreadyExistsException"
        # The last lines are written.
        logs.delete_log_group(logGroupName=GROUP)
        assert logs.describe_log_groups()["logGroups"] == []


@pytest.mark.parametrize(("preserve", "status"), [(False, "DEGRADED"), (True, "ACTIVE")])
def test_nodes_lose_their_network_with_its_addon_unless_preserved(eks, cluster, network, role, preserve, status):
    cluster()
    eks.create_addon(clusterName="c", addonName="vpc-cni")
    node = role("node", "ec2.amazonaws.com")
    eks.create_nodegroup(clusterName="c", nodegroupName="n", nodeRole=node, subnets=network.subnet_ids)
    eks.delete_addon(clusterName="c", addonName="vpc-cni", preserve=preserve)
    assert eks.describe_nodegroup(clusterName="c", nodegroupName="n")["nodegroup"]["status"] == status


@pytest.mark.parametrize(
    ("first", "second", "what"),
    [
        ("10.20.0.0/16", "10.30.0.0/16", None),
        ("10.20.0.0/16", "10.0.0.0/16", None),
        ("10.1.0.0/16", "10.0.0.0/16", "restricted"),
        ("10.20.0.0/16", "172.17.0.0/16", "restricted"),
        ("10.20.0.0/16", "198.19.0.0/20", "restricted"),
        ("10.20.0.0/16", "198.18.0.0/16", None),
        ("10.20.0.0/16", "100.64.0.0/16", None),
        ("10.20.0.0/16", "100.64.0.0/15", "invalid"),
        ("172.20.0.0/16", "172.31.0.0/16", "restricted"),
        ("172.20.0.0/16", "172.21.0.0/16", None),
        ("192.168.0.0/20", "10.0.0.0/16", "restricted"),
        ("100.64.0.0/16", "10.20.0.0/16", "restricted"),
        ("100.64.0.0/16", "100.96.0.0/16", None),
    ],
)
def test_blocks_beside_the_first_one_of_a_vpc(aws, first, second, what):
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock=first)["Vpc"]["VpcId"]
    if what is None:
        made = ec2.associate_vpc_cidr_block(VpcId=vpc, CidrBlock=second)
        assert made["CidrBlockAssociation"]["CidrBlock"] == second
    else:
        code, message = refusal(ec2.associate_vpc_cidr_block, VpcId=vpc, CidrBlock=second)
        assert code == "InvalidVpc.Range"
        assert what in message


@pytest.mark.parametrize(
    ("service", "operation", "member", "longest", "more", "code"),
    [
        ("iam", "create_role", "RoleName", 64, {"AssumeRolePolicyDocument": "{}"}, "ValidationError"),
        ("events", "put_rule", "Name", 64, {"EventPattern": "{}"}, "ValidationException"),
        ("efs", "create_file_system", "CreationToken", 64, {}, "ValidationException"),
        ("elbv2", "create_target_group", "Name", 32, {"Protocol": "HTTP", "Port": 1, "VpcId": "v"}, "ValidationError"),
        ("eks", "create_nodegroup", "nodegroupName", 63, {"clusterName": "c", "nodeRole": "r", "subnets": []}, None),
        ("sqs", "create_queue", "QueueName", 80, {}, "InvalidParameterValue"),
        ("s3", "create_bucket", "Bucket", 63, {}, "InvalidBucketName"),
        ("kms", "create_alias", "AliasName", 256, {"TargetKeyId": "k"}, "ValidationException"),
        ("ec2", "create_launch_template", "LaunchTemplateName", 128, {"LaunchTemplateData": {}}, None),
        ("rds", "delete_db_instance", "FinalDBSnapshotIdentifier", 255, {"DBInstanceIdentifier": "d"}, None),
    ],
)
def test_names_end_where_those_of_aws_end(aws, service, operation, member, longest, more, code):
    call = getattr(aws.client(service), operation)
    # boto3 itself would refuse the name of a bucket that is much longer.
    found, message = refusal(call, **{member: "a" * (longest + 1), **more})
    assert found == code or code is None
    assert str(longest) in message or code is None or service in ("s3",)
