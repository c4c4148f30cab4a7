//! What AWS has and for how long: tables with the day they are of, and how a version or a family stands by them on a given day.
//!
//! A table gets old. What is newer than it is never refused, unless it cannot be there yet.

pub mod instances;
mod versions;

use std::sync::OnceLock;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

pub use versions::{Lifetime, Standing, Table};

/// Kubernetes minors of EKS. Three come out in a year.
pub static KUBERNETES: Support = Support::new(include_str!("../../../data/kubernetes_versions.json"), 3);

/// PostgreSQL majors of RDS. One comes out in a year.
pub static POSTGRES: Support = Support::new(include_str!("../../../data/postgres_versions.json"), 1);

/// A table that is read when it is first needed.
pub struct Support {
    text: &'static str,
    a_year: i32,
    table: OnceLock<Table>,
}

impl Support {
    const fn new(text: &'static str, a_year: i32) -> Self {
        Self { text, a_year, table: OnceLock::new() }
    }

    /// The table. One of ours that could not be read would be empty, which a test refuses.
    pub fn table(&self) -> &Table {
        self.table.get_or_init(|| Table::read(self.text, self.a_year).unwrap_or_default())
    }
}

/// The day that a plan is of where nobody says another: that of the table.
#[must_use]
pub fn day() -> Date {
    KUBERNETES.table().dated
}

/// What to write in the place of a version that is over.
pub(super) fn or_newer(table: &Table, today: Date) -> String {
    match table.oldest(today) {
        Some(oldest) => format!("write `\"{}\"` or newer", oldest.version),
        None => "write a newer one, or use a newer tfy-infra: this one knows none that is still supported"
            .to_owned(),
    }
}

/// The range of Kubernetes minors that a pinned chart declares.
#[derive(Debug, Clone, Default, Deserialize)]
struct Declared {
    min: Option<String>,
    max: Option<String>,
}

impl Declared {
    fn takes(&self, version: u32) -> bool {
        let number = |text: &Option<String>| text.as_deref().and_then(versions::number);
        number(&self.min).is_none_or(|min| min <= version)
            && number(&self.max).is_none_or(|max| version <= max)
    }
}

/// What every chart declares that the module `addons` pins.
fn declared() -> Vec<Declared> {
    let charts = super::modules::files("addons").iter().find(|(name, _)| *name == "charts.json");
    let pinned: Value = charts.and_then(|(_, text)| serde_json::from_str(text).ok()).unwrap_or_default();
    let all = pinned["charts"].as_object().into_iter().flat_map(serde_json::Map::values);
    all.filter_map(|chart| serde_json::from_value(chart["kubernetes"].clone()).ok()).collect()
}

/// The Kubernetes version of a new cluster for which none is named: the newest in standard support on that day that every pinned chart
/// declares. Where standard support has left them behind, the newest that they declare.
#[must_use]
pub fn default_kubernetes(today: Date) -> String {
    newest(KUBERNETES.table(), &declared(), today)
}

/// Whether a new cluster would get a newer version.
pub(super) fn is_behind(version: &str, today: Date) -> bool {
    versions::number(version) < versions::number(&default_kubernetes(today))
}

fn newest(table: &Table, declared: &[Declared], today: Date) -> String {
    let fits = |one: &&Lifetime| {
        versions::number(&one.version).is_some_and(|number| declared.iter().all(|range| range.takes(number)))
    };
    let mut in_standard = table.versions.iter().filter(|one| today <= one.standard_until);
    in_standard
        .rfind(fits)
        .or_else(|| table.versions.iter().rfind(fits))
        .or(table.versions.last())
        .map_or_else(String::new, |one| one.version.clone())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn the_tables_can_be_read_and_are_in_order() {
        for support in [&KUBERNETES, &POSTGRES] {
            let table = Table::read(support.text, support.a_year).unwrap();
            assert!(table.versions.len() >= 5, "{table:?}");
            let numbers: Vec<u32> =
                table.versions.iter().map(|one| versions::number(&one.version).unwrap()).collect();
            assert!(numbers.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{numbers:?}");
            assert!(table.versions.iter().all(|one| one.standard_until < one.extended_until), "{table:?}");
        }
    }

    #[test]
    fn a_new_cluster_gets_the_newest_that_every_pinned_chart_declares() {
        assert_eq!(default_kubernetes(date(2026, 11, 29)), "1.35");
        assert_eq!(default_kubernetes(day()), "1.35");
        assert!(declared().len() >= 18);
        // Standard support has ended, and no newer one is declared.
        assert_eq!(default_kubernetes(date(2027, 6, 1)), "1.35");
        let range = |min: &str, max: Option<&str>| Declared {
            min: Some(min.to_owned()),
            max: max.map(str::to_owned),
        };
        let table = KUBERNETES.table();
        let ranges = [range("1.30", None), range("1.32", Some("1.34"))];
        assert_eq!(newest(table, &ranges, date(2026, 4, 24)), "1.34");
        assert_eq!(newest(table, &ranges, date(2026, 12, 3)), "1.34", "it is all there is");
        assert_eq!(newest(table, &[range("1.40", None)], date(2026, 4, 24)), "1.35");
    }
}
