"""S3: what moto keeps but does not answer."""

from typing import Any

from moto.core.responses import ActionResult
from moto.s3.responses import S3Response as MotoS3Response


class S3Response(MotoS3Response):
    """moto's S3 with EventBridge notifications told back."""

    def get_bucket_notification(self) -> Any:
        """moto leaves the EventBridge switch out, so every plan wants to turn it on."""
        configuration = self.backend.get_bucket_notification_configuration(self.bucket_name)
        others = configuration and (configuration.topic or configuration.queue or configuration.cloud_function)
        if not configuration or configuration.event_bridge is None or others:
            return super().get_bucket_notification()
        self.data["Action"] = "GetBucketNotificationConfiguration"
        return self.serialized(ActionResult({"EventBridgeConfiguration": {}}))
