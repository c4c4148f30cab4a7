"""What the account is like: regions, zones, offers, quotas, roles of services, and what a test says of them."""

import urllib.error

import pytest
from botocore.exceptions import ClientError

TOO_MANY = 1000


def code(failed: pytest.ExceptionInfo) -> str:
    return failed.value.response["Error"]["Code"]


def test_regions_are_those_of_the_partition_that_are_switched_on(aws):
    ec2 = aws.client("ec2")
    names = [r["RegionName"] for r in ec2.describe_regions()["Regions"]]
    assert "us-east-1" in names and not {"eu-south-1", "cn-north-1", "us-gov-west-1"} & set(names)
    everywhere = {r["RegionName"]: r["OptInStatus"] for r in ec2.describe_regions(AllRegions=True)["Regions"]}
    assert (everywhere["eu-south-1"], everywhere["us-east-1"]) == ("not-opted-in", "opt-in-not-required")
    [region] = ec2.describe_regions(RegionNames=["eu-south-1"])["Regions"]
    assert region["OptInStatus"] == "not-opted-in"
    aws.account(regions={"eu-south-1": "opted-in"})
    assert "eu-south-1" in [r["RegionName"] for r in ec2.describe_regions()["Regions"]]
    with pytest.raises(ClientError, match="nowhere-1"):
        ec2.describe_regions(RegionNames=["nowhere-1"])


def test_zones_have_states_and_filters(aws):
    ec2 = aws.client("ec2")
    zones = {z["ZoneId"]: z for z in ec2.describe_availability_zones()["AvailabilityZones"]}
    assert {"use1-az1", "use1-az2", "use1-az6"} <= zones.keys()
    one = zones["use1-az1"]
    assert (one["State"], one["OptInStatus"], one["ZoneType"]) == (
        "available",
        "opt-in-not-required",
        "availability-zone",
    )
    aws.account(zones={"use1-az1": "impaired"})
    available = ec2.describe_availability_zones(Filters=[{"Name": "state", "Values": ["available"]}])
    assert "use1-az1" not in [z["ZoneId"] for z in available["AvailabilityZones"]]


def test_instance_types_are_those_of_the_region_by_patterns_and_in_pages(aws):
    ec2 = aws.client("ec2")
    families = [{"Name": "instance-type", "Values": ["m7i.*", "g5.xlarge"]}]
    pages = list(
        ec2.get_paginator("describe_instance_types").paginate(Filters=families, PaginationConfig={"PageSize": 5})
    )
    names = [t["InstanceType"] for page in pages for t in page["InstanceTypes"]]
    assert len(pages) > 1 and "g5.xlarge" in names and "m7i.large" in names
    assert all(n.startswith("m7i.") or n == "g5.xlarge" for n in names) and len(names) == len(set(names))
    [graviton] = ec2.describe_instance_types(InstanceTypes=["m7g.large"])["InstanceTypes"]
    assert graviton["ProcessorInfo"]["SupportedArchitectures"] == ["arm64"]
    with pytest.raises(ClientError, match=r"m9z\.huge") as failed:
        ec2.describe_instance_types(InstanceTypes=["m9z.huge"])
    assert code(failed) == "InvalidInstanceType"


def offers(ec2, kind, *patterns, **more):
    filters = [{"Name": "instance-type", "Values": list(patterns)}]
    found = ec2.describe_instance_type_offerings(LocationType=kind, Filters=filters, **more)
    return {(o["InstanceType"], o["Location"]) for o in found["InstanceTypeOfferings"]}


def test_offers_are_taken_away_from_zones_and_from_the_region(aws):
    ec2 = aws.client("ec2")
    zones = {z["ZoneId"]: z["ZoneName"] for z in ec2.describe_availability_zones()["AvailabilityZones"]}
    before = offers(ec2, "availability-zone-id", "g4dn.*")
    assert {t for t, zone in before if zone == "use1-az1"}
    aws.account(not_offered={"g4dn.*": ["use1-az1"]})
    assert offers(ec2, "availability-zone-id", "g4dn.*") == {(t, z) for t, z in before if z != "use1-az1"}
    assert zones["use1-az1"] not in {zone for _, zone in offers(ec2, "availability-zone", "g4dn.*")}
    assert offers(ec2, "region", "g4dn.*")
    aws.account(not_offered={"g4dn.*": ["*"]})
    assert not offers(ec2, "region", "g4dn.*")
    assert offers(ec2, "region", "g5.*")
    with pytest.raises(ClientError, match=r"g4dn\.xlarge"):
        ec2.describe_instance_types(InstanceTypes=["g4dn.xlarge"])


