//! What is committed is what is made, and it is what a reader can use.

use std::collections::BTreeSet;

use super::*;

fn made() -> BTreeMap<String, String> {
    files(&repository()).unwrap_or_else(|error| panic!("{error:#}"))
}

#[test]
fn every_file_is_up_to_date() {
    let stale: Vec<_> = made()
        .into_iter()
        .filter(|(path, text)| fs_err::read_to_string(repository().join(path)).ok().as_ref() != Some(text))
        .map(|(path, _)| path)
        .collect();
    assert!(stale.is_empty(), "run `cargo xtask gen`: {stale:?}");
}

#[test]
fn every_reference_inside_a_page_has_its_section() {
    for (path, text) in made().into_iter().filter(|(path, _)| path.ends_with(".md")) {
        let anchors: BTreeSet<_> =
            text.split("<a id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let references: BTreeSet<_> =
            text.split("](#").skip(1).filter_map(|rest| rest.split(')').next()).collect();
        assert_eq!(references, anchors, "{path}");
    }
}

#[test]
fn every_page_has_what_the_registry_shows() {
    for (path, text) in made().into_iter().filter(|(path, _)| path.ends_with(".md")) {
        for needed in
            ["---\npage_title: \"", "\nsubcategory: \"", "\ndescription: |-\n  ", "## Example Usage"]
        {
            let is_guide = path.contains("/guides/") && needed == "## Example Usage";
            assert!(is_guide || text.contains(needed), "`{path}` lacks {needed:?}");
        }
        assert!(text.len() < 500_000, "`{path}` is longer than the registry takes");
    }
}

#[test]
fn every_kind_of_the_table_is_a_resource() {
    use tfplugin::Provider as _;
    let resources: BTreeSet<_> = terraform_provider_truefoundry::Truefoundry
        .resources()
        .into_iter()
        .map(|(name, _)| name.trim_start_matches("truefoundry_").to_owned())
        .collect();
    let table: Vec<_> = kinds::HEADINGS.iter().flat_map(|(_, kinds)| *kinds).map(|(kind, _)| *kind).collect();
    let distinct: BTreeSet<_> = table.iter().map(|kind| (*kind).to_owned()).collect();
    assert_eq!(table.len(), distinct.len(), "a kind stands there twice");
    assert_eq!(distinct, resources);
}
