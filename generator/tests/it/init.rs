//! `init`: by flags and by questions on a real terminal, a `platform.yaml` that every other command takes.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use tfy_infra::init::{Kind, QUESTIONS};

use crate::support::{Output, cli_config, tfy_infra, tfy_infra_given};

const NEEDED: [&str; 6] = ["--name", "acme-dev", "--account", "123456789012", "--region", "us-east-1"];

/// What can be answered by flags beside what is needed, and a name for it.
const VARIANTS: [(&str, &[&str]); 7] = [
    ("little", &[]),
    (
        "much",
        &[
            "--host",
            "https://acme.truefoundry.cloud",
            "--cidr",
            "10.20.0.0/16",
            "--zones",
            "use1-az1,use1-az2",
            "--admin",
            "arn:aws:iam::123456789012:role/platform-admin,arn:aws:iam::123456789012:user/ada",
            "--access",
            "public",
            "--api-from",
            "203.0.113.0/28",
            "--database",
            "--zone",
            "acme.com",
            "--domain",
            "ai.acme.com",
            "--allow-from",
            "203.0.113.0/24,198.51.100.7/32",
            "--state-bucket",
            "acme-terraform-state",
        ],
    ),
    ("closed", &["--nat", "none", "--zones", "2"]),
    ("vpn", &["--nat", "single", "--access", "vpn", "--api-from", "10.8.0.0/16"]),
    ("runner", &["--access", "runner", "--api-from", "sg-0123456789abcdef0"]),
    (
        "existing",
        &[
            "--vpc",
            "vpc-0123456789abcdef0",
            "--private-subnets",
            "subnet-0a000000000000001, subnet-0a000000000000002",
            "--cluster",
            "shared-eks",
        ],
    ),
    (
        "existing_vpc",
        &[
            "--vpc",
            "vpc-0123456789abcdef0",
            "--private-subnets",
            "subnet-0a000000000000001,subnet-0a000000000000002",
            "--public-subnets",
            "subnet-0b000000000000001,subnet-0b000000000000002",
            "--zone",
            "Z0123456789ABCDEFGHIJ",
            "--domain",
            "ai.acme.com",
            "--allow-from",
            "anywhere",
        ],
    ),
];

fn init(dir: &Path, more: &[&str]) -> Output {
    tfy_infra(dir, &[&["init"], &NEEDED[..], more].concat())
}

