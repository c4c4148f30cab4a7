"""Placement groups, reservations, capacity blocks, and what EKS and EC2 refuse of node groups and their templates."""

import pytest
from botocore.exceptions import ClientError

BLOCK = {"InstanceMarketOptions": {"MarketType": "capacity-block"}, "InstanceType": "p5.48xlarge"}


@pytest.fixture
def ec2(aws):
    return aws.client("ec2")


@pytest.fixture
def group(aws, network, role):
    """Makes a node group with a launch template of the data that is given."""
    eks = aws.client("eks")
    eks.create_cluster(
        name="c",
        version="1.33",
        roleArn=role("cluster", "eks.amazonaws.com"),
        resourcesVpcConfig={"subnetIds": network.subnet_ids},
    )
    node = role("node", "ec2.amazonaws.com")

    def make(data=None, name="n", subnets=None, size=1, **more):
        if data is not None:
            template = network.ec2.create_launch_template(LaunchTemplateName=f"t-{name}", LaunchTemplateData=data)
            more["launchTemplate"] = {"id": template["LaunchTemplate"]["LaunchTemplateId"], "version": "1"}
        return eks.create_nodegroup(
            clusterName="c",
            nodegroupName=name,
            nodeRole=node,
            subnets=subnets or network.subnet_ids,
            scalingConfig={"minSize": 0, "maxSize": 4, "desiredSize": size},
            **more,
        )["nodegroup"]

    return make


def refused(call, *args, **more):
    with pytest.raises(ClientError) as failed:
        call(*args, **more)
    error = failed.value.response["Error"]
    return error["Code"], error["Message"]


def failure(made):
    """Why the nodes of a group did not start; an empty list where they did."""
    return [issue["message"] for issue in made["health"]["issues"]]


def block(ec2, count=2, kind="p5.48xlarge"):
    asked = {"InstanceType": kind, "InstanceCount": count, "CapacityDurationHours": 24}
    [offer] = ec2.describe_capacity_block_offerings(**asked)["CapacityBlockOfferings"]
    bought = ec2.purchase_capacity_block(
        CapacityBlockOfferingId=offer["CapacityBlockOfferingId"], InstancePlatform="Linux/UNIX"
    )
    return bought["CapacityReservation"]


def of(reservation, **data):
    target = {"CapacityReservationTarget": {"CapacityReservationId": reservation["CapacityReservationId"]}}
    return {"CapacityReservationSpecification": target, **data}


def subnet_of(network, zone):
    found = network.ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [network.vpc]}])["Subnets"]
    have = {s["AvailabilityZone"]: s["SubnetId"] for s in found}
    if zone not in have:
        made = network.ec2.create_subnet(VpcId=network.vpc, CidrBlock="10.0.99.0/24", AvailabilityZone=zone)
        return made["Subnet"]["SubnetId"]
    return have[zone]


def test_a_placement_group_has_a_name_of_its_own_and_goes_when_nobody_stands_in_it(ec2, group, network):
    made = ec2.create_placement_group(GroupName="near", Strategy="cluster")["PlacementGroup"]
    assert (made["Strategy"], made["State"]) == ("cluster", "available")
    again = refused(ec2.create_placement_group, GroupName="near", Strategy="cluster")
    assert again[0] == "InvalidPlacementGroup.Duplicate"
    [found] = ec2.describe_placement_groups(GroupNames=["near"])["PlacementGroups"]
    assert found["GroupId"] == made["GroupId"]
    data = {"Placement": {"GroupName": "near"}}
    assert failure(group(data, subnets=network.subnet_ids[:1])) == []
    assert refused(ec2.delete_placement_group, GroupName="near")[0] == "InvalidPlacementGroup.InUse"
    assert refused(ec2.delete_placement_group, GroupName="far")[0] == "InvalidPlacementGroup.Unknown"


