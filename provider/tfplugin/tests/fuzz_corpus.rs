//! What fuzzing has found and what it starts from, replayed by a stable compiler: `fuzz/corpus/<target>/`.
//!
//! The files named `seed-*` are made from `fuzz/src/seeds.rs`; `UPDATE_SEEDS=1` writes them anew.

#![expect(
    clippy::expect_used,
    unreachable_pub,
    reason = "the targets panic when a rule is broken, and are a crate elsewhere"
)]

#[path = "../fuzz/src/lib.rs"]
mod targets;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

fn corpus(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target)
}

/// The files of a target's corpus by name.
fn files(target: &str) -> BTreeMap<String, Vec<u8>> {
    let entries = fs_err::read_dir(corpus(target)).expect("the corpus is there").map(|entry| {
        let entry = entry.expect("the folder can be read");
        let bytes = fs_err::read(entry.path()).expect("the file can be read");
        (entry.file_name().to_string_lossy().into_owned(), bytes)
    });
    entries.collect()
}

/// The server turns a panic into a diagnostic, so panics are counted where they happen.
static PANICS: AtomicUsize = AtomicUsize::new(0);

fn replay(target: &str, check: impl Fn(&[u8])) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        PANICS.fetch_add(1, Ordering::Relaxed);
        before(info);
    }));
    let files = files(target);
    assert!(files.len() > 1, "the corpus of `{target}` is empty");
    for (name, bytes) in files {
        check(&bytes);
        assert_eq!(PANICS.load(Ordering::Relaxed), 0, "`{target}/{name}` panics");
    }
}

#[test]
fn json() {
    replay("json", targets::json);
}

#[test]
fn msgpack() {
    replay("msgpack", targets::msgpack);
}

#[test]
fn number() {
    replay("number", targets::number);
}

#[test]
fn path() {
    replay("path", targets::path);
}

#[test]
fn request() {
    replay("request", targets::request);
}

#[test]
fn seeds_are_up_to_date() {
    for (target, seeds) in targets::seeds() {
        let named: BTreeMap<String, Vec<u8>> =
            seeds.into_iter().enumerate().map(|(number, seed)| (format!("seed-{number:02}"), seed)).collect();
        if std::env::var_os("UPDATE_SEEDS").is_some() {
            fs_err::create_dir_all(corpus(target)).expect("the folder can be made");
            for (name, bytes) in &named {
                fs_err::write(corpus(target).join(name), bytes).expect("the file can be written");
            }
        }
        let mut found = files(target);
        found.retain(|name, _| name.starts_with("seed-"));
        assert!(found == named, "the seeds of `{target}` differ: run the tests with `UPDATE_SEEDS=1`");
    }
}
