"""What calls of EKS ask of IAM."""

import pytest
from asking import arn, context, fresh, pairs, specified, trusted

LINKED = "iam:CreateServiceLinkedRole role/aws-service-role"


@pytest.fixture
def here():
    return fresh()


@pytest.fixture
def cluster(here):
    """A cluster `acme` with tags, its subnets, and the role of nodes."""
    ec2 = here.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZoneId=f"use1-az{n}")["Subnet"]["SubnetId"]
        for n in (1, 2)
    ]
    role = trusted(here, "cluster", "eks.amazonaws.com")
    here.client("eks").create_cluster(
        name="acme",
        roleArn=role,
        resourcesVpcConfig={"subnetIds": subnets},
        accessConfig={"authenticationMode": "API"},
        tags={"platform": "acme"},
    )
    return here, subnets, trusted(here, "node", "ec2.amazonaws.com")


def test_a_cluster_takes_its_role_its_key_and_the_role_of_the_service(here):
    role = trusted(here, "cluster", "eks.amazonaws.com", layer="cluster")
    key = here.client("kms").create_key()["KeyMetadata"]
    found = here.asked(
        "eks",
        "create_cluster",
        name="acme",
        roleArn=role,
        resourcesVpcConfig={"subnetIds": ["subnet-1"]},
        encryptionConfig=[{"resources": ["secrets"], "provider": {"keyArn": key["Arn"]}}],
        accessConfig={"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
        tags={"platform": "acme"},
    )
    assert pairs(found) == [
        "eks:CreateCluster cluster/acme",
        "eks:TagResource cluster/acme",
        "iam:PassRole role/cluster",
        "iam:GetRole role/cluster",
        f"kms:DescribeKey key/{key['KeyId']}",
        f"kms:CreateGrant key/{key['KeyId']}",
        f"{LINKED}/eks.amazonaws.com/AWSServiceRoleForAmazonEKS",
    ]
    said = context(found, "eks:CreateCluster cluster/acme")
    assert said["aws:requesttag/platform"] == ["acme"]
    assert said["eks:authenticationmode"] == ["API"]
    assert said["eks:bootstrapclustercreatoradminpermissions"] == ["false"]
    assert context(found, "iam:PassRole role/cluster") == {"iam:passedtoservice": ["eks.amazonaws.com"]}
    assert context(found, "iam:GetRole role/cluster")["aws:resourcetag/layer"] == ["cluster"]
    assert context(found, f"kms:CreateGrant key/{key['KeyId']}")["kms:viaservice"] == ["eks.us-east-1.amazonaws.com"]


def test_the_role_of_a_service_is_made_once(here):
    here.client("iam").create_service_linked_role(AWSServiceName="eks.amazonaws.com")
    role = trusted(here, "cluster", "eks.amazonaws.com")
    asked = here.pairs(
        "eks", "create_cluster", name="acme", roleArn=role, resourcesVpcConfig={"subnetIds": ["subnet-1"]}
    )
    assert asked == ["eks:CreateCluster cluster/acme", "iam:PassRole role/cluster", "iam:GetRole role/cluster"]


def test_what_is_made_in_a_cluster_is_asked_of_the_cluster_with_its_tags(cluster):
    here, subnets, node = cluster
    more = {"clusterName": "acme", "nodegroupName": "system", "subnets": subnets, "nodeRole": node}
    found = here.asked("eks", "create_nodegroup", **more, tags={"layer": "cluster"})
    assert pairs(found) == [
        "eks:CreateNodegroup cluster/acme",
        "eks:TagResource nodegroup/acme/system/*",
        "iam:PassRole role/node",
        "iam:GetRole role/node",
        f"{LINKED}/eks-nodegroup.amazonaws.com/AWSServiceRoleForAmazonEKSNodegroup",
    ]
    assert context(found, "eks:CreateNodegroup cluster/acme") == {
        "aws:requesttag/layer": ["cluster"],
        "aws:tagkeys": ["layer"],
        "aws:resourcetag/platform": ["acme"],
    }


def test_with_a_launch_template_nodes_are_asked_for_as_instances(cluster):
    here, subnets, node = cluster
    data = {"TagSpecifications": specified("instance", platform="acme"), "InstanceType": "m5.large"}
    template = here.client("ec2").create_launch_template(LaunchTemplateName="a", LaunchTemplateData=data)[
        "LaunchTemplate"
    ]
    identity = template["LaunchTemplateId"]
    more = {"clusterName": "acme", "nodegroupName": "system", "subnets": subnets, "nodeRole": node}
    found = here.asked("eks", "create_nodegroup", **more, launchTemplate={"id": identity, "version": "1"})
    asked = pairs(found)
    assert f"ec2:RunInstances launch-template/{identity}" in asked
    assert [p for p in asked if "subnet/" in p] == [f"ec2:RunInstances subnet/{s}" for s in subnets]
    assert asked.count("ec2:CreateTags instance/*") == 1
    here.client("eks").create_nodegroup(**more, launchTemplate={"id": identity, "version": "1"})
    again = here.pairs(
        "eks", "update_nodegroup_version", clusterName="acme", nodegroupName="system",
        launchTemplate={"id": identity, "version": "1"},
    )  # fmt: skip
    assert f"ec2:RunInstances launch-template/{identity}" in again
    assert again[0].startswith("eks:UpdateNodegroupVersion nodegroup/acme/system/")


def test_an_add_on_has_identities_for_its_pods(cluster):
    here, _, _ = cluster
    role = trusted(here, "ebs", "pods.eks.amazonaws.com")
    found = here.asked(
        "eks",
        "create_addon",
        clusterName="acme",
        addonName="aws-ebs-csi-driver",
        podIdentityAssociations=[{"serviceAccount": "ebs-csi-controller-sa", "roleArn": role}],
        tags={"platform": "acme"},
    )
    assert pairs(found) == [
        "eks:CreateAddon cluster/acme",
        "eks:CreateAddon podidentityassociation/acme/*",
        "eks:TagResource /createaddon",
        "eks:TagResource addon/acme/aws-ebs-csi-driver/*",
        "eks:CreatePodIdentityAssociation cluster/acme",
        "iam:PassRole role/ebs",
        "iam:GetRole role/ebs",
    ]
    assert context(found, "iam:PassRole role/ebs") == {"iam:passedtoservice": ["pods.eks.amazonaws.com"]}
    here.client("eks").create_addon(clusterName="acme", addonName="vpc-cni", tags={"layer": "addons"})
    [deleted] = here.asked("eks", "delete_addon", clusterName="acme", addonName="vpc-cni")
    assert pairs([deleted])[0].startswith("eks:DeleteAddon addon/acme/vpc-cni/")
    assert deleted.context["aws:resourcetag/layer"] == ["addons"]


def test_who_gets_in_is_known(cluster):
    here, _, _ = cluster
    principal = "arn:aws:iam::123456789012:role/teams/ops"
    found = here.asked("eks", "create_access_entry", clusterName="acme", principalArn=principal, tags={"a": "b"})
    assert pairs(found)[0] == "eks:CreateAccessEntry cluster/acme"
    assert pairs(found)[1] == "eks:TagResource access-entry/acme/role/123456789012/ops/*"
    said = context(found, "eks:CreateAccessEntry cluster/acme")
    assert (said["eks:principalarn"], said["eks:accessentrytype"]) == ([principal], ["STANDARD"])
    here.client("eks").create_access_entry(clusterName="acme", principalArn=principal, tags={"a": "b"})
    policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
    scope = {"type": "namespace", "namespaces": ["apps"]}
    [one] = here.asked(
        "eks",
        "associate_access_policy",
        clusterName="acme",
        principalArn=principal,
        policyArn=policy,
        accessScope=scope,
    )
    assert pairs([one])[0].startswith("eks:AssociateAccessPolicy access-entry/acme/role/123456789012/ops/")
    assert (one.context["eks:policyarn"], one.context["eks:namespaces"]) == ([policy], ["apps"])
    assert (one.context["eks:accessscope"], one.context["aws:resourcetag/a"]) == (["namespace"], ["b"])
    assert (one.context["eks:clustername"], one.context["eks:principalarn"]) == (["acme"], [principal])


def test_an_identity_for_pods_hands_a_role_on(cluster):
    here, _, _ = cluster
    role = trusted(here, "app", "pods.eks.amazonaws.com")
    more = {"clusterName": "acme", "namespace": "apps", "serviceAccount": "app", "roleArn": role}
    assert here.pairs("eks", "create_pod_identity_association", **more) == [
        "eks:CreatePodIdentityAssociation cluster/acme",
        "iam:PassRole role/app",
        "iam:GetRole role/app",
    ]
    made = here.client("eks").create_pod_identity_association(**more, tags={"layer": "platform"})["association"]
    found = here.asked(
        "eks", "delete_pod_identity_association", clusterName="acme", associationId=made["associationId"]
    )
    pair = f"eks:DeletePodIdentityAssociation podidentityassociation/acme/{made['associationId']}"
    assert context(found, pair) == {"aws:resourcetag/layer": ["platform"]}


def test_a_cluster_is_looked_at_with_its_tags(cluster):
    here, _, _ = cluster
    found = here.asked("eks", "describe_cluster", name="acme")
    assert context(found, "eks:DescribeCluster cluster/acme") == {"aws:resourcetag/platform": ["acme"]}
    assert here.pairs("eks", "list_tags_for_resource", resourceArn=arn("eks", "cluster/acme")) == [
        "eks:ListTagsForResource cluster/acme"
    ]
