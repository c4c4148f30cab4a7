"""Service Quotas: moto knows the VPC's defaults only, and cannot list."""

from typing import Any, NamedTuple

from moto.core.responses import ActionResult, BaseResponse
from moto.servicequotas.resources.default_quotas.vpc import VPC_DEFAULT_QUOTAS

from .errors import AwsError


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
}

QUOTAS = [
    Quota("ec2", "L-1216C47A", "Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances", 5),
    Quota("ec2", "L-34B43A08", "All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests", 5),
    Quota("ec2", "L-DB2E81BA", "Running On-Demand G and VT instances", 0),
    Quota("ec2", "L-3819A6DF", "All G and VT Spot Instance Requests", 0),
    Quota("ec2", "L-417A185B", "Running On-Demand P instances", 0),
    Quota("ec2", "L-7212CCBC", "All P4, P3 and P2 Spot Instance Requests", 0),
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
    *(Quota("vpc", q["QuotaCode"], q["QuotaName"], q["Value"], q["Adjustable"]) for q in VPC_DEFAULT_QUOTAS),
]


class QuotasResponse(BaseResponse):
    """Lists and gets quotas. The applied value of each is its default: no increase was ever granted."""

    def __init__(self) -> None:
        super().__init__(service_name="service-quotas")
        self.automated_parameter_parsing = True

    def list_services(self) -> ActionResult:
        """The services that have quotas here."""
        return ActionResult({"Services": [{"ServiceCode": c, "ServiceName": n} for c, n in SERVICES.items()]})

    def list_service_quotas(self) -> ActionResult:
        """Applied quotas of one service, or the one asked for."""
        service, code = self.params["ServiceCode"], self.params.get("QuotaCode")
        if service not in SERVICES:
            raise AwsError(
                "NoSuchResourceException", "The request failed because the specified service does not exist."
            )
        found = [q for q in QUOTAS if q.service == service and code in (None, q.code)]
        return ActionResult({"Quotas": [self._answer(q) for q in found]})

    def list_aws_default_service_quotas(self) -> ActionResult:
        """Default quotas of one service."""
        return self.list_service_quotas()

    def get_service_quota(self) -> ActionResult:
        """One applied quota."""
        for quota in QUOTAS:
            if (quota.service, quota.code) == (self.params["ServiceCode"], self.params["QuotaCode"]):
                return ActionResult({"Quota": self._answer(quota)})
        raise AwsError("NoSuchResourceException", "The request failed because the specified quota does not exist.")

    def get_aws_default_service_quota(self) -> ActionResult:
        """One default quota."""
        return self.get_service_quota()

    def _answer(self, quota: Quota) -> dict[str, Any]:
        region = "" if quota.whole_account else self.region
        path = f"{region}:{self.current_account}:{quota.service}/{quota.code}"
        return {
            "ServiceCode": quota.service,
            "ServiceName": SERVICES[quota.service],
            "QuotaArn": f"arn:{self.partition}:servicequotas:{path}",
            "QuotaCode": quota.code,
            "QuotaName": quota.name,
            "Value": float(quota.value),
            "Unit": "None",
            "Adjustable": quota.adjustable,
            "GlobalQuota": quota.whole_account,
            "QuotaAppliedAtLevel": "ACCOUNT",
        }
