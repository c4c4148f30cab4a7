//! The socket that Terraform connects to.

use std::fmt;
use std::io;
#[cfg(any(windows, test))]
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

#[cfg(any(windows, test))]
use tokio::net::TcpListener;
#[cfg(unix)]
use tokio::net::UnixListener;

use super::connection::Stream;
use super::error::ServeError;

/// Where the host connects to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Address {
    /// A Unix socket.
    #[cfg(any(unix, test))]
    Unix(PathBuf),
    /// A TCP port on this machine, where there are no Unix sockets.
    #[cfg(any(windows, test))]
    Tcp(SocketAddr),
}

impl Address {
    /// The network's name in the plugin protocol.
    pub(super) fn network(&self) -> &'static str {
        match self {
            #[cfg(any(unix, test))]
            Self::Unix(_) => "unix",
            #[cfg(any(windows, test))]
            Self::Tcp(_) => "tcp",
        }
    }

    /// The address as a gRPC client takes it.
    pub(super) fn uri(&self) -> String {
        match self {
            #[cfg(any(unix, test))]
            Self::Unix(path) => format!("unix:{}", path.display()),
            #[cfg(any(windows, test))]
            Self::Tcp(address) => format!("http://{address}"),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            #[cfg(any(unix, test))]
            Self::Unix(path) => path.display().fmt(f),
            #[cfg(any(windows, test))]
            Self::Tcp(address) => address.fmt(f),
        }
    }
}

enum Listener {
    #[cfg(unix)]
    Unix(UnixListener),
    #[cfg(any(windows, test))]
    Tcp(TcpListener),
}

/// A bound socket. Dropping it removes what it left in the file system.
pub(super) struct Endpoint {
    address: Address,
    listener: Listener,
    _files: Files,
}

impl Endpoint {
    /// Binds in `directory`, or in a new private directory. Needs a runtime around it.
    #[cfg(unix)]
    pub(super) fn bind(directory: Option<&Path>, _ports: (u16, u16)) -> Result<Self, ServeError> {
        unix::bind(directory)
    }

    /// Binds the first free port of the range on the loopback interface. Needs a runtime around it.
    #[cfg(windows)]
    pub(super) fn bind(_directory: Option<&Path>, ports: (u16, u16)) -> Result<Self, ServeError> {
        tcp::bind(ports)
    }

    pub(super) fn address(&self) -> &Address {
        &self.address
    }

    /// The next connection.
    pub(super) async fn accept(&self) -> io::Result<Box<dyn Stream>> {
        match &self.listener {
            #[cfg(unix)]
            Listener::Unix(listener) => Ok(Box::new(listener.accept().await?.0)),
            #[cfg(any(windows, test))]
            Listener::Tcp(listener) => {
                let (stream, _) = listener.accept().await?;
                // Without it each call waits some 40 ms for an acknowledgement.
                stream.set_nodelay(true)?;
                Ok(Box::new(stream))
            }
        }
    }
}

/// Files to remove: the socket, and the directory made for it.
#[derive(Default)]
struct Files {
    socket: Option<PathBuf>,
    directory: Option<PathBuf>,
}

