"""What the derivations say, held against the service authorization reference: inputs are made of the models."""

import functools
import json
from pathlib import Path

import pytest
from asking import ACCOUNT, REGION, arn, fresh
from moto.core.utils import get_service_model

from local_aws import calls
from local_aws.access import reference, switch
from local_aws.access.asked import NotModelled
from local_aws.access.services import ec2
from local_aws.calls import Call

SERVICES = (
    "acm", "autoscaling", "backup", "bedrock", "ec2", "ecr", "eks", "elasticfilesystem", "elasticloadbalancing",
    "inspector2", "rds", "servicequotas", "wafv2",
)  # fmt: skip
#: Asked on what the reference does not have, as the services say when they refuse.
OTHERWISE = {
    ("acm:RequestCertificate", arn("acm", "certificate/*")),
    ("eks:CreateCluster", arn("eks", "cluster/x")),
    ("eks:TagResource", arn("eks", "/createaddon")),
    ("elasticfilesystem:CreateFileSystem", arn("elasticfilesystem", "file-system/*")),
}
#: Dependent actions of the reference that nothing asks for here: why.
NOT_OURS = {
    **dict.fromkeys(
        (
            "ecs:ListClusters", "ecs:ListContainerInstances", "ecs:ListServices", "ecs:ListTaskDefinitions",
            "ecs:ListTasks",
        ),
        "flow logs with fields of ECS",
    ),
    **dict.fromkeys(("rds:CreateTenantDatabase", "rds:DeleteTenantDatabase"), "Oracle"),
    **dict.fromkeys(
        (
            "amplify:AssociateWebACL", "amplify:DisassociateWebACL", "amplify:GetWebACLForResource",
            "apigateway:SetWebACL", "apprunner:AssociateWebAcl", "apprunner:DescribeWebAclForService",
            "apprunner:DisassociateWebAcl", "apprunner:ListAssociatedServicesForWebAcl",
            "amplify:ListResourcesForWebACL", "appsync:ListResourcesForWebACL",
            "elasticloadbalancing:DescribeWebACLAssociation", "appsync:AssociateWebACL", "appsync:DisassociateWebACL",
            "appsync:GetWebACLForResource", "appsync:SetWebACL", "cognito-idp:AssociateWebACL",
            "cognito-idp:DisassociateWebACL", "cognito-idp:GetWebACLForResource", "cognito-idp:ListResourcesForWebACL",
            "ec2:AssociateVerifiedAccessInstanceWebAcl", "ec2:DescribeVerifiedAccessInstanceWebAclAssociations",
            "ec2:DisassociateVerifiedAccessInstanceWebAcl", "ec2:GetVerifiedAccessInstanceWebAcl",
        ),
        "ACLs of other things than load balancers",
    ),
    **dict.fromkeys(
        (
            "autoscaling:DescribeAccountLimits", "cloudformation:DescribeAccountLimits", "dynamodb:DescribeLimits",
            "elasticloadbalancing:DescribeAccountLimits", "iam:GetAccountSummary", "kinesis:DescribeLimits",
            "rds:DescribeAccountAttributes", "route53:GetAccountLimit",
        ),
        "what is used of a quota, for which nobody asks here",
    ),
    **dict.fromkeys(("wafv2:GetPermissionPolicy", "wafv2:PutPermissionPolicy"), "ACLs of other accounts"),
}  # fmt: skip
#: Asked for with other inputs than those here, where tests of their own have it, or never.
ONLY_SOMETIMES = {
    # An image by the name of a parameter.
    ("ec2:CreateLaunchTemplate", "ssm:GetParameters"),
    ("ec2:CreateLaunchTemplateVersion", "ssm:GetParameters"),
    ("ec2:DescribeLaunchTemplateVersions", "ssm:GetParameters"),
    ("ec2:RunInstances", "ssm:GetParameters"),
    # A profile that is there.
    ("ec2:RunInstances", "iam:PassRole"),
    # A last snapshot.
    ("rds:DeleteDBInstance", "rds:AddTagsToResource"),
    ("rds:DeleteDBInstance", "rds:CreateDBSnapshot"),
    ("rds:StopDBInstance", "rds:AddTagsToResource"),
    ("rds:StopDBInstance", "rds:CreateDBSnapshot"),
    # Tags of storage, and roles of directories, which are for other engines.
    ("rds:ModifyDBInstance", "rds:AddTagsToResource"),
    ("rds:RestoreDBInstanceFromDBSnapshot", "iam:PassRole"),
    ("rds:RestoreDBInstanceToPointInTime", "iam:PassRole"),
}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/x"
BALANCER = arn("elasticloadbalancing", "loadbalancer/app/x/1")
ACL = arn("wafv2", "regional/webacl/x/1")
KEY = arn("kms", "key/x")
#: Text => members of inputs that are not just any text.
NAMES = {
    "application": "Type",
    "ami-1": "ImageId",
    "cr-1": "CapacityReservationId",
    "eigw-1": "EgressOnlyInternetGatewayId",
    "eipalloc-1": "AllocationId AllocationIds",
    "eni-1": "NetworkInterfaceId",
    "ENABLED": "Status",
    "ENHANCED": "scanType",
    "fl-1": "FlowLogIds",
    "fs-1": "FileSystemId ResourceId",
    "fsap-1": "AccessPointId",
    "i-1": "InstanceId InstanceIds",
    "igw-1": "GatewayId InternetGatewayId",
    "lt-1": "LaunchTemplateId",
    "nat-1": "NatGatewayId",
    "rtb-1": "RouteTableId RouteTableIds",
    "sg-1": "GroupId Groups SecurityGroupIds SecurityGroups",
    "sgr-1": "SecurityGroupRuleId",
    "tgw-1": "TransitGatewayId",
    "tgw-attach-1": "TransitGatewayAttachmentId",
    "tgw-rtb-1": "TransitGatewayRouteTableId",
    "subnet-1": "SubnetId SubnetIds Subnets",
    "vol-1": "VolumeId",
    "vpc-1": "ResourceIds Resources VpcId",
    "vpcbpa-excl-1": "ExclusionId",
    "vpce-1": "VpcEndpointId VpcEndpointIds",
    ACL: "ARN ResourceARN WebACLArn",
    BALANCER: "LoadBalancerArn",
    KEY: "KmsKeyId MasterUserSecretKmsKeyId PerformanceInsightsKMSKeyId keyArn kmsKey",
    ROLE: "customRoleArn nodeRole",
    arn("acm", "certificate/x"): "CertificateArn",
    arn("elasticloadbalancing", "listener-rule/app/x/1/2/3"): "RuleArn",
    arn("elasticloadbalancing", "listener/app/x/1/2"): "ListenerArn",
    arn("elasticloadbalancing", "targetgroup/x/1"): "TargetGroupArn",
    arn("logs", "log-group:aws-waf-logs-x"): "LogDestinationConfigs",
    arn("rds", "auto-backup:x"): "DBInstanceAutomatedBackupsArn SourceDBInstanceAutomatedBackupsArn",
    arn("rds", "db:x"): "ResourceIdentifier ResourceName",
}
TEXTS = {name: text for text, names in NAMES.items() for name in names.split()}
#: The same where the name says something else in each service.
OF_SERVICE = {
    ("wafv2", "ResourceArn"): BALANCER,
    ("elasticloadbalancing", "ResourceArns"): arn("elasticloadbalancing", "targetgroup/x/1"),
    ("elasticloadbalancing", "ResourceArn"): BALANCER,
    ("eks", "resourceArn"): arn("eks", "cluster/x"),
    ("ecr", "resourceArn"): arn("ecr", "repository/x"),
    ("backup", "ResourceArn"): arn("backup", "backup-vault:x"),
    ("elasticfilesystem", "SubnetId"): "subnet-1",
}
LOGS = {"DeleteLoggingConfiguration", "GetLoggingConfiguration", "PutLoggingConfiguration"} | {
    "ListTagsForResource", "TagResource", "UntagResource",
}  # fmt: skip


