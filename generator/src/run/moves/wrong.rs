//! What stands in the way of a run, or of a move.

use std::path::Path;

use super::copy::{Both, Clash};
use crate::diag::Diagnostic;
use crate::shell;
use crate::suggest::all_of;
use crate::tree::Layer;
use crate::tree::place::{BESIDE, Place, Stray};
use crate::tree::state::Content;

/// States wait to be moved.
pub(super) fn pending(dir: &Path, pending: &[(&Layer, Place)]) -> Diagnostic {
    let names: Vec<&str> = pending.iter().map(|(layer, _)| layer.name.as_str()).collect();
    let [states, are] = if names.len() == 1 { ["state", "is"] } else { ["states", "are"] };
    let lines: Vec<String> = pending.iter().map(|(layer, from)| way(layer, from)).collect();
    Diagnostic::new(format!(
        "the {states} of {} {are} not where the tree looks for {}",
        all_of(&names),
        if names.len() == 1 { "it" } else { "them" }
    ))
    .note(lines.join("\n"))
    .hint(format!(
        "`tfy-infra migrate -d {}` takes along what is there; it can be run again whenever it was cut off",
        shell::word(dir)
    ))
}

fn way(layer: &Layer, from: &Place) -> String {
    let name = &layer.name;
    let to = Place::of(&layer.backend).map_or_else(|| "elsewhere".to_owned(), |place| place.shown(name));
    format!("layer `{name}`: it is in {}, and is to be in {to}", from.shown(name))
}

/// A state lies beside a layer that keeps its state elsewhere.
pub(super) fn stray(dir: &Path, layer: &Layer, stray: &Stray) -> Diagnostic {
    let (name, dir) = (&layer.name, shell::word(dir));
    let there = Place::of(&layer.backend).map_or_else(|| "elsewhere".to_owned(), |place| place.shown(name));
    let holds = match stray.objects {
        Some(count) => objects(count),
        None => "something that is no state of format 4".to_owned(),
    };
    Diagnostic::new(format!("layer `{name}` keeps its state in {there}, and another lies beside it"))
        .note(format!("`{name}/{BESIDE}` holds {holds}; Terraform would take no notice of it, and make again what is only there"))
        .hint(format!(
            "`tfy-infra migrate -d {dir}` compares the two, and takes it along or sets it aside; if it is nothing of this platform, \
             `tfy-infra migrate -d {dir} --leave-old {name}` sets it aside whatever it holds"
        ))
}

/// Whether one lies there cannot be found out.
pub(super) fn unseen(layer: &Layer, cause: &std::io::Error) -> Diagnostic {
    Diagnostic::new(format!("whether a state lies beside layer `{}` cannot be found out", layer.name))
        .note(cause.to_string())
        .hint("mend the cause and run the same command again")
}

/// `--leave-old` names no layer.
pub(super) fn unknown(dir: &Path, layers: &[&Layer], name: &str) -> Diagnostic {
    let names: Vec<&str> = layers.iter().map(|layer| layer.name.as_str()).collect();
    Diagnostic::new(format!("`{}` has no layer `{name}`", dir.display()))
        .hint(format!("its layers are {}", all_of(&names)))
}

/// What is no longer generated looks for its inputs where they were.
pub(super) fn retired(dir: &Path, layer: &Layer, read: &str) -> Diagnostic {
    let name = &layer.name;
    Diagnostic::new(format!(
        "layer `{name}` is no longer generated, and looks for the state of `{read}` where that is now"
    ))
    .note("once that is moved it could not be destroyed any more")
    .hint(format!("destroy it first: `tfy-infra destroy -d {} --layer {name}`", shell::word(dir)))
}

/// The state is in a file that is not here.
pub(super) fn not_here(dir: &Path, layer: &Layer, from: &Place) -> Diagnostic {
    let name = &layer.name;
    Diagnostic::new(format!("the state of layer `{name}` is in {}, which is not there", from.shown(name)))
        .note("it is in no bucket: it is in the directory in which the layer was applied")
        .hint(format!(
            "run this there, and commit `.tfy-infra/manifest.json`; if it was done there, or the layer was never applied, \
             `tfy-infra migrate -d {} --leave-old {name}`",
            shell::word(dir)
        ))
}

/// Somebody has moved the state into a file, which is not here.
pub(super) fn moved_by_others(dir: &Path, layer: &Layer, from: &Place, to: &Place) -> Diagnostic {
    let (name, from) = (&layer.name, from.shown(&layer.name));
    Diagnostic::new(format!("layer `{name}` keeps its state in {}, which is not there", to.shown(name)))
        .note(format!("this directory was prepared for {from}, and the state was moved from there, or the tree does not know of it any more"))
        .hint(format!(
            "work where that file is; or write `state` of platform.yaml as it was and generate; or, if that layer has nothing, \
             `tfy-infra migrate -d {} --leave-old {name}`",
            shell::word(dir)
        ))
}

