"""EKS, modelled completely here.

moto's EKS knows clusters, node groups and Fargate profiles only, and drops most of what a cluster is created with
(access configuration, upgrade policy, VPC, cluster security group). Add-ons, access entries, pod identity
associations, versions and updates are missing. Nothing of it could be kept, so `service.EksResponse` replaces it.
"""

from .service import EksResponse
from .store import EksBackend, eks_backends

__all__ = ["EksBackend", "EksResponse", "eks_backends"]
