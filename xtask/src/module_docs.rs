//! The tables of inputs and outputs in the modules' `README.md`, made from their `variables.tf` and `outputs.tf`.
//!
//! The files are formatted by `terraform fmt` (a test sees to it), so a block begins and ends in column 1, and its
//! arguments in column 3: reading lines is enough, and keeps this program small.

use std::path::Path;

use acceptance_tests::repository;
use anyhow::{Context as _, Result, bail};
use fs_err as fs;

const BEGIN: &str = "<!-- inputs and outputs: generated -->\n";
const END: &str = "<!-- end -->\n";

/// Each module's `README.md`, its path from the top of the repository and what it has to hold.
///
/// # Errors
/// When a module has no `README.md`, or one without the two marks.
pub(crate) fn readmes() -> Result<Vec<(String, Vec<u8>)>> {
    let modules = repository::root().join("modules");
    let mut found = Vec::new();
    for entry in fs::read_dir(&modules)? {
        let module = entry?.path();
        if module.join("variables.tf").is_file() {
            let name = module.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let text = readme(&module).with_context(|| format!("module `{name}`"))?;
            found.push((format!("modules/{name}/README.md"), text.into_bytes()));
        }
    }
    found.sort();
    Ok(found)
}

fn readme(module: &Path) -> Result<String> {
    let present = fs::read_to_string(module.join("README.md"))?;
    let variables = variables(module)?;
    let outputs = fs::read_to_string(module.join("outputs.tf"))?;
    with_tables(&present, &tables(&variables, &outputs)?)
}

/// What `variables.tf` declares, and where a module has a file of variables for a topic, what that does.
fn variables(module: &Path) -> Result<String> {
    let mut files = Vec::new();
    for entry in fs::read_dir(module)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name == "variables.tf" || (name.starts_with("variables_") && name.ends_with(".tf")) {
            files.push(path);
        }
    }
    files.sort();
    files.iter().map(|file| Ok(fs::read_to_string(file)?)).collect()
}

/// The text with everything between the marks replaced.
fn with_tables(text: &str, tables: &str) -> Result<String> {
    let cut = || -> Option<(&str, &str)> {
        let (before, rest) = text.split_once(BEGIN)?;
        Some((before, rest.split_once(END)?.1))
    };
    match cut() {
        Some((before, after)) => Ok(format!("{before}{BEGIN}{tables}{END}{after}")),
        None => bail!("`README.md` lacks the marks\nhint: end it with the lines\n{BEGIN}{END}"),
    }
}

fn tables(variables: &str, outputs: &str) -> Result<String> {
    let mut text = String::from("## Inputs\n\n| name | what it is | type | default |\n|---|---|---|---|\n");
    for (name, block) in blocks(variables, "variable") {
        let kind = short(&argument(block, "type").with_context(|| format!("`{name}` has no `type`"))?);
        let default =
            argument(block, "default").map_or_else(|| "required".to_owned(), |value| format!("`{value}`"));
        text.push_str(&format!(
            "| `{name}` | {} | `{kind}` | {} |\n",
            description(name, block)?,
            cell(&default)
        ));
    }
    text.push_str("\n## Outputs\n\n| name | what it is |\n|---|---|\n");
    for (name, block) in blocks(outputs, "output") {
        text.push_str(&format!("| `{name}` | {} |\n", description(name, block)?));
    }
    Ok(text)
}

/// The blocks of a kind, by name, with the lines between their braces.
fn blocks<'a>(text: &'a str, kind: &str) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    let mut rest = text;
    let start = format!("{kind} \"");
    while let Some(at) = rest.find(&start) {
        let block = &rest[at + start.len()..];
        let end = block.find("\n}").unwrap_or(block.len());
        if (at == 0 || rest[..at].ends_with('\n'))
            && let Some((name, body)) = block[..end].split_once("\" {\n")
        {
            found.push((name, body));
        }
        rest = &block[end..];
    }
    found.sort();
    found
}

