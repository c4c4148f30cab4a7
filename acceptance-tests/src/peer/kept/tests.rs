use super::*;
use crate::peer::FRAMEWORK;

fn run() -> Kept {
    let pair = |ours, peer| Pair { ours, peer };
    Kept {
        day: "2026-11-30".into(),
        terraform: "1.11.4".into(),
        go: "1.26.8".into(),
        framework: "1.19.0".into(),
        rounds: 5,
        processors: 2,
        load: 7,
        size: pair(4_120_000, 18_200_000),
        rows: vec![
            Row {
                what: "start".into(),
                time: pair(1_000, 4_500),
                processor: pair(900, 5_000),
                memory: pair(5_734, 20_480),
            },
            Row {
                what: "create 1,000 notes".into(),
                time: pair(2_000_000, 4_000_000),
                processor: pair(90_000, 1_000_000),
                memory: pair(6_144, 95_232),
            },
        ],
    }
}

#[test]
fn a_run_is_told_with_what_it_was_measured_with() {
    assert_eq!(
        run().told(),
        "| medians, tfplugin / Go: ratio | by the clock | provider's processor time | provider's peak memory |\n\
         |---|---|---|---|\n\
         | start | 1.0 / 4.5 ms: 0.22 | 0.9 / 5.0 ms: 0.18 | 5.6 / 20.0 MiB: 0.28 |\n\
         | create 1,000 notes | 2.00 / 4.00 s: 0.50 | 0.09 / 1.00 s: 0.09 | 6.0 / 93.0 MiB: 0.06 |\n\
         \n\
         `cargo xtask bench --peer` measured both by turns on 2026-11-30: 5 rounds, Terraform 1.11.4, terraform-plugin-framework \
         1.19.0, Go 1.26.8,\n\
         release builds, 2 processors with a load of 0.07 before it. The programs have 4.12 / 18.20 MB: 0.23.\n"
    );
}

#[test]
fn what_is_written_is_read() {
    assert_eq!(Kept::of(&run().text().unwrap()).unwrap(), run());
}

#[test]
fn a_run_that_is_none_is_refused() {
    let wrong = |from: &str, to: &str| {
        let text = run().text().unwrap();
        assert_eq!(text.matches(from).count(), 1, "{text}");
        format!("{:#}", Kept::of(&text.replace(from, to)).unwrap_err())
    };
    assert_eq!(wrong("\"rounds\": 5", "\"rounds\": \"5\""), "`rounds` is no number");
    assert_eq!(wrong("\"day\"", "\"date\""), "`day` is no text");
    assert_eq!(wrong("\"rows\"", "\"lines\""), "there are no `rows`");
    assert_eq!(wrong("\"what\": \"start\"", "\"what\": 1"), "a row has no `what`");
    assert_eq!(wrong("4500\n", "0\n"), "in the row `start`: `time_us` is no pair of numbers");
}

#[test]
fn only_what_is_between_the_marks_changes() {
    let text = format!("# a\n\n{BEGIN}old\n{END}tail\n");
    assert_eq!(with_figures(&text, "new\n").unwrap(), format!("# a\n\n{BEGIN}new\n{END}tail\n"));
    assert_eq!(
        with_figures("# a\n", "").unwrap_err().to_string(),
        "`README.md` lacks the place of the figures\nhint: give it the lines\n<!-- peer: generated -->\n<!-- end of peer -->\n"
    );
}

#[test]
fn the_pages_state_the_run_that_is_kept() {
    let top = repository::root();
    for (path, text) in Kept::load().unwrap().pages().unwrap() {
        let stated = fs::read_to_string(top.join(&path)).unwrap();
        assert_eq!(stated, text, "`{path}`: run `cargo xtask gen`");
    }
}

#[test]
fn the_run_that_is_kept_holds_what_is_said_of_the_framework() {
    let kept = Kept::load().unwrap();
    assert_eq!(kept.framework, FRAMEWORK, "run `cargo xtask bench --peer` with the framework that is pinned");
    assert!(kept.size.ours < LARGEST, "{:?}", kept.size);
    assert!(kept.rounds >= 3 && kept.rows.len() == 7, "{kept:?}");
}
