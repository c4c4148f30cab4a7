//! `source-checks messages`: every message that the provider and the generator can print, and the test that shows it.
//!
//! A message is shown when a test holds its text whole, with something in every hole: all its parts, in one test. What
//! no test shows stands in a list that only shrinks. The list is made from the source text, so a text that is put
//! together from fragments is several messages.

mod documentation;
mod exempt;
mod extract;
mod page;
mod shows;
mod source;
mod template;
mod texts;
mod unshown;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Result, bail};
use fs_err as fs;

use crate::files::{self, File};
use extract::Message;
use shows::Shows;
use source::Source;
use template::Template;
use unshown::Unshown;

/// The crates whose code makes messages.
const PACKAGES: &[&str] = &[
    "generator",
    "provider",
    "provider/api",
    "provider/catalog",
    "provider/tfplugin",
    "provider/tfplugin-derive",
];

/// The crates whose tests show messages of which others: a test of one that uses another prints its messages as well.
const SHOWS: &[(&str, &[&str])] = &[
    ("generator", &["generator"]),
    (
        "provider",
        &["provider", "provider/api", "provider/catalog", "provider/tfplugin", "provider/tfplugin-derive"],
    ),
    ("provider/api", &["provider/api"]),
    ("provider/catalog", &["provider/catalog"]),
    ("provider/tfplugin", &["provider/tfplugin", "provider/tfplugin-derive"]),
    ("provider/tfplugin-derive", &["provider/tfplugin-derive"]),
    ("provider/tfplugin-testing", &["provider/tfplugin", "provider/tfplugin-derive"]),
    // Models, with messages of their own, and this crate, which quotes messages without making them.
    ("acceptance-tests/aws", &[]),
    ("provider/sandbox", &[]),
    ("provider/docs-generator", &[]),
    ("xtask", &[]),
    ("acceptance-tests", PACKAGES),
];

/// The page that is made from the code.
const PAGE: &str = "MESSAGES.md";

/// What is known of a message, by its crate and what it says.
#[derive(Debug)]
struct Entry {
    /// Files and items that make it.
    places: Vec<String>,
    shown: Shown,
}

/// How a message is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Shown {
    /// By this test.
    By(String),
    /// It has hardly a word of its own, and only passes on what something else says.
    PassedOn,
    Never,
}

/// The entries by crate and by what the message says.
type Entries = BTreeMap<(String, String), Entry>;

/// Prints the page; with `--check` compares it and the list of what no test shows, with `--write` brings both up to date.
pub(crate) fn run(arguments: &[String]) -> Result<()> {
    let entries = entries(&files::with_endings(&[".rs", ".py", ".snap", ".stderr", ".txt"])?)?;
    match arguments {
        [] => Ok(std::io::stdout().write_all(page::page(&entries).as_bytes())?),
        [flag] if flag == "--check" => check(&entries),
        [flag] if flag == "--write" => write(&entries),
        _ => bail!("`messages` takes `--check` or `--write`, or nothing\nhint: nothing prints `{PAGE}`"),
    }
}

fn entries(files: &[File]) -> Result<Entries> {
    let (rust, others): (Vec<_>, Vec<_>) =
        files.iter().cloned().partition(|file| file.path.extension().is_some_and(|ending| ending == "rs"));
    let sources = source::parse(&rust)?;
    Ok(shown(&messages(&sources), &all_shows(&sources, &others)))
}

/// The messages of all crates that make some.
fn messages(sources: &[Source<'_>]) -> Vec<Message> {
    let mut all = Vec::new();
    for package in PACKAGES {
        let folder = Path::new(package).join("src");
        let belongs = |source: &&Source<'_>| source.path.starts_with(&folder) && !source.is_test;
        let sources: Vec<_> = sources.iter().filter(belongs).collect();
        let documentation = documentation::Documentation::of(&sources);
        for source in sources.iter().filter(|source| !exempt::is_exempt(source.path)) {
            all.extend(extract::messages(package, source, &documentation));
        }
    }
    all
}

/// What the tests show.
fn all_shows(sources: &[Source<'_>], others: &[File]) -> Vec<Shows> {
    let mut all: Vec<_> = sources.iter().flat_map(shows::of_rust).collect();
    for file in others {
        if shows::is_expected_output(&file.path) {
            all.push(shows::of_expected_output(file));
        } else if file.path.extension().is_some_and(|ending| ending == "py")
            && source::is_of_tests(&file.path)
        {
            all.extend(shows::of_python(file));
        }
    }
    all.sort_by(|a, b| a.name.cmp(&b.name));
    all
}

/// Finds for each message the test that shows it: of its own crate if there is one, else the first.
fn shown(messages: &[Message], shows: &[Shows]) -> Entries {
    let mut entries = Entries::new();
    for message in messages {
        let place = format!("{}::{}", message.path.display(), message.item);
        let key = (message.package.clone(), message.written());
        let entry =
            entries.entry(key).or_insert_with(|| Entry { places: Vec::new(), shown: by(message, shows) });
        if !entry.places.contains(&place) {
            entry.places.push(place);
        }
    }
    entries
}

fn by(message: &Message, shows: &[Shows]) -> Shown {
    if message.passes_on() {
        return Shown::PassedOn;
    }
    let said: Vec<_> = message.parts.iter().filter(|part| part.words() > 0).collect();
    let is_in =
        |part: &Template, shows: &Shows| shows.texts.iter().any(|text| part.is_in(text, message.is_fragment));
    let whole = |shows: &&Shows| is_about(&shows.name, message) && said.iter().all(|part| is_in(part, shows));
    let mut all = shows.iter().filter(whole).map(|shows| &shows.name);
    let first = all.next();
    let nearest =
        first.into_iter().chain(all).find(|name| package(name) == Some(message.package.as_str())).or(first);
    nearest.map_or(Shown::Never, |name| Shown::By(name.clone()))
}

/// Whether a test can be about a message. A few words that are said in one place may be said in others as well: such a
/// message is shown by its own crate.
fn is_about(test: &str, message: &Message) -> bool {
    let Some(package) = package(test) else { return false };
    let shows = SHOWS.iter().find(|(of, _)| *of == package).map_or(&[][..], |(_, shows)| shows);
    package == message.package || message.words() > 2 && shows.contains(&message.package.as_str())
}

/// The crate that a path belongs to.
fn package(path: &str) -> Option<&'static str> {
    let within = |of: &&str| path.strip_prefix(*of).is_some_and(|rest| rest.starts_with('/'));
    SHOWS.iter().map(|(of, _)| *of).filter(within).max_by_key(|of| of.len())
}

fn check(entries: &Entries) -> Result<()> {
    let mut problems = Vec::new();
    if fs::read_to_string(files::root().join(PAGE)).unwrap_or_default() != page::page(entries) {
        problems.push(format!("`{PAGE}` is out of date\nhint: run `cargo xtask gen` and commit the result"));
    }
    let unshown = Unshown::read()?.unwrap_or_default();
    problems.extend(unshown.problems(entries));
    problems.extend(unshown::growth()?);
    std::io::stdout().write_all(unshown.summary().as_bytes())?;
    if problems.is_empty() {
        return Ok(());
    }
    bail!("{}", problems.join("\n"))
}

fn write(entries: &Entries) -> Result<()> {
    fs::write(files::root().join(PAGE), page::page(entries))?;
    let unshown = match Unshown::read()? {
        Some(unshown) => unshown.without_what_is_shown(entries),
        None => Unshown::of(entries),
    };
    unshown.write()
}
