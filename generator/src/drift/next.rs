//! What the next apply would do about something that is not as it was, and what to do oneself.

use serde_json::Value as Json;

use super::Places;
use super::plan::{Change, Plan};

/// What the next apply does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NextApply {
    /// It sets it to what the code says.
    PutsBack,
    /// It takes it into the state: the code does not say what it should be.
    Adopts,
    /// Of one thing, it does the one with some attributes and the other with others.
    PutsBackSome,
    /// It will be known when it applies.
    ComputesAnew,
    /// It makes it again.
    MakesAgain,
    /// It destroys it and makes it again.
    Replaces,
    /// It destroys it: the code has it no more.
    Destroys,
    /// It only leaves the state: the code has it no more.
    Forgets,
    /// The plan cannot be made.
    Unknown,
}

impl NextApply {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::PutsBack => "puts it back",
            Self::Adopts => "adopts it",
            Self::PutsBackSome => "puts some of it back",
            Self::ComputesAnew => "computes it anew",
            Self::MakesAgain => "makes it again",
            Self::Replaces => "replaces it",
            Self::Destroys => "destroys it",
            Self::Forgets => "forgets it",
            Self::Unknown => "not known",
        }
    }

    /// Of several attributes.
    pub(super) fn of_all(all: &[Self]) -> Self {
        match all {
            [] => Self::Adopts,
            [first, rest @ ..] if rest.iter().all(|other| other == first) => *first,
            _ => Self::PutsBackSome,
        }
    }

    /// What to do about something in AWS, the cluster or the control plane.
    pub(super) fn next(self, layer: &str, places: &Places) -> String {
        let Places { dir, spec } = places;
        let apply = format!("`tfy-infra apply -d {dir} --layer {layer}`");
        let plan = format!("`tfy-infra plan -d {dir} --layer {layer}`");
        match self {
            Self::PutsBack => format!("{apply} puts it back; what is to stay as it is now goes into `{spec}`"),
            Self::PutsBackSome => format!(
                "{apply} puts back what the code sets and adopts the rest; what is to stay as it is now goes into `{spec}`"
            ),
            Self::Adopts => {
                "the code does not say what it should be, so that no apply puts it back: undo it where it was done, or leave it"
                    .to_owned()
            }
            Self::ComputesAnew => format!("{plan} shows on what it depends"),
            Self::MakesAgain => {
                format!("{apply} makes it again; what is not to come back is taken out of `{spec}`")
            }
            Self::Replaces => format!("{apply} destroys it and makes it again: look at {plan} first"),
            Self::Destroys => format!("{apply} destroys it: the code has it no more"),
            Self::Forgets => format!("{apply} forgets it: the code has it no more"),
            Self::Unknown => format!("{plan} says why the next apply cannot be told"),
        }
    }
}

/// What the next apply does about one attribute of a resource, and about the resource as a whole.
pub(super) fn of(plan: Option<&Plan>, address: &str, is_gone: bool, attribute: Option<&str>) -> NextApply {
    let Some(plan) = plan else { return NextApply::Unknown };
    let Some(planned) = plan.planned(address) else { return NextApply::Forgets };
    let actions: Vec<&str> = planned.actions.iter().map(String::as_str).collect();
    match (actions.as_slice(), attribute) {
        (["create"], _) if is_gone => NextApply::MakesAgain,
        (["create"], _) => NextApply::PutsBack,
        (["delete"], _) => NextApply::Destroys,
        (["forget"], _) => NextApply::Forgets,
        (["delete", "create"] | ["create", "delete"], _) => NextApply::Replaces,
        (["update"], Some(attribute)) => of_attribute(planned, attribute),
        (["update"], None) => NextApply::PutsBack,
        _ => NextApply::Adopts,
    }
}

fn of_attribute(planned: &Change, attribute: &str) -> NextApply {
    let is_unknown = planned.after_unknown.get(attribute).is_some_and(holds_true);
    let is_set = planned.before.get(attribute) != planned.after.get(attribute);
    match () {
        () if is_unknown => NextApply::ComputesAnew,
        () if is_set => NextApply::PutsBack,
        () => NextApply::Adopts,
    }
}

fn holds_true(value: &Json) -> bool {
    match value {
        Json::Bool(is_true) => *is_true,
        Json::Array(inner) => inner.iter().any(holds_true),
        Json::Object(inner) => inner.values().any(holds_true),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_to_do_depends_on_the_next_apply() {
        let places = Places { dir: "infra".to_owned(), spec: "platform.yaml".to_owned() };
        let all = [
            NextApply::PutsBack,
            NextApply::Adopts,
            NextApply::PutsBackSome,
            NextApply::ComputesAnew,
            NextApply::MakesAgain,
            NextApply::Replaces,
            NextApply::Destroys,
            NextApply::Forgets,
            NextApply::Unknown,
        ];
        let shown: Vec<String> =
            all.iter().map(|one| format!("{}: {}", one.words(), one.next("data", &places))).collect();
        insta::assert_snapshot!(shown.join("\n"), @r"
        puts it back: `tfy-infra apply -d infra --layer data` puts it back; what is to stay as it is now goes into `platform.yaml`
        adopts it: the code does not say what it should be, so that no apply puts it back: undo it where it was done, or leave it
        puts some of it back: `tfy-infra apply -d infra --layer data` puts back what the code sets and adopts the rest; what is to stay as it is now goes into `platform.yaml`
        computes it anew: `tfy-infra plan -d infra --layer data` shows on what it depends
        makes it again: `tfy-infra apply -d infra --layer data` makes it again; what is not to come back is taken out of `platform.yaml`
        replaces it: `tfy-infra apply -d infra --layer data` destroys it and makes it again: look at `tfy-infra plan -d infra --layer data` first
        destroys it: `tfy-infra apply -d infra --layer data` destroys it: the code has it no more
        forgets it: `tfy-infra apply -d infra --layer data` forgets it: the code has it no more
        not known: `tfy-infra plan -d infra --layer data` says why the next apply cannot be told
        ");
    }

    #[test]
    fn attributes_that_go_different_ways_are_told_so() {
        use NextApply::{Adopts, PutsBack, PutsBackSome};
        assert_eq!(NextApply::of_all(&[PutsBack, PutsBack]), PutsBack);
        assert_eq!(NextApply::of_all(&[PutsBack, Adopts]), PutsBackSome);
    }
}
