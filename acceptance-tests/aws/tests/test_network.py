"""What EC2 demands of addresses, ranges, endpoints, flow logs and exclusions."""

import json

import pytest
from botocore.exceptions import ClientError


def refused(call, **arguments):
    with pytest.raises(ClientError) as failed:
        call(**arguments)
    error = failed.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.fixture
def gateway(network):
    """A public NAT gateway, with two more addresses that nobody has."""
    ec2 = network.ec2
    internet = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=internet, VpcId=network.vpc)
    first, *others = [ec2.allocate_address(Domain="vpc")["AllocationId"] for _ in range(3)]
    made = ec2.create_nat_gateway(SubnetId=network.subnet_ids[0], AllocationId=first)["NatGateway"]["NatGatewayId"]
    return made, first, others


def addresses(network, gateway_id):
    [found] = network.ec2.describe_nat_gateways(NatGatewayIds=[gateway_id])["NatGateways"]
    return {a["AllocationId"]: a for a in found["NatGatewayAddresses"]}


def test_a_gateway_has_two_addresses_unless_the_account_may_have_more(aws, network, gateway):
    nat, first, others = gateway
    call = network.ec2.associate_nat_gateway_address
    assert refused(call, NatGatewayId=nat, AllocationIds=others)[0] == "AddressLimitExceeded"
    aws.account(quotas={"vpc/L-5F53652F": 8})
    call(NatGatewayId=nat, AllocationIds=others)
    found = addresses(network, nat)
    assert {a: found[a]["IsPrimary"] for a in found} == {first: True, others[0]: False, others[1]: False}
    assert refused(call, NatGatewayId=nat, AllocationIds=others[:1])[0] == "Resource.AlreadyAssociated"


def test_an_address_that_a_gateway_has_stays(network, gateway):
    nat, first, others = gateway
    ec2 = network.ec2
    ec2.associate_nat_gateway_address(NatGatewayId=nat, AllocationIds=others[:1])
    had = addresses(network, nat)
    by_hand = refused(ec2.disassociate_address, AssociationId=had[others[0]]["AssociationId"])
    assert by_hand == ("AuthFailure", "You do not have permission to access the specified resource.")
    in_use = ("InvalidIPAddress.InUse", f"Address {had[others[0]]['PublicIp']} is in use.")
    assert refused(ec2.release_address, AllocationId=others[0]) == in_use

    primary = [had[first]["AssociationId"]]
    call = ec2.disassociate_nat_gateway_address
    assert refused(call, NatGatewayId=nat, AssociationIds=primary)[0] == "InvalidParameter"
    [gone] = call(NatGatewayId=nat, AssociationIds=[had[others[0]]["AssociationId"]])["NatGatewayAddresses"]
    assert gone["Status"] == "disassociating"
    assert list(addresses(network, nat)) == [first]
    ec2.release_address(AllocationId=others[0])
    ec2.delete_nat_gateway(NatGatewayId=nat)
    ec2.release_address(AllocationId=first)


def test_a_gateway_begins_with_secondary_addresses(network, gateway):
    _, _, others = gateway
    made = network.ec2.create_nat_gateway(
        SubnetId=network.subnet_ids[1], AllocationId=others[0], SecondaryAllocationIds=others[1:]
    )
    assert list(addresses(network, made["NatGateway"]["NatGatewayId"])) == others


def test_ranges_of_a_vpc_are_apart_and_stay_under_their_subnets(network):
    ec2 = network.ec2
    call = ec2.associate_vpc_cidr_block
    assert refused(call, VpcId=network.vpc, CidrBlock="10.0.128.0/20")[0] == "CidrConflict"
    assert refused(call, VpcId=network.vpc, CidrBlock="100.64.0.0/15")[0] == "InvalidVpc.Range"
    added = [call(VpcId=network.vpc, CidrBlock=f"100.{n}.0.0/16")["CidrBlockAssociation"] for n in range(64, 68)]
    assert refused(call, VpcId=network.vpc, CidrBlock="100.70.0.0/16")[0] == "CidrLimitExceeded"
    subnet = ec2.create_subnet(VpcId=network.vpc, CidrBlock="100.64.0.0/20")["Subnet"]["SubnetId"]
    assert refused(ec2.create_subnet, VpcId=network.vpc, CidrBlock="100.64.8.0/21")[0] == "InvalidSubnet.Conflict"
    assert refused(ec2.create_subnet, VpcId=network.vpc, CidrBlock="100.64.128.0/29")[0] == "InvalidSubnet.Range"
    association = added[0]["AssociationId"]
    assert refused(ec2.disassociate_vpc_cidr_block, AssociationId=association)[0] == "InvalidCidrBlock.InUse"
    ec2.delete_subnet(SubnetId=subnet)
    ec2.disassociate_vpc_cidr_block(AssociationId=association)


