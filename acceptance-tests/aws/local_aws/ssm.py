"""Systems Manager: the public parameters that name the newest EKS images, which moto lacks."""

import hashlib
import json
from collections.abc import Iterator

import moto.ssm.urls
from moto.ssm.models import Parameter, ParameterDict, SimpleSystemManagerBackend

from .account import settings
from .eks import catalog

#: What the names of parameters about EKS images begin with.
EKS_IMAGES = ("/aws/service/eks/", "/aws/service/bottlerocket/")

AL2023_VARIANTS = {"x86_64": ("standard", "nvidia", "neuron"), "arm64": ("standard", "nvidia")}
BOTTLEROCKET_VARIANTS = ("", "-nvidia", "-fips", "-nvidia-fips")


class Parameters(ParameterDict):
    """Parameters with those of EKS, loaded when first asked for, as moto does with its own public ones."""

    #: The newest images when they were loaded; a test may say that there are newer ones.
    images_loaded: dict[str, str] | None = None

    def _check_loading_status(self, key: str) -> None:
        super()._check_loading_status(key)
        newest = dict(settings.images)
        if self.images_loaded != newest and str(key or "").startswith(EKS_IMAGES):
            self.images_loaded = newest
            for name, value in eks_images(self.region_name):
                dict.__setitem__(self, name, [self._public(name, value)])

    def _public(self, name: str, value: str) -> Parameter:
        return Parameter(
            account_id=self.account_id,
            name=name,
            value=value,
            parameter_type="String",
            description=None,
            allowed_pattern=None,
            keyid=None,
            last_modified_date=catalog.day("2026-01-29").timestamp(),
            version=1,
            data_type="text",
        )


class SsmBackend(SimpleSystemManagerBackend):
    """State of Systems Manager with the EKS images."""

    _url_module = moto.ssm.urls

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self._parameters = Parameters(account_id, region_name)


def eks_images(region: str) -> Iterator[tuple[str, str]]:
    """Name and value of every public parameter about an EKS image. The image IDs are made up, one per image."""
    for version in catalog.VERSIONS:
        release, bottlerocket = (catalog.node_release(version, of) for of in ("AL2023", "BOTTLEROCKET"))
        for architecture, variants in AL2023_VARIANTS.items():
            for variant in variants:
                base = (
                    f"/aws/service/eks/optimized-ami/{version}/amazon-linux-2023/{architecture}/{variant}/recommended"
                )
                image = image_id(region, base)
                name = f"amazon-eks-node-al2023-{architecture}-{variant}-{version}-v{release.split('-')[1]}"
                yield f"{base}/image_id", image
                yield f"{base}/image_name", name
                yield f"{base}/release_version", release
                yield base, json.dumps({"schema_version": "2", "image_id": image, "image_name": name})
        for architecture in ("x86_64", "arm64"):
            for variant in BOTTLEROCKET_VARIANTS:
                base = f"/aws/service/bottlerocket/aws-k8s-{version}{variant}/{architecture}"
                for alias in ("latest", bottlerocket, bottlerocket.split("-")[0]):
                    yield f"{base}/{alias}/image_id", image_id(region, base)
                    yield f"{base}/{alias}/image_version", bottlerocket


def image_id(region: str, name: str) -> str:
    """A well-formed image ID that depends on region and name only."""
    return "ami-" + hashlib.sha256(f"{region}{name}".encode()).hexdigest()[:17]
