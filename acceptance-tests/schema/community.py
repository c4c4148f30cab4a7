"""Writes the names of all inputs of the community's modules, as their newest commit in a Git repository has them.

Usage: community.py DAY FOLDER... > community-inputs.json      (FOLDER: a clone or a bare repository `terraform-aws-NAME`)

Names alone: what each input is for stands in their documentation, and what it is here in `modules/README.md`.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

VARIABLE = re.compile(r'^variable "(\w+)"', re.M)
FILE = re.compile(r"(?:modules/([\w-]+)/)?[\w.-]+\.tf")
VERSION = re.compile(r"^#+ \[?(\d+\.\d+\.\d+)\]?.*\((\d{4}-\d\d-\d\d)\)", re.M)
NAME = re.compile(r"terraform-aws-([a-z0-9-]+)")


def git(folder: Path, *arguments: str) -> str:
    """What Git answers in a repository."""
    return subprocess.run(["git", "-C", folder, *arguments], check=True, capture_output=True, text=True).stdout


def module(folder: Path) -> dict:
    """The release that the change log names first, and the inputs of the module and of those inside it."""
    release = VERSION.search(git(folder, "show", "HEAD:CHANGELOG.md"))
    if release is None:
        raise SystemExit(f"`{folder}`: its change log names no release")
    inputs: dict[str, set[str]] = {}
    for file in git(folder, "ls-tree", "-r", "--name-only", "HEAD").splitlines():
        found = FILE.fullmatch(file)
        if found:
            names = VARIABLE.findall(git(folder, "show", f"HEAD:{file}"))
            inputs.setdefault(found.group(1) or "", set()).update(names)
    named = {name: " ".join(sorted(names)) for name, names in sorted(inputs.items()) if names}
    return {"version": release.group(1), "released": release.group(2), "inputs": named}


def main(day: str, folders: list[Path]) -> None:
    """Read all repositories."""
    modules = {NAME.findall(str(folder))[-1]: module(folder) for folder in folders}
    whole = {"looked_at": day, "modules": dict(sorted(modules.items()))}
    print(json.dumps(whole, indent=2))


if __name__ == "__main__":
    main(sys.argv[1], [Path(each) for each in sys.argv[2:]])