def test_tags_of_a_placement_group_change(ec2):
    made = ec2.create_placement_group(GroupName="near", Strategy="cluster")["PlacementGroup"]["GroupId"]
    ec2.create_tags(Resources=[made], Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    ec2.delete_tags(Resources=[made], Tags=[{"Key": "b"}])
    [found] = ec2.describe_placement_groups(GroupNames=["near"])["PlacementGroups"]
    assert found["Tags"] == [{"Key": "a", "Value": "1"}]
    absent = refused(ec2.create_tags, Resources=["pg-0123"], Tags=[{"Key": "a", "Value": "1"}])
    assert absent[0] == "InvalidPlacementGroupId.NotFound"


def test_a_placement_group_that_is_not_there_or_spans_zones_starts_nothing(ec2, group):
    ec2.create_placement_group(GroupName="near", Strategy="cluster")
    assert failure(group({"Placement": {"GroupName": "far"}}, "a")) == ["The Placement Group 'far' is unknown."]
    [text] = failure(group({"Placement": {"GroupName": "near"}}, "b"))
    assert "cannot span us-east-1" in text
    assert failure(group({"Placement": {"GroupName": "far"}}, "c", size=0)) == []


def test_a_reservation_counts_what_is_taken(aws, ec2, group, network):
    zone = network.ec2.describe_subnets(SubnetIds=network.subnet_ids[:1])["Subnets"][0]["AvailabilityZone"]
    made = ec2.create_capacity_reservation(
        InstanceType="m7i.large", InstancePlatform="Linux/UNIX", AvailabilityZone=zone, InstanceCount=2
    )["CapacityReservation"]
    here, types = network.subnet_ids[:1], ["m7i.large"]
    assert failure(group(of(made), "a", subnets=here, size=1, instanceTypes=types)) == []
    [told] = ec2.describe_capacity_reservations()["CapacityReservations"]
    assert (told["TotalInstanceCount"], told["AvailableInstanceCount"]) == (2, 1)
    full = "The requested reservation does not have sufficient compatible and available capacity for this request."
    assert failure(group(of(made), "b", subnets=here, size=2, instanceTypes=types)) == [full]
    assert failure(group(of(made), "d", subnets=here, instanceTypes=["m6i.large"])) == [full]
    assert failure(group(of(made), "e", instanceTypes=types)) == [full]
    eks = aws.client("eks")
    where = {"clusterName": "c", "nodegroupName": "a"}
    sizes = {"desiredSize": 3, "minSize": 0, "maxSize": 4}
    update = eks.update_nodegroup_config(**where, scalingConfig=sizes)["update"]
    assert (update["status"], update["errors"][0]["errorMessage"]) == ("Failed", full)
    for name in "abde":
        eks.delete_nodegroup(clusterName="c", nodegroupName=name)
    ec2.cancel_capacity_reservation(CapacityReservationId=made["CapacityReservationId"])
    assert "ec2:capacity-reservation" not in aws.inventory()["by_kind"]
    [text] = failure(group(of(made), "f", subnets=here, instanceTypes=types))
    assert "does not exist or is not active" in text


def test_a_capacity_block_is_said_in_both_places(ec2, group, network):
    bought = block(ec2)
    here = [subnet_of(network, bought["AvailabilityZone"])]
    wanted = {"subnets": here, "capacityType": "CAPACITY_BLOCK", "amiType": "AL2023_x86_64_NVIDIA"}
    assert refused(group, {}, "a", **wanted) == (
        "InvalidParameterException",
        "The capacity type CAPACITY_BLOCK needs a launch template with InstanceMarketOptions with MarketType "
        "capacity-block, CapacityReservationTarget, InstanceType",
    )
    assert "needs a launch template with" in refused(group, None, "b", instanceTypes=["p5.48xlarge"], **wanted)[1]
    on_demand = {**wanted, "capacityType": "ON_DEMAND"}
    assert "needs the capacity type CAPACITY_BLOCK" in refused(group, of(bought, **BLOCK), "d", **on_demand)[1]
    both = refused(group, of(bought, **BLOCK), "e", instanceTypes=["p5.48xlarge"], **wanted)
    assert both == (
        "InvalidRequestException",
        "Cannot specify instance types in launch template and API request",
    )
    assert failure(group(of(bought, **BLOCK), "f", size=2, **wanted)) == []
    near = of(bought, **BLOCK, Placement={"GroupName": "near"})
    ec2.create_placement_group(GroupName="near", Strategy="cluster")
    assert "Placement groups are not supported with Capacity Blocks." in failure(group(near, "g", **wanted))
    identity = bought["CapacityReservationId"]
    assert refused(ec2.cancel_capacity_reservation, CapacityReservationId=identity)[0] == "OperationNotPermitted"


def test_a_block_that_is_full_takes_no_newer_nodes_beside_the_old(aws, ec2, group, network):
    bought = block(ec2, count=1)
    here = [subnet_of(network, bought["AvailabilityZone"])]
    made = group(of(bought, **BLOCK), subnets=here, capacityType="CAPACITY_BLOCK", amiType="AL2023_x86_64_NVIDIA")
    template = made["launchTemplate"]["id"]
    ec2.create_launch_template_version(LaunchTemplateId=template, LaunchTemplateData=of(bought, **BLOCK))
    eks, where = aws.client("eks"), {"clusterName": "c", "nodegroupName": "n"}
    newer = {**where, "launchTemplate": {"id": template, "version": "2"}}
    assert eks.update_nodegroup_version(**newer)["update"]["status"] == "Failed"
    eks.update_nodegroup_config(**where, scalingConfig={"minSize": 0, "maxSize": 1, "desiredSize": 0})
    assert eks.update_nodegroup_version(**newer)["update"]["status"] == "Successful"
    other = ec2.create_launch_template(LaunchTemplateName="other", LaunchTemplateData=of(bought, **BLOCK))
    other = {"id": other["LaunchTemplate"]["LaunchTemplateId"], "version": "1"}
    assert "same launch template" in refused(eks.update_nodegroup_version, **where, launchTemplate=other)[1]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"IamInstanceProfile": {"Name": "p"}}, "should not specify an instance profile"),
        ({"NetworkInterfaces": [{"DeviceIndex": 0, "SubnetId": "subnet-1"}]}, "must not specify a subnet"),
        ({"InstanceMarketOptions": {"MarketType": "spot"}}, "should not specify instance market options"),
        ({"InstanceInitiatedShutdownBehavior": "stop"}, "should not specify a shutdown behavior"),
        ({"NetworkInterfaces": [{"DeviceIndex": 0}], "SecurityGroupIds": ["sg-1"]}, "beside its network interfaces"),
    ],
)
def test_what_a_managed_group_decides_itself_may_not_be_in_its_template(group, data, said):
    code, message = refused(group, data)
    assert code == "InvalidParameterException" and said in message


