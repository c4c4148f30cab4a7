"""EKS, as the provider and the generator use it."""

import pytest
from botocore.exceptions import ClientError


@pytest.fixture
def eks(aws):
    return aws.client("eks")


@pytest.fixture
def cluster(eks, network, role):
    def create(name="c", **more):
        arguments = {
            "name": name,
            "version": "1.33",
            "roleArn": role(f"{name}-cluster", "eks.amazonaws.com"),
            "resourcesVpcConfig": {"subnetIds": network.subnet_ids, "endpointPrivateAccess": True},
            "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False},
            "bootstrapSelfManagedAddons": False,
        }
        return eks.create_cluster(**{**arguments, **more})["cluster"]

    return create


def code(call, **arguments):
    with pytest.raises(ClientError) as failed:
        call(**arguments)
    return failed.value.response["Error"]["Code"]


def nodegroup(eks, network, role, **more):
    arn = role("node", "ec2.amazonaws.com")
    return eks.create_nodegroup(clusterName="c", nodegroupName="n", nodeRole=arn, subnets=network.subnet_ids, **more)[
        "nodegroup"
    ]


def test_a_cluster_tells_back_what_it_was_created_with(eks, cluster, network):
    cluster(upgradePolicy={"supportType": "STANDARD"}, tags={"a": "b"}, zonalShiftConfig={"enabled": True})
    found = eks.describe_cluster(name="c")["cluster"]
    assert found["status"] == "ACTIVE"
    assert found["accessConfig"] == {"authenticationMode": "API"}
    assert found["upgradePolicy"] == {"supportType": "STANDARD"}
    assert found["zonalShiftConfig"] == {"enabled": True}
    assert found["resourcesVpcConfig"]["vpcId"] == network.vpc
    assert found["resourcesVpcConfig"]["endpointPrivateAccess"] is True
    assert found["tags"] == {"a": "b"}


def test_the_cluster_security_group_is_real_and_goes_with_the_cluster(eks, cluster, network):
    group = cluster()["resourcesVpcConfig"]["clusterSecurityGroupId"]
    found = network.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]
    assert found["VpcId"] == network.vpc
    assert {t["Key"]: t["Value"] for t in found["Tags"]}["kubernetes.io/cluster/c"] == "owned"
    eks.delete_cluster(name="c")
    assert code(network.ec2.describe_security_groups, GroupIds=[group]) == "InvalidGroup.NotFound"


def test_a_cluster_needs_two_zones_a_role_it_can_assume_and_a_known_version(eks, cluster, network, role):
    one_zone = {"subnetIds": network.subnet_ids[:1]}
    assert code(cluster, name="x", resourcesVpcConfig=one_zone) == "InvalidParameterException"
    assert code(cluster, name="y", version="1.12") == "InvalidParameterException"
    wrong = role("wrong", "ec2.amazonaws.com")
    assert code(cluster, name="z", roleArn=wrong) == "InvalidParameterException"


def test_logging_makes_a_log_group_that_outlives_the_cluster(aws, eks, cluster):
    cluster(logging={"clusterLogging": [{"types": ["api", "audit"], "enabled": True}]})
    eks.delete_cluster(name="c")
    assert aws.inventory()["names"]["logs:group"] == ["/aws/eks/c/cluster"]


def test_upgrades_go_one_minor_version_at_a_time(eks, cluster):
    cluster()
    assert code(eks.update_cluster_version, name="c", version="1.35") == "InvalidParameterException"
    update = eks.update_cluster_version(name="c", version="1.34")["update"]
    assert eks.describe_update(name="c", updateId=update["id"])["update"]["status"] == "Successful"
    assert eks.describe_cluster(name="c")["cluster"]["version"] == "1.34"


def test_a_downgrade_is_refused_of_a_cluster_and_of_its_nodes(eks, cluster, network, role):
    cluster(version="1.34")
    eks.create_addon(clusterName="c", addonName="vpc-cni")
    nodegroup(eks, network, role)
    assert code(eks.update_cluster_version, name="c", version="1.33") == "InvalidParameterException"
    where = {"clusterName": "c", "nodegroupName": "n"}
    assert code(eks.update_nodegroup_version, **where, version="1.33") == "InvalidParameterException"
    assert code(eks.update_nodegroup_version, **where, version="1.35") == "InvalidParameterException"


