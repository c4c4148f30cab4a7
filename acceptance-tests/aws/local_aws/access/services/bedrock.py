"""What calls of Bedrock ask: the catalogue is everybody's."""

from ...calls import Call
from ..asked import Asked
from ..derive import Parameters, Place, Service, everything


def _model(place: Place, p: Parameters) -> list[str]:
    """Models are nobody's: their ARNs have no account."""
    named = p["modelIdentifier"]
    arn = f"arn:{place.partition}:bedrock:{place.region}::foundation-model/{named}"
    return [named if named.startswith("arn:") else arn]


def _profile(place: Place, p: Parameters) -> list[str]:
    named = p["inferenceProfileIdentifier"]
    return [named if named.startswith("arn:") else place.arn("bedrock", f"inference-profile/{named}")]


SERVICE = Service(
    "bedrock",
    {
        **dict.fromkeys(("ListFoundationModels", "ListInferenceProfiles"), everything),
        "GetFoundationModel": _model,
        "GetInferenceProfile": _profile,
    },
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks of IAM."""
    return SERVICE.asked(call, parameters)
