"""Instance types that moto's snapshot lacks: GB200, and those that a test says have come.

What an instance type can do is in EC2's answer and not in its name: `p6e-gb200.36xlarge` has Arm processors without a
`g` behind its generation.
"""

import copy
from typing import Any

from moto.ec2.models.instance_types import (
    INSTANCE_FAMILIES,
    INSTANCE_TYPE_OFFERINGS,
    INSTANCE_TYPES,
    InstanceType,
    InstanceTypeBackend,
)

#: Cards of GB200: every other one has EFA, and the rest is for ordinary interfaces, one for each card.
GB200_CARDS = 17
GB200_EFA = (1, 3, 5, 7, 9, 11, 13, 15)
#: The names that were there before, so that those of a test can go.
_told: set[str] = set()


def install() -> None:
    """GB200, which AWS rents out in capacity blocks of local zones alone; here where P5 is."""
    gb200 = copy.deepcopy(INSTANCE_TYPES["p5.48xlarge"])
    gb200["InstanceType"] = "p6e-gb200.36xlarge"
    gb200["ProcessorInfo"] = {"Manufacturer": "AWS", "SupportedArchitectures": ["arm64"]}
    gb200["VCpuInfo"] = {"DefaultCores": 144, "DefaultThreadsPerCore": 1, "DefaultVCpus": 144}
    gb200["MemoryInfo"] = {"SizeInMiB": 983040}
    gb200["SupportedUsageClasses"] = ["capacity-block"]
    gb200["GpuInfo"]["Gpus"][0].update(Count=4, LogicalGpuCount=4, Name="GB200", MemoryInfo={"SizeInMiB": 189440})
    gb200["GpuInfo"]["TotalGpuMemoryInMiB"] = 4 * 189440
    network = gb200["NetworkInfo"]
    network.update(MaximumNetworkCards=GB200_CARDS, MaximumNetworkInterfaces=GB200_CARDS)
    network["EfaInfo"] = {"MaximumEfaInterfaces": len(GB200_EFA)}
    network["NetworkCards"] = [_card(index) for index in range(GB200_CARDS)]
    _add(gb200, "p5.48xlarge")


def _card(index: int) -> dict[str, Any]:
    fast = index in GB200_EFA
    bandwidth = 400.0 if fast else 100.0
    return {
        "NetworkCardIndex": index,
        "NetworkPerformance": f"{bandwidth:.0f} Gigabit",
        "MaximumNetworkInterfaces": 1,
        "BaselineBandwidthInGbps": bandwidth,
        "PeakBandwidthInGbps": bandwidth,
        "InterfaceTypes": ["interface", "efa", "efa-only"] if fast else ["interface"],
    }


def have_types(said: dict[str, dict[str, str]]) -> None:
    """From now on these are there, and those that were said before are not."""
    for name in _told:
        INSTANCE_TYPES.pop(name, None)
        described = InstanceTypeBackend.instance_types
        described[:] = [kind for kind in described if kind.name != name]
        for kind in INSTANCE_TYPE_OFFERINGS.values():
            for offers in kind.values():
                offers[:] = [offer for offer in offers if offer["InstanceType"] != name]
    _told.clear()
    for name, what in said.items():
        described = copy.deepcopy(INSTANCE_TYPES[what["like"]])
        described["InstanceType"] = name
        if what.get("architecture"):
            described["ProcessorInfo"]["SupportedArchitectures"] = [what["architecture"]]
        _add(described, what["like"])
        _told.add(name)


def _add(described: dict[str, Any], like: str) -> None:
    name = described["InstanceType"]
    INSTANCE_TYPES[name] = described
    InstanceTypeBackend.instance_types.append(InstanceType(name))
    INSTANCE_FAMILIES.append(name.split(".")[0])
    for kind in INSTANCE_TYPE_OFFERINGS.values():
        for offers in kind.values():
            offers += [{**offer, "InstanceType": name} for offer in offers if offer["InstanceType"] == like]
