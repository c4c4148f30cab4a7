//! What `modules/UPGRADING.md` says of platforms that go from earlier modules to those at hand.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use fs_err as fs;

use crate::repository;

/// Whose plans the guide speaks of: the scenarios, the root of all other modules, that of other choices, and the platforms of the examples.
pub const PLATFORMS: [&str; 7] = [
    "new-vpc-new-cluster",
    "existing-vpc-new-cluster",
    "existing-vpc-existing-cluster",
    "others",
    "choices",
    "quickstart",
    "demo",
];

/// What becomes of an object in a plan that keeps something else than all of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gone {
    /// The type and the name of the resource, `aws_launch_template.this`.
    pub object: String,
    /// `replaced`, `destroyed` or `forgotten`.
    pub what: String,
}

/// The guide.
#[derive(Debug)]
pub struct Guide {
    /// Types of which nothing goes.
    pub held: BTreeSet<String>,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    gone: Gone,
    platforms: Vec<String>,
}

impl Guide {
    /// The guide of the modules at hand.
    ///
    /// # Errors
    /// When it is not there, has not the tables that are read, or has a row without a reason, or of a type of which nothing goes.
    pub fn read() -> Result<Self> {
        Self::of(&fs::read_to_string(repository::root().join("modules/UPGRADING.md"))?)
    }

    fn of(text: &str) -> Result<Self> {
        let held = rows(text, "| type | because |")?;
        let held: BTreeSet<String> = held.into_iter().map(|cells| names(&cells[0]).concat()).collect();
        let mut found = Vec::new();
        for cells in rows(text, "| module | object | what | platforms | because |")? {
            let module = names(&cells[0]).concat();
            let gone = Gone { object: names(&cells[1]).concat(), what: cells[2].clone() };
            let row = Row { gone, platforms: names(&cells[3]) };
            row.check(&module, &cells[4], &held)?;
            found.push(row);
        }
        Ok(Self { held, rows: found })
    }

    /// What goes of a platform.
    #[must_use]
    pub fn of_platform(&self, platform: &str) -> BTreeSet<Gone> {
        let rows = self.rows.iter().filter(|row| row.platforms.iter().any(|name| name == platform));
        rows.map(|row| row.gone.clone()).collect()
    }
}

impl Row {
    fn check(&self, module: &str, because: &str, held: &BTreeSet<String>) -> Result<()> {
        let Gone { object, what } = &self.gone;
        let place = format!("`{object}` of `{module}`");
        ensure!(because.split_whitespace().count() >= 4, "{place} goes without a reason");
        ensure!(["replaced", "destroyed", "forgotten"].contains(&what.as_str()), "{place}: `{what}`");
        let kind = object.split('.').next().unwrap_or_default();
        ensure!(!held.contains(kind), "{place} is of a type of which nothing goes");
        let unknown: Vec<_> =
            self.platforms.iter().filter(|name| !PLATFORMS.contains(&name.as_str())).collect();
        ensure!(unknown.is_empty() && !self.platforms.is_empty(), "{place}: no platform {unknown:?}");
        ensure!(repository::root().join("modules").join(module).is_dir(), "there is no module `{module}`");
        Ok(())
    }
}

/// The type and the name of a resource at an address, without modules and keys.
#[must_use]
pub fn object(address: &str) -> String {
    let mut parts = vec![String::new()];
    let mut depth = 0_u32;
    for each in address.chars() {
        match each {
            '[' => depth += 1,
            ']' => depth = depth.saturating_sub(1),
            '.' if depth == 0 => parts.push(String::new()),
            _ if depth == 0 => parts.last_mut().into_iter().for_each(|part| part.push(each)),
            _ => {}
        }
    }
    parts[parts.len().saturating_sub(2)..].join(".")
}

