use super::*;

fn found(files: &[(&str, &str)]) -> Vec<String> {
    let files: Vec<(PathBuf, String)> =
        files.iter().map(|(path, text)| (PathBuf::from(path), (*text).to_owned())).collect();
    circles(&parsed(&files).unwrap())
}

#[test]
fn a_way_that_leads_back_is_told_with_its_steps() {
    let files = [
        ("lib.rs", "mod a; mod b; mod c;"),
        ("a/mod.rs", "mod inner;"),
        ("a/inner.rs", "fn f() { crate::b::g() }"),
        ("b.rs", "use super::c::{self, H};"),
        ("c.rs", "struct H(Vec<super::a::inner::I>);"),
    ];
    assert_eq!(found(&files), ["`a::inner` names `b`, `b` names `c`, `c` names `a::inner`"]);
    assert_eq!(found(&files[..4]), Vec::<String>::new(), "without `c` nothing leads back");
}

#[test]
fn a_name_that_is_handed_on_is_that_of_where_it_comes_from() {
    let files = [
        ("lib.rs", "pub mod low; mod high; pub use high::check;"),
        ("low.rs", "fn f() { crate::check::g() }"),
        ("high/mod.rs", "pub mod check;"),
        ("high/check.rs", "use crate::low;"),
    ];
    assert_eq!(found(&files), ["`high::check` names `low`, `low` names `high::check`"]);
}

#[test]
fn macros_count_and_tests_and_modules_inside_do_not() {
    let macros = [
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "fn f() { assert_eq!(1, { super::b::g() }) }"),
        ("b.rs", "use crate::a;"),
    ];
    assert_eq!(found(&macros), ["`a` names `b`, `b` names `a`"]);
    let tests = [
        ("lib.rs", "mod a; mod b;"),
        (
            "a.rs",
            "#[cfg(test)] mod tests; #[cfg(test)] use super::b; #[cfg(test)] mod more { use crate::b; }",
        ),
        ("a/tests.rs", "use crate::b;"),
        ("b.rs", "use crate::a;"),
    ];
    assert_eq!(found(&tests), Vec::<String>::new());
    let own = [
        ("lib.rs", "mod a; use a::inner::f;"),
        ("a/mod.rs", "mod inner; struct S;"),
        ("a/inner.rs", "use super::S;"),
    ];
    assert_eq!(found(&own), Vec::<String>::new());
}
