//! From the environment to the line.

use std::os::unix::fs::PermissionsExt;

use serde_json::{Value, json};
use tfplugin::transport::{Options, TestServer};

use crate::host::{COOKIE, Plugin, block_on, command, connect, echo, output, shutdown};
use crate::provider::{ADDRESS, UnderTest};
use crate::tests;

tests![
    run_by_hand_it_says_what_it_is,
    a_host_without_version_six_is_refused,
    a_certificate_that_is_none_is_refused,
    the_line_is_all_that_is_printed,
    multiplexing_is_declined_when_asked_for,
    the_socket_is_private,
    the_hosts_directory_is_used,
    in_debug_mode_many_may_attach,
    a_test_server_can_be_attached_to,
];

fn run_by_hand_it_says_what_it_is() {
    for variables in [vec![], vec![(COOKIE.0, "wrong")]] {
        let output = output(&variables);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(output.stdout, b"");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            stderr,
            "error: this program is a Terraform provider: Terraform starts it, it does nothing when run by hand\n\
             hint: run `terraform init` and `terraform plan` in a configuration that requires this provider, or start it \
             with `--debug` to attach Terraform to it\n"
        );
    }
}

fn a_host_without_version_six_is_refused() {
    let output = output(&[COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "4,5")]);
    assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]));
    assert_eq!(
        String::from_utf8(output.stderr).unwrap(),
        "error: the host offers plugin protocol 4,5, this provider speaks protocol 6\n\
         hint: use Terraform 1.0 or later, or OpenTofu\n"
    );
}

fn a_certificate_that_is_none_is_refused() {
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for pem in ["nonsense", broken] {
        let output = output(&[COOKIE, ("PLUGIN_CLIENT_CERT", pem)]);
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), &b""[..]));
        let stderr = String::from_utf8(output.stderr).unwrap();
        let (error, hint) = stderr.split_once('\n').unwrap();
        let reason = error.strip_prefix("error: `PLUGIN_CLIENT_CERT` holds no usable certificate: ").unwrap();
        assert_eq!(error, format!("error: `PLUGIN_CLIENT_CERT` holds no usable certificate: {reason}"));
        assert_eq!(
            hint,
            "hint: set `TF_DISABLE_PLUGIN_TLS=1` to run without TLS between Terraform and the provider\n"
        );
    }
}

fn the_line_is_all_that_is_printed() {
    let plugin = Plugin::start(&[]);
    let socket = plugin.socket();
    assert_eq!(plugin.fields(), ["1", "6", "unix", socket.to_str().unwrap(), "grpc", ""]);
    block_on(async {
        let channel = plugin.connect().await;
        assert_eq!(echo(&channel, "hello").await.unwrap(), "hello");
        shutdown(&channel).await;
    });
    let end = plugin.end();
    assert_eq!((end.code, end.stdout.as_str(), end.stderr.as_str()), (Some(0), "", ""));
}

fn multiplexing_is_declined_when_asked_for() {
    let plugin = Plugin::start(&[("PLUGIN_MULTIPLEX_GRPC", "true")]);
    assert_eq!(plugin.fields()[5..], ["", "false"]);
}

fn the_socket_is_private() {
    let plugin = Plugin::start(&[]);
    let directory = plugin.socket().parent().unwrap().to_path_buf();
    assert_eq!(std::fs::metadata(directory).unwrap().permissions().mode() & 0o777, 0o700);
}

fn the_hosts_directory_is_used() {
    let directory = tempfile::tempdir().unwrap();
    let plugin = Plugin::start(&[("PLUGIN_UNIX_SOCKET_DIR", directory.path().to_str().unwrap())]);
    let socket = plugin.socket();
    assert_eq!(socket.parent(), Some(directory.path()));
    assert_eq!(std::fs::metadata(socket).unwrap().permissions().mode() & 0o777, 0o600);
    block_on(async { assert_eq!(echo(&plugin.connect().await, "hello").await.unwrap(), "hello") });
}

fn in_debug_mode_many_may_attach() {
    let mut command = command(&[]);
    command.arg("--debug");
    let mut plugin = Plugin::spawn(command);
    let text = plugin.line.clone() + &plugin.read_until("Ctrl-C");
    let start = text.find("='").unwrap() + 2;
    let json = &text[start..text.rfind('\'').unwrap()];
    assert_eq!(
        text,
        format!(
            "The provider is running. To use it, set this where you run Terraform:\n\n\tTF_REATTACH_PROVIDERS='{json}'\n\n\
             Interrupt this process (Ctrl-C) to end it.\n"
        )
    );
    let pid = plugin.id();
    let socket = socket(json, pid);
    block_on(async {
        for _ in 0..2 {
            let channel = connect(&format!("unix:{socket}")).await;
            assert_eq!(echo(&channel, "hello").await.unwrap(), "hello");
            // A host that may not end the process does not.
            shutdown(&channel).await;
        }
        assert_eq!(
            echo(&connect(&format!("unix:{socket}")).await, "still here").await.unwrap(),
            "still here"
        );
    });
    plugin.signal("INT");
    let end = plugin.end();
    assert_eq!(end.code, Some(0));
    assert!(!std::fs::exists(socket).unwrap());
}

fn a_test_server_can_be_attached_to() {
    block_on(async {
        let server = TestServer::start(UnderTest, &Options::new(ADDRESS)).unwrap();
        let socket = socket(&server.reattach(), std::process::id());
        let channel = connect(&server.uri()).await;
        assert_eq!(echo(&channel, "hello").await.unwrap(), "hello");
        server.stop().await;
        assert!(!std::fs::exists(socket).unwrap());
        let gone = echo(&channel, "hello").await.unwrap_err();
        assert_eq!(
            (gone.code(), gone.message()),
            (tonic::Code::Unavailable, "No such file or directory (os error 2)")
        );
    });
}

/// The socket that a reattach description names; the rest of it must be as Terraform wants it.
fn socket(description: &str, pid: u32) -> String {
    let value: Value = serde_json::from_str(description).unwrap();
    // Without the registry, for which each core puts its own.
    let address = ADDRESS.strip_prefix("registry.terraform.io/").unwrap();
    let socket = value[address]["Addr"]["String"].as_str().unwrap();
    let expected = json!({ address: {
        "Protocol": "grpc", "ProtocolVersion": 6, "Pid": pid, "Test": true,
        "Addr": { "Network": "unix", "String": socket },
    }});
    assert_eq!(value, expected);
    socket.to_owned()
}
