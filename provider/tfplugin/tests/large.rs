//! Large objects: they are planned beside the thread that serves, and elements of large sets are found, not searched.

#![expect(clippy::unwrap_used, reason = "a step that fails fails its test")]

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::proto::tfplugin6::{DynamicValue, plan_resource_change, stop_provider};
use tfplugin::schema::{Attribute, Schema};
use tfplugin::transport::{Options, TestServer};
use tfplugin::value::Value;
use tfplugin::{
    Change, Context, Diagnostics, Failed, Named, Plan, Provider, Resource, Server, Setup, State, async_trait,
};
use tonic::transport::Channel;

/// How long a step may take that others do not hold up, on a machine that is busy with more than this.
const PATIENCE: Duration = Duration::from_secs(10);
const ELEMENTS: i64 = 8_000;

/// Holds up the thread that plans: tells that it is there, and waits to be let go.
struct Gate {
    begun: Sender<()>,
    go: Mutex<Receiver<()>>,
}

struct Large(Arc<Gate>);

#[async_trait]
impl Provider for Large {
    type Client = ();

    fn schema(&self) -> Schema {
        Schema::default()
    }

    fn resources(&self) -> Named<dyn Resource<()>> {
        vec![("large_rules".into(), Box::new(Rules(Arc::clone(&self.0))))]
    }

    async fn configure(&self, _: &Value, _: &Setup) -> Result<Option<()>, Diagnostics> {
        Ok(Some(()))
    }
}

struct Rules(Arc<Gate>);

fn schema() -> Schema {
    let rule = [
        ("number", Attribute::number().required()),
        ("protocol", Attribute::string().default("tcp")),
        ("zone", Attribute::string().computed().or_configured()),
        ("id", Attribute::string().computed().use_state_for_unknown()),
    ];
    Schema::new([("rules", Attribute::set_of(rule))])
}

#[async_trait]
impl Resource<()> for Rules {
    fn schema(&self) -> Schema {
        schema()
    }

    async fn plan(&self, _: &Context<()>, _: &mut Plan) -> Result<(), Diagnostics> {
        self.0.begun.send(()).unwrap();
        self.0.go.lock().unwrap().recv_timeout(PATIENCE).unwrap();
        Ok(())
    }

    async fn create(&self, _: &Context<()>, change: &Change) -> Result<State, Failed> {
        Ok(change.planned.clone().into())
    }

    async fn read(&self, _: &Context<()>, state: &State) -> Result<Option<State>, Diagnostics> {
        Ok(Some(state.clone()))
    }

    async fn update(&self, _: &Context<()>, change: &Change) -> Result<State, Failed> {
        Ok(change.planned.clone().into())
    }

    async fn delete(&self, _: &Context<()>, _: &State) -> Result<(), Failed> {
        Ok(())
    }
}

/// As many rules, numbered from `first`; of those in a state the provider has set the rest.
fn rules(first: i64, in_state: bool) -> Value {
    let rule = |number: i64| {
        let set = |text: String| if in_state { Value::from(text) } else { Value::Null };
        Value::object([
            ("number", number.into()),
            ("protocol", set("tcp".to_owned())),
            ("zone", set("z".to_owned())),
            ("id", set(format!("id-{number}"))),
        ])
    };
    Value::object([("rules", Value::set((first..first + ELEMENTS).map(rule)))])
}

fn encoded(value: &Value) -> Option<DynamicValue> {
    Some(DynamicValue { msgpack: value.to_msgpack(&schema().ty()).into(), ..DynamicValue::default() })
}

async fn plan(mut client: ProviderClient<Channel>, prior: Value, config: Value) -> Value {
    let request = plan_resource_change::Request {
        type_name: "large_rules".to_owned(),
        prior_state: encoded(&prior),
        proposed_new_state: encoded(&config),
        config: encoded(&config),
        ..plan_resource_change::Request::default()
    };
    let answer = client.plan_resource_change(request).await.unwrap().into_inner();
    assert_eq!(answer.diagnostics, []);
    Value::from_msgpack(&answer.planned_state.unwrap().msgpack, &schema().ty()).unwrap()
}

/// The server with one thread of its own, as a provider's process has it.
fn serve(gate: Arc<Gate>) -> String {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let options = Options::new("example.com/test/large");
            let server = TestServer::start(Server::new(Large(gate)), &options).unwrap();
            tell.send(server.uri()).unwrap();
            std::future::pending::<()>().await;
        });
    });
    told.recv_timeout(PATIENCE).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_provider_stops_while_a_large_object_is_planned() {
    let ((begun, reached), (open, go)) = (channel(), channel());
    let client = ProviderClient::connect(serve(Arc::new(Gate { begun, go: Mutex::new(go) }))).await.unwrap();

    // Half of the rules are others, and all but one of the rest stay.
    let prior = rules(0, true);
    let planning = tokio::spawn(plan(client.clone(), prior, rules(ELEMENTS / 2, false)));
    reached.recv_timeout(10 * PATIENCE).unwrap();

    // Would the plan have the thread that serves, this would wait for the gate, which opens only after it.
    let asked = Instant::now();
    let stopped = client.clone().stop_provider(stop_provider::Request {}).await.unwrap();
    assert_eq!(stopped.into_inner().error, "");
    assert!(asked.elapsed() < PATIENCE, "it took {:?}", asked.elapsed());
    open.send(()).unwrap();

    let planned = planning.await.unwrap();
    let kept = |rule: &&Value| {
        rule.get("id").as_str() == Some(&format!("id-{}", rule.get("number").as_i64().unwrap()))
    };
    let rules = planned.get("rules").as_elements().unwrap();
    let known = rules.iter().filter(|rule| rule.get("id").is_set());
    assert_eq!(rules.len(), 8_000);
    assert_eq!((known.clone().count(), known.filter(kept).count()), (4_000, 4_000));
}
