use std::path::Path;

use super::*;

/// What is found in a file at this path, each as its column and what is unsaid.
fn found_in(path: &str, text: &str) -> Vec<(usize, Unsaid)> {
    let path = Path::new(path);
    let tree = syn::parse_file(text).unwrap();
    let mut findings = rust::check(path, &tree, Kind::of(path, &BTreeSet::new()));
    findings.extend(documentation::check(path, text));
    findings.into_iter().map(|finding| (finding.line, finding.unsaid)).collect()
}

/// What is found in the statements of a test.
fn found(statements: &str) -> Vec<Unsaid> {
    let text = format!("#[test]\nfn a_test() {{\n{statements}\n}}\n");
    found_in("provider/src/lib.rs", &text).into_iter().map(|(_, unsaid)| unsaid).collect()
}

fn all_are(unsaid: Unsaid, tests: &[&str]) {
    for test in tests {
        assert_eq!(found(test), [unsaid], "{test}");
    }
}

fn all_pass(tests: &[&str]) {
    for test in tests {
        assert_eq!(found(test), [], "{test}");
    }
}

#[test]
fn that_something_fails_is_not_enough() {
    all_are(
        Unsaid::Error,
        &[
            "assert!(x.is_err());",
            "assert!(f(1).await.is_err(), \"{x}\");",
            "assert!(!x.is_err());",
            "assert!(ready && x.is_err());",
            "assert!((x.is_err()));",
            "assert_eq!(x.is_err(), true);",
            "assert_eq!(fits, x.is_err(), \"{text}\");",
            "assert_ne!(x.is_err(), false);",
            "debug_assert!(x.is_err());",
            "ensure!(x.is_err(), \"it passed\");",
            "anyhow::ensure!(x.is_err());",
            "prop_assert!(x.is_err());",
            "assert!(all.iter().all(|x| f(x).is_err()));",
            "assert!(all.iter().all(Result::is_err));",
            "assert!(block_on(async { f().await.is_err() }));",
            "assert!(x.err().is_some());",
            "assert!(x.ok().is_none());",
            "assert!(x.is_err_and(|_| true));",
            "assert!(matches!(x, Err(_)));",
            "assert!(matches!(&x, Err(..)));",
            "assert!(matches!(x, Err(_) | Ok(0)));",
            "assert!(matches!(x, Err(_error)));",
            "assert_matches!(x, Err(_));",
            "assert!(if let Err(_) = x { true } else { false });",
            "assert!(match x { Err(_) => true, Ok(_) => false });",
            "let failed = x.is_err(); assert!(failed);",
            "let fails = |text: &str| parse(text).is_err(); assert!(fails(\"a\"));",
            "fn fails(text: &str) -> bool { parse(text).is_err() } assert!(fails(\"a\"));",
            "let Err(_) = x else { panic!(\"it passed\") };",
            "if let Err(_) = x { } else { panic!(\"it passed\") }",
            "match x { Err(_) => {} Ok(y) => panic!(\"{y}\") }",
            "match x { Err(_) => (), Ok(y) => bail!(\"{y}\") }",
            "match x { Ok(_) => panic!(\"it passed\"), _ => () }",
            "vec![1].iter().for_each(|n| assert!(f(n).is_err()));",
            "tokio::join!(async { assert!(x.is_err()) });",
            "proptest! { fn some(a in 0..9) { prop_assert!(f(a).is_err()); } }",
            "macro_rules! refused { ($x:expr) => { assert!($x.is_err()) } }",
        ],
    );
}

#[test]
fn that_something_succeeds_is_not_enough() {
    all_are(
        Unsaid::Value,
        &[
            "assert!(x.is_ok());",
            "assert!(!x.is_ok(), \"{x:?}\");",
            "assert_eq!(read.is_ok(), fits, \"{depth}\");",
            "assert!(x.err().is_none());",
            "assert!(x.ok().is_some());",
            "assert!(matches!(x, Ok(_)));",
            "let Ok(_) = x else { panic!(\"it failed\") };",
            "if let Ok(_) = x { panic!(\"it passed\") }",
            "if x.is_ok() { bail!(\"it passed\"); }",
            "if x.is_ok() { return Err(anyhow!(\"it passed\")); }",
        ],
    );
    all_are(Unsaid::Some, &["assert!(x.is_some());", "assert!(matches!(x, Some(_)));"]);
}

#[test]
fn that_a_program_fails_is_not_enough() {
    all_are(
        Unsaid::Code,
        &[
            "assert!(!output.status.success());",
            "assert!(!child.wait()?.success(), \"{printed}\");",
            "assert!(!finished.success);",
            "assert!(!success && out.is_empty());",
            "assert_eq!(status.success(), false);",
            "assert!(status.success() == false);",
            "assert_ne!(output.status.code(), Some(0));",
            "assert!(run.code != 0);",
            "ensure!(answer.status >= 400, \"{answer:?}\");",
            "assert!(answer.status().is_client_error());",
            "assert!(!answer.status().is_success());",
        ],
    );
    assert_eq!(found("let failed = !status.success(); assert!(failed);"), [Unsaid::Error]);
    all_are(
        Unsaid::Problems,
        &[
            "assert!(diagnostics.has_errors());",
            "assert!(!response.diagnostics.is_empty());",
            "assert!(!error.to_string().is_empty());",
            "assert!(!x.unwrap_err().to_string().is_empty());",
        ],
    );
}