ALL = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


@pytest.mark.parametrize(
    "policy",
    [
        "no JSON",
        '{"Version": "2012-10-17"}',
        json.dumps({"Statement": [{**ALL, "Condition": {"test": "StringEquals"}}]}),
    ],
)
def test_an_endpoint_takes_policies_only(network, policy):
    service = {"VpcId": network.vpc, "ServiceName": "com.amazonaws.us-east-1.s3"}
    code, message = refused(network.ec2.create_vpc_endpoint, **service, PolicyDocument=policy)
    assert code == "InvalidPolicyDocument"
    assert message.startswith("The Policy Document is not valid.")


def test_the_policy_of_an_endpoint_changes_and_goes_back(network):
    ec2 = network.ec2
    service = {"VpcId": network.vpc, "ServiceName": "com.amazonaws.us-east-1.s3"}
    endpoint = ec2.create_vpc_endpoint(**service)["VpcEndpoint"]["VpcEndpointId"]

    def policy():
        [found] = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
        return json.loads(found["PolicyDocument"])["Statement"]

    narrow = json.dumps({"Statement": [{**ALL, "Action": "s3:GetObject"}]})
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=narrow)
    assert policy()[0]["Action"] == "s3:GetObject"
    long = json.dumps({"Statement": [{**ALL, "Resource": ["arn:aws:s3:::" + "x" * 60] * 400}]})
    assert refused(ec2.modify_vpc_endpoint, VpcEndpointId=endpoint, PolicyDocument=long)[0] == "InvalidPolicyDocument"
    ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, ResetPolicy=True)
    assert policy() == [ALL]


def test_a_service_that_takes_no_policies(network):
    service = {
        "VpcId": network.vpc,
        "ServiceName": "com.amazonaws.us-east-1.cloudformation",
        "VpcEndpointType": "Interface",
    }
    more = {
        "SubnetIds": network.subnet_ids,
        "PrivateDnsEnabled": False,
        "PolicyDocument": json.dumps({"Statement": [ALL]}),
    }
    code, message = refused(network.ec2.create_vpc_endpoint, **service, **more)
    assert (code, message) == (
        "InvalidParameter",
        "Service com.amazonaws.us-east-1.cloudformation only supports the full-access endpoint policy.",
    )


@pytest.fixture
def bucket(aws):
    aws.client("s3").create_bucket(Bucket="flow-logs-here")
    return "flow-logs-here"


def flow_log(network, destination):
    answer = network.ec2.create_flow_logs(
        ResourceIds=[network.vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogDestinationType="s3",
        LogDestination=f"arn:aws:s3:::{destination}",
    )
    return [(e["Error"]["Code"], e["Error"]["Message"]) for e in answer["Unsuccessful"]]


def no_access(bucket):
    return [("400", f"Access Denied for LogDestination: {bucket}. Please check LogDestination permission")]


def test_a_bucket_that_says_nothing_is_told_what_to_say(aws, network, bucket):
    assert flow_log(network, f"{bucket}/vpc") == []
    document = json.loads(aws.client("s3").get_bucket_policy(Bucket=bucket)["Policy"])
    assert [s["Sid"] for s in document["Statement"]] == ["AWSLogDeliveryWrite1", "AWSLogDeliveryAclCheck1"]
    assert document["Statement"][0]["Resource"] == f"arn:aws:s3:::{bucket}/vpc/AWSLogs/123456789012/*"


def test_a_bucket_that_says_it_stays_as_it_is(aws, network, bucket):
    who = {"Effect": "Allow", "Principal": {"Service": "delivery.logs.amazonaws.com"}}
    said = [
        {**who, "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/AWSLogs/123456789012/*"},
        {**who, "Action": "s3:GetBucketAcl", "Resource": f"arn:aws:s3:::{bucket}"},
    ]
    policy = {"Version": "2012-10-17", "Statement": said}
    aws.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    assert flow_log(network, bucket) == []
    assert json.loads(aws.client("s3").get_bucket_policy(Bucket=bucket)["Policy"]) == policy


def test_a_bucket_that_denies_it_or_is_not_there(aws, network, bucket):
    assert flow_log(network, "nowhere-at-all") == no_access("nowhere-at-all")
    denied = {"Effect": "Deny", "Principal": "*", "Action": "s3:PutObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    policy = {"Version": "2012-10-17", "Statement": [denied]}
    aws.client("s3").put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy))
    assert flow_log(network, bucket) == no_access(bucket)


