//! How all of it is told.

use super::*;

#[test]
fn an_account_that_lacks_nothing_passes() {
    let (outcome, table) = told(NEW, facts, |_| {});
    assert_eq!((outcome.findings, outcome.unchecked), (vec![], vec![]));
    insta::assert_snapshot!("clean_new", table);
    let (outcome, table) = told(EXISTING, existing_facts, |_| {});
    assert_eq!((outcome.findings, outcome.unchecked), (vec![], vec![]));
    insta::assert_snapshot!("clean_existing", table);
}

#[test]
fn of_many_only_some_are_named() {
    let names: Vec<String> = (1..=10).map(|n| format!("n{n}")).collect();
    assert_eq!(few(&names), "`n1`, `n2`, `n3`, `n4`, `n5`, `n6`, `n7`, `n8` and 2 more");
    assert_eq!(few(&names[..2]), "`n1`, `n2`");
}

#[test]
fn each_reason_has_a_way_on() {
    let mut shown = String::new();
    for why in [
        Why::Denied,
        Why::Throttled,
        Why::Unreachable,
        Why::Unreadable,
        Why::Incomplete,
        Why::Credentials,
        Why::Clock,
        Why::Region,
        Why::Account,
        Why::NotAsked,
    ] {
        shown.push_str(&format!("{why:?}: {}\n", why.next()));
    }
    insta::assert_snapshot!("reasons", shown);
}

#[test]
fn machines_are_told_the_same() {
    let (loaded, platform) = planned(NEW);
    let mut facts = facts(&platform);
    facts.quotas.insert(quotas::EIP.to_owned(), quota(quotas::EIP, 3.0));
    facts.clock = Answer::default();
    let outcome = checked(&platform, &facts, &asked(&platform), Extent::Whole);
    let json = json(&outcome, &facts, |path| loaded.place(path));
    insta::assert_snapshot!("json", serde_json::to_string_pretty(&json).unwrap());
}
