"""What calls ask, as the server tells it: in the journal, and as a refusal of what is not known."""

import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

TAGS = [{"ResourceType": "vpc", "Tags": [{"Key": "platform", "Value": "acme"}]}]
FLEET = {"LaunchTemplateConfigs": [], "TargetCapacitySpecification": {"TotalTargetCapacity": 1}}


def derived(aws):
    """A client of EC2 whose calls have to be derived, and are kept."""
    aws.control("POST", "enforcement", {"on": True, "bootstrapper": True})
    aws.control("POST", "calls")
    return aws.client("ec2")


def test_the_journal_has_the_actions_of_each_call(aws):
    derived(aws).create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=TAGS)
    [call] = aws.control("GET", "calls")["calls"]
    assert (call["operation"], call["asked"]) == ("CreateVpc", ["ec2:CreateTags", "ec2:CreateVpc"])


def test_whoever_bootstraps_may_do_what_is_not_known_unless_all_has_to_be(aws):
    with pytest.raises(ClientError) as refused:
        derived(aws).create_fleet(**FLEET)
    assert refused.value.response["Error"]["Code"] == "NotModelled"
    assert "what ec2:CreateFleet asks of IAM" in refused.value.response["Error"]["Message"]
    aws.control("POST", "enforcement", {"on": True})
    with pytest.raises(ClientError) as other:
        aws.client("ec2").create_fleet(**FLEET)
    assert "asks of IAM" not in other.value.response["Error"]["Message"]


def test_without_enforcement_the_journal_has_no_actions(aws):
    aws.control("POST", "calls")
    aws.client("ec2").describe_vpcs()
    [call] = aws.control("GET", "calls")["calls"]
    assert "asked" not in call


def test_who_shows_no_key_and_asks_for_nothing_is_told_so(aws):
    aws.control("POST", "enforcement", {"on": True})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(aws.endpoint + "/")
    assert refused.value.code == 403
    assert b"<Code>MissingAuthenticationToken</Code>" in refused.value.read()
