"""What calls of ECR ask: of repositories by name, and of the registry, which has no name."""

from typing import Any

from moto.ecr.models import ecr_backends

from ... import kms
from ...calls import Call
from ..asked import Asked
from ..dependents import linked_role, pass_role, use_key
from ..derive import EVERYTHING, Parameters, Place, Service, Tags, all_of, everything

PULLS, SCANS = "pullthroughcache.ecr.amazonaws.com", "inspector2.amazonaws.com"


def _state(place: Place) -> Any:
    return ecr_backends[place.account][place.region]


def _repository(place: Place, p: Parameters) -> list[str]:
    return [place.arn("ecr", f"repository/{p['repositoryName']}")]


def _repositories(place: Place, p: Parameters) -> list[str]:
    """Those that are named, or all."""
    return [place.arn("ecr", f"repository/{name}") for name in p.get("repositoryNames") or ["*"]]


def _named(_: Place, p: Parameters) -> list[str]:
    return [p["resourceArn"]]


def _tags(place: Place, arn: str) -> Tags:
    return _state(place).tagger.get_tag_dict_for_resource(arn)


def _tag(place: Place, p: Parameters) -> list[Asked]:
    return SERVICE.of(place, "TagResource", _repository(place, p), p) if p.get("tags") else []


def _key(place: Place, p: Parameters) -> list[Asked]:
    return use_key(place, (p.get("encryptionConfiguration") or {}).get("kmsKey"), "ecr")


def _retire(place: Place, p: Parameters) -> list[Asked]:
    """With the repository go the grants that ECR has got for its key, in the caller's name (ECR guide)."""
    found = _state(place).repositories.get(p["repositoryName"])
    key = (found.encryption_configuration or {}).get("kmsKey") if found else None
    # Of AWS's own key the store has an identifier that no key has.
    is_theirs = key is None or kms.find(place.account, place.region, key) is None
    return [] if is_theirs else use_key(place, key, "ecr", ("RetireGrant",))


def _pulls(place: Place, p: Parameters) -> list[Asked]:
    return [*linked_role(place, PULLS), *pass_role(p.get("customRoleArn"), "ecr.amazonaws.com")]


def _template(place: Place, p: Parameters) -> list[Asked]:
    """Who makes a template may make such repositories. Of tags nothing is told: the reference has actions alone."""
    prefix = "" if p["prefix"] == "ROOT" else f"{p['prefix'].rstrip('/')}/"
    arns = [place.arn("ecr", f"repository/{prefix}*")]
    actions = ("CreateRepository", "PutLifecyclePolicy", "SetRepositoryPolicy")
    return [*(a for action in actions for a in SERVICE.of(place, action, arns, {})), *_pulls(place, p), *_key(place, p)]


def _scans(place: Place, p: Parameters) -> list[Asked]:
    """Enhanced scanning is Inspector's, which the caller turns on, and off again."""
    if p.get("scanType") == "ENHANCED":
        return [Asked("inspector2:Enable", EVERYTHING, {}), *linked_role(place, SCANS)]
    was = _state(place).registry_scanning_configuration.get("scanType")
    return [Asked("inspector2:Disable", EVERYTHING, {})] if was == "ENHANCED" else []


OF_REPOSITORY = {
    "BatchCheckLayerAvailability", "BatchDeleteImage", "BatchGetImage", "CreateRepository", "DeleteLifecyclePolicy",
    "DeleteRepository", "DeleteRepositoryPolicy", "DescribeImageScanFindings", "DescribeImages",
    "GetDownloadUrlForLayer", "GetLifecyclePolicy", "GetRepositoryPolicy", "ListImages", "PutImage",
    "PutImageScanningConfiguration", "PutImageTagMutability", "PutLifecyclePolicy", "SetRepositoryPolicy",
}  # fmt: skip
OF_REGISTRY = {
    "CreatePullThroughCacheRule", "CreateRepositoryCreationTemplate", "DeletePullThroughCacheRule",
    "DeleteRegistryPolicy", "DeleteRepositoryCreationTemplate", "DescribePullThroughCacheRules", "DescribeRegistry",
    "DescribeRepositoryCreationTemplates", "GetAuthorizationToken", "GetRegistryPolicy",
    "GetRegistryScanningConfiguration", "PutRegistryPolicy", "PutRegistryScanningConfiguration",
    "UpdatePullThroughCacheRule", "UpdateRepositoryCreationTemplate", "ValidatePullThroughCacheRule",
}  # fmt: skip

SERVICE = Service(
    "ecr",
    {
        **dict.fromkeys(OF_REPOSITORY, _repository),
        **dict.fromkeys(OF_REGISTRY, everything),
        **dict.fromkeys(("BatchGetRepositoryScanningConfiguration", "DescribeRepositories"), _repositories),
        **dict.fromkeys(("ListTagsForResource", "TagResource", "UntagResource"), _named),
    },
    tags=_tags,
    own_tags=("ecr",),
    more={
        "CreatePullThroughCacheRule": _pulls,
        "CreateRepository": all_of(_tag, _key),
        "CreateRepositoryCreationTemplate": _template,
        "DeleteRepository": _retire,
        "PutRegistryScanningConfiguration": _scans,
        "UpdatePullThroughCacheRule": _pulls,
        "UpdateRepositoryCreationTemplate": _template,
    },
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks of IAM."""
    return SERVICE.asked(call, parameters)
