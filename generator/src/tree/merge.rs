//! Three-way merges of texts: what was written last, what the user made of it, and what is to be written now. Pure functions.
//!
//! `diffy` merges; here is what is particular: conflicts between markers that say whose text is whose, line endings that stay the user's,
//! and conflicts without a common ancestor, where nothing is guessed.

use diffy::{ConflictStyle, DiffOptions, IncompleteHunkStyle, Line, MergeOptions};

/// How a conflict begins, whose the first text is, and how it goes on.
const MINE: &str = "<<<<<<< yours";
const BASE: &str = "||||||| generated before";
const MIDDLE: &str = "=======";
const NEW: &str = ">>>>>>> generated now";

/// The same lines as `diffy` writes them.
const WRITTEN: [&str; 3] = ["<<<<<<< ours", "||||||| original", ">>>>>>> theirs"];

/// How a [`notice`] begins.
const NOTICE: &str = "# Not solved: ";

/// A merged text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Merged {
    pub(super) text: String,
    /// The lines at which conflicts begin, from 1.
    pub(super) conflicts: Vec<usize>,
}

/// Which of two texts is taken where they conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The user's.
    Mine,
    /// The one that is generated now.
    New,
}

/// Merges what the user made of `base` with what became of it.
pub(super) fn merge(base: &str, mine: &str, new: &str) -> Merged {
    let endings = Endings::of(mine);
    let unified = Endings::unify(mine);
    let text = if unified == base {
        new.to_owned()
    } else if base == new || unified == new {
        return Merged { text: mine.to_owned(), conflicts: Vec::new() };
    } else {
        three_way(base, &unified, new)
    };
    finished(&text, endings)
}

fn three_way(base: &str, mine: &str, new: &str) -> String {
    let mut options = MergeOptions::new();
    options.set_conflict_style(ConflictStyle::Diff3).set_incomplete_hunk_style(IncompleteHunkStyle::Git);
    match options.merge(base, mine, new) {
        Ok(text) => text,
        Err(text) => settled(&text),
    }
}

/// One conflict as `diffy` writes it.
#[derive(Default)]
struct Hunk {
    mine: String,
    base: String,
    new: String,
}

impl Hunk {
    /// Where one side has only added lines before or after what the other side has changed, both are taken: a comment above an
    /// argument is no other opinion of its value.
    fn solved(&self) -> Option<String> {
        let Self { mine, base, new } = self;
        let is_whole = |text: &str| text.is_empty() || text.ends_with('\n');
        if base.is_empty() || ![mine, base, new].into_iter().all(|text| is_whole(text)) {
            return None;
        }
        let before =
            |text: &str| text.strip_suffix(base.as_str()).filter(|added| is_whole(added)).map(str::to_owned);
        let after = |text: &str| text.strip_prefix(base.as_str()).map(str::to_owned);
        let before_mine = before(mine).map(|added| format!("{added}{new}"));
        let after_mine = || after(mine).map(|added| format!("{new}{added}"));
        let before_new = || before(new).map(|added| format!("{added}{mine}"));
        let after_new = || after(new).map(|added| format!("{mine}{added}"));
        before_mine.or_else(after_mine).or_else(before_new).or_else(after_new)
    }

    fn text(&self) -> String {
        let Self { mine, base, new } = self;
        self.solved().unwrap_or_else(|| format!("{MINE}\n{mine}{BASE}\n{base}{MIDDLE}\n{new}{NEW}\n"))
    }
}

/// The text of `diffy` with those conflicts solved that are none, and the others named.
fn settled(text: &str) -> String {
    let mut settled = String::with_capacity(text.len());
    let mut hunk: Option<Hunk> = None;
    let mut side = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches('\n');
        match (&mut hunk, bare) {
            (None, _) if bare == WRITTEN[0] => (hunk, side) = (Some(Hunk::default()), 0),
            (None, _) => settled.push_str(line),
            (Some(_), _) if side == 0 && bare == WRITTEN[1] => side = 1,
            (Some(_), MIDDLE) if side == 1 => side = 2,
            (Some(ended), _) if side == 2 && bare == WRITTEN[2] => {
                settled.push_str(&ended.text());
                hunk = None;
            }
            (Some(hunk), _) => match side {
                0 => hunk.mine.push_str(line),
                1 => hunk.base.push_str(line),
                _ => hunk.new.push_str(line),
            },
        }
    }
    settled
}