/// The code of the layer has a backend that somebody has edited.
pub(super) fn edited(layer: &Layer, to: &Place) -> Diagnostic {
    let name = &layer.name;
    Diagnostic::new(format!("the code of layer `{name}` does not look for its state in {}", to.shown(name)))
        .note(format!("somebody has edited `backend` in `{name}/versions.tf`"))
        .hint("take the edit back, or write `state` of platform.yaml as the code has it, and generate")
}

/// Both places have a state, and it cannot be known which is the layer's.
pub(super) fn clash(dir: &Path, layer: &Layer, both: &Both<'_>, clash: Clash) -> Diagnostic {
    let (name, dir) = (&layer.name, shell::word(dir));
    let message = match clash {
        Clash::Unrelated => format!("layer `{name}` has two states, and neither has come of the other"),
        Clash::Ahead => format!("layer `{name}` has two states, and the one in the new place is the newer"),
        Clash::Behind => format!(
            "layer `{name}` has two states, and the one beside it is the newer, although it is not the layer's"
        ),
    };
    let line = |place: &Place, content: &Content| {
        format!(
            "{}: {}, written {} times, lineage {}",
            place.shown(name),
            objects(content.objects),
            content.serial,
            content.lineage
        )
    };
    Diagnostic::new(message)
        .note(format!("{}\n{}\nnothing was changed", line(both.from, both.old), line(both.to, both.new)))
        .hint(format!(
            "find out who has written each; if what is in {} is right, `tfy-infra migrate -d {dir} --leave-old {name}`; if it is not, save it, take \
             it away there, and run the same command again",
            both.to.shown(name)
        ))
}

/// What was copied is not what was there.
pub(super) fn differs(layer: &Layer, from: &Place, to: &Place) -> Diagnostic {
    let name = &layer.name;
    Diagnostic::new(format!(
        "what layer `{name}` has in {} is another than what was copied from {}",
        to.shown(name),
        from.shown(name)
    ))
    .note("somebody has changed one of them meanwhile; nothing was set aside")
    .hint("see that nobody else works with the platform, and run the same command again")
}

