"""Bedrock: the model catalogue, which moto lacks. Models are not run."""

from typing import Any, NamedTuple

from moto.bedrock.responses import BedrockResponse as MotoBedrockResponse
from moto.core.responses import ActionResult

from .eks.catalog import day
from .errors import AwsError


class Model(NamedTuple):
    """A foundation model. `profiles` are the geographies with a cross-region inference profile."""

    identifier: str
    name: str
    provider: str
    inputs: tuple[str, ...] = ("TEXT",)
    outputs: tuple[str, ...] = ("TEXT",)
    on_demand: bool = True
    profiles: tuple[str, ...] = ()


MODELS = [
    Model("amazon.nova-lite-v1:0", "Nova Lite", "Amazon", ("TEXT", "IMAGE", "VIDEO"), profiles=("us", "eu", "apac")),
    Model("amazon.nova-micro-v1:0", "Nova Micro", "Amazon", profiles=("us", "eu", "apac")),
    Model("amazon.nova-pro-v1:0", "Nova Pro", "Amazon", ("TEXT", "IMAGE", "VIDEO"), profiles=("us", "eu", "apac")),
    Model("amazon.titan-embed-text-v2:0", "Titan Text Embeddings V2", "Amazon", outputs=("EMBEDDING",)),
    Model(
        "anthropic.claude-3-haiku-20240307-v1:0",
        "Claude 3 Haiku",
        "Anthropic",
        ("TEXT", "IMAGE"),
        profiles=("us", "eu"),
    ),
    Model(
        "anthropic.claude-sonnet-4-20250514-v1:0",
        "Claude Sonnet 4",
        "Anthropic",
        ("TEXT", "IMAGE"),
        on_demand=False,
        profiles=("us", "eu", "apac"),
    ),
    Model(
        "anthropic.claude-sonnet-4-5-20250929-v1:0",
        "Claude Sonnet 4.5",
        "Anthropic",
        ("TEXT", "IMAGE"),
        on_demand=False,
        profiles=("us", "eu", "global"),
    ),
    Model("cohere.embed-english-v3", "Embed English", "Cohere", outputs=("EMBEDDING",)),
    Model("meta.llama3-3-70b-instruct-v1:0", "Llama 3.3 70B Instruct", "Meta", on_demand=False, profiles=("us",)),
    Model("mistral.mistral-large-2402-v1:0", "Mistral Large (24.02)", "Mistral AI"),
]

#: Regions that a profile of a geography routes to.
GEOGRAPHIES = {
    "us": ("us-east-1", "us-east-2", "us-west-2"),
    "eu": ("eu-central-1", "eu-west-1", "eu-west-3"),
    "apac": ("ap-northeast-1", "ap-southeast-1", "ap-southeast-2"),
    "global": ("us-east-1", "us-west-2", "eu-west-1"),
}
PREFIXES = {"us": "us-", "eu": "eu-", "apac": "ap-", "global": ""}


class BedrockResponse(MotoBedrockResponse):
    """moto's Bedrock with foundation models and system-defined inference profiles."""

    def list_foundation_models(self) -> ActionResult:
        """Models that match the asked provider, output and way of use."""
        provider, output = self._query("byProvider"), self._query("byOutputModality")
        inference = self._query("byInferenceType")
        found = [
            self._model(m)
            for m in MODELS
            if provider in (None, m.provider)
            and (output is None or output in m.outputs)
            and (inference is None or inference in _inference_types(m))
        ]
        return ActionResult({"modelSummaries": found})

    def get_foundation_model(self) -> ActionResult:
        """One model, by identifier or ARN."""
        asked = self.uri_match["modelIdentifier"].split("/")[-1]
        for model in MODELS:
            if model.identifier == asked:
                return ActionResult({"modelDetails": self._model(model)})
        raise AwsError("ResourceNotFoundException", "Could not resolve the foundation model from the model identifier.")

    def list_inference_profiles(self) -> ActionResult:
        """Profiles of the caller's geography."""
        if self._query("typeEquals") == "APPLICATION":
            return ActionResult({"inferenceProfileSummaries": []})
        return ActionResult({"inferenceProfileSummaries": self._profiles()})

    def get_inference_profile(self) -> ActionResult:
        """One profile, by identifier or ARN."""
        asked = self.uri_match["inferenceProfileIdentifier"].split("/")[-1]
        for profile in self._profiles():
            if profile["inferenceProfileId"] == asked:
                return ActionResult(profile)
        raise AwsError("ResourceNotFoundException", f"Inference profile {asked} not found.")

    def _query(self, name: str) -> str | None:
        return self.normalized_request.args.get(name)

    def _model(self, model: Model) -> dict[str, Any]:
        return {
            "modelArn": f"arn:{self.partition}:bedrock:{self.region}::foundation-model/{model.identifier}",
            "modelId": model.identifier,
            "modelName": model.name,
            "providerName": model.provider,
            "inputModalities": list(model.inputs),
            "outputModalities": list(model.outputs),
            "responseStreamingSupported": "TEXT" in model.outputs,
            "customizationsSupported": [],
            "inferenceTypesSupported": _inference_types(model),
            "modelLifecycle": {"status": "ACTIVE"},
        }

    def _profiles(self) -> list[dict[str, Any]]:
        found = []
        for model in MODELS:
            for geography in model.profiles:
                if not self.region.startswith(PREFIXES[geography]):
                    continue
                identifier = f"{geography}.{model.identifier}"
                path = f"{self.region}:{self.current_account}:inference-profile/{identifier}"
                arns = (f"arn:{self.partition}:bedrock:{r}::foundation-model/" for r in GEOGRAPHIES[geography])
                found.append(
                    {
                        "inferenceProfileName": f"{geography.upper()} {model.provider} {model.name}",
                        "description": f"Routes requests to {model.name} in several regions.",
                        "inferenceProfileArn": f"arn:{self.partition}:bedrock:{path}",
                        "inferenceProfileId": identifier,
                        "models": [{"modelArn": arn + model.identifier} for arn in arns],
                        "status": "ACTIVE",
                        "type": "SYSTEM_DEFINED",
                        "createdAt": day("2025-01-01"),
                        "updatedAt": day("2025-01-01"),
                    }
                )
        return found


def _inference_types(model: Model) -> list[str]:
    return (["ON_DEMAND"] if model.on_demand else []) + (["INFERENCE_PROFILE"] if model.profiles else [])
