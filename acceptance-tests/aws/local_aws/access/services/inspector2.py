"""What calls of Inspector ask: what is turned on for an account has no resource."""

from ...calls import Call
from ..asked import Asked
from ..dependents import linked_role
from ..derive import Parameters, Service, everything

SERVICE = Service(
    "inspector2",
    dict.fromkeys(("BatchGetAccountStatus", "Disable", "Enable", "ListAccountPermissions"), everything),
    more={"Enable": lambda place, _: linked_role(place, "inspector2.amazonaws.com")},
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks of IAM."""
    return SERVICE.asked(call, parameters)
