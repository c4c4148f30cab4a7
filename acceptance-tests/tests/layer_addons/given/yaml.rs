//! YAML as Kubernetes and Helm read it.

use anyhow::Result;
use serde_json::Value;

/// One document. A key that stands there twice is the API server's to refuse.
pub(crate) fn read(text: &str) -> Result<Value> {
    // Our stand-ins are JSON, which is YAML and quicker to read.
    let lines = text.lines().skip_while(|line| line.starts_with('#')).collect::<Vec<_>>().join("\n");
    if lines.starts_with('{')
        && let Ok(value) = serde_json::from_str(&lines)
    {
        return Ok(value);
    }
    let options = serde_saphyr::options! {
        budget: None,
        duplicate_keys: serde_saphyr::DuplicateKeyPolicy::LastWins,
        legacy_octal_numbers: true,
        with_snippet: false,
    };
    Ok(serde_saphyr::from_str_with_options(text, options)?)
}

/// The documents of a rendering, without those that are empty.
pub(crate) fn documents(rendered: &str) -> Vec<String> {
    let mut documents = vec![String::new()];
    for line in rendered.lines() {
        if line.trim_end() == "---" {
            documents.push(String::new());
        } else if let Some(last) = documents.last_mut() {
            last.push_str(line);
            last.push('\n');
        }
    }
    let says_something = |line: &str| !line.trim().is_empty() && !line.starts_with('#');
    documents.retain(|document| document.lines().any(says_something));
    documents
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_and_double_keys_are_read_as_gos_yaml_reads_them() {
        assert_eq!(
            read("a: 0644\nb: 1\nb: 2\nc: \"0644\"\n").unwrap(),
            json!({ "a": 420, "b": 2, "c": "0644" })
        );
    }

    #[test]
    fn documents_are_parted_at_lines_of_dashes_alone() {
        let rendered = "---\n# Source: a\na: 1\n---\n# Source: b\n\n---\nb: |\n  ---\n  x\n";
        assert_eq!(documents(rendered), ["# Source: a\na: 1\n", "b: |\n  ---\n  x\n"]);
    }
}
