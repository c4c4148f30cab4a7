"""Writes the schema of the AWS provider from the npm package `@cdktn/provider-aws`, for machines without the provider.

Usage: from_cdktf.py FOLDER EARLIER > schema.json      (the unpacked package, and `terraform providers schema -json` of version 5)

What the package takes as it comes, without naming what is inside, is as it was earlier: the statements of a web ACL.

The form is that of `terraform providers schema -json`, as far as the package knows: names and nesting of what can be set.
Each class of the package lists, in `synthesizeHclAttributes` and in one function for each block, what it writes.
"""

import json
import re
import sys
from pathlib import Path

ENTRY = re.compile(
    r"^            (\w+): \{\n                value: (.*?),\n                isBlock: (true|false),", re.M
)
NESTED = re.compile(r"^        (\w+): \{\n            value: (.*?),\n            isBlock: (true|false),", re.M)
NESTING = {"and_statement", "not_statement", "or_statement", "scope_down_statement"}
MAPPER = re.compile(r"\b([a-z]\w*ToHclTerraform)\b")


def block(text: str, entry: re.Pattern[str], functions: dict[str, str]) -> dict:
    """The attributes and blocks that one piece of code writes."""
    made: dict = {"attributes": {}, "block_types": {}}
    for name, value, is_block in entry.findall(text):
        inner = [each for each in MAPPER.findall(value) if each in functions]
        if is_block == "true":
            nested = block(functions[inner[0]], NESTED, functions) if inner else {}
            made["block_types"][name] = {"block": nested}
        else:
            made["attributes"][name] = {"optional": True}
    return made


def types(code: str) -> dict[str, dict]:
    """The Terraform types of one file, which holds one."""
    functions = dict(re.findall(r"^function (\w+ToHclTerraform)\(struct\) \{\n(.*?)^\}", code, re.M | re.S))
    found = re.search(r'\btfResourceType = "(\w+)"', code)
    written = re.search(r"^    synthesizeHclAttributes\(\) \{\n(.*?)^    \}", code, re.M | re.S)
    return {found.group(1): {"block": block(written.group(1), ENTRY, functions)}} if found and written else {}


def read(folder: Path) -> dict:
    """All types of a package."""
    provider: dict = {"resource_schemas": {}, "data_source_schemas": {}}
    for file in sorted(folder.glob("lib/*/index.js")):
        group = "data_source_schemas" if file.parent.name.startswith("data-aws-") else "resource_schemas"
        provider[group] |= types(file.read_text())
    return provider


def shallow(block: dict) -> dict:
    """Without statements inside of statements, which would have no end."""
    inner = {n: b for n, b in block.get("block_types", {}).items() if n not in NESTING}
    return {**block, "block_types": {n: {"block": shallow(b["block"])} for n, b in inner.items()}}


def complete(made: dict, earlier: dict) -> None:
    """What is an attribute here and was a block earlier is that block, as it was."""
    for name, before in earlier.get("block_types", {}).items():
        if made.get("attributes", {}).pop(name, None):
            made["block_types"][name] = {"block": shallow(before["block"])}
        elif name in made.get("block_types", {}):
            complete(made["block_types"][name]["block"], before["block"])


def main(folder: Path, earlier: Path) -> None:
    """Read the package, and complete it."""
    provider = read(folder)
    before = next(s for name, s in json.loads(earlier.read_text())["provider_schemas"].items() if name.endswith("/aws"))
    for group, kinds in provider.items():
        for name, kind in kinds.items():
            complete(kind["block"], before[group].get(name, {}).get("block", {}))
    json.dump({"provider_schemas": {"registry.terraform.io/hashicorp/aws": provider}}, sys.stdout)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
