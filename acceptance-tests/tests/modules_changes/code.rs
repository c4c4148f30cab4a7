//! What the code of the modules says of changes, so that nothing new comes in unseen.

use std::collections::{BTreeMap, BTreeSet};

use acceptance_tests::repository;
use anyhow::Result;
use fs_err as fs;

#[path = "tables.rs"]
mod tables;

/// A block on the first level of a module's code: its labels, and the lines within.
struct Block {
    kind: String,
    labels: Vec<String>,
    body: String,
}

impl Block {
    fn address(&self) -> String {
        self.labels.join(".")
    }

    fn has(&self, argument: &str) -> bool {
        self.body.lines().any(|line| {
            line.strip_prefix("  ").is_some_and(|line| {
                line.strip_prefix(argument).is_some_and(|rest| rest.trim_start().starts_with('='))
            })
        })
    }

    fn goes_after_it_was_used(&self) -> bool {
        self.body.contains("    create_before_destroy = true")
    }

    /// Whether it names another block, `aws_vpc.this`, and not one whose name only begins so.
    fn names(&self, address: &str) -> bool {
        self.body.match_indices(address).any(|(at, _)| {
            let whole = |each: char| each.is_ascii_alphanumeric() || each == '_';
            let before = self.body[..at].chars().next_back().is_some_and(whole);
            !before && !self.body[at + address.len()..].starts_with(whole)
        })
    }
}

/// The blocks of each module. `terraform fmt` puts each closing brace of the first level at the beginning of a line.
fn modules() -> Result<BTreeMap<String, Vec<Block>>> {
    let mut found: BTreeMap<String, Vec<Block>> = BTreeMap::new();
    for module in fs::read_dir(repository::root().join("modules"))? {
        let folder = module?.path();
        // These two make objects of a cluster.
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !folder.is_dir() || ["addons", "agent", "examples"].contains(&name.as_str()) {
            continue;
        }
        for file in fs::read_dir(folder)? {
            let path = file?.path();
            if path.extension().is_some_and(|extension| extension == "tf") {
                found.entry(name.clone()).or_default().extend(blocks(&fs::read_to_string(path)?));
            }
        }
    }
    assert!(found.len() >= 18, "only {} modules", found.len());
    Ok(found)
}

fn blocks(text: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    for line in text.lines() {
        match &mut open {
            None => {
                let Some((head, "")) = line.split_once(" {") else { continue };
                let mut words = head.split(' ').map(|word| word.trim_matches('"').to_owned());
                let kind = words.next().unwrap_or_default();
                open = Some(Block { kind, labels: words.collect(), body: String::new() });
            }
            Some(block) if line != "}" => {
                block.body.push_str(line);
                block.body.push('\n');
            }
            Some(_) => found.extend(open.take()),
        }
    }
    found
}

/// Compares what was found with a table of reasons: nothing is missing, nothing stands there for nothing.
#[track_caller]
fn expect_reasons(found: &BTreeSet<String>, table: &[(&str, &str)], what: &str) {
    let known: BTreeSet<String> = table.iter().map(|(name, _)| (*name).to_owned()).collect();
    let new: Vec<&String> = found.difference(&known).collect();
    let gone: Vec<&String> = known.difference(found).collect();
    assert!(new.is_empty(), "{what}, and the table does not say why that is right: {new:#?}");
    assert!(gone.is_empty(), "the table has what is no longer so: {gone:#?}");
    for (name, reason) in table {
        assert!(reason.split_whitespace().count() >= 4, "`{name}` has no reason");
    }
}

/// Arguments by which an object has a name that occurs once.
const NAMES: [&str; 11] = [
    "bucket",
    "creation_token",
    "domain_name",
    "ecr_repository_prefix",
    "identifier",
    "name",
    "prefix",
    "principal_arn",
    "service_account",
    "url",
    "user_name",
];

/// Whatever has a fixed name is made anew under that name when something changes that AWS cannot change: the one that is there is in the way,
/// or is in use.
#[test]
fn fixed_names_are_known_and_right() -> Result<()> {
    let mut found = BTreeSet::new();
    for (module, blocks) in modules()? {
        for block in blocks.iter().filter(|block| block.kind == "resource") {
            let is_setting = block.labels[0].starts_with("aws_s3_bucket_");
            let named = NAMES.iter().any(|name| block.has(name)) && !is_setting;
            if named && block.labels[0].starts_with("aws_") {
                found.insert(format!("{module}/{}", block.address()));
            }
        }
    }
    expect_reasons(&found, &tables::FIXED_NAMES, "something has a fixed name");
    Ok(())
}

/// What an input takes away while others that use it are only updated has to go after their update: Terraform destroys it before, unless it
/// says `create_before_destroy`.
#[test]
fn what_is_taken_away_goes_after_those_who_use_it() -> Result<()> {
    let mut found = BTreeSet::new();
    for (module, blocks) in modules()? {
        let resources: Vec<&Block> = blocks.iter().filter(|block| block.kind == "resource").collect();
        for block in resources.iter().filter(|block| block.has("count") || block.has("for_each")) {
            let address = block.address();
            let used = resources.iter().any(|other| other.address() != address && other.names(&address));
            if used && !block.goes_after_it_was_used() {
                found.insert(format!("{module}/{address}"));
            }
        }
    }
    expect_reasons(
        &found,
        &tables::TAKEN_AWAY,
        "something can be taken away before those who use it are updated",
    );
    Ok(())
}

/// An output waits for what makes the thing that it names work: who reads it comes after that, and goes before it.
#[test]
fn outputs_wait_for_what_they_promise() -> Result<()> {
    let mut found = BTreeSet::new();
    for (module, blocks) in modules()? {
        for block in blocks.iter().filter(|block| block.kind == "output") {
            let hands_on = block.body.contains("= module.") || block.body.contains(" module.role :");
            if !block.has("depends_on") && !hands_on {
                found.insert(format!("{module}/{}", block.address()));
            }
        }
    }
    expect_reasons(&found, &tables::OUTPUTS, "an output waits for nothing");
    Ok(())
}
