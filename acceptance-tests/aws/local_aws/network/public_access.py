"""Exclusions from what an account blocks between its VPCs and the internet (VPC Block Public Access).

The block itself is a setting of the account in a region, which no platform makes: what is here are the exclusions of a VPC or subnet.
"""

from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.ec2.responses import EC2Response
from moto.moto_api._internal import mock_random

from ..errors import AwsError

#: How their identifiers begin.
PREFIX = "vpcbpa-excl-"
#: How those of placement groups do.
GROUP = "pg-"
MODES = {"allow-bidirectional", "allow-egress"}


class Exclusions:
    """The part of EC2's state that has the exclusions."""

    #: Of each backend, made when the first is asked for.
    exclusions: dict[str, dict[str, Any]]

    def public_access_exclusions(self) -> dict[str, dict[str, Any]]:
        """Exclusion ID => exclusion, those that were deleted among them."""
        if "exclusions" not in self.__dict__:
            self.exclusions = {}
        return self.exclusions

    def exclude_from_block(self, arn: str, mode: str, tags: dict[str, str]) -> dict[str, Any]:
        """One exclusion for each VPC or subnet."""
        self._expect_mode(mode)
        there = self.public_access_exclusions().values()
        if any(e["ResourceArn"] == arn and e["State"] != "delete-complete" for e in there):
            raise AwsError("InvalidParameterValue", f"An exclusion for {arn} already exists.")
        now = datetime.now(UTC)
        exclusion = {
            "ExclusionId": f"{PREFIX}{mock_random.get_random_hex(17)}",
            "InternetGatewayExclusionMode": mode,
            "ResourceArn": arn,
            "State": "create-complete",
            "CreationTimestamp": now,
            "LastUpdateTimestamp": now,
        }
        self.public_access_exclusions()[exclusion["ExclusionId"]] = exclusion
        self.create_tags([exclusion["ExclusionId"]], tags)
        return exclusion

    def exclusion(self, exclusion_id: str) -> dict[str, Any]:
        """One of them."""
        found = self.public_access_exclusions().get(exclusion_id)
        if found is None:
            message = f"The exclusion ID '{exclusion_id}' does not exist"
            raise AwsError("InvalidVpcBlockPublicAccessExclusionId.NotFound", message)
        return found

    def change_exclusion(self, exclusion_id: str, mode: str) -> dict[str, Any]:
        """Another mode."""
        self._expect_mode(mode)
        exclusion = self._live(exclusion_id, "modified")
        exclusion |= {
            "InternetGatewayExclusionMode": mode,
            "State": "update-complete",
            "LastUpdateTimestamp": datetime.now(UTC),
        }
        return exclusion

    def delete_exclusion(self, exclusion_id: str) -> dict[str, Any]:
        """It is told of for a while after."""
        exclusion = self._live(exclusion_id, "deleted")
        exclusion |= {"State": "delete-complete", "DeletionTimestamp": datetime.now(UTC)}
        return exclusion

    def _live(self, exclusion_id: str, done: str) -> dict[str, Any]:
        exclusion = self.exclusion(exclusion_id)
        if exclusion["State"] == "delete-complete":
            message = f"The exclusion {exclusion_id} is in delete-complete state and cannot be {done}"
            raise AwsError("InvalidParameterValue", message)
        return exclusion

    def _expect_mode(self, mode: str) -> None:
        if mode not in MODES:
            message = f"Value ({mode}) for parameter InternetGatewayExclusionMode is invalid."
            raise AwsError("InvalidParameterValue", message)


class ExclusionsResponse(EC2Response):
    """The requests."""

    def create_vpc_block_public_access_exclusion(self) -> ActionResult:
        """Of a VPC or of a subnet."""
        vpc, subnet = self._get_param("VpcId"), self._get_param("SubnetId")
        if bool(vpc) == bool(subnet):
            raise AwsError("InvalidParameterCombination", "Exactly one of VpcId and SubnetId must be specified.")
        found = self.ec2_backend.get_vpc(vpc) if vpc else self.ec2_backend.get_subnet(subnet)
        kind = "vpc" if vpc else "subnet"
        backend = self.ec2_backend
        arn = f"arn:{backend.partition}:ec2:{backend.region_name}:{backend.account_id}:{kind}/{found.id}"
        tags = self._parse_tag_specification().get("vpc-block-public-access-exclusion", {})
        return self._answer(backend.exclude_from_block(arn, self._get_param("InternetGatewayExclusionMode"), tags))

    def modify_vpc_block_public_access_exclusion(self) -> ActionResult:
        """Another mode."""
        mode = self._get_param("InternetGatewayExclusionMode")
        return self._answer(self.ec2_backend.change_exclusion(self._get_param("ExclusionId"), mode))

    def delete_vpc_block_public_access_exclusion(self) -> ActionResult:
        """The block holds for it again."""
        return self._answer(self.ec2_backend.delete_exclusion(self._get_param("ExclusionId")))

    def describe_vpc_block_public_access_exclusions(self) -> ActionResult:
        """All, or those that are named."""
        asked = self._get_param("ExclusionIds", [])
        found = [self.ec2_backend.exclusion(e) for e in asked] or self.ec2_backend.public_access_exclusions().values()
        return ActionResult({"VpcBlockPublicAccessExclusions": [self._exclusion(e) for e in found]})

    def create_tags(self) -> ActionResult:
        """moto takes no tags for what it does not know: exclusions, and placement groups by their identifiers."""
        named = self._get_param("Resources", [])
        if not any(n.startswith((PREFIX, GROUP)) for n in named):
            return super().create_tags()
        tags = {tag["Key"]: tag["Value"] for tag in self._get_param("Tags", [])}
        self.ec2_backend.create_tags([self._there(n) for n in named], tags)
        return EmptyResult()

    def delete_tags(self) -> ActionResult:
        """The same."""
        named = self._get_param("Resources", [])
        if not any(n.startswith((PREFIX, GROUP)) for n in named):
            return super().delete_tags()
        tags = {tag["Key"]: tag.get("Value") for tag in self._get_param("Tags", [])}
        self.ec2_backend.delete_tags([self._there(n) for n in named], tags)
        return EmptyResult()

    def _there(self, named: str) -> str:
        """The identifier, of what there is."""
        if named.startswith(PREFIX):
            return self.ec2_backend.exclusion(named)["ExclusionId"]
        groups = self.ec2_backend.placement_groups.values()
        if named.startswith(GROUP) and all(g["GroupId"] != named for g in groups):
            message = f"The placement group ID '{named}' does not exist"
            raise AwsError("InvalidPlacementGroupId.NotFound", message)
        return named

    def _answer(self, exclusion: dict[str, Any]) -> ActionResult:
        return ActionResult({"VpcBlockPublicAccessExclusion": self._exclusion(exclusion)})

    def _exclusion(self, exclusion: dict[str, Any]) -> dict[str, Any]:
        tags = self.ec2_backend.tags.get(exclusion["ExclusionId"], {})
        return {**exclusion, "Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}
