"""What calls of the tagging API ask, whose actions are called `tag`."""

from ...calls import Call
from ..asked import Asked
from ..derive import Parameters, Service, everything

SERVICE = Service("tag", resources=dict.fromkeys(("GetResources", "GetTagKeys", "GetTagValues"), everything))


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks."""
    return SERVICE.asked(call, parameters)
