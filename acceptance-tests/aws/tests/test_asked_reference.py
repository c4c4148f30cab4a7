"""What the derivations say, held against the service authorization reference, over inputs made of the services' models."""

import functools
import json
from pathlib import Path

import pytest
from asking import ACCOUNT, REGION, arn, fresh
from local_aws import calls
from local_aws.access import reference, switch
from local_aws.access.services import ec2
from local_aws.access.asked import NotModelled
from local_aws.calls import Call
from moto.core.utils import get_service_model

SERVICES = (
    "acm", "autoscaling", "backup", "bedrock", "ec2", "ecr", "eks", "elasticfilesystem", "elasticloadbalancing", "inspector2",
    "rds", "servicequotas", "wafv2",
)  # fmt: skip
#: Asked on what the reference does not have, as the services say when they refuse.
OTHERWISE = {
    ("acm:RequestCertificate", arn("acm", "certificate/*")),
    ("eks:CreateCluster", arn("eks", "cluster/x")),
    ("eks:TagResource", arn("eks", "/createaddon")),
    ("elasticfilesystem:CreateFileSystem", arn("elasticfilesystem", "file-system/*")),
}
#: Operation => what the reference lists as its dependent actions, where it lists any, and no input here brings it about: why.
NOT_OURS = {
    **dict.fromkeys(
        ("ecs:ListClusters", "ecs:ListContainerInstances", "ecs:ListServices", "ecs:ListTaskDefinitions", "ecs:ListTasks"),
        "flow logs with fields of ECS",
    ),
    **dict.fromkeys(("rds:CreateTenantDatabase", "rds:DeleteTenantDatabase"), "Oracle"),
    **dict.fromkeys(
        (
            "amplify:AssociateWebACL", "amplify:DisassociateWebACL", "amplify:GetWebACLForResource", "apigateway:SetWebACL",
            "apprunner:AssociateWebAcl", "apprunner:DescribeWebAclForService", "apprunner:DisassociateWebAcl",
            "apprunner:ListAssociatedServicesForWebAcl", "appsync:AssociateWebACL", "appsync:DisassociateWebACL",
            "appsync:GetWebACLForResource", "appsync:SetWebACL", "cognito-idp:AssociateWebACL",
            "cognito-idp:DisassociateWebACL", "cognito-idp:GetWebACLForResource", "cognito-idp:ListResourcesForWebACL",
            "ec2:AssociateVerifiedAccessInstanceWebAcl", "ec2:DescribeVerifiedAccessInstanceWebAclAssociations",
            "ec2:DisassociateVerifiedAccessInstanceWebAcl", "ec2:GetVerifiedAccessInstanceWebAcl",
        ),
        "ACLs of other things than load balancers",
    ),
    **dict.fromkeys(("wafv2:GetPermissionPolicy", "wafv2:PutPermissionPolicy"), "ACLs of other accounts"),
}  # fmt: skip
ROLE = f"arn:aws:iam::{ACCOUNT}:role/x"
BALANCER = arn("elasticloadbalancing", "loadbalancer/app/x/1")
ACL = arn("wafv2", "regional/webacl/x/1")
#: Members of inputs that are not just any text.
TEXTS = {
    "AccessPointId": "fsap-1", "AllocationId": "eipalloc-1", "AllocationIds": "eipalloc-1", "ARN": ACL,
    "CapacityReservationId": "cr-1", "DBInstanceAutomatedBackupsArn": arn("rds", "auto-backup:x"),
    "EgressOnlyInternetGatewayId": "eigw-1", "ExclusionId": "vpcbpa-excl-1", "FileSystemId": "fs-1", "FlowLogIds": "fl-1",
    "GatewayId": "igw-1", "GroupId": "sg-1", "Groups": "sg-1", "ImageId": "ami-1", "InstanceId": "i-1", "InstanceIds": "i-1",
    "InternetGatewayId": "igw-1", "LaunchTemplateId": "lt-1", "LaunchTemplateName": "x", "ListenerArn": arn("elasticloadbalancing", "listener/app/x/1/2"),
    "LoadBalancerArn": BALANCER, "LogDestinationConfigs": arn("logs", "log-group:aws-waf-logs-x"), "NatGatewayId": "nat-1",
    "NetworkInterfaceId": "eni-1", "ResourceARN": ACL, "ResourceIds": "vpc-1", "Resources": "vpc-1", "ResourceId": "fs-1",
    "ResourceName": arn("rds", "db:x"), "ResourceIdentifier": arn("rds", "db:x"), "RouteTableId": "rtb-1", "RouteTableIds": "rtb-1",
    "RuleArn": arn("elasticloadbalancing", "listener-rule/app/x/1/2/3"), "SecurityGroupIds": "sg-1", "SecurityGroupRuleId": "sgr-1",
    "SecurityGroups": "sg-1", "SourceDBInstanceAutomatedBackupsArn": arn("rds", "auto-backup:x"), "Status": "ENABLED",
    "SubnetId": "subnet-1", "SubnetIds": "subnet-1", "Subnets": "subnet-1", "TargetGroupArn": arn("elasticloadbalancing", "targetgroup/x/1"),
    "Type": "application", "VolumeId": "vol-1", "VpcEndpointId": "vpce-1", "VpcEndpointIds": "vpce-1", "VpcId": "vpc-1",
    "WebACLArn": ACL, "customRoleArn": ROLE, "nodeRole": ROLE, "keyArn": arn("kms", "key/x"), "kmsKey": arn("kms", "key/x"),
    "KmsKeyId": arn("kms", "key/x"), "MasterUserSecretKmsKeyId": arn("kms", "key/x"), "scanType": "ENHANCED",
    "PerformanceInsightsKMSKeyId": arn("kms", "key/x"), "CertificateArn": arn("acm", "certificate/x"),
}  # fmt: skip
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


def value(service, operation, shape, name, depth, every):
    """Something of a shape."""
    if shape.type_name == "structure":
        members = shape.members if every and depth < 4 else {m: shape.members[m] for m in shape.required_members}
        members = members or ({} if depth else members)
        return {m: value(service, operation, s, m, depth + 1, every) for m, s in members.items()}
    if shape.type_name == "list":
        return [value(service, operation, shape.member, name, depth, every)]
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
    given = value(service, operation, shape, "", 0, every) if shape else {}
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
                wrong |= {(one.action, short_of(resource), k) for k in keys if not reference.knows(one.action, resource, k)}
    assert wrong == set()


def short_of(resource):
    return resource.split(":", 5)[-1]


def test_what_the_recording_needs_is_asked_by_some_operation(found):
    recorded = json.loads((Path(__file__).parents[3] / "generator/data/permissions.json").read_text())["types"]
    needed = {action for of in recorded.values() for actions in of.values() for action in actions}
    derived = {one.action for several in found.values() for one in several}
    assert {a for a in needed if a.split(":")[0] in SERVICES} - derived == set()
