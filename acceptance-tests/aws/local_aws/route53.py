"""Route 53: a zone with a VPC is private, whether the caller says so or not."""

from collections.abc import Iterable

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.responses import ActionResult
from moto.route53.models import route53_backends
from moto.route53.responses import Route53 as MotoRoute53Response


class Route53Response(MotoRoute53Response):
    """moto's Route 53 with private zones recognised by their VPC, as the provider creates them."""

    def create_hosted_zone(self) -> ActionResult:
        """Create a zone, private if it comes with a VPC."""
        if self.params.get("VPC"):
            self.params.setdefault("HostedZoneConfig", {})["PrivateZone"] = True
        return super().create_hosted_zone()


def have_zones(names: Iterable[str]) -> None:
    """Make public hosted zones of these names where there are none."""
    backend = route53_backends[DEFAULT_ACCOUNT_ID]["aws"]
    there = {zone.name.rstrip(".") for zone in backend.zones.values()}
    for name in names:
        if name.rstrip(".") not in there:
            backend.create_hosted_zone(f"{name}.", private_zone=False, caller_reference=name)
