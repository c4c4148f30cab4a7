//! Random secrets in random carriers. `PROPTEST_CASES` says how many, as for every property test.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use proptest::prelude::*;
use proptest::sample::select;

use crate::Secrets;

fn scrubbed(secrets: &[&str], text: &str) -> String {
    let mut all = Secrets::default();
    secrets.iter().for_each(|secret| all.add(secret));
    all.scrub(text).into_owned()
}

#[test]
fn a_secret_that_is_within_or_begins_another_does_not_uncover_it() {
    for secrets in [["token", "token-with-more"], ["token-with-more", "token"]] {
        assert_eq!(scrubbed(&secrets, "a token-with-more, a token"), "a ***, a ***");
    }
    assert_eq!(scrubbed(&["hunter2024", "hunter2024-more"], "B: hunter2024-more"), "B: ***");
    assert_eq!(scrubbed(&["abcdef", "defghi", "hijkl"], "abcdefghijkl and abcdefg"), "*** and ***g");
}

#[test]
fn short_values_are_not_looked_for() {
    assert_eq!(scrubbed(&["", "abc"], "abc"), "abc");
    crate::redact("abc");
    assert_eq!(crate::scrub("abc"), "abc");
}

/// It could stand beside anything, and SECURITY.md says why it is not left there.
#[test]
fn a_short_secret_is_blotted_out_inside_words_as_well() {
    for (text, shown) in [
        ("password", "***word"),
        (r"a line\npass", r"a line\n***"),
        ("passpass", "******"),
        ("PREFIX_pass1", "PREFIX_***1"),
        ("%0apass", "%0a***"),
    ] {
        assert_eq!(scrubbed(&["pass"], text), shown);
    }
}

#[test]
fn a_blot_makes_no_secret_of_what_is_beside_it() {
    assert_eq!(scrubbed(&["hush", "***x"], "hushx"), "***");
    assert_eq!(scrubbed(&["****"], "*****"), "***");
}

