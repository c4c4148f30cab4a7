"""What EC2 demands of a VPC's addresses, gateways, endpoints and flow logs, and moto does not."""

from .endpoints import EndpointPolicies
from .flow_logs import Deliveries
from .nat import NatAddresses, NatResponse
from .public_access import Exclusions, ExclusionsResponse
from .ranges import Ranges

__all__ = [
    "Deliveries",
    "EndpointPolicies",
    "Exclusions",
    "ExclusionsResponse",
    "NatAddresses",
    "NatResponse",
    "Ranges",
]
