//! `generate` killed at any moment: the tree can be used, or says that it is not finished, and the next run finishes it.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Place, SPEC, tfy_infra};

/// How many kills; `KILLS=500` in the environment for as many.
const KILLS: u32 = 25;

fn kills() -> u32 {
    std::env::var("KILLS").ok().map_or(KILLS, |text| text.parse().unwrap())
}

/// Starts a generation and kills it after a while. Whether it had ended by then.
fn killed(place: &Place, after: Duration) -> bool {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tfy-infra"))
        .args(["generate", "-o", "out"])
        .env("TFY_TODAY", crate::support::TODAY)
        .current_dir(place.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(after);
    let ended = child.try_wait().unwrap().is_some();
    child.kill().unwrap();
    child.wait().unwrap();
    ended
}

fn is_left_over(name: &str) -> bool {
    let (_, own) = name.split_once("/.tfy-infra/").unwrap_or_default();
    own.contains("unfinished") || own.starts_with("stage") || own.contains("next")
}

#[test]
fn a_generation_that_is_killed_leaves_a_tree_that_can_be_used() {
    let specs = [SPEC.to_owned(), format!("{}database: {{}}\n", SPEC.replace("us-east-1", "eu-west-1"))];
    // What each ends with, and how long one takes.
    let edited = |place: &Place| {
        let text = place.read("cluster/main.tf");
        place.write("cluster/main.tf", &text.replacen("  vpc_id ", "  # ours\n  vpc_id ", 1));
    };
    let mut ends = Vec::new();
    let mut took = Duration::ZERO;
    for spec in &specs {
        let place = Place::new();
        assert_eq!(place.generate().code, 0);
        edited(&place);
        place.spec(spec);
        let begun = Instant::now();
        assert_eq!(place.generate().code, 0);
        took = took.max(begun.elapsed());
        let strip = |(name, text): (String, Vec<u8>)| {
            (name.strip_prefix(place.path().to_str().unwrap()).unwrap().to_owned(), text)
        };
        ends.push(place.all().into_iter().map(strip).collect::<Vec<_>>());
    }
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    edited(&place);
    let (mut cut_off, mut ended) = (0, 0);
    let mut random = 0x2545_f491_4f6c_dd1d_u64;
    for number in 0..kills() {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let which = usize::try_from(random >> 33).unwrap() % 2;
        place.spec(&specs[which]);
        let share = u32::try_from(random % 1000).unwrap();
        ended += u32::from(killed(&place, took * share / 1100));
        let plan = tfy_infra(place.path(), &["plan", "-d", "out", "--terraform", "/nonexistent/terraform"]);
        if plan.stderr.contains("is not finished") {
            cut_off += 1;
            assert_eq!(plan.code, 2, "{plan:?}");
            assert!(
                plan.stderr.contains("run `tfy-infra generate -f platform.yaml -o out` again"),
                "{plan:?}"
            );
        } else {
            assert!(plan.stderr.contains("/nonexistent/terraform"), "kill {number}: {plan:?}");
        }
        // Now and then it is another spec that finishes it, or nothing at all before the next kill.
        if number % 3 == 0 {
            continue;
        }
        let which = if number % 3 == 1 { which } else { 1 - which };
        place.spec(&specs[which]);
        let out = place.generate();
        assert_eq!(out.code, 0, "kill {number}: {out:?}");
        let strip = |(name, text): (String, Vec<u8>)| {
            (name.strip_prefix(place.path().to_str().unwrap()).unwrap().to_owned(), text)
        };
        let all: Vec<_> = place.all().into_iter().map(strip).collect();
        let names = |all: &[(String, Vec<u8>)]| all.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&all), names(&ends[which]), "kill {number}");
        assert!(all == ends[which], "kill {number}: a text is another");
        assert!(!all.iter().any(|(name, _)| is_left_over(name)), "kill {number}: {:?}", names(&all));
    }
    println!("proved: {} kills, {cut_off} while files were written, {ended} after the end, 0 wrong", kills());
    assert!(kills() < 100 || cut_off > kills() / 60, "only {cut_off} of {} kills met a write", kills());
}

