//! Words of commands that messages tell people to run.

use std::fmt::Write as _;
use std::path::Path;

/// A path as a word of a shell, so that a command with it can be copied: as it is where it is plain, else quoted. One that begins like an option gets
/// its folder.
pub(crate) fn word(path: impl AsRef<Path>) -> String {
    let text = path.as_ref().to_string_lossy();
    let text = if text.starts_with('-') && text != "-" { format!("./{text}") } else { text.into_owned() };
    let is_plain = |c: char| c.is_alphanumeric() || "_./@%+=:,~-".contains(c);
    if !text.is_empty() && !text.starts_with('~') && text.chars().all(is_plain) {
        return text;
    }
    if !text.chars().any(char::is_control) {
        return format!("'{}'", text.replace('\'', r"'\''"));
    }
    // Nothing but this spells a line break in one line.
    let mut word = "$'".to_owned();
    for c in text.chars() {
        match c {
            '\'' | '\\' => word.extend(['\\', c]),
            '\n' => word.push_str(r"\n"),
            c if c.is_control() => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    let _ = write!(word, "\\x{byte:02x}");
                }
            }
            c => word.push(c),
        }
    }
    word + "'"
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    #[test]
    fn a_word_is_what_a_shell_reads_back() {
        for (path, expected) in [
            ("infra", "infra"),
            ("../a-b/c_d.e", "../a-b/c_d.e"),
            ("-", "-"),
            ("grün/日本", "grün/日本"),
            ("", "''"),
            ("in fra", "'in fra'"),
            ("it's", r"'it'\''s'"),
            ("$(touch x)`y`", "'$(touch x)`y`'"),
            ("-rf", "./-rf"),
            ("~root", "'~root'"),
            ("a*", "'a*'"),
            ("a\nb'\\\u{1b}c", r"$'a\nb\'\\\x1bc'"),
        ] {
            assert_eq!(word(path), expected);
            let output = Command::new("bash").args(["-c", &format!("printf %s {expected}")]).output();
            let output = output.expect("this test runs `bash`: install it");
            let read = String::from_utf8(output.stdout).unwrap();
            assert_eq!(read.strip_prefix("./").unwrap_or(&read), path);
        }
    }
}
