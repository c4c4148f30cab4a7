"""The real `tfy` command line against the control plane."""

import json
import os
import subprocess
import sys
from pathlib import Path

from checks import check, contains, equal


class Cli:
    """The `tfy` program beside this Python, with a home of its own."""

    def __init__(self, folder, host, key):
        self.folder, self.host, self.key = folder, host, key
        self.program = Path(sys.executable).with_name("tfy")

    def run(self, *arguments, login=False, answer=None):
        """Runs it; `answer` is what it gets when it asks. Where it takes its credentials from is up to `login`: its file, or the environment."""
        variables = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "KUBECONFIG": str(self.folder / "kubeconfig"),
            # A login without a key would open one.
            "BROWSER": "true",
            # Shows the command that `kubectl` calls.
            "TFY_INTERNAL": "1",
            "NO_COLOR": "1",
            "COLUMNS": "200",
        }
        if not login:
            variables |= {"TFY_HOST": self.host, "TFY_API_KEY": self.key}
        done = subprocess.run(
            [self.program, *arguments],
            env=variables, cwd=self.folder, capture_output=True, text=True, timeout=180, input=answer,
        )
        return done.returncode, done.stdout + done.stderr

    def succeed(self, *arguments, login=False, answer=None):
        code, output = self.run(*arguments, login=login, answer=answer)
        assert code == 0, f"`tfy {' '.join(arguments[:2])}` ended with {code}: {output}"
        return output

    def fail(self, *arguments, login=False):
        """Expects code 1; the answer is what was printed, on one line."""
        code, output = self.run(*arguments, login=login)
        assert code == 1, f"`tfy {' '.join(arguments[:2])}` ended with {code}: {output}"
        return " ".join(output.split())

    def file(self, name, manifest):
        """A manifest file. JSON is YAML."""
        path = self.folder / name
        path.write_text(json.dumps(manifest))
        return str(path)


def cli_checks(cli, client, names):
    def found():
        return list(client.workspaces.list(fqn=f"{names.cluster}:{names.cli_workspace}"))

    manifest = {
        "type": "workspace",
        "name": names.cli_workspace,
        "cluster_fqn": names.cluster,
        "labels": {"made-by": "tfy"},
    }
    path = cli.file("workspace.yaml", manifest)
    with check("tfy login --api-key"):
        cli.succeed("login", "--host", cli.host, "--api-key", cli.key, login=True)
        stored = json.loads((cli.folder / ".truefoundry" / "credentials.json").read_text())
        equal(stored["host"].rstrip("/"), cli.host.rstrip("/"))
    with check("tfy login refuses an unknown key"):
        output = cli.fail("login", "--relogin", "--host", cli.host, "--api-key", "tfy_nobody", login=True)
        contains(output, "the API key is missing, unknown or expired")
    with check("tfy apply --dry-run stores nothing"):
        cli.succeed("apply", "--dry-run", "-f", path)
        equal(found(), [])
    with check("tfy apply with the stored login"):
        cli.succeed("apply", "-f", path, login=True)
        equal(found()[0].manifest.labels, {"made-by": "tfy"})
    with check("tfy apply --dry-run --show-diff shows the change"):
        changed = cli.file("changed.yaml", manifest | {"labels": {"made-by": "somebody-else"}})
        output = cli.succeed("apply", "--dry-run", "--show-diff", "-f", changed)
        contains(output, "somebody-else")
        equal(found()[0].manifest.labels, {"made-by": "tfy"})
    with check("tfy apply updates in place"):
        before = found()[0]
        cli.succeed("apply", "-f", cli.file("changed.yaml", manifest | {"labels": {"made-by": "update"}}))
        equal((found()[0].id, found()[0].manifest.labels), (before.id, {"made-by": "update"}))
    with check("tfy apply shows why a manifest is refused"):
        wrong = cli.file("wrong.yaml", manifest | {"name": "Wrong_Name"})
        output = cli.fail("apply", "-f", wrong)
        contains(output, "`manifest.name` must have 3 to 32 characters")
    with check("tfy apply -d applies a folder in the order of its dependencies"):
        folder_apply(cli, client, names)
    with check("tfy get kubeconfig knows the cluster"):
        kubeconfig(cli, names)
    device_login(cli, names)
    with check("tfy delete"):
        cli.succeed("delete", "-f", path)
        equal(found(), [])
    with check("tfy delete of what is gone fails"):
        gone = f"there is no workspace named `{names.cluster}:{names.cli_workspace}`"
        contains(cli.fail("delete", "-f", path), gone)


def folder_apply(cli, client, names):
    """A workspace in an environment that the same folder makes; the file names ask for the wrong order."""
    folder = cli.folder / "folder"
    folder.mkdir()
    environment = {
        "type": "environment",
        "name": f"{names.environment}-2",
        "color": {"colorHex": "#aa0000"},
        "isProduction": True,
        "optimizeFor": "AVAILABILITY",
    }
    workspace = {
        "type": "workspace",
        "name": f"{names.cli_workspace}-2",
        "cluster_fqn": names.cluster,
        "environment_name": environment["name"],
    }
    (folder / "a.yaml").write_text(json.dumps(workspace))
    (folder / "b.yaml").write_text(json.dumps(environment))
    cli.succeed("apply", "-d", str(folder))
    made = list(client.workspaces.list(fqn=f"{names.cluster}:{workspace['name']}"))
    equal(len(made), 1)
    cli.succeed("delete", "-f", str(folder / "a.yaml"), "-f", str(folder / "b.yaml"))


def kubeconfig(cli, names):
    """It asks before it writes, and needs no cluster for it."""
    cli.succeed("get", "kubeconfig", "-c", names.cluster, answer="y\n")
    contains((cli.folder / "kubeconfig").read_text(), f"/api/svc/v1/k8s/proxy/{names.cluster_id}")


def device_login(cli, names):
    """Without a key, and what only works with what that login gives: `kubectl` takes its token."""
    with check("tfy login without a key"):
        cli.succeed("login", "--relogin", "--host", cli.host, login=True)
        stored = json.loads((cli.folder / ".truefoundry" / "credentials.json").read_text())
        equal(stored["access_token"].count("."), 2)
        assert stored["refresh_token"]
    with check("tfy apply with the login of a device"):
        path = cli.file("device.yaml", {"type": "workspace", "name": "device", "cluster_fqn": names.cluster})
        cli.succeed("apply", "-f", path, login=True)
        cli.succeed("delete", "-f", path, login=True)
    with check("tfy get k8s-exec-credential gives kubectl a token"):
        output = cli.succeed("--json", "get", "k8s-exec-credential", "-c", names.cluster_id, login=True)
        credential = json.loads(output[output.index("{"):])
        equal(credential["status"]["token"], stored["access_token"])
