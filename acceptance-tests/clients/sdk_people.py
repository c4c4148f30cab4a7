"""The SDK's groups for people, their tokens, and secrets."""

from checks import check, contains, equal, expect_error, model, sdk_client


def run(client, host, names):
    users(client, names)
    teams(client, names)
    virtual_accounts(client, host, names)
    personal_access_tokens(client, names)
    secrets(client, names)


def users(client, names):
    from truefoundry_sdk.errors import BadRequestError, ConflictError

    email = f"{names.prefix}.person@example.com"
    with check("sdk: register, find and get a user"):
        client.users.pre_register_users(email=email, dry_run=True)
        equal([user.email for user in client.users.list(query=email)], [])
        client.users.pre_register_users(email=email)
        expect_error(ConflictError, f"the user `{email}` exists", lambda: client.users.pre_register_users(
            email=email, request_options={"max_retries": 0}))
        client.users.pre_register_users(email=email, skip_if_user_exists=True)
        user = next(iter(client.users.list(query=email.upper())))
        equal(client.users.get(user.id).data.email, email)
        equal(user.roles, ["member"])
    with check("sdk: roles of a user, on and off duty"):
        client.users.update_roles(email=email, roles=["admin"])
        equal(client.users.get(user.id).data.roles, ["admin"])
        client.users.deactivate(email=email)
        equal(client.users.get(user.id).data.active, False)
        equal([one.email for one in client.users.list(query=email)], [])
        equal([one.email for one in client.users.list(query=email, show_invalid_users=True)], [email])
        client.users.activate(email=email)
        client.users.change_password(login_id=email, new_password="new", old_password="old")
    with check("sdk: what a user may and where it belongs"):
        equal(client.users.get_permissions(user.id).data, [])
        equal(client.users.get_resources(user.id).data, [])
        equal(client.users.get_teams(user.id).data, [])
    with check("sdk: a user in a team is deleted by force only"):
        team = client.teams.create_or_update(
            manifest=model("TeamManifest", type="team", name=f"{names.prefix}-crowd", members=[email])
        ).data
        equal([one.team_name for one in client.users.get_teams(user.id).data], [f"{names.prefix}-crowd"])
        expect_error(
            BadRequestError, f"the user `{email}` is in use by team `{names.prefix}-crowd`",
            lambda: client.users.delete(user.id),
        )
        client.users.delete(user.id, force_delete=True)
        equal(client.teams.get(team.id).data.manifest.members, [])
        client.teams.delete(team.id)
    with check("sdk: invite a user"):
        invited = f"{names.prefix}.guest@example.com"
        link = client.users.invite_user(accept_invite_client_url="http://127.0.0.1/", email=invited).link
        contains(link, invited)
        client.users.delete(next(iter(client.users.list(query=invited))).id)


def teams(client, names):
    from truefoundry_sdk.errors import ConflictError, UnprocessableEntityError

    email = client.internal.users.get_info().email
    manifest = model("TeamManifest", type="team", name=f"{names.prefix}-team", members=[email], managers=[email])
    with check("sdk: create, list, get and update a team"):
        client.teams.create_or_update(manifest=manifest, dry_run=True)
        made = client.teams.create_or_update(manifest=manifest).data
        assert made.id in {team.id for team in client.teams.list()}
        assert made.id in {team.id for team in client.teams.list(role="manager")}
        changed = manifest.model_copy(update={"description": "changed"})
        equal(client.teams.create_or_update(manifest=changed).data.id, made.id)
        equal(client.teams.get(made.id).data.description, "changed")
        equal([row.subject_slug for row in client.teams.list_members(made.id)], [email])
        equal([row.subject_slug for row in client.teams.list_managers(made.id)], [email])
    with check("sdk: a team that does not fit is refused"):
        for name, members, message in (
            ("everyone", [], "`manifest.name` names the team of everyone, which nobody can manage"),
            (f"{names.prefix}-odd", ["nobody@example.com"],
             "`manifest.members[0]` names the user `nobody@example.com`, which does not exist"),
        ):
            wrong = model("TeamManifest", type="team", name=name, members=members)
            expect_error(UnprocessableEntityError, message, lambda: client.teams.create_or_update(manifest=wrong))
    with check("sdk: a team with access stays"):
        binding = model(
            "RoleBindingManifest", type="role-binding", name=f"{names.prefix}-binding",
            subjects=[{"type": "team", "name": f"{names.prefix}-team"}],
            permissions=[{"resourceType": "cluster", "resourceFqn": names.cluster, "role": "cluster-admin"}],
        )
        client.apply(manifest=binding)
        equal([one.role_id for one in client.teams.get_permissions(made.id).data], ["cluster-admin"])
        expect_error(
            ConflictError, f"the team `{names.prefix}-team` is in use by role binding `{names.prefix}-binding`",
            lambda: client.teams.delete(made.id, request_options={"max_retries": 0}),
        )
        client.delete(manifest=binding)
        client.teams.delete(made.id)


