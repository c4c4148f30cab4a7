"""Writes the schema of the AWS provider from the npm package `@cdktf/provider-aws`, for machines without the provider.

Usage: from_cdktf.py FOLDER > schema.json      (FOLDER: the unpacked package)

The form is that of `terraform providers schema -json`, as far as the package knows: names and nesting of what can be set.
Each class of the package lists, in `synthesizeHclAttributes` and in one function for each block, what it writes.
"""

import json
import re
import sys
from pathlib import Path

ENTRY = re.compile(r"^            (\w+): \{\n                value: (.*?),\n                isBlock: (true|false),", re.M)
NESTED = re.compile(r"^        (\w+): \{\n            value: (.*?),\n            isBlock: (true|false),", re.M)
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


def main(folder: Path) -> None:
    """Read all of the package."""
    provider: dict = {"resource_schemas": {}, "data_source_schemas": {}}
    for file in sorted(folder.glob("lib/*/index.js")):
        group = "data_source_schemas" if file.parent.name.startswith("data-aws-") else "resource_schemas"
        provider[group] |= types(file.read_text())
    json.dump({"provider_schemas": {"registry.terraform.io/hashicorp/aws": provider}}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