fn objects(count: usize) -> String {
    if count == 1 { "1 object".to_owned() } else { format!("{count} objects") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diag::Report;
    use crate::tree::record::tests::layers;

    fn shown(problem: Diagnostic) -> String {
        Report::single(problem).render(false)
    }

    fn place(layer: &str) -> Place {
        let key = format!("acme/{layer}.tfstate");
        Place::S3 { bucket: "acme-state".to_owned(), key, region: "us-east-1".to_owned(), kms: None }
    }

    fn in_bucket(at: usize) -> Layer {
        let layer = layers(true).remove(at);
        let s3 = serde_json::json!({ "bucket": "acme-state", "key": format!("acme/{}.tfstate", layer.name), "region": "us-east-1" });
        Layer { backend: serde_json::json!({ "s3": s3 }), ..layer }
    }

    fn beside() -> Place {
        Place::Local { path: BESIDE.to_owned() }
    }

    #[test]
    fn states_that_wait_to_be_moved_are_told() {
        let (network, data) = (in_bucket(0), in_bucket(2));
        let one = pending(Path::new("out"), &[(&network, beside())]);
        insta::assert_snapshot!(shown(one), @r"
        error: the state of `network` is not where the tree looks for it
          = note: layer `network`: it is in `network/terraform.tfstate`, and is to be in `s3://acme-state/acme/network.tfstate`
          = hint: `tfy-infra migrate -d out` takes along what is there; it can be run again whenever it was cut off
        ");
        let two = pending(Path::new("out"), &[(&network, beside()), (&data, place("old"))]);
        insta::assert_snapshot!(shown(two), @r"
        error: the states of `network` and `data` are not where the tree looks for them
          = note: layer `network`: it is in `network/terraform.tfstate`, and is to be in `s3://acme-state/acme/network.tfstate`
                  layer `data`: it is in `s3://acme-state/acme/old.tfstate`, and is to be in `s3://acme-state/acme/data.tfstate`
          = hint: `tfy-infra migrate -d out` takes along what is there; it can be run again whenever it was cut off
        ");
    }

    #[test]
    fn a_state_beside_another_backend_is_told() {
        let dir = Path::new("out");
        insta::assert_snapshot!(shown(stray(dir, &in_bucket(0), &Stray { objects: Some(12) })), @r"
        error: layer `network` keeps its state in `s3://acme-state/acme/network.tfstate`, and another lies beside it
          = note: `network/terraform.tfstate` holds 12 objects; Terraform would take no notice of it, and make again what is only there
          = hint: `tfy-infra migrate -d out` compares the two, and takes it along or sets it aside; if it is nothing of this platform, `tfy-infra migrate -d out --leave-old network` sets it aside whatever it holds
        ");
        insta::assert_snapshot!(shown(stray(dir, &in_bucket(0), &Stray { objects: None })), @r"
        error: layer `network` keeps its state in `s3://acme-state/acme/network.tfstate`, and another lies beside it
          = note: `network/terraform.tfstate` holds something that is no state of format 4; Terraform would take no notice of it, and make again what is only there
          = hint: `tfy-infra migrate -d out` compares the two, and takes it along or sets it aside; if it is nothing of this platform, `tfy-infra migrate -d out --leave-old network` sets it aside whatever it holds
        ");
        insta::assert_snapshot!(shown(unseen(&in_bucket(0), &std::io::ErrorKind::PermissionDenied.into())), @r"
        error: whether a state lies beside layer `network` cannot be found out
          = note: permission denied
          = hint: mend the cause and run the same command again
        ");
    }

    #[test]
    fn what_stands_in_the_way_of_a_move_is_told() {
        let (dir, layer) = (Path::new("out"), in_bucket(0));
        insta::assert_snapshot!(shown(unknown(dir, &[&layer, &in_bucket(2)], "databse")), @r"
        error: `out` has no layer `databse`
          = hint: its layers are `network` and `data`
        ");
        insta::assert_snapshot!(shown(retired(dir, &in_bucket(2), "network")), @r"
        error: layer `data` is no longer generated, and looks for the state of `network` where that is now
          = note: once that is moved it could not be destroyed any more
          = hint: destroy it first: `tfy-infra destroy -d out --layer data`
        ");
        insta::assert_snapshot!(shown(not_here(dir, &layer, &beside())), @r"
        error: the state of layer `network` is in `network/terraform.tfstate`, which is not there
          = note: it is in no bucket: it is in the directory in which the layer was applied
          = hint: run this there, and commit `.tfy-infra/manifest.json`; if it was done there, or the layer was never applied, `tfy-infra migrate -d out --leave-old network`
        ");
        insta::assert_snapshot!(shown(moved_by_others(dir, &layers(true)[0], &place("network"), &beside())), @r"
        error: layer `network` keeps its state in `network/terraform.tfstate`, which is not there
          = note: this directory was prepared for `s3://acme-state/acme/network.tfstate`, and the state was moved from there, or the tree does not know of it any more
          = hint: work where that file is; or write `state` of platform.yaml as it was and generate; or, if that layer has nothing, `tfy-infra migrate -d out --leave-old network`
        ");
        insta::assert_snapshot!(shown(edited(&layer, &place("network"))), @r"
        error: the code of layer `network` does not look for its state in `s3://acme-state/acme/network.tfstate`
          = note: somebody has edited `backend` in `network/versions.tf`
          = hint: take the edit back, or write `state` of platform.yaml as the code has it, and generate
        ");
        insta::assert_snapshot!(shown(differs(&layer, &beside(), &place("network"))), @r"
        error: what layer `network` has in `s3://acme-state/acme/network.tfstate` is another than what was copied from `network/terraform.tfstate`
          = note: somebody has changed one of them meanwhile; nothing was set aside
          = hint: see that nobody else works with the platform, and run the same command again
        ");
    }

    #[test]
    fn two_states_of_one_layer_are_told_with_what_each_is() {
        let (from, to) = (beside(), place("network"));
        let of = |serial, lineage: &str, objects| Content {
            serial,
            lineage: lineage.to_owned(),
            objects,
            hash: Some(lineage.to_owned()),
        };
        let (old, new) = (of(3, "a-b", 1), of(4, "c-d", 12));
        let both = Both { from: &from, old: &old, to: &to, new: &new };
        let told = |kind| shown(clash(Path::new("out"), &in_bucket(0), &both, kind));
        insta::assert_snapshot!(told(Clash::Unrelated), @r"
        error: layer `network` has two states, and neither has come of the other
          = note: `network/terraform.tfstate`: 1 object, written 3 times, lineage a-b
                  `s3://acme-state/acme/network.tfstate`: 12 objects, written 4 times, lineage c-d
                  nothing was changed
          = hint: find out who has written each; if what is in `s3://acme-state/acme/network.tfstate` is right, `tfy-infra migrate -d out --leave-old network`; if it is not, save it, take it away there, and run the same command again
        ");
        insta::assert_snapshot!(told(Clash::Ahead), @r"
        error: layer `network` has two states, and the one in the new place is the newer
          = note: `network/terraform.tfstate`: 1 object, written 3 times, lineage a-b
                  `s3://acme-state/acme/network.tfstate`: 12 objects, written 4 times, lineage c-d
                  nothing was changed
          = hint: find out who has written each; if what is in `s3://acme-state/acme/network.tfstate` is right, `tfy-infra migrate -d out --leave-old network`; if it is not, save it, take it away there, and run the same command again
        ");
        insta::assert_snapshot!(told(Clash::Behind), @r"
        error: layer `network` has two states, and the one beside it is the newer, although it is not the layer's
          = note: `network/terraform.tfstate`: 1 object, written 3 times, lineage a-b
                  `s3://acme-state/acme/network.tfstate`: 12 objects, written 4 times, lineage c-d
                  nothing was changed
          = hint: find out who has written each; if what is in `s3://acme-state/acme/network.tfstate` is right, `tfy-infra migrate -d out --leave-old network`; if it is not, save it, take it away there, and run the same command again
        ");
    }
}
