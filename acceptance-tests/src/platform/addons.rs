//! The `addons` of a spec as text: taken away with what needs them, or with a mirror of the test's own.

use anyhow::{Context as _, Result};

/// Where the images of the tests would come from: from nowhere, as nothing runs.
const IMAGES: &str = "registry.example.com/mirror";

/// The platform's name.
pub(super) fn name(spec: &str) -> Result<String> {
    let line = spec.lines().find_map(|line| line.strip_prefix("name:"));
    let name = line.map(|rest| rest.split('#').next().unwrap_or_default().trim().trim_matches('"'));
    Ok(name.context("the spec has no `name:`")?.to_owned())
}

/// The spec without add-ons, and so without a way in to them.
pub(super) fn without(spec: &str) -> String {
    let [before, _, after] = parts(spec, "addons:");
    let [before, _, after] = parts(&format!("{before}{after}"), "ingress:");
    format!("{before}{after}addons: false\n")
}

/// The name of the hosted zone that the spec takes for granted, if any.
pub(super) fn zone(spec: &str) -> Option<&str> {
    let line = spec.lines().find_map(|line| line.trim_start().strip_prefix("zone:"))?;
    Some(line.split('#').next().unwrap_or_default().trim().trim_matches('"'))
}

/// The spec with the add-ons that it has, their charts from this repository.
pub(super) fn from_mirror(spec: &str, charts: &str) -> String {
    let [before, addons, after] = parts(spec, "addons:");
    let mirror = format!("  mirror: {{ charts: \"{charts}\", images: {IMAGES} }}\n");
    let others = addons.lines().skip(1).filter(|line| !line.trim_start().starts_with("mirror:"));
    let others: String = others.map(|line| format!("{line}\n")).collect();
    format!("{before}{after}addons:\n{mirror}{others}")
}

/// What stands before the block of a key, the block, and what stands after it.
fn parts(spec: &str, key: &str) -> [String; 3] {
    let mut parts = [String::new(), String::new(), String::new()];
    let mut place = 0;
    for line in spec.lines() {
        if line.starts_with(key) {
            place = 1;
        } else if place == 1 && line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            place = 2;
        }
        parts[place].push_str(line);
        parts[place].push('\n');
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEC: &str =
        "name: acme # ours\naddons:\n  mirror: { charts: x }\n  keda: false\ntruefoundry: {}\n";

    #[test]
    fn a_spec_without_addons_says_so() {
        let bare = "name: acme # ours\ntruefoundry: {}\n";
        assert_eq!(without(SPEC), format!("{bare}addons: false\n"));
        assert_eq!(without(bare), format!("{bare}addons: false\n"));
        let with_a_way_in = "name: acme # ours\ningress:\n  zone: acme.com # theirs\ntruefoundry: {}\n";
        assert_eq!(without(with_a_way_in), format!("{bare}addons: false\n"));
        assert_eq!((zone(with_a_way_in), zone(bare)), (Some("acme.com"), None));
    }

    #[test]
    fn a_mirror_takes_the_place_of_the_one_that_is_there() {
        let mirror = "  mirror: { charts: \"http://127.0.0.1:9\", images: registry.example.com/mirror }\n";
        let expected = format!("name: acme # ours\ntruefoundry: {{}}\naddons:\n{mirror}  keda: false\n");
        assert_eq!(from_mirror(SPEC, "http://127.0.0.1:9"), expected);
        let expected = format!("name: acme\naddons:\n{mirror}");
        assert_eq!(from_mirror("name: acme\n", "http://127.0.0.1:9"), expected);
    }

    #[test]
    fn the_name_is_that_of_the_platform() {
        assert_eq!(name(SPEC).unwrap(), "acme");
        assert_eq!(name("name: \"acme-dev\"\n").unwrap(), "acme-dev");
        assert_eq!(name("version: 1\n").unwrap_err().to_string(), "the spec has no `name:`");
    }
}
