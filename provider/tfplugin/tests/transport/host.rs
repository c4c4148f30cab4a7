//! What Terraform does with a plugin: start it, read its line, connect, call, end it.

use std::io::{BufRead, BufReader, Read};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use tfplugin::proto::goplugin::Empty;
use tfplugin::proto::goplugin::grpc_controller_client::GrpcControllerClient;
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::proto::tfplugin6::{DynamicValue, validate_provider_config};
use tonic::transport::{Channel, Endpoint};

use crate::CHILD;

/// The public cookie of the plugin protocol.
pub(crate) const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// As large as a provider in Go allows.
const LARGEST_MESSAGE: usize = 256 << 20;

/// The provider as a command, in an environment without any of the host's variables.
pub(crate) fn command(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let inherited = std::env::vars_os().filter(|(name, _)| {
        let name = name.to_string_lossy();
        !name.starts_with("TF_") && !name.starts_with("PLUGIN_") && name != "RUST_BACKTRACE"
    });
    command.env_clear().envs(inherited).env(CHILD, "1").envs(variables.iter().copied());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the provider to its end.
pub(crate) fn output(variables: &[(&str, &str)]) -> Output {
    command(variables).output().unwrap()
}

/// A provider that has announced itself. Ended when dropped.
pub(crate) struct Plugin {
    pub(crate) line: String,
    child: Child,
    stdout: BufReader<ChildStdout>,
}

/// How long Terraform waits for the end before it kills.
pub(crate) const END_LIMIT: Duration = Duration::from_secs(2);

/// What a provider left when it had ended.
pub(crate) struct End {
    pub(crate) code: Option<i32>,
    /// Standard output after the line.
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) after: Duration,
}

impl Plugin {
    /// Starts the provider as Terraform does, with these variables besides.
    pub(crate) fn start(variables: &[(&str, &str)]) -> Self {
        let usual = [COOKIE, ("PLUGIN_PROTOCOL_VERSIONS", "6,5")];
        Self::spawn(command(&[&usual, variables].concat()))
    }

    /// Starts this command and reads its first line.
    pub(crate) fn spawn(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        Self { line, child, stdout }
    }

    /// The line's fields.
    pub(crate) fn fields(&self) -> Vec<&str> {
        self.line.strip_suffix('\n').expect("a whole line").split('|').collect()
    }

    /// The socket in the line.
    pub(crate) fn socket(&self) -> PathBuf {
        PathBuf::from(self.fields()[3])
    }

    /// The certificate in the line, in DER.
    pub(crate) fn certificate(&self) -> Vec<u8> {
        STANDARD_NO_PAD.decode(self.fields()[5]).unwrap()
    }

    /// Connects without TLS.
    pub(crate) async fn connect(&self) -> Channel {
        connect(&format!("unix:{}", self.socket().display())).await
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next lines of standard output, up to one that contains `text`.
    pub(crate) fn read_until(&mut self, text: &str) -> String {
        let mut all = String::new();
        while !all.contains(text) {
            assert!(self.stdout.read_line(&mut all).unwrap() > 0, "no `{text}` in {all:?}");
        }
        all
    }

    /// Sends a signal, by its name.
    pub(crate) fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Waits for the end as long as Terraform does.
    pub(crate) fn end(self) -> End {
        self.end_within(END_LIMIT)
    }

    /// Waits for the end, no longer than `limit`.
    pub(crate) fn end_within(mut self, limit: Duration) -> End {
        let begin = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(begin.elapsed() < limit, "still running after {limit:?}");
            std::thread::sleep(Duration::from_millis(5));
        };
        let after = begin.elapsed();
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.stdout.read_to_string(&mut stdout).unwrap();
        self.child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
        End { code: status.code(), stdout, stderr, after }
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        if self.is_running() {
            // Asked to end, it removes its socket; what does not listen is killed.
            self.signal("TERM");
            let begin = Instant::now();
            while self.is_running() && begin.elapsed() < END_LIMIT {
                std::thread::sleep(Duration::from_millis(5));
            }
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Connects a gRPC client without TLS.
pub(crate) async fn connect(uri: &str) -> Channel {
    Endpoint::new(uri.to_owned()).unwrap().connect().await.unwrap()
}

pub(crate) fn client(channel: &Channel) -> ProviderClient<Channel> {
    ProviderClient::new(channel.clone())
        .max_decoding_message_size(LARGEST_MESSAGE)
        .max_encoding_message_size(LARGEST_MESSAGE)
}

/// Has the provider send `text` back.
pub(crate) async fn echo(channel: &Channel, text: &str) -> Result<String, tonic::Status> {
    let config = Some(DynamicValue { msgpack: text.to_owned().into(), ..DynamicValue::default() });
    let response =
        client(channel).validate_provider_config(validate_provider_config::Request { config }).await?;
    Ok(response.into_inner().diagnostics.swap_remove(0).detail)
}

/// Asks the provider to end.
pub(crate) async fn shutdown(channel: &Channel) {
    // On a busy machine the provider may be gone before its answer is read, which a host does not mind.
    if let Err(status) = GrpcControllerClient::new(channel.clone()).shutdown(Empty {}).await {
        assert_eq!(status.code(), tonic::Code::Cancelled, "{status}");
    }
}

/// Runs an asynchronous test.
pub(crate) fn block_on<T>(test: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(test)
}