@functools.cache
def model(service):
    return get_service_model(calls.MODELS.get(service, service))


def operations(service):
    module = switch_module(service)
    if service == "ec2":
        return sorted({*ec2.ABOUT, *ec2.READS, *ec2.SPECIAL})
    return sorted(module.SERVICE.resources)


def switch_module(service):
    return __import__(f"local_aws.access.services.{service}", fromlist=["asked"])


def value(of, shape, name, depth, every):
    """Something of a shape, for an operation of a service."""
    service, operation = of
    if shape.type_name == "structure":
        members = shape.members if every and depth < 4 else {m: shape.members[m] for m in shape.required_members}
        members = members or ({} if depth else members)
        return {m: value(of, s, m, depth + 1, every) for m, s in members.items()}
    if shape.type_name == "list":
        return [value(of, shape.member, name, depth, every)]
    if shape.type_name == "map":
        return {"k": "v"}
    if shape.type_name != "string":
        return {"boolean": True, "timestamp": "2026-01-01T00:00:00Z"}.get(shape.type_name, 1)
    if service == "wafv2" and name == "ResourceArn" and operation in LOGS:
        return ACL
    if service == "ec2" and name == "ResourceType" and depth > 0:
        return next((t.kind for t in ec2.ABOUT.get(operation, ()) if isinstance(t, ec2.Made)), "instance")
    found = OF_SERVICE.get((service, name)) or TEXTS.get(name)
    return found or (ROLE if name.lower().endswith("arn") else "x")


