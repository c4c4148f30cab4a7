"""Ranges of a VPC. Subnets stay in them: moto takes a range from under its subnets."""

from ipaddress import ip_network
from typing import Any

from .. import blocks
from ..errors import AwsError


class Ranges:
    """The part of EC2's state that knows which ranges a VPC has."""

    def associate_vpc_cidr_block(self, vpc_id: str, cidr_block: str, *args: Any, **more: Any) -> Any:
        """Refused where it is too large or too small, overlaps one that is there or is restricted; moto counts them only."""
        if cidr_block:
            wanted = ip_network(cidr_block, strict=False)
            if not 16 <= wanted.prefixlen <= 28:
                raise AwsError("InvalidVpc.Range", f"The CIDR '{cidr_block}' is invalid.")
            if any(wanted.overlaps(there) for there in self._ranges(vpc_id)):
                message = f"The CIDR '{cidr_block}' conflicts with another CIDR block of the VPC"
                raise AwsError("CidrConflict", message)
            blocks.refuse(ip_network(self.get_vpc(vpc_id).cidr_block), wanted)
        return super().associate_vpc_cidr_block(vpc_id, cidr_block, *args, **more)

    def disassociate_vpc_cidr_block(self, association_id: str) -> Any:
        """Refused while a subnet is in it."""
        for vpc in self.vpcs.values():
            there = vpc._cidr_block_association_set.get(association_id)
            if there is None or ":" in there["cidr_block"]:
                continue
            range_ = ip_network(there["cidr_block"])
            subnets = [s for zone in self.subnets.values() for s in zone.values() if s.vpc_id == vpc.id]
            if any(s.cidr_block and ip_network(s.cidr_block).subnet_of(range_) for s in subnets):
                message = f"The vpc CIDR block {association_id} is in use and cannot be disassociated."
                raise AwsError("InvalidCidrBlock.InUse", message)
        return super().disassociate_vpc_cidr_block(association_id)

    def create_subnet(self, vpc_id: str, cidr_block: str, *args: Any, **more: Any) -> Any:
        """A subnet is a /16 to /28."""
        if cidr_block and not 16 <= ip_network(cidr_block, strict=False).prefixlen <= 28:
            raise AwsError("InvalidSubnet.Range", f"The CIDR '{cidr_block}' is invalid.")
        return super().create_subnet(vpc_id, cidr_block, *args, **more)

    def _ranges(self, vpc_id: str) -> list[Any]:
        live = (r for r in self.get_vpc(vpc_id).get_cidr_block_association_set())
        return [ip_network(r["cidr_block"]) for r in live if r["cidr_block_state"]["state"] == "associated"]