/// Sets two texts against each other of which no common ancestor is known: every difference is a conflict.
pub(super) fn against(mine: &str, new: &str) -> Merged {
    let endings = Endings::of(mine);
    let mine = Endings::unify(mine);
    let mut options = DiffOptions::new();
    options.set_context_len(usize::MAX / 2);
    let patch = options.create_patch(&mine, new);
    if patch.hunks().is_empty() {
        return finished(new, endings);
    }
    let mut text = String::new();
    let mut lines = patch.hunks().iter().flat_map(|hunk| hunk.lines()).peekable();
    while let Some(line) = lines.next() {
        if let Line::Context(same) = line {
            text.push_str(same);
            continue;
        }
        let (mut yours, mut generated) = (String::new(), String::new());
        let mut put = |line: &Line<'_, str>| match line {
            Line::Delete(line) => whole(&mut yours, line),
            Line::Insert(line) => whole(&mut generated, line),
            Line::Context(_) => (),
        };
        put(line);
        while let Some(line) = lines.next_if(|line| !matches!(line, Line::Context(_))) {
            put(line);
        }
        text.push_str(&format!("{MINE}\n{yours}{MIDDLE}\n{generated}{NEW}\n"));
    }
    finished(&text, endings)
}

/// A line that ends, whether or not it is the last of a text without an end.
fn whole(text: &mut String, line: &str) {
    text.push_str(line);
    if !line.ends_with('\n') {
        text.push('\n');
    }
}

/// A file that says what has changed in a text that is now somewhere else.
pub(super) fn notice(about: &str, base: &str, new: &str) -> Merged {
    let mut options = DiffOptions::new();
    options.set_context_len(2);
    let patch = options.create_patch(base, new);
    let mut text = format!("{NOTICE}{about}\n");
    for hunk in patch.hunks() {
        let (mut before, mut now) = (String::new(), String::new());
        for line in hunk.lines() {
            match line {
                Line::Context(same) => {
                    whole(&mut before, same);
                    whole(&mut now, same);
                }
                Line::Delete(line) => whole(&mut before, line),
                Line::Insert(line) => whole(&mut now, line),
            }
        }
        text.push_str(&format!("{MINE}\n{BASE}\n{before}{MIDDLE}\n{now}{NEW}\n"));
    }
    finished(&text, Endings::Unix)
}

/// Whether a text is a [`notice`], and no file that was generated.
pub(super) fn is_notice(text: &str) -> bool {
    text.starts_with(NOTICE)
}

fn finished(text: &str, endings: Endings) -> Merged {
    Merged { conflicts: conflicts(text), text: endings.put(text) }
}

/// The lines at which conflicts begin that nobody has solved yet, from 1.
pub(super) fn conflicts(text: &str) -> Vec<usize> {
    let begins = |line: &str| ["<<<<<<< ", ">>>>>>> "].iter().any(|marker| line.starts_with(marker));
    let found: Vec<usize> =
        text.lines().enumerate().filter(|(_, line)| begins(line)).map(|(at, _)| at + 1).collect();
    let at_begin = |at: &usize| text.lines().nth(at - 1).is_some_and(|line| line.starts_with('<'));
    // An end without its beginning is one as well.
    match found.iter().copied().filter(at_begin).collect::<Vec<_>>() {
        begun if begun.is_empty() => found,
        begun => begun,
    }
}

