"""WAF: web ACLs that stay while something has them, and what becomes of it when that goes.

moto deletes an ACL in use, lets a resource have several, and logs to wherever it is told.
"""

from typing import Any

import moto.wafv2.urls
from moto.elbv2.models import elbv2_backends
from moto.wafv2.models import WAFV2Backend
from moto.wafv2.utils import make_arn_for_wacl

from .errors import AwsError

IN_USE = (
    "AWS WAF couldn\N{RIGHT SINGLE QUOTATION MARK}t perform the operation because your resource is being used by "
    "another resource or it\N{RIGHT SINGLE QUOTATION MARK}s associated with another resource."
)
ABSENT = (
    "AWS WAF couldn\N{RIGHT SINGLE QUOTATION MARK}t perform the operation because your resource "
    "doesn\N{RIGHT SINGLE QUOTATION MARK}t exist."
)
#: What the name of everything begins with that WAF logs to.
LOGS = "aws-waf-logs-"


class WafBackend(WAFV2Backend):
    """State of WAF. Becomes moto's backend class when the extension is installed."""

    _url_module = moto.wafv2.urls

    def associate_web_acl(self, web_acl_arn: str, resource_arn: str) -> None:
        """A resource has one ACL: another takes its place. Load balancers must be there, and speak HTTP."""
        self._check(resource_arn)
        if web_acl_arn in self.wacls:
            self.disassociate_web_acl(resource_arn)
        super().associate_web_acl(web_acl_arn, resource_arn)

    def delete_web_acl(self, name: str, scope: str, _id: str, lock_token: str) -> None:
        """Refused while a resource has it. Its logging goes along."""
        arn = make_arn_for_wacl(
            name=name, account_id=self.account_id, region_name=self.region_name, _id=_id, scope=scope
        )
        if arn in self.wacls and self.wacls[arn].associated_resources:
            raise AwsError("WAFAssociatedItemException", IN_USE)
        super().delete_web_acl(name, scope, _id, lock_token)
        self.logging_configurations.pop(arn, None)

    def put_logging_configuration(self, arn: str, log_destination_configs: list[str], *more: Any) -> Any:
        """The ACL must be there, and the destination have the prefix that WAF asks for."""
        if arn not in self.wacls:
            raise AwsError("WAFNonexistentItemException", ABSENT)
        for destination in log_destination_configs:
            if not _name(destination).startswith(LOGS):
                message = (
                    "Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes other information "
                    f"separated by colons or slashes., field: LOG_DESTINATION, parameter: {destination}"
                )
                raise AwsError("WAFInvalidParameterException", message)
        return super().put_logging_configuration(arn, log_destination_configs, *more)

    def forget(self, resource_arn: str) -> None:
        """A resource is gone: nothing has an ACL by it any more."""
        for acl in self.wacls.values():
            if resource_arn in acl.associated_resources:
                acl.associated_resources.remove(resource_arn)

    def _check(self, arn: str) -> None:
        if ":loadbalancer/" not in arn:
            return
        if ":loadbalancer/app/" not in arn:
            message = (
                "Error reason: The ARN isn't valid. A valid ARN begins with arn: and includes other information "
                f"separated by colons or slashes., field: RESOURCE_ARN, parameter: {arn}"
            )
            raise AwsError("WAFInvalidParameterException", message)
        if arn not in elbv2_backends[self.account_id][self.region_name].load_balancers:
            raise AwsError("WAFNonexistentItemException", ABSENT)


def _name(arn: str) -> str:
    """Of a log group, a bucket or a delivery stream."""
    return arn.removesuffix(":*").replace("/", ":").split(":")[-1]
