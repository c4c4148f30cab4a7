"""ECR: pull-through cache rules and repository creation templates, which moto lacks, and keys that can be used."""

from datetime import UTC, datetime
from typing import Any

import moto.ecr.urls
from moto.core.responses import ActionResult
from moto.ecr.models import ECRBackend
from moto.ecr.responses import ECRResponse

from . import kms
from .errors import AwsError

#: Upstream registries by host, with whether ECR demands credentials for them.
UPSTREAMS = {
    "public.ecr.aws": ("ecr-public", False),
    "quay.io": ("quay", False),
    "registry.k8s.io": ("k8s", False),
    "registry-1.docker.io": ("docker-hub", True),
    "ghcr.io": ("github-container-registry", True),
    "registry.gitlab.com": ("gitlab-container-registry", True),
}


class EcrBackend(ECRBackend):
    """State of ECR with cache rules and templates, both by prefix."""

    _url_module = moto.ecr.urls

    def __init__(self, region_name: str, account_id: str):
        super().__init__(region_name, account_id)
        self.cache_rules: dict[str, dict[str, Any]] = {}
        self.creation_templates: dict[str, dict[str, Any]] = {}


class EcrResponse(ECRResponse):
    """moto's ECR with the operations on rules and templates. Nothing is ever pulled."""

    def create_repository(self) -> ActionResult:
        """The key must be one that ECR can use."""
        self._require_key((self._get_param("encryptionConfiguration") or {}).get("kmsKey"))
        return super().create_repository()

    def put_image(self) -> ActionResult:
        """Into a repository whose key can be used."""
        self._require_key_of_repository()
        return super().put_image()

    def batch_get_image(self) -> ActionResult:
        """From a repository whose key can be used."""
        self._require_key_of_repository()
        return super().batch_get_image()

    def create_pull_through_cache_rule(self) -> ActionResult:
        """Add a rule for a prefix."""
        p = self._parsed()
        prefix, host = p["ecrRepositoryPrefix"], p["upstreamRegistryUrl"]
        if prefix in self.ecr_backend.cache_rules:
            raise AwsError(
                "PullThroughCacheRuleAlreadyExistsException",
                f"The pull through cache rule already exists with prefix '{prefix}'",
            )
        name, needs_credentials = UPSTREAMS.get(host, (p.get("upstreamRegistry"), False))
        if needs_credentials and not p.get("credentialArn"):
            raise AwsError("InvalidParameterException", f"The upstream registry {host} requires a credential ARN")
        secret = (p.get("credentialArn") or "").split(":secret:")[-1]
        if secret and not secret.startswith("ecr-pullthroughcache/"):
            raise AwsError("InvalidParameterException", "The secret name must start with `ecr-pullthroughcache/`")
        rule = {k: v for k, v in p.items() if v is not None}
        rule.update(upstreamRegistry=name, registryId=self.current_account, createdAt=_now(), updatedAt=_now())
        self.ecr_backend.cache_rules[prefix] = rule
        return ActionResult(rule)

    def describe_pull_through_cache_rules(self) -> ActionResult:
        """All rules, or those of the asked prefixes."""
        rules, asked = self.ecr_backend.cache_rules, self._parsed().get("ecrRepositoryPrefixes")
        for prefix in asked or []:
            self._rule(prefix)
        return ActionResult({"pullThroughCacheRules": [rules[p] for p in asked or rules]})

    def update_pull_through_cache_rule(self) -> ActionResult:
        """Change credentials or role of a rule."""
        p = self._parsed()
        rule = self._rule(p["ecrRepositoryPrefix"])
        rule.update({k: p[k] for k in ("credentialArn", "customRoleArn") if p.get(k)}, updatedAt=_now())
        return ActionResult(rule)

    def validate_pull_through_cache_rule(self) -> ActionResult:
        """Every rule is valid."""
        return ActionResult({**self._rule(self._parsed()["ecrRepositoryPrefix"]), "isValid": True})

    def delete_pull_through_cache_rule(self) -> ActionResult:
        """Remove a rule."""
        prefix = self._parsed()["ecrRepositoryPrefix"]
        rule = self._rule(prefix)
        self.ecr_backend.cache_rules.pop(prefix)
        return ActionResult(rule)

    def create_repository_creation_template(self) -> ActionResult:
        """Add the template for repositories that a cache rule creates."""
        p = self._parsed()
        if p["prefix"] in self.ecr_backend.creation_templates:
            raise AwsError("TemplateAlreadyExistsException", f"A template for prefix '{p['prefix']}' already exists")
        template = {"imageTagMutability": "MUTABLE", "encryptionConfiguration": {"encryptionType": "AES256"}}
        template |= {k: v for k, v in p.items() if v is not None} | {"createdAt": _now(), "updatedAt": _now()}
        self.ecr_backend.creation_templates[p["prefix"]] = template
        return self._template_result(template)

    def describe_repository_creation_templates(self) -> ActionResult:
        """All templates, or those of the asked prefixes."""
        templates, asked = self.ecr_backend.creation_templates, self._parsed().get("prefixes")
        found = [templates[p] for p in asked or templates if p in templates]
        return ActionResult({"registryId": self.current_account, "repositoryCreationTemplates": found})

    def update_repository_creation_template(self) -> ActionResult:
        """Change a template."""
        p = self._parsed()
        template = self._template(p["prefix"])
        template.update({k: v for k, v in p.items() if v is not None}, updatedAt=_now())
        return self._template_result(template)

    def delete_repository_creation_template(self) -> ActionResult:
        """Remove a template."""
        template = self._template(self._parsed()["prefix"])
        self.ecr_backend.creation_templates.pop(template["prefix"])
        return self._template_result(template)

    def _require_key_of_repository(self) -> None:
        repository = self.ecr_backend.repositories.get(self._get_param("repositoryName"))
        key = repository and repository.encryption_configuration.get("kmsKey")
        if key and kms.find(self.current_account, self.region, key):
            self._require_key(key)

    def _require_key(self, key: str | None) -> None:
        refused = kms.refusal(self.current_account, self.region, key) if key else None
        if refused:
            raise AwsError("KmsException", f"The operation failed due to a KMS exception: {refused[0]}: {refused[1]}")

    def _template_result(self, template: dict[str, Any]) -> ActionResult:
        return ActionResult({"registryId": self.current_account, "repositoryCreationTemplate": template})

    def _rule(self, prefix: str) -> dict[str, Any]:
        if prefix not in self.ecr_backend.cache_rules:
            raise AwsError("PullThroughCacheRuleNotFoundException", f"No rule exists with prefix '{prefix}'")
        return self.ecr_backend.cache_rules[prefix]

    def _template(self, prefix: str) -> dict[str, Any]:
        if prefix not in self.ecr_backend.creation_templates:
            raise AwsError("TemplateNotFoundException", f"No template exists with prefix '{prefix}'")
        return self.ecr_backend.creation_templates[prefix]

    def _parsed(self) -> Any:
        self.parse_parameters(self.normalized_request)
        return self.params


def _now() -> datetime:
    return datetime.now(UTC)
