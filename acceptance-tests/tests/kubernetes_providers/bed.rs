//! A cluster, charts, and Terraform with the helm and kubernetes providers: the doubles of this build, or others.

use std::path::{Path, PathBuf};
use std::thread;

use acceptance_tests::charts::{Facts, Served, StandIn};
use acceptance_tests::kubernetes::{Cluster, Options};
use acceptance_tests::terraform::Run;
use acceptance_tests::{Binaries, CliConfig, Terraform, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::Value;
use test_cluster::{Client, Identity};

/// A folder with programs of both providers, which are then tested in place of the doubles.
const PROVIDERS: &str = "TEST_PROVIDERS";

/// What the roots of a test have in common.
pub(crate) struct Bed {
    pub(crate) cluster: Cluster,
    pub(crate) administrator: Client,
    folder: PathBuf,
    charts: Served,
    cli: CliConfig,
}

/// Who signs in.
#[derive(Clone, Copy)]
pub(crate) enum User<'a> {
    /// The administrator, by a program that prints a credential.
    Administrator,
    /// Somebody with a bearer token.
    Token(&'a str),
}

impl Bed {
    /// Starts a cluster, and serves the stand-ins of these charts.
    pub(crate) fn start(test: &str, charts: &[StandIn<'_>], options: &Options) -> Result<Self> {
        let folder = scratch::folder(test)?;
        let (cluster, providers) = (Cluster::start_with(&folder.join("cluster"), options)?, providers()?);
        let overrides = [("hashicorp/helm", providers.as_path()), ("hashicorp/kubernetes", &providers)];
        let cli = CliConfig::with_overrides(&folder.join("providers.tfrc"), &overrides)?;
        let administrator = Client::new(cluster.address(), cluster.folder(), Identity::Certificate("admin"))?;
        fs::write(folder.join("sign-in.sh"), SIGN_IN)?;
        Ok(Self { cluster, administrator, folder, charts: Served::start(charts)?, cli })
    }

    /// An empty root.
    pub(crate) fn root(&self, name: &str, user: User<'_>) -> Result<Root> {
        let folder = self.folder.join("roots").join(name);
        fs::create_dir_all(&folder)?;
        let helm = self.folder.join("helm");
        let variable = |name: &str, path: &Path| (name.to_owned(), path.display().to_string());
        let terraform = Terraform::new(&folder, &self.cli)?.with([
            // The double's; the real provider is Helm itself.
            variable("HELM", &self.cluster.programs().helm),
            variable("HELM_CACHE_HOME", &helm.join("cache")),
            variable("HELM_CONFIG_HOME", &helm.join("config")),
            variable("HELM_DATA_HOME", &helm.join("data")),
        ]);
        fs::write(folder.join("providers.tf"), self.providers(user))?;
        Ok(Root { terraform })
    }

    fn providers(&self, user: User<'_>) -> String {
        let (host, authority) = (self.cluster.address(), self.cluster.certificate_authority());
        let place = format!("host = {host:?}\n  cluster_ca_certificate = base64decode({authority:?})\n");
        let (attribute, block) = match user {
            User::Administrator => {
                let arguments = [self.folder.join("sign-in.sh"), self.cluster.folder().to_path_buf()];
                let exec = format!(
                    "{{\n  api_version = \"client.authentication.k8s.io/v1\"\n  command = \"sh\"\n  args = {arguments:?}\n}}"
                );
                (format!("exec = {exec}"), format!("exec {exec}"))
            }
            User::Token(token) => (format!("token = {token:?}"), format!("token = {token:?}")),
        };
        format!(
            "terraform {{\n  required_providers {{\n    helm = {{ source = \"hashicorp/helm\" }}\n    kubernetes = {{ source = \
             \"hashicorp/kubernetes\" }}\n  }}\n}}\n\nprovider \"helm\" {{\n  kubernetes = {{\n  {place}  {attribute}\n  \
             }}\n}}\n\nprovider \"kubernetes\" {{\n  {place}  {block}\n}}\n"
        )
    }

    /// A release from the served charts, `helm_release.NAME`, in a namespace of its own name that Helm makes.
    pub(crate) fn release(&self, name: &str, chart: &str, arguments: &str) -> String {
        format!(
            "resource \"helm_release\" \"{name}\" {{\n  name = {name:?}\n  namespace = {name:?}\n  create_namespace = true\n  \
             repository = {:?}\n  chart = {chart:?}\n{arguments}\n}}\n\n",
            self.charts.url()
        )
    }

    /// The address of the served charts.
    pub(crate) fn repository(&self) -> String {
        self.charts.url()
    }

    /// What the real `helm` answers, as JSON.
    pub(crate) fn helm(&self, arguments: &[&str]) -> Result<Value> {
        let text = self.helm_says(&[arguments, &["--output", "json"]].concat())?;
        serde_json::from_str(&text).with_context(|| format!("`helm {}` answers {text}", arguments.join(" ")))
    }

    /// What the real `helm` prints.
    pub(crate) fn helm_says(&self, arguments: &[&str]) -> Result<String> {
        let output = self.cluster.helm().args(arguments).output().context("starting `helm`")?;
        let errors = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "`helm {}`: {errors}", arguments.join(" "));
        Ok(String::from_utf8(output.stdout)?)
    }

    /// An upgrade that Terraform knows nothing of.
    pub(crate) fn upgrade_by_hand(&self, name: &str, chart: &str, arguments: &[&str]) -> Result<()> {
        let url = self.charts.url();
        let upgrade = ["upgrade", name, chart, "--repo", &url, "--namespace", name];
        self.helm_says(&[&upgrade, arguments].concat()).map(drop)
    }

    /// The releases in the cluster with their status, `namespace/name: status`.
    pub(crate) fn releases(&self) -> Result<Vec<String>> {
        let listed = self.helm(&["list", "--all", "--all-namespaces"])?;
        let text = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
        let each = listed.as_array().into_iter().flatten();
        Ok(each
            .map(|one| format!("{}/{}: {}", text(one, "namespace"), text(one, "name"), text(one, "status")))
            .collect())
    }

    /// The status of one release; `None` where there is none.
    pub(crate) fn status(&self, name: &str) -> Result<Option<String>> {
        let prefix = format!("{name}/{name}: ");
        Ok(self.releases()?.iter().find_map(|line| line.strip_prefix(&prefix).map(str::to_owned)))
    }
}

/// The programs under test.
fn providers() -> Result<PathBuf> {
    let folder = match std::env::var_os(PROVIDERS) {
        Some(folder) => PathBuf::from(folder),
        None => Binaries::build()?.folder().to_path_buf(),
    };
    for name in ["terraform-provider-helm", "terraform-provider-kubernetes"] {
        ensure!(
            folder.join(name).is_file(),
            "`{}` has no `{name}`\nhint: `{PROVIDERS}` names a folder with both; without it, those of the build are taken",
            folder.display()
        );
    }
    Ok(folder)
}

/// Signs in as `aws eks get-token` does, with an end to it, but by the administrator's certificate.
const SIGN_IN: &str = r#"pem() { sed ':a;N;$!ba;s/\n/\\n/g' "$1"; }
printf '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"clientCertificateData":"%s\\n","clientKeyData":"%s\\n","expirationTimestamp":"%s"}}' \
    "$(pem "$1/admin.crt")" "$(pem "$1/admin.key")" "$(date -u -d '+14 minutes' +%Y-%m-%dT%H:%M:%SZ)"
"#;

/// A folder with a configuration and its state.
pub(crate) struct Root {
    pub(crate) terraform: Terraform,
}

impl Root {
    /// Another configuration.
    pub(crate) fn write(&self, configuration: &str) -> Result<()> {
        Ok(fs::write(self.terraform.folder().join("main.tf"), configuration)?)
    }

    /// Applies a configuration, and expects that nothing is left to do.
    pub(crate) fn settles(&self, configuration: &str) -> Result<()> {
        self.write(configuration)?;
        self.terraform.apply()?;
        self.terraform.expect_no_changes()
    }

    /// Applies a configuration and expects an error with these words.
    pub(crate) fn refuses(&self, configuration: &str, words: &[&str]) -> Result<Run> {
        self.write(configuration)?;
        let run = self.terraform.fail(&["apply", "-no-color", "-auto-approve"])?;
        for word in words {
            ensure!(run.message().contains(word), "no `{word}` in: {}", run.message());
        }
        Ok(run)
    }

    /// The actions that a plan has for an object, such as `["update"]`.
    pub(crate) fn planned(&self, configuration: &str, address: &str) -> Result<Vec<String>> {
        self.write(configuration)?;
        Ok(self.terraform.plan()?.actions(address).into_iter().map(str::to_owned).collect())
    }

    /// The addresses in the state.
    pub(crate) fn addresses(&self) -> Result<Vec<String>> {
        let run = self.terraform.succeed(&["state", "list", "-no-color"])?;
        Ok(run.stdout.lines().map(str::to_owned).collect())
    }
}

/// What is loaded of these charts.
pub(crate) fn facts<const N: usize>(charts: [&str; N]) -> Result<Vec<Facts>> {
    charts.into_iter().map(Facts::load).collect()
}

/// Does all of it at once, and gives the first error.
pub(crate) fn together<'a>(
    scenarios: impl IntoIterator<Item = (&'a str, Box<dyn FnOnce() -> Result<()> + Send + 'a>)>,
) -> Result<()> {
    thread::scope(|scope| {
        let running: Vec<_> =
            scenarios.into_iter().map(|(name, scenario)| (name, scope.spawn(scenario))).collect();
        let ended = running.into_iter().map(|(name, thread)| {
            thread.join().map_err(|_| anyhow::anyhow!("it panicked")).flatten().context(name.to_owned())
        });
        // All of them end before one is told of.
        ended.collect::<Vec<_>>().into_iter().collect()
    })
}
