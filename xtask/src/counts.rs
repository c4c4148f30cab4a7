//! How many tests passed, failed and were skipped, read from what the test runners print at their end.

use std::fmt;
use std::ops::AddAssign;

/// Tests by result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
    pub(crate) skipped: usize,
}

/// A test that did not run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Skipped {
    pub(crate) test: String,
    pub(crate) reason: String,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 { write!(f, ", {} skipped", self.skipped) } else { Ok(()) }
    }
}

impl Counts {
    /// Adds up the closing lines of `cargo test`, `pytest` and `terraform test`.
    pub(crate) fn read(text: &str) -> Self {
        let mut counts = Self::default();
        for line in text.lines().map(without_colour).filter(|line| is_closing(line)) {
            counts += Self {
                passed: before(&line, "passed"),
                // An error is one while a test is set up.
                failed: ["failed", "errors", "error"].into_iter().map(|word| before(&line, word)).sum(),
                skipped: ["skipped", "ignored", "deselected"]
                    .into_iter()
                    .map(|word| before(&line, word))
                    .sum(),
            };
        }
        counts
    }
}

/// The tests that `pytest -rs` tells of as skipped: `SKIPPED [1] tests/test_terraform.py:9: why`.
pub(crate) fn skipped_by_pytest(text: &str) -> Vec<Skipped> {
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("SKIPPED ["));
    lines
        .filter_map(|rest| rest.split_once("] ")?.1.split_once(": "))
        .map(|(test, reason)| Skipped { test: test.to_owned(), reason: reason.to_owned() })
        .collect()
}

fn is_closing(line: &str) -> bool {
    let line = line.trim();
    line.starts_with("test result: ")
        || (line.starts_with("Success! ") || line.starts_with("Failure! "))
        || (line.contains(" in ")
            && line.ends_with(['s', '=', ')'])
            && [" passed", " failed", " error"].iter().any(|word| line.contains(word)))
}

/// The number that stands before a word: 12 in `12 passed, 1 failed`.
fn before(line: &str, word: &str) -> usize {
    line.split([',', ';', '.', ':'])
        .filter_map(|part| part.trim().trim_matches('=').trim().split_once(' '))
        .find_map(|(number, rest)| {
            let said = rest.split(" in ").next().unwrap_or(rest).split(" (").next().unwrap_or(rest).trim();
            (said == word).then(|| number.parse().ok()).flatten()
        })
        .unwrap_or_else(|| {
            // `Success! 12 passed`: the number is not the first word.
            let words: Vec<&str> = line.split([' ', ',', '.', ';']).filter(|word| !word.is_empty()).collect();
            let at = words.windows(2).position(|pair| pair[1] == word && pair[0].parse::<usize>().is_ok());
            at.and_then(|at| words[at].parse().ok()).unwrap_or(0)
        })
}

fn without_colour(line: &str) -> String {
    let mut text = String::new();
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\x1b' {
            let _ = characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (usize, usize, usize) {
        let Counts { passed, failed, skipped } = Counts::read(text);
        (passed, failed, skipped)
    }

    #[test]
    fn cargo_test_adds_up() {
        let line =
            "test result: ok. 3 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        assert_eq!(read(&line.repeat(2)), (6, 2, 4));
    }

    #[test]
    fn pytest() {
        assert_eq!(read("===== 12 passed, 2 warnings in 3.21s =====\n"), (12, 0, 0));
        assert_eq!(read("71 passed, 3 skipped in 41.30s\n"), (71, 0, 3));
        assert_eq!(read("\x1b[31m2 failed, 12 passed, 1 error in 63.21s (0:01:03)\x1b[0m\n"), (12, 3, 0));
    }

    #[test]
    fn terraform_test() {
        assert_eq!(read("Success! 7 passed, 0 failed.\n"), (7, 0, 0));
        assert_eq!(read("Failure! 5 passed, 2 failed, 1 skipped.\n"), (5, 2, 1));
    }

    #[test]
    fn other_lines_do_not_count() {
        assert_eq!(read("3 passed the gate\nerror: 1 failed build\n"), (0, 0, 0));
    }

    #[test]
    fn skipped_tests_have_their_reasons() {
        let line =
            "SKIPPED [1] tests/test_terraform.py:9: takes four minutes: `cargo xtask prove local-aws`\n";
        let expected = Skipped {
            test: "tests/test_terraform.py:9".into(),
            reason: "takes four minutes: `cargo xtask prove local-aws`".into(),
        };
        assert_eq!(skipped_by_pytest(line), [expected]);
    }

    #[test]
    fn the_closing_line_is_plain() {
        let counts = Counts { passed: 5, failed: 0, skipped: 0 };
        assert_eq!(counts.to_string(), "5 passed, 0 failed");
        assert_eq!(Counts { skipped: 2, ..counts }.to_string(), "5 passed, 0 failed, 2 skipped");
    }
}
