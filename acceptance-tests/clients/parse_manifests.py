"""Parses manifests, a list of them in each line of standard input, with the models of the vendor's own SDK.

A manifest must parse as the kind that its `type` names, hold no field that the kind lacks, and come out of the model
with every value as it went in. Prints for each line how many kinds and manifests there were, and what is wrong.
"""

import json
import sys
import typing

import pydantic
from truefoundry_sdk import TrueFoundryApplyRequestManifest

# Fields that the control plane demands and the models lack: the provider sends them all the same.
BEYOND_THE_MODELS = {"name", "workspace_fqn"}


def models_by_type() -> dict[str, list[type]]:
    """The model of each kind, by the constant `type` of its manifests."""
    found: dict[str, list[type]] = {}
    for model in typing.get_args(TrueFoundryApplyRequestManifest):
        annotation = model.model_fields["type"].annotation
        for constant in typing.get_args(annotation) or (model.model_fields["type"].default,):
            found.setdefault(constant, []).append(model)
    return found


def strangers(value: object, path: str) -> list[str]:
    """Fields that no model knows."""
    if isinstance(value, pydantic.BaseModel):
        extra = [f"{path}.{name}" for name in (value.model_extra or {})]
        inner = [item for name in value.model_fields_set if name in type(value).model_fields
                 for item in strangers(getattr(value, name), f"{path}.{name}")]
        return extra + inner
    if isinstance(value, dict):
        return [item for key, one in value.items() for item in strangers(one, f"{path}.{key}")]
    if isinstance(value, list):
        return [item for index, one in enumerate(value) for item in strangers(one, f"{path}[{index}]")]
    return []


def changed(given: object, parsed: object, path: str) -> list[str]:
    """Values that came out otherwise than they went in. Defaults that the models add are no change."""
    if isinstance(given, dict) and isinstance(parsed, dict):
        return [item for key, one in given.items() for item in changed(one, parsed.get(key), f"{path}.{key}")]
    if isinstance(given, list) and isinstance(parsed, list) and len(given) == len(parsed):
        pairs = enumerate(zip(given, parsed))
        return [item for index, (one, other) in pairs for item in changed(one, other, f"{path}[{index}]")]
    return [] if given == parsed else [f"{path} went in as {given!r} and came out as {parsed!r}"]


def problems(manifest: dict, models: dict[str, list[type]]) -> list[str]:
    """What is wrong with one manifest."""
    candidates = models.get(manifest["type"])
    if not candidates:
        return [f"no model has the type `{manifest['type']}`"]
    try:
        model = candidates[0].model_validate(manifest)
    except pydantic.ValidationError as error:
        return [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors()[:5]]
    unknown = [path for path in strangers(model, "manifest") if path.removeprefix("manifest.") not in BEYOND_THE_MODELS]
    parsed = json.loads(model.model_dump_json(by_alias=True))
    return [f"no model knows {path}" for path in unknown] + changed(manifest, parsed, "manifest")


def main() -> None:
    """Answers each line with one line, to the end of standard input: the models take seconds to load."""
    models = models_by_type()
    for line in sys.stdin:
        manifests = json.loads(line)
        found = [
            f"{manifest['type']} `{manifest.get('name', '')}`: {problem}"
            for manifest in manifests
            for problem in problems(manifest, models)
        ]
        kinds = {manifest["type"] for manifest in manifests}
        print(json.dumps({"kinds": len(kinds), "manifests": len(manifests), "problems": found}), flush=True)


if __name__ == "__main__":
    main()