def virtual_accounts(client, host, names):
    from truefoundry_sdk.errors import NotFoundError, UnprocessableEntityError

    name = f"{names.prefix}-robot"
    access = [{"resource_fqn": names.cluster, "resource_type": "cluster", "role_id": "cluster-viewer"}]
    manifest = model("VirtualAccountManifest", type="virtual-account", name=name, permissions=access)
    accounts = client.virtual_accounts
    with check("sdk: only the answer that creates a virtual account has its token"):
        equal(accounts.exists(name=name).exists, False)
        equal(accounts.create_or_update(manifest=manifest, dry_run=True).token, None)
        made = accounts.create_or_update(manifest=manifest)
        assert made.token, "no token"
        equal(accounts.exists(name=name).exists, True)
        equal(accounts.create_or_update(manifest=manifest).token, None)
        equal(accounts.get(made.data.id).data.manifest.permissions, manifest.permissions)
        equal([one.id for one in accounts.list(name_search_query=name)], [made.data.id])
        equal(accounts.get_token(made.data.id).token, made.token)
    with check("sdk: permissions that are left out stay, an empty list is refused"):
        bare = model("VirtualAccountManifest", type="virtual-account", name=name)
        equal(accounts.create_or_update(manifest=bare).data.manifest.permissions, manifest.permissions)
        empty = model("VirtualAccountManifest", type="virtual-account", name=name, permissions=[])
        expect_error(
            UnprocessableEntityError,
            "`manifest.permissions` must not be empty; leave it out to keep what is there",
            lambda: accounts.create_or_update(manifest=empty),
        )
    with check("sdk: a new token leaves the old one its time of grace"):
        new = accounts.regenerate_token(made.data.id, grace_period_in_minutes=5).token
        assert new != made.token
        for token in (made.token, new):
            equal(sdk_client(host, token).internal.users.get_info().subject_slug, name)
        last = accounts.regenerate_token(made.data.id, grace_period_in_minutes=0).token
        jwts = accounts.get(made.data.id).data.jwts
        equal(len(jwts), 2)
        accounts.delete_jwt(made.data.id, jwts[0].id)
        equal(accounts.get_token(made.data.id).token, last)
    with check("sdk: a token is brought to its store"):
        stored = model(
            "VirtualAccountManifest", type="virtual-account", name=name,
            secret_store_config={"type": "secret-store", "secret_path": "robot",
                                 "integration_fqn": f"{names.tenant}:aws:{names.account}:secret-store:secrets"},
        )
        accounts.create_or_update(manifest=stored)
        assert accounts.sync_to_secret_store(made.data.id).sync_token_in_secret_store_info.jwt_id
    with check("sdk: delete a virtual account"):
        accounts.delete(made.data.id)
        expect_error(
            NotFoundError, f"there is no virtual account with id `{made.data.id}`",
            lambda: accounts.get(made.data.id),
        )


def personal_access_tokens(client, names):
    from truefoundry_sdk.errors import ConflictError

    tokens, name = client.personal_access_tokens, f"{names.prefix}-pat"
    with check("sdk: personal access tokens are made, listed and deleted"):
        assert tokens.create(name=name).token
        expect_error(
            ConflictError, f"the personal access token `{name}` exists",
            lambda: tokens.create(name=name, request_options={"max_retries": 0}),
        )
        listed = list(tokens.list(name_search_query=name))
        equal(len(listed), 1)
        tokens.delete(listed[0].id)
    with check("sdk: all personal access tokens of a user are revoked"):
        email = client.internal.users.get_info().email
        assert tokens.create_for_user(name=name, user_email=email).token
        tokens.revoke_all(email=email)
        equal(list(tokens.list(name_search_query=name)), [])


def secrets(client, names):
    from truefoundry_sdk import SecretInput, UpdateSecretInput
    from truefoundry_sdk.errors import NotFoundError

    store = f"{names.tenant}:aws:{names.account}:secret-store:secrets"
    name = f"{names.prefix}-secrets"
    with check("sdk: a secret group by manifest, without secrets"):
        manifest = model("SecretGroupManifest", type="secret-group", name=name, integration_fqn=store)
        group = client.secret_groups.create_or_update(manifest=manifest).data
        equal(group.fqn, f"{names.tenant}:{name}")
        equal(client.secret_groups.get_by_fqn(group.fqn).data.id, group.id)
        assert group.id in {one.id for one in client.secret_groups.list(search=name)}
        client.secret_groups.delete(group.id)
    with check("sdk: a secret group with secrets, its values only in secrets"):
        group = client.secret_groups.create(
            name=name, integration_id=group.integration_id,
            secrets=[SecretInput(key="a", value="one"), SecretInput(key="b", value="two")],
        ).data
        assert "one" not in client.secret_groups.get(group.id).data.model_dump_json()
        values = {one.name: one.value for one in client.secrets.list(secret_group_id=group.id, with_value=True)}
        equal(values, {"a": "one", "b": "two"})
        equal({one.value for one in client.secrets.list(secret_group_id=group.id)}, {None})
    with check("sdk: an update deletes keys that it leaves out, and keeps values that it leaves out"):
        updated = client.secret_groups.update(
            group.id, secrets=[UpdateSecretInput(key="a"), UpdateSecretInput(key="c", value="three")]
        ).data
        equal(sorted(one.name for one in updated.associated_secrets), ["a", "c"])
        first = {one.name: one for one in updated.associated_secrets}
        client.secret_groups.update(
            group.id, secrets=[UpdateSecretInput(key="a", value="uno"), UpdateSecretInput(key="c", value="three")]
        )
        got = client.secrets.get(first["a"].id).data
        equal((got.value, [one.version for one in got.secret_versions]), ("uno", [1, 2]))
        equal(len(client.secrets.get(first["c"].id).data.secret_versions), 1)
    with check("sdk: delete a secret and its group"):
        client.secrets.delete(first["c"].id)
        expect_error(
            NotFoundError, f"there is no secret with id `{first['c'].id}`",
            lambda: client.secrets.get(first["c"].id),
        )
        client.secret_groups.delete(group.id, force_delete=True)
