"""Drives a control plane with the real TrueFoundry SDK and the real `tfy` command line.

Usage: real_clients.py [--host URL]     (default: TFY_HOST; the key always comes from TFY_API_KEY)

Prints `ok <name>` or `FAIL <name>: why` for every check; ends with 1 when one failed. Makes its own objects,
all named after `--prefix`, and deletes them again, so that it can run against a control plane that is in use.
"""

import argparse
import json
import os
import sys
import tempfile
import urllib.request
from pathlib import Path

import command_line_kinds
import sdk_applications
import sdk_people
import sdk_registry
from checks import FAILED, Names, Recorder, check, contains, equal, expect_error, sdk_client
from command_line import Cli, cli_checks


def account_manifest(names):
    from truefoundry_sdk import (
        AwsAssumedRoleBasedAuth,
        AwsEcr,
        AwsEksIntegration,
        AwsProviderAccount,
        AwsS3,
        AwsSecretsManager,
    )

    return AwsProviderAccount(
        name=names.account,
        aws_account_id="123456789012",
        auth_data=AwsAssumedRoleBasedAuth(
            assumed_role_arn="arn:aws:iam::123456789012:role/platform", external_id="external"
        ),
        integrations=[
            AwsS3(name="artifacts", storage_root="s3://bucket/prefix", region="us-east-1"),
            AwsEcr(name="images", registry_url="123456789012.dkr.ecr.us-east-1.amazonaws.com"),
            AwsSecretsManager(name="secrets", region="us-east-1"),
            AwsEksIntegration(name="cluster", region="us-east-1", cluster_name="demo"),
        ],
    )


def sdk_creates(client, names):
    from truefoundry_sdk import ClusterManifest, EnvironmentColor, EnvironmentManifest, WorkspaceManifest

    with check("sdk: who am I"):
        info = client.internal.users.get_info()
        assert info.tenant_name, "no tenant name"
        names.tenant = info.tenant_name

    environment = EnvironmentManifest(
        name=names.environment,
        color=EnvironmentColor(color_hex="#1f6feb"),
        is_production=False,
        optimize_for="COST",
    )
    with check("sdk: dry run of an environment stores nothing"):
        client.environments.create_or_update(manifest=environment, dry_run=True)
        assert names.environment not in {item.manifest.name for item in client.environments.list()}
    with check("sdk: create, list and get an environment"):
        made = client.environments.create_or_update(manifest=environment).data
        equal(made.manifest.name, names.environment)
        listed = {item.manifest.name: item for item in client.environments.list()}
        equal(listed[names.environment].id, made.id)
        equal(client.environments.get(made.id).data.optimize_for, "COST")
        names.environment_id = made.id

    with check("sdk: apply a provider account with every integration"):
        applied = client.apply(manifest=account_manifest(names))
        equal(applied.action, "CREATE")
        equal(client.apply(manifest=account_manifest(names)).action, "UPDATE")

    cluster = ClusterManifest(
        name=names.cluster,
        cluster_type="aws-eks",
        environment_names=[names.environment],
        base_domains=["*.ai.example.com"],
        default_registry_fqn=f"{names.tenant}:aws:{names.account}:docker-registry:images",
        cluster_integration_fqn=f"{names.tenant}:aws:{names.account}:cluster:cluster",
        workflow_storage_integration_fqn=f"{names.tenant}:aws:{names.account}:blob-storage:artifacts",
    )
    with check("sdk: create, list and get a cluster"):
        made = client.clusters.create_or_update(manifest=cluster).data
        equal(made.fqn, names.cluster)
        names.cluster_id = made.id
        assert names.cluster in {item.manifest.name for item in client.clusters.list()}
        got = client.clusters.get(made.id).data
        equal(got.manifest, cluster)
        equal(client.clusters.create_or_update(manifest=cluster).data.created_at, made.created_at)
    with check("sdk: connection and add-ons of a cluster"):
        equal(client.clusters.is_connected(names.cluster_id).is_connected, False)
        equal(client.clusters.get_addons(names.cluster_id).data, [])

    workspace = WorkspaceManifest(
        name=names.workspace,
        cluster_fqn=names.cluster,
        environment_name=names.environment,
        labels={"team": "search"},
    )
    with check("sdk: create, list, find and get a workspace"):
        made = client.workspaces.create_or_update(manifest=workspace).data
        equal(made.fqn, f"{names.cluster}:{names.workspace}")
        equal([item.id for item in client.workspaces.list(cluster_id=names.cluster_id)], [made.id])
        equal([item.id for item in client.workspaces.list(fqn=made.fqn)], [made.id])
        equal(client.workspaces.get(made.id).data.manifest, workspace)
        names.workspace_id = made.id
    with check("sdk: workspaces are listed over several pages"):
        others = [f"{names.workspace}-{number}" for number in range(2)]
        ids = [
            client.workspaces.create_or_update(manifest=workspace.model_copy(update={"name": name})).data.id
            for name in others
        ]
        listed = [item.manifest.name for item in client.workspaces.list(cluster_id=names.cluster_id, limit=1)]
        equal(sorted(listed), sorted([names.workspace, *others]))
        for made in ids:
            client.workspaces.delete(made)


