//! What may stand in no module, read from the code: what a plan does not show and policy scanners pass. What an apply
//! shows is looked for where the modules are applied.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use acceptance_tests::{hcl, repository};
use anyhow::{Result, anyhow};
use fs_err as fs;

/// A line of code: file, number from 1, text without its comment.
struct Line {
    place: String,
    code: String,
}

/// The files with one of the endings below the modules and the generator's templates.
fn files(folders: &[&str], endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut waiting: Vec<PathBuf> = folders.iter().map(|folder| repository::root().join(folder)).collect();
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                if path.file_name().is_none_or(|name| name != ".terraform") {
                    waiting.push(path);
                }
            } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn name(path: &Path) -> String {
    path.strip_prefix(repository::root()).unwrap_or(path).display().to_string()
}

/// The code of the modules themselves: no tests, no examples, no prose.
fn code() -> Result<Vec<Line>> {
    let mut lines = Vec::new();
    for path in files(&["modules"], &[".tf"])? {
        let file = name(&path);
        if file.contains("/examples/") {
            continue;
        }
        for (at, line) in fs::read_to_string(&path)?.lines().enumerate() {
            let code = line.split(" #").next().unwrap_or_default().trim();
            let prose = ["#", "description", "error_message"].iter().any(|start| code.starts_with(start));
            if !prose && !code.is_empty() {
                lines.push(Line { place: format!("{file}:{}", at + 1), code: code.to_owned() });
            }
        }
    }
    assert!(lines.len() > 2000, "only {} lines of code were found", lines.len());
    Ok(lines)
}

fn with(lines: &[Line], is_bad: impl Fn(&str) -> bool) -> Vec<String> {
    lines
        .iter()
        .filter(|line| is_bad(&line.code))
        .map(|line| format!("{}: {}", line.place, line.code))
        .collect()
}

/// `us-east-1` and the like: two letters, words, a digit. Not in a pattern, where a digit never stands alone.
fn has_region(code: &str) -> bool {
    code.split(|each: char| !(each.is_ascii_alphanumeric() || each == '-')).any(|word| {
        let parts: Vec<&str> = word.split('-').collect();
        matches!(parts.as_slice(), [area, .., number]
            if parts.len() >= 3
                && ["af", "ap", "ca", "cn", "eu", "il", "me", "mx", "sa", "us"].contains(area)
                && number.len() == 1 && number.chars().all(|digit| digit.is_ascii_digit()))
    })
}

/// Defect: a policy that works in one region of one partition only.
#[test]
fn no_partition_region_or_suffix_is_spelled() -> Result<()> {
    let lines = code()?;
    assert_eq!(with(&lines, |code| code.contains("arn:aws:")), Vec::<String>::new());
    assert_eq!(with(&lines, has_region), Vec::<String>::new());
    // Names of services that trust policies know have no form of their own in other partitions: `eks.amazonaws.com`.
    // With a region in it, or at the end of an address, the suffix differs.
    let spelled = |code: &str| {
        // An annotation, and the tag of a controller of EKS: the same everywhere.
        let code =
            code.replace("eks.amazonaws.com/role-arn", "").replace("cluster.k8s.amazonaws.com/name", "");
        code.match_indices("amazonaws.com").any(|(at, _)| {
            let before = code[..at].trim_end_matches('.');
            let service = before.rsplit(['"', '/']).next().unwrap_or_default();
            service.contains('}') || code[at..].starts_with("amazonaws.com/")
        })
    };
    assert_eq!(with(&lines, spelled), Vec::<String>::new());
    Ok(())
}

/// Defects: module-level `depends_on` (every plan has changes that are not), a sleep as a gate, Helm by shell.
#[test]
fn order_comes_from_references() -> Result<()> {
    let mut bad = Vec::new();
    for path in files(&["modules", "generator/tests/cases"], &[".tf"])? {
        let text = fs::read_to_string(&path)?;
        for call in
            hcl::module_calls(&text).map_err(|line| anyhow!("{}:{line}: cannot be followed", name(&path)))?
        {
            if call.arguments.iter().any(|argument| argument == "depends_on") {
                bad.push(format!("{}: module `{}` has a `depends_on`", name(&path), call.name));
            }
        }
    }
    assert_eq!(bad, Vec::<String>::new());
    let lines = code()?;
    for construct in ["null_resource", "time_sleep", "local-exec", "remote-exec", "data \"external\""] {
        assert_eq!(with(&lines, |code| code.contains(construct)), Vec::<String>::new());
    }
    Ok(())
}

