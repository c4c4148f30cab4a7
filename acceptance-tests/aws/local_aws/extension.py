"""Puts our service classes in the place of moto's.

moto serves each service through one response class that its `urls` module names. Installing means pointing those
routes at a class of ours: a subclass that adds or corrects operations, or, for EKS, a class of its own.
"""

import functools
from types import ModuleType

import moto.backup.urls
import moto.bedrock.urls
import moto.core.responses
import moto.ec2.models.elastic_network_interfaces
import moto.ec2.models.launch_templates
import moto.ec2.models.security_groups
import moto.ec2.models.subnets
import moto.ec2.urls
import moto.ecr.urls
import moto.efs.urls
import moto.eks.models
import moto.eks.urls
import moto.elb.urls
import moto.elbv2.models
import moto.iam.urls
import moto.kms.urls
import moto.logs.urls
import moto.rds.urls
import moto.route53.urls
import moto.s3.urls
import moto.servicequotas.urls
import moto.sts.urls
from moto.core.responses import BaseResponse
from moto.ec2.models import ec2_backends
from moto.ecr.models import ecr_backends
from moto.elbv2.models import elbv2_backends
from moto.iam.models import iam_backends
from moto.s3.models import FakeDeleteMarker, s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends
from moto.sts.models import sts_backends
from moto.wafv2.models import wafv2_backends

from . import (
    backup,
    bedrock,
    ec2,
    ecr,
    efs,
    eks,
    elbv2,
    iam,
    kms,
    logs,
    newer,
    quotas,
    rds,
    route53,
    s3,
    secretsmanager,
    ssm,
    sts,
    wafv2,
)


def install() -> None:
    """Install every service of the extension. Must run before the first request."""
    moto.eks.models.eks_backends = eks.eks_backends
    moto.eks.urls.url_paths = {"{0}/.*$": eks.EksResponse.dispatch}
    moto.bedrock.urls.url_paths = {"{0}/.*$": bedrock.BedrockResponse.dispatch}
    moto.ec2.models.elastic_network_interfaces.NetworkInterface = ec2.NetworkInterface
    moto.ec2.models.launch_templates.LaunchTemplate = ec2.LaunchTemplate
    moto.ec2.models.subnets.Subnet = ec2.Subnet
    moto.ec2.models.security_groups.SecurityGroupRule = ec2.SecurityGroupRule
    ec2_backends.backend = ec2.Ec2Backend
    ecr_backends.backend = ecr.EcrBackend
    iam_backends.backend = iam.IamBackend
    secretsmanager_backends.backend = secretsmanager.SecretsManagerBackend
    ssm_backends.backend = ssm.SsmBackend
    sts_backends.backend = sts.StsBackend
    s3_backends.backend = s3.S3Backend
    wafv2_backends.backend = wafv2.WafBackend
    elbv2_backends.backend = elbv2.Elbv2Backend
    moto.elbv2.models.FakeTargetGroup = elbv2.TargetGroup
    moto.elb.urls.ELBV2Response = elbv2.Elbv2Response
    replace(moto.backup.urls, backup.BackupResponse)
    replace(moto.ec2.urls, ec2.Ec2Response)
    replace(moto.ecr.urls, ecr.EcrResponse)
    replace(moto.efs.urls, efs.EfsResponse)
    replace(moto.iam.urls, iam.IamResponse)
    replace(moto.kms.urls, kms.KmsResponse)
    replace(moto.logs.urls, logs.LogsResponse)
    replace(moto.rds.urls, rds.RdsResponse)
    replace(moto.route53.urls, route53.Route53Response)
    replace(moto.s3.urls, s3.S3Response)
    replace(moto.servicequotas.urls, quotas.QuotasResponse)
    replace(moto.sts.urls, sts.StsResponse)
    newer.install()
    # moto takes all callers for those of the account that it is told at its start, and looks for keys in partitions
    # that nobody uses.
    BaseResponse.get_current_account = lambda response: sts.account_of(response.get_access_key())
    # moto wants to dispose of a delete marker like of an object when a bucket is emptied, and fails.
    FakeDeleteMarker.dispose = lambda _: None
    remember_method_names()


def replace(urls: ModuleType, response: type[BaseResponse]) -> None:
    """Route all of a service to the response class."""
    urls.url_paths = {path: getattr(response, entry.__name__) for path, entry in urls.url_paths.items()}


def remember_method_names() -> None:
    """moto lists the methods of the response class on every request, which costs milliseconds for EC2's 500."""
    moto.core.responses.method_names_from_class = functools.cache(
        lambda clazz: frozenset(name for name in dir(clazz) if callable(getattr(clazz, name)))
    )
