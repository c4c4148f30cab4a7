use std::path::PathBuf;

use super::*;

fn file(path: &str, text: &str) -> File {
    File { path: PathBuf::from(path), text: text.to_owned() }
}

/// The messages of one function's body.
fn made_by(body: &str) -> Vec<String> {
    made_in(&format!("fn f() {{ {body} }}"))
}

/// The messages of a file.
fn made_in(text: &str) -> Vec<String> {
    let files = [file("provider/src/lib.rs", text)];
    messages(&source::parse(&files).unwrap()).iter().map(Message::written).collect()
}

/// How a message that a function makes is shown by a test.
fn shown_by(body: &str, tests: &[File]) -> Shown {
    let code = file("provider/src/lib.rs", &format!("fn f() {{ {body} }}"));
    let files: Vec<_> = [&code].into_iter().chain(tests).cloned().collect();
    let entries = entries(&files).unwrap();
    assert_eq!(entries.len(), 1, "{entries:?}");
    entries.into_values().next().unwrap().shown
}

fn test_with(body: &str) -> File {
    file("provider/src/other.rs", &format!("#[cfg(test)] mod tests {{ #[test] fn shows() {{ {body} }} }}"))
}

fn by(test: &str) -> Shown {
    Shown::By(test.to_owned())
}

#[test]
fn the_calls_of_a_builder_are_one_message() {
    let body = r#"Diagnostic::error(format!("There is no {x}")).detail("hint: make one.").at(path)"#;
    assert_eq!(made_by(body), ["There is no {x} ⏎ hint: make one."]);
    let body = r#"problems.add(path, format!("`{x}` is none")).note("why").hint("do".to_owned());"#;
    assert_eq!(made_by(body), ["`{x}` is none ⏎ why ⏎ do"]);
    let body = r#"problems.require(ok, path, format!("`{x}` is none"), "write one");"#;
    assert_eq!(made_by(body), ["`{x}` is none ⏎ write one"]);
}

#[test]
fn a_text_that_has_a_name_belongs_to_the_message_that_uses_it() {
    let body = r#"
        let summary = format!("The {x} is gone");
        let detail: &str = "Make it again.";
        return Err(Diagnostic::error(summary).detail(detail).into());
    "#;
    assert_eq!(made_by(body), ["The {x} is gone ⏎ Make it again."]);
    let field = r#"let problem = format!("does not fit: {x}"); faults.push(Fault { path, problem });"#;
    assert_eq!(made_by(field), ["does not fit: {x}"]);
}

