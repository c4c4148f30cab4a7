//! A generated directory for the real `terraform`, with layers that need no provider but the built-in one.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::{Output, require_terraform, tfy_infra};

/// Three layers: `cluster` reads `network`, `data` reads nothing. A line can be added to each.
pub(crate) struct Tree(pub(crate) tempfile::TempDir);

impl Tree {
    pub(crate) fn new() -> Self {
        require_terraform();
        let tree = Self(tempfile::tempdir().unwrap());
        tree.write("network", "resource \"terraform_data\" \"this\" {\n  input = \"v1\"\n}\noutput \"id\" { value = terraform_data.this.id }\n");
        tree.write("cluster", concat!(
            "data \"terraform_remote_state\" \"network\" {\n  backend = \"local\"\n  config = { path = \"../network/terraform.tfstate\" }\n}\n",
            "locals { network = data.terraform_remote_state.network.outputs }\n",
            "resource \"terraform_data\" \"this\" {\n  input = local.network.id\n}\noutput \"id\" { value = terraform_data.this.id }\n"
        ));
        tree.write("data", "resource \"terraform_data\" \"this\" {\n  count = 2\n}\n");
        let manifest = json!({
            "format": 1,
            "generator": "test",
            "layers": [
                { "name": "network", "reads": [], "modules": [] },
                { "name": "cluster", "reads": ["network"], "modules": [] },
                { "name": "data", "reads": [], "modules": [] },
            ],
            "files": {},
        });
        fs_err::create_dir_all(tree.0.path().join(".tfy-infra")).unwrap();
        fs_err::write(tree.0.path().join(".tfy-infra/manifest.json"), manifest.to_string()).unwrap();
        tree
    }

    pub(crate) fn write(&self, layer: &str, text: &str) {
        let text = format!(
            "terraform {{\n  backend \"local\" {{\n    path = \"terraform.tfstate\"\n  }}\n}}\n{text}"
        );
        fs_err::create_dir_all(self.0.path().join(layer)).unwrap();
        fs_err::write(self.0.path().join(layer).join("main.tf"), text).unwrap();
    }

    pub(crate) fn run(&self, command: &str, more: &[&str]) -> Output {
        let dir = self.0.path().to_str().unwrap();
        tfy_infra(Path::new("/"), &[&[command, "-d", dir], more].concat())
    }

    pub(crate) fn json(&self, command: &str, more: &[&str]) -> (i32, Value) {
        let out = self.run(command, &[&["--json"], more].concat());
        let value = serde_json::from_str(&out.stdout).unwrap_or_else(|e| panic!("{e}: {out:?}"));
        (out.code, value)
    }
}

/// Layer, status, add, change, destroy, resources.
pub(crate) fn rows(summary: &Value) -> Vec<String> {
    let layers = summary["layers"].as_array().unwrap();
    let row = |l: &Value| {
        format!(
            "{} {} {} {} {} {}",
            l["layer"], l["status"], l["add"], l["change"], l["destroy"], l["resources"]
        )
        .replace('"', "")
    };
    layers.iter().map(row).collect()
}
