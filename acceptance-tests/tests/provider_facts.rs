//! Everything that the modules and the generated trees write exists in version 6 of the AWS provider too. Version 5 is
//! proved by `terraform validate` and the applies.

use acceptance_tests::provider_facts::{self, Facts};
use anyhow::Result;

#[test]
fn what_is_written_exists_in_version_6() -> Result<()> {
    let used = provider_facts::used()?;
    assert!(used.len() >= 60, "only {} types are used", used.len());
    let facts = Facts::committed()?;
    assert!(facts.version.starts_with("6."), "the facts are those of version {}", facts.version);
    let missing = facts.missing(&used);
    assert!(
        missing.is_empty(),
        "{}\nhint: `cargo xtask provider-facts SCHEMA` adds types that are new",
        missing.join("\n")
    );
    Ok(())
}

#[test]
fn the_file_is_as_it_is_written() -> Result<()> {
    let text = fs_err::read_to_string(provider_facts::file())?;
    assert_eq!(Facts::committed()?.text()?, text);
    Ok(())
}