/// Defects: a user with an access key, a password that Terraform makes and keeps.
#[test]
fn nobody_gets_a_key_or_a_password() -> Result<()> {
    let lines = code()?;
    for construct in ["\"aws_iam_user\"", "\"aws_iam_access_key\"", "\"random_password\""] {
        assert_eq!(with(&lines, |code| code.contains(construct)), Vec::<String>::new());
    }
    Ok(())
}

/// Defects: nodes on whatever image is newest, and two programs that drain the same node.
#[test]
fn nodes_are_pinned_and_drained_by_one() -> Result<()> {
    let mut bad = Vec::new();
    for path in files(&["modules"], &[".tf", ".yaml", ".yml", ".tpl", ".json"])? {
        let text = fs::read_to_string(&path)?;
        for word in ["@latest", "aws-node-termination-handler", "recommended/image_id"] {
            if text.contains(word) {
                bad.push(format!("{}: `{word}`", name(&path)));
            }
        }
    }
    assert_eq!(bad, Vec::<String>::new());
    Ok(())
}

/// Defect: "the version contains 17" makes 13.17 a 17. The module's own tests plan 13.17; this is that they do.
#[test]
fn the_family_is_not_guessed() -> Result<()> {
    let lines = code()?;
    assert_eq!(
        with(&lines, |code| code.contains("engine_version")
            && code.contains("strcontains(var.engine_version, \"1")),
        Vec::<String>::new()
    );
    let tests = fs::read_to_string(repository::root().join("modules/database/tests/instance.tftest.hcl"))?;
    assert!(tests.contains("engine_version = \"13.17\"") && tests.contains("family == \"postgres13\""));
    Ok(())
}

/// No route to the whole world, in or out of a group.
#[test]
fn no_group_is_open_to_the_world() -> Result<()> {
    let lines = code()?;
    // A default route is no permission: `destination_cidr_block` is where it leads.
    let open = |code: &str| {
        (code.contains("\"0.0.0.0/0\"") || code.contains("\"::/0\""))
            && ["cidr_ipv4", "cidr_ipv6", "cidr_blocks", "ipv6_cidr_blocks", "public_access_cidrs"]
                .iter()
                .any(|argument| code.starts_with(argument))
    };
    assert_eq!(with(&lines, open), Vec::<String>::new());
    Ok(())
}

/// Whether a comment stands first in a block, where it is of that block alone.
fn is_first_in_a_block(before: &str) -> bool {
    let line = before.lines().rev().find(|line| !line.trim_start().starts_with('#')).unwrap_or_default();
    line.ends_with('{') && ["data ", "module ", "resource "].iter().any(|kind| line.starts_with(kind))
}

/// Skips of the policy scanner: each first in the block that it is for, with a reason of its own, and few.
#[test]
fn skips_are_few_and_have_reasons() -> Result<()> {
    const MOST: usize = 32;
    let mut skips = BTreeMap::new();
    let mut reasons = BTreeMap::new();
    for path in files(&["modules", "generator/templates"], &[".tf", ".hbs"])? {
        let text = fs::read_to_string(&path)?;
        for (at, line) in text.lines().enumerate() {
            let Some((_, skip)) = line.split_once("checkov:skip=") else { continue };
            let (check, reason) = skip.split_once(':').unwrap_or((skip, ""));
            let place = format!("{}:{}", name(&path), at + 1);
            let before: Vec<&str> = text.lines().take(at).collect();
            let is_of_a_block = place.contains(".hbs") || is_first_in_a_block(&before.join("\n"));
            assert!(is_of_a_block, "{place}: `{check}` is skipped for more than one block");
            if let Some(other) = reasons.insert(reason.trim().to_owned(), place.clone()) {
                panic!("{place} has the reason of {other}: {reason}");
            }
            skips.insert(place, (check.to_owned(), reason.trim().to_owned()));
        }
    }
    let list: Vec<String> =
        skips.iter().map(|(place, (check, why))| format!("{check} {place}: {why}")).collect();
    write_list(&list);
    for (place, (check, reason)) in &skips {
        assert!(check.starts_with("CKV"), "{place}: `{check}` is no check");
        assert!(reason.split_whitespace().count() >= 4, "{place}: `{check}` is skipped without a reason");
    }
    assert!((1..=MOST).contains(&list.len()), "{} skips; at most {MOST}:\n{}", list.len(), list.join("\n"));
    for setting in [".checkov.yaml", ".checkov.yml", "modules/.checkov.yaml", "modules/.checkov.yml"] {
        assert!(!repository::root().join(setting).exists(), "`{setting}` would skip for all");
    }
    Ok(())
}