fn names(dir: &Path) -> Vec<String> {
    let entries = fs_err::read_dir(dir).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
fn what_flags_answer_is_written_and_taken_by_validate_and_generate() {
    for (name, flags) in VARIANTS {
        let dir = tempfile::tempdir().unwrap();
        let out = init(dir.path(), flags);
        assert_eq!((out.code, out.stdout.as_str()), (0, ""), "{name}: {out:?}");
        let text = fs_err::read_to_string(dir.path().join("platform.yaml")).unwrap();
        insta::assert_snapshot!(format!("written_{name}"), text);
        assert_eq!(names(dir.path()), ["platform.schema.json", "platform.yaml"]);
        let validate = tfy_infra(dir.path(), &["validate"]);
        assert_eq!(validate.code, 0, "{name}: {validate:?}");
        // Into the directory itself, in which nothing else is.
        let generate = tfy_infra(dir.path(), &["generate", "-o", "."]);
        assert_eq!(generate.code, 0, "{name}: {generate:?}");
        assert_eq!(fs_err::read_to_string(dir.path().join("platform.yaml")).unwrap(), text);
    }
}

/// The editor reads the schema that the first line names, beside the file.
#[test]
fn the_editor_finds_the_schema_of_this_version() {
    let dir = tempfile::tempdir().unwrap();
    let out = init(dir.path(), &[]);
    insta::assert_snapshot!("init", out.shown());
    let text = fs_err::read_to_string(dir.path().join("platform.yaml")).unwrap();
    let first = text.lines().next().unwrap();
    let named = first.strip_prefix("# yaml-language-server: $schema=./").unwrap();
    let schema = fs_err::read_to_string(dir.path().join(named)).unwrap();
    assert_eq!(schema, tfy_infra(dir.path(), &["schema"]).stdout);
    // A second platform beside it finds it there.
    let out = init(dir.path(), &["-f", "second.yaml"]);
    assert!(
        out.stderr.contains("`platform.schema.json`: the schema that editors check it with\n"),
        "{out:?}"
    );
    fs_err::write(dir.path().join(named), "{}").unwrap();
    let out = init(dir.path(), &["-f", "third.yaml"]);
    insta::assert_snapshot!("init_beside_another_schema", out.shown());
    assert_eq!(fs_err::read_to_string(dir.path().join(named)).unwrap(), "{}");
}

/// What is written as a comment can be written without it.
#[test]
fn what_is_left_out_as_a_comment_is_valid_too() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(init(dir.path(), &[]).code, 0);
    let file = dir.path().join("platform.yaml");
    let text = fs_err::read_to_string(&file).unwrap();
    let begins = |line: &str| line.trim_start().strip_prefix("# ").map(str::to_owned);
    let mut taken = 0;
    let open = |line: &str| {
        let indent = &line[..line.len() - line.trim_start().len()];
        let Some(inner) = begins(line) else { return line.to_owned() };
        let key = inner.trim_start().split(':').next().unwrap_or_default();
        let is_key =
            inner.contains(':') && key.chars().all(|c| c.is_ascii_lowercase() || c == '-' || c == '_');
        if is_key { format!("{indent}{inner}") } else { line.to_owned() }
    };
    let opened: Vec<String> = text
        .lines()
        .skip(1)
        .map(|line| {
            let opened = open(line);
            taken += usize::from(opened != line);
            opened
        })
        .collect();
    assert_eq!(taken, 12, "{}", opened.join("\n"));
    fs_err::write(&file, opened.join("\n") + "\n").unwrap();
    let validate = tfy_infra(dir.path(), &["validate"]);
    assert_eq!(validate.code, 0, "{validate:?}");
}

/// All that a terminal shows of the questions.
#[test]
fn every_question_says_what_it_means() {
    let mut shown = String::new();
    for question in QUESTIONS {
        shown.push_str(&format!("{}: {}\n  {}\n", question.flag, question.asks, question.help));
        if let Kind::Words(words) = question.kind {
            words.iter().for_each(|(word, means)| shown.push_str(&format!("  - {word}: {means}\n")));
        }
        if !question.goes_with.is_empty() {
            shown.push_str(&format!("  goes with {}\n", question.goes_with));
        }
    }
    insta::assert_snapshot!("questions", shown);
}

#[test]
fn what_is_missing_is_told_at_once_and_nothing_is_written() {
    let dir = tempfile::tempdir().unwrap();
    let refused = |name: &str, flags: &[&str]| {
        let out = tfy_infra(dir.path(), &[&["init"], flags].concat());
        assert_eq!(out.code, 2, "{name}: {out:?}");
        insta::assert_snapshot!(name, out.shown());
        assert_eq!(names(dir.path()), Vec::<String>::new());
    };
    refused("init_without_anything", &[]);
    refused("init_without_input", &["--no-input", "--name", "acme-dev", "--account", "123456789012"]);
    let public = "subnet-0b000000000000001,subnet-0b000000000000002";
    refused(
        "init_with_half_of_the_rest",
        &[
            "--cluster",
            "shared",
            "--public-subnets",
            public,
            "--zone",
            "acme.com",
            "--state-bucket",
            "acme-state",
        ],
    );
    let private = [
        "--vpc",
        "vpc-0123456789abcdef0",
        "--private-subnets",
        "subnet-0a000000000000001,subnet-0a000000000000002",
    ];
    let closed = ["--domain", "ai.acme.com", "--zone", "acme.com", "--allow-from", "anywhere"];
    refused("init_without_room_for_a_load_balancer", &[&NEEDED[..], &private, &closed].concat());
    let wrong = ["--name", "Acme", "--account", "1234", "--region", "us-east-9", "--cidr", "10.0.0.0/8"];
    refused("init_with_wrong_answers", &wrong);
    refused(
        "init_with_answers_that_do_not_go_together",
        &[&NEEDED[..], &["--vpc", "vpc-0123456789abcdef0", "--zones", "3", "--api-from", "203.0.113.0/28"]]
            .concat(),
    );
}

