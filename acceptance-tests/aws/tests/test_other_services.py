"""S3, SSM, Service Quotas, IAM, Bedrock and ECR."""

import json

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def s3(aws):
    client = aws.client("s3")
    client.create_bucket(Bucket="bucket-one")
    return client


def test_lifecycle_rules_come_back_whole(s3):
    rules = [
        {
            "ID": "a",
            "Status": "Enabled",
            "Filter": {"And": {"Prefix": "x/", "ObjectSizeGreaterThan": 1024}},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 30, "NewerNoncurrentVersions": 3},
        },
        {"ID": "b", "Status": "Enabled", "Filter": {}, "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7}},
    ]
    s3.put_bucket_lifecycle_configuration(Bucket="bucket-one", LifecycleConfiguration={"Rules": rules})
    assert s3.get_bucket_lifecycle_configuration(Bucket="bucket-one")["Rules"] == rules
    s3.delete_bucket_lifecycle(Bucket="bucket-one")
    with pytest.raises(ClientError, match="NoSuchLifecycleConfiguration"):
        s3.get_bucket_lifecycle_configuration(Bucket="bucket-one")


@pytest.mark.parametrize("condition", [{}, {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}])
def test_what_a_policy_forbids_without_a_condition_is_refused(s3, condition):
    denied = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::bucket-one/*"}
    policy = {"Version": "2012-10-17", "Statement": [{**denied, **condition}]}
    s3.put_bucket_policy(Bucket="bucket-one", Policy=json.dumps(policy))
    if condition:
        s3.put_object(Bucket="bucket-one", Key="a", Body=b"1")
        assert s3.get_object(Bucket="bucket-one", Key="a")["Body"].read() == b"1"
    else:
        with pytest.raises(ClientError, match="403"):
            s3.put_object(Bucket="bucket-one", Key="a", Body=b"1")


def test_event_bridge_notifications_are_told_back(s3):
    assert "EventBridgeConfiguration" not in s3.get_bucket_notification_configuration(Bucket="bucket-one")
    s3.put_bucket_notification_configuration(
        Bucket="bucket-one", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    assert s3.get_bucket_notification_configuration(Bucket="bucket-one")["EventBridgeConfiguration"] == {}


def test_a_state_lock_is_taken_by_one_only(s3):
    s3.put_object(Bucket="bucket-one", Key="a.tflock", Body=b"one", IfNoneMatch="*")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket="bucket-one", Key="a.tflock", Body=b"two", IfNoneMatch="*")
    assert s3.get_object(Bucket="bucket-one", Key="a.tflock")["Body"].read() == b"one"
    s3.delete_object(Bucket="bucket-one", Key="a.tflock")
    s3.put_object(Bucket="bucket-one", Key="a.tflock", Body=b"two", IfNoneMatch="*")


@pytest.mark.parametrize(
    "name",
    [
        "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id",
        "/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/arm64/nvidia/recommended/image_id",
        "/aws/service/bottlerocket/aws-k8s-1.33/arm64/latest/image_id",
        "/aws/service/bottlerocket/aws-k8s-1.33-nvidia/x86_64/latest/image_id",
    ],
)
def test_parameters_of_eks_images(aws, name):
    value = aws.client("ssm").get_parameter(Name=name)["Parameter"]["Value"]
    assert value.startswith("ami-") and len(value) == 21
    assert aws.inventory()["objects"] == 0


def test_quotas_are_listed_by_service(aws):
    quotas = aws.client("service-quotas")
    assert "ec2" in [s["ServiceCode"] for s in quotas.list_services()["Services"]]
    by_name = {q["QuotaName"]: q["Value"] for q in quotas.list_service_quotas(ServiceCode="ec2")["Quotas"]}
    assert by_name["EC2-VPC Elastic IPs"] == 5
    assert (
        quotas.get_service_quota(ServiceCode="vpc", QuotaCode="L-F678F1CE")["Quota"]["QuotaName"] == "VPCs per Region"
    )
    with pytest.raises(ClientError, match="NoSuchResourceException"):
        quotas.get_service_quota(ServiceCode="vpc", QuotaCode="L-00000000")


def simulate(iam, principal, *actions, **more):
    results = iam.simulate_principal_policy(PolicySourceArn=principal, ActionNames=actions, **more)["EvaluationResults"]
    return [r["EvalDecision"] for r in results]


def test_the_local_caller_may_do_everything(aws):
    caller = aws.client("sts").get_caller_identity()["Arn"]
    assert simulate(aws.client("iam"), caller, "ec2:CreateVpc", "eks:CreateCluster") == ["allowed", "allowed"]


def test_simulation_follows_policies_denials_conditions_and_boundary(aws, role):
    iam, arn = aws.client("iam"), role("r", "ec2.amazonaws.com")
    allow = {"Effect": "Allow", "Action": ["s3:Get*", "s3:Put*"], "Resource": "arn:aws:s3:::b/*"}
    deny = {"Effect": "Deny", "Action": "s3:PutObjectAcl", "Resource": "*"}
    condition = {"StringEquals": {"aws:RequestTag/owner": "me"}}
    tagged = {"Effect": "Allow", "Action": "ec2:RunInstances", "Resource": "*", "Condition": condition}
    document = {"Version": "2012-10-17", "Statement": [allow, deny, tagged]}
    iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=json.dumps(document))
    on_object = {"ResourceArns": ["arn:aws:s3:::b/key"]}
    decisions = simulate(iam, arn, "s3:GetObject", "s3:PutObjectAcl", "s3:DeleteObject", **on_object)
    assert decisions == ["allowed", "explicitDeny", "implicitDeny"]
    assert simulate(iam, arn, "s3:GetObject", ResourceArns=["arn:aws:s3:::other/key"]) == ["implicitDeny"]
    assert simulate(iam, arn, "ec2:RunInstances") == ["implicitDeny"]
    tag = {"ContextKeyName": "aws:RequestTag/owner", "ContextKeyValues": ["me"], "ContextKeyType": "string"}
    assert simulate(iam, arn, "ec2:RunInstances", ContextEntries=[tag]) == ["allowed"]
    boundary = iam.create_policy(
        PolicyName="b",
        PolicyDocument='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"}]}',
    )["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="r", PermissionsBoundary=boundary)
    assert simulate(iam, arn, "s3:GetObject", **on_object) == ["implicitDeny"]


def test_models_and_profiles_of_the_region(aws):
    bedrock = aws.client("bedrock")
    models = bedrock.list_foundation_models(byProvider="Anthropic")["modelSummaries"]
    assert models and all(m["providerName"] == "Anthropic" for m in models)
    identifier = models[0]["modelId"]
    assert bedrock.get_foundation_model(modelIdentifier=identifier)["modelDetails"]["modelId"] == identifier
    profiles = aws.client("bedrock", "eu-west-1").list_inference_profiles()["inferenceProfileSummaries"]
    assert profiles and all(p["inferenceProfileId"].startswith(("eu.", "global.")) for p in profiles)


def test_pull_through_cache_rules(aws):
    ecr = aws.client("ecr")
    ecr.create_pull_through_cache_rule(ecrRepositoryPrefix="public", upstreamRegistryUrl="public.ecr.aws")
    [rule] = ecr.describe_pull_through_cache_rules()["pullThroughCacheRules"]
    assert (rule["ecrRepositoryPrefix"], rule["upstreamRegistry"]) == ("public", "ecr-public")
    with pytest.raises(ClientError, match="credential"):
        ecr.create_pull_through_cache_rule(ecrRepositoryPrefix="hub", upstreamRegistryUrl="registry-1.docker.io")
    ecr.delete_pull_through_cache_rule(ecrRepositoryPrefix="public")
    assert aws.inventory()["objects"] == 0


def test_settings_of_a_file_system_change(aws):
    efs = aws.client("efs")
    system = efs.create_file_system(CreationToken="t", Encrypted=True)["FileSystemId"]
    assert efs.describe_backup_policy(FileSystemId=system)["BackupPolicy"] == {"Status": "DISABLED"}
    efs.put_backup_policy(FileSystemId=system, BackupPolicy={"Status": "ENABLED"})
    assert efs.describe_backup_policy(FileSystemId=system)["BackupPolicy"] == {"Status": "ENABLED"}
    efs.update_file_system(FileSystemId=system, ThroughputMode="provisioned", ProvisionedThroughputInMibps=64)
    [told] = efs.describe_file_systems(FileSystemId=system)["FileSystems"]
    assert (told["ThroughputMode"], told["ProvisionedThroughputInMibps"]) == ("provisioned", 64)
    efs.put_file_system_policy(FileSystemId=system, Policy='{"Statement": []}')
    efs.delete_file_system_policy(FileSystemId=system)
    with pytest.raises(efs.exceptions.PolicyNotFound, match="PolicyNotFound"):
        efs.describe_file_system_policy(FileSystemId=system)
