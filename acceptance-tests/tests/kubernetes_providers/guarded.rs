//! A root with a guard before its releases, and what happens to one without.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::bed::{Bed, Root, User};
use crate::guard::{Asked, Forbidden, Guarded, Hangs, Slow, Trouble};

const BINDINGS: &str = "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings";
const ACCOUNTS: &str = "/api/v1/namespaces/kube-system/serviceaccounts";

/// What is read before any release, and goes after all of them. An identity that may read config maps and no secrets, as a
/// viewer, is told by the secret alone: Helm keeps its releases in secrets.
const GUARD: &str = r#"
data "kubernetes_server_version" "this" {}

resource "kubernetes_config_map_v1" "sentinel" {
  metadata {
    name      = "sentinel"
    namespace = "kube-system"
  }
}
"#;

const SECRET: &str = r#"
resource "kubernetes_secret_v1" "sentinel" {
  metadata {
    name      = "sentinel"
    namespace = "kube-system"
  }
}
"#;

/// What is read after all releases, and goes before them.
const LAST: &str = r#"
resource "kubernetes_config_map_v1" "last" {
  metadata {
    name      = "last"
    namespace = "kube-system"
  }
  depends_on = [helm_release.guarded, helm_release.first]
}
"#;

/// Which guard a root has.
#[derive(Clone, Copy)]
enum Guard {
    None,
    Map,
    Secret,
}

/// A root with two releases. `first` is read after `guarded` and goes before it.
struct Case<'a> {
    bed: &'a Bed,
    root: Root,
    /// Where the chart of `guarded` comes from.
    gate: Gate,
}

impl Case<'_> {
    fn configuration(&self, guard: Guard) -> String {
        let (objects, needs) = match guard {
            Guard::None => (String::new(), ""),
            Guard::Map => (
                format!("{GUARD}{LAST}"),
                "data.kubernetes_server_version.this, kubernetes_config_map_v1.sentinel",
            ),
            Guard::Secret => (
                format!("{GUARD}{SECRET}{LAST}"),
                "data.kubernetes_server_version.this, kubernetes_config_map_v1.sentinel, kubernetes_secret_v1.sentinel",
            ),
        };
        let guarded = self.bed.release("guarded", "metrics-server", &format!("  depends_on = [{needs}]"));
        let guarded = guarded.replace(&self.bed.repository(), &self.gate.url());
        let first = self.bed.release("first", "metrics-server", "  depends_on = [terraform_data.pause]");
        format!("{objects}{guarded}{first}{PAUSE}")
    }
}

/// Between the two, when they go.
const PAUSE: &str = r#"
resource "terraform_data" "pause" {
  depends_on = [helm_release.guarded]

  provisioner "local-exec" {
    when    = destroy
    command = "touch paused; sleep 3"
  }
}
"#;

/// What CI has the time for.
pub(crate) fn in_short(bed: &Bed, dead: &dyn Trouble) -> Result<()> {
    let token = deployer(bed)?;
    let forbidden = Forbidden::new(&bed.administrator, &format!("{BINDINGS}/deployer"));
    let case = Case { bed, root: bed.root("guarded", User::Token(&token))?, gate: Gate::start(bed)? };
    let guarded = Guarded { terraform: &case.root.terraform };

    // The trap: without a guard nothing fails, and everything is forgotten.
    case.root.settles(&case.configuration(Guard::None))?;
    let all = guarded.releases()?;
    assert_eq!(all.len(), 2);
    for (trouble, asked) in [(&forbidden as &dyn Trouble, Asked::Refresh), (dead, Asked::Destroy)] {
        for outcome in guarded.before(trouble, &[asked])? {
            assert_eq!(outcome.run.code, 0, "{}: {}", outcome.title, outcome.run.message());
            assert_eq!(outcome.lost, all, "{}", outcome.title);
        }
    }
    // A viewer reads config maps and the version, and no secrets.
    case.root.settles(&case.configuration(Guard::Map))?;
    let viewer = Demoted { forbidden: &forbidden, bed };
    for outcome in guarded.before(&viewer, &[Asked::Refresh])? {
        assert_eq!((outcome.run.code, &outcome.lost), (0, &all), "{}", outcome.run.message());
    }

    case.root.settles(&case.configuration(Guard::Secret))?;
    guarded.holds_before(&viewer)?;
    guarded.holds_before(dead)?;
    case.amid(&guarded, dead)
}

/// What takes its time: an API server that hangs holds up each run until somebody's patience ends.
pub(crate) fn at_length(bed: &Bed, dead: &dyn Trouble) -> Result<()> {
    let token = deployer(bed)?;
    let forbidden = Forbidden::new(&bed.administrator, &format!("{BINDINGS}/deployer"));
    let case = Case { bed, root: bed.root("guarded", User::Token(&token))?, gate: Gate::start(bed)? };
    let guarded = Guarded { terraform: &case.root.terraform };
    let process = bed.cluster.process("kube-apiserver")?;
    case.root.settles(&case.configuration(Guard::None))?;
    for hanging in guarded.before(&Hangs(process), &[Asked::Refresh])? {
        assert_eq!((hanging.run.code, hanging.lost.len()), (0, 2), "{}", hanging.run.message());
    }
    case.root.settles(&case.configuration(Guard::Secret))?;
    for trouble in [&forbidden as &dyn Trouble, &Hangs(process)] {
        guarded.holds_before(trouble)?;
    }
    for outcome in guarded.before(&Slow::new(process), &[Asked::Plan, Asked::Refresh])? {
        ensure!(outcome.lost.is_empty(), "{}: lost {:?}", outcome.title, outcome.lost);
    }
    case.amid(&guarded, dead)
}