#[test]
fn a_file_that_is_there_stays() {
    let dir = tempfile::tempdir().unwrap();
    fs_err::write(dir.path().join("platform.yaml"), "mine").unwrap();
    let out = init(dir.path(), &[]);
    assert_eq!(out.code, 2);
    insta::assert_snapshot!("init_over_a_file", out.shown());
    let printed = init(dir.path(), &["-f", "-"]);
    assert_eq!((printed.code, printed.stderr.as_str()), (0, ""));
    let valid = tfy_infra_given(dir.path(), &["validate", "-f", "-"], printed.stdout.as_bytes());
    assert_eq!(valid.code, 0, "{valid:?}");
    assert_eq!(names(dir.path()), ["platform.yaml"]);
    // A link that leads nowhere is something of somebody's as well.
    fs_err::os::unix::fs::symlink("nowhere", dir.path().join("link.yaml")).unwrap();
    let out = init(dir.path(), &["-f", "link.yaml"]);
    assert_eq!(out.code, 2, "{out:?}");
    assert_eq!(names(dir.path()), ["link.yaml", "platform.yaml"]);
    assert_eq!(fs_err::read_to_string(dir.path().join("platform.yaml")).unwrap(), "mine");
    let out = init(dir.path(), &["-f", "nowhere/platform.yaml"]);
    assert_eq!(out.code, 1);
    insta::assert_snapshot!("init_into_no_directory", out.shown());
}

/// Runs a program on a terminal of its own: of each pair in `sys.argv[1]` it waits for the first on the screen, and types the second. What
/// stood there goes to standard output.
const TERMINAL: &str = r#"
import json, os, pty, select, sys, time
program, terminal = pty.fork()
if program == 0:
    os.execv(sys.argv[2], sys.argv[2:])
screen, seen, end = b"", 0, time.time() + 60
def read(wait):
    global screen
    if not select.select([terminal], [], [], wait)[0]:
        return True
    try:
        part = os.read(terminal, 65536)
    except OSError:
        return False
    screen += part
    return bool(part)
for text, typed in json.loads(sys.argv[1]):
    while text.encode() not in screen[seen:]:
        if time.time() > end or not read(0.2):
            sys.stdout.buffer.write(screen)
            sys.exit(f"not on the screen: {text}")
    seen = screen.index(text.encode(), seen) + len(text.encode())
    os.write(terminal, typed.encode())
while time.time() < end and read(0.2):
    pass
_, status = os.waitpid(program, 0)
sys.stdout.buffer.write(screen)
sys.exit(os.waitstatus_to_exitcode(status) % 256)
"#;

/// Runs a program on a terminal, sends it the signal `sys.argv[1]` at the first question (`sys.argv[2]`), and says as JSON how it ended,
/// what stood there after the signal, and whether what is typed is shown again.
const SIGNALLED: &str = r#"
import json, os, select, signal, subprocess, sys, termios, time
terminal, its = os.openpty()
def modes():
    return [termios.tcgetattr(its)[3] & flag != 0 for flag in (termios.ECHO, termios.ICANON, termios.ISIG)]
before = modes()
program = subprocess.Popen(sys.argv[3:], stdin=its, stdout=its, stderr=its, start_new_session=True)
screen, end = b"", time.time() + 60
def read(wait):
    global screen
    if select.select([terminal], [], [], wait)[0]:
        screen += os.read(terminal, 65536)
while sys.argv[2].encode() not in screen or modes() == before:
    if time.time() > end:
        sys.exit(f"not asked: {screen}")
    read(0.05)
asked = len(screen)
program.send_signal(getattr(signal, sys.argv[1]))
code = program.wait(30)
while select.select([terminal], [], [], 0.2)[0]:
    read(0)
cursor = screen.rfind(b"\x1b[?25h") >= screen.rfind(b"\x1b[?25l")
print(json.dumps({"code": code, "before": before, "after": modes(), "cursor": cursor, "said": screen[asked:].decode()}))
"#;