def test_spot_has_scores_and_prices(aws):
    ec2 = aws.client("ec2")
    ask = {"InstanceTypes": ["m7i.large", "m6i.large"], "TargetCapacity": 4, "RegionNames": ["us-east-1"]}
    [score] = ec2.get_spot_placement_scores(**ask)["SpotPlacementScores"]
    assert (score["Region"], score["Score"]) == ("us-east-1", 9)
    aws.account(spot_scores={"m7i.*": 2, "m6i.*": 3}, not_offered={"m?i.*": ["use1-az1"]})
    scores = ec2.get_spot_placement_scores(**ask, SingleAvailabilityZone=True)["SpotPlacementScores"]
    assert scores and all(s["Score"] == 3 and s["AvailabilityZoneId"] != "use1-az1" for s in scores)
    aws.account(not_offered={})
    ask = {"InstanceTypes": ["m7i.large", "m7i.xlarge"], "ProductDescriptions": ["Linux/UNIX"]}
    prices = ec2.describe_spot_price_history(**ask)["SpotPriceHistory"]
    by_type = {p["InstanceType"]: float(p["SpotPrice"]) for p in prices if p["AvailabilityZone"] == "us-east-1b"}
    assert by_type["m7i.xlarge"] == pytest.approx(2 * by_type["m7i.large"], rel=1e-3)
    assert {p["ProductDescription"] for p in prices} == {"Linux/UNIX"}


def test_quotas_are_what_the_account_has_and_defaults_stay(aws):
    quotas = aws.client("service-quotas")
    aws.account(quotas={"ec2/L-0263D0A3": 12, "ec2/L-1216C47A": None})
    eip = {"ServiceCode": "ec2", "QuotaCode": "L-0263D0A3"}
    assert quotas.get_service_quota(**eip)["Quota"]["Value"] == 12
    assert quotas.get_aws_default_service_quota(**eip)["Quota"]["Value"] == 5
    never = {"ServiceCode": "ec2", "QuotaCode": "L-1216C47A"}
    with pytest.raises(ClientError, match="NoSuchResourceException"):
        quotas.get_service_quota(**never)
    assert quotas.get_aws_default_service_quota(**never)["Quota"]["Value"] == 5
    pages = list(
        quotas.get_paginator("list_service_quotas").paginate(ServiceCode="ec2", PaginationConfig={"PageSize": 3})
    )
    values = {q["QuotaCode"]: q["Value"] for page in pages for q in page["Quotas"]}
    assert len(pages) > 1 and (values["L-0263D0A3"], values["L-1216C47A"]) == (12, 5)
    with pytest.raises(ClientError, match="InvalidPaginationTokenException"):
        quotas.list_service_quotas(ServiceCode="ec2", NextToken="made-up")


def test_services_tell_the_same_limits_as_service_quotas(aws):
    aws.account(quotas={"ec2/L-0263D0A3": 7, "elasticloadbalancing/L-53DA6B97": 3, "rds/L-7B6409FD": 4})
    attributes = aws.client("ec2").describe_account_attributes(AttributeNames=["vpc-max-elastic-ips"])
    assert attributes["AccountAttributes"][0]["AttributeValues"] == [{"AttributeValue": "7"}]
    limits = {x["Name"]: x["Max"] for x in aws.client("elbv2").describe_account_limits()["Limits"]}
    assert (limits["application-load-balancers"], limits["network-load-balancers"]) == ("3", "50")
    rds = {q["AccountQuotaName"]: q for q in aws.client("rds").describe_account_attributes()["AccountQuotas"]}
    assert (rds["DBInstances"]["Used"], rds["DBInstances"]["Max"]) == (0, 4)


