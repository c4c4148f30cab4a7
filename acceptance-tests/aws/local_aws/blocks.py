"""Which blocks of addresses a VPC may have beside its first one, by the VPC user guide ("VPC CIDR blocks").

moto takes any block, however it lies to the others.
"""

from ipaddress import IPv4Network

from .errors import AwsError

TEN, TWELVE, SIXTEEN, SHARED, BENCHMARKS = (
    IPv4Network(block)
    for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "198.19.0.0/16")
)
#: Range of the first block => what is associated with none whose first block is of it.
RESTRICTED = {
    TEN: (TWELVE, SIXTEEN, BENCHMARKS),
    TWELVE: (TEN, SIXTEEN, IPv4Network("172.31.0.0/16"), BENCHMARKS),
    SIXTEEN: (TEN, TWELVE, BENCHMARKS),
}
#: For first blocks of `100.64.0.0/10`, and for those that are public.
RESTRICTED_ELSEWHERE = (TEN, TWELVE, SIXTEEN, BENCHMARKS)
GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html"


def refuse(first: IPv4Network, wanted: IPv4Network) -> None:
    """Refuse what EC2 refuses to associate with a VPC whose first block is `first`."""
    known = next((restricted for range_, restricted in RESTRICTED.items() if first.subnet_of(range_)), None)
    low = IPv4Network("10.0.0.0/16")
    is_low = first.subnet_of(IPv4Network("10.0.0.0/15")) and wanted.subnet_of(low)
    if is_low or any(wanted.overlaps(range_) for range_ in known or RESTRICTED_ELSEWHERE):
        raise AwsError(
            "InvalidVpc.Range",
            f"The CIDR '{wanted}' is restricted. Use a CIDR from the same private address range as the current VPC "
            f"CIDR, or use a publicly-routable CIDR. For additional restrictions, see {GUIDE}",
        )