#[test]
fn each_spelling_is_known() {
    let secret = "pä\"ss /wör+d\nend";
    let shown = |text: &str| scrubbed(&[secret], &format!("<{text}>"));
    for text in [
        "pä\"ss /wör+d\nend",
        r#"pä\"ss /wör+d\nend"#,
        r"p\u00e4\u0022ss\u0020\/w\u00F6r+d\u000aend",
        r#"p\\u00E4\\\"ss /wör+d\\nend"#,
        r"p\u{e4}\u{22}ss /w\xc3\xb6r+d\x0aend",
        "p%C3%A4%22ss%20%2Fw%c3%b6r%2bd%0Aend",
        "p%C3%A4%22ss+/w%C3%B6r%2Bd%0Aend",
        "cMOkInNzIC93w7ZyK2QKZW5k",
    ] {
        assert_eq!(shown(text), "<***>", "{text}");
    }
    assert_eq!(scrubbed(&["s3cr\"et\nline"], r#"{"k":"s3cr\"et\nline"}"#), r#"{"k":"***"}"#);
}

#[test]
fn a_key_is_not_shown_as_a_whole_or_by_the_line() {
    let key = "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7\n-----END PRIVATE KEY-----\n";
    let echoed = serde_json::json!({ "message": format!("no key: {}", key.trim()) }).to_string();
    assert_eq!(scrubbed(&[key], &echoed), r#"{"message":"no key: ***"}"#);
    let echoed = serde_json::Value::from(echoed).to_string();
    assert_eq!(scrubbed(&[key], &echoed), r#""{\"message\":\"no key: ***\"}""#);
    assert_eq!(
        scrubbed(&[key], "    MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n    BKcwggSjAgEAAoIBAQC7"),
        "    ***\n    ***"
    );
    assert_eq!(
        scrubbed(&[key], "-----BEGIN PRIVATE KEY----- is missing"),
        "-----BEGIN PRIVATE KEY----- is missing"
    );
}

#[test]
fn a_thousand_secrets_that_come_one_by_one_are_all_known() {
    let mut all = Secrets::default();
    for number in 0..1000 {
        let secret = format!("token-{number:04}-{}", number * 7);
        all.add(&secret);
        assert_eq!(all.scrub(&format!("x {secret} y token-0000-0")), "x *** y ***");
    }
}

/// How an encoder may write a secret.
#[derive(Clone, Copy, Debug)]
enum Spelling {
    Plain,
    Json { times: usize, escape: Escape },
    Percent { upper: bool, plus: bool, all: bool },
    Base64 { offset: usize, url_safe: bool, padded: bool },
}

/// Which characters a JSON encoder escapes beyond what it must.
#[derive(Clone, Copy, Debug)]
enum Escape {
    Little,
    NotAscii { upper: bool },
    All { upper: bool },
    Some { seed: u32 },
}

/// What does not need to be escaped in a path.
const RESERVED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/').remove(b'@');

fn json(text: &str, escape: Escape) -> String {
    let mut written = String::new();
    for (place, c) in text.chars().enumerate() {
        let (forced, upper) = match escape {
            Escape::Little => (false, false),
            Escape::NotAscii { upper } => (!c.is_ascii() || "<>&".contains(c), upper),
            Escape::All { upper } => (true, upper),
            Escape::Some { seed } => (seed >> (place % 32) & 1 == 1, seed & 1 == 1),
        };
        if forced {
            for unit in c.encode_utf16(&mut [0; 2]) {
                written += &if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
            }
        } else {
            let quoted = serde_json::Value::from(c.to_string()).to_string();
            written += &quoted[1..quoted.len() - 1];
        }
    }
    written
}

fn percent(text: &str, upper: bool, plus: bool, all: bool) -> String {
    let set = if all { NON_ALPHANUMERIC } else { RESERVED };
    let mut written = utf8_percent_encode(text, set).to_string();
    if plus {
        written = written.replace("%20", "+");
    }
    if upper { written } else { lower_digits(&written) }
}

fn lower_digits(text: &str) -> String {
    let mut parts = text.split('%');
    let first = parts.next().unwrap().to_owned();
    parts.fold(first, |written, part| format!("{written}%{}{}", part[..2].to_lowercase(), &part[2..]))
}

fn base64(text: &str, offset: usize, url_safe: bool, padded: bool) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
    let bytes = [&b"k=v"[..offset], text.as_bytes()].concat();
    match (url_safe, padded) {
        (false, false) => STANDARD_NO_PAD.encode(bytes),
        (false, true) => STANDARD.encode(bytes),
        (true, false) => URL_SAFE_NO_PAD.encode(bytes),
        (true, true) => URL_SAFE.encode(bytes),
    }
}

impl Spelling {
    fn of(self, secret: &str) -> String {
        match self {
            Self::Plain => secret.to_owned(),
            Self::Json { times, escape } => (0..times).fold(secret.to_owned(), |text, _| json(&text, escape)),
            Self::Percent { upper, plus, all } => percent(secret, upper, plus, all),
            Self::Base64 { offset, url_safe, padded } => base64(secret, offset, url_safe, padded),
        }
    }
}

fn spelling() -> impl Strategy<Value = Spelling> {
    let escape = prop_oneof![
        Just(Escape::Little),
        any::<bool>().prop_map(|upper| Escape::NotAscii { upper }),
        any::<bool>().prop_map(|upper| Escape::All { upper }),
        any::<u32>().prop_map(|seed| Escape::Some { seed }),
    ];
    prop_oneof![
        Just(Spelling::Plain),
        (1_usize..3, escape).prop_map(|(times, escape)| Spelling::Json { times, escape }),
        any::<(bool, bool, bool)>().prop_map(|(upper, plus, all)| Spelling::Percent { upper, plus, all }),
        (0_usize..3, any::<(bool, bool)>()).prop_map(|(offset, (url_safe, padded))| Spelling::Base64 {
            offset,
            url_safe,
            padded
        }),
    ]
}

/// Random texts, and those in which escapes, breaks and other scripts stand side by side.
fn secret() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9]{4,24}",
        "[ -~]{4,24}",
        "(\\PC|[\n\r\t\"\\\\/%+ &<>'äß€🦀\u{1b}]){4,24}",
        "[\"\\\\nu0%+ /]{4,12}",
        select(vec!["tok-", "tok-1", "tok-1\n", "tok-1 +%41"])
            .prop_flat_map(|start| "[a-z]{1,8}".prop_map(move |end| format!("{start}{end}"))),
    ]
    .prop_filter("shorter ones are not looked for", |secret| secret.trim().len() >= 4)
}

/// What stands around a secret.
fn around() -> impl Strategy<Value = String> {
    prop_oneof!["", "[ -~]{0,12}", "\\PC{0,8}", "[{}\":, ]{0,6}", "(say |key=|\\{\"a\":\"|https://me:)"]
}

proptest! {
    #[test]
    fn no_secret_is_shown_in_any_spelling(
        secrets in proptest::collection::vec(secret(), 1..4),
        spelled in proptest::collection::vec((any::<prop::sample::Index>(), spelling(), around()), 1..4),
        end in around(),
    ) {
        let mut text = String::new();
        let mut written = Vec::new();
        for (index, spelling, before) in spelled {
            let secret = index.get(&secrets);
            let spelling = spelling.of(secret);
            text += &before;
            text += &spelling;
            written.push(spelling);
        }
        text += &end;
        let all: Vec<&str> = secrets.iter().map(String::as_str).collect();
        let shown = scrubbed(&all, &text);
        for hidden in all.iter().copied().chain(written.iter().map(String::as_str)) {
            prop_assert!(!shown.contains(hidden), "`{hidden}` is in `{shown}`, of `{text}`");
        }
        prop_assert!(shown.contains("***"));
    }

    #[test]
    fn what_holds_no_secret_stays(text in "[a-m \\\\\"%+0-9]{0,60}", secret in "[n-z]{4,20}") {
        prop_assert_eq!(scrubbed(&[&secret], &text), text);
    }
}