@pytest.mark.parametrize(
    ("types", "image", "others"),
    [
        (["m7g.large"], "AL2023_x86_64_STANDARD", "m7g.large"),
        (["m7i.large", "m7g.large"], "AL2023_x86_64_STANDARD", "m7g.large"),
        (["m7i.large", "m7g.large"], "AL2023_ARM_64_STANDARD", "m7i.large"),
        (["p6e-gb200.36xlarge"], "AL2023_x86_64_NVIDIA", "p6e-gb200.36xlarge"),
        (["m7i.large"], "BOTTLEROCKET_ARM_64_FIPS", "m7i.large"),
    ],
)
def test_an_image_is_made_for_one_architecture(group, types, image, others):
    assert refused(group, instanceTypes=types, amiType=image) == (
        "InvalidParameterException",
        f"[{others}] is not a valid instance type for requested amiType {image}",
    )


def test_gb200_is_arm_with_efa_on_every_other_card(ec2):
    [told] = ec2.describe_instance_types(InstanceTypes=["p6e-gb200.36xlarge"])["InstanceTypes"]
    assert told["ProcessorInfo"]["SupportedArchitectures"] == ["arm64"]
    assert told["NetworkInfo"]["EfaInfo"]["MaximumEfaInterfaces"] == 8
    assert told["SupportedUsageClasses"] == ["capacity-block"]


