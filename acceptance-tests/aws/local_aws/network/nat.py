"""NAT gateways with more than one address.

A public gateway has one Elastic IP address, and up to seven secondary ones beside it. While it has them, nobody releases them, and
nobody but the gateway's own calls takes them away.
"""

from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.nat_gateways import NatGateway
from moto.ec2.responses import EC2Response

from ..errors import AwsError
from ..quotas import limit

#: A quota cannot be raised above so many.
MOST = 8


class NatAddresses:
    """The part of EC2's state that knows which gateway has which addresses."""

    nat_gateways: dict[str, NatGateway]

    def create_nat_gateway(self, subnet_id: str, *args: Any, secondary: list[str] | None = None, **more: Any) -> Any:
        """moto forgets the secondary addresses, and takes those that somebody has."""
        kind = more.get("connectivity_type") or "public"
        if secondary and kind == "private":
            raise AwsError("InvalidParameter", "SecondaryAllocationIds cannot be specified for private NAT gateways.")
        self._expect_room(1 + len(secondary or []))
        self._expect_free(secondary or [])
        gateway = super().create_nat_gateway(subnet_id, *args, **more)
        for address in gateway.address_set:
            address |= {"isPrimary": True, "status": "succeeded"}
        self._add(gateway, secondary or [])
        return gateway

    def associate_nat_gateway_address(self, gateway_id: str, allocations: list[str]) -> NatGateway:
        """Further addresses for a gateway that is there."""
        gateway = self._gateway(gateway_id)
        if gateway.connectivity_type == "private":
            raise AwsError("InvalidParameter", f"NAT gateway {gateway_id} is private and has no Elastic IP addresses.")
        self._expect_room(len(gateway.address_set) + len(allocations))
        self._expect_free(allocations)
        self._add(gateway, allocations)
        return gateway

    def disassociate_nat_gateway_address(self, gateway_id: str, associations: list[str]) -> list[dict[str, Any]]:
        """Takes secondary addresses away; the primary one stays as long as the gateway."""
        gateway = self._gateway(gateway_id)
        gone = [a for a in gateway.address_set if a.get("associationId") in associations]
        unknown = set(associations) - {a["associationId"] for a in gone}
        if unknown:
            message = f"The association ID '{unknown.pop()}' does not exist"
            raise AwsError("InvalidAssociationID.NotFound", message)
        if any(a["isPrimary"] for a in gone):
            raise AwsError(
                "InvalidParameter", f"The primary address of NAT gateway {gateway_id} cannot be disassociated."
            )
        gateway.address_set = [a for a in gateway.address_set if a not in gone]
        for address in gone:
            super().disassociate_address(association_id=address["associationId"])
        return [{**a, "status": "disassociating"} for a in gone]

    def delete_nat_gateway(self, nat_gateway_id: str) -> Any:
        """Its addresses are free again."""
        gateway = super().delete_nat_gateway(nat_gateway_id)
        for address in self.addresses:
            if address.eni is gateway._eni:
                super().disassociate_address(association_id=address.association_id)
        return gateway

    def disassociate_address(self, address: str | None = None, association_id: str | None = None) -> None:
        """Refused for what a NAT gateway has: its interface belongs to the service."""
        found = [a for a in self.addresses if a.association_id == association_id or a.public_ip == address]
        if any(self._holder(a) for a in found):
            raise AwsError("AuthFailure", "You do not have permission to access the specified resource.")
        super().disassociate_address(address, association_id)

    def release_address(self, address: str | None = None, allocation_id: str | None = None) -> None:
        """Refused while a NAT gateway has it."""
        for each in self.addresses:
            if (each.allocation_id == allocation_id or each.public_ip == address) and self._holder(each):
                raise AwsError("InvalidIPAddress.InUse", f"Address {each.public_ip} is in use.")
        super().release_address(address, allocation_id)

    def _holder(self, address: Any) -> str | None:
        live = (g for g in self.nat_gateways.values() if g.state != "deleted")
        return next((g.id for g in live if address.eni is not None and address.eni is g._eni), None)

    def _gateway(self, gateway_id: str) -> NatGateway:
        gateway = self.nat_gateways.get(gateway_id)
        if gateway is None or gateway.state == "deleted":
            raise AwsError("NatGatewayNotFound", f"NatGateway {gateway_id} was not found")
        return gateway

    def _expect_room(self, wanted: int) -> None:
        most = min(limit("vpc", "L-5F53652F"), MOST)
        if wanted > most:
            message = f"The maximum number of Elastic IP addresses per NAT gateway is {most}."
            raise AwsError("AddressLimitExceeded", message)

    def _expect_free(self, allocations: list[str]) -> None:
        for address in self.describe_addresses(allocation_ids=allocations) if allocations else []:
            if address.association_id:
                message = f"Elastic IP address [{address.allocation_id}] is already associated"
                raise AwsError("Resource.AlreadyAssociated", message)

    def _add(self, gateway: NatGateway, allocations: list[str]) -> None:
        first = gateway._eni.public_ip
        for at, allocation in enumerate(allocations, start=len(gateway.address_set)):
            address = self.associate_address(eni=gateway._eni, allocation_id=allocation)
            gateway.address_set.append(
                {
                    "allocationId": allocation,
                    "associationId": address.association_id,
                    "publicIp": address.public_ip,
                    "networkInterfaceId": gateway._eni.id,
                    "privateIp": f"{gateway._eni.private_ip_address.rsplit('.', 1)[0]}.{200 + at}",
                    "isPrimary": False,
                    "status": "succeeded",
                }
            )
        gateway._eni.public_ip = first


class NatResponse(EC2Response):
    """The requests."""

    def create_nat_gateway(self) -> ActionResult:
        """With secondary addresses."""
        tags = self._parse_tag_specification().get("natgateway", {})
        gateway = self.ec2_backend.create_nat_gateway(
            self._get_param("SubnetId"),
            self._get_param("AllocationId"),
            tags=tags,
            connectivity_type=self._get_param("ConnectivityType"),
            secondary=self._get_param("SecondaryAllocationIds", []),
        )
        return ActionResult({"NatGateway": gateway})

    def associate_nat_gateway_address(self) -> ActionResult:
        """Further addresses."""
        allocations = self._get_param("AllocationIds", [])
        gateway = self.ec2_backend.associate_nat_gateway_address(self._get_param("NatGatewayId"), allocations)
        added = [a for a in gateway.address_set if a.get("allocationId") in allocations]
        return ActionResult({"NatGatewayId": gateway.id, "NatGatewayAddresses": added})

    def disassociate_nat_gateway_address(self) -> ActionResult:
        """Fewer addresses."""
        gateway_id, associations = self._get_param("NatGatewayId"), self._get_param("AssociationIds", [])
        gone = self.ec2_backend.disassociate_nat_gateway_address(gateway_id, associations)
        return ActionResult({"NatGatewayId": gateway_id, "NatGatewayAddresses": gone})
