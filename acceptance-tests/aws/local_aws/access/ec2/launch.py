"""What it takes to start instances: each thing that they are made of, and each that they stand in.

Who makes a node group with a launch template is asked for the same, as EKS tries in the caller's name whether it may.
"""

from ..asked import Asked, Context, resource_tags
from ..dependents import pass_role, use_key
from ..derive import Parameters, Place, Tags, known
from . import things

ACTION = "ec2:RunInstances"
#: What EBS needs of a customer's key (EC2 User Guide, requirements of EBS encryption).
KEY = ("DescribeKey", "CreateGrant", "Decrypt", "GenerateDataKeyWithoutPlaintext")


def launch(place: Place, parameters: Parameters) -> list[Asked]:
    """`RunInstances`."""
    template = parameters.get("LaunchTemplate")
    identity, data = things.template_data(place, template) if template else (None, {})
    wanted = {**data, **parameters}
    template_arn = identity and things.arn_of(place, "launch-template", identity)
    tags = things.tags_by_kind(wanted)
    profile, role = things.profile(place, wanted.get("IamInstanceProfile"))
    network = _network(place, wanted)

    def of(kind: str, where: str, context: Context, identity: str = "*") -> Asked:
        is_of_template = where in data and where not in parameters
        said = known(ec2__LaunchTemplate=template_arn, ec2__IsLaunchTemplateResource=is_of_template)
        return Asked(ACTION, (things.arn_of(place, kind, identity),), context | said)

    def new(kind: str, where: str, context: Context) -> Asked:
        return of(kind, where, things.new(place, tags.get(kind, {})) | context)

    def old(kind: str, where: str, identity: str) -> Asked:
        return of(kind, where, things.old(place, things.arn_of(place, kind, identity)), identity)

    image = wanted.get("ImageId") or "*"
    resolve = resolved(place, image)
    disks = wanted.get("BlockDeviceMappings") or []
    placement = wanted.get("Placement") or {}
    capacity = (wanted.get("CapacityReservationSpecification") or {}).get("CapacityReservationTarget") or {}
    reservation = capacity.get("CapacityReservationId")
    return [
        old("image", "ImageId", "*" if resolve else image),
        new("instance", "InstanceType", _instance(place, wanted, profile)),
        new("network-interface", "NetworkInterfaces", network),
        new("volume", "BlockDeviceMappings", {}),
        *(old("subnet", "SubnetId", i) for i in _subnets(wanted)),
        *(old("security-group", "SecurityGroupIds", i) for i in _groups(place, wanted)),
        *([old("launch-template", "LaunchTemplate", identity)] if identity else []),
        *([old("key-pair", "KeyName", wanted["KeyName"])] if wanted.get("KeyName") else []),
        *([old("placement-group", "Placement", placement["GroupName"])] if placement.get("GroupName") else []),
        *([old("capacity-reservation", "CapacityReservationSpecification", reservation)] if reservation else []),
        *_tags(place, tags),
        *pass_role(role, f"ec2.{place.domain}"),
        *resolve,
        *(a for disk in disks for a in use_key(place, (disk.get("Ebs") or {}).get("KmsKeyId"), "ec2", KEY)),
    ]


def resolved(place: Place, image: str | None) -> list[Asked]:
    """An image by the name of a parameter is looked up in the caller's name."""
    if not image or not image.startswith("resolve:ssm:"):
        return []
    name = image.removeprefix("resolve:ssm:").split(":")[0].lstrip("/")
    account = "" if name.startswith("aws/") else place.account
    arn = f"arn:{place.partition}:ssm:{place.region}:{account}:parameter/{name}"
    return [Asked("ssm:GetParameters", (arn,), resource_tags({}, "ssm"))]


def _tags(place: Place, tags: dict[str, Tags]) -> list[Asked]:
    said = known(ec2__CreateAction="RunInstances")
    return [
        Asked("ec2:CreateTags", (things.arn_of(place, kind, "*"),), things.new(place, of_kind) | said)
        for kind, of_kind in tags.items()
    ]


def _subnets(wanted: Parameters) -> list[str]:
    """One, or those of the interfaces."""
    named = [wanted.get("SubnetId"), *(i.get("SubnetId") for i in wanted.get("NetworkInterfaces") or [])]
    return list(dict.fromkeys(i for i in named if i))


def _groups(place: Place, wanted: Parameters) -> list[str]:
    """Those named, or that of the VPC."""
    named = list(wanted.get("SecurityGroupIds") or [])
    for interface in wanted.get("NetworkInterfaces") or []:
        named += interface.get("Groups") or []
    if named:
        return list(dict.fromkeys(named))
    subnet = next((things.subnet(place, i) for i in _subnets(wanted)), None)
    usual = things.default_group(place, subnet.vpc_id) if subnet else None
    return [usual or "*"]


def _network(place: Place, wanted: Parameters) -> Context:
    """Where the interfaces are."""
    subnets = [s for s in (things.subnet(place, i) for i in _subnets(wanted)) if s is not None]
    return known(
        ec2__Subnet={things.arn_of(place, "subnet", s.id) for s in subnets},
        ec2__Vpc={things.arn_of(place, "vpc", s.vpc_id) for s in subnets},
        ec2__AvailabilityZone={s.availability_zone for s in subnets},
        ec2__ManagedResourceOperator=None,
        ec2__AuthorizedService=None,
    )


def _instance(place: Place, wanted: Parameters, profile: str | None) -> Context:
    options, network = wanted.get("MetadataOptions") or {}, _network(place, wanted)
    return {"ec2:availabilityzone": network["ec2:availabilityzone"]} | known(
        ec2__InstanceType=wanted.get("InstanceType"),
        ec2__InstanceProfile=profile,
        ec2__EbsOptimized=bool(wanted.get("EbsOptimized")),
        ec2__RootDeviceType="ebs",
        ec2__Tenancy=(wanted.get("Placement") or {}).get("Tenancy") or "default",
        ec2__PlacementGroup=(wanted.get("Placement") or {}).get("GroupName"),
        ec2__MetadataHttpTokens=options.get("HttpTokens"),
        ec2__MetadataHttpEndpoint=options.get("HttpEndpoint"),
        ec2__MetadataHttpPutResponseHopLimit=options.get("HttpPutResponseHopLimit"),
        ec2__InstanceMarketType=(wanted.get("InstanceMarketOptions") or {}).get("MarketType") or "on-demand",
        ec2__ManagedResourceOperator=None,
    )
