//! Bounds and patterns, as the vendor's client states them: `int{ge 1, le 65535}`, `list[str{/^\S+$/}]`.

use anyhow::{Context as _, Result, bail};
use serde_json::Value as Json;
use truefoundry_catalog::facts::{Facts, Field, Limits, Shape};

/// Patterns with look-around, which few regular expression engines have, as length and pattern.
const REWRITTEN: [(&str, &str, u32, u32); 1] =
    [("^[a-z](?:[a-z0-9]|-(?!-)){1,30}[a-z0-9]$", "^[a-z][a-z0-9]*(-[a-z0-9]+)*$", 3, 32)];

/// Adds the limits to the fields of the same name. The two sources spell the names of objects differently
/// (`AMQPInputConfig`, `AmqpInputConfig`), and one of them has objects that no manifest uses.
pub(super) fn apply(facts: &mut Facts, models: &Json) -> Result<()> {
    let names: Vec<String> = facts.objects.keys().cloned().collect();
    for (model, definition) in models.as_object().context("it is no object")? {
        let Some(name) = names.iter().find(|name| name.eq_ignore_ascii_case(model)) else { continue };
        let Some(object) = facts.objects.get_mut(name) else { continue };
        for stated in definition["fields"].as_array().into_iter().flatten() {
            let (Some(field), Some(text)) = (stated["name"].as_str(), stated["type"].as_str()) else {
                continue;
            };
            let Some(field) = object.get_mut(field) else { continue };
            add(field, text).with_context(|| format!("`{name}`: `{text}`"))?;
        }
    }
    Ok(())
}

fn add(field: &mut Field, stated: &str) -> Result<()> {
    if stated.starts_with("int") && field.is == Shape::Number {
        field.is = Shape::Integer;
    }
    let Some((_, rest)) = stated.split_once('{') else { return Ok(()) };
    let text = rest.rsplit_once('}').context("no closing brace")?.0;
    let mut limits = Limits::default();
    if let Some(pattern) = text.strip_prefix('/') {
        take_pattern(&mut limits, pattern.strip_suffix('/').context("no end of the pattern")?);
    } else {
        for bound in text.split(", ") {
            take_bound(&mut limits, bound)?;
        }
    }
    // Above 0 is 1 or more for a whole number.
    if field.is == Shape::Integer
        && let Some(above) = limits.above.take()
    {
        limits.min = Some(above + 1.0);
    }
    field.limits = Some(limits);
    Ok(())
}

fn take_pattern(limits: &mut Limits, pattern: &str) {
    match REWRITTEN.iter().find(|(given, ..)| *given == pattern) {
        Some((_, pattern, min, max)) => {
            limits.pattern = Some((*pattern).to_owned());
            (limits.min_length, limits.max_length) = (Some(*min), Some(*max));
        }
        None => limits.pattern = Some(pattern.replace(r"\/", "/")),
    }
}

fn take_bound(limits: &mut Limits, bound: &str) -> Result<()> {
    let (what, number) = bound.split_once(' ').context("a bound without a number")?;
    match what {
        "ge" => limits.min = Some(number.parse()?),
        "gt" => limits.above = Some(number.parse()?),
        "le" => limits.max = Some(number.parse()?),
        "min_length" => limits.min_length = Some(number.parse()?),
        "max_length" => limits.max_length = Some(number.parse()?),
        other => bail!("a bound `{other}` that the catalog does not know"),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limits(is: Shape, stated: &str) -> Field {
        let mut field = Field { is, required: false, limits: None };
        add(&mut field, stated).unwrap();
        field
    }

    #[test]
    fn bounds_and_patterns_are_read() {
        let port = limits(Shape::Number, "int{ge 1, le 65535}");
        assert_eq!(port.is, Shape::Integer);
        assert_eq!(port.limits, Some(Limits { min: Some(1.0), max: Some(65535.0), ..Limits::default() }));
        assert_eq!(limits(Shape::Integer, "int{gt 0}").limits.unwrap().min, Some(1.0));
        assert_eq!(limits(Shape::Number, "float{gt 0}").limits.unwrap().above, Some(0.0));
        let texts = limits(Shape::List(Box::new(Shape::String)), r"list[str{/^\S{2,3}$/}]").limits.unwrap();
        assert_eq!(texts.pattern.as_deref(), Some(r"^\S{2,3}$"));
        let name = limits(Shape::String, "str{/^[a-z](?:[a-z0-9]|-(?!-)){1,30}[a-z0-9]$/}").limits.unwrap();
        assert_eq!((name.min_length, name.max_length), (Some(3), Some(32)));
        let error = add(&mut limits(Shape::String, "str"), "str{odd 1}").unwrap_err();
        assert_eq!(error.to_string(), "a bound `odd` that the catalog does not know");
    }
}
