"""EC2: where instances stand and what is kept free for them: placement groups, capacity reservations, capacity blocks.

moto has none of it. No instance takes a place: what node groups ask for is held against it in `eks/launches.py`.
"""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.instance_types import INSTANCE_TYPES

from .eks import launches
from .errors import AwsError
from .offers import OffersResponse

#: What a placement group may be asked to do.
STRATEGIES = ("cluster", "partition", "spread")
#: A capacity block of one instance costs so much an hour. The number is made up.
FEE = 40


class CapacityResponse(OffersResponse):
    """Placement groups, capacity reservations and capacity blocks."""

    def create_placement_group(self) -> ActionResult:
        """Make a group; its name occurs once."""
        name, strategy = self._get_param("GroupName"), self._get_param("Strategy") or "cluster"
        if name in self.ec2_backend.placement_groups:
            raise AwsError("InvalidPlacementGroup.Duplicate", f"The placement group '{name}' already exists.")
        if strategy not in STRATEGIES:
            raise AwsError("InvalidParameterValue", f"Value ({strategy}) for parameter strategy is invalid.")
        identity = _new("pg")
        group = {
            "GroupName": name,
            "GroupId": identity,
            "GroupArn": self._arn(f"placement-group/{name}"),
            "Strategy": strategy,
            "State": "available",
            **({"PartitionCount": int(self._get_param("PartitionCount") or 2)} if strategy == "partition" else {}),
            **({"SpreadLevel": self._get_param("SpreadLevel") or "rack"} if strategy == "spread" else {}),
        }
        self.ec2_backend.placement_groups[name] = group
        self._tag(identity, "placement-group")
        return ActionResult({"PlacementGroup": self._tagged(group, identity)})

    def describe_placement_groups(self) -> ActionResult:
        """Those of the names, identifiers or filters that are given."""
        groups = self.ec2_backend.placement_groups
        names = self._get_param("GroupNames", []) or self._get_param("GroupName", [])
        unknown = [name for name in names if name not in groups]
        if unknown:
            raise launches.unknown_group(unknown[0])
        ids, filters = self._get_param("GroupIds", []), self._filters_from_querystring()
        members = {"group-name": "GroupName", "strategy": "Strategy", "state": "State", "group-arn": "GroupArn"}
        found = [
            self._tagged(g, g["GroupId"])
            for g in groups.values()
            if g["GroupName"] in (names or groups)
            and (not ids or g["GroupId"] in ids)
            and all(g[members[name]] in values for name, values in filters.items())
        ]
        return ActionResult({"PlacementGroups": found})

    def delete_placement_group(self) -> ActionResult:
        """Refused while instances stand in the group."""
        name = self._get_param("GroupName")
        if name not in self.ec2_backend.placement_groups:
            raise launches.unknown_group(name)
        if launches.stands_in(self.ec2_backend, name):
            message = f"The placement group '{name}' is in use and may not be deleted."
            raise AwsError("InvalidPlacementGroup.InUse", message)
        self.ec2_backend.placement_groups.pop(name)
        return ActionResult({})

    def create_capacity_reservation(self) -> ActionResult:
        """Keep instances of one type in one zone free."""
        zones = {z.name: z for z in self.ec2_backend.zones.get(self.region, [])}
        name, zone = self._get_param("InstanceType"), self._get_param("AvailabilityZone")
        if name not in INSTANCE_TYPES:
            message = f"Invalid value '{name}' for InstanceType."
            raise AwsError("InvalidParameterValue", message)
        if zone not in zones:
            raise AwsError("InvalidParameterValue", f"Invalid availability zone: [{zone}]")
        reservation = self._reservation(name, zone, int(self._get_param("InstanceCount")), "default")
        reservation["InstanceMatchCriteria"] = self._get_param("InstanceMatchCriteria") or "open"
        reservation["EndDateType"] = self._get_param("EndDateType") or "unlimited"
        return ActionResult({"CapacityReservation": self._keep(reservation)})

    def describe_capacity_reservations(self) -> ActionResult:
        """Reservations and blocks, with what of them is free."""
        known = self.ec2_backend.capacity_reservations
        ids, filters = self._get_param("CapacityReservationIds", []), self._filters_from_querystring()
        for identity in ids:
            launches.reservation(self.ec2_backend, identity)
        members = {"instance-type": "InstanceType", "state": "State", "availability-zone": "AvailabilityZone"}
        found = [
            self._told(r)
            for identity, r in known.items()
            if identity in (ids or known) and all(r[members[name]] in values for name, values in filters.items())
        ]
        return ActionResult({"CapacityReservations": found})

    def modify_capacity_reservation(self) -> ActionResult:
        """Another number of instances."""
        reservation = launches.reservation(self.ec2_backend, self._get_param("CapacityReservationId"))
        if self._get_param("InstanceCount"):
            reservation["TotalInstanceCount"] = int(self._get_param("InstanceCount"))
        return ActionResult({"Return": True})

    def cancel_capacity_reservation(self) -> ActionResult:
        """A block is paid for and stays until its end."""
        reservation = launches.reservation(self.ec2_backend, self._get_param("CapacityReservationId"))
        if reservation["ReservationType"] == "capacity-block":
            message = "You can't cancel a Capacity Block."
            raise AwsError("OperationNotPermitted", message)
        reservation["State"] = "cancelled"
        return ActionResult({"Return": True})

    def describe_capacity_block_offerings(self) -> ActionResult:
        """One block that could be bought: from now on, in the first zone that has the type."""
        name, count = self._get_param("InstanceType"), int(self._get_param("InstanceCount") or 1)
        hours = int(self._get_param("CapacityDurationHours"))
        if "capacity-block" not in INSTANCE_TYPES.get(name, {}).get("SupportedUsageClasses", []):
            message = f"The instance type {name} is not supported for Capacity Blocks."
            raise AwsError("InvalidParameterValue", message)
        zones = sorted(o["Location"] for o in self._offers("availability-zone") if o["InstanceType"] == name)
        begin = datetime.now(UTC)
        offers = [
            {
                "CapacityBlockOfferingId": f"cb-{name}-{count}-{zone}",
                "InstanceType": name,
                "AvailabilityZone": zone,
                "InstanceCount": count,
                "StartDate": begin,
                "EndDate": begin + timedelta(hours=hours),
                "CapacityBlockDurationHours": hours,
                "UpfrontFee": str(FEE * count * hours),
                "CurrencyCode": "USD",
                "Tenancy": "default",
            }
            for zone in zones[:1]
        ]
        self.ec2_backend.capacity_offers.update({o["CapacityBlockOfferingId"]: o for o in offers})
        return ActionResult({"CapacityBlockOfferings": offers})

    def purchase_capacity_block(self) -> ActionResult:
        """Buy what was offered. It is active at once; on AWS from its first day on."""
        asked = self._get_param("CapacityBlockOfferingId")
        offer = self.ec2_backend.capacity_offers.get(asked)
        if offer is None:
            message = f"The capacity block offering '{asked}' does not exist."
            raise AwsError("InvalidCapacityBlockOfferingId.NotFound", message)
        kind = "capacity-block"
        reservation = self._reservation(offer["InstanceType"], offer["AvailabilityZone"], offer["InstanceCount"], kind)
        reservation.update(InstanceMatchCriteria="targeted", EndDateType="limited", EndDate=offer["EndDate"])
        return ActionResult({"CapacityReservation": self._keep(reservation)})

    def _reservation(self, name: str, zone: str, count: int, kind: str) -> dict[str, Any]:
        identity, moment = _new("cr"), datetime.now(UTC)
        zones = {z.name: z.zone_id for z in self.ec2_backend.zones.get(self.region, [])}
        return {
            "CapacityReservationId": identity,
            "CapacityReservationArn": self._arn(f"capacity-reservation/{identity}"),
            "OwnerId": self.current_account,
            "InstanceType": name,
            "InstancePlatform": self._get_param("InstancePlatform") or "Linux/UNIX",
            "AvailabilityZone": zone,
            "AvailabilityZoneId": zones[zone],
            "Tenancy": self._get_param("Tenancy") or "default",
            "TotalInstanceCount": count,
            "EbsOptimized": str(self._get_param("EbsOptimized") or "").lower() == "true",
            "EphemeralStorage": False,
            "State": "active",
            "StartDate": moment,
            "CreateDate": moment,
            "ReservationType": kind,
        }

    def _keep(self, reservation: dict[str, Any]) -> dict[str, Any]:
        identity = reservation["CapacityReservationId"]
        self.ec2_backend.capacity_reservations[identity] = reservation
        self._tag(identity, "capacity-reservation")
        return self._told(reservation)

    def _told(self, reservation: dict[str, Any]) -> dict[str, Any]:
        identity = reservation["CapacityReservationId"]
        free = reservation["TotalInstanceCount"] - launches.taken(self.ec2_backend, identity)
        return self._tagged({**reservation, "AvailableInstanceCount": max(free, 0)}, identity)

    def _tag(self, identity: str, kind: str) -> None:
        self.ec2_backend.create_tags([identity], self._parse_tag_specification().get(kind, {}))

    def _tagged(self, described: dict[str, Any], identity: str) -> dict[str, Any]:
        tags = dict(self.ec2_backend.tags.get(identity, {}))
        return {**described, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}

    def _arn(self, what: str) -> str:
        return f"arn:{self.partition}:ec2:{self.region}:{self.current_account}:{what}"


def _new(prefix: str) -> str:
    return f"{prefix}-{uuid.uuid4().hex[:17]}"