/// The cells of the rows below a heading.
fn rows(text: &str, heading: &str) -> Result<Vec<Vec<String>>> {
    let (_, table) =
        text.split_once(heading).with_context(|| format!("the guide has no table `{heading}`"))?;
    let columns = heading.matches('|').count() - 1;
    let mut found = Vec::new();
    for line in table.lines().skip(2).take_while(|line| line.starts_with('|')) {
        let cells: Vec<String> =
            line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
        ensure!(cells.len() == columns, "not {columns} cells: {line}");
        found.push(cells);
    }
    Ok(found)
}

/// What stands in backticks.
fn names(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What `tfy-infra upgrade` takes for lost of AWS.
    fn looked_for_by_the_generator() -> BTreeSet<String> {
        let text = fs::read_to_string(repository::root().join("generator/src/upgrade/proof.rs")).unwrap();
        let lines = text.lines().filter_map(|line| line.trim().strip_prefix('"')?.strip_suffix("\","));
        lines.filter(|kind| kind.starts_with("aws_")).map(str::to_owned).collect()
    }

    #[test]
    fn what_never_goes_is_what_the_generator_looks_for() {
        let held = Guide::read().unwrap().held;
        assert_eq!(held, looked_for_by_the_generator());
        // What the promise is about, whatever both say.
        let least = [
            "aws_acm_certificate",
            "aws_db_instance",
            "aws_ecr_repository",
            "aws_efs_file_system",
            "aws_eip",
            "aws_eks_cluster",
            "aws_kms_key",
            "aws_lb",
            "aws_nat_gateway",
            "aws_s3_bucket",
            "aws_subnet",
        ];
        let missing: Vec<_> = least.iter().filter(|kind| !held.contains(**kind)).collect();
        assert_eq!(missing, [] as [&&str; 0]);
    }

    #[test]
    fn addresses_are_read() {
        assert_eq!(object("module.a[\"b.c\"].module.d.aws_x.this[\"e.f\"]"), "aws_x.this");
        assert_eq!(object("aws_x.this[0]"), "aws_x.this");
    }

    const HEAD: &str = "| type | because |\n|---|---|\n| `aws_vpc` | x |\n\n| module | object | what | platforms | because |\n|---|---|---|---|---|\n";

    #[test]
    fn tables_are_read() {
        let row =
            "| `karpenter` | `aws_a.b` | replaced | `demo`, `others` | its name has changed |\n\nMore.\n";
        let guide = Guide::of(&format!("{HEAD}{row}")).unwrap();
        assert_eq!(guide.held, BTreeSet::from(["aws_vpc".to_owned()]));
        let gone = Gone { object: "aws_a.b".to_owned(), what: "replaced".to_owned() };
        assert_eq!(guide.of_platform("demo"), BTreeSet::from([gone]));
        assert_eq!(guide.of_platform("quickstart"), BTreeSet::new());
    }

    #[test]
    fn rows_that_say_too_little_or_too_much_are_refused() {
        let refused = |row: &str| Guide::of(&format!("{HEAD}{row}\n")).unwrap_err().to_string();
        for (row, told) in [
            (
                "| `karpenter` | `aws_a.b` | replaced | `demo` | because |",
                "`aws_a.b` of `karpenter` goes without a reason",
            ),
            (
                "| `karpenter` | `aws_vpc.b` | replaced | `demo` | its name has changed |",
                "`aws_vpc.b` of `karpenter` is of a type of which nothing goes",
            ),
            (
                "| `karpenter` | `aws_a.b` | moved | `demo` | its name has changed |",
                "`aws_a.b` of `karpenter`: `moved`",
            ),
            (
                "| `karpenter` | `aws_a.b` | replaced | `dmeo` | its name has changed |",
                "`aws_a.b` of `karpenter`: no platform [\"dmeo\"]",
            ),
            (
                "| `carpenter` | `aws_a.b` | replaced | `demo` | its name has changed |",
                "there is no module `carpenter`",
            ),
            ("| `karpenter` | `aws_a.b` | replaced |", "not 5 cells: | `karpenter` | `aws_a.b` | replaced |"),
        ] {
            assert_eq!(refused(row), told);
        }
    }
}