impl Drop for Files {
    fn drop(&mut self) {
        // Nothing can be done about a failure here, and a file left behind does no harm.
        if let Some(socket) = &self.socket {
            let _ = std::fs::remove_file(socket);
        }
        if let Some(directory) = &self.directory {
            let _ = std::fs::remove_dir(directory);
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::collections::hash_map::RandomState;
    use std::fs::Permissions;
    use std::hash::BuildHasher;
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};

    use super::*;

    /// The longest path that every system takes for a socket: macOS has room for 104 bytes, one of them the final zero.
    const LONGEST_PATH: usize = 103;

    pub(super) fn bind(directory: Option<&Path>) -> Result<Endpoint, ServeError> {
        if let Some(directory) = directory {
            return bind_in_given(directory).map_err(|source| failure(directory, source));
        }
        let base = std::env::temp_dir();
        let base = if fits(&base) { base } else { PathBuf::from("/tmp") };
        bind_in_own(&base).map_err(|source| failure(&base, source))
    }

    /// A directory of the host's choice: others may reach it, so the socket itself is closed to them.
    fn bind_in_given(directory: &Path) -> io::Result<Endpoint> {
        let socket = directory.join(unique_name());
        let endpoint = listen(&socket, Files { socket: Some(socket.clone()), directory: None })?;
        std::fs::set_permissions(&socket, Permissions::from_mode(0o600))?;
        Ok(endpoint)
    }

    fn bind_in_own(base: &Path) -> io::Result<Endpoint> {
        let directory = base.join(unique_name());
        // Made with its final mode, and an error if the name is taken: nobody else can have put anything there.
        std::fs::DirBuilder::new().mode(0o700).create(&directory)?;
        let socket = directory.join("s");
        listen(&socket, Files { socket: Some(socket.clone()), directory: Some(directory) })
    }

    fn listen(socket: &Path, files: Files) -> io::Result<Endpoint> {
        let listener = UnixListener::bind(socket)?;
        Ok(Endpoint {
            address: Address::Unix(socket.to_path_buf()),
            listener: Listener::Unix(listener),
            _files: files,
        })
    }

    /// Whether a socket below `base` has a path that systems take and the handshake line can carry.
    fn fits(base: &Path) -> bool {
        let longest_suffix = "/tfplugin-0123456789abcdef/s".len();
        base.to_str().is_some_and(|text| {
            text.len() + longest_suffix <= LONGEST_PATH && !text.contains(['|', '\n', '\r'])
        })
    }

    fn unique_name() -> String {
        // The standard library keys this hasher from the system's random source.
        format!("tfplugin-{:016x}", RandomState::new().hash_one(std::process::id()))
    }

    fn failure(place: &Path, source: io::Error) -> ServeError {
        ServeError::Listen { place: format!("`{}`", place.display()), source }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn mode(path: &Path) -> u32 {
            std::fs::metadata(path).unwrap().permissions().mode() & 0o777
        }

        #[tokio::test]
        async fn own_directory_is_private_and_removed() {
            let endpoint = bind(None).unwrap();
            let Address::Unix(socket) = endpoint.address().clone() else { panic!("not a Unix socket") };
            let directory = socket.parent().unwrap().to_path_buf();
            assert_eq!(mode(&directory), 0o700);
            assert!(socket.as_os_str().len() <= LONGEST_PATH);
            drop(endpoint);
            assert!(!directory.exists());
        }

        #[tokio::test]
        async fn given_directory_is_kept_and_the_socket_is_private() {
            let given = tempfile::tempdir().unwrap();
            let endpoint = bind(Some(given.path())).unwrap();
            let Address::Unix(socket) = endpoint.address().clone() else { panic!("not a Unix socket") };
            assert_eq!(socket.parent(), Some(given.path()));
            assert_eq!(mode(&socket), 0o600);
            drop(endpoint);
            assert!(!socket.exists() && given.path().exists());
        }

        #[test]
        fn awkward_directories_are_not_used() {
            assert!(fits(Path::new("/var/folders/zz/zyxvpxvq6csfxvn_n0000000000000/T")));
            assert!(!fits(&PathBuf::from(format!("/{}", "x".repeat(80)))));
            assert!(!fits(Path::new("/tmp/a|b")));
        }

        #[tokio::test]
        async fn a_missing_directory_is_named() {
            let error = bind(Some(Path::new("/nonexistent/x"))).err().unwrap();
            assert!(
                error.to_string().starts_with("cannot listen for Terraform: `/nonexistent/x`: "),
                "{error}"
            );
        }
    }
}

#[cfg(any(windows, test))]
mod tcp {
    use std::net::Ipv4Addr;

    use super::*;

    pub(super) fn bind((first, last): (u16, u16)) -> Result<Endpoint, ServeError> {
        let mut failure = io::Error::new(io::ErrorKind::InvalidInput, "the port range is empty");
        for port in first..=last {
            match listen(port) {
                Ok(endpoint) => return Ok(endpoint),
                Err(error) => failure = error,
            }
        }
        Err(ServeError::Listen { place: format!("ports {first} to {last} of 127.0.0.1"), source: failure })
    }

    fn listen(port: u16) -> io::Result<Endpoint> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
        listener.set_nonblocking(true)?;
        let address = Address::Tcp(listener.local_addr()?);
        let listener = Listener::Tcp(TcpListener::from_std(listener)?);
        Ok(Endpoint { address, listener, _files: Files::default() })
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[tokio::test]
        async fn taken_ports_are_passed_over() {
            let taken = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let first = taken.local_addr().unwrap().port();
            let endpoint = bind((first, first.saturating_add(20))).unwrap();
            let Address::Tcp(address) = endpoint.address() else { panic!("not TCP") };
            assert!(address.ip().is_loopback() && address.port() > first);
            assert!(matches!(bind((first, first)), Err(ServeError::Listen { .. })));
            let none = bind((2, 1)).err().unwrap();
            assert_eq!(
                none.to_string(),
                "cannot listen for Terraform: ports 2 to 1 of 127.0.0.1: the port range is empty"
            );
        }
    }
}