def test_a_control_plane_waits_for_nodes_that_are_three_minors_behind(eks, cluster, network, role):
    cluster(version="1.31")
    nodegroup(eks, network, role)
    for version in ("1.32", "1.33", "1.34"):
        eks.update_cluster_version(name="c", version=version)
    assert code(eks.update_cluster_version, name="c", version="1.35") == "InvalidParameterException"
    eks.update_nodegroup_version(clusterName="c", nodegroupName="n", version="1.34")
    eks.update_cluster_version(name="c", version="1.35")


def test_version_updates_wait_for_who_carries_them_out(aws, eks, cluster, network, role):
    cluster()
    nodegroup(eks, network, role)
    aws.control("POST", "kubernetes/c/updates")
    update = eks.update_cluster_version(name="c", version="1.34")["update"]
    told = lambda: eks.describe_update(name="c", updateId=update["id"])["update"]["status"]  # noqa: E731
    described = eks.describe_cluster(name="c")["cluster"]
    assert (told(), described["status"], described["version"]) == ("InProgress", "UPDATING", "1.33")
    where = {"clusterName": "c", "nodegroupName": "n"}
    assert code(eks.update_nodegroup_version, **where) == "ResourceInUseException"
    assert aws.control("GET", "kubernetes/c/updates") == {"updates": [{"id": update["id"], "version": "1.34"}]}
    aws.control("POST", f"kubernetes/c/updates/{update['id']}")
    described = eks.describe_cluster(name="c")["cluster"]
    assert (told(), described["status"], described["version"]) == ("Successful", "ACTIVE", "1.34")
    eks.update_nodegroup_version(**where)
    [waiting] = aws.control("GET", "kubernetes/c/updates")["updates"]
    assert (waiting["nodegroup"], waiting["version"]) == ("n", "1.34")
    assert eks.describe_nodegroup(**where)["nodegroup"]["version"] == "1.33"
    aws.control("POST", f"kubernetes/c/updates/{waiting['id']}")
    assert eks.describe_nodegroup(**where)["nodegroup"]["version"] == "1.34"


def test_deployments_are_degraded_until_there_are_nodes(eks, cluster, network, role):
    cluster()
    for name in ("vpc-cni", "coredns"):
        eks.create_addon(clusterName="c", addonName=name)
    status = lambda name: eks.describe_addon(clusterName="c", addonName=name)["addon"]["status"]  # noqa: E731
    assert (status("vpc-cni"), status("coredns")) == ("ACTIVE", "DEGRADED")
    nodegroup(eks, network, role)
    assert status("coredns") == "ACTIVE"


def test_nodes_wait_for_a_network_plugin(eks, cluster, network, role):
    cluster()
    assert nodegroup(eks, network, role)["status"] == "CREATING"
    eks.create_addon(clusterName="c", addonName="vpc-cni")
    assert eks.describe_nodegroup(clusterName="c", nodegroupName="n")["nodegroup"]["status"] == "ACTIVE"


def test_a_nodegroup_invents_nothing(eks, cluster, network, role):
    cluster()
    group = nodegroup(eks, network, role, nodeRepairConfig={"enabled": True})
    assert "remoteAccess" not in group
    assert group["nodeRepairConfig"] == {"enabled": True}
    assert group["version"] == "1.33"
    assert group["releaseVersion"].startswith("1.33.")
    assert group["updateConfig"] == {"maxUnavailable": 1}


def test_a_nodegroup_enters_its_role_so_that_nobody_else_can(eks, cluster, network, role):
    cluster()
    arn = nodegroup(eks, network, role)["nodeRole"]
    assert eks.describe_access_entry(clusterName="c", principalArn=arn)["accessEntry"]["type"] == "EC2_LINUX"
    assert code(eks.create_access_entry, clusterName="c", principalArn=arn) == "ResourceInUseException"


def test_a_cluster_with_nodegroups_cannot_be_deleted(eks, cluster, network, role):
    cluster()
    nodegroup(eks, network, role)
    assert code(eks.delete_cluster, name="c") == "ResourceInUseException"
    eks.delete_nodegroup(clusterName="c", nodegroupName="n")
    eks.delete_cluster(name="c")


def test_addon_versions_fit_the_cluster(eks, cluster):
    cluster()
    assert code(eks.create_addon, clusterName="c", addonName="kube-proxy", addonVersion="v1.30.0-eksbuild.2")
    addon = eks.create_addon(clusterName="c", addonName="kube-proxy")["addon"]
    assert addon["addonVersion"].startswith("v1.33.")
    assert code(eks.create_addon, clusterName="c", addonName="nonsense") == "InvalidParameterException"