def test_a_class_that_cannot_be_ordered(aws):
    rds = aws.client("rds")
    asked = {"Engine": "postgres", "EngineVersion": "17.4", "DBInstanceClass": "db.t4g.medium"}
    assert rds.describe_orderable_db_instance_options(**asked)["OrderableDBInstanceOptions"]
    aws.account(not_orderable=["db.t4g.medium"])
    assert not rds.describe_orderable_db_instance_options(**asked)["OrderableDBInstanceOptions"]
    every = rds.get_paginator("describe_orderable_db_instance_options").paginate(
        Engine="postgres", EngineVersion="17.4"
    )
    classes = {o["DBInstanceClass"] for page in every for o in page["OrderableDBInstanceOptions"]}
    assert "db.m7g.large" in classes and "db.t4g.medium" not in classes


def test_a_kubernetes_version_past_support(aws, network, role):
    eks = aws.client("eks")
    past = {"support": "UNSUPPORTED", "standard_until": "2020-01-01", "extended_until": "2021-01-01"}
    aws.account(kubernetes={"1.33": past})
    assert "1.33" not in [v["clusterVersion"] for v in eks.describe_cluster_versions()["clusterVersions"]]
    [version] = eks.describe_cluster_versions(clusterVersions=["1.33"], includeAll=True)["clusterVersions"]
    assert (version["versionStatus"], version["endOfExtendedSupportDate"].year) == ("UNSUPPORTED", 2021)
    with pytest.raises(ClientError, match=r"unsupported Kubernetes version 1\.33"):
        eks.create_cluster(
            name="c",
            version="1.33",
            roleArn=role("c", "eks.amazonaws.com"),
            resourcesVpcConfig={"subnetIds": network.subnet_ids},
        )


def test_actions_that_nobody_may_do(aws):
    iam, caller = aws.client("iam"), aws.client("sts").get_caller_identity()["Arn"]
    aws.account(denied=["eks:Create*"])
    results = iam.simulate_principal_policy(PolicySourceArn=caller, ActionNames=["eks:CreateCluster", "ec2:CreateVpc"])
    assert [r["EvalDecision"] for r in results["EvaluationResults"]] == ["implicitDeny", "allowed"]


def test_a_simulation_comes_in_pages_and_is_of_no_session(aws):
    iam, caller = aws.client("iam"), aws.client("sts").get_caller_identity()["Arn"]
    names = [f"ec2:Describe{n}" for n in range(230)]
    pages = list(iam.get_paginator("simulate_principal_policy").paginate(PolicySourceArn=caller, ActionNames=names))
    assert [len(p["EvaluationResults"]) for p in pages] == [100, 100, 30]
    session = "arn:aws:sts::123456789012:assumed-role/deployer/ada"
    with pytest.raises(ClientError, match="does not clearly define entity type and name") as failed:
        iam.simulate_principal_policy(PolicySourceArn=session, ActionNames=["ec2:CreateVpc"])
    assert code(failed) == "InvalidInput"


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("spot.amazonaws.com", "AWSServiceRoleForEC2Spot"),
        ("eks-nodegroup.amazonaws.com", "AWSServiceRoleForAmazonEKSNodegroup"),
        ("pullthroughcache.ecr.amazonaws.com", "AWSServiceRoleForECRPullThroughCache"),
    ],
)
def test_roles_of_services_have_their_names_and_are_made_once(aws, service, name):
    iam = aws.client("iam")
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.get_role(RoleName=name)
    iam.create_service_linked_role(AWSServiceName=service)
    assert iam.get_role(RoleName=name)["Role"]["Path"] == f"/aws-service-role/{service}/"
    with pytest.raises(ClientError, match="has been taken in this account"):
        iam.create_service_linked_role(AWSServiceName=service)
    assert aws.inventory()["objects"] == 0


def test_an_update_of_a_role_keeps_what_it_does_not_name(aws, role):
    role("r", "ec2.amazonaws.com")
    iam = aws.client("iam")
    iam.update_role(RoleName="r", Description="of the platform")
    iam.update_role(RoleName="r", MaxSessionDuration=7200)
    kept = iam.get_role(RoleName="r")["Role"]
    assert (kept["Description"], kept["MaxSessionDuration"]) == ("of the platform", 7200)


