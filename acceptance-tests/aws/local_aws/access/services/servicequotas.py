"""What calls of Service Quotas ask: of a quota that is applied, and else of nothing in particular.

What the reference lists beside (`rds:DescribeAccountAttributes` and others) is for what is used of a quota, for which
nobody asks here.
"""

from ...calls import Call
from ..asked import Asked
from ..derive import Parameters, Place, Service, everything, known

READS = ("GetAWSDefaultServiceQuota", "ListAWSDefaultServiceQuotas", "ListServiceQuotas", "ListServices")


def _quota(place: Place, p: Parameters) -> list[str]:
    return [place.arn("servicequotas", f"{p['ServiceCode']}/{p['QuotaCode']}")]


SERVICE = Service(
    "servicequotas",
    {**dict.fromkeys(READS, everything), "GetServiceQuota": _quota},
    keys={"GetServiceQuota": lambda _, p: known(servicequotas__service=p["ServiceCode"])},
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks of IAM."""
    return SERVICE.asked(call, parameters)
