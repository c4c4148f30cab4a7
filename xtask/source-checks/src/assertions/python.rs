//! Python files, read line by line: what is looked for has few forms.

use std::path::Path;

use super::{Finding, Unsaid, shown};

/// Calls that expect an exception.
const RAISES: [&str; 2] = ["pytest.raises(", "assertRaises("];
/// What a program or a server ends with.
const CODES: [&str; 5] = ["code", "returncode", "status", "status_code", "exit_code"];

pub(super) fn check(path: &Path, text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut add = |line: usize, column: usize, what: &str, unsaid: Unsaid| {
        findings.push(Finding { path: path.to_path_buf(), line, column, what: shown(what), unsaid });
    };
    let mut start = 0;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let code = line.trim_start();
        let column = line.len() - code.len();
        if !code.starts_with(['#', '"', '\'']) {
            for call in RAISES {
                let Some(found) = line.find(call) else { continue };
                let (inside, after) = text[start + found..].split_at(end_of_call(&text[start + found..]));
                if !inside.contains("match=") && !is_looked_at(after) {
                    add(at + 1, found + 1, inside, Unsaid::Raised);
                }
            }
            if let Some(condition) = code.strip_prefix("assert ")
                && is_any_failure(condition)
            {
                add(at + 1, column + 1, code, Unsaid::Code);
            }
        }
        start += line.len();
    }
    findings
}

/// Where the parenthesis that the call opens is closed; the end of the text when it is not.
fn end_of_call(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut quote: Option<char> = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some(_), _) => (),
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth += 1,
            (None, ')') if depth == 1 => return at + 1,
            (None, ')') => depth = depth.saturating_sub(1),
            _ => (),
        }
    }
    text.len()
}

/// Whether a call is kept, `as failed`, and its `failed.value` looked at further down.
fn is_looked_at(after: &str) -> bool {
    let Some((name, rest)) =
        after.trim_start_matches(' ').strip_prefix("as ").and_then(|kept| kept.split_once(':'))
    else {
        return false;
    };
    rest.contains(&format!("{}.", name.trim()))
}

/// `assert code != 0`, `assert not done.ok`: not which.
fn is_any_failure(condition: &str) -> bool {
    let condition = condition.split(',').next().unwrap_or_default().split('#').next().unwrap_or_default();
    let last_name = |side: &str| side.trim().rsplit(['.', ' ', '(']).next().unwrap_or_default().to_owned();
    if let Some(refused) = condition.strip_prefix("not ") {
        return ["ok", "success", "is_success"].contains(&last_name(refused).trim_end_matches("()"));
    }
    ["!=", ">=", ">"].iter().find_map(|sign| condition.split_once(sign)).is_some_and(|(left, right)| {
        [left, right].into_iter().any(|side| CODES.contains(&last_name(side).as_str()))
    })
}
