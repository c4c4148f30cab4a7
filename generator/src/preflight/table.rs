//! The outcome for people and for machines.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Outcome;
use crate::facts::Facts;
use crate::spec::Path;

/// Where something stands: the file, its line and its column.
pub type Place = (String, usize, usize);

/// For machines.
#[must_use]
pub fn json(outcome: &Outcome, facts: &Facts, place: impl Fn(&Path) -> Option<Place>) -> Value {
    let findings = outcome.findings.iter().map(|one| {
        let place = one.path.as_ref().and_then(&place);
        let place = place.map(|(file, line, column)| json!({ "file": file, "line": line, "column": column }));
        json!({
            "check": one.check, "message": one.message, "cause": one.cause, "next": one.next, "place": place,
        })
    });
    let unchecked = outcome.unchecked.iter().map(
        |one| json!({ "check": one.check, "message": one.message, "cause": one.cause, "next": one.next }),
    );
    json!({
        "findings": findings.collect::<Vec<_>>(),
        "unchecked": unchecked.collect::<Vec<_>>(),
        "passed": outcome.passed,
        "account": facts.account,
        "region": facts.region,
        "taken": facts.taken,
    })
}

/// For people: every check with its result, then what was found, then what could not be checked, by its cause.
#[must_use]
pub fn table(outcome: &Outcome, facts: &Facts, place: impl Fn(&Path) -> Option<Place>) -> String {
    let mut out = rows(outcome);
    for one in &outcome.findings {
        let _ = writeln!(out, "\nfinding: {}", one.message);
        if let Some((file, line, column)) = one.path.as_ref().and_then(&place) {
            let _ = writeln!(out, " --> {file}:{line}:{column}");
        }
        let _ = writeln!(out, "  = check: {}", one.check);
        let _ = writeln!(out, "  = cause: {}", one.cause);
        let _ = writeln!(out, "  = next: {}", one.next);
    }
    let mut by_cause: Vec<((&str, &str), Vec<&str>)> = Vec::new();
    for one in &outcome.unchecked {
        let cause = (one.cause.as_str(), one.next.as_str());
        match by_cause.iter_mut().find(|(known, _)| *known == cause) {
            Some((_, messages)) => messages.push(&one.message),
            None => by_cause.push((cause, vec![&one.message])),
        }
    }
    for ((cause, next), mut messages) in by_cause {
        messages.dedup();
        let _ = writeln!(out);
        for message in messages {
            let _ = writeln!(out, "{message}");
        }
        let _ = writeln!(out, "  = cause: {cause}");
        let _ = writeln!(out, "  = next: {next}");
    }
    let _ = writeln!(
        out,
        "\n{} found, {} could not be checked, {} passed: account {}, region {}, {}",
        outcome.findings.len(),
        outcome.unchecked.len(),
        outcome.passed.len(),
        facts.account,
        facts.region,
        facts.taken
    );
    out
}

/// A line for each check.
fn rows(outcome: &Outcome) -> String {
    let mut results: BTreeMap<&str, &str> = BTreeMap::new();
    let passed = outcome.passed.iter().map(|check| (check, "passed"));
    let unchecked = outcome.unchecked.iter().map(|one| (&one.check, "could not check"));
    let findings = outcome.findings.iter().map(|one| (&one.check, "finding"));
    for (check, result) in passed.chain(unchecked).chain(findings) {
        results.insert(check, result);
    }
    let width = results.keys().map(|check| check.len()).max().unwrap_or_default().max("check".len());
    let mut out = format!("{:width$}  result\n{}  {}\n", "check", "-".repeat(width), "-".repeat(15));
    for (check, result) in results {
        let _ = writeln!(out, "{check:width$}  {result}");
    }
    out
}
