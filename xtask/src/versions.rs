//! `cargo xtask versions`: until when AWS supports each version, from what its command line prints.

use std::path::Path;

use acceptance_tests::repository;
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};

use crate::ui::Ui;

/// Where a table is kept, what it is of, and how an answer of AWS becomes rows of it.
struct Kind {
    name: &'static str,
    file: &'static str,
    read: fn(&Value) -> Option<Vec<[String; 3]>>,
}

const KINDS: [Kind; 2] = [
    Kind { name: "kubernetes", file: "generator/data/kubernetes_versions.json", read: kubernetes },
    Kind { name: "postgres", file: "generator/data/postgres_versions.json", read: postgres },
];

/// Takes what the AWS command line printed on a day into the committed table.
pub(crate) fn run(ui: &Ui, kind: &str, printed: &Path, day: &str) -> Result<()> {
    let kind = KINDS.iter().find(|one| one.name == kind);
    let kind = kind.context("there are tables of `kubernetes` and of `postgres`")?;
    let answer: Value = serde_json::from_slice(&fs::read(printed)?)
        .with_context(|| format!("`{}` is no JSON", printed.display()))?;
    ensure!(is_day(day), "`{day}` is no day, such as 2026-11-29");
    let path = repository::root().join(kind.file);
    let old: Value = serde_json::from_slice(&fs::read(&path)?)?;
    let rows = (kind.read)(&answer).filter(|rows| !rows.is_empty());
    let rows = rows.with_context(|| format!("`{}` holds no versions of {}", printed.display(), kind.name))?;
    fs::write(&path, format!("{:#}\n", table(&old, &rows, day)))?;
    ui.detail(&format!("`{}`: {} versions as of {day}", kind.file, rows.len()));
    Ok(())
}

fn is_day(text: &str) -> bool {
    let shape = |(i, c): (usize, char)| if [4, 7].contains(&i) { c == '-' } else { c.is_ascii_digit() };
    text.len() == 10 && text.char_indices().all(shape)
}

/// The table with other rows, in the order of versions.
fn table(old: &Value, rows: &[[String; 3]], day: &str) -> Value {
    let number = |version: &str| version.split('.').next_back().and_then(|last| last.parse::<u32>().ok());
    let mut rows = rows.to_vec();
    rows.sort_by_key(|[version, ..]| number(version));
    let row = |[version, standard, extended]: &[String; 3]| json!({ "version": version, "standard_until": standard, "extended_until": extended });
    json!({
        "about": old["about"],
        "source": old["source"],
        "dated": day,
        "versions": rows.iter().map(row).collect::<Vec<_>>(),
    })
}

fn day(value: &Value) -> Option<String> {
    value.as_str().and_then(|text| text.get(..10)).map(str::to_owned)
}

/// What `aws eks describe-cluster-versions --include-all` prints.
fn kubernetes(answer: &Value) -> Option<Vec<[String; 3]>> {
    let row = |one: &Value| {
        let version = one["clusterVersion"].as_str()?.to_owned();
        Some([version, day(&one["endOfStandardSupportDate"])?, day(&one["endOfExtendedSupportDate"])?])
    };
    answer["clusterVersions"].as_array()?.iter().map(row).collect()
}

/// What `aws rds describe-db-major-engine-versions --engine postgres` prints. Versions before 10 counted otherwise.
fn postgres(answer: &Value) -> Option<Vec<[String; 3]>> {
    let row = |one: &Value| {
        let version = one["MajorEngineVersion"].as_str()?.to_owned();
        let ends = |of: &str| {
            let lifecycles = one["SupportedEngineLifecycles"].as_array()?;
            let found = lifecycles.iter().find(|lifecycle| lifecycle["LifecycleSupportName"] == of)?;
            day(&found["LifecycleSupportEndDate"])
        };
        Some([version, ends("open-source-rds-standard-support")?, ends("open-source-rds-extended-support")?])
    };
    let all = answer["DBMajorEngineVersions"].as_array()?.iter();
    all.filter(|one| one["MajorEngineVersion"].as_str().is_some_and(|version| !version.contains('.')))
        .map(row)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_aws_prints_becomes_a_table() {
        let eks = json!({ "clusterVersions": [
            { "clusterVersion": "1.35", "endOfStandardSupportDate": "2027-03-27T00:00:00+00:00", "endOfExtendedSupportDate": "2028-03-27T00:00:00+00:00" },
            { "clusterVersion": "1.34", "endOfStandardSupportDate": "2026-12-02T00:00:00+00:00", "endOfExtendedSupportDate": "2027-12-02T00:00:00+00:00" },
        ] });
        let rows = kubernetes(&eks).unwrap();
        let made = table(&json!({ "about": "a", "source": "s" }), &rows, "2026-11-29");
        assert_eq!(
            made["versions"][0],
            json!({ "version": "1.34", "standard_until": "2026-12-02", "extended_until": "2027-12-02" })
        );
        assert_eq!(made["dated"], "2026-11-29");
        let end =
            |name: &str, day: &str| json!({ "LifecycleSupportName": name, "LifecycleSupportEndDate": day });
        let rds = json!({ "DBMajorEngineVersions": [
            { "MajorEngineVersion": "9.6", "SupportedEngineLifecycles": [] },
            { "MajorEngineVersion": "17", "SupportedEngineLifecycles": [
                end("open-source-rds-standard-support", "2030-02-28T23:59:59.999000+00:00"),
                end("open-source-rds-extended-support", "2033-02-28T23:59:59.999000+00:00"),
            ] },
        ] });
        assert_eq!(postgres(&rds), Some(vec![["17", "2030-02-28", "2033-02-28"].map(str::to_owned)]));
        assert_eq!(kubernetes(&json!({ "clusterVersions": [{ "clusterVersion": "1.35" }] })), None);
        assert!(is_day("2026-11-29") && !is_day("2026-11-2") && !is_day("yesterday."));
    }
}
