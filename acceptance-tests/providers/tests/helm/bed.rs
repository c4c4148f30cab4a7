//! The double, Terraform, and a `helm` that is none.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex_lite::Regex;
use tempfile::TempDir;
use tfplugin_testing::Rig;

pub(crate) const RELEASE: &str = "helm_release.a";
pub(crate) const TOKEN: &str = "token-of-the-cluster";

/// A folder for the `helm` that is none.
pub(crate) struct Bed {
    folder: TempDir,
}

impl Bed {
    pub(crate) fn new() -> Self {
        let bed = Self { folder: tempfile::tempdir().unwrap() };
        bed.chart("1.2.3");
        bed
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What the chart says of itself from now on.
    pub(crate) fn chart(&self, version: &str) {
        let text = format!("apiVersion: v2\nname: demo\nappVersion: \"9\"\nversion: {version}\n");
        fs_err::write(self.path("Chart.yaml"), text).unwrap();
    }

    /// Terraform with the double as it is built.
    pub(crate) fn rig(&self) -> Rig {
        let program = Path::new(env!("CARGO_BIN_EXE_terraform-provider-helm"));
        let helm = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/helm/fake-helm.sh");
        let rig = Rig::dev_overrides(provider_doubles::helm::ADDRESS, program).unwrap();
        rig.environment("HELM", helm).environment("FAKE_HELM", self.folder.path())
    }

    /// The runs so far, without the questions, and without what differs from run to run.
    pub(crate) fn changes(&self) -> Vec<String> {
        let lines = self.calls();
        let mut asked = false;
        let kept = lines.into_iter().filter(|line| {
            if !line.starts_with("  |") {
                asked = ["status ", "get ", "show "].iter().any(|question| line.starts_with(question));
            }
            !asked && !line.is_empty()
        });
        kept.collect()
    }

    /// All runs so far.
    pub(crate) fn calls(&self) -> Vec<String> {
        static FILES: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"\S*/helm-\w+\.yaml").unwrap());
        let text = fs_err::read_to_string(self.path("calls")).unwrap_or_default();
        text.lines().map(|line| FILES.replace_all(line, "FILE").into_owned()).collect()
    }

    /// The kubeconfig of the last run.
    pub(crate) fn kubeconfig(&self) -> serde_json::Value {
        serde_json::from_str(&fs_err::read_to_string(self.path("kubeconfig")).unwrap()).unwrap()
    }
}

/// A change of a file in the folder, to be made before a step.
pub(crate) fn file(path: PathBuf, text: &'static str) -> impl FnOnce(&Path) -> Result<(), String> + 'static {
    move |_| fs_err::write(path, text).map_err(|error| error.to_string())
}

/// The configuration of a release with these arguments besides the usual ones.
pub(crate) fn config(arguments: &str) -> String {
    format!(
        "provider \"helm\" {{\n  kubernetes = {{\n    host  = \"https://127.0.0.1:1\"\n    token = \"{TOKEN}\"\n  }}\n}}\n\n\
         variable \"password\" {{\n  type      = string\n  ephemeral = true\n  default   = \"\"\n}}\n\n\
         resource \"helm_release\" \"a\" {{\n  name       = \"demo\"\n  namespace  = \"apps\"\n  repository = \
         \"https://charts.example.com\"\n  chart      = \"demo\"\n{arguments}\n}}\n"
    )
}
