//! What the control plane knows of the platform.

use super::names;
use super::problem::Problems;
use super::regions::Region;
use crate::spec::truefoundry::{ClusterAccess, SecretStore};
use crate::spec::{Path, Spec, patterns};

/// The platform as the control plane sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truefoundry {
    /// The address of the control plane; `None` for `TFY_HOST`.
    pub host: Option<String>,
    /// The environment's name.
    pub environment: String,
    /// Whether it is a production environment.
    pub production: bool,
    /// The ExternalId; `None` for a random one.
    pub external_id: Option<String>,
    /// ARNs of the roles that may assume the platform role.
    pub control_plane_roles: Vec<String>,
    /// Domains of services.
    pub base_domains: Vec<String>,
    /// Workspaces.
    pub workspaces: Vec<Workspace>,
    /// Where workloads' secrets are kept.
    pub secrets: SecretStore,
    /// What the control plane may do with the cluster by AWS's API.
    pub cluster_access: ClusterAccess,
    /// Whether what runs workflows in the cluster has a role.
    pub workflows: bool,
}

/// A workspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Its name, which is also its address in Terraform.
    pub name: String,
    /// Subjects that administer it.
    pub admins: Vec<String>,
}

/// Checks what the control plane is told.
pub(super) fn truefoundry(problems: &mut Problems, spec: &Spec, region: &Region) -> Truefoundry {
    let tfy = &spec.truefoundry;
    let path = Path::new("truefoundry");
    let environment = tfy.environment.name.clone().unwrap_or_else(|| spec.name.clone());
    if tfy.environment.name.is_some() {
        problems.require(
            patterns::NAME.fits(&environment),
            &path.key("environment").key("name"),
            format!("`{environment}` cannot be the name of an environment"),
            "use `a-z`, `0-9` and single `-`, at most 35, starting with a letter",
        );
    }
    if let Some(id) = &tfy.external_id {
        check_external_id(problems, &path.key("external_id"), id);
    }
    check_roles(problems, &path.key("control_plane_roles"), &tfy.control_plane_roles, region);
    check_domains(problems, &path.key("base_domains"), &tfy.base_domains);
    Truefoundry {
        host: tfy.host.as_ref().map(|host| check_host(problems, &path.key("host"), host)),
        environment,
        production: tfy.environment.production,
        external_id: tfy.external_id.clone(),
        control_plane_roles: tfy.control_plane_roles.clone(),
        base_domains: tfy.base_domains.clone(),
        workspaces: workspaces(problems, &path.key("workspaces"), spec),
        secrets: tfy.secrets.store,
        cluster_access: tfy.cluster_access,
        workflows: tfy.workflows,
    }
}

/// The host without a trailing slash.
fn check_host(problems: &mut Problems, path: &Path, text: &str) -> String {
    let host = text.strip_suffix('/').unwrap_or(text);
    if text.contains('@') {
        // The line is not quoted: a password may stand in it.
        problems
            .add(&Path::new("truefoundry"), "`host` holds a user name or password")
            .note("no secret stands in this file: it is reviewed and kept in version control")
            .hint("write scheme and host alone, and give the API key in `TFY_API_KEY`");
        return host.to_owned();
    }
    if patterns::CONTROL_PLANE.fits(text) {
        return host.to_owned();
    }
    let example = "write it as `https://acme.truefoundry.cloud`";
    match (names::origin(host), host.split_once("://")) {
        (Some(("http", name)), _) => {
            let loopback = matches!(name, "localhost" | "127.0.0.1" | "::1");
            problems.require(
                loopback,
                path,
                format!("`{text}` is not encrypted: the API key would cross the network in clear"),
                "write `https://`; plain `http://` is accepted for this machine only (`localhost`, `127.0.0.1`)",
            );
        }
        (_, Some((scheme, _))) if !matches!(scheme, "http" | "https") => {
            let added = problems.add(path, format!("`{scheme}` is not a scheme of the control plane's API"));
            added.hint(example);
        }
        (_, Some(_)) => {
            let added = problems.add(path, format!("`{text}` has more than scheme, host and port"));
            added.hint(example);
        }
        (_, None) => problems.add(path, format!("`{text}` has no scheme")).hint(example),
    }
    host.to_owned()
}

/// IAM takes 2 to 1,224 of these characters as an ExternalId.
fn check_external_id(problems: &mut Problems, path: &Path, id: &str) {
    problems.require(
        patterns::EXTERNAL_ID.fits(id),
        path,
        format!("`{id}` cannot be an ExternalId"),
        "use 2 to 1,224 letters, digits and `_+=,.@:/-`, or leave it out for a random one",
    );
}

fn check_roles(problems: &mut Problems, path: &Path, roles: &[String], region: &Region) {
    problems.require(
        !roles.is_empty(),
        path,
        "`control_plane_roles` lists no role, so that nobody could use the platform role",
        "leave it out for the role of the SaaS control plane, or list your control plane's own",
    );
    for (i, role) in roles.iter().enumerate() {
        names::check_iam_arn(problems, &path.index(i), role, (&["role"], &patterns::ROLE_ARN), region);
        problems.require(
            !roles[..i].contains(role),
            &path.index(i),
            format!("`{role}` is listed twice"),
            "keep one of them",
        );
    }
}

fn check_domains(problems: &mut Problems, path: &Path, domains: &[String]) {
    for (i, domain) in domains.iter().enumerate() {
        problems.require(
            patterns::DOMAINS.fits(domain),
            &path.index(i),
            format!("`{domain}` is not a domain"),
            "write for example `\"*.ai.acme.com\"`",
        );
        problems.require(
            !domains[..i].contains(domain),
            &path.index(i),
            format!("`{domain}` is listed twice"),
            "keep one of them",
        );
    }
}

fn workspaces(problems: &mut Problems, path: &Path, spec: &Spec) -> Vec<Workspace> {
    let all = &spec.truefoundry.workspaces;
    for (i, workspace) in all.iter().enumerate() {
        let at = path.index(i);
        let name = &workspace.name;
        problems.require(
            patterns::NAME.fits(name),
            &at.key("name"),
            format!("`{name}` cannot be the name of a workspace"),
            "use `a-z`, `0-9` and single `-`, at most 32, start with a letter, end with a letter or digit",
        );
        problems.require(
            patterns::WORKSPACE.fits(name) || !patterns::NAME.fits(name),
            &at.key("name"),
            format!("`{name}` is a namespace that Kubernetes keeps for itself"),
            "choose another name",
        );
        problems.require(
            all[..i].iter().all(|w| w.name != *name),
            &at.key("name"),
            format!("two workspaces have the name `{name}`"),
            "a workspace is a namespace of the cluster, so its name is unique there",
        );
        for (j, admin) in workspace.admins.iter().enumerate() {
            let at = at.key("admins").index(j);
            check_subject(problems, &at, admin);
            let first = !workspace.admins[..j].contains(admin);
            problems.require(first, &at, format!("`{admin}` is listed twice"), "keep one of them");
        }
    }
    all.iter().map(|w| Workspace { name: w.name.clone(), admins: w.admins.clone() }).collect()
}

fn check_subject(problems: &mut Problems, path: &Path, subject: &str) {
    problems.require(
        patterns::SUBJECT.fits(subject),
        path,
        format!("`{subject}` is not a subject of the control plane"),
        "write `user:<email>` or `team:<name>`",
    );
}