/// The value of an argument of a block as it is written, on one line.
fn argument(block: &str, name: &str) -> Option<String> {
    let mut lines = block.lines();
    let first = lines.by_ref().find_map(|line| {
        let (key, value) = line.strip_prefix("  ")?.split_once('=')?;
        (key.trim_end() == name).then_some(value.trim())
    })?;
    let mut value = first.to_owned();
    let mut open = depth(first);
    for line in lines {
        if open <= 0 {
            break;
        }
        open += depth(line);
        let line = line.split(" # ").next().unwrap_or_default().trim();
        let joint =
            if value.ends_with(['{', '(', '[']) || line.starts_with(['}', ')', ']']) { " " } else { ", " };
        value.push_str(joint);
        value.push_str(line.trim_end_matches(','));
    }
    Some(value)
}

/// How many brackets a line opens and does not close; those in strings do not count.
fn depth(line: &str) -> i32 {
    let mut quoted = false;
    let mut depth = 0;
    let mut before = ' ';
    for each in line.chars() {
        match each {
            '"' if before != '\\' => quoted = !quoted,
            '{' | '(' | '[' if !quoted => depth += 1,
            '}' | ')' | ']' if !quoted => depth -= 1,
            _ => {}
        }
        before = each;
    }
    depth
}

/// A type without the attributes of its objects, which the description explains.
fn short(kind: &str) -> String {
    match kind.find("object(") {
        Some(0) => "object(…)".to_owned(),
        Some(at) => format!("{}(…)", kind[..at].trim_end_matches('(')),
        None => kind.to_owned(),
    }
}

fn description(name: &str, block: &str) -> Result<String> {
    let text = argument(block, "description").with_context(|| format!("`{name}` has no `description`"))?;
    let text = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
    let text = text.with_context(|| format!("the `description` of `{name}` is no plain string"))?;
    Ok(cell(&text.replace("\\\"", "\"").replace("\\\\", "\\").replace("$${", "${")))
}

/// Text for a cell of a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

#[cfg(test)]
mod tests {
    use super::*;

    const VARIABLES: &str = r#"variable "nat" {
  description = "How a \"private\" subnet (a|b) gets out."
  type = object({
    mode = string
  })
  default  = { mode = "a{" }
  nullable = false
}

variable "groups" {
  description = "Groups."
  type = map(object({ id = string }))

  validation {
    condition     = true
    error_message = "variable \"x\" {"
  }
}

variable "list" {
  description = "Some."
  type        = list(string)
  default = [
    "a", # the first
    "b",
  ]
}
"#;

    #[test]
    fn variables_and_outputs_become_tables() {
        let outputs = "output \"id\" {\n  description = \"The ID.\"\n  value       = x.id\n}\n";
        let text = tables(VARIABLES, outputs).unwrap();
        assert_eq!(
            text,
            "## Inputs\n\n| name | what it is | type | default |\n|---|---|---|---|\n\
             | `groups` | Groups. | `map(…)` | required |\n\
             | `list` | Some. | `list(string)` | `[ \"a\", \"b\" ]` |\n\
             | `nat` | How a \"private\" subnet (a\\|b) gets out. | `object(…)` | `{ mode = \"a{\" }` |\n\
             \n## Outputs\n\n| name | what it is |\n|---|---|\n| `id` | The ID. |\n"
        );
    }

    #[test]
    fn only_what_is_between_the_marks_changes() {
        let text = format!("# a\n\n{BEGIN}old\n{END}tail\n");
        assert_eq!(with_tables(&text, "new\n").unwrap(), format!("# a\n\n{BEGIN}new\n{END}tail\n"));
    }

    #[test]
    fn a_readme_without_marks_is_refused() {
        let error = with_tables("# a\n", "").unwrap_err().to_string();
        assert!(error.contains("lacks the marks") && error.contains("hint:"), "{error}");
    }

    #[test]
    fn an_input_without_a_description_is_refused() {
        let error = tables("variable \"a\" {\n  type = string\n}\n", "").unwrap_err().to_string();
        assert_eq!(error, "`a` has no `description`");
    }

    #[test]
    fn every_readme_is_up_to_date() {
        let top = repository::root();
        let stale: Vec<String> = readmes()
            .unwrap()
            .into_iter()
            .filter(|(path, content)| fs::read(top.join(path)).unwrap() != *content)
            .map(|(path, _)| path)
            .collect();
        assert!(stale.is_empty(), "run `cargo xtask gen`: {stale:?}");
    }
}
