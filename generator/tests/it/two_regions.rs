//! Two platforms of one name in two regions of one account.

use std::collections::BTreeSet;

use crate::support::{Place, root, tfy_infra};

const SPEC: &str = "version: 1
name: acme-dev
aws: { account: \"123456789012\", region: us-east-1 }
ingress: { domain: ai.acme.com, zone: acme.com, allow_from: [203.0.113.0/24] }
state: { s3: { bucket: acme-state } }
truefoundry: {}
";

/// Lines of all generated files that have a text in them.
fn lines(place: &Place, folder: &str, with: &str) -> BTreeSet<String> {
    let layers = fs_err::read_dir(place.path().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    let files = layers.filter(|path| path.is_dir() && !path.ends_with("modules")).flat_map(|layer| {
        fs_err::read_dir(layer).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>()
    });
    let texts = files
        .filter(|path| path.extension().is_some_and(|e| e == "tf"))
        .map(|path| fs_err::read_to_string(path).unwrap());
    texts
        .flat_map(|text| text.lines().map(str::to_owned).collect::<Vec<_>>())
        .filter(|line| line.contains(with))
        .collect()
}

#[test]
fn they_share_no_state_and_no_bucket() {
    let place = Place::new();
    for region in ["us-east-1", "eu-west-1"] {
        place.spec(&SPEC.replace("us-east-1", region));
        let out = tfy_infra(place.path(), &["generate", "-o", region]);
        assert_eq!(out.code, 0, "{out:?}");
    }
    for with in [".tfstate\"", "acme-dev-123456789012"] {
        let [here, there] = ["us-east-1", "eu-west-1"].map(|region| lines(&place, region, with));
        assert!(!here.is_empty(), "{with}");
        assert!(here.is_disjoint(&there), "{with}: {here:?}, {there:?}");
    }
}

/// What is IAM's is an account's in all regions, so that a name which a module chooses must not be taken as it is.
#[test]
fn modules_give_iam_the_beginnings_of_names() {
    let mut seen = 0;
    let entries = fs_err::read_dir(root().join("modules")).unwrap().map(|entry| entry.unwrap().path());
    for module in entries.filter(|path| path.is_dir()) {
        // These are made once for an account, or by whoever calls them.
        if ["gateway-identity", "hcp-identity", "self-hosted-control-plane"]
            .iter()
            .any(|name| module.ends_with(name))
        {
            continue;
        }
        let files = fs_err::read_dir(&module).unwrap().map(|entry| entry.unwrap().path());
        for file in files.filter(|path| path.extension().is_some_and(|e| e == "tf")) {
            let body: hcl_edit::structure::Body = fs_err::read_to_string(&file).unwrap().parse().unwrap();
            let is_named = |kind: &str| {
                ["aws_iam_role", "aws_iam_policy", "aws_iam_instance_profile", "aws_iam_user"].contains(&kind)
            };
            for block in body
                .blocks()
                .filter(|block| block.ident.as_str() == "resource" && is_named(block.labels[0].as_str()))
            {
                assert!(block.body.has_attribute("name_prefix"), "{}: {:?}", file.display(), block.labels);
                assert!(!block.body.has_attribute("name"), "{}: {:?}", file.display(), block.labels);
                seen += 1;
            }
        }
    }
    assert!(seen >= 10, "{seen}");
}

#[test]
fn a_tree_that_has_its_states_without_the_region_keeps_them_so() {
    let place = Place::new();
    place.spec(SPEC);
    assert_eq!(place.generate().code, 0);
    assert!(place.read("network/versions.tf").contains("\"acme-dev/us-east-1/network.tfstate\""));
    // As 0.1.0 wrote it.
    let manifest = place.read(".tfy-infra/manifest.json");
    let mut older: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    assert_eq!(older["inputs"]["state"]["s3"]["key_prefix"], "acme-dev/us-east-1");
    older["inputs"]["state"]["s3"]["key_prefix"] = serde_json::Value::Null;
    place.write(".tfy-infra/manifest.json", &older.to_string());
    let again = place.generate();
    assert_eq!(again.code, 0, "{again:?}");
    assert!(place.read("network/versions.tf").contains("\"acme-dev/network.tfstate\""));
}
