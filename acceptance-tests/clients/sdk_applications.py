"""The SDK's groups for applications, jobs, and what they tell."""

from checks import check, contains, equal, expect_error, model


def run(client, names):
    from truefoundry_sdk.errors import NotFoundError

    applications(client, names)
    jobs(client, names)
    readings(client, names)
    with check("sdk: applications are deleted"):
        for application in (names.service_id, names.job_id):
            assert client.applications.delete(application).message
            absent = f"there is no application with id `{application}`"
            expect_error(NotFoundError, absent, lambda: client.applications.get(application))


def service(names):
    return {
        "type": "service",
        "name": "api",
        "workspace_fqn": f"{names.cluster}:{names.workspace}",
        "image": {"type": "image", "image_uri": "nginx:latest"},
        "ports": [{"port": 80, "expose": False, "protocol": "TCP"}],
        "replicas": 1,
    }


def applications(client, names):
    from truefoundry_sdk.core.api_error import ApiError
    from truefoundry_sdk.errors import ConflictError

    fqn = f"{names.cluster}:{names.workspace}:api"
    apps, versions = client.applications, client.application_versions
    with check("sdk: an application and its first deployment"):
        apps.create_or_update(manifest=service(names), dry_run=True)
        first = apps.create_or_update(manifest=service(names), workspace_id=names.workspace_id).data
        equal((first.fqn, first.version), (f"{fqn}:1", 1))
        names.service_id = first.application_id
        equal([one.id for one in apps.list(workspace_id=names.workspace_id)], [first.application_id])
        equal(apps.get_by_fqn(fqn).data.id, first.application_id)
        got = apps.get(first.application_id).data
        equal((got.active_deployment_id, got.lifecycle_stage), (first.id, "active"))
    with check("sdk: a change is a new deployment"):
        second = apps.create_or_update(manifest=service(names) | {"replicas": 2}, force_deploy=True).data
        equal([one.version for one in versions.list(first.application_id)], [2, 1])
        equal(versions.get(first.application_id, second.id).data.manifest.replicas, 2)
        equal(apps.redeploy(first.application_id, first.id).data.version, 3)
        deployments = client.internal.deployments
        statuses = deployments.get_deployment_statuses(first.application_id, second.id)
        assert statuses[-1].state["isTerminalState"], statuses
        equal(deployments.get_builds(first.application_id, second.id), [])
        expect_error(ConflictError, "the deployment has ended", lambda: apps.cancel_deployment(
            first.application_id, second.id, request_options={"max_retries": 0}))
    with check("sdk: an application sleeps and wakes"):
        apps.scale_to_zero(first.application_id)
        equal(apps.get(first.application_id).data.metadata.paused, True)
        equal(apps.scale_to_original(first.application_id).version, 3)
        client.internal.applications.promote_rollout(first.application_id)
        equal(client.internal.applications.get_pod_template_hash_to_deployment_version(first.application_id), {})
    with check("sdk: ids by FQN"):
        ids = client.internal.get_id_from_fqn("deployment", fqn=f"{fqn}:2")
        equal((ids["applicationId"], ids["deploymentId"]), (first.application_id, second.id))
    with check("sdk: a workspace with applications cannot be deleted"):
        workspace = f"{names.cluster}:{names.workspace}"
        error = expect_error(
            ApiError, f"the workspace `{workspace}` is in use by application `{workspace}:api`",
            lambda: client.workspaces.delete(names.workspace_id),
        )
        equal(error.status_code, 417)
        equal([one.id for one in client.workspaces.search(
            filter='{"field": "name", "operator": "EQUAL", "value": "%s"}' % names.workspace)], [names.workspace_id])
        equal(client.workspaces.get_by_fqn(f"{names.cluster}:{names.workspace}").data.id, names.workspace_id)


def jobs(client, names):
    from truefoundry_sdk.errors import NotFoundError

    with check("sdk: a job runs, ends and is forgotten"):
        job = {
            "type": "job", "name": "nightly", "workspace_fqn": f"{names.cluster}:{names.workspace}",
            "image": {"type": "image", "image_uri": "busybox"}, "trigger": {"type": "manual"},
        }
        made = client.applications.create_or_update(manifest=job).data
        names.job_id = made.application_id
        name = client.jobs.trigger(deployment_id=made.id).job_run_name
        equal([one.name for one in client.jobs.list_runs(names.job_id)], [name])
        equal(client.jobs.terminate(deployment_id=made.id, job_run_name=name).job_run_status, "TERMINATED")
        equal(client.jobs.get_run(names.job_id, name).data.status, "TERMINATED")
        client.jobs.delete_run(names.job_id, name)
        expect_error(
            NotFoundError, f"there is no run `{name}`", lambda: client.jobs.get_run(names.job_id, name)
        )


def readings(client, names):
    internal = client.internal
    with check("sdk: what surrounds applications"):
        upload = internal.deployments.get_code_upload_url(
            service_name="api", workspace_fqn=f"{names.cluster}:{names.workspace}")
        contains(upload.url, "/uploads/")
        endpoint = internal.deployments.get_suggested_endpoint(
            application_type="service", application_name="api", workspace_id=names.workspace_id)
        equal(endpoint.host, f"api-{names.workspace}.ai.example.com")
        registry = f"{names.tenant}:aws:{names.account}:docker-registry:images"
        equal(internal.docker_registries.get_credentials(cluster_id=names.cluster_id).fqn, registry)
        assert internal.docker_registries.create_repository(
            fqn=registry, application_name="api", workspace_fqn=f"{names.cluster}:{names.workspace}").repo_name
        equal(internal.vcs.get_repository_details(repo_url="http://127.0.0.1/a.git").exists, False)
        assert internal.vcs.get_authenticated_url(repo_url="http://127.0.0.1/a.git").authenticated_url
        equal(internal.clusters.get_autoprovisioning_state(names.cluster_id).state, {})
        assert internal.workflows.execute_workflow(names.job_id, inputs={}).execution_name
    with check("sdk: what applications tell, which is nothing yet"):
        equal(client.logs.get(application_id=names.service_id).data, [])
        equal(client.events.get(application_id=names.service_id).data, [])
        equal(client.alerts.list().data, {})
        equal(list(client.traces.query_spans(start_time="2026-01-01T00:00:00Z")), [])
        equal(internal.build_logs.get("none").logs, [])
        equal(internal.metrics.get_charts(
            names.workspace_id, application_id=names.service_id, filter_entity="application").graphs, [])
