//! Versions with the days on which their support ends.

use jiff::civil::Date;
use serde::Deserialize;

/// Until when a version is supported. Both days are the last ones.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Lifetime {
    /// The version: a Kubernetes minor (`1.35`), a PostgreSQL major (`17`).
    pub version: String,
    /// The end of standard support.
    pub standard_until: Date,
    /// The end of extended support, which costs more.
    pub extended_until: Date,
}

/// Versions in their order, as they were on a day.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Table {
    /// The day.
    pub dated: Date,
    /// The versions, oldest first.
    pub versions: Vec<Lifetime>,
    /// How many come out in a year.
    #[serde(skip)]
    a_year: i32,
}

/// How a version stands on a day.
#[derive(Debug, PartialEq, Eq)]
pub enum Standing<'a> {
    /// In standard support.
    Standard(&'a Lifetime),
    /// In extended support.
    Extended(&'a Lifetime),
    /// No longer supported; since when, where the table tells.
    Over(Option<&'a Lifetime>),
    /// Newer than the table.
    Newer,
    /// Newer than anything that can be out on that day.
    Impossible,
}

/// The number that counts versions: the minor of `1.35`, the major of `17`.
pub(super) fn number(version: &str) -> Option<u32> {
    let text = version.strip_prefix("1.").unwrap_or(version);
    text.parse().ok().filter(|_| text.bytes().all(|b| b.is_ascii_digit()))
}

impl Table {
    pub(super) fn read(text: &str, a_year: i32) -> serde_json::Result<Self> {
        Ok(Self { a_year, ..serde_json::from_str(text)? })
    }

    /// How a version stands; `None` for what is none.
    #[must_use]
    pub fn standing(&self, version: &str, today: Date) -> Option<Standing<'_>> {
        let wanted = number(version)?;
        if let Some(found) = self.versions.iter().find(|one| number(&one.version) == Some(wanted)) {
            return Some(match found {
                one if today <= one.standard_until => Standing::Standard(one),
                one if today <= one.extended_until => Standing::Extended(one),
                one => Standing::Over(Some(one)),
            });
        }
        let newest = self.versions.last().and_then(|one| number(&one.version))?;
        Some(if wanted < newest {
            Standing::Over(None)
        } else if wanted <= newest + self.since(today) {
            Standing::Newer
        } else {
            Standing::Impossible
        })
    }

    /// How many versions can have come out since the day of the table. One more than the pace says, which is nobody's promise.
    fn since(&self, today: Date) -> u32 {
        let months = |day: Date| i32::from(day.year()) * 12 + i32::from(day.month());
        let passed = (months(today) - months(self.dated)).max(0);
        u32::try_from((passed * self.a_year).div_euclid(12) + 2).unwrap_or_default()
    }

    /// The oldest version that is supported on that day; `None` where the table is too old to tell.
    #[must_use]
    pub fn oldest(&self, today: Date) -> Option<&Lifetime> {
        self.versions.iter().find(|one| today <= one.extended_until)
    }

    /// The newest version of the table.
    #[must_use]
    pub fn newest(&self) -> Option<&Lifetime> {
        self.versions.last()
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_version_stands_by_the_day() {
        let lifetime = |minor: u32, standard: Date, extended: Date| Lifetime {
            version: format!("1.{minor}"),
            standard_until: standard,
            extended_until: extended,
        };
        let old = lifetime(34, date(2026, 12, 2), date(2027, 12, 2));
        let new = lifetime(35, date(2027, 3, 27), date(2028, 3, 27));
        let table = Table { dated: date(2026, 4, 24), versions: vec![old.clone(), new.clone()], a_year: 3 };
        let standing = |version: &str, day: Date| table.standing(version, day);
        assert_eq!(standing("1.34", date(2026, 12, 2)), Some(Standing::Standard(&old)));
        assert_eq!(standing("1.34", date(2026, 12, 3)), Some(Standing::Extended(&old)));
        assert_eq!(standing("1.34", date(2027, 12, 2)), Some(Standing::Extended(&old)));
        assert_eq!(standing("1.34", date(2027, 12, 3)), Some(Standing::Over(Some(&old))));
        assert_eq!(standing("1.33", date(2026, 4, 24)), Some(Standing::Over(None)));
        assert_eq!(standing("1.37", date(2026, 4, 24)), Some(Standing::Newer));
        assert_eq!(standing("1.38", date(2026, 4, 24)), Some(Standing::Impossible));
        assert_eq!(standing("1.38", date(2026, 8, 1)), Some(Standing::Newer));
        assert_eq!(standing("1.38", date(2020, 1, 1)), Some(Standing::Impossible));
        assert_eq!((standing("1.+35", date(2026, 4, 24)), standing("one", date(2026, 4, 24))), (None, None));
        assert_eq!(table.oldest(date(2027, 12, 3)), Some(&new));
        assert_eq!(table.oldest(date(2030, 1, 1)), None);
    }
}
