//! Which texts of the code are no messages. Everything else is one: a way to make messages that nobody thought of is
//! listed rather than missed.

use std::path::Path;

/// Functions and methods whose arguments are no messages.
pub(super) const CALLS: &[&str] = &[
    // Documentation of schemas.
    "describe",
    "parameter",
    "variadic",
    "deprecated",
    // A panic shows where it is in the code; the user is told another thing (`tfplugin::transport::panic`).
    "expect",
    // Messages to who builds a provider.
    "new_spanned",
    // Progress, and what a run of Terraform logs.
    "line",
    "set_message",
    "with_template",
    // Code that the generator writes.
    "register_template_string",
];

/// Methods that look into a text: what they look for, replace or put between is not said.
pub(super) const LOOKUPS: &[&str] = &[
    "contains",
    "starts_with",
    "ends_with",
    "strip_prefix",
    "strip_suffix",
    "split",
    "splitn",
    "split_once",
    "rsplit_once",
    "trim_matches",
    "trim_start_matches",
    "trim_end_matches",
    "match_indices",
    "find",
    "rfind",
    "replace",
    "replacen",
    "join",
];

/// Single arguments, by function and position, that are no messages.
pub(super) const ARGUMENTS: &[(&str, usize)] = &[
    // A pattern; what it means to the user comes after it.
    ("matches", 0),
    // What is asked for, which a line of progress tells.
    ("ask", 0),
];

/// Macros whose texts are no messages.
pub(super) const MACROS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "cfg",
    "concat",
    "debug",
    "debug_assert",
    "debug_assert_eq",
    "debug_span",
    "env",
    "error",
    "error_span",
    "include_bytes",
    "include_str",
    "info",
    "info_span",
    "json",
    "json_schema",
    "matches",
    "option_env",
    "panic",
    "schema",
    "trace",
    "trace_span",
    "unreachable",
    "warn",
];

/// Macros whose first text has holes, as `format!` has.
pub(super) const FORMATS: &[&str] = &[
    "anyhow",
    "bail",
    "ensure",
    "eprint",
    "eprintln",
    "format",
    "format_args",
    "print",
    "println",
    "write",
    "writeln",
];

/// Of these, the ones that make an error: what they say is a message.
pub(super) const TELLING: &[&str] = &["anyhow", "bail", "ensure"];

/// Functions and constants that hold no message: their file, or the end of its path, their name, and why.
const ITEMS: &[(&str, &str, &str)] = &[
    ("", "title", "the name of a kind of object, which messages about it hold"),
    ("provider/src/functions/joined.rs", "*", "documentation of functions"),
    ("provider/src/kinds/catalogued/schema.rs", "description", "documentation of attributes"),
    ("provider/src/kinds/catalogued/schema.rs", "add_twin", "documentation of attributes"),
    ("provider/tfplugin/src/transport/log/layer.rs", "*", "what stands in the log"),
    ("provider/catalog/src/describe.rs", "*", "documentation of kinds and fields"),
    ("provider/catalog/src/describe", "*", "documentation of kinds and fields"),
    ("generator/src/plan/files.rs", "HEADER", "a comment in generated code"),
    ("generator/src/plan/files.rs", "outputs", "generated code"),
    ("generator/src/plan/readme.rs", "*", "generated documentation"),
    ("generator/src/plan/layers", "*", "generated code and its documentation"),
    ("generator/src/facts/quotas.rs", "ALL", "words of the names by which AWS lists quotas"),
    ("generator/src/inspect/failure.rs", "OF_TIME", "what AWS says"),
    ("generator/src/run/advice.rs", "wants_init", "what Terraform says"),
    ("generator/src/run/log.rs", "*", "what stands in the log"),
];

/// Whether this function or constant holds no message.
pub(super) fn is_exempt_function(path: &Path, name: &str) -> bool {
    ITEMS.iter().any(|(file, item, _)| path.starts_with(file) && *item == name)
}

/// Whether no argument of this function or method is a message.
pub(super) fn is_exempt_call(name: &str) -> bool {
    CALLS.contains(&name) || LOOKUPS.contains(&name)
}

/// Whether no text of this file is a message.
pub(super) fn is_exempt(path: &Path) -> bool {
    ITEMS.iter().any(|(file, item, _)| path.starts_with(file) && *item == "*")
}
