//! What is not YAML, or more of it than a real file holds: the parser's errors in our words.

use std::ops::Range;

use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{Error, Location};

use crate::diag::Diagnostic;

/// The bytes of the file that a location means.
pub(super) fn range(location: Location) -> Range<usize> {
    let span = location.span();
    let start = usize::try_from(span.byte_offset().unwrap_or_else(|| span.offset())).unwrap_or(0);
    let len = usize::try_from(span.byte_len().unwrap_or_else(|| span.len())).unwrap_or(0);
    start..start + len
}

/// An error of the parser as a problem of the file.
pub(super) fn explain(error: &Error, text: &str) -> Diagnostic {
    let span = error.location().map_or(0..0, range);
    let mut error = error;
    while let Error::AliasError { error: inner, .. } | Error::WithSnippet { error: inner, .. } = error {
        error = inner;
    }
    match error {
        Error::DuplicateMappingKey { key, .. } => {
            let key = key.clone().unwrap_or_default();
            Diagnostic::new(format!("the key `{key}` is written twice in the same mapping"))
                .hint("keep one of them: YAML would silently drop the other")
        }
        Error::MultipleDocuments { .. } | Error::Budget { breach: BudgetBreach::Documents { .. }, .. } => {
            Diagnostic::new("a second document begins here")
                .hint("a platform is one document: remove the `---`, or write a file for each platform")
        }
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => Diagnostic::new(
            "the aliases of this file expand to more than a `platform.yaml` can hold",
        )
        .note("an alias counts with all that it expands to, so that a small file cannot fill the memory")
        .hint("write the values out, without `&anchor` and `*alias`"),
        Error::Budget { .. } => {
            Diagnostic::new("the file holds more, or nests deeper, than a `platform.yaml` can")
                .note("at most 20,000 values, 32 levels and 100 aliases are read")
                .hint("check that `-f` names the right file")
        }
        Error::UnknownAnchor { .. } => Diagnostic::new("an alias refers to an anchor that does not exist")
            .hint("a value that begins with `*` must be in quotes, for example `\"*.ai.acme.com\"`"),
        other => syntax(other, text, &span),
    }
    .at(span)
}

fn syntax(error: &Error, text: &str, span: &Range<usize>) -> Diagnostic {
    let before = text.get(..span.start).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    let line = text[start..].lines().next().unwrap_or("");
    let indentation = &line[..line.len() - line.trim_start().len()];
    if indentation.contains('\t') {
        return Diagnostic::new("a tab stands in the indentation").hint("YAML indents with spaces only");
    }
    let detail = error.render();
    // The parser adds its own position; ours is shown with the line itself.
    let detail = detail.split(" at line ").next().unwrap_or(&detail).trim();
    let detail = detail.strip_prefix("error: ").unwrap_or(detail);
    Diagnostic::new("this is not valid YAML").note(detail)
}
