//! Calls that arrive together: the first few are answered while the last is still worked on.

#![expect(clippy::unwrap_used, reason = "a step that fails fails its test")]

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tfplugin::function::{FunctionError, Signature};
use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::proto::tfplugin6::{DynamicValue, call_function};
use tfplugin::schema::Schema;
use tfplugin::transport::{Options, TestServer};
use tfplugin::value::{Type, Value};
use tfplugin::{Diagnostics, Function, Named, Provider, Server, Setup, async_trait};
use tokio::task::JoinSet;
use tonic::transport::Channel;

/// How long anything here may take that should happen at once.
const PATIENCE: Duration = Duration::from_secs(10);
/// Enough for what was sent to lie in the server's socket.
const DELIVERY: Duration = Duration::from_millis(200);

/// Holds up the server's one thread, as work that computes does: tells that it has begun, and waits to be let go. Its
/// result is whether it was.
#[derive(Clone)]
struct Gate {
    begun: Sender<()>,
    go: Arc<Mutex<Receiver<()>>>,
}

struct Busy {
    gates: [Gate; 2],
}

#[async_trait]
impl Provider for Busy {
    type Client = ();

    fn schema(&self) -> Schema {
        Schema::default()
    }

    fn functions(&self) -> Named<dyn Function> {
        let [first, second] = self.gates.clone();
        vec![
            ("first_gate".into(), Box::new(first)),
            ("second_gate".into(), Box::new(second)),
            ("nothing".into(), Box::new(Nothing)),
        ]
    }

    async fn configure(&self, _: &Value, _: &Setup) -> Result<Option<()>, Diagnostics> {
        Ok(Some(()))
    }
}

impl Function for Gate {
    fn signature(&self) -> Signature {
        Signature::returning(Type::Bool)
    }

    fn call(&self, _: &[Value]) -> Result<Value, FunctionError> {
        self.begun.send(()).unwrap();
        Ok(self.go.lock().unwrap().recv_timeout(PATIENCE).is_ok().into())
    }
}

struct Nothing;

impl Function for Nothing {
    fn signature(&self) -> Signature {
        Signature::returning(Type::Bool)
    }

    fn call(&self, _: &[Value]) -> Result<Value, FunctionError> {
        Ok(true.into())
    }
}

/// The gate, how to hear that it was reached, and how to open it.
fn gate() -> (Gate, Receiver<()>, Sender<()>) {
    let ((begun, reached), (open, go)) = (channel(), channel());
    (Gate { begun, go: Arc::new(Mutex::new(go)) }, reached, open)
}

/// The server, on a thread of its own, and where it listens.
fn serve(gates: [Gate; 2]) -> String {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let options = Options::new("example.com/test/busy");
            let server = TestServer::start(Server::new(Busy { gates }), &options).unwrap();
            tell.send(server.uri()).unwrap();
            std::future::pending::<()>().await;
        });
    });
    told.recv_timeout(PATIENCE).unwrap()
}

async fn call(mut client: ProviderClient<Channel>, name: &str) -> bool {
    let request = call_function::Request { name: name.to_owned(), arguments: Vec::new() };
    let result: DynamicValue = client.call_function(request).await.unwrap().into_inner().result.unwrap();
    Value::from_msgpack(&result.msgpack, &Type::Bool).unwrap() == Value::from(true)
}

/// How many quick answers may be held back while the call after them is worked on.
const HELD: usize = 2;
const QUICK: usize = 6;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_do_not_wait_for_all_calls_that_arrived_with_their_own() {
    let ((first, first_reached, open_first), (second, second_reached, open_second)) = (gate(), gate());
    let client = ProviderClient::connect(serve([first, second])).await.unwrap();

    // While the first call holds up the server, more arrive, and are then read as one.
    let holding = tokio::spawn(call(client.clone(), "first_gate"));
    first_reached.recv_timeout(PATIENCE).unwrap();
    let mut quick = JoinSet::new();
    for _ in 0..QUICK {
        quick.spawn(call(client.clone(), "nothing"));
    }
    tokio::time::sleep(DELIVERY).await;
    let slow = tokio::spawn(call(client, "second_gate"));
    tokio::time::sleep(DELIVERY).await;
    open_first.send(()).unwrap();
    assert!(holding.await.unwrap());

    second_reached.recv_timeout(PATIENCE).unwrap();
    for _ in HELD..QUICK {
        let answer = quick.join_next().await.unwrap();
        assert!(answer.unwrap(), "answered while the other call still runs");
    }
    open_second.send(()).unwrap();
    assert!(slow.await.unwrap(), "the quick answers came only after the slow call gave up waiting");
    assert_eq!(quick.join_all().await, [true; HELD]);
}
