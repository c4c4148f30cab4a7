"""The real terraform and provider: apply, plan without changes, destroy without left-overs.

Takes minutes, so it runs only when asked for: `cargo xtask prove local-aws`, or `LOCAL_AWS_TERRAFORM=1 pytest -m terraform`. `TF_PLUGIN_MIRROR` may name a folder with
providers, as `terraform providers mirror` makes it; otherwise terraform gets the provider from where it always does.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

SECRET = "canary-9f8e7d"


@pytest.fixture
def terraform(aws, tmp_path, request):
    """A function that runs terraform in a copy of the configuration, and returns its output."""
    folder = tmp_path / "terraform"
    shutil.copytree(Path(__file__).parent / getattr(request, "param", "terraform"), folder)
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "TF_"))}
    environment |= aws.environment | {"TF_IN_AUTOMATION": "1", "TF_INPUT": "0"}
    if mirror := os.environ.get("TF_PLUGIN_MIRROR"):
        settings = tmp_path / "cli.tfrc"
        settings.write_text(f'provider_installation {{\n  filesystem_mirror {{\n    path = "{mirror}"\n  }}\n}}\n')
        environment["TF_CLI_CONFIG_FILE"] = str(settings)

    def run(*arguments: str) -> str:
        command = ["terraform", f"-chdir={folder}", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr
        return done.stdout

    run("init")
    return run


@pytest.mark.terraform
def test_everything_is_applied_once_and_destroyed(aws, terraform, tmp_path):
    terraform("apply", "-auto-approve")
    assert aws.inventory()["objects"] > 50
    terraform("plan", "-detailed-exitcode")
    assert SECRET in aws.client("secretsmanager").get_secret_value(SecretId="check/s")["SecretString"]
    assert SECRET not in (tmp_path / "terraform" / "terraform.tfstate").read_text()
    terraform("destroy", "-auto-approve")
    assert json.loads(terraform("show", "-json")).get("values") is None
    # The configuration asks for a final snapshot, which nothing but a person removes.
    assert aws.inventory()["by_kind"] == {"rds:snapshot": 1}


@pytest.mark.terraform
@pytest.mark.parametrize("terraform", ["terraform_leftovers"], indirect=True)
def test_what_controllers_left_is_read_by_tag(aws, terraform):
    # What is read by tags does not wait for what is made beside it: only the second time everything is there.
    terraform("apply", "-auto-approve")
    terraform("apply", "-auto-approve")
    terraform("plan", "-detailed-exitcode")
    told = {name: output["value"] for name, output in json.loads(terraform("output", "-json")).items()}
    assert told["found"] == told["made"]
    assert told["other"] == {name: [] for name in told["made"]}
    terraform("destroy", "-auto-approve")
    assert aws.inventory() == {"objects": 0, "by_kind": {}, "names": {}}
