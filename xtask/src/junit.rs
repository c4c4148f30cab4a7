//! What nextest writes down of a run, in the format of JUnit.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::{Context as _, Result};
use roxmltree::{Document, Node};

/// One test that ran.
#[derive(Debug, PartialEq)]
pub(crate) struct Case {
    /// The test's program, `acceptance-tests::demo`.
    pub(crate) binary: String,
    pub(crate) name: String,
    pub(crate) took: Duration,
    /// How it failed, in nextest's words; `None` when it passed.
    pub(crate) failure: Option<String>,
    /// What it printed on standard output.
    pub(crate) output: String,
}

/// All tests of a report.
pub(crate) fn read(text: &str) -> Result<Vec<Case>> {
    let document = Document::parse(text).context("nextest's report is no XML")?;
    let suites = document.descendants().filter(|node| node.has_tag_name("testsuite"));
    let cases = suites.flat_map(|suite| suite.children().filter(|node| node.has_tag_name("testcase")));
    cases.map(case).collect()
}

fn case(node: Node<'_, '_>) -> Result<Case> {
    let attribute = |name| node.attribute(name).with_context(|| format!("a test without `{name}`"));
    let child =
        |names: &[&str]| node.children().find(|child| names.iter().any(|name| child.has_tag_name(*name)));
    let failure = child(&["failure", "error"]).map(|node| {
        let kind = node.attribute("type").or_else(|| node.attribute("message"));
        kind.unwrap_or("failed").to_owned()
    });
    let output = child(&["system-out"]).and_then(|node| node.text()).unwrap_or_default().to_owned();
    Ok(Case {
        binary: attribute("classname")?.to_owned(),
        name: attribute("name")?.to_owned(),
        took: Duration::from_secs_f64(attribute("time")?.parse().context("a time that is no number")?),
        failure,
        output,
    })
}

/// Programs by the time of all their tests, the longest first.
pub(crate) fn by_binary(cases: &[Case]) -> Vec<(&str, usize, Duration)> {
    let mut sums: BTreeMap<&str, (usize, Duration)> = BTreeMap::new();
    for case in cases {
        let (count, took) = sums.entry(&case.binary).or_default();
        *count += 1;
        *took += case.took;
    }
    let mut sums: Vec<_> = sums.into_iter().map(|(name, (count, took))| (name, count, took)).collect();
    sums.sort_by_key(|sum| std::cmp::Reverse(sum.2));
    sums
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="nextest-run" tests="3" failures="1" errors="1" time="2.5">
    <testsuite name="tfplugin" tests="2" disabled="0" errors="0" failures="1">
        <testcase name="a::passes" classname="tfplugin" timestamp="2026-11-28T05:00:00.000+00:00" time="0.5">
            <system-out>12 passed in 1.00s</system-out>
        </testcase>
        <testcase name="a::fails" classname="tfplugin" time="0.25">
            <failure message="thread &apos;a&apos; panicked" type="test failure with exit code 101">text</failure>
        </testcase>
    </testsuite>
    <testsuite name="acceptance-tests::demo" tests="1">
        <testcase name="hangs" classname="acceptance-tests::demo" time="180.0">
            <failure type="test timeout"/>
        </testcase>
    </testsuite>
</testsuites>"#;

    #[test]
    fn passed_failed_and_timed_out_are_told_apart() {
        let cases = read(REPORT).unwrap();
        let failures: Vec<_> =
            cases.iter().map(|case| (case.name.as_str(), case.failure.as_deref())).collect();
        assert_eq!(
            failures,
            [
                ("a::passes", None),
                ("a::fails", Some("test failure with exit code 101")),
                ("hangs", Some("test timeout"))
            ]
        );
        assert_eq!(cases[0].output, "12 passed in 1.00s");
        assert_eq!(cases[2].took, Duration::from_secs(180));
    }

    #[test]
    fn programs_are_ordered_by_their_time() {
        let cases = read(REPORT).unwrap();
        let expected = [
            ("acceptance-tests::demo", 1, Duration::from_secs(180)),
            ("tfplugin", 2, Duration::from_millis(750)),
        ];
        assert_eq!(by_binary(&cases), expected);
    }

    #[test]
    fn what_is_no_report_is_an_error() {
        let error = read("hello").unwrap_err();
        assert_eq!(error.to_string(), "nextest's report is no XML");
    }
}