/// The text with each of its conflicts solved in favour of one side.
pub(super) fn solved(text: &str, side: Side) -> String {
    enum At {
        Outside,
        Mine,
        Base,
        New,
    }
    let mut at = At::Outside;
    let mut solved = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let bare = line.trim_end_matches(['\r', '\n']);
        at = match at {
            At::Outside if bare.starts_with("<<<<<<< ") => At::Mine,
            At::Mine if bare.starts_with("||||||| ") => At::Base,
            At::Mine | At::Base if bare == MIDDLE => At::New,
            At::New if bare.starts_with(">>>>>>> ") => At::Outside,
            stays => {
                let is_taken = match stays {
                    At::Outside => true,
                    At::Mine => side == Side::Mine,
                    At::Base => false,
                    At::New => side == Side::New,
                };
                if is_taken {
                    solved.push_str(line);
                }
                stays
            }
        };
    }
    solved
}

/// How the lines of a text end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Endings {
    Unix,
    Windows,
}

impl Endings {
    fn of(text: &str) -> Self {
        let (all, windows) = (text.matches('\n').count(), text.matches("\r\n").count());
        if windows * 2 > all { Self::Windows } else { Self::Unix }
    }

    fn unify(text: &str) -> String {
        text.replace("\r\n", "\n")
    }

    fn put(self, text: &str) -> String {
        match self {
            Self::Unix => text.to_owned(),
            Self::Windows => text.replace('\n', "\r\n"),
        }
    }
}

/// Whether a text is another but for the ends of its lines.
pub(super) fn is_same(mine: &str, other: &str) -> bool {
    mine == other || Endings::unify(mine) == other
}

/// How much of a text is in another, line by line, from 0 to 1: lines that say nothing are not counted.
pub(super) fn share(of: &str, within: &str) -> f64 {
    let mut there = std::collections::HashMap::<&str, usize>::new();
    for line in within.lines().map(str::trim).filter(|line| says_something(line)) {
        *there.entry(line).or_default() += 1;
    }
    let (mut all, mut found) = (0_u32, 0_u32);
    for line in of.lines().map(str::trim).filter(|line| says_something(line)) {
        all += 1;
        if let Some(left) = there.get_mut(line).filter(|left| **left > 0) {
            *left -= 1;
            found += 1;
        }
    }
    if all == 0 { 0.0 } else { f64::from(found) / f64::from(all) }
}