#[test]
fn errors_of_enums_of_fields_and_of_helpers_are_messages() {
    let text = r#"enum E { #[error("no {0} here")] No(String), #[error(transparent)] Other(#[from] X) }"#;
    assert_eq!(made_in(text), ["no {0} here"]);
    let fields = r#"Error::Config { message: format!("`{x}` is bad"), hint: "drop it".into() }"#;
    assert_eq!(made_by(fields), ["`{x}` is bad ⏎ drop it"]);
    assert_eq!(
        made_by(r#"Err(bad(&format!("`{x}` is bad"), "drop it now"))"#),
        ["`{x}` is bad ⏎ drop it now"]
    );
    assert_eq!(made_by(r#"x.map_err(|error| failed("looking for", error))"#), ["looking for"]);
    assert_eq!(made_by(r#"ok_or_else(|| refuse("what it is called"))"#), ["what it is called"]);
    assert_eq!(made_by(r#"match x { A => "it is gone", B => "one" }"#), ["it is gone"]);
    assert_eq!(made_in(r#"const HINT: &str = "try it again";"#), ["try it again"]);
}

#[test]
fn macros_and_contexts_are_messages() {
    assert_eq!(made_by(r#"bail!("{x} went wrong")"#), ["{x} went wrong"]);
    assert_eq!(made_by(r#"ensure!(x == "a", "{x} went wrong");"#), ["{x} went wrong"]);
    assert_eq!(made_by(r#"Err(anyhow!("it went wrong"))"#), ["it went wrong"]);
    assert_eq!(made_by(r#"x.context("reading it")?"#), ["reading it"]);
    assert_eq!(made_by(r#"x.with_context(|| format!("reading `{x}`"))?"#), ["reading `{x}`"]);
    assert_eq!(made_by(r#"write!(f, "between {low} and {high}")?;"#), ["between {low} and {high}"]);
    assert_eq!(made_by(r#"select! { _ = x => { say("it has ended") } }"#), ["it has ended"]);
}

#[test]
fn a_table_says_what_stands_beside_what_it_looks_for() {
    let body = r#"[(&["No such thing"][..], "make one first"), (&["Too many"][..], "take one away")]"#;
    assert_eq!(made_by(body), ["make one first", "take one away"]);
}

#[test]
fn documentation_logs_and_tests_are_no_messages() {
    assert!(made_by(r#"Attribute::string().describe("The name of it.")"#).is_empty());
    assert!(made_by(r#"let about = format!("The {x} of it."); string().describe(about)"#).is_empty());
    assert!(made_by(r#"tracing::info!(x, "waiting for it");"#).is_empty());
    assert!(made_by(r#"text.contains("no such thing")"#).is_empty());
    assert!(made_by(r#"self.progress.line(&format!("{x} is done"))"#).is_empty());
    assert!(made_by(r#"problem.summary == "No such thing""#).is_empty());
    assert!(made_in(r#"#[cfg(test)] mod tests { fn f() { bail!("it is wrong") } }"#).is_empty());
    let module = [
        file("provider/src/x.rs", "#[cfg(test)] mod tests;"),
        file("provider/src/x/tests.rs", r#"fn f() { bail!("it is wrong") }"#),
    ];
    assert!(messages(&source::parse(&module).unwrap()).is_empty());
}

#[test]
fn what_a_function_describes_with_is_documentation() {
    let text = r#"
        fn named(what: &str) -> Attribute { string().describe(format!("Name of the {what}.")) }
        fn through(what: &str) -> Attribute { named(what) }
        fn schema() { named("pool of nodes"); through("set of zones"); let of = |x| string().describe(x); of("a port") }
    "#;
    assert!(made_in(text).is_empty(), "{:?}", made_in(text));
}

#[test]
fn what_is_described_may_have_messages_of_its_own() {
    let body = r#"string().validate(matches("a b", "a name with a blank")).describe("The name of it.")"#;
    assert_eq!(made_by(body), ["a name with a blank"]);
}

#[test]
fn a_message_is_shown_by_a_test_that_holds_all_of_it() {
    let body = r#"Diagnostic::error(format!("There is no {kind} `{x}`")).detail("hint: make one.")"#;
    let whole = test_with(r#"assert_eq!(said, "There is no pool `a`: hint: make one.");"#);
    assert_eq!(shown_by(body, &[whole]), by("provider/src/other.rs::shows"));
    let wrapped = test_with(
        "assert_eq!(said, \"There is no\n    pool `a`\"); assert_eq!(hint, \"hint:\n make one.\");",
    );
    assert_eq!(shown_by(body, &[wrapped]), by("provider/src/other.rs::shows"));
    let half = test_with(r#"assert!(said.contains("There is no pool `a`"));"#);
    assert_eq!(shown_by(body, &[half]), Shown::Never);
    let two_tests = [half_of("one", "There is no pool `a`"), half_of("two", "hint: make one.")];
    assert_eq!(shown_by(body, &two_tests), Shown::Never);
}

fn half_of(name: &str, text: &str) -> File {
    file(
        &format!("provider/tests/{name}.rs"),
        &format!("#[test] fn {name}() {{ assert_eq!(said, \"{text}\"); }}"),
    )
}

#[test]
fn a_hole_is_filled_within_a_line() {
    let body = r#"bail!("the {x} is not there")"#;
    assert_eq!(
        shown_by(body, &[test_with(r#""the cluster is not there""#)]),
        by("provider/src/other.rs::shows")
    );
    assert_eq!(shown_by(body, &[test_with(r#""the  is not there""#)]), Shown::Never);
    assert_eq!(shown_by(body, &[test_with("\"the cluster\\nof two is not there\"")]), Shown::Never);
}

#[test]
fn a_short_text_is_not_found_by_chance() {
    let fragment = r#"refuse("at least two")"#;
    assert_eq!(
        shown_by(fragment, &[test_with(r#""wants at least two of them""#)]),
        by("provider/src/other.rs::shows")
    );
    assert_eq!(shown_by(fragment, &[test_with(r#""what least two say""#)]), Shown::Never);
    // Whoever says two words does not say the message of another crate.
    let elsewhere = file("acceptance-tests/tests/x.rs", r#"fn x() { "a port is empty" }"#);
    assert_eq!(shown_by(r#"refuse("is empty")"#, &[elsewhere]), Shown::Never);
    let summary = r#"Diagnostic::error("Gone")"#;
    assert_eq!(shown_by(summary, &[test_with(r#""They are Gone with the wind""#)]), Shown::Never);
    assert_eq!(shown_by(summary, &[test_with(r#""Gone""#)]), by("provider/src/other.rs::shows"));
    let begins = r#"refuse(&format!("`{x}` is listed twice"))"#;
    assert_eq!(
        shown_by(begins, &[test_with(r#""the zone `a` is listed twice""#)]),
        by("provider/src/other.rs::shows")
    );
    let begins = r#"problems.add(at, format!("`{x}` is listed twice")).hint("keep one of them")"#;
    let other = test_with(r#"("error: the zone `a` is listed twice", "keep one of them")"#);
    assert_eq!(shown_by(begins, &[other]), Shown::Never);
}

#[test]
fn what_has_hardly_a_word_of_its_own_passes_another_on() {
    for body in [
        r#"bail!("{context}: {source}")"#,
        r#"Diagnostic::error(format!("{x}"))"#,
        r#"bail!("conflict: {x}")"#,
    ] {
        assert_eq!(
            shown_by(body, &[test_with(r#"("a: b", "conflict: of two")"#)]),
            Shown::PassedOn,
            "{body}"
        );
    }
}

#[test]
fn snapshots_and_python_tests_show_messages() {
    let body = r#"bail!("the {x} is not there")"#;
    let snapshot = file(
        "provider/tests/snapshots/a.snap",
        "---\nsource: the x is not there\n---\nerror: the pool is not there\n",
    );
    assert_eq!(shown_by(body, &[snapshot]), by("provider/tests/snapshots/a.snap"));
    let head_only = file("provider/tests/snapshots/a.snap", "---\nsource: the x is not there\n---\nerror\n");
    assert_eq!(shown_by(body, &[head_only]), Shown::Never);
    let python = file(
        "acceptance-tests/clients/a.py",
        "def shows():\n    # \"\n    assert said == \"the pool is \" \"not\"\n    assert said == 'the pool is not there'\n",
    );
    assert_eq!(shown_by(body, &[python]), by("acceptance-tests/clients/a.py::shows"));
}

#[test]
fn models_and_code_that_is_no_test_show_nothing() {
    let body = r#"bail!("the {x} is not there")"#;
    for path in ["acceptance-tests/aws/tests/a.py", "provider/sandbox/tests/a.rs", "xtask/src/tests/a.rs"] {
        let text = if path.ends_with("py") {
            "x = 'the pool is not there'"
        } else {
            r#"fn x() { "the pool is not there" }"#
        };
        assert_eq!(shown_by(body, &[file(path, text)]), Shown::Never, "{path}");
    }
    let comment = file("provider/tests/a.rs", "/// the pool is not there\nfn x() {}");
    assert_eq!(shown_by(body, &[comment]), Shown::Never);
}

fn some_entries() -> Entries {
    let code = r#"fn f() { bail!("it is shown"); bail!("it is not shown"); }"#;
    entries(&[file("provider/src/lib.rs", code), test_with(r#""it is shown""#)]).unwrap()
}

#[test]
fn the_list_holds_what_no_test_shows_and_nothing_else() {
    let entries = some_entries();
    assert_eq!(Unshown::of(&entries), Unshown::parse("provider: it is not shown\n"));
    assert!(Unshown::of(&entries).problems(&entries).is_empty());
    assert_eq!(
        Unshown::default().problems(&entries),
        ["no test shows the message `provider: it is not shown`\nhint: write a test that shows it whole"]
    );
    let too_long = Unshown::parse("provider: it is gone\nprovider: it is not shown\nprovider: it is shown\n");
    assert_eq!(
        too_long.problems(&entries),
        [
            "`xtask/source-checks/unshown-messages.txt` lists a message that is not made any more: `provider: it is gone`\n\
             hint: take the line out",
            "`xtask/source-checks/unshown-messages.txt` lists a message that is shown by a test: `provider: it is shown`\n\
             hint: take the line out",
        ]
    );
    assert_eq!(too_long.without_what_is_shown(&entries), Unshown::of(&entries));
    assert_eq!(Unshown::default().without_what_is_shown(&entries), Unshown::default());
    let printed = Unshown::of(&entries).summary();
    assert_eq!(printed, "messages that no test shows: 1\n  provider: it is not shown\n");
}

#[test]
fn only_the_first_commit_may_make_the_list_longer() {
    let path = "xtask/source-checks/unshown-messages.txt";
    let history =
        format!("commit a1\n\n9\t0\t{path}\ncommit b2\n\n1\t3\t{path}\ncommit c3\n\n2\t2\t{path}\n");
    assert!(unshown::grown(&history).is_empty());
    assert_eq!(
        unshown::grown(&format!("{history}commit d4\n\n2\t1\t{path}\n")),
        [
            "the commit d4 adds 2 lines to `xtask/source-checks/unshown-messages.txt` and takes 1 away: the list only \
          shrinks\nhint: write a test that shows the message whole"
        ]
    );
}

#[test]
fn the_page_says_where_a_message_is_made_and_which_test_shows_it() {
    let page = page::page(&some_entries());
    let (head, table) = page.split_once("\n## ").unwrap();
    assert!(head.contains("| 2 | 1 | 0 | 1 |"), "{head}");
    assert_eq!(
        table,
        "provider\n\n| message | made in | shown by |\n|---|---|---|\n\
         | `it is not shown` | `lib.rs::f` | **no test** |\n\
         | `it is shown` | `lib.rs::f` | `provider/src/other.rs::shows` |\n"
    );
}
