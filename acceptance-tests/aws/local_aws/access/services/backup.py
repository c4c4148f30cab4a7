"""What calls of AWS Backup ask, as far as they look at what EFS keeps there."""

from moto.backup.models import backup_backends

from ...calls import Call
from ..asked import Asked
from ..derive import Parameters, Place, Service, Tags, everything


def _vault(place: Place, p: Parameters) -> list[str]:
    return [place.arn("backup", f"backup-vault:{p['BackupVaultName']}")]


def _plan(place: Place, p: Parameters) -> list[str]:
    return [place.arn("backup", f"backup-plan:{p['BackupPlanId']}")]


def _tags(place: Place, arn: str) -> Tags:
    return backup_backends[place.account][place.region].tagger.get_tag_dict_for_resource(arn)


READS = {"ListBackupJobs", "ListBackupPlans", "ListBackupVaults", "ListProtectedResources"}

SERVICE = Service(
    "backup",
    {
        **dict.fromkeys(READS, everything),
        **dict.fromkeys(("DescribeBackupVault", "ListRecoveryPointsByBackupVault"), _vault),
        "GetBackupPlan": _plan,
        "ListTags": lambda _, p: [p["ResourceArn"]],
    },
    tags=_tags,
)


def asked(call: Call, parameters: Parameters) -> list[Asked]:
    """What a call asks of IAM."""
    return SERVICE.asked(call, parameters)