#[test]
fn an_error_that_nobody_looks_at_says_nothing() {
    all_are(
        Unsaid::Dropped,
        &[
            "x.unwrap_err();",
            "f().await.expect_err(\"it is too large\");",
            "let _ = x.unwrap_err();",
            "let _error = x.unwrap_err();",
            "drop(x.unwrap_err());",
            "x.err().unwrap();",
            "x.err().context(\"it passed\")?;",
        ],
    );
    let panics = "#[test]\n#[should_panic]\nfn a_test() {}\n";
    assert_eq!(found_in("provider/src/lib.rs", panics), [(2, Unsaid::Panic)]);
    let says_which = "#[test]\n#[should_panic(expected = \"too large\")]\nfn a_test() {}\n";
    assert_eq!(found_in("provider/src/lib.rs", says_which), []);
}

#[test]
fn what_says_what_it_expects_passes() {
    all_pass(&[
        "assert_eq!(x.unwrap_err().to_string(), \"no such file\");",
        "assert!(x.unwrap_err().contains(\"no such\"));",
        "let error = x.unwrap_err(); assert_eq!(error.status(), 404);",
        "assert!(matches!(x, Err(Error::Absent { .. })));",
        "assert!(matches!(lock.try_lock(), Err(TryLockError::WouldBlock)));",
        "assert!(matches!(x, Err(ref error) if error.code() == 3));",
        "assert!(x.is_err_and(|error| error.code() == 3));",
        "assert!(x.is_some_and(|text| text.starts_with('a')));",
        "assert_eq!(x, Err(Error::Absent));",
        "assert_eq!(x, None);",
        "assert!(x.is_none());",
        "let Err(error) = x else { panic!(\"it passed\") }; assert_eq!(error, \"a\");",
        "match x { Err(error) => assert_eq!(error, \"a\"), Ok(y) => panic!(\"{y}\") }",
        "assert!(output.status.success(), \"{output:?}\");",
        "assert_eq!(output.status.code(), Some(1));",
        "assert!((200..300).contains(&answer.status));",
        "assert!(!diagnostics.has_errors());",
        "assert!(problems.is_empty(), \"{problems:?}\");",
        "assert_eq!(all.iter().filter(|x| x.note.is_some()).map(|x| x.id).collect(), [1, 2]);",
        "assert_eq!(x, 3, \"{}\", y.is_err());",
        // Not a word about what is expected.
        "while x.is_err() { x = again(); }",
        "if socket.connect().is_err() { return; }",
        "let how = if stopped.is_ok() { \"stopped\" } else { \"waited in vain\" };",
        "match connect() { Ok(stream) => return stream, Err(_) => sleep() }",
        "let text = \"assert!(x.is_err())\";",
        "// assert!(x.is_err());",
    ]);
}

#[test]
fn a_name_that_is_given_again_stands_for_no_outcome() {
    all_pass(&["let x = f().is_err(); let x = 3; assert!(x == 3);", "{ let x = f().is_err(); } assert!(x);"]);
}