/// Shown by `--no-capture`, and when the test fails.
#[expect(clippy::print_stdout, reason = "the list is what a reviewer wants to see")]
fn write_list(list: &[String]) {
    println!("{} skips of checkov:\n{}", list.len(), list.join("\n"));
}

#[test]
fn regions_are_told_from_other_words() {
    assert!(has_region("region = \"eu-central-1\""));
    assert!(has_region("arn:x:s3:us-gov-west-1:1"));
    assert!(!has_region("eks-pod-identity-agent"));
    assert!(!has_region("use1-az1 rds-ca-rsa2048-g1 ca-2"));
}

/// The statements of a file that say what a role may do, by their names: those for nobody in particular. Trust, and policies of keys,
/// buckets and queues, name a principal.
fn rights(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let is_name = |line: &str| {
        line.trim_start().split_once('=').is_some_and(|(name, _)| name.trim().eq_ignore_ascii_case("sid"))
    };
    let starts: Vec<usize> = (0..lines.len()).filter(|at| is_name(lines[*at])).collect();
    let mut found = Vec::new();
    for (at, start) in starts.iter().enumerate() {
        let end = starts.get(at + 1).copied().unwrap_or(lines.len());
        // Behind the last statement of a document the next object begins.
        let body: Vec<&str> =
            lines[*start..end].iter().take_while(|line| !line.starts_with('}')).copied().collect();
        // One that is an expression is made from a list, in which the names stand.
        let Some(name) = body[0].split('"').nth(1) else { continue };
        let of_somebody =
            body.iter().any(|line| line.contains("principals {") || line.contains("Principal "));
        if !name.contains("${") && !of_somebody {
            found.push(name.to_owned());
        }
    }
    found
}

/// Whoever has to allow a role reads in the module's page what it may do, to whose resources and why: each statement, by its name.
#[test]
fn every_role_says_what_it_may_do() -> Result<()> {
    let (mut missing, mut looked_at) = (Vec::new(), 0);
    for entry in fs::read_dir(repository::root().join("modules"))? {
        let folder = entry?.path();
        let module = name(&folder);
        // Its roles are for each layer; its page and its own tests have them.
        if !folder.join("variables.tf").is_file() || module.ends_with("/hcp-identity") {
            continue;
        }
        let code: String = files(&[module.as_str()], &[".tf"])?
            .iter()
            .filter(|path| !name(path).contains("/examples/"))
            .map(fs::read_to_string)
            .collect::<std::io::Result<_>>()?;
        if !code.contains("resource \"aws_iam_role\"") && !code.contains("\"../workload-identity\"") {
            continue;
        }
        let page = fs::read_to_string(folder.join("README.md"))?;
        let Some((_, roles)) = page.split_once("\n## Roles\n") else {
            missing.push(format!("{module}: its page has no `## Roles`"));
            continue;
        };
        let roles = roles.split("<!-- inputs and outputs").next().unwrap_or_default();
        for right in rights(&code) {
            looked_at += 1;
            if !roles.contains(&format!("`{right}`")) {
                missing.push(format!("{module}: `{right}`"));
            }
        }
    }
    assert!(looked_at > 80, "only {looked_at} statements were found");
    assert_eq!(missing, Vec::<String>::new());
    Ok(())
}
