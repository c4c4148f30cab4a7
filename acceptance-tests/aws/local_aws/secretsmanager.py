"""Secrets Manager: rotation of secrets that RDS manages, for which moto wants a Lambda function."""

from typing import Any

import moto.secretsmanager.urls
from moto.secretsmanager.models import SecretsManagerBackend as MotoSecretsManagerBackend


class SecretsManagerBackend(MotoSecretsManagerBackend):
    """State of Secrets Manager with managed rotation."""

    _url_module = moto.secretsmanager.urls

    def cancel_rotate_secret(self, secret_id: str) -> Any:
        """Turn rotation off; a managed secret has no function that could be named."""
        secret = self.secrets.get(secret_id)
        if secret is None or not secret.name.startswith("rds!"):
            return super().cancel_rotate_secret(secret_id)
        secret.rotation_enabled = False
        return secret.to_short_dict()
