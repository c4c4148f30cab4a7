"""Service Quotas: moto knows the VPC's defaults only, and cannot list.

A fresh account has the defaults; what was applied for is said by a test (`account.py`).
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from moto.core.responses import ActionResult, BaseResponse
from moto.servicequotas.resources.default_quotas.vpc import VPC_DEFAULT_QUOTAS

from . import account
from .errors import AwsError
from .pages import page

NO_QUOTA = ("NoSuchResourceException", "The request failed because the specified quota does not exist.")
NO_SERVICE = ("NoSuchResourceException", "The request failed because the specified service does not exist.")
NO_PAGE = ("InvalidPaginationTokenException", "Invalid token was provided.")
#: So many quotas a page has, unless another number is asked for.
USUAL = 100


class Quota(NamedTuple):
    """A quota of a fresh account."""

    service: str
    code: str
    name: str
    value: float
    adjustable: bool = True
    whole_account: bool = False


SERVICES = {
    "bedrock": "Amazon Bedrock",
    "ec2": "Amazon Elastic Compute Cloud (Amazon EC2)",
    "eks": "Amazon Elastic Kubernetes Service (Amazon EKS)",
    "elasticloadbalancing": "Elastic Load Balancing (ELB)",
    "iam": "AWS Identity and Access Management (IAM)",
    "rds": "Amazon Relational Database Service (Amazon RDS)",
    "vpc": "Amazon Virtual Private Cloud (Amazon VPC)",
    "wafv2": "AWS WAF",
}

QUOTAS = [
    Quota("ec2", "L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 5),
    Quota("ec2", "L-34B43A08", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", 5),
    Quota("ec2", "L-DB2E81BA", "Running On-Demand G and VT instances", 0),
    Quota("ec2", "L-3819A6DF", "All G and VT Spot Instance Requests", 0),
    Quota("ec2", "L-417A185B", "Running On-Demand P instances", 0),
    Quota("ec2", "L-7212CCBC", "All P4, P3 and P2 Spot Instance Requests", 0),
    Quota("ec2", "L-C4BD4855", "All P5 Spot Instance Requests", 0),
    Quota("ec2", "L-1945791B", "Running On-Demand Inf instances", 0),
    Quota("ec2", "L-B5D1601B", "All Inf Spot Instance Requests", 0),
    Quota("ec2", "L-2C3B7624", "Running On-Demand Trn instances", 0),
    Quota("ec2", "L-6B0D517C", "All Trn Spot Instance Requests", 0),
    Quota("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs", 5),
    Quota("eks", "L-1194D53C", "Clusters", 100),
    Quota("eks", "L-6D54EA21", "Managed node groups per cluster", 30),
    Quota("eks", "L-BD136A63", "Nodes per managed node group", 450),
    Quota("elasticloadbalancing", "L-53DA6B97", "Application Load Balancers per Region", 50),
    Quota("elasticloadbalancing", "L-69A177A2", "Network Load Balancers per Region", 50),
    Quota("elasticloadbalancing", "L-B22855CB", "Target Groups per Region", 3000),
    Quota("iam", "L-FE177D64", "Roles per account", 1000, whole_account=True),
    Quota("iam", "L-E95E4862", "Customer managed policies per account", 1500, whole_account=True),
    Quota("iam", "L-0DA4ABF3", "Managed policies per role", 10, whole_account=True),
    Quota("iam", "L-858F3967", "OpenId connect providers per account", 100, False, True),
    Quota("rds", "L-7B6409FD", "DB instances", 40),
    Quota("rds", "L-7ADDB58A", "Total storage for all DB instances", 100000),
    Quota("wafv2", "L-2EC3DE7B", "Maximum web ACLs per account in WAF for regional", 100),
    Quota("vpc", "L-5F53652F", "Elastic IP address quota per NAT gateway", 2),
    *(Quota("vpc", q["QuotaCode"], q["QuotaName"], q["Value"], q["Adjustable"]) for q in VPC_DEFAULT_QUOTAS),
]


class QuotasResponse(BaseResponse):
    """Lists and gets quotas, their applied values and their defaults."""

    def __init__(self) -> None:
        super().__init__(service_name="service-quotas")
        self.automated_parameter_parsing = True

    def list_services(self) -> ActionResult:
        """The services that have quotas here."""
        return ActionResult({"Services": [{"ServiceCode": c, "ServiceName": n} for c, n in SERVICES.items()]})

    def list_service_quotas(self) -> ActionResult:
        """Applied quotas of one service, or the one asked for. What was never applied for has its default."""
        code = self.params.get("QuotaCode")
        return self._list([q for q in self._of_service() if code in (None, q.code)], applied)

    def list_aws_default_service_quotas(self) -> ActionResult:
        """Default quotas of one service."""
        return self._list(self._of_service(), default)

    def get_service_quota(self) -> ActionResult:
        """One applied quota. Some have no applied value, and are said not to exist."""
        quota = self._asked()
        if account.settings.quotas.get(key(quota), 0) is None:
            raise AwsError(*NO_QUOTA)
        return ActionResult({"Quota": self._answer(quota, applied(quota))})

    def get_aws_default_service_quota(self) -> ActionResult:
        """One default quota."""
        quota = self._asked()
        return ActionResult({"Quota": self._answer(quota, default(quota))})

    def _of_service(self) -> list[Quota]:
        if self.params["ServiceCode"] not in SERVICES:
            raise AwsError(*NO_SERVICE)
        return [q for q in QUOTAS if q.service == self.params["ServiceCode"]]

    def _asked(self) -> Quota:
        found = [q for q in self._of_service() if q.code == self.params["QuotaCode"]]
        if not found:
            raise AwsError(*NO_QUOTA)
        return found[0]

    def _list(self, quotas: list[Quota], value: Callable[[Quota], float]) -> ActionResult:
        found = [self._answer(q, value(q)) for q in quotas]
        listed, token = page(found, self.params.get("NextToken"), self.params.get("MaxResults"), USUAL, NO_PAGE)
        return ActionResult({"Quotas": listed, **({"NextToken": token} if token else {})})

    def _answer(self, quota: Quota, value: float) -> dict[str, Any]:
        region = "" if quota.whole_account else self.region
        path = f"{region}:{self.current_account}:{quota.service}/{quota.code}"
        return {
            "ServiceCode": quota.service,
            "ServiceName": SERVICES[quota.service],
            "QuotaArn": f"arn:{self.partition}:servicequotas:{path}",
            "QuotaCode": quota.code,
            "QuotaName": quota.name,
            "Value": float(value),
            "Unit": "None",
            "Adjustable": quota.adjustable,
            "GlobalQuota": quota.whole_account,
            "QuotaAppliedAtLevel": "ACCOUNT",
        }


def key(quota: Quota) -> str:
    """How a quota is named in what a test says of the account."""
    return f"{quota.service}/{quota.code}"


def default(quota: Quota) -> float:
    """What every account begins with."""
    return quota.value


def applied(quota: Quota) -> float:
    """What the account has."""
    said = account.settings.quotas.get(key(quota))
    return quota.value if said is None else said


def limit(service: str, code: str) -> int:
    """What the account has, for the services that tell their limits themselves."""
    return int(next(applied(q) for q in QUOTAS if (q.service, q.code) == (service, code)))
