//! The name of an image, put together from the values that name its parts.

use serde_json::Value;

use super::Facts;
use super::expression::text;
use super::facts::keys;
use super::values::{default_at, empty};

/// A value and the letters of the recorded name that it replaces.
#[derive(Clone, Debug)]
struct Part {
    path: String,
    from: usize,
    to: usize,
    before: String,
    after: String,
}

/// The name as text with expressions in it, quoted; `None` when no value reaches it.
pub(super) fn image(facts: &Facts, wires: &Value, rendered: &str) -> Option<String> {
    let parts: Vec<Part> = wires.as_array()?.iter().filter_map(|wire| part(wire, rendered)).collect();
    let whole = wires.as_array()?.iter().filter_map(Value::as_str);
    let mut name = compose(facts, rendered, 0, rendered.len(), &parts);
    for path in whole {
        name = format!("{{{{ with {} }}}}{{{{ . }}}}{{{{ else }}}}{name}{{{{ end }}}}", text(path));
    }
    (name != rendered).then(|| format!("\"{name}\""))
}

fn part(wire: &Value, rendered: &str) -> Option<Part> {
    let number = |at: usize| wire[at].as_u64().and_then(|number| usize::try_from(number).ok());
    let (mut from, mut to) = (number(1)?, number(2)?);
    let path = wire[0].as_str()?.to_owned();
    let mut before = wire[3].as_str()?.to_owned();
    let mut after = wire[4].as_str()?.to_owned();
    // A digest or a registry that is emptied takes its separator along.
    let last = keys(&path).pop().unwrap_or_default();
    for mark in ["@sha256:", "@"] {
        if matches!(last.as_str(), "digest" | "sha") && rendered.get(..from)?.ends_with(mark) {
            from -= mark.len();
            before.insert_str(0, mark);
        }
    }
    if last == "registry" && rendered.get(to..)?.starts_with('/') && from < to {
        to += 1;
        after.push('/');
    }
    Some(Part { path, from, to, before, after })
}

/// The letters from `from` to `to`: the widest parts first, each in the order in which values win, then what is within them.
fn compose(facts: &Facts, rendered: &str, from: usize, to: usize, parts: &[Part]) -> String {
    let within: Vec<&Part> = parts.iter().filter(|part| part.from >= from && part.to <= to).collect();
    let Some(first) = within.iter().min_by_key(|part| (part.from, usize::MAX - part.to)) else {
        return rendered.get(from..to).unwrap_or_default().to_owned();
    };
    let same = |part: &&&Part| part.from == first.from && part.to == first.to;
    let alternatives: Vec<&Part> = within.iter().filter(same).copied().collect();
    let inner: Vec<Part> = parts
        .iter()
        .filter(|part| {
            part.from >= first.from && part.to <= first.to && (part.from, part.to) != (first.from, first.to)
        })
        .cloned()
        .collect();
    let emptied = alternatives.iter().any(|part| drops(facts, part));
    let mut middle =
        if emptied { String::new() } else { compose(facts, rendered, first.from, first.to, &inner) };
    for part in alternatives.iter().rev() {
        middle = format!(
            "{{{{ with {} }}}}{}{{{{ . }}}}{}{{{{ else }}}}{middle}{{{{ end }}}}",
            text(&part.path),
            part.before,
            part.after
        );
    }
    let rest: Vec<Part> =
        parts.iter().filter(|part| part.from >= first.to && part.to > first.from).cloned().collect();
    let rest: Vec<Part> =
        rest.into_iter().filter(|part| (part.from, part.to) != (first.from, first.to)).collect();
    let head = rendered.get(from..first.from).unwrap_or_default();
    format!("{head}{middle}{}", compose(facts, rendered, first.to, to, &rest))
}

/// Whether nothing is left of a part when its value is emptied; a tag falls back to the version of the application.
fn drops(facts: &Facts, part: &Part) -> bool {
    let last = keys(&part.path).pop().unwrap_or_default();
    matches!(last.as_str(), "digest" | "sha" | "registry") && !empty(&default_at(facts, &part.path))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn facts() -> Facts {
        Facts::of(
            json!({ "values": { "image.registry": "ghcr.io", "image.repository": "a/b", "image.tag": "", "image.digest": "sha256:12", "global.registry": null } }),
        )
    }

    #[test]
    fn parts_stand_where_they_were_found() {
        let wires = json!([["image.repository", 8, 11, "", ""], ["image.tag", 12, 13, "", ""]]);
        let name = image(&facts(), &wires, "ghcr.io/a/b:1").unwrap();
        let expected = "\"ghcr.io/{{ with (include \"text\" (list $.Values \"image\" \"repository\")) }}{{ . }}{{ else }}a/b{{ end }}\
             :{{ with (include \"text\" (list $.Values \"image\" \"tag\")) }}{{ . }}{{ else }}1{{ end }}\"";
        assert_eq!(name, expected);
    }

    #[test]
    fn a_digest_that_is_emptied_goes_with_its_sign() {
        let wires = json!([["image.digest", 10, 19, "", ""]]);
        let name = image(&facts(), &wires, "ghcr.io/a@sha256:12").unwrap();
        assert!(name.ends_with("}}@{{ . }}{{ else }}{{ end }}\""), "{name}");
        assert!(name.starts_with("\"ghcr.io/a{{ with"), "{name}");
    }

    #[test]
    fn the_value_that_wins_is_asked_first() {
        let wires = json!([["global.registry", 0, 7, "", ""], ["image.registry", 0, 7, "", ""]]);
        let name = image(&facts(), &wires, "ghcr.io/a/b:1").unwrap();
        let (global, own) = (name.find("\"global\"").unwrap(), name.find("\"image\"").unwrap());
        assert!(global < own, "{name}");
        assert!(name.ends_with("{{ end }}{{ end }}a/b:1\""), "{name}");
    }
}
