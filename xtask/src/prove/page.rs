//! `PROOFS.md`: a table that people read and this program writes.

use std::fmt::Write as _;

use anyhow::{Context as _, Result, ensure};

use super::proofs::Proof;

/// How a proof ended when it was last run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) passed: bool,
    /// Of the code that was proved.
    pub(crate) commit: String,
    pub(crate) date: String,
    pub(crate) took: String,
    /// What was counted; the error when it failed.
    pub(crate) counts: String,
}

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Page {
    pub(crate) entries: Vec<Entry>,
}

const HEAD: &str = "| proof | result | commit | date | took | counts |";

impl Page {
    pub(crate) fn read(text: &str) -> Result<Self> {
        let rows =
            text.lines().skip_while(|line| *line != HEAD).skip(2).take_while(|line| line.starts_with('|'));
        let entries = rows.map(entry).collect::<Result<Vec<_>>>().context("`PROOFS.md` cannot be read")?;
        ensure!(text.contains(HEAD), "`PROOFS.md` has no table that begins with `{HEAD}`");
        Ok(Self { entries: entries.into_iter().flatten().collect() })
    }

    /// Takes the place of the entry of the same name.
    pub(crate) fn put(&mut self, entry: Entry) {
        self.entries.retain(|known| known.name != entry.name);
        self.entries.push(entry);
    }

    pub(crate) fn text(&self, proofs: &[Proof]) -> String {
        let mut text = String::from(
            "# Proofs\n\n\
             What takes too long for every change. `cargo xtask prove [NAME ...]` runs it and writes this page; `cargo xtask ci`\n\
             prints it and says which entries are older than the code that they prove.\n\n",
        );
        let _ = writeln!(text, "{HEAD}\n|---|---|---|---|---|---|");
        for proof in proofs {
            let _ = match self.entries.iter().find(|entry| entry.name == proof.name) {
                Some(Entry { name, passed, commit, date, took, counts }) => {
                    let result = if *passed { "ok" } else { "FAILED" };
                    let counts = counts.replace('|', "/");
                    writeln!(text, "| `{name}` | {result} | {commit} | {date} | {took} | {counts} |")
                }
                None => writeln!(text, "| `{}` | never run | | | | |", proof.name),
            };
        }
        text.push_str("\n## What each shows, and of which code\n\n");
        for Proof { name, shows, paths, .. } in proofs {
            let paths: Vec<String> = paths.iter().map(|path| format!("`{path}`")).collect();
            let _ = writeln!(text, "* **`{name}`**: {shows}. Code: {}.", paths.join(", "));
        }
        text
    }
}

/// One row; `None` for a proof that was never run.
fn entry(row: &str) -> Result<Option<Entry>> {
    let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
    let [name, result, commit, date, took, counts] = cells[..] else {
        anyhow::bail!("a row with {} cells instead of 6: `{row}`", cells.len());
    };
    let own = str::to_owned;
    Ok((result != "never run").then(|| Entry {
        name: own(name.trim_matches('`')),
        passed: result == "ok",
        commit: own(commit),
        date: own(date),
        took: own(took),
        counts: own(counts),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PROOFS: &[Proof] = &[
        Proof { name: "faults", shows: "every fault", paths: &["provider"], run: |_| Ok(String::new()) },
        Proof { name: "fuzz", shows: "no panic", paths: &["provider/tfplugin"], run: |_| Ok(String::new()) },
    ];

    fn faults() -> Entry {
        Entry {
            name: "faults".into(),
            passed: true,
            commit: "0123456789".into(),
            date: "2026-11-28".into(),
            took: "15 min 30 s".into(),
            counts: "1,646 cases, 0 wrong".into(),
        }
    }

    #[test]
    fn what_is_written_is_read() {
        let mut page = Page::default();
        page.put(Entry { counts: "old".into(), ..faults() });
        page.put(faults());
        let text = page.text(PROOFS);
        assert!(text.contains("| `fuzz` | never run | | | | |"), "{text}");
        assert_eq!(Page::read(&text).unwrap(), page);
    }

    #[test]
    fn a_row_that_is_cut_is_an_error() {
        let text = format!("{HEAD}\n|---|\n| `faults` | ok |\n");
        let error = format!("{:#}", Page::read(&text).unwrap_err());
        let expected = "`PROOFS.md` cannot be read: a row with 2 cells instead of 6: `| `faults` | ok |`";
        assert_eq!(error, expected);
    }
}
