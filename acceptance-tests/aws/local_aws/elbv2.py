"""Elastic Load Balancing: the limits of the account, which moto has from years ago."""

from moto.core.responses import ActionResult
from moto.elbv2.responses import ELBV2Response

from .quotas import limit


class Elbv2Response(ELBV2Response):
    """moto's load balancers with the limits that Service Quotas has too."""

    def describe_account_limits(self) -> ActionResult:
        """The limits by the names of this API."""
        limits = {
            "application-load-balancers": limit("elasticloadbalancing", "L-53DA6B97"),
            "network-load-balancers": limit("elasticloadbalancing", "L-69A177A2"),
            "target-groups": limit("elasticloadbalancing", "L-B22855CB"),
            "listeners-per-application-load-balancer": 50,
            "listeners-per-network-load-balancer": 50,
            "rules-per-application-load-balancer": 100,
            "targets-per-application-load-balancer": 1000,
            "targets-per-network-load-balancer": 3000,
            "certificates-per-application-load-balancer": 25,
        }
        return ActionResult({"Limits": [{"Name": name, "Max": str(most)} for name, most in limits.items()]})