const DOWN: &str = "\u{1b}[B";
const ENTER: &str = "\r";

/// What stood on the terminal, and the exit code.
fn asked(dir: &Path, flags: &[&str], steps: &[(&str, String)]) -> (i32, String) {
    let steps: Value = steps.iter().map(|(text, typed)| json!([text, typed])).collect();
    let output = Command::new("python3")
        .args(["-c", TERMINAL, &steps.to_string()])
        .arg(env!("CARGO_BIN_EXE_tfy-infra"))
        .arg("init")
        .args(flags)
        .current_dir(dir)
        .env("TF_CLI_CONFIG_FILE", cli_config())
        .env("NO_COLOR", "1")
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|e| panic!("the terminal needs Python: install Python 3.10 or newer ({e})"));
    let screen = String::from_utf8_lossy(&output.stdout).into_owned();
    let problem = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(problem, "", "{screen}");
    (output.status.code().unwrap(), screen)
}

/// The terminal is as it was, and nothing is begun.
#[test]
fn a_signal_at_a_question_gives_the_terminal_back() {
    for signal in ["SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM"] {
        let dir = tempfile::tempdir().unwrap();
        let output = Command::new("python3")
            .args(["-c", SIGNALLED, signal, "Name of the platform?"])
            .arg(env!("CARGO_BIN_EXE_tfy-infra"))
            .arg("init")
            .current_dir(dir.path())
            .env("TF_CLI_CONFIG_FILE", cli_config())
            .env("NO_COLOR", "1")
            .env("TERM", "xterm")
            .stdin(Stdio::null())
            .output()
            .unwrap_or_else(|e| panic!("the terminal needs Python: install Python 3.10 or newer ({e})"));
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{signal}");
        let ended: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(ended["code"], 1, "{signal}: {ended}");
        assert_eq!(ended["after"], ended["before"], "{signal}: {ended}");
        assert_eq!(ended["cursor"], true, "{signal}: {ended}");
        let said = ended["said"].as_str().unwrap().replace("\r\n", "\n");
        let told = "error: the questions were left before the last one\n  = note: nothing was written\n  = hint: run \
                    `tfy-infra init` again; flags answer questions beforehand\n";
        assert!(said.contains(told), "{signal}: {said:?}");
        assert_eq!(names(dir.path()), [""; 0], "{signal}");
    }
}

fn line(text: &str) -> String {
    format!("{text}{ENTER}")
}

#[test]
fn on_a_terminal_everything_is_asked_and_a_wrong_answer_is_asked_again() {
    let dir = tempfile::tempdir().unwrap();
    let (code, screen) = asked(
        dir.path(),
        // What is given is not asked.
        &["--account", "123456789012"],
        &[
            ("Name of the platform?", line("Acme")),
            // The same words as of `validate`.
            ("start with a letter", format!("{}{}", "\u{7f}".repeat(4), line("acme-dev"))),
            ("AWS region?", line("eu-west-1")),
            ("Address of the TrueFoundry control plane?", line("https://acme.truefoundry.cloud")),
            ("VPC?", line("")),
            ("Block of addresses of the VPC?", line("")),
            ("How many zones?", line("2")),
            ("How do private subnets reach the internet?", format!("{DOWN}{ENTER}")),
            ("Who administers the cluster", line("arn:aws:iam::123456789012:role/admin")),
            ("How do Terraform and people reach", format!("{DOWN}{ENTER}")),
            ("From which blocks of addresses", line("10.8.0.0/16")),
            ("A PostgreSQL database?", line("y")),
            ("A load balancer for services?", line("")),
            ("Where does Terraform keep its state?", format!("{DOWN}{ENTER}")),
            ("Which bucket?", line("acme-terraform-state")),
        ],
    );
    assert_eq!(code, 0, "{screen}");
    assert!(!screen.contains("AWS account?"), "{screen}");
    insta::assert_snapshot!(
        "written_by_answers",
        fs_err::read_to_string(dir.path().join("platform.yaml")).unwrap()
    );
    let validate = tfy_infra(dir.path(), &["validate"]);
    assert_eq!(validate.code, 0, "{validate:?}");
}

