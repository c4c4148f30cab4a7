//! Kubeconfig files, read and written.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use super::exec::{Exec, Variable};
use super::{Credential, Endpoint, User};

/// The context, the cluster and the user that the configuration names.
pub(super) type Chosen<'a> = (Option<&'a str>, Option<&'a str>, Option<&'a str>);

#[derive(Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct File {
    current_context: String,
    contexts: Vec<NamedContext>,
    clusters: Vec<NamedCluster>,
    users: Vec<NamedUser>,
}

#[derive(Deserialize)]
struct NamedContext {
    name: String,
    #[serde(default)]
    context: Context,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Context {
    cluster: String,
    user: String,
}

#[derive(Deserialize)]
struct NamedCluster {
    name: String,
    #[serde(default)]
    cluster: Cluster,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Cluster {
    server: String,
    certificate_authority: Option<PathBuf>,
    certificate_authority_data: Option<String>,
    insecure_skip_tls_verify: bool,
    tls_server_name: Option<String>,
    proxy_url: Option<String>,
}

#[derive(Deserialize)]
struct NamedUser {
    name: String,
    #[serde(default)]
    user: Account,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct Account {
    token: Option<String>,
    #[serde(rename = "tokenFile")]
    token_file: Option<PathBuf>,
    client_certificate: Option<PathBuf>,
    client_certificate_data: Option<String>,
    client_key: Option<PathBuf>,
    client_key_data: Option<String>,
    username: Option<String>,
    password: Option<String>,
    exec: Option<Program>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Program {
    api_version: String,
    command: String,
    args: Option<Vec<String>>,
    env: Option<Vec<Variable>>,
}

/// The cluster of a context. Of several files the first that has a name counts; paths are relative to their file.
pub(super) fn read(paths: &[PathBuf], (context, cluster, user): Chosen<'_>) -> Result<Endpoint, String> {
    let mut files = Vec::new();
    for path in paths {
        match fs_err::read_to_string(path) {
            Ok(text) => {
                let file: File = serde_saphyr::from_str(&text)
                    .map_err(|error| format!("error loading config file \"{}\": {error}", path.display()))?;
                files.push((path.parent().unwrap_or(Path::new(".")), file));
            }
            // Of a list of files some may be missing; a single one must be there.
            Err(error) if paths.len() == 1 => return Err(error.to_string()),
            Err(_) => {}
        }
    }
    let current = files.iter().map(|(_, file)| &file.current_context).find(|name| !name.is_empty());
    let name = context.or(current.map(String::as_str)).unwrap_or_default();
    let found = files.iter().flat_map(|(_, file)| &file.contexts).find(|one| one.name == name);
    let chosen = match found {
        Some(found) => found.context.clone(),
        None if context.is_some() => return Err(format!("context \"{name}\" does not exist")),
        None => Context::default(),
    };
    let cluster = cluster.unwrap_or(&chosen.cluster);
    let user = user.unwrap_or(&chosen.user);
    let cluster = files.iter().find_map(|(folder, file)| {
        file.clusters.iter().find(|one| one.name == cluster).map(|one| (*folder, one.cluster.clone()))
    });
    let user = files.iter().find_map(|(folder, file)| {
        file.users.iter().find(|one| one.name == user).map(|one| (*folder, one.user.clone()))
    });
    let mut endpoint =
        cluster.map_or_else(|| Ok(Endpoint::default()), |(at, cluster)| cluster.endpoint(at))?;
    if let Some((folder, user)) = user {
        endpoint.user = user.sign_in(folder)?;
    }
    Ok(endpoint)
}

impl Cluster {
    fn endpoint(self, folder: &Path) -> Result<Endpoint, String> {
        Ok(Endpoint {
            server: self.server.trim_end_matches('/').to_owned(),
            authority: either(self.certificate_authority_data, self.certificate_authority, folder)?,
            insecure: self.insecure_skip_tls_verify,
            server_name: self.tls_server_name,
            proxy: self.proxy_url,
            user: User::default(),
        })
    }
}

impl Account {
    fn sign_in(self, folder: &Path) -> Result<User, String> {
        let from_file = self.token_file.map(|path| text(&folder.join(path))).transpose()?;
        Ok(User {
            token: from_file.map(|token| token.trim().to_owned()).or(self.token),
            certificate: either(self.client_certificate_data, self.client_certificate, folder)?,
            key: either(self.client_key_data, self.client_key, folder)?,
            name: self.username,
            password: self.password,
            exec: self.exec.map(|exec| Exec {
                api_version: exec.api_version,
                command: exec.command,
                args: exec.args.unwrap_or_default(),
                env: exec.env.unwrap_or_default(),
            }),
        })
    }
}

/// What stands in the file itself, in base64, else what stands in the file that is named.
fn either(data: Option<String>, path: Option<PathBuf>, folder: &Path) -> Result<Option<String>, String> {
    if let Some(data) = data.filter(|data| !data.is_empty()) {
        let bytes = STANDARD.decode(data.trim()).map_err(|error| format!("a certificate or key: {error}"))?;
        return String::from_utf8(bytes).map(Some).map_err(|error| format!("a certificate or key: {error}"));
    }
    path.map(|path| text(&folder.join(path))).transpose()
}

fn text(path: &Path) -> Result<String, String> {
    fs_err::read_to_string(path).map_err(|error| error.to_string())
}

/// A kubeconfig of this cluster alone, for a program that takes one; with `credential` in place of the program that gave
/// it. JSON is YAML.
#[must_use]
pub fn written(endpoint: &Endpoint, namespace: &str, credential: Option<&Credential>) -> String {
    let data = |text: &Option<String>| text.as_ref().map(|text| STANDARD.encode(text));
    let user = &endpoint.user;
    let given = credential.cloned().unwrap_or_default();
    let exec = user.exec.as_ref().filter(|_| credential.is_none()).map(|exec| {
        json!({
            "apiVersion": exec.api_version, "command": exec.command, "args": exec.args, "env": exec.env,
            "interactiveMode": "Never",
        })
    });
    let account = without_nulls(json!({
        "token": given.token.or_else(|| user.token.clone()),
        "client-certificate-data": data(&given.certificate.or_else(|| user.certificate.clone())),
        "client-key-data": data(&given.key.or_else(|| user.key.clone())),
        "username": user.name, "password": user.password, "exec": exec,
    }));
    let cluster = without_nulls(json!({
        "server": endpoint.server, "certificate-authority-data": data(&endpoint.authority),
        "insecure-skip-tls-verify": endpoint.insecure.then_some(true),
        "tls-server-name": endpoint.server_name, "proxy-url": endpoint.proxy,
    }));
    json!({
        "apiVersion": "v1", "kind": "Config", "current-context": "double",
        "contexts": [{ "name": "double", "context": { "cluster": "double", "user": "double", "namespace": namespace } }],
        "clusters": [{ "name": "double", "cluster": cluster }],
        "users": [{ "name": "double", "user": account }],
    })
    .to_string()
}

fn without_nulls(mut object: Json) -> Json {
    if let Json::Object(entries) = &mut object {
        entries.retain(|_, value| !value.is_null());
    }
    object
}