def test_an_addon_owns_its_pod_identity_association(eks, cluster, role):
    cluster()
    arn = role("ebs", "pods.eks.amazonaws.com")
    association = {"serviceAccount": "ebs-csi-controller-sa", "roleArn": arn}
    addon = eks.create_addon(clusterName="c", addonName="aws-ebs-csi-driver", podIdentityAssociations=[association])
    [found] = eks.list_pod_identity_associations(clusterName="c")["associations"]
    assert found["ownerArn"] == addon["addon"]["addonArn"]
    assert addon["addon"]["podIdentityAssociations"] == [found["associationArn"]]
    eks.delete_addon(clusterName="c", addonName="aws-ebs-csi-driver")
    assert eks.list_pod_identity_associations(clusterName="c")["associations"] == []


def test_a_service_account_has_one_association_with_a_role_for_pods(eks, cluster, role):
    cluster()
    good, bad = role("good", "pods.eks.amazonaws.com"), role("bad", "ec2.amazonaws.com")
    where = {"clusterName": "c", "namespace": "n", "serviceAccount": "s"}
    assert code(eks.create_pod_identity_association, roleArn=bad, **where) == "InvalidParameterException"
    eks.create_pod_identity_association(roleArn=good, **where)
    assert code(eks.create_pod_identity_association, roleArn=good, **where) == "ResourceInUseException"


def test_access_policies_are_scoped_and_go_with_the_entry(eks, cluster, role):
    cluster()
    who = {"clusterName": "c", "principalArn": role("admin", "ec2.amazonaws.com")}
    policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
    eks.create_access_entry(**who)
    eks.associate_access_policy(**who, policyArn=policy, accessScope={"type": "namespace", "namespaces": ["a"]})
    [found] = eks.list_associated_access_policies(**who)["associatedAccessPolicies"]
    assert found["accessScope"] == {"type": "namespace", "namespaces": ["a"]}
    eks.disassociate_access_policy(**who, policyArn=policy)
    assert eks.list_associated_access_policies(**who)["associatedAccessPolicies"] == []
    assert code(eks.associate_access_policy, **who, policyArn=policy + "x", accessScope={"type": "cluster"})


def test_nodes_of_auto_mode_take_an_access_policy_and_other_nodes_none(eks, cluster, role):
    cluster()
    policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy"
    refused = {}
    for kind in ("EC2", "EC2_LINUX"):
        who = {"clusterName": "c", "principalArn": role(kind, "ec2.amazonaws.com")}
        eks.create_access_entry(**who, type=kind)
        try:
            eks.associate_access_policy(**who, policyArn=policy, accessScope={"type": "cluster"})
        except eks.exceptions.InvalidParameterException:
            refused[kind] = True
    assert refused == {"EC2_LINUX": True}


def test_tags_of_every_kind_of_object(eks, cluster, network, role):
    arns = [cluster()["arn"]]
    arns.append(nodegroup(eks, network, role)["nodegroupArn"])
    arns.append(eks.create_addon(clusterName="c", addonName="vpc-cni")["addon"]["addonArn"])
    for arn in arns:
        eks.tag_resource(resourceArn=arn, tags={"a": "b", "c": "d"})
        eks.untag_resource(resourceArn=arn, tagKeys=["c"])
        assert eks.list_tags_for_resource(resourceArn=arn)["tags"] == {"a": "b"}


def test_versions_are_listed_with_their_support(eks):
    versions = eks.describe_cluster_versions()["clusterVersions"]
    assert {"1.32", "1.33", "1.34"} <= {v["clusterVersion"] for v in versions}
    assert sum(v["defaultVersion"] for v in versions) == 1


@pytest.mark.parametrize("kind", ["EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX"])
def test_nodes_of_others_have_entries_of_roles(eks, cluster, role, kind):
    cluster()
    made = eks.create_access_entry(clusterName="c", principalArn=role("nodes", "ec2.amazonaws.com"), type=kind)
    assert made["accessEntry"]["type"] == kind
    user = "arn:aws:iam::123456789012:user/a"
    assert code(eks.create_access_entry, clusterName="c", principalArn=user, type=kind) == "InvalidParameterException"


def test_an_entry_is_of_a_kind_that_there_is(eks, cluster, role):
    cluster()
    who = {"clusterName": "c", "principalArn": role("nodes", "ec2.amazonaws.com")}
    assert code(eks.create_access_entry, **who, type="EC2_MAC") == "InvalidParameterException"
    groups = {"type": "HYPERPOD_LINUX", "kubernetesGroups": ["a"]}
    assert code(eks.create_access_entry, **who, **groups) == "InvalidParameterException"
