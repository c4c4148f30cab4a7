//! Signals to the process.

use std::io;

use tokio_util::sync::CancellationToken;

use super::options::Mode;

/// The signals that a provider handles. From the moment this exists they do not end the process by themselves.
pub(super) struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupt: tokio::signal::windows::CtrlC,
}

impl Signals {
    /// Takes the signals over. Needs a runtime around it.
    pub(super) fn install() -> io::Result<Self> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            Ok(Self {
                interrupt: signal(SignalKind::interrupt())?,
                terminate: signal(SignalKind::terminate())?,
            })
        }
        #[cfg(windows)]
        Ok(Self { interrupt: tokio::signal::windows::ctrl_c()? })
    }

    /// Cancels `stop` when a signal asks for the end. Ctrl-C reaches the whole process group: under Terraform it is
    /// Terraform's to handle, and the provider must live on for the state to be saved.
    pub(super) async fn watch(mut self, mode: Mode, stop: CancellationToken) {
        let mut interrupts: u32 = 0;
        while !self.next_is_terminate().await {
            interrupts += 1;
            if mode == Mode::Debug {
                break;
            }
            tracing::info!(interrupts, "interrupt ignored: Terraform decides when the provider ends");
        }
        stop.cancel();
    }

    #[cfg(unix)]
    async fn next_is_terminate(&mut self) -> bool {
        tokio::select! {
            _ = self.terminate.recv() => true,
            _ = self.interrupt.recv() => false,
        }
    }

    #[cfg(windows)]
    async fn next_is_terminate(&mut self) -> bool {
        self.interrupt.recv().await.is_none()
    }
}
