//! The modules' tests for OpenTofu, made of those for Terraform.
//!
//! OpenTofu reads `x.tofutest.hcl` in place of `x.tftest.hcl`. It takes no `source` for a mocked provider, so the mocks stand in
//! the file itself. And it knows no values of other runs in conditions; those assertions are left out. A file without
//! [`MARK`] is written by hand, where a test is of no use without what OpenTofu lacks.

use std::path::{Path, PathBuf};

use acceptance_tests::repository;
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

/// How a file that is made here begins.
const MARK: &str = "# Made by `cargo xtask gen` for OpenTofu, of ";
const OF_TERRAFORM: &str = ".tftest.hcl";
const OF_OPENTOFU: &str = ".tofutest.hcl";
/// What stands for the mocks.
const MOCKED: &str = "  source = \"./tests/mocks\"\n";

/// Each made file, its path from the top of the repository and what it has to hold.
///
/// # Errors
/// When a file cannot be read, or one that was made has nothing left to be made of.
pub(crate) fn files() -> Result<Vec<(String, Vec<u8>)>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(repository::root().join("modules"))? {
        let tests = entry?.path().join("tests");
        if tests.is_dir() {
            of_module(&tests, &mut found)?;
        }
    }
    found.sort();
    Ok(found)
}

fn of_module(tests: &Path, found: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    let mut files = Vec::new();
    repository::files_with_ending(tests, "hcl", &mut files)?;
    files.sort();
    let mut mocks = String::new();
    for mock in files.iter().filter(|file| name_of(file).ends_with(".tfmock.hcl")) {
        mocks.push_str(&fs::read_to_string(mock)?);
    }
    for file in &files {
        let name = name_of(file);
        if let Some(stem) = name.strip_suffix(OF_OPENTOFU) {
            let source = tests.join(format!("{stem}{OF_TERRAFORM}"));
            let lost = is_made(file)? && !source.is_file();
            ensure!(
                !lost,
                "`{}` is made of `{stem}{OF_TERRAFORM}`, which is gone\nhint: remove it",
                file.display()
            );
        }
        let Some(stem) = name.strip_suffix(OF_TERRAFORM) else { continue };
        let made = tests.join(format!("{stem}{OF_OPENTOFU}"));
        if made.is_file() && !is_made(&made)? {
            continue;
        }
        let text = for_opentofu(&name, &fs::read_to_string(file)?, &mocks);
        let path = made.strip_prefix(repository::root()).context("a module outside the repository")?;
        found.push((path.display().to_string(), text.into_bytes()));
    }
    Ok(())
}

fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn is_made(file: &PathBuf) -> Result<bool> {
    Ok(fs::read_to_string(file)?.starts_with(MARK))
}

/// The text of one file. It is formatted, so a block within a run ends with a brace in column 3.
fn for_opentofu(name: &str, text: &str, mocks: &str) -> String {
    let indented: String = mocks
        .lines()
        .map(|line| if line.is_empty() { "\n".to_owned() } else { format!("  {line}\n") })
        .collect();
    let text = text.replace(MOCKED, &format!("{}\n", indented.trim_end()));
    let mut kept = format!("{MARK}`{name}`.\n\n");
    let mut lines = text.split_inclusive('\n').peekable();
    while let Some(line) = lines.next() {
        if line != "  assert {\n" {
            kept.push_str(line);
            continue;
        }
        let mut block = line.to_owned();
        for line in lines.by_ref() {
            block.push_str(line);
            if line == "  }\n" {
                break;
            }
        }
        if uses_another_run(&block) {
            // The empty line before it goes as well.
            kept.truncate(kept.trim_end().len());
            kept.push('\n');
        } else {
            kept.push_str(&block);
        }
    }
    kept
}

/// Whether a condition holds `run.NAME.OUTPUT`.
fn uses_another_run(block: &str) -> bool {
    block.match_indices("run.").any(|(at, _)| {
        let before = block[..at].chars().next_back();
        before.is_none_or(|c| !(c.is_alphanumeric() || matches!(c, '_' | '.' | '"' | '`')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mocks_are_put_in_and_values_of_other_runs_left_out() {
        let text = "mock_provider \"aws\" {\n  source = \"./tests/mocks\"\n}\n\nrun \"b\" {\n  assert {\n    condition = \
                    output.x == 1\n  }\n\n  assert {\n    condition = output.x == run.a.x\n  }\n}\n";
        let mocks = "mock_data \"aws_region\" {\n  defaults = {}\n}\n\n";
        let expected = "# Made by `cargo xtask gen` for OpenTofu, of `n.tftest.hcl`.\n\nmock_provider \"aws\" {\n  mock_data \
                        \"aws_region\" {\n    defaults = {}\n  }\n}\n\nrun \"b\" {\n  assert {\n    condition = output.x == \
                        1\n  }\n}\n";
        assert_eq!(for_opentofu("n.tftest.hcl", text, mocks), expected);
    }

    #[test]
    fn only_a_reference_to_a_run_counts() {
        assert!(uses_another_run("condition = output.x == run.a.x"));
        assert!(!uses_another_run("condition = dry_run.a == \"run.sh\""));
    }
}
