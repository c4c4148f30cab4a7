//! How many tests passed and failed, read from what the test runners print at their end.

use std::ops::AddAssign;

/// Tests by result.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: usize,
    pub(crate) failed: usize,
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl Counts {
    /// Adds up the closing lines of `cargo nextest`, `cargo test`, `pytest` and `terraform test`.
    pub(crate) fn read(text: &str) -> Self {
        let mut counts = Self::default();
        for line in text.lines().map(without_colour).filter(|line| is_closing(line)) {
            counts += Self {
                passed: before(&line, "passed"),
                // An error while a test is set up (pytest) or that ends it by a signal or a time limit (nextest).
                failed: ["failed", "timed out", "errors", "error", "exec failed"]
                    .into_iter()
                    .map(|word| before(&line, word))
                    .sum(),
            };
        }
        counts
    }
}

fn is_closing(line: &str) -> bool {
    let indented = line.starts_with(' ');
    let line = line.trim();
    if line.starts_with("test result: ") {
        // Indented it is what nextest shows of a test that failed, which its own line has already.
        return !indented;
    }
    line.contains(" tests run: ")
        || line.contains(" test run: ")
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

    fn read(text: &str) -> (usize, usize) {
        let Counts { passed, failed } = Counts::read(text);
        (passed, failed)
    }

    #[test]
    fn nextest() {
        assert_eq!(read("     Summary [   0.678s] 25 tests run: 25 passed, 0 skipped\n"), (25, 0));
        assert_eq!(
            read("Summary [ 1s] 3 tests run: 1 passed (1 slow), 1 failed, 1 timed out, 0 skipped"),
            (1, 2)
        );
        let shown = "    test result: FAILED. 0 passed; 1 failed; 0 ignored; finished in 0.32s\n";
        assert_eq!(
            read(&format!("{shown}Summary [ 1s] 2 tests run: 1 passed, 1 failed, 0 skipped\n")),
            (1, 1)
        );
    }

    #[test]
    fn cargo_test_adds_up() {
        let line =
            "test result: ok. 3 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s\n";
        assert_eq!(read(&line.repeat(2)), (6, 2));
    }

    #[test]
    fn pytest() {
        assert_eq!(read("===== 12 passed, 2 warnings in 3.21s =====\n"), (12, 0));
        assert_eq!(read("71 passed, 3 deselected in 41.30s\n"), (71, 0));
        assert_eq!(read("\x1b[31m2 failed, 12 passed, 1 error in 63.21s (0:01:03)\x1b[0m\n"), (12, 3));
    }

    #[test]
    fn terraform_test() {
        assert_eq!(read("Success! 7 passed, 0 failed.\n"), (7, 0));
        assert_eq!(read("Failure! 5 passed, 2 failed, 1 skipped.\n"), (5, 2));
    }

    #[test]
    fn other_lines_do_not_count() {
        assert_eq!(read("3 passed the gate\nerror: 1 failed build\n"), (0, 0));
    }
}