def test_a_bucket_of_another_account_is_seen_and_not_had(aws):
    s3 = aws.client("s3")
    aws.account(buckets_of_others=["theirs"])
    for status, bucket in (("403", "theirs"), ("404", "nobodys")):
        with pytest.raises(ClientError, match=rf"\({status}\) when calling the HeadBucket"):
            s3.head_bucket(Bucket=bucket)
    with pytest.raises(ClientError, match=r"\(BucketAlreadyExists\) when calling the CreateBucket"):
        s3.create_bucket(Bucket="theirs")
    with pytest.raises(ClientError, match=r"\(AccessDenied\) when calling the ListObjectsV2"):
        s3.list_objects_v2(Bucket="theirs")


def test_peerings_tell_the_ranges_of_both_sides(aws):
    here, there = aws.client("ec2"), aws.client("ec2", "us-west-2")
    ours = here.create_vpc(CidrBlock="10.99.0.0/16")["Vpc"]["VpcId"]
    theirs = there.create_vpc(CidrBlock="10.20.0.0/20")["Vpc"]["VpcId"]
    asked = here.create_vpc_peering_connection(VpcId=ours, PeerVpcId=theirs, PeerRegion="us-west-2")
    there.accept_vpc_peering_connection(VpcPeeringConnectionId=asked["VpcPeeringConnection"]["VpcPeeringConnectionId"])
    [peering] = here.describe_vpc_peering_connections()["VpcPeeringConnections"]
    assert (peering["RequesterVpcInfo"]["CidrBlock"], peering["AccepterVpcInfo"]["CidrBlock"]) == (
        "10.99.0.0/16",
        "10.20.0.0/20",
    )


def test_transit_gateways_have_routes_of_their_own_and_of_vpcs(aws, network):
    ec2 = aws.client("ec2")
    gateway = ec2.create_transit_gateway()["TransitGateway"]
    table = gateway["Options"]["AssociationDefaultRouteTableId"]
    attached = ec2.create_transit_gateway_vpc_attachment(
        TransitGatewayId=gateway["TransitGatewayId"], VpcId=network.vpc, SubnetIds=network.subnet_ids
    )["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    ec2.create_transit_gateway_route(
        TransitGatewayRouteTableId=table, DestinationCidrBlock="192.168.0.0/16", TransitGatewayAttachmentId=attached
    )
    found = ec2.search_transit_gateway_routes(
        TransitGatewayRouteTableId=table, Filters=[{"Name": "state", "Values": ["active"]}]
    )["Routes"]
    routes = {r["DestinationCidrBlock"]: r for r in found}
    assert {name: r["Type"] for name, r in routes.items()} == {"192.168.0.0/16": "static", "10.0.0.0/16": "propagated"}
    assert routes["192.168.0.0/16"]["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"] == attached
    with pytest.raises(ClientError, match=r"InvalidRouteTableID\.NotFound"):
        ec2.search_transit_gateway_routes(
            TransitGatewayRouteTableId="tgw-rtb-0", Filters=[{"Name": "state", "Values": ["active"]}]
        )


def test_what_is_said_is_forgotten_with_a_reset_and_unknown_members_are_refused(aws):
    assert aws.account(denied=["x"])["denied"] == ["x"]
    aws.reset()
    assert aws.control("GET", "account")["denied"] == []
    with pytest.raises(urllib.error.HTTPError, match="400"):
        aws.account(colour="red")


def test_a_zone_that_somebody_has_made_is_there_and_is_not_counted(aws):
    route53 = aws.client("route53")
    aws.account(hosted_zones=["example.com"])
    [zone] = route53.list_hosted_zones_by_name(DNSName="example.com")["HostedZones"]
    assert (zone["Name"], zone["Config"]["PrivateZone"]) == ("example.com.", False)
    assert aws.inventory()["objects"] == 0
    route53.create_hosted_zone(Name="acme.com", CallerReference="test")
    assert aws.inventory()["names"] == {"route53:zone": ["acme.com."]}