#[test]
fn production_code_may_ask_whether_something_failed() {
    let text = "
        fn serve() -> Result<()> {
            if sender.send(1).is_err() { return Ok(()); }
            if file.try_lock().is_err() { bail!(\"somebody else is at it\"); }
            let stopped = timeout(LIMIT, task).await.is_err();
            ensure!(path.metadata().is_ok(), \"there is no such file\");
            ensure!(output.status.code() != Some(3), \"the licence is missing\");
            match read() { Err(_) => Ok(()), Ok(more) => bail!(\"{more}\") }
        }
    ";
    assert_eq!(found_in("provider/src/lib.rs", text), []);
    // Assertions are the same everywhere.
    assert_eq!(found_in("provider/src/lib.rs", "fn a() { debug_assert!(x.is_ok()); }"), [(1, Unsaid::Value)]);
}

#[test]
fn tests_are_known_by_where_they_stand() {
    let ensures = "fn a() -> Result<()> { ensure!(x.is_err()); x.unwrap_err(); Ok(()) }";
    for path in ["provider/tests/it.rs", "acceptance-tests/src/lib.rs", "provider/fuzz/src/lib.rs"] {
        assert_eq!(found_in(path, ensures), [(1, Unsaid::Error), (1, Unsaid::Dropped)], "{path}");
    }
    assert_eq!(found_in("xtask/src/demo.rs", ensures), [(1, Unsaid::Error)]);
    assert_eq!(found_in("provider/src/lib.rs", ensures), []);
    for attribute in ["test", "tokio::test(flavor = \"multi_thread\")", "cfg(test)", "cfg(all(test, unix))"] {
        let text = format!("#[{attribute}]\n{ensures}");
        assert_eq!(found_in("provider/src/lib.rs", &text).len(), 2, "{attribute}");
    }
    for attribute in ["cfg(not(test))", "cfg(any(windows, test))", "cfg(unix)", "inline"] {
        let text = format!("#[{attribute}]\n{ensures}");
        assert_eq!(found_in("provider/src/lib.rs", &text), [], "{attribute}");
    }
}

#[test]
fn the_file_of_a_test_module_is_a_test() {
    let tree = syn::parse_file(
        "#[cfg(test)] mod tests;\n#[cfg(test)]\n#[path = \"write_tests.rs\"]\nmod more;\nmod other;",
    )
    .unwrap();
    let modules: BTreeSet<PathBuf> =
        scope::test_modules(Path::new("a/src/write.rs"), &tree).into_iter().collect();
    for (path, kind) in [
        ("a/src/write/tests.rs", Kind::Test),
        ("a/src/write/tests/common.rs", Kind::Test),
        ("a/src/write_tests.rs", Kind::Test),
        ("a/src/write/other.rs", Kind::Production),
        ("a/src/tests.rs", Kind::Production),
        ("xtask/src/demo.rs", Kind::Task),
    ] {
        assert_eq!(Kind::of(Path::new(path), &modules), kind, "{path}");
    }
}

#[test]
fn examples_in_the_documentation_are_tests() {
    let text = "
/// Reads.
///
/// ```
/// # use a::read;
/// assert!(read(\"x\").is_err());
/// ```
///
/// ```text
/// assert!(read(\"x\").is_err());
/// ```
fn read() {}
";
    assert_eq!(found_in("provider/src/lib.rs", text), [(6, Unsaid::Error)]);
}

fn found_in_python(text: &str) -> Vec<(usize, usize, Unsaid)> {
    let findings = python::check(Path::new("a/test_a.py"), text);
    findings.into_iter().map(|finding| (finding.line, finding.column, finding.unsaid)).collect()
}

#[test]
fn python_says_what_it_expects_as_well() {
    for (text, unsaid) in [
        ("with pytest.raises(ClientError):\n    f()\n", Unsaid::Raised),
        ("with pytest.raises(\n    ClientError,\n):\n    f()\n", Unsaid::Raised),
        ("with self.assertRaises(ClientError):\n    f()\n", Unsaid::Raised),
        ("with pytest.raises(ClientError) as failed:\n    f()\n", Unsaid::Raised),
        ("assert code != 0, output\n", Unsaid::Code),
        ("assert done.returncode != 0\n", Unsaid::Code),
        ("assert answer.status_code >= 400\n", Unsaid::Code),
        ("assert not answer.ok\n", Unsaid::Code),
    ] {
        assert_eq!(found_in_python(text).iter().map(|found| found.2).collect::<Vec<_>>(), [unsaid], "{text}");
    }
    for text in [
        "with pytest.raises(ClientError, match=\"NoSuchKey\"):\n    f()\n",
        "with pytest.raises(\n    ClientError,\n    match=\"(NoSuchKey)\",\n):\n    f()\n",
        "with pytest.raises(ClientError) as failed:\n    f()\nassert failed.value.code == 1\n",
        "assert code == 1, output\n",
        "assert new != made.token\n",
        "assert not found\n",
        "# with pytest.raises(ClientError):\n",
    ] {
        assert_eq!(found_in_python(text), [], "{text}");
    }
}

#[test]
fn a_report_names_the_place_and_says_how_to_mend_it() {
    let path = Path::new("a/tests/it.rs");
    let text = "#[test]\nfn a_test() {\n    assert!(f(\n        1).is_err());\n}\n";
    let findings = rust::check(path, &syn::parse_file(text).unwrap(), Kind::Test);
    let Report { text, passed } = report(&findings, 2);
    let expected = "\
a/tests/it.rs:3:13: `f( 1).is_err()` says that it fails, not with which error
  hint: compare the message, `assert_eq!(x.unwrap_err().to_string(), \"...\")`, or the variant, `assert!(matches!(x, Err(Error::Absent { .. })))`
assertions that do not say what they expect: 1
";
    assert_eq!((text.as_str(), passed), (expected, false));
    let Report { text, passed } = report(&[], 2);
    assert_eq!(
        (text.as_str(), passed),
        ("assertions: 2 files, and every assertion says what it expects", true)
    );
}

#[test]
fn a_long_piece_of_source_is_shown_in_part() {
    assert_eq!(shown("a\n   `b`"), "a 'b'");
    assert_eq!(shown(&"ä".repeat(81)), format!("{}...", "ä".repeat(80)));
}