def test_the_key_of_a_bucket_lets_the_delivery_encrypt(aws, network, bucket):
    kms = aws.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}}
    aws.client("s3").put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration={"Rules": [rule]})
    assert flow_log(network, bucket) == no_access(bucket)
    root = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "kms:*",
        "Resource": "*",
    }
    delivery = {**root, "Principal": {"Service": "delivery.logs.amazonaws.com"}, "Action": "kms:GenerateDataKey*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [root, delivery]})
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy)
    assert flow_log(network, bucket) == []


@pytest.mark.parametrize(
    ("actions", "left"),
    [(["logs:CreateLogGroup", "logs:PutLogEvents"], ["late"]), (["logs:PutLogEvents"], [])],
)
def test_the_last_lines_of_a_flow_log_bring_its_group_back_if_its_role_may(aws, network, actions, left):
    logs, iam = aws.client("logs"), aws.client("iam")
    allow = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "vpc-flow-logs.amazonaws.com"}}
    document = [json.dumps({"Version": "2012-10-17", "Statement": [statement]}) for statement in (trust, allow)]
    role = iam.create_role(RoleName="flow-logs", AssumeRolePolicyDocument=document[0])["Role"]["Arn"]
    iam.put_role_policy(RoleName="flow-logs", PolicyName="write", PolicyDocument=document[1])
    logs.create_log_group(logGroupName="late")
    [made] = network.ec2.create_flow_logs(
        ResourceIds=[network.vpc],
        ResourceType="VPC",
        TrafficType="ALL",
        LogGroupName="late",
        DeliverLogsPermissionArn=role,
    )["FlowLogIds"]
    network.ec2.delete_flow_logs(FlowLogIds=[made])
    logs.delete_log_group(logGroupName="late")
    assert [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]] == left


def test_a_vpc_has_one_exclusion(aws, network):
    ec2 = network.ec2
    asked = {"VpcId": network.vpc, "InternetGatewayExclusionMode": "allow-egress"}
    tags = [{"ResourceType": "vpc-block-public-access-exclusion", "Tags": [{"Key": "a", "Value": "b"}]}]
    made = ec2.create_vpc_block_public_access_exclusion(**asked, TagSpecifications=tags)[
        "VpcBlockPublicAccessExclusion"
    ]
    assert (made["State"], made["Tags"]) == ("create-complete", [{"Key": "a", "Value": "b"}])
    assert refused(ec2.create_vpc_block_public_access_exclusion, **asked)[0] == "InvalidParameterValue"
    one = {"ExclusionId": made["ExclusionId"]}
    changed = ec2.modify_vpc_block_public_access_exclusion(**one, InternetGatewayExclusionMode="allow-bidirectional")
    assert changed["VpcBlockPublicAccessExclusion"]["State"] == "update-complete"
    ec2.create_tags(Resources=[made["ExclusionId"]], Tags=[{"Key": "c", "Value": "d"}])
    ec2.delete_tags(Resources=[made["ExclusionId"]], Tags=[{"Key": "a"}])
    [tagged] = ec2.describe_vpc_block_public_access_exclusions()["VpcBlockPublicAccessExclusions"]
    assert tagged["Tags"] == [{"Key": "c", "Value": "d"}]
    assert aws.inventory()["names"]["ec2:public-access-exclusion"] == [made["ExclusionId"]]
    ec2.delete_vpc_block_public_access_exclusion(**one)
    [told] = ec2.describe_vpc_block_public_access_exclusions(ExclusionIds=[made["ExclusionId"]])[
        "VpcBlockPublicAccessExclusions"
    ]
    assert told["State"] == "delete-complete"
    code, message = refused(ec2.delete_vpc_block_public_access_exclusion, **one)
    assert code == "InvalidParameterValue" and "is in delete-complete state and cannot be deleted" in message
    unknown = refused(ec2.describe_vpc_block_public_access_exclusions, ExclusionIds=["vpcbpa-excl-0"])
    assert unknown[0] == "InvalidVpcBlockPublicAccessExclusionId.NotFound"