#[test]
fn what_is_there_already_is_asked_for_by_name() {
    let dir = tempfile::tempdir().unwrap();
    let (code, screen) = asked(
        dir.path(),
        &NEEDED,
        &[
            ("Address of the TrueFoundry control plane?", line("")),
            ("VPC?", format!("{DOWN}{ENTER}")),
            ("ID of the VPC?", line("vpc-0123456789abcdef0")),
            ("IDs of its private subnets", line("subnet-0a000000000000001, subnet-0a000000000000002")),
            ("IDs of its public subnets", line("subnet-0b000000000000001, subnet-0b000000000000002")),
            ("EKS cluster?", format!("{DOWN}{ENTER}")),
            ("Name of the cluster?", line("shared-eks")),
            ("How do Terraform and people reach", line("")),
            ("A PostgreSQL database?", line("")),
            ("A load balancer for services?", line("yes")),
            ("Public Route 53 zone?", line("acme.com")),
            ("Domain of the services?", line("ai.acme.com")),
            ("Who may connect", line("203.0.113.0/24")),
            ("Where does Terraform keep its state?", line("")),
        ],
    );
    assert_eq!(code, 0, "{screen}");
    let text = fs_err::read_to_string(dir.path().join("platform.yaml")).unwrap();
    insta::assert_snapshot!("written_by_answers_of_what_is_there", text);
    let generate = tfy_infra(dir.path(), &["generate", "-o", "infra"]);
    assert_eq!(generate.code, 0, "{generate:?}");
}

#[test]
fn questions_that_are_left_write_nothing() {
    for key in ["\u{3}", "\u{1b}"] {
        let dir = tempfile::tempdir().unwrap();
        let (code, screen) = asked(
            dir.path(),
            &[],
            &[("Name of the platform?", line("acme-dev")), ("AWS account?", key.to_owned())],
        );
        assert_eq!((code, names(dir.path())), (1, Vec::new()), "{screen}");
        let told = "error: the questions were left before the last one";
        assert!(screen.contains(told), "{screen}");
    }
}

#[test]
fn flags_that_cannot_be_used_are_told_before_anything_is_asked() {
    let dir = tempfile::tempdir().unwrap();
    let (code, screen) = asked(dir.path(), &["--account", "1234"], &[]);
    assert_eq!((code, names(dir.path())), (2, Vec::new()), "{screen}");
    assert!(screen.contains("error: `--account`: "), "{screen}");
    assert!(!screen.contains("Name of the platform?"), "{screen}");
    // Nobody is asked who does not want it.
    let (code, screen) = asked(dir.path(), &[&NEEDED[..], &["--no-input"]].concat(), &[]);
    assert_eq!(code, 0, "{screen}");
    assert_eq!(names(dir.path()), ["platform.schema.json", "platform.yaml"]);
}

/// Commands in messages can be copied, whatever a folder or a file is called.
#[test]
fn what_is_to_be_run_next_is_quoted_as_a_shell_wants_it() {
    let dir = tempfile::tempdir().unwrap();
    let out = init(dir.path(), &["-f", "my platform's.yaml"]);
    let next = r"next: look it over, then `tfy-infra preflight -f 'my platform'\''s.yaml'` and `tfy-infra generate -f 'my platform'\''s.yaml' -o infra`";
    assert!(out.stderr.ends_with(&format!("{next}\n")), "{out:?}");
    let again = init(dir.path(), &["-f", "my platform's.yaml"]);
    assert!(again.stderr.contains(r"`tfy-infra validate -f 'my platform'\''s.yaml'`"), "{again:?}");
    let generate = tfy_infra(dir.path(), &["generate", "-f", "my platform's.yaml", "-o", "in fra"]);
    assert!(generate.stderr.contains("`in fra`: "), "{generate:?}");
    assert!(generate.stderr.ends_with("then `tfy-infra apply -d 'in fra'`\n"), "{generate:?}");
    let plan = tfy_infra(dir.path(), &["plan", "-d", "$HOME"]);
    let hint = "hint: run `tfy-infra generate -f platform.yaml -o '$HOME'` first\n";
    assert!(plan.stderr.contains(hint), "{plan:?}");
}
