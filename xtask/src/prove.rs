//! `cargo xtask prove`: the proofs that take too long for every change, and the page that says when they were last run.

mod page;
mod proofs;

use std::process::Command;
use std::time::Instant;

use acceptance_tests::{repository, tools};
use anyhow::{Context as _, Result, bail, ensure};
use fs_err as fs;

use crate::ui::{Ui, elapsed, table};
use page::{Entry, Page};
pub(crate) use proofs::counted_ignored;
use proofs::{PROOFS, Proof};

const PAGE: &str = "PROOFS.md";

/// Runs the named proofs, all when none is named, and writes down how each ended.
pub(crate) fn run(ui: &Ui, names: &[&str]) -> Result<()> {
    let chosen = chosen(names)?;
    tools::needed()?;
    for proof in &chosen {
        let changed = changed_files(proof, None)?;
        ensure!(
            changed.is_empty(),
            "`{}` would prove code that is in no commit: {}\nhint: commit first",
            proof.name,
            shortened(&changed)
        );
    }
    let mut failed = Vec::new();
    for proof in chosen {
        ui.step(&format!("{}: {}", proof.name, proof.shows));
        let commit = git(&["rev-parse", "--short=10", "HEAD"])?;
        let begin = Instant::now();
        let (passed, counts) = match (proof.run)(ui) {
            Ok(counts) => (true, counts),
            Err(error) => {
                ui.error(&error);
                (false, format!("{error}").lines().next().unwrap_or_default().to_owned())
            }
        };
        let took = elapsed(begin.elapsed());
        ui.detail(&format!("{}: {counts}, {took}", proof.name));
        let mut page = Page::read(&fs::read_to_string(repository::root().join(PAGE))?)?;
        page.put(Entry { name: proof.name.to_owned(), passed, commit, date: today()?, took, counts });
        fs::write(repository::root().join(PAGE), page.text(PROOFS))?;
        if !passed {
            failed.push(proof.name);
        }
    }
    ui.result(&format!("\n`{PAGE}` is written: commit it."));
    ensure!(failed.is_empty(), "failed: {}", failed.join(", "));
    Ok(())
}

/// The names of all proofs, with what they show and how they stand.
pub(crate) fn tell(ui: &Ui) -> Result<()> {
    let page = Page::read(&fs::read_to_string(repository::root().join(PAGE))?)?;
    let mut rows = Vec::new();
    for proof in PROOFS {
        let entry = page.entries.iter().find(|entry| entry.name == proof.name);
        let column = |of: fn(&Entry) -> String| entry.map(of).unwrap_or_default();
        rows.push(vec![
            proof.name.to_owned(),
            standing(proof, entry)?,
            column(|entry| entry.date.clone()),
            column(|entry| entry.commit.clone()),
            column(|entry| entry.took.clone()),
            column(|entry| entry.counts.clone()),
        ]);
    }
    ui.result(&format!("\nProofs that are run by themselves (`cargo xtask prove`), as `{PAGE}` has them:\n"));
    ui.result(&table(&["proof", "stands", "date", "commit", "took", "counts"], &rows));
    Ok(())
}

fn chosen(names: &[&str]) -> Result<Vec<&'static Proof>> {
    if names.is_empty() {
        return Ok(PROOFS.iter().collect());
    }
    let find = |name: &&str| {
        PROOFS.iter().find(|proof| proof.name == *name).with_context(|| {
            let known: Vec<String> = PROOFS.iter().map(|proof| format!("`{}`", proof.name)).collect();
            format!("there is no proof `{name}`\nhint: there are {}", known.join(", "))
        })
    };
    names.iter().map(find).collect()
}

