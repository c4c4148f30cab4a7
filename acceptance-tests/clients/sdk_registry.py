"""The SDK's groups for ML repos and what lies in them, agents, and the gateway."""

from checks import check, equal, expect_error, model


def run(client, names):
    repos(client, names)
    for group, versions, tag in (
        ("artifacts", "artifact_versions", "artifact_version_id"),
        ("models", "model_versions", "model_version_id"),
        ("prompts", "prompt_versions", "prompt_version_id"),
    ):
        versioned(client, names, group, versions, tag)
    skills(client, names)
    files(client, names)
    runs(client, names)
    with check("sdk: delete an ML repo with what is in it"):
        client.ml_repos.delete(names.repo_id)
        equal(list(client.data_directories.list(ml_repo_id=names.repo_id)), [])
    agents(client, names)
    gateway(client, names)


def repos(client, names):
    with check("sdk: create, list and get an ML repo"):
        manifest = model(
            "MlRepoManifest", type="ml-repo", name=f"{names.prefix}-repo",
            storage_integration_fqn=f"{names.tenant}:aws:{names.account}:blob-storage:artifacts",
        )
        client.ml_repos.create_or_update(manifest=manifest, dry_run=True)
        made = client.ml_repos.create_or_update(manifest=manifest).data
        names.repo, names.repo_id = made.manifest.name, made.id
        equal([one.id for one in client.ml_repos.list(name=names.repo)], [made.id])
        equal(client.ml_repos.get(made.id).data.manifest, manifest)


def manifest_of(group, names):
    common = {"name": f"{names.prefix}-{group}", "ml_repo": names.repo, "metadata": {"made": "by the SDK"}}
    source = {"type": "truefoundry"}
    if group == "artifacts":
        return model("ArtifactManifest", type="artifact-version", source=source, **common)
    if group == "models":
        return model("ModelManifest", type="model-version", source=source, **common)
    return model("ChatPromptManifest", type="chat_prompt", messages=[{"role": "user", "content": "Hello"}], **common)


def versioned(client, names, group, versions, tag):
    from truefoundry_sdk.errors import NotFoundError

    parents, versions, manifest = getattr(client, group), getattr(client, versions), manifest_of(group, names)

    def no_version(id):
        return f"there is no {group.removesuffix('s')} version with id `{id}`"

    with check(f"sdk: {group} have versions"):
        first = parents.create_or_update(manifest=manifest).data
        second = parents.create_or_update(manifest=manifest).data
        assert first.id != second.id
        fqn, number = second.fqn.rsplit(":", 1)
        equal(number, "2")
        parent = parents.get_by_fqn(fqn).data
        equal([one.id for one in parents.list(name=manifest.name)], [parent.id])
        equal(parents.get(parent.id).data.latest_version.id, second.id)
        equal([one.id for one in versions.list(name=manifest.name)], [first.id, second.id])
        equal(versions.get(first.id).data.manifest, manifest)
        equal(versions.get_by_fqn(second.fqn).data.id, second.id)
    with check(f"sdk: versions of {group} have tags"):
        versions.apply_tags(**{tag: first.id}, tags=["best"])
        versions.apply_tags(**{tag: second.id}, tags=["best"], force=True)
        equal([one.id for one in versions.list(name=manifest.name, tag="best")], [second.id])
    if group == "artifacts":
        with check("sdk: versions of artifacts are staged, and their files reached"):
            staged = versions.stage(manifest=manifest)
            versions.get_signed_urls(id=staged.id, paths=["a/b"], operation="WRITE")
            equal(len(versions.create_multi_part_upload(id=staged.id, path="a", num_parts=3).data.part_signed_urls), 3)
            equal(list(versions.list_files(id=staged.id)), [])
            versions.mark_stage_failure(id=staged.id)
            expect_error(NotFoundError, no_version(staged.id), lambda: versions.get(staged.id))
            assert list(client.internal.artifact_versions.list(name=manifest.name))
    with check(f"sdk: {group} are deleted, by version and whole"):
        versions.delete(first.id)
        expect_error(NotFoundError, no_version(first.id), lambda: versions.get(first.id))
        parents.delete(parent.id)
        expect_error(NotFoundError, no_version(second.id), lambda: versions.get(second.id))


def skills(client, names):
    from truefoundry_sdk.errors import NotFoundError

    with check("sdk: agent skills have versions"):
        manifest = model(
            "AgentSkillManifest", type="agent-skill", name=f"{names.prefix}-skill", ml_repo=names.repo,
            metadata={}, source={"type": "inline", "skill_md": "Be kind."},
        )
        made = client.agent_skills.create_or_update(manifest=manifest).data
        equal(client.agent_skills.get(made.agent_skill_id).data.latest_version.id, made.id)
        equal(len(list(client.agent_skills.list(name=manifest.name))), 1)
        equal([one.id for one in client.agent_skill_versions.list(name=manifest.name)], [made.id])
        equal(client.agent_skill_versions.get(made.id).data.fqn, made.fqn)
        again = client.agent_skills.create_or_update(manifest=manifest).data
        client.agent_skill_versions.delete(made.id)
        client.agent_skills.delete(again.agent_skill_id)
        expect_error(
            NotFoundError, f"there is no agent skill version with id `{again.id}`",
            lambda: client.agent_skill_versions.get(again.id),
        )