def sdk_errors(client, host, names):
    from truefoundry_sdk import ClusterManifest
    from truefoundry_sdk.core.api_error import ApiError
    from truefoundry_sdk.errors import ConflictError, NotFoundError, UnauthorizedError, UnprocessableEntityError

    once = {"max_retries": 0}
    workspace = f"workspace `{names.cluster}:{names.workspace}`"
    with check("sdk: an unknown key is an UnauthorizedError"):
        stranger = sdk_client(host, "tfy_nobody")
        error = expect_error(
            UnauthorizedError, "the API key is missing, unknown or expired",
            lambda: list(stranger.clusters.list()),
        )
        equal(error.body.status_code, 401)
    with check("sdk: an unknown cluster is a NotFoundError"):
        absent = f"{names.cluster}-none"
        expect_error(
            NotFoundError, f"there is no cluster with id `{absent}`", lambda: client.clusters.get(absent)
        )
    with check("sdk: a manifest that is refused is an UnprocessableEntityError with a message"):
        bad = ClusterManifest(name="X", cluster_type="aws-eks", environment_names=["no-such-environment"])
        expect_error(
            UnprocessableEntityError,
            "`manifest.name` must have 3 to 35 characters: lowercase letters, digits and `-`, "
            "starting with a letter, not ending with `-`",
            lambda: client.clusters.create_or_update(manifest=bad),
        )
    with check("sdk: an environment in use cannot be deleted"):
        expect_error(
            ConflictError,
            f"the environment `{names.environment}` is in use by cluster `{names.cluster}`, {workspace}",
            lambda: client.environments.delete(names.environment_id, request_options=once),
        )
    with check("sdk: a cluster with workspaces cannot be deleted"):
        error = expect_error(
            ApiError, f"the cluster `{names.cluster}` is in use by {workspace}",
            lambda: client.clusters.delete(names.cluster_id, request_options=once),
        )
        equal(error.status_code, 409)


def raw_checks(host, key, names):
    def ask(path, authorized=True):
        headers = {"Authorization": f"Bearer {key}"} if authorized else {}
        # The control plane is on this machine: no proxy.
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(urllib.request.Request(host.rstrip("/") + path, headers=headers), timeout=30) as answer:
            return json.load(answer)

    with check("trailing slashes and the older prefix are accepted"):
        equal(ask("/api/svc/v1/clusters/"), ask("/api/ml/v1/clusters"))
    with check("health needs no key"):
        ask("/api/svc/", authorized=False)
    with check("a cluster's token stays the same"):
        tokens = {ask(f"/api/svc/v1/cluster/{names.cluster_id}/token")["clusterToken"] for _ in range(2)}
        equal(len(tokens), 1)


def sdk_deletes(client, names):
    from truefoundry_sdk.errors import NotFoundError

    with check("sdk: delete a workspace"):
        client.workspaces.delete(names.workspace_id)
        expect_error(
            NotFoundError, f"there is no workspace with id `{names.workspace_id}`",
            lambda: client.workspaces.get(names.workspace_id),
        )
    with check("sdk: delete a cluster"):
        assert client.clusters.delete(names.cluster_id).message
    with check("sdk: delete a provider account by its manifest"):
        client.delete(manifest=account_manifest(names))
    with check("sdk: delete an environment"):
        equal(client.environments.delete(names.environment_id), True)
    with check("nothing is left"):
        left = [item.manifest.name for item in client.environments.list()]
        left += [item.manifest.name for item in client.clusters.list()]
        left += [item.manifest.name for item in client.workspaces.list()]
        mine = {names.environment, names.cluster, names.workspace, names.cli_workspace}
        equal(sorted(mine & set(left)), [])


def sdk_checks(client, host, key, names):
    sdk_people.run(client, host, names)
    sdk_registry.run(client, names)
    sdk_applications.run(client, names)
    sdk_errors(client, host, names)
    raw_checks(host, key, names)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--host", default=os.environ.get("TFY_HOST"), help="address of the control plane")
    parser.add_argument("--prefix", default="real", help="start of the name of everything that is made")
    parser.add_argument("--only", choices=["sdk", "cli"], help="leave the other client out")
    options = parser.parse_args()
    key = os.environ.get("TFY_API_KEY")
    if not options.host or not key:
        sys.exit("error: no control plane to talk to\nhint: give `--host` (or `TFY_HOST`) and set `TFY_API_KEY`")
    sys.stdout.reconfigure(line_buffering=True)
    # The SDK must take host and key from here, not from what the caller's environment holds besides.
    for variable in ("TFY_HOST", "TFY_API_KEY"):
        os.environ.pop(variable, None)
    names = Names(options.prefix)
    with tempfile.TemporaryDirectory(prefix="real-clients-") as folder:
        os.environ["HOME"] = folder
        client = Recorder(sdk_client(options.host, key))
        sdk_creates(client, names)
        if options.only != "cli":
            sdk_checks(client, options.host, key, names)
        if options.only != "sdk":
            cli = Cli(Path(folder), options.host, key)
            cli_checks(cli, client, names)
            command_line_kinds.run(cli, client, names)
        sdk_deletes(client, names)
        if options.only != "cli":
            with check("every method of the SDK was called"):
                equal(sorted(client.methods() - client.called), [])
    if FAILED:
        sys.exit(f"{len(FAILED)} checks failed")


if __name__ == "__main__":
    main()
