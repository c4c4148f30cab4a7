//! `tfy-infra output`.

use std::io::Write as _;

use clap::Args;
use serde_json::{Map, Value, json};

use super::{FAILED, Failure, OK, Tree};
use crate::diag::{Diagnostic, Report};
use crate::run::{self, Found, Outputs, Told};
use crate::screen;
use crate::suggest::nearest;

#[derive(Debug, Args)]
pub(super) struct Options {
    #[command(flatten)]
    tree: Tree,
    /// Only the outputs of this layer.
    #[arg(long, value_name = "LAYER")]
    layer: Option<String>,
    /// Print them as JSON, by layer and name. What is sensitive is `null` there.
    #[arg(long)]
    json: bool,
    /// Print the value of NAME alone, as it is, also where it is sensitive.
    #[arg(long, requires = "layer", requires = "name", conflicts_with = "json")]
    raw: bool,
    /// Only the output of this name.
    #[arg(value_name = "NAME")]
    name: Option<String>,
}

/// What stands in the place of a value.
const SENSITIVE: &str = "<sensitive>";

/// An output of a layer.
struct Row {
    layer: String,
    name: String,
    found: Found,
}

pub(super) fn run(options: &Options) -> Result<u8, Failure> {
    let told = run::outputs(&Outputs {
        dir: options.tree.directory.clone(),
        terraform: options.tree.terraform.clone(),
        layer: options.layer.clone(),
    })?;
    let layers: Vec<String> = told.iter().map(|(layer, _)| layer.clone()).collect();
    let (rows, unread) = sorted(told)?;
    let shown: Vec<&Row> =
        rows.iter().filter(|row| options.name.as_ref().is_none_or(|name| *name == row.name)).collect();
    // Where a layer could not be asked, it may be there.
    if let Some(name) = &options.name
        && shown.is_empty()
        && unread.is_empty()
    {
        return Err(Failure::input(Report::single(no_output(name, &rows))));
    }
    match shown.as_slice() {
        [only] if options.raw => screen::raw(raw(only)?.as_bytes())?,
        _ if options.json => super::print_json(&by_layer(&layers, &unread, &shown))?,
        _ => screen::out().write_all(table(&shown).as_bytes())?,
    }
    Ok(if unread.is_empty() { OK } else { FAILED })
}

/// All outputs, and the layers that could not be asked, of which it tells.
fn sorted(told: Vec<(String, Told)>) -> std::io::Result<(Vec<Row>, Vec<String>)> {
    let (mut rows, mut unread) = (Vec::new(), Vec::new());
    let mut err = screen::err();
    for (layer, told) in told {
        match told {
            Told::Held(held) if held.is_empty() => {
                writeln!(err, "layer `{layer}`: no outputs: it was never applied, or is destroyed")?;
            }
            Told::Held(held) => {
                rows.extend(held.into_iter().map(|(name, found)| Row { layer: layer.clone(), name, found }));
            }
            Told::Unread(problems) => {
                for problem in problems {
                    err.report(&Report::single(problem), super::color())?;
                }
                unread.push(layer);
            }
        }
    }
    Ok((rows, unread))
}

fn no_output(name: &str, rows: &[Row]) -> Diagnostic {
    let problem = Diagnostic::new(format!("no layer that was asked has an output `{name}`"));
    match nearest(name, rows.iter().map(|row| row.name.as_str())) {
        Some(near) => problem.hint(format!("did you mean `{near}`?")),
        None => problem.hint("without a name, `tfy-infra output` prints all of them"),
    }
}

/// For machines: every layer that was asked, with what it has; `null` for one that could not be asked.
fn by_layer(layers: &[String], unread: &[String], rows: &[&Row]) -> Value {
    let of = |layer: &String| {
        if unread.contains(layer) {
            return Value::Null;
        }
        let mine = rows.iter().filter(|row| row.layer == *layer);
        mine.map(|row| (row.name.clone(), one(&row.found))).collect::<Map<_, _>>().into()
    };
    layers.iter().map(|layer| (layer.clone(), of(layer))).collect::<Map<_, _>>().into()
}

fn one(found: &Found) -> Value {
    let Found { sensitive, ty, value } = found;
    json!({ "sensitive": sensitive, "type": ty, "value": if *sensitive { &Value::Null } else { value } })
}

fn table(rows: &[&Row]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let wide = |title: &str, of: fn(&Row) -> &str| {
        rows.iter().map(|row| of(row).chars().count()).max().unwrap_or_default().max(title.len())
    };
    let (layer, name) = (wide("layer", |row| &row.layer), wide("output", |row| &row.name));
    let mut out = format!("{:layer$}  {:name$}  value\n", "layer", "output");
    out.push_str(&format!("{:-<layer$}  {:-<name$}  -----\n", "", ""));
    for row in rows {
        out.push_str(&format!("{:layer$}  {:name$}  {}\n", row.layer, row.name, shown(&row.found)));
    }
    out
}

/// A text as it is where it fits into a line, anything else as JSON.
fn shown(found: &Found) -> String {
    match &found.value {
        _ if found.sensitive => SENSITIVE.to_owned(),
        Value::String(text) if !text.contains(char::is_control) => text.clone(),
        other => other.to_string(),
    }
}

fn raw(row: &Row) -> Result<String, Failure> {
    match &row.found.value {
        Value::String(text) => Ok(text.clone()),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(value) => Ok(value.to_string()),
        // Its value is not quoted.
        _ => Err(Failure::input(Report::single(
            Diagnostic::new(format!("the output `{}` is neither a text nor a number", row.name))
                .hint("leave `--raw` out, or ask Terraform in the layer: `terraform output -json`"),
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(layer: &str, name: &str, value: Value, sensitive: bool) -> Row {
        let found = Found { sensitive, ty: json!("string"), value };
        Row { layer: layer.to_owned(), name: name.to_owned(), found }
    }

    #[test]
    fn what_is_sensitive_is_shown_by_raw_alone() {
        let rows = [
            row("network", "vpc_id", json!("vpc-0123"), false),
            row("network", "zones", json!(["use1-az1", "use1-az2"]), false),
            row("platform", "token", json!("hush"), true),
        ];
        let shown: Vec<&Row> = rows.iter().collect();
        insta::assert_snapshot!(table(&shown), @r#"
        layer     output  value
        --------  ------  -----
        network   vpc_id  vpc-0123
        network   zones   ["use1-az1","use1-az2"]
        platform  token   <sensitive>
        "#);
        let layers = ["network", "cluster", "platform"].map(str::to_owned);
        let json = by_layer(&layers, &layers[1..2], &shown);
        assert_eq!(json["cluster"], Value::Null);
        assert_eq!(
            json["network"]["vpc_id"],
            json!({ "sensitive": false, "type": "string", "value": "vpc-0123" })
        );
        assert_eq!(json["platform"]["token"], json!({ "sensitive": true, "type": "string", "value": null }));
        assert_eq!(raw(&rows[2]).unwrap(), "hush");
        assert_eq!(table(&[]), "");
    }
}