def test_a_type_that_a_test_says_has_come_is_told_by_ec2_and_goes_with_a_reset(aws, ec2, group):
    aws.account(instance_types={"q1-grace.large": {"like": "m7i.large", "architecture": "arm64"}})
    [told] = ec2.describe_instance_types(InstanceTypes=["q1-grace.large"])["InstanceTypes"]
    assert told["ProcessorInfo"]["SupportedArchitectures"] == ["arm64"]
    assert group(instanceTypes=["q1-grace.large"], amiType="AL2023_ARM_64_STANDARD")["status"] != "CREATE_FAILED"
    aws.reset()
    assert refused(ec2.describe_instance_types, InstanceTypes=["q1-grace.large"])[0] == "InvalidInstanceType"


def card(index, device, kind):
    return {"NetworkCardIndex": index, "DeviceIndex": device, "InterfaceType": kind}


@pytest.mark.parametrize(
    ("kind", "interfaces", "said"),
    [
        ("m7i.large", [card(0, 0, "efa")], "m7i.large instances do not support Elastic Fabric Adapters."),
        ("g6e.8xlarge", [card(0, 0, "efa"), card(0, 1, "efa-only")], "2, exceeds the limit of 1 of g6e.8xlarge"),
        ("p4d.24xlarge", [card(0, 0, "efa"), card(4, 1, "efa")], "no network card with the index 4"),
        ("p5.48xlarge", [card(0, 0, "efa"), card(1, 2, "efa-only")], "Specify a number from 0 to 1, and try again."),
        ("p5.48xlarge", [card(0, 0, "efa-only")], "cannot be an EFA-only network interface"),
        ("p6-b300.48xlarge", [card(0, 0, "efa")], "at network card index 0 of p6-b300.48xlarge does not support efa"),
        ("p4d.24xlarge", [card(0, 0, "efa"), card(0, 0, "efa")], "Two network interfaces"),
    ],
)
def test_cards_take_what_they_can(group, network, kind, interfaces, said):
    made = group({"NetworkInterfaces": interfaces}, instanceTypes=[kind], subnets=network.subnet_ids[:1])
    assert made["status"] == "CREATE_FAILED"
    assert [text for text in failure(made) if said in text] != [], failure(made)


def test_every_card_of_a_big_instance_may_have_its_adapter(group, network):
    interfaces = [card(0, 0, "efa"), *(card(index, 1, "efa-only") for index in range(1, 32))]
    assert failure(group({"NetworkInterfaces": interfaces}, instanceTypes=["p5.48xlarge"])) == []


def test_sizes_and_releases_have_to_fit(aws, group):
    assert refused(group, size=5)[1] == "desired size 5 can't be greater than max size 4"
    wrong = refused(group, releaseVersion="1.32.11-20260129")
    assert wrong[1] == "Requested release version 1.32.11-20260129 is not valid for kubernetes version 1.33."
    group()
    where = {"clusterName": "c", "nodegroupName": "n"}
    sizes = {"minSize": 2, "maxSize": 4, "desiredSize": 1}
    least = refused(aws.client("eks").update_nodegroup_config, **where, scalingConfig=sizes)
    assert least[1] == "Minimum capacity 2 can't be greater than desired size 1"


def test_newer_images_come_out_when_a_test_says_so(aws, group):
    ssm = aws.client("ssm")

    def newest(name):
        return ssm.get_parameter(Name=name)["Parameter"]["Value"]

    linux = "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/arm64/nvidia/recommended/release_version"
    rocket = "/aws/service/bottlerocket/aws-k8s-1.33-nvidia-fips/x86_64/latest/image_version"
    assert (newest(linux), newest(rocket)) == ("1.33.7-20260129", "1.54.0-5043decc")
    assert group(name="a")["releaseVersion"] == "1.33.7-20260129"
    aws.account(images={"al2023": "20260301", "bottlerocket": "1.55.0-8f4a2c1e"})
    assert (newest(linux), newest(rocket)) == ("1.33.7-20260301", "1.55.0-8f4a2c1e")
    assert group(name="b")["releaseVersion"] == "1.33.7-20260301"
    assert group(name="d", amiType="BOTTLEROCKET_x86_64_NVIDIA_FIPS")["releaseVersion"] == "1.55.0-8f4a2c1e"
