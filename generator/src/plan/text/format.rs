//! Indents and aligns HCL the way `terraform fmt` does, so that its first run changes nothing.
//!
//! It knows just the HCL that is emitted here: no heredocs, no block comments, no strings over several lines.

/// The same text, indented by brackets and with `=` aligned in runs of single-line arguments.
pub fn format(text: &str) -> String {
    align(&indent(text))
}

/// What a line holds beside strings and comments.
#[derive(Default)]
struct Scan {
    /// Brackets opened minus brackets closed.
    net: i32,
    /// Byte at which the first lone `=` stands, and the net of the brackets after it.
    equals: Option<(usize, i32)>,
}

fn scan(line: &str) -> Scan {
    let mut found = Scan::default();
    let bytes = line.as_bytes();
    let mut i = 0;
    while i < bytes.len() {
        match bytes[i] {
            b'"' => i = end_of_string(bytes, i),
            b'#' => break,
            b'{' | b'[' | b'(' => found.count(1),
            b'}' | b']' | b')' => found.count(-1),
            b'=' if matches!(bytes.get(i + 1), Some(b'=' | b'>')) => i += 1,
            b'=' if i > 0 && matches!(bytes[i - 1], b'!' | b'<' | b'>') => {}
            b'=' if found.equals.is_none() => found.equals = Some((i, 0)),
            _ => {}
        }
        i += 1;
    }
    found
}

impl Scan {
    fn count(&mut self, by: i32) {
        self.net += by;
        if let Some((_, after)) = &mut self.equals {
            *after += by;
        }
    }
}

/// The closing quote of the string that opens at `start`; templates inside may hold strings of their own.
fn end_of_string(bytes: &[u8], start: usize) -> usize {
    let mut i = start + 1;
    while i < bytes.len() {
        match bytes[i] {
            b'\\' => i += 1,
            b'"' => return i,
            // `$${` is text, `${` opens a template.
            b'$' | b'%' if bytes.get(i + 1) == Some(&bytes[i]) && bytes.get(i + 2) == Some(&b'{') => i += 2,
            b'$' | b'%' if bytes.get(i + 1) == Some(&b'{') => i = end_of_template(bytes, i + 1),
            _ => {}
        }
        i += 1;
    }
    i
}

fn end_of_template(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0;
    let mut i = start;
    while i < bytes.len() {
        match bytes[i] {
            b'"' => i = end_of_string(bytes, i),
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return i;
                }
            }
            _ => {}
        }
        i += 1;
    }
    i
}

/// Two spaces for every line that opened brackets which are still open.
fn indent(text: &str) -> Vec<String> {
    let mut open: Vec<i32> = Vec::new();
    let mut lines = Vec::new();
    for line in text.lines() {
        let line = line.trim();
        let net = scan(line).net;
        if net < 0 {
            let mut closed = -net;
            while closed > 0 {
                match open.pop() {
                    Some(n) if n > closed => {
                        open.push(n - closed);
                        closed = 0;
                    }
                    Some(n) => closed -= n,
                    None => break,
                }
            }
        }
        lines.push(if line.is_empty() {
            String::new()
        } else {
            format!("{}{line}", "  ".repeat(open.len()))
        });
        if net > 0 {
            open.push(net);
        }
    }
    lines
}

/// In each run of lines that are whole arguments, all `=` stand in one column.
fn align(lines: &[String]) -> String {
    let mut out = String::new();
    let mut run: Vec<(&str, &str)> = Vec::new();
    for line in lines {
        match argument(line) {
            Some(cells) => run.push(cells),
            None => {
                flush(&mut out, &mut run);
                out.push_str(line);
                out.push('\n');
            }
        }
    }
    flush(&mut out, &mut run);
    out
}

/// The parts before and from `=` of a line that is a whole argument.
fn argument(line: &str) -> Option<(&str, &str)> {
    let (at, 0) = scan(line).equals? else { return None };
    let (lead, rest) = line.split_at(at);
    let lead = lead.trim_end();
    (!lead.trim().is_empty()).then_some((lead, rest))
}

fn flush(out: &mut String, run: &mut Vec<(&str, &str)>) {
    let columns = run.iter().map(|(lead, _)| lead.chars().count()).max().unwrap_or(0);
    for (lead, rest) in run.drain(..) {
        out.push_str(lead);
        out.extend(std::iter::repeat_n(' ', columns - lead.chars().count() + 1));
        out.push_str(rest);
        out.push('\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_align_in_runs_and_blocks_break_them() {
        let text = "a = 1\nlong = \"x = {\"\nb = {\nc = 1\n\"quoted\" = 2\n}\nd = 3 # = {\n\nfoo = [\n{ x = 1 },\n]\n";
        insta::assert_snapshot!(format(text), @r#"
        a    = 1
        long = "x = {"
        b = {
          c        = 1
          "quoted" = 2
        }
        d = 3 # = {

        foo = [
          { x = 1 },
        ]
        "#);
    }

    #[test]
    fn templates_operators_and_escapes_do_not_mislead() {
        let text = "a = \"${f(\"}\")} \\\" $${ =\"\nbb = x == y ? 1 : 2\nc = {\nfor k, v in m :\nk => { id = v }\n}\n";
        insta::assert_snapshot!(format(text), @r#"
        a  = "${f("}")} \" $${ ="
        bb = x == y ? 1 : 2
        c = {
          for k, v in m :
          k => { id = v }
        }
        "#);
    }

    #[test]
    fn formatting_twice_changes_nothing() {
        let text = "x \"y\" {\na = jsonencode({\nb = [\n1,\n]\n})\nccc = 2\n}\n";
        let once = format(text);
        assert_eq!(format(&once), once);
    }
}
