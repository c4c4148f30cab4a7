//! A provider as a process of its own.

use std::io::{self, Write as _};
use std::process::ExitCode;

use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;

use super::endpoint::Endpoint;
use super::error::ServeError;
use super::handshake::Terms;
use super::options::{Mode, Options};
use super::server::serve_on;
use super::signals::Signals;
use super::tls::ServerTls;
use super::{log, panic, reattach};
use crate::proto::tfplugin6::provider_server::Provider;

/// The whole `main` of a provider: [`serve`], with an error written to standard error and told by the exit code 1.
pub fn run<S: Provider>(service: S, options: &Options) -> ExitCode {
    let Err(error) = serve(service, options) else { return ExitCode::SUCCESS };
    let mut message = format!("error: {error}\n");
    if let Some(hint) = error.hint() {
        message.push_str(&format!("hint: {hint}\n"));
    }
    // With standard error closed there is nobody to tell.
    let _ = io::stderr().lock().write_all(message.as_bytes());
    ExitCode::FAILURE
}

/// Serves a provider to the Terraform that started this process, or in [`Mode::Debug`] to every Terraform that
/// attaches to it, until that ends. Takes over the process: its runtime, signals, panic hook, logs and standard output.
///
/// The runtime has one thread. A handler that computes or blocks for long holds up every other call, and up to two answers
/// that are ready already: such work belongs in `tokio::task::spawn_blocking`. Only a request of 64 KiB and more has a
/// thread of its own from the start.
///
/// # Errors
/// When the process was not started by a host that speaks protocol 6, and when no socket, certificate or thread is to
/// be had. Nothing has been written to standard output then.
pub fn serve<S: Provider>(service: S, options: &Options) -> Result<(), ServeError> {
    match options.mode() {
        Mode::Plugin => {
            let terms = Terms::from_environment()?;
            prepare(options);
            let tls = terms.client_certificate.as_deref().map(ServerTls::new).transpose()?;
            let announce = |endpoint: &Endpoint| {
                let certificate = tls.as_ref().map(|tls| tls.certificate.as_ref());
                print(&terms.answer(endpoint.address(), certificate))
            };
            let config = tls.as_ref().map(|tls| tls.config.clone());
            run_until_stopped(options.mode(), |stop| async {
                let endpoint = Endpoint::bind(terms.socket_directory.as_deref(), terms.ports)?;
                announce(&endpoint)?;
                serve_on(endpoint, config, service, options.clone(), stop).await;
                Ok(())
            })
        }
        Mode::Debug => {
            prepare(options);
            run_until_stopped(options.mode(), |stop| async {
                let endpoint = Endpoint::bind(None, (0, 0))?;
                print(&invitation(options.address(), &endpoint))?;
                serve_on(endpoint, None, service, options.clone(), stop).await;
                Ok(())
            })
        }
    }
}

fn prepare(options: &Options) {
    panic::install_hook();
    log::install(options.name());
}

fn run_until_stopped<F>(mode: Mode, serve: impl FnOnce(CancellationToken) -> F) -> Result<(), ServeError>
where
    F: Future<Output = Result<(), ServeError>>,
{
    let runtime = runtime().map_err(ServeError::Runtime)?;
    let result = runtime.block_on(async {
        let stop = CancellationToken::new();
        let signals = Signals::install().map_err(ServeError::Runtime)?;
        tokio::spawn(signals.watch(mode, stop.clone()));
        serve(stop).await
    });
    // Calls that have not ended by now are cut off: the host waits for this process.
    runtime.shutdown_background();
    result
}

fn runtime() -> io::Result<Runtime> {
    // A provider waits for its network nearly all the time, and Terraform needs the other cores itself: one thread
    // starts, switches and ends fastest. Handlers that compute or block for long belong in `spawn_blocking`.
    Builder::new_current_thread().enable_all().build()
}

fn invitation(address: &str, endpoint: &Endpoint) -> String {
    let value = reattach::describe(address, endpoint.address());
    // In a POSIX shell a quote inside single quotes is written `'\''`.
    let value = value.replace('\'', r"'\''");
    format!(
        "The provider is running. To use it, set this where you run Terraform:\n\n\t{}='{value}'\n\n\
         Interrupt this process (Ctrl-C) to end it.\n",
        reattach::VARIABLE
    )
}

fn print(text: &str) -> Result<(), ServeError> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(ServeError::Announce)
}