/// Of a run that was cut off before its first file: what it was to make was not deleted by anybody.
#[test]
fn what_a_run_that_was_cut_off_has_not_made_is_made_by_the_next() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    let before = place.read(".tfy-infra/manifest.json");
    place.spec(&format!("{SPEC}database: {{}}\n"));
    assert_eq!(place.generate().code, 0);
    let wanted = place.all();
    let mut next: serde_json::Value = serde_json::from_str(&place.read(".tfy-infra/manifest.json")).unwrap();
    // It announces what each file is to become.
    for path in next["files"].as_object().unwrap().clone().keys() {
        next["written"][path] = tfy_infra::tree::record::hash(place.read(path).as_bytes()).into();
    }
    place.spec(SPEC);
    assert_eq!(place.generate().code, 0);
    place.write(".tfy-infra/manifest.json", &before);
    place.write(".tfy-infra/manifest.next.json", &next.to_string());
    place.spec(&format!("{SPEC}database: {{}}\n"));
    let out = place.generate();
    assert_eq!(out.code, 0, "{out:?}");
    assert_eq!(place.all(), wanted, "{out:?}");
}

#[test]
fn a_next_manifest_that_nobody_can_read_is_ignored() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    let before = place.all();
    place.write(".tfy-infra/manifest.next.json", "");
    place.write(".tfy-infra/manifest.unfinished", "{");
    place.write(".tfy-infra/stage/file", "half");
    assert_eq!(place.generate().code, 0);
    assert_eq!(place.all(), before);
}

#[test]
fn a_tree_that_is_not_finished_is_not_run() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    place.write(".tfy-infra/manifest.next.json", &place.read(".tfy-infra/manifest.json"));
    insta::assert_snapshot!("unfinished_tree", tfy_infra(place.path(), &["plan", "-d", "out"]).shown());
    let check = tfy_infra(place.path(), &["generate", "-o", "out", "--check"]);
    assert_eq!(check.code, 3, "{check:?}");
    assert!(
        check.stderr.ends_with("`out` is not finished: the last `tfy-infra generate` was cut off\n"),
        "{check:?}"
    );
}

#[test]
fn links_in_the_own_folder_are_not_followed() {
    let place = Place::new();
    assert_eq!(place.generate().code, 0);
    let victim = place.path().join("victim");
    fs_err::write(&victim, "precious").unwrap();
    for name in ["lock", "manifest.next.json", "manifest.unfinished", "base", "stage"] {
        let path = place.path().join("out/.tfy-infra").join(name);
        let _ = fs_err::remove_dir_all(&path);
        let _ = fs_err::remove_file(&path);
        fs_err::os::unix::fs::symlink(&victim, &path).unwrap();
        place.spec(&SPEC.replace("acme-dev", &format!("acme-{}", name.split('.').next().unwrap())));
        let out = place.generate();
        assert!([0, 2].contains(&out.code), "{name}: {out:?}");
        assert_eq!(fs_err::read_to_string(&victim).unwrap(), "precious", "{name}");
        let _ = fs_err::remove_file(&path);
    }
    let lock = place.path().join("out/.tfy-infra/lock");
    let _ = fs_err::remove_file(&lock);
    fs_err::os::unix::fs::symlink(&victim, lock).unwrap();
    insta::assert_snapshot!("lock_is_a_link", place.generate().shown());
    fs_err::remove_dir_all(place.path().join("out/.tfy-infra")).unwrap();
    fs_err::os::unix::fs::symlink(&victim, place.path().join("out/.tfy-infra")).unwrap();
    insta::assert_snapshot!("own_folder_is_a_link", place.generate().shown());
}