fn says_something(line: &str) -> bool {
    line.chars().filter(|c| c.is_alphanumeric()).count() > 2
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BASE_TEXT: &str = "module \"a\" {\n  one   = 1\n  two   = 2\n\n  three = [\n    \"x\",\n    \"y\",\n  ]\n  four  = 4\n}\n";

    fn clean(base: &str, mine: &str, new: &str) -> String {
        let merged = merge(base, mine, new);
        assert_eq!(merged.conflicts, [0_usize; 0], "{}", merged.text);
        merged.text
    }

    #[test]
    fn edits_survive_a_change_elsewhere() {
        let new = BASE_TEXT.replace("four  = 4", "four  = 44");
        for mine in [
            BASE_TEXT.replace("  two   = 2\n", "  # why two\n  two   = 2\n"),
            BASE_TEXT.replace("\"x\",", "\"x\",\n    \"mine\","),
            BASE_TEXT.replace("  one", "\n  one"),
            format!("{BASE_TEXT}\nmodule \"mine\" {{\n}}\n"),
        ] {
            let merged = clean(BASE_TEXT, &mine, &new);
            assert_eq!(merged, mine.replace("four  = 4", "four  = 44"));
        }
    }

    #[test]
    fn the_ends_of_lines_stay_the_users() {
        let windows = BASE_TEXT.replace('\n', "\r\n");
        let new = BASE_TEXT.replace("= 4", "= 44");
        assert_eq!(clean(BASE_TEXT, &windows, &new), new.replace('\n', "\r\n"));
        let edited = windows.replace("= 2", "= 22");
        assert_eq!(clean(BASE_TEXT, &edited, &new), new.replace("= 2", "= 22").replace('\n', "\r\n"));
        assert!(is_same(&windows, BASE_TEXT));
    }

    #[test]
    fn what_both_changed_stands_between_markers_with_its_line() {
        let merged = merge("a\nb\nc\n", "a\nmine\nc\n", "a\nnew\nc\n");
        let expected =
            "a\n<<<<<<< yours\nmine\n||||||| generated before\nb\n=======\nnew\n>>>>>>> generated now\nc\n";
        assert_eq!(merged, Merged { text: expected.to_owned(), conflicts: vec![2] });
        assert_eq!(solved(expected, Side::Mine), "a\nmine\nc\n");
        assert_eq!(solved(expected, Side::New), "a\nnew\nc\n");
        assert_eq!(conflicts("a\n>>>>>>> generated now\n"), [2]);
        assert_eq!(conflicts("a = <<EOT\n=======\nEOT\n"), [0_usize; 0]);
    }

    #[test]
    fn what_is_added_beside_a_change_is_no_conflict() {
        for (mine, merged) in [("a\n# why\nb\nc\n", "a\n# why\nB\nc\n"), ("a\nb\n\nc\n", "a\nB\n\nc\n")] {
            assert_eq!(clean("a\nb\nc\n", mine, "a\nB\nc\n"), merged);
            assert_eq!(clean("a\nb\nc\n", "a\nB\nc\n", mine), merged);
        }
        assert_eq!(merge("a\nb\n", "a\nmine\nb\n", "a\nnew\nb\n").conflicts, [2], "both have added");
    }

    #[test]
    fn without_an_ancestor_every_difference_is_a_conflict() {
        let merged = against("a\nmine\nc\nd\n", "a\nc\nd\nnew\n");
        let expected = "a\n<<<<<<< yours\nmine\n=======\n>>>>>>> generated now\nc\nd\n<<<<<<< \
                        yours\n=======\nnew\n>>>>>>> generated now\n";
        assert_eq!(merged, Merged { text: expected.to_owned(), conflicts: vec![2, 8] });
        assert_eq!(solved(expected, Side::Mine), "a\nmine\nc\nd\n");
        assert_eq!(against("same\n", "same\n"), Merged { text: "same\n".to_owned(), conflicts: Vec::new() });
    }

    #[test]
    fn a_notice_tells_what_has_changed() {
        let told = notice("it was split", "a\nb\nc\nd\ne\nf\n", "a\nb\nc\nD\ne\nf\n");
        assert_eq!(told.conflicts, [2]);
        assert!(
            told.text.contains("generated before\nb\nc\nd\ne\nf\n=======\nb\nc\nD\ne\nf\n>>>>>>>"),
            "{}",
            told.text
        );
    }

    #[test]
    fn shares_are_counted_by_lines_that_say_something() {
        assert!(share("alpha\nbeta\n}\n", "beta\nalpha\ngamma\n") > 0.99);
        assert!(share("alpha\nalpha\n", "alpha\n") < 0.51);
        assert!(share("}\n", "}\n") < 0.01);
    }

    /// Lines that are often the same, as in real texts.
    fn text() -> impl Strategy<Value = String> {
        let line = prop_oneof![
            Just("}\n".to_owned()),
            Just("\n".to_owned()),
            Just("  name = 1\n".to_owned()),
            "[a-f]{1,3}\n",
        ];
        proptest::collection::vec(line, 0..12).prop_map(|lines| lines.concat())
    }

    /// A text with some of its lines changed, left out or doubled.
    fn edited(of: String) -> impl Strategy<Value = String> {
        let count = of.lines().count();
        (proptest::collection::vec(0_u8..12, count), "[A-Z]{3}").prop_map(move |(deeds, word)| {
            let mut edited = String::new();
            for (line, deed) in of.lines().zip(deeds) {
                match deed {
                    0 => (),
                    1 => edited.push_str(&format!("{word}\n")),
                    2 => edited.push_str(&format!("{line}\n{word}\n")),
                    _ => edited.push_str(&format!("{line}\n")),
                }
            }
            edited
        })
    }

    /// Texts of the golden trees: one as it is in one case, and as it is in another.
    fn golden() -> Vec<(String, String)> {
        let cases = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
        let mut texts = std::collections::BTreeMap::<String, std::collections::BTreeSet<String>>::new();
        let cases = fs_err::read_dir(cases).unwrap().map(|case| case.unwrap().path().join("out"));
        for case in cases.filter(|case| case.is_dir()) {
            for layer in
                fs_err::read_dir(&case).unwrap().map(|layer| layer.unwrap().path()).filter(|p| p.is_dir())
            {
                for file in fs_err::read_dir(&layer).unwrap().map(|file| file.unwrap().path()) {
                    let name = file.strip_prefix(&case).unwrap().display().to_string();
                    texts.entry(name).or_default().insert(fs_err::read_to_string(file).unwrap());
                }
            }
        }
        let pairs = |texts: &std::collections::BTreeSet<String>| {
            let of = |(at, one): (usize, &String)| {
                let others = texts.iter().enumerate().filter(move |(other, _)| *other != at);
                others.map(|(_, other)| (one.clone(), other.clone())).collect::<Vec<_>>()
            };
            texts.iter().enumerate().flat_map(of).collect::<Vec<_>>()
        };
        texts.values().flat_map(pairs).filter(|(one, other)| one != other).collect()
    }

    /// How many cases of each law: two thousand, or as many as `PROPTEST_CASES` asks for.
    fn laws() -> ProptestConfig {
        let asked = ProptestConfig::default().cases;
        ProptestConfig { cases: asked.max(2_000), ..ProptestConfig::default() }
    }

    proptest! {
        #![proptest_config(laws())]

        #[test]
        fn the_laws_hold_over_edits_of_the_golden_trees(
            (base, mine, new) in proptest::sample::select(golden())
                .prop_flat_map(|(base, new)| (Just(base.clone()), edited(base), Just(new)))
        ) {
            prop_assert_eq!(&merge(&base, &mine, &base).text, &mine);
            prop_assert_eq!(&merge(&base, &base, &new).text, &new);
            let once = merge(&base, &mine, &new);
            prop_assert_eq!(&merge(&new, &once.text, &new).text, &once.text);
            let known: std::collections::BTreeSet<&str> = base.lines().collect();
            for line in mine.lines().filter(|line| !known.contains(line)) {
                prop_assert!(once.text.lines().any(|there| there == line), "{line:?} is lost:\n{}", once.text);
            }
            // With all conflicts solved for one side, there are none.
            for side in [Side::Mine, Side::New] {
                prop_assert_eq!(conflicts(&solved(&once.text, side)), [0_usize; 0]);
            }
        }

        #[test]
        fn without_a_new_text_the_users_stays(base in text(), mine in text()) {
            prop_assert_eq!(merge(&base, &mine, &base), Merged { text: mine, conflicts: Vec::new() });
        }

        #[test]
        fn without_an_edit_the_new_text_is_taken(base in text(), new in text()) {
            prop_assert_eq!(merge(&base, &base, &new), Merged { text: new, conflicts: Vec::new() });
        }

        #[test]
        fn merging_again_changes_nothing(
            (base, mine, new) in text().prop_flat_map(|b| (Just(b.clone()), edited(b.clone()), edited(b)))
        ) {
            let once = merge(&base, &mine, &new);
            prop_assert_eq!(merge(&new, &once.text, &new).text, once.text);
        }

        #[test]
        fn no_line_of_the_users_is_lost(
            (base, mine, new) in text().prop_flat_map(|b| (Just(b.clone()), edited(b.clone()), edited(b)))
        ) {
            let merged = merge(&base, &mine, &new);
            let known: std::collections::BTreeSet<&str> = base.lines().collect();
            for line in mine.lines().filter(|line| !known.contains(line)) {
                prop_assert!(merged.text.lines().any(|there| there == line), "{line:?} is lost:\n{}", merged.text);
            }
            let against = against(&mine, &new);
            for line in mine.lines() {
                prop_assert!(against.text.lines().any(|there| there == line), "{line:?} is lost");
            }
            prop_assert_eq!(solved(&against.text, Side::Mine), mine);
            prop_assert_eq!(solved(&against.text, Side::New), new);
        }
    }
}