/// Never green when the code has changed since, or when nobody can tell.
fn standing(proof: &Proof, entry: Option<&Entry>) -> Result<String> {
    let Some(entry) = entry else { return Ok("NEVER RUN".to_owned()) };
    if !entry.passed {
        return Ok("FAILED".to_owned());
    }
    let is_known = Command::new("git")
        .args(["merge-base", "--is-ancestor", &entry.commit, "HEAD"])
        .current_dir(repository::root())
        .output()
        .context("starting `git`")?
        .status
        .success();
    if !is_known {
        return Ok("OF A COMMIT that is not in this history".to_owned());
    }
    let changed = changed_files(proof, Some(&entry.commit))?;
    Ok(match changed.len() {
        0 => "proved".to_owned(),
        1 => "OLDER than its code: 1 file changed".to_owned(),
        count => format!("OLDER than its code: {count} files changed"),
    })
}

/// The files of a proof that differ from a commit, or from the last one.
fn changed_files(proof: &Proof, since: Option<&str>) -> Result<Vec<String>> {
    let mut arguments = vec!["diff", "--name-only", since.unwrap_or("HEAD"), "--"];
    arguments.extend(proof.paths);
    let mut changed: Vec<String> = git(&arguments)?.lines().map(str::to_owned).collect();
    let mut arguments = vec!["ls-files", "--others", "--exclude-standard", "--"];
    arguments.extend(proof.paths);
    changed.extend(git(&arguments)?.lines().map(str::to_owned));
    Ok(changed)
}

fn shortened(files: &[String]) -> String {
    match files {
        [first, rest @ ..] if !rest.is_empty() => format!("`{first}` and {} more", rest.len()),
        _ => files.iter().map(|file| format!("`{file}`")).collect(),
    }
}

fn git(arguments: &[&str]) -> Result<String> {
    let output = Command::new("git")
        .args(arguments)
        .current_dir(repository::root())
        .output()
        .context("starting `git`")?;
    if !output.status.success() {
        bail!("`git {}` failed: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The day in UTC, `2026-11-30`.
pub(crate) fn today() -> Result<String> {
    let output = Command::new("date").args(["-u", "+%Y-%m-%d"]).output().context("starting `date`")?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(commit: &str, passed: bool) -> Entry {
        Entry {
            name: "faults".into(),
            passed,
            commit: commit.into(),
            date: "2026-11-28".into(),
            took: "1.0 s".into(),
            counts: "1 case".into(),
        }
    }

    const EVERYTHING: Proof = Proof { name: "faults", shows: "", paths: &["."], run: |_| Ok(String::new()) };
    /// A file that never changes.
    const NOTHING: Proof = Proof { paths: &["LICENSE"], ..EVERYTHING };

    fn first_commit() -> String {
        git(&["rev-list", "--max-parents=0", "HEAD"]).unwrap().lines().next().unwrap().to_owned()
    }

    #[test]
    fn what_was_never_run_or_failed_is_not_proved() {
        assert_eq!(standing(&NOTHING, None).unwrap(), "NEVER RUN");
        assert_eq!(standing(&NOTHING, Some(&entry(&first_commit(), false))).unwrap(), "FAILED");
    }

    #[test]
    fn a_proof_ages_with_its_code() {
        let told = standing(&EVERYTHING, Some(&entry(&first_commit(), true))).unwrap();
        assert!(told.starts_with("OLDER than its code: "), "{told}");
        assert_eq!(standing(&NOTHING, Some(&entry("HEAD", true))).unwrap(), "proved");
    }

    #[test]
    fn a_commit_that_nobody_knows_proves_nothing() {
        let told = standing(&NOTHING, Some(&entry("0123456789", true))).unwrap();
        assert_eq!(told, "OF A COMMIT that is not in this history");
    }

    #[test]
    fn every_proof_names_code_that_is_there() {
        for proof in PROOFS {
            for path in proof.paths {
                assert!(repository::root().join(path).exists(), "{}: {path}", proof.name);
            }
        }
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones() {
        let error = chosen(&["fautls"]).err().unwrap().to_string();
        assert!(error.starts_with("there is no proof `fautls`\nhint: there are `"), "{error}");
    }

    #[test]
    fn the_page_is_as_the_program_writes_it() {
        let text = fs::read_to_string(repository::root().join(PAGE)).unwrap();
        assert_eq!(Page::read(&text).unwrap().text(PROOFS), text);
    }
}
