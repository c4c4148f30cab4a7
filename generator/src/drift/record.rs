//! `.tfy-infra/drift.json`: what the last look found, and since when, so that the next one tells what is new and what is gone.
//!
//! It holds names of files, resources and attributes, and no value. It stays on the machine, as logs do.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Gone, Kind, Part, Since};
use crate::tree::own;

const FILE: &str = "drift.json";
const FORMAT: u32 = 1;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    format: u32,
    /// When it was looked last, as RFC 3339 has it.
    pub time: String,
    rows: Vec<Known>,
}

/// A row that was there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Known {
    part: String,
    kind: Kind,
    what: String,
    change: String,
    since: String,
    /// The attributes, with since when each.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    attributes: BTreeMap<String, String>,
}

impl Record {
    /// The record of a directory; `None` when there is none that this version reads: then everything is new.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn read(dir: &Path) -> std::io::Result<Option<Self>> {
        let text = own::read(&dir.join(crate::tree::OWN).join(FILE))?;
        let record = text.and_then(|text| serde_json::from_slice::<Self>(&text).ok());
        Ok(record.filter(|record| record.format == FORMAT))
    }

    /// Keeps it in the directory.
    ///
    /// # Errors
    /// Those of the disk.
    pub fn write(&self, dir: &Path) -> std::io::Result<()> {
        let folder = own::folder(dir, "").map_err(std::io::Error::other)?;
        own::put(&folder.join(FILE), format!("{}\n", serde_json::to_string_pretty(self)?).as_bytes())
    }

    /// Dates what is found now by what was known, and tells what is gone. What could not be looked at is not gone: it stays on record.
    #[must_use]
    pub fn date(last: Option<&Self>, parts: &mut [Part], now: &str) -> (Self, Vec<Gone>) {
        let known = last.map_or(&[][..], |last| &last.rows);
        let mut rows = Vec::new();
        for part in parts.iter_mut() {
            for row in &mut part.rows {
                let was = known.iter().find(|k| {
                    k.part == part.name && k.kind == row.kind && k.what == row.what && k.change == row.change
                });
                for attribute in &mut row.attributes {
                    attribute.since = since(was.and_then(|was| was.attributes.get(&attribute.path)), now);
                }
                row.since = since(was.map(|was| &was.since), now);
                rows.push(Known {
                    part: part.name.clone(),
                    kind: row.kind,
                    what: row.what.clone(),
                    change: row.change.clone(),
                    since: row.since.time.clone(),
                    attributes: row
                        .attributes
                        .iter()
                        .map(|a| (a.path.clone(), a.since.time.clone()))
                        .collect(),
                });
                // A row with something new is one that has to be looked at.
                row.since.is_new |= row.attributes.iter().any(|attribute| attribute.since.is_new);
            }
            part.since = since(known.iter().find(|k| k.is_unseen_of(part)).map(|k| &k.since), now);
            rows.extend((!part.unseen.is_empty()).then(|| Known::unseen(part)));
        }
        let mut gone = Vec::new();
        let missing: Vec<&Known> = known
            .iter()
            .filter(|old| old.kind != Kind::Unseen && !rows.iter().any(|row| row.is_same(old)))
            .collect();
        for old in missing {
            let part = parts.iter().find(|part| part.name == old.part);
            if part.is_some_and(|part| !part.unseen.is_empty()) {
                rows.push(old.clone());
            } else {
                gone.push(Gone {
                    part: old.part.clone(),
                    kind: old.kind,
                    what: old.what.clone(),
                    change: old.change.clone(),
                    since: old.since.clone(),
                });
            }
        }
        (Self { format: FORMAT, time: now.to_owned(), rows }, gone)
    }
}

impl Known {
    fn unseen(part: &Part) -> Self {
        Self {
            part: part.name.clone(),
            kind: Kind::Unseen,
            what: part.name.clone(),
            change: "could not look".to_owned(),
            since: part.since.time.clone(),
            attributes: BTreeMap::new(),
        }
    }

    fn is_unseen_of(&self, part: &Part) -> bool {
        self.kind == Kind::Unseen && self.part == part.name
    }

    fn is_same(&self, other: &Self) -> bool {
        (&self.part, self.kind, &self.what, &self.change)
            == (&other.part, other.kind, &other.what, &other.change)
    }
}

