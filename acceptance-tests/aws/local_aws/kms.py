"""KMS: the period of key rotation, which moto forgets, and keys that nobody can use: disabled, or waiting for their deletion."""

import json
from typing import Any

from moto.kms.models import Key, kms_backends
from moto.kms.responses import KmsResponse as MotoKmsResponse

from . import resource_policies
from .errors import AwsError

DEFAULT_PERIOD_DAYS = 365

#: What KMS says of a key in another state than `Enabled`.
UNUSABLE = {
    "PendingDeletion": ("KMSInvalidStateException", "{arn} is pending deletion."),
    "Disabled": ("DisabledException", "{arn} is disabled."),
}


def find(account: str, region: str, key: str) -> Key | None:
    """The key with this ID, ARN or alias. AWS's own come into being when they are first used."""
    kms = kms_backends[account][region]
    try:
        return kms.describe_key(key)
    except Exception:
        return None


def usable(account: str, region: str, key: str) -> Key | None:
    """The key, when something may be encrypted or decrypted with it."""
    found = find(account, region, key)
    return found if found is not None and found.key_state == "Enabled" else None


def refusal(account: str, region: str, key: str) -> tuple[str, str] | None:
    """Code and text with which KMS refuses to use the key; `None` when it does not."""
    found = find(account, region, key)
    if found is None:
        return "NotFoundException", f"Key '{key}' does not exist"
    code, text = UNUSABLE.get(found.key_state, (None, ""))
    return (code, text.format(arn=found.arn)) if code else None


class KmsResponse(MotoKmsResponse):
    """moto's KMS with the rotation period told back, and with the states of keys heeded."""

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

    def schedule_key_deletion(self) -> str:
        """The key's policy may deny it to everybody; a key that waits already stays as it is."""
        key = self._key()
        if resource_policies.denies(key.policy, "kms:ScheduleKeyDeletion"):
            user = f"arn:{self.partition}:iam::{self.current_account}:user/moto"
            raise AwsError(
                "AccessDeniedException",
                f"User: {user} is not authorized to perform: kms:ScheduleKeyDeletion on resource: {key.arn} "
                "with an explicit deny in a resource-based policy",
            )
        self._require_usable(but="Disabled")
        return super().schedule_key_deletion()

    def encrypt(self) -> str:
        """With a key that can be used."""
        self._require_usable()
        return super().encrypt()

    def generate_data_key(self) -> str:
        """With a key that can be used."""
        self._require_usable()
        return super().generate_data_key()

    def create_grant(self) -> str:
        """On a key that can be used."""
        self._require_usable()
        return super().create_grant()

    def enable_key(self) -> str:
        """A key that waits for its deletion is taken back first."""
        self._require_usable(but="Disabled")
        return super().enable_key()

    def _require_usable(self, but: str | None = None) -> None:
        refused = refusal(self.current_account, self.region, self._get_param("KeyId"))
        if refused and self._key().key_state != but:
            raise AwsError(*refused)

    def _key(self) -> Any:
        return self.kms_backend.describe_key(self._get_param("KeyId"))