def asked(service, operation, every):
    """What is asked with an input of required members, or of all."""
    shape = model(service).operation_model(operation).input_shape
    given = value((service, operation), shape, "", 0, every) if shape else {}
    return switch.asked_of(Call(service, operation, REGION, "x", "", {}), given)


def all_asked():
    """Operation => all that is asked of it, with the least and with the most that an input can have."""
    fresh()
    return {
        (service, operation): [one for every in (False, True) for one in some(service, operation, every)]
        for service in SERVICES
        for operation in operations(service)
    }


def some(service, operation, every):
    try:
        return asked(service, operation, every)
    except (NotModelled, KeyError) as missing:
        # An input without what would say what it is about, which the service refuses, whatever its model says.
        assert not every, f"{service}:{operation}: {missing}"
        return []


@pytest.fixture(scope="module")
def found():
    return all_asked()


def test_each_operation_asks_for_an_action_that_the_reference_has(found):
    for (service, operation), several in found.items():
        actions = {one.action for one in several}
        assert f"{service}:{operation}" in actions, (service, operation)
        for action in actions:
            assert reference.kinds_of(action), action


def test_each_resource_is_of_a_kind_that_the_reference_has(found):
    wrong = set()
    for several in found.values():
        for one in several:
            kinds = [k for k in reference.kinds_of(one.action) if k]
            service = one.action.split(":")[0]
            for resource in one.resources:
                fits = any(reference.arn_of(service, k).fullmatch(resource) for k in kinds)
                if not (fits or (resource == "*" and not kinds)):
                    wrong.add((one.action, resource))
    assert wrong == OTHERWISE


def test_each_key_with_a_value_is_one_that_the_reference_has(found):
    wrong = set()
    for several in found.values():
        for one in several:
            for resource in one.resources:
                keys = [k for k, values in one.context.items() if values and not k.endswith("/")]
                wrong |= {
                    (one.action, short_of(resource), k) for k in keys if not reference.knows(one.action, resource, k)
                }
    assert wrong == set()


def test_what_the_reference_wants_besides_is_asked_for_some_input(found):
    missing = {
        (f"{service}:{operation}", action)
        for (service, operation), several in found.items()
        for action in reference.dependents_of(f"{service}:{operation}")
        if action not in NOT_OURS and action not in {one.action for one in several}
    }
    assert missing == ONLY_SOMETIMES


def short_of(resource):
    return resource.split(":", 5)[-1]


def test_what_the_recording_needs_is_asked_by_some_operation(found):
    recorded = json.loads((Path(__file__).parents[3] / "generator/data/permissions.json").read_text())["types"]
    needed = {action for of in recorded.values() for actions in of.values() for action in actions}
    derived = {one.action for several in found.values() for one in several}
    assert {a for a in needed if a.split(":")[0] in SERVICES} - derived == set()