impl Case<'_> {
    /// It begins when `guarded` has been read and `first` has not: a plan then waits for the chart of `guarded`. A refresh alone
    /// reads the same and downloads no chart, so that nothing would hold it.
    fn amid(&self, guarded: &Guarded<'_>, trouble: &dyn Trouble) -> Result<()> {
        let opened = Opened { trouble, gate: &self.gate };
        let all = guarded.releases()?;
        for asked in [Asked::Plan, Asked::Apply] {
            self.gate.close();
            let outcome = guarded.amid(&opened, asked, &|| Ok(self.gate.waiting()))?;
            outcome.expect_guarded()?;
        }
        // In the middle of a destroy what cannot be seen is forgotten, and the sentinel fails.
        let paused = self.root.terraform.folder().join("paused");
        // From the destroys before, whose state was put back.
        if paused.exists() {
            fs_err::remove_file(&paused)?;
        }
        let outcome = guarded.amid(trouble, Asked::Destroy, &|| Ok(paused.is_file()))?;
        outcome.expect_error()?;
        assert_eq!(outcome.lost, all, "{}", outcome.run.message());
        let left = self.root.addresses()?;
        ensure!(left.iter().any(|address| address == "kubernetes_secret_v1.sentinel"), "left is {left:?}");
        assert_eq!(self.bed.status("guarded")?.as_deref(), Some("deployed"), "forgotten, and there");
        self.bed.helm_says(&["uninstall", "guarded", "--namespace", "guarded"])?;
        self.root.terraform.destroy().map(drop)
    }
}

/// A service account that may do everything, by its token.
fn deployer(bed: &Bed) -> Result<String> {
    let account = json!({ "metadata": { "name": "deployer" } });
    bed.administrator.create(ACCOUNTS, &account)?;
    bed.administrator.create(BINDINGS, &binding("deployer", "cluster-admin"))?;
    let request = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {} });
    let made = bed.administrator.create(&format!("{ACCOUNTS}/deployer/token"), &request)?;
    Ok(made["status"]["token"].as_str().context("no token")?.to_owned())
}

fn binding(name: &str, role: &str) -> serde_json::Value {
    json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": { "name": name },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": role },
        "subjects": [{ "kind": "ServiceAccount", "name": "deployer", "namespace": "kube-system" }],
    })
}

/// Whoever may do everything may only look.
struct Demoted<'a> {
    forbidden: &'a Forbidden<'a>,
    bed: &'a Bed,
}

impl Trouble for Demoted<'_> {
    fn name(&self) -> &'static str {
        "answers a viewer"
    }

    fn begin(&self) -> Result<()> {
        self.bed.administrator.create(BINDINGS, &binding("viewer", "view"))?;
        self.forbidden.begin()
    }

    fn end(&self) -> Result<()> {
        self.bed.administrator.delete(&format!("{BINDINGS}/viewer"))?;
        self.forbidden.end()
    }
}

/// A repository that can be made to wait.
struct Gate {
    port: u16,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    closed: AtomicBool,
    ends: AtomicBool,
    waiting: AtomicUsize,
}

impl Gate {
    fn start(bed: &Bed) -> Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared::default());
        let (serving, upstream) = (Arc::clone(&shared), bed.repository().replace("http://", ""));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if serving.ends.load(Ordering::SeqCst) {
                    return;
                }
                let (shared, upstream) = (Arc::clone(&serving), upstream.clone());
                // A client that goes is no concern of the test.
                std::thread::spawn(move || drop(shared.pass(stream, &upstream)));
            }
        });
        Ok(Self { port, shared })
    }

    fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn close(&self) {
        self.shared.closed.store(true, Ordering::SeqCst);
    }

    fn waiting(&self) -> bool {
        self.shared.waiting.load(Ordering::SeqCst) > 0
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.shared.ends.store(true, Ordering::SeqCst);
        self.shared.closed.store(false, Ordering::SeqCst);
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    /// One request and its answer, after which the repository ends the connection.
    fn pass(&self, mut stream: TcpStream, upstream: &str) -> Result<()> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        while self.closed.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(5));
        }
        self.waiting.fetch_sub(1, Ordering::SeqCst);
        let mut request = [0; 8192];
        let length = stream.read(&mut request)?;
        let mut to = TcpStream::connect(upstream)?;
        to.write_all(&request[..length])?;
        std::io::copy(&mut to, &mut stream)?;
        Ok(())
    }
}

/// A trouble, after which the gate opens.
struct Opened<'a> {
    trouble: &'a dyn Trouble,
    gate: &'a Gate,
}

impl Trouble for Opened<'_> {
    fn name(&self) -> &'static str {
        self.trouble.name()
    }

    fn begin(&self) -> Result<()> {
        let begun = self.trouble.begin();
        self.gate.shared.closed.store(false, Ordering::SeqCst);
        begun
    }

    fn end(&self) -> Result<()> {
        self.gate.shared.closed.store(false, Ordering::SeqCst);
        self.trouble.end()
    }
}
