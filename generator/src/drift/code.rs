//! The tree against its spec: what `generate` would write, and what somebody edited.

use crate::diag;
use crate::tree::{Change, Deed, Layer};

use super::{Kind, Part, Places, Row, Since};

/// The name of this part of a report.
pub const CODE: &str = "code";

/// What a tree is, and what it is to be.
#[derive(Debug, Clone, Copy)]
pub struct Tree<'a> {
    /// What a generation would do with each file.
    pub changes: &'a [Change],
    /// The layers that the spec asks for.
    pub wanted: &'a [Layer],
    /// The layers that the tree has.
    pub there: &'a [Layer],
}

/// The part of a report about the code.
#[must_use]
pub fn part(tree: &Tree<'_>, places: &Places) -> Part {
    let mut rows = layers(tree, places);
    let of_whole_layers: Vec<String> = rows.iter().map(|row| row.what.clone()).collect();
    let files = tree.changes.iter().filter(|change| {
        !of_whole_layers.iter().any(|folder| change.path.starts_with(folder)) && change.deed != Deed::Retired
    });
    rows.extend(files.filter_map(|change| file(change, places)));
    Part::of(CODE, rows, Vec::new())
}

/// The part when the spec, or what the tree says of itself, cannot be used.
#[must_use]
pub fn dark(why: diag::Report) -> Part {
    Part::dark(CODE, why)
}

fn layers(tree: &Tree<'_>, places: &Places) -> Vec<Row> {
    let Places { dir, spec } = places;
    let is_there = |layer: &&Layer| tree.there.iter().any(|there| there.name == layer.name && !there.retired);
    let is_wanted = |layer: &&Layer| tree.wanted.iter().any(|wanted| wanted.name == layer.name);
    let missing = tree.wanted.iter().filter(|layer| !is_there(layer)).map(|layer| {
        let next =
            format!("`tfy-infra generate -f {spec} -o {dir}` writes it, `tfy-infra apply -d {dir}` makes it");
        row(&format!("{}/", layer.name), "a layer that is not in the tree", next)
    });
    let gone = tree.there.iter().filter(|layer| !is_wanted(layer) && !layer.emptied).map(|layer| {
        let name = &layer.name;
        let next =
            format!("`tfy-infra destroy -d {dir} --layer {name}` takes down what it has made; then generate");
        row(&format!("{name}/"), "a layer that is no longer generated", next)
    });
    missing.chain(gone).collect()
}

fn file(change: &Change, places: &Places) -> Option<Row> {
    let Places { dir, spec } = places;
    let generate = format!("tfy-infra generate -f {spec} -o {dir}");
    let path = &change.path;
    let (what, next) = match change.deed {
        Deed::Write if change.before.is_none() => {
            ("a file that is not in the tree", format!("`{generate}` writes it; review, then apply"))
        }
        Deed::Write => (
            "`generate` would change it",
            format!("`{generate}` brings it up to date, `tfy-infra diff` shows how; review, then apply"),
        ),
        Deed::Keep => (
            "edited by hand",
            format!("every generation keeps the edit; `{generate} --accept new {path}` takes it back"),
        ),
        Deed::Merge => (
            "edited by hand, and `generate` would change it",
            format!("`{generate}` takes the new text and keeps the edit; review, then apply"),
        ),
        Deed::Conflict | Deed::Unsolved => (
            "edited by hand where `generate` would change it",
            format!("`{generate} --accept mine {path}` keeps the edit, `--accept new {path}` takes it back"),
        ),
        Deed::StaysDeleted => (
            "deleted by hand",
            format!("every generation leaves it out; `{generate} --accept new {path}` brings it back"),
        ),
        Deed::Delete => ("no longer generated", format!("`{generate}` deletes it")),
        Deed::Leave => (
            "edited by hand, and no longer generated",
            format!("`{generate}` leaves it to you: keep it, or delete it"),
        ),
        Deed::Same | Deed::Retired => return None,
    };
    Some(row(&change.place, what, next))
}

fn row(what: &str, change: &str, next: String) -> Row {
    Row {
        kind: Kind::Code,
        layer: None,
        what: what.to_owned(),
        change: change.to_owned(),
        attributes: Vec::new(),
        apply: None,
        next,
        since: Since::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::record::tests::layers as of_platform;

    fn change(path: &str, deed: Deed, before: Option<&str>) -> Change {
        Change {
            path: path.to_owned(),
            place: path.to_owned(),
            deed,
            text: None,
            before: before.map(str::to_owned),
            conflicts: Vec::new(),
            why: None,
        }
    }

    #[test]
    fn every_difference_has_a_row_with_what_to_do() {
        let there = of_platform(true);
        let wanted: Vec<Layer> = there.iter().filter(|layer| layer.name != "data").cloned().collect();
        let has = Some("text");
        let changes = [
            change("network/main.tf", Deed::Same, has),
            change("network/new.tf", Deed::Write, None),
            change("network/outputs.tf", Deed::Write, has),
            change("network/variables.tf", Deed::Keep, has),
            change("cluster/main.tf", Deed::Merge, has),
            change("cluster/outputs.tf", Deed::Conflict, has),
            change("cluster/versions.tf", Deed::StaysDeleted, None),
            change("identity/old.tf", Deed::Delete, has),
            change("identity/own.tf", Deed::Leave, has),
            change("data/main.tf", Deed::Retired, has),
        ];
        let places = Places { dir: "infra".to_owned(), spec: "platform.yaml".to_owned() };
        let tree = Tree { changes: &changes, wanted: &wanted, there: &there };
        let shown = |part: Part| {
            let lines = part.rows.iter().map(|row| format!("{}: {}\n  {}\n", row.what, row.change, row.next));
            lines.collect::<String>()
        };
        insta::assert_snapshot!(shown(part(&tree, &places)), @r"
        data/: a layer that is no longer generated
          `tfy-infra destroy -d infra --layer data` takes down what it has made; then generate
        network/new.tf: a file that is not in the tree
          `tfy-infra generate -f platform.yaml -o infra` writes it; review, then apply
        network/outputs.tf: `generate` would change it
          `tfy-infra generate -f platform.yaml -o infra` brings it up to date, `tfy-infra diff` shows how; review, then apply
        network/variables.tf: edited by hand
          every generation keeps the edit; `tfy-infra generate -f platform.yaml -o infra --accept new network/variables.tf` takes it back
        cluster/main.tf: edited by hand, and `generate` would change it
          `tfy-infra generate -f platform.yaml -o infra` takes the new text and keeps the edit; review, then apply
        cluster/outputs.tf: edited by hand where `generate` would change it
          `tfy-infra generate -f platform.yaml -o infra --accept mine cluster/outputs.tf` keeps the edit, `--accept new cluster/outputs.tf` takes it back
        cluster/versions.tf: deleted by hand
          every generation leaves it out; `tfy-infra generate -f platform.yaml -o infra --accept new cluster/versions.tf` brings it back
        identity/old.tf: no longer generated
          `tfy-infra generate -f platform.yaml -o infra` deletes it
        identity/own.tf: edited by hand, and no longer generated
          `tfy-infra generate -f platform.yaml -o infra` leaves it to you: keep it, or delete it
        ");
        let tree =
            Tree { changes: &[change("data/main.tf", Deed::Write, None)], wanted: &there, there: &wanted };
        insta::assert_snapshot!(shown(part(&tree, &places)), @r"
        data/: a layer that is not in the tree
          `tfy-infra generate -f platform.yaml -o infra` writes it, `tfy-infra apply -d infra` makes it
        ");
    }
}
