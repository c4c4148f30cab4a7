"""Every family of manifests through `tfy apply`, and the life of an application through `tfy deploy`."""

import json
import re

from checks import check, contains, equal


def manifests(names):
    """In an order that has to be changed: each needs one that comes later."""
    account = f"{names.tenant}:aws:{names.account}"
    person = f"admin@{names.tenant}.example"
    image = {"type": "image", "image_uri": "nginx"}
    mine = f"{names.prefix}-cli"
    return [
        {"type": "role-binding", "name": mine, "subjects": [{"type": "team", "name": mine}],
         "permissions": [{"resourceType": "tenant", "resourceFqn": names.tenant, "role": mine}]},
        {"type": "service", "name": "web", "workspace_fqn": f"{names.cluster}:{names.workspace}", "image": image,
         "ports": [{"port": 80, "expose": False, "protocol": "TCP"}], "replicas": 1},
        {"type": "data-dir", "name": mine, "ml_repo": mine, "metadata": {}, "source": {"type": "truefoundry"}},
        {"type": "gateway-otel-config", "name": "otel"},
        {"type": "settings/ai-features", "enabled": True, "ai_provider": "truefoundry"},
        {"type": "policy", "name": mine, "description": "Nothing.", "operation": {"type": "validate"},
         "mode": "audit", "entities": ["service"], "actions": ["apply"], "code": "export {}"},
        {"type": "mcp-server/virtual", "name": f"{mine}-virtual", "description": "Both.",
         "servers": [{"name": mine}]},
        {"type": "mcp-server/remote", "name": mine, "description": "One.", "url": "https://example.com/mcp",
         "auth_data": {"type": "header", "auth_level": "global", "headers": {"authorization": "hidden"}}},
        {"type": "alert-config", "name": mine, "resource": {"type": "cluster", "fqn": names.cluster},
         "notification_targets": [], "rules": []},
        {"type": "virtual-account", "name": mine},
        {"type": "role", "name": mine, "displayName": "Reader", "description": "Reads.", "resourceType": "tenant",
         "permissions": ["cluster:ManageClusters"]},
        {"type": "team", "name": mine, "members": [person]},
        {"type": "tracing-project", "name": mine, "storage": {"type": "controlplane-managed"}},
        {"type": "secret-group", "name": mine, "integration_fqn": f"{account}:secret-store:secrets"},
        {"type": "ml-repo", "name": mine, "storage_integration_fqn": f"{account}:blob-storage:artifacts"},
        {"type": "provider-account/openai", "name": mine, "auth_data": {"type": "api-key", "api_key": "hidden"},
         "integrations": [{"type": "integration/model/openai", "name": "small", "model_id": "small",
                           "model_types": ["chat"]}]},
    ]


def run(cli, client, names):
    everything = manifests(names)
    folder = cli.folder / "kinds"
    folder.mkdir()
    for number, manifest in enumerate(everything):
        (folder / f"{number:02}.yaml").write_text(json.dumps(manifest))
    files = [part for path in sorted(folder.iterdir()) for part in ("-f", str(path))]
    with check("tfy apply -d makes every family of manifests in the order of their references"):
        cli.succeed("apply", "-d", str(folder))
    with check("tfy apply --dry-run --show-diff finds nothing but the credentials it may not see"):
        output = cli.succeed("apply", "--dry-run", "--show-diff", "-d", str(folder))
        # What is stored stands behind `-`, what the file says behind `+`.
        equal(sorted(re.findall(r"-\s+(\w+): '\*\*\*'", output)), ["api_key", "authorization"])
        equal(re.findall(r"-\s+\w+: hidden", output), [])
    with check("tfy delete takes every family of manifests"):
        cli.succeed("delete", *files)
    deployed(cli, client, names)


def deployed(cli, client, names):
    workspace = f"{names.cluster}:{names.workspace}"
    job = cli.file("job.yaml", {
        "type": "job", "name": "cli-job", "workspace_fqn": workspace, "trigger": {"type": "manual"},
        "image": {"type": "image", "image_uri": "busybox"},
    })
    fqn = f"{workspace}:cli-job"
    with check("tfy deploy waits for the deployment"):
        cli.succeed("deploy", "-f", job)
        equal(client.applications.get_by_fqn(fqn).data.active_version, 1)
    with check("tfy patch-application makes another deployment"):
        cli.succeed("patch-application", "-a", fqn, "-p", '{"retries": 2}', "--no-wait")
        application = client.applications.get_by_fqn(fqn).data
        equal((application.active_version, application.deployment.manifest.retries), (2, 2))
    with check("tfy trigger and terminate a job"):
        contains(cli.succeed("trigger", "job", "--application-fqn", fqn), "cli-job")
        name = next(iter(client.jobs.list_runs(application.id))).name
        cli.succeed("terminate", "job", "--job-fqn", fqn, "--job-run-name", name)
        equal(client.jobs.get_run(application.id, name).data.status, "TERMINATED")
    with check("tfy delete of an application"):
        cli.succeed("delete", "-f", job)
        equal(list(client.applications.list(fqn=fqn)), [])
