"""EC2: what is on offer in a region and its zones, and what the account may have of it.

moto has the instance types with their zones, and leaves the rest to the imagination: every region is there for
everybody, prices are nothing, and filters know no patterns. Zones keep one name per ID here: in AWS the names differ
from account to account.
"""

import fnmatch
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.instance_types import INSTANCE_TYPE_OFFERINGS, INSTANCE_TYPES
from moto.ec2.responses import EC2Response

from . import account
from .account import settings
from .errors import AwsError
from .pages import page
from .quotas import limit

#: Regions that an account has to switch on.
OPT_IN = {
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
}
NO_PAGE = ("InvalidPaginationToken", "The specified pagination token is not valid.")
#: So many instance types, or offers of them, a page has, unless another number is asked for.
USUAL = {"types": 100, "offers": 1000, "prices": 1000}
#: Spot costs so many dollars for an hour of a virtual processor, by position of the zone: no two zones have one price.
SPOT_PRICE = 0.0104
SPOT_SCORE = 9


class OffersResponse(EC2Response):
    """Regions, zones, instance types, spot capacity and limits of the account."""

    def describe_regions(self) -> ActionResult:
        """Regions that are switched on, or all with `AllRegions`; moto answers those of other partitions too."""
        names, every = self._get_param("RegionNames", []), self._get_param("AllRegions", False)
        regions = [r for r in self.ec2_backend.regions if _partition(r.name) == _partition(self.region)]
        unknown = set(names) - {r.name for r in regions}
        if unknown:
            raise AwsError("InvalidParameterValue", f"Invalid region provided: {', '.join(sorted(unknown))}")
        told = [
            {"RegionName": r.name, "Endpoint": r.endpoint, "OptInStatus": opt_in_status(r.name)}
            for r in regions
            if r.name in (names or [r.name])
        ]
        filters = self._filters_from_querystring()
        members = {"region-name": "RegionName", "endpoint": "Endpoint", "opt-in-status": "OptInStatus"}
        found = [r for r in told if _fits(filters, {name: r[member] for name, member in members.items()})]
        return ActionResult({"Regions": [r for r in found if every or names or r["OptInStatus"] != "not-opted-in"]})

    def describe_availability_zones(self) -> ActionResult:
        """Zones with all that EC2 says of them; moto leaves out who may use them."""
        zones = self.ec2_backend.describe_availability_zones(
            zone_names=self._get_param("ZoneNames", []), zone_ids=self._get_param("ZoneIds", [])
        )
        filters = self._filters_from_querystring()
        told = [
            {
                "ZoneName": z.name,
                "ZoneId": z.zone_id,
                "RegionName": z.region_name,
                "ZoneType": z.zone_type,
                "State": settings.zones.get(z.zone_id, z.state),
                "OptInStatus": "opt-in-not-required",
                "GroupName": f"{z.region_name}-zg-1",
                "NetworkBorderGroup": z.region_name,
                "Messages": [],
            }
            for z in zones
        ]
        members = {
            "zone-name": "ZoneName",
            "zone-id": "ZoneId",
            "region-name": "RegionName",
            "zone-type": "ZoneType",
            "state": "State",
            "opt-in-status": "OptInStatus",
            "group-name": "GroupName",
        }
        found = [z for z in told if _fits(filters, {name: z[member] for name, member in members.items()})]
        return ActionResult({"AvailabilityZones": found})

    def describe_instance_types(self) -> ActionResult:
        """Those that the region has, in pages; moto answers those of all regions at once."""
        offered = {offer["InstanceType"] for offer in self._offers("region")}
        asked = self._get_param("InstanceTypes", [])
        unknown = [name for name in asked if name not in offered]
        if unknown:
            message = f"The following supplied instance types do not exist: [{', '.join(unknown)}]"
            raise AwsError("InvalidInstanceType", message)
        found = self.ec2_backend.describe_instance_types(asked, self._filters_from_querystring())
        return self._page("InstanceTypes", [t for t in found if t["InstanceType"] in offered], USUAL["types"])

    def describe_instance_type_offerings(self) -> ActionResult:
        """Which types are where; filters may hold patterns."""
        filters = self._filters_from_querystring()
        found = [
            offer
            for offer in self._offers(self._get_param("LocationType") or "region")
            if _fits(filters, {"instance-type": offer["InstanceType"], "location": offer["Location"]})
        ]
        return self._page("InstanceTypeOfferings", found, USUAL["offers"])

    def describe_spot_price_history(self) -> ActionResult:
        """The price of now, by the number of processors and the zone; moto has everything for nothing."""
        types, filters = self._get_param("InstanceTypes", []), self._filters_from_querystring()
        products = self._get_param("ProductDescriptions", []) or ["Linux/UNIX"]
        zone = self._get_param("AvailabilityZone")
        history = [
            {
                "InstanceType": offer["InstanceType"],
                "ProductDescription": product,
                "SpotPrice": f"{self._spot_price(offer):.6f}",
                "AvailabilityZone": offer["Location"],
                "Timestamp": datetime.now(UTC),
            }
            for offer in self._offers("availability-zone")
            for product in products
            if (not types or offer["InstanceType"] in types)
            and zone in (None, "", offer["Location"])
            and _fits(
                filters,
                {
                    "instance-type": offer["InstanceType"],
                    "availability-zone": offer["Location"],
                    "product-description": product,
                },
            )
        ]
        return self._page("SpotPriceHistory", history, USUAL["prices"])

    def get_spot_placement_scores(self) -> ActionResult:
        """How likely so much capacity is, from 1 to 10; missing in moto. A zone without the types is left out."""
        types = self._get_param("InstanceTypes", [])
        regions = self._get_param("RegionNames", []) or [self.region]
        if not types:
            raise AwsError("MissingParameter", "The request must contain the parameter InstanceTypes")
        scores: list[dict[str, Any]] = []
        for region in regions:
            offers = [o for o in self._offers("availability-zone-id", region) if o["InstanceType"] in types]
            zones = sorted({o["Location"] for o in offers})
            score = {"Region": region, "Score": max((_spot_score(o["InstanceType"]) for o in offers), default=1)}
            single = self._get_param("SingleAvailabilityZone", False)
            scores += [{**score, "AvailabilityZoneId": zone} for zone in zones] if single else [score] if zones else []
        return self._page("SpotPlacementScores", scores, USUAL["prices"])

    def describe_account_attributes(self) -> ActionResult:
        """The limits that EC2 tells itself, as Service Quotas has them."""
        default = [v.id for v in self.ec2_backend.vpcs.values() if v.is_default]
        values = {
            "supported-platforms": ["VPC"],
            "default-vpc": default or ["none"],
            "max-instances": ["20"],
            "max-elastic-ips": [str(limit("ec2", "L-0263D0A3"))],
            "vpc-max-elastic-ips": [str(limit("ec2", "L-0263D0A3"))],
            "vpc-max-security-groups-per-interface": [str(limit("vpc", "L-2AFB9258"))],
        }
        asked = self._get_param("AttributeNames", []) or values
        told = [
            {"AttributeName": name, "AttributeValues": [{"AttributeValue": v} for v in values[name]]}
            for name in asked
            if name in values
        ]
        return ActionResult({"AccountAttributes": told})

    def _offers(self, location_type: str, region: str | None = None) -> Iterable[dict[str, Any]]:
        """Offers as moto has them by zone ID, without those that the account does not have."""
        region = region or self.region
        zones = {z.zone_id: z.name for z in self.ec2_backend.zones.get(region, [])}
        known = INSTANCE_TYPE_OFFERINGS["region" if location_type == "region" else "availability-zone-id"]
        for offer in known.get(region, []):
            name, place = offer["InstanceType"], offer["Location"]
            if not account.is_offered(name, zones if location_type == "region" else [place]):
                continue
            if location_type == "availability-zone":
                place = zones.get(place)
            if place is not None:
                yield {"InstanceType": name, "LocationType": location_type, "Location": place}

    def _spot_price(self, offer: dict[str, Any]) -> float:
        processors = INSTANCE_TYPES.get(offer["InstanceType"], {}).get("VCpuInfo", {}).get("DefaultVCpus", 2)
        return SPOT_PRICE * processors * (1 + (ord(offer["Location"][-1]) - ord("a")) / 20)

    def _page(self, name: str, found: list[Any], usual: int) -> ActionResult:
        listed, token = page(found, self._get_param("NextToken"), self._get_param("MaxResults"), usual, NO_PAGE)
        return ActionResult({name: listed, **({"NextToken": token} if token else {})})


def opt_in_status(region: str) -> str:
    """Whether the account may use a region: a fresh account has none of those that are to be switched on."""
    usual = "not-opted-in" if region in OPT_IN else "opt-in-not-required"
    return settings.regions.get(region, usual)


def _spot_score(instance_type: str) -> int:
    scores = settings.spot_scores.items()
    return next((score for pattern, score in scores if fnmatch.fnmatchcase(instance_type, pattern)), SPOT_SCORE)


def _partition(region: str) -> str:
    return next((p for p in ("cn", "us-gov") if region.startswith(p + "-")), "aws")


def _fits(filters: dict[str, Any], values: dict[str, str]) -> bool:
    """Whether every filter has a pattern that fits."""
    unknown = filters.keys() - values.keys()
    if unknown:
        raise AwsError("InvalidParameterValue", f"The filter '{unknown.pop()}' is invalid")
    return all(any(fnmatch.fnmatchcase(values[name], p) for p in patterns) for name, patterns in filters.items())
