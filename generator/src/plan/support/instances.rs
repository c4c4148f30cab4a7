//! Families of instances.

use std::sync::OnceLock;

use serde::Deserialize;

/// Families of EC2, and those that only classes of RDS have.
#[derive(Debug, Default, Deserialize)]
struct Table {
    families: Vec<String>,
    database: Vec<String>,
}

/// Whose instances are meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// EC2's.
    Machines,
    /// Classes of RDS, whose `db.` is left out.
    Databases,
}

/// What is known of a family that is written as AWS writes them.
#[derive(Debug, PartialEq, Eq)]
pub enum Family<'a> {
    /// It is there.
    Known,
    /// It may have come after the table.
    Newer,
    /// There is none; which one it is like.
    None(Option<&'a str>),
}

/// So many generations may have come since the table.
const AHEAD: u32 = 3;

/// What RDS makes classes of.
const DATABASES: [&str; 5] = ["m", "r", "t", "x", "z"];

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    let text = include_str!("../../../data/instance_families.json");
    TABLE.get_or_init(|| serde_json::from_str(text).unwrap_or_default())
}

/// The letters before the generation, and the generation.
fn split(family: &str) -> (&str, Option<u32>) {
    let letters = family.bytes().take_while(u8::is_ascii_lowercase).count();
    let (head, rest) = family.split_at(letters);
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    (head, rest[..digits].parse().ok())
}

/// What is known of a family (`m7i`). AWS adds families to its newest generation and to those that come, and to no older one.
#[must_use]
pub fn family(name: &str, of: Of) -> Family<'static> {
    let table = table();
    let all = || {
        let more = table.database.iter().filter(move |_| of == Of::Databases);
        let there = move |one: &&String| of == Of::Machines || DATABASES.contains(&split(one).0);
        table.families.iter().filter(there).chain(more)
    };
    if all().any(|known| known == name) {
        return Family::Known;
    }
    let (head, generation) = split(name);
    let newest = all().filter(|known| split(known).0 == head).filter_map(|known| split(known).1).max();
    let near = crate::suggest::nearest(name, all().map(String::as_str));
    match newest {
        Some(newest) if generation.is_some_and(|one| (newest..=newest + AHEAD).contains(&one)) => {
            Family::Newer
        }
        None if near.is_none() && of == Of::Machines => Family::Newer,
        _ => Family::None(near),
    }
}

/// Whether there are families of a category (`m`).
#[must_use]
pub fn is_category(name: &str) -> bool {
    table().families.iter().any(|family| split(family).0 == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_that_are_there_may_come_or_cannot_be() {
        for (name, of, found) in [
            ("m7i", Of::Machines, Family::Known),
            ("u7i-12tb", Of::Machines, Family::Known),
            ("m11i", Of::Machines, Family::Newer),
            ("m99i", Of::Machines, Family::None(None)),
            ("quux1", Of::Machines, Family::Newer),
            ("m7x", Of::Machines, Family::None(Some("m7a"))),
            ("t4g", Of::Databases, Family::Known),
            ("x2g", Of::Databases, Family::Known),
            ("r9x", Of::Databases, Family::Newer),
            ("p5", Of::Databases, Family::None(Some("m5"))),
            ("x2g", Of::Machines, Family::None(Some("x2gd"))),
        ] {
            assert_eq!(family(name, of), found, "{name}");
        }
        assert!(is_category("m") && is_category("inf") && !is_category("q"));
    }
}