def files(client, names):
    with check("sdk: data directories and their files"):
        manifest = model(
            "DataDirectoryManifest", type="data-dir", name=f"{names.prefix}-data", ml_repo=names.repo,
            metadata={}, source={"type": "external", "uri": "s3://bucket/data"},
        )
        directories = client.data_directories
        made = directories.create_or_update(manifest=manifest).data
        equal(directories.get(made.id).data.manifest, manifest)
        equal(directories.get_by_fqn(made.fqn).data.id, made.id)
        equal([one.id for one in directories.list(ml_repo_id=names.repo_id)], [made.id])
        equal(list(directories.list_files(id=made.id)), [])
        directories.get_signed_urls(id=made.id, paths=["x"], operation="READ")
        directories.create_multipart_upload(id=made.id, path="x", num_parts=1)
        directories.delete_files(id=made.id, paths=["x"])
        again = directories.create_or_update(
            manifest=manifest.model_copy(update={"name": f"{names.prefix}-data-2"})
        ).data
        directories.delete(again.id, delete_contents=True)


def runs(client, names):
    from truefoundry_sdk import Metric, RunParam, RunTag, RunTagInput

    with check("sdk: runs log what happened"):
        run = client.runs.create(
            experiment_id=names.repo_id, name=f"{names.prefix}-run", start_time=1.0,
            tags=[RunTagInput(key="a", value="1")],
        ).run.info
        client.runs.log_metric(run.run_id, key="loss", value=0.5, timestamp=1.0)
        client.runs.log_parameter(run.run_id, key="depth", value="3")
        client.runs.set_tag(run.run_id, key="b", value="2")
        client.runs.delete_tag(run.run_id, key="a")
        client.runs.log_batch(
            run.run_id, metrics=[Metric(key="loss", value=0.25, timestamp=2.0, step=1.0)],
            params=[RunParam(key="width", value="4")], tags=[RunTag(key="c", value="3")],
        )
        got = client.runs.get(run.run_id).run.data
        equal({one.key: one.value for one in got.params}, {"depth": "3", "width": "4"})
        equal({one.key for one in got.tags}, {"b", "c"})
        history = client.runs.get_metric_history(run.run_id, metric_key="loss").metrics
        equal([one.value for one in history], [0.5, 0.25])
        listed = client.runs.list_metric_history(run.run_id, metric_keys=["loss"]).metric_collections
        equal(len(listed[0].metrics), 2)
        equal(client.runs.update(run.run_id, status="FINISHED").run_info.status, "FINISHED")
        found = client.runs.search(experiment_ids=[names.repo_id])
        equal([one.info.run_id for one in found], [run.run_id])
        client.runs.delete(run.run_id)


def agents(client, names):
    from truefoundry_sdk.errors import ConflictError, NotFoundError

    with check("sdk: agents have versions and a token"):
        manifest = model(
            "SelfHostedAgent", type="remote-agent/self-hosted", name=f"{names.prefix}-agent", description="one",
            url="http://127.0.0.1:1/", framework={"type": "custom"},
        )
        client.agents.create_or_update(manifest=manifest, dry_run=True)
        first = client.agents.create_or_update(manifest=manifest).data
        second = client.agents.create_or_update(manifest=manifest.model_copy(update={"description": "two"})).data
        equal((first.agent_id, second.version), (second.agent_id, 2))
        got = client.agents.get(first.agent_id).data
        equal((got.latest_version, got.type), (2, "remote-agent"))
        equal([one.id for one in client.agents.list(name_prefix=names.prefix)], [got.id])
        equal(len(list(client.agent_versions.list(id=got.id))), 2)
        once = {"max_retries": 0}
        expect_error(
            NotFoundError, f"the agent `{manifest.name}` has no token", lambda: client.agents.get_token(got.id)
        )
        token = client.agents.create_token(got.id).token
        equal(client.agents.get_token(got.id).token, token)
        expect_error(
            ConflictError, "the agent has a token",
            lambda: client.agents.create_token(got.id, request_options=once),
        )
        assert client.agents.regenerate_token(got.id, grace_period_in_minutes=1).token != token
        client.agents.delete(got.id)
        expect_error(
            NotFoundError, f"there is no agent with id `{got.id}`", lambda: client.agents.get(got.id)
        )


def gateway(client, names):
    from truefoundry_sdk.core.api_error import ApiError
    from truefoundry_sdk.errors import NotFoundError

    def absent(call):
        equal(expect_error(ApiError, f"there is no {kind}", call).status_code, 404)

    with check("sdk: a gateway configuration is one per type, and absent at first"):
        kind = "gateway-rate-limiting-config"
        absent(lambda: client.internal.ai_gateway.get_gateway_config(kind))
        config = model("RateLimitConfig", type=kind, name="limits", rules=[])
        equal(client.apply(manifest=config).action, "CREATE")
        equal(client.internal.ai_gateway.get_gateway_config(kind).type, kind)
        client.delete(manifest=config)
        absent(lambda: client.internal.ai_gateway.get_gateway_config(kind))
        client.internal.ai_gateway.get_budget_usage()
    with check("sdk: budgets of the gateway"):
        budget = model(
            "TenantBudgetConfig", type="tenant-budget-config", name=f"{names.prefix}-budget", mode="enforce",
            limits={"cost_per_day": 5}, applies_to={"type": "aggregate"},
        )
        budgets = client.gateway_budgets
        budgets.create_or_update(manifest=budget, dry_run=True)
        made = budgets.create_or_update(manifest=budget)
        equal([one.id for one in budgets.list(type="tenant-budget-config").data], [made.id])
        equal(budgets.get(made.id).manifest, budget)
        equal(budgets.get_leaderboard(made.id).matched, [])
        equal(budgets.get_my_usage().matched, [])
        equal(budgets.simulate(user="somebody@example.com").matched, [])
        budgets.delete(made.id)
        expect_error(
            NotFoundError, f"there is no gateway budget with id `{made.id}`", lambda: budgets.get(made.id)
        )