fn since(known: Option<&String>, now: &str) -> Since {
    Since { time: known.map_or(now, String::as_str).to_owned(), is_new: known.is_none() }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{attribute, infrastructure, row};
    use super::*;
    use crate::diag::{Diagnostic, Report};

    const FIRST: &str = "2026-11-28T09:00:00Z";
    const SECOND: &str = "2026-11-29T09:00:00Z";

    fn news(parts: &[Part]) -> Vec<(String, bool)> {
        parts.iter().flat_map(|part| &part.rows).map(|row| (row.what.clone(), row.since.is_new)).collect()
    }

    #[test]
    fn what_was_known_is_known_again_and_what_went_is_told() {
        let mut first = [infrastructure("data", vec![row("aws_a.this"), row("aws_b.this")])];
        let (record, gone) = Record::date(None, &mut first, FIRST);
        assert_eq!(gone, []);
        assert_eq!(news(&first), [("aws_a.this".to_owned(), true), ("aws_b.this".to_owned(), true)]);

        let mut second = [infrastructure("data", vec![row("aws_b.this"), row("aws_c.this")])];
        let (record, gone) = Record::date(Some(&record), &mut second, SECOND);
        assert_eq!(news(&second), [("aws_b.this".to_owned(), false), ("aws_c.this".to_owned(), true)]);
        assert_eq!(second[0].rows[0].since.time, FIRST);
        assert_eq!(gone.iter().map(|gone| gone.what.as_str()).collect::<Vec<_>>(), ["aws_a.this"]);

        // What cannot be looked at is neither there nor gone.
        let why = || Report::single(Diagnostic::new("no credentials"));
        let mut third = [Part::dark("data", why())];
        let (record, gone) = Record::date(Some(&record), &mut third, "2026-11-30T09:00:00Z");
        assert_eq!((gone.len(), third[0].since.is_new), (0, true));
        let mut fourth = [Part::dark("data", why())];
        let (record, _) = Record::date(Some(&record), &mut fourth, "2026-12-01T09:00:00Z");
        assert!(!fourth[0].since.is_new);
        let mut fifth = [infrastructure("data", vec![row("aws_b.this")])];
        let (_, gone) = Record::date(Some(&record), &mut fifth, "2026-12-02T09:00:00Z");
        assert_eq!(fifth[0].rows[0].since, Since { time: FIRST.to_owned(), is_new: false });
        assert_eq!(gone.iter().map(|gone| gone.what.as_str()).collect::<Vec<_>>(), ["aws_c.this"]);
    }

    /// Of a part of which some could not be looked at, nobody knows what is gone.
    #[test]
    fn what_may_be_there_is_not_gone() {
        let mut first = [infrastructure("data", vec![row("aws_a.this")])];
        let (record, _) = Record::date(None, &mut first, FIRST);
        let why = Report::single(Diagnostic::new("may be made by another layer"));
        let mut second = [Part::of("data", Vec::new(), vec![why])];
        let (record, gone) = Record::date(Some(&record), &mut second, SECOND);
        assert_eq!(gone, []);
        let mut third = [infrastructure("data", Vec::new())];
        let (_, gone) = Record::date(Some(&record), &mut third, SECOND);
        assert_eq!(gone.iter().map(|gone| gone.what.as_str()).collect::<Vec<_>>(), ["aws_a.this"]);
    }

    #[test]
    fn an_attribute_more_makes_a_row_new() {
        let with = |paths: &[&str]| {
            let mut changed = row("aws_a.this");
            changed.attributes = paths.iter().map(|path| attribute(path)).collect();
            [infrastructure("data", vec![changed])]
        };
        let (record, _) = Record::date(None, &mut with(&["tags.a"]), FIRST);
        let mut second = with(&["tags.a", "tags.b"]);
        let _ = Record::date(Some(&record), &mut second, SECOND);
        let row = &second[0].rows[0];
        assert_eq!((row.since.time.as_str(), row.since.is_new), (FIRST, true));
        assert_eq!(row.attributes.iter().map(|a| a.since.is_new).collect::<Vec<_>>(), [false, true]);
    }

    #[test]
    fn the_record_holds_names_and_no_value() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Record::read(dir.path()).unwrap(), None);
        let mut changed = row("aws_a.this");
        changed.attributes = vec![attribute("tags.owner")];
        let (record, _) = Record::date(None, &mut [infrastructure("data", vec![changed])], FIRST);
        record.write(dir.path()).unwrap();
        assert_eq!(Record::read(dir.path()).unwrap(), Some(record));
        let path = dir.path().join(".tfy-infra/drift.json");
        insta::assert_snapshot!(fs_err::read_to_string(&path).unwrap(), @r#"
        {
          "format": 1,
          "time": "2026-11-28T09:00:00Z",
          "rows": [
            {
              "part": "data",
              "kind": "aws",
              "what": "aws_a.this",
              "change": "changed outside",
              "since": "2026-11-28T09:00:00Z",
              "attributes": {
                "tags.owner": "2026-11-28T09:00:00Z"
              }
            }
          ]
        }
        "#);
        fs_err::write(&path, "{\"format\":2,\"time\":\"\",\"rows\":[]}").unwrap();
        assert_eq!(Record::read(dir.path()).unwrap(), None);
    }
}
