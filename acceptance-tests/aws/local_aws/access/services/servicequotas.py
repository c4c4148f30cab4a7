"""What calls of Service Quotas ask: looking at quotas has no resource.

What the reference lists beside (`rds:DescribeAccountAttributes` and others) is for what is used of a quota, which nobody here asks for.
"""

from ...calls import Call
from ..asked import Asked
from ..derive import Parameters, Service, everything

READS = (
    "GetAWSDefaultServiceQuota", "GetServiceQuota", "ListAWSDefaultServiceQuotas", "ListServiceQuotas", "ListServices",
)  # fmt: skip

SERVICE = Service("servicequotas", dict.fromkeys(READS, everything))


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks of IAM."""
    return SERVICE.asked(call, parameters)
