//! What a record proves, and what it does not.

use serde_json::{Value as Json, json};

use super::*;

fn subject(key: &str) -> Subject {
    Subject { kind: "workspace".to_owned(), key: key.to_owned() }
}

/// The control plane's clock, so many seconds after the beginning of the attempt.
fn its(seconds: i64) -> Clock {
    Clock { now: SystemTime::from(begun() + SignedDuration::from_secs(seconds)), is_its_own: true }
}

fn ours(seconds: i64) -> Clock {
    Clock { is_its_own: false, ..its(seconds) }
}

fn begun() -> Timestamp {
    "2026-01-01T12:00:00Z".parse().unwrap()
}

/// An object that was made so many seconds after the beginning of the attempt.
fn made(seconds: i64) -> Entity {
    entity(json!({ "createdAt": (begun() + SignedDuration::from_secs(seconds)).to_string() }))
}

fn entity(mut fields: Json) -> Entity {
    fields["id"] = "1".into();
    Entity::from_value(fields).unwrap()
}

struct Folder {
    journal: Journal,
    _folder: tempfile::TempDir,
}

fn journal() -> Folder {
    let folder = tempfile::tempdir().unwrap();
    Folder { journal: Journal::at(folder.path(), "https://a", "default"), _folder: folder }
}

impl Folder {
    fn proof(&self, existing: &Entity) -> Proof {
        self.journal.proof(&subject("c:w"), existing, Some("me@acme"))
    }
}

#[test]
fn without_a_record_nothing_is_proved() {
    let at = journal();
    assert_eq!(at.proof(&made(0)), Proof::None);
    at.journal.begin(&subject("c:w"), its(0)).unwrap();
    assert_eq!(at.journal.proof(&subject("c:other"), &made(0), None), Proof::None);
    at.journal.end(&subject("c:w"));
    assert_eq!(at.proof(&made(0)), Proof::None);
}

#[test]
fn an_attempt_with_an_end_proves_what_was_made_while_it_lasted() {
    let at = journal();
    at.journal.begin(&subject("c:w"), its(0)).unwrap();
    at.journal.note(&subject("c:w"), its(5), None);
    assert_eq!(at.proof(&made(3)), Proof::Made);
    assert_eq!(at.proof(&made(-60)), Proof::None, "was there before");
    assert_eq!(at.proof(&made(60)), Proof::None, "made by somebody else, later");
    assert_eq!(at.proof(&made(6)), Proof::MadeIfSame, "a clock in seconds cannot tell");
    assert_eq!(at.proof(&entity(json!({}))), Proof::MadeIfSame, "it does not say when");
}

#[test]
fn an_attempt_without_an_end_proves_nothing_alone() {
    let at = journal();
    at.journal.begin(&subject("c:w"), its(0)).unwrap();
    assert_eq!(at.proof(&made(3)), Proof::MadeIfSame);
    assert_eq!(at.proof(&made(599)), Proof::MadeIfSame);
    assert_eq!(at.proof(&made(610)), Proof::None);
}

#[test]
fn clocks_of_two_machines_prove_nothing_alone() {
    let at = journal();
    at.journal.begin(&subject("c:w"), ours(0)).unwrap();
    at.journal.note(&subject("c:w"), ours(5), None);
    assert_eq!(at.proof(&made(3)), Proof::MadeIfSame);
    assert_eq!(at.proof(&made(100)), Proof::MadeIfSame);
    assert_eq!(at.proof(&made(200)), Proof::None);
}

#[test]
fn what_somebody_else_made_is_not_ours_whenever_that_was() {
    let at = journal();
    at.journal.begin(&subject("c:w"), its(0)).unwrap();
    at.journal.note(&subject("c:w"), its(5), None);
    let by = |maker: &str| {
        entity(json!({ "createdAt": begun().to_string(), "createdBySubject": { "subjectSlug": maker } }))
    };
    assert_eq!(at.proof(&by("me@acme")), Proof::Made);
    assert_eq!(at.proof(&by("other@acme")), Proof::None);
    assert_eq!(
        at.journal.proof(&subject("c:w"), &by("other@acme"), None),
        Proof::Made,
        "who we are is not known"
    );
    let style = entity(json!({
        "created_at": begun().to_string(), "created_by_subject": { "subject_slug": "other@acme" },
    }));
    assert_eq!(at.proof(&style), Proof::None);
}

#[test]
fn an_id_that_was_answered_proves_that_object_and_no_other() {
    let at = journal();
    at.journal.begin(&subject("c:w"), its(0)).unwrap();
    at.journal.note(&subject("c:w"), its(5), Some("1"));
    assert_eq!(at.proof(&made(9000)), Proof::Made);
    at.journal.note(&subject("c:w"), its(9), Some("2"));
    assert_eq!(at.proof(&made(3)), Proof::None);
}

#[test]
fn a_record_is_of_one_tenant_workspace_kind_and_name() {
    let folder = tempfile::tempdir().unwrap();
    let here = |host: &str, workspace: &str| Journal::at(folder.path(), host, workspace);
    let long = subject(&format!("c:{}", "w".repeat(400)));
    let other = Subject { kind: "workspace:c".to_owned(), key: "w".to_owned() };
    for named in [&long, &subject("c:w"), &subject("c_w"), &other] {
        here("https://a", "one").begin(named, its(0)).unwrap();
        assert!(here("https://a", "one").knows(named), "{named:?}");
        assert!(!here("https://b", "one").knows(named), "another tenant");
        assert!(!here("https://a", "two").knows(named), "another workspace");
        here("https://b", "one").begin(named, its(0)).unwrap();
        here("https://b", "one").end(named);
        assert!(here("https://a", "one").knows(named), "the other's end is its own");
        here("https://a", "one").end(named);
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_record_that_cannot_be_written_is_an_error_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    let journal = Journal::at(&file, "https://a", "default");
    let error = journal.begin(&subject("c:w"), its(0)).unwrap_err();
    assert!(error.to_string().contains("file"), "{error}");
    assert!(!journal.knows(&subject("c:w")));
    // What is not known is not noted, and no failure.
    journal.note(&subject("c:w"), its(0), None);
    journal.end(&subject("c:w"));
}

#[test]
fn a_record_that_is_not_whole_proves_nothing() {
    let at = journal();
    at.journal.begin(&subject("c:w"), its(0)).unwrap();
    fs::write(at.journal.file(&subject("c:w")), "{").unwrap();
    assert_eq!(at.proof(&made(0)), Proof::None);
}
