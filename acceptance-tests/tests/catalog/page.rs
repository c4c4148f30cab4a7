//! The page that says what was shown of each kind.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use acceptance_tests::repository;
use anyhow::{Result, ensure};

use crate::samples::Sampled;

/// What can be shown of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Column {
    Create,
    SecondPlan,
    Update,
    Variants,
    Replace,
    Import,
    Disappears,
    Unknown,
    Secrets,
}

impl Column {
    const ALL: [(Self, &'static str); 9] = [
        (Self::Create, "create"),
        (Self::SecondPlan, "second plan empty"),
        (Self::Update, "update in place"),
        (Self::Variants, "every variant"),
        (Self::Replace, "replace"),
        (Self::Import, "import"),
        (Self::Disappears, "disappears"),
        (Self::Unknown, "unknown values"),
        (Self::Secrets, "no secret stored"),
    ];

    /// Why a kind may lack this, if it may.
    fn reason(self, kind: &Sampled) -> Option<&'static str> {
        match self {
            Self::Replace if !kind.kind.key.contains(&"name") => Some("one"),
            Self::Secrets if !kind.has_secrets() => Some("none"),
            _ => None,
        }
    }
}

/// What was shown, by resource.
#[derive(Default)]
pub(crate) struct Page {
    shown: BTreeMap<String, BTreeSet<Column>>,
}

impl Page {
    pub(crate) fn show(&mut self, kind: &Sampled, columns: &[Column]) {
        self.shown.entry(kind.kind.resource.clone()).or_default().extend(columns);
    }

    pub(crate) fn show_if(&mut self, condition: bool, kind: &Sampled, columns: &[Column]) {
        if condition {
            self.show(kind, columns);
        }
    }

    pub(crate) fn add(&mut self, other: Self) {
        for (kind, columns) in other.shown {
            self.shown.entry(kind).or_default().extend(columns);
        }
    }

    /// Compares the page with the one in the repository, or writes that when `UPDATE_COVERAGE` is set.
    pub(crate) fn check(&self, kinds: &[Sampled]) -> Result<()> {
        let page = self.render(kinds)?;
        let path = repository::root().join("provider/COVERAGE.md");
        if std::env::var_os("UPDATE_COVERAGE").is_some() {
            return Ok(fs_err::write(path, page)?);
        }
        let written = fs_err::read_to_string(path).unwrap_or_default();
        ensure!(
            written == page,
            "`provider/COVERAGE.md` is out of date: run this test with UPDATE_COVERAGE=1"
        );
        Ok(())
    }

    fn render(&self, kinds: &[Sampled]) -> Result<String> {
        let mut page = format!("{}\n| resource |", HEAD.replace("COUNT", &kinds.len().to_string()));
        Column::ALL.iter().try_for_each(|(_, name)| write!(page, " {name} |"))?;
        page.push_str("\n|---|");
        page.push_str(&"---|".repeat(Column::ALL.len()));
        for kind in kinds {
            write!(page, "\n| `{}` |", kind.kind.resource)?;
            for (column, name) in Column::ALL {
                let shown = self.shown.get(&kind.kind.resource).is_some_and(|shown| shown.contains(&column));
                let cell = if shown { Some("yes") } else { column.reason(kind) };
                let Some(cell) = cell else {
                    anyhow::bail!("{}: `{name}` was not shown", kind.kind.resource)
                };
                write!(page, " {cell} |")?;
            }
        }
        page.push('\n');
        Ok(page)
    }
}

const HEAD: &str = "# Coverage of the control plane's kinds

What the real `terraform` has done with each of the COUNT kinds of manifest, against the sandbox control plane, with values made from
the catalog. After each step the vendor's own models have read what was stored. Written by the test `catalog`, which fails when this
page is not what it shows; `UPDATE_COVERAGE=1 cargo nextest run -p acceptance-tests --test catalog` writes it anew.

Create, second plan, update and every variant were shown twice: with secrets in plain attributes, and with write-only secrets and a
control plane that rewrites manifests and masks credentials. An import plans nothing but to send the secrets that no control plane
gives out. *None*: the kind has no secrets. *One*: there is one per tenant, so that there is no other name to replace it by.
";
