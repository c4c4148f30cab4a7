"""Route 53: a zone with a VPC is private, whether the caller says so or not."""

from moto.core.responses import ActionResult
from moto.route53.responses import Route53 as MotoRoute53Response


class Route53Response(MotoRoute53Response):
    """moto's Route 53 with private zones recognised by their VPC, as the provider creates them."""

    def create_hosted_zone(self) -> ActionResult:
        """Create a zone, private if it comes with a VPC."""
        if self.params.get("VPC"):
            self.params.setdefault("HostedZoneConfig", {})["PrivateZone"] = True
        return super().create_hosted_zone()
