//! What `modules/README.md` tells people who come from the community's modules: each input of theirs is there, each name on our
//! side of the tables exists, and what is not here has a reason.
//!
//! `schema/community-inputs.json` has the names of their inputs. A table's heading names a module of theirs, `### eks`, or one inside it,
//! `### eks: karpenter`; a cell that begins with names and a colon is about those inside it, and `submodule` before names takes all of
//! their inputs. The table `everywhere` holds for all.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use acceptance_tests::{hcl, repository};
use anyhow::{Context as _, Result, anyhow, ensure};
use fs_err as fs;
use serde_json::Value;

/// A module of theirs and one inside it; empty is the module itself.
type Theirs = (String, String);

/// The newest releases that were looked at: a list of before would say nothing of what came since.
fn inputs() -> Result<BTreeMap<Theirs, BTreeSet<String>>> {
    let file = repository::root().join("acceptance-tests/schema/community-inputs.json");
    let list: Value = serde_json::from_slice(&fs::read(file)?)?;
    let mut inputs = BTreeMap::new();
    for (module, about) in list["modules"].as_object().context("no `modules`")? {
        for (inside, names) in about["inputs"].as_object().context("no `inputs`")? {
            let names = names.as_str().context("the names are one text")?;
            inputs.insert((module.clone(), inside.clone()), names.split(' ').map(str::to_owned).collect());
        }
    }
    Ok(inputs)
}

/// Whether a name fits a pattern, in which `*` stands for any characters, also for none.
fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => {
            name.strip_prefix(start).is_some_and(|left| (0..=left.len()).any(|at| fits(rest, &left[at..])))
        }
    }
}

fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

/// A line of the tables: the heading above it, and its three cells.
struct Row {
    heading: Theirs,
    theirs: String,
    here: String,
    why: String,
}

fn rows() -> Result<Vec<Row>> {
    let readme = fs::read_to_string(repository::root().join("modules/README.md"))?;
    let (_, tables) = readme.split_once("## Coming from terraform-aws-modules").context("no tables")?;
    let mut heading = Theirs::default();
    let mut rows = Vec::new();
    for line in tables.lines() {
        if let Some(name) = line.strip_prefix("### ") {
            let (module, inside) = name.split_once(": ").unwrap_or((name, ""));
            heading = (module.to_owned(), inside.to_owned());
        }
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, theirs, here, why, _] = cells.as_slice() else { continue };
        if theirs.contains('`') {
            let [theirs, here, why] = [theirs, here, why].map(|cell| (*cell).to_owned());
            rows.push(Row { heading: heading.clone(), theirs, here, why });
        }
    }
    Ok(rows)
}

/// Which modules a cell is about, and the patterns of their inputs.
fn scopes(row: &Row) -> (Vec<Theirs>, Vec<&str>) {
    let inside = |names: &str| -> Vec<Theirs> {
        quoted(names).map(|name| (row.heading.0.clone(), name.to_owned())).collect()
    };
    if row.theirs.starts_with("submodule") {
        return (inside(&row.theirs), vec!["*"]);
    }
    match row.theirs.split_once("`: `") {
        Some((names, _)) => {
            let patterns = row.theirs[names.len() + 2..].trim_start_matches(' ');
            (inside(&format!("{names}`")), quoted(patterns).collect())
        }
        None => (vec![row.heading.clone()], quoted(&row.theirs).collect()),
    }
}

/// What no row names, and what rows name that is not there.
fn compared(
    inputs: &BTreeMap<Theirs, BTreeSet<String>>,
    rows: &[Row],
) -> (BTreeMap<Theirs, BTreeSet<String>>, Vec<String>) {
    let mut unmentioned = inputs.clone();
    let mut gone = Vec::new();
    for row in rows {
        let (scopes, patterns) = scopes(row);
        let everywhere: Vec<Theirs> = inputs.keys().cloned().collect();
        let everywhere = (row.heading.0 == "everywhere").then_some(everywhere);
        for pattern in patterns {
            let mut found = 0;
            for scope in everywhere.as_ref().unwrap_or(&scopes) {
                let Some(names) = inputs.get(scope) else {
                    gone.push(format!("there is no module `{}` `{}`", scope.0, scope.1));
                    continue;
                };
                let fitting: Vec<&String> = names.iter().filter(|name| fits(pattern, name)).collect();
                if fitting.is_empty() && everywhere.is_none() {
                    gone.push(format!("`{}` `{}` has no input `{pattern}`", scope.0, scope.1));
                }
                found += fitting.len();
                let left = unmentioned.entry(scope.clone()).or_default();
                left.retain(|name| !fits(pattern, name));
            }
            if found == 0 && everywhere.is_some() {
                gone.push(format!("no module has an input `{pattern}`"));
            }
        }
    }
    unmentioned.retain(|_, names| !names.is_empty());
    (unmentioned, gone)
}

