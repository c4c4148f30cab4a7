//! `MESSAGES.md`: the messages by crate.

use std::fmt::Write as _;

use super::{Entries, Entry, PACKAGES, Shown};

/// The whole page.
pub(super) fn page(entries: &Entries) -> String {
    let mut out = String::from(
        "# Messages\n\n\
         Every message that the provider and the generator can print, and the test that shows it whole. Made from the\n\
         code by `cargo xtask gen`. Parts of one message, such as a summary and its hint, stand together; `{...}` is\n\
         known only when it is printed. A message that is put together from fragments has a line for each.\n\n",
    );
    let count = |is: fn(&Shown) -> bool| entries.values().filter(|entry| is(&entry.shown)).count();
    let _ = write!(
        out,
        "| messages | shown by a test | only pass another on | shown by none |\n|---|---|---|---|\n| {} | {} | {} | {} |\n",
        entries.len(),
        count(|shown| matches!(shown, Shown::By(_))),
        count(|shown| *shown == Shown::PassedOn),
        count(|shown| *shown == Shown::Never),
    );
    out.push_str("\nWhat no test shows stands in `xtask/source-checks/unshown-messages.txt`, a list that only shrinks.\n");
    for package in PACKAGES {
        let of_package: Vec<_> = entries.iter().filter(|((of, _), _)| of == package).collect();
        if of_package.is_empty() {
            continue;
        }
        let _ = write!(out, "\n## {package}\n\n| message | made in | shown by |\n|---|---|---|\n");
        for ((_, message), entry) in of_package {
            row(&mut out, package, message, entry);
        }
    }
    out
}

fn row(out: &mut String, package: &str, message: &str, entry: &Entry) {
    let inside = format!("{package}/src/");
    let places: Vec<_> = entry
        .places
        .iter()
        .map(|place| format!("`{}`", place.strip_prefix(&inside).unwrap_or(place)))
        .collect();
    let shown = match &entry.shown {
        Shown::By(test) => format!("`{test}`"),
        Shown::PassedOn => "only passes another on".to_owned(),
        Shown::Never => "**no test**".to_owned(),
    };
    let parts: Vec<_> = message.split(super::extract::BETWEEN).map(code).collect();
    let _ = writeln!(out, "| {} | {} | {shown} |", parts.join("<br>"), places.join("<br>"));
}

/// As code in a table, whatever backticks and bars it holds itself.
fn code(text: &str) -> String {
    let escaped = text.replace('|', "\\|");
    match escaped.contains('`') {
        true => format!("`` {escaped} ``"),
        false => format!("`{escaped}`"),
    }
}
