"""KMS: the period of key rotation, which moto forgets."""

import json

from moto.kms.responses import KmsResponse as MotoKmsResponse

DEFAULT_PERIOD_DAYS = 365


class KmsResponse(MotoKmsResponse):
    """moto's KMS with the rotation period told back."""

    def enable_key_rotation(self) -> str:
        """Turn rotation on, every 90 to 2,560 days."""
        answer = super().enable_key_rotation()
        self._key().rotation_period = self._get_param("RotationPeriodInDays") or DEFAULT_PERIOD_DAYS
        return answer

    def get_key_rotation_status(self) -> str:
        """Whether the key rotates, and how often."""
        status = json.loads(super().get_key_rotation_status())
        if status["KeyRotationEnabled"]:
            status["RotationPeriodInDays"] = getattr(self._key(), "rotation_period", DEFAULT_PERIOD_DAYS)
        return json.dumps(status)

    def _key(self) -> object:
        return self.kms_backend.describe_key(self._get_param("KeyId"))