#[test]
fn every_input_of_theirs_is_mentioned_and_none_that_is_gone() -> Result<()> {
    let inputs = inputs()?;
    let count: usize = inputs.values().map(BTreeSet::len).sum();
    ensure!(count > 1300, "the list has only {count} inputs");
    let (unmentioned, gone) = compared(&inputs, &rows()?);
    assert_eq!(gone, Vec::<String>::new());
    let count: usize = unmentioned.values().map(BTreeSet::len).sum();
    assert_eq!(count, 0, "`modules/README.md` does not mention: {unmentioned:#?}");
    Ok(())
}

/// Every name on our side of the tables exists, and what is not here has a reason.
#[test]
fn the_mapping_names_what_exists() -> Result<()> {
    let mut known = BTreeSet::new();
    for entry in fs::read_dir(repository::root().join("modules"))? {
        let module = entry?.path();
        if module.is_dir() {
            known.extend(module.file_name().map(|name| name.to_string_lossy().into_owned()));
            known.extend(declared(&module)?);
        }
    }
    let rows = rows()?;
    for Row { theirs, here, why, .. } in &rows {
        assert!(
            here != "none" || why.split_whitespace().count() >= 2,
            "`{theirs}` is not here, and no reason is given"
        );
        for quoted in quoted(here) {
            let name = quoted.split(' ').next().unwrap_or_default();
            for part in name.split('.').filter(|part| !part.is_empty() && *part != "*") {
                let is_value = ["none", "single", "per-zone"].contains(&part);
                assert!(is_value || known.contains(part), "`{quoted}` is in no module: {theirs}");
            }
        }
    }
    assert!(rows.len() >= 120, "only {} rows", rows.len());
    Ok(())
}

fn declared(module: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(module)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "tf") {
            let text = fs::read_to_string(&path)?;
            names.extend(
                hcl::declared(&text)
                    .map_err(|line| anyhow!("{}:{line}: cannot be followed", path.display()))?,
            );
            // What an object holds: `days = optional(number, 365)`.
            names.extend(text.lines().flat_map(members));
        }
    }
    Ok(names)
}

/// The names of what a line of an object's type declares.
fn members(line: &str) -> impl Iterator<Item = String> {
    let kinds = ["bool", "list(", "map(", "number", "object(", "optional(", "set(", "string"];
    line.match_indices('=').filter_map(move |(at, _)| {
        let name = line[..at].trim_end().rsplit([' ', '{']).next()?;
        let kind = line[at + 1..].trim_start();
        kinds.iter().any(|each| kind.starts_with(each)).then(|| name.to_owned())
    })
}

fn row(heading: &str, theirs: &str) -> Row {
    let (module, inside) = heading.split_once(": ").unwrap_or((heading, ""));
    Row {
        heading: (module.to_owned(), inside.to_owned()),
        theirs: theirs.to_owned(),
        here: "none".to_owned(),
        why: "no reason".to_owned(),
    }
}

#[test]
fn what_is_missing_and_what_is_gone_is_found() {
    let inputs = BTreeMap::from([
        (("vpc".to_owned(), String::new()), BTreeSet::from(["name".to_owned(), "vpn_a".to_owned()])),
        (("vpc".to_owned(), "flow-log".to_owned()), BTreeSet::from(["name".to_owned()])),
    ]);
    let (unmentioned, gone) = compared(&inputs, &[row("vpc", "`vpn_*`, `cidr`"), row("vpc: dns", "`name`")]);
    assert_eq!(gone, ["`vpc` `` has no input `cidr`", "there is no module `vpc` `dns`"]);
    let left: Vec<_> =
        unmentioned.iter().map(|((_, inside), names)| (inside.as_str(), names.len())).collect();
    assert_eq!(left, [("", 1), ("flow-log", 1)]);

    let all = [row("everywhere", "`name`"), row("vpc", "`vpn_a`")];
    assert_eq!(compared(&inputs, &all), (BTreeMap::new(), Vec::new()));
    let all = [row("vpc", "`flow-log`: `name`"), row("vpc", "`vpn_a`, `n*e`")];
    assert_eq!(compared(&inputs, &all), (BTreeMap::new(), Vec::new()));
    let all = [row("vpc", "submodule `flow-log`"), row("vpc", "`vpn_a`, `name`")];
    assert_eq!(compared(&inputs, &all), (BTreeMap::new(), Vec::new()));
}
