//! Resources that are one large set, a provider of them, and what Terraform asks it.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::proto::tfplugin6::{DynamicValue, plan_resource_change};
use tfplugin::schema::{Attribute, Schema, semantic_equality};
use tfplugin::transport::{Options, TestServer};
use tfplugin::value::Value;
use tfplugin::{
    Change, Context, Diagnostics, Failed, Named, Plan, Provider, Resource, Server, Setup, State, async_trait,
};
use tonic::transport::Channel;

/// How long a step may take that others do not hold up, on a machine that is busy with more than this.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);
pub(crate) const ELEMENTS: i64 = 8_000;

/// What the elements are like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// With defaults and with values that the provider sets.
    Flat,
    /// Known by a text that may be spelled in several ways.
    Spelled,
    /// Known by nothing but a set inside.
    Deep,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::Flat, Self::Spelled, Self::Deep];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Flat => "large_flat",
            Self::Spelled => "large_spelled",
            Self::Deep => "large_deep",
        }
    }

    pub(crate) fn schema(self) -> Schema {
        let id = || ("id", Attribute::string().computed().use_state_for_unknown());
        let port = || {
            vec![
                ("number", Attribute::number().required()),
                ("protocol", Attribute::string().default("tcp")),
                ("zone", Attribute::string().computed().or_configured()),
                id(),
            ]
        };
        let same = semantic_equality::ignoring_case;
        let rule = match self {
            Self::Flat => port(),
            Self::Spelled => vec![("text", Attribute::string().required().semantic_equality(same)), id()],
            Self::Deep => vec![("ports", Attribute::set_of(port())), id()],
        };
        Schema::new([("rules", Attribute::set_of(rule))])
    }

    /// As many rules, numbered from `first`; of those in a state the provider has set the rest.
    pub(crate) fn rules(self, first: i64, in_state: bool) -> Value {
        let set = |text: String| if in_state { Value::from(text) } else { Value::Null };
        let id = |number: i64| ("id", set(format!("id-{number}")));
        let port = |number: i64| {
            let (protocol, zone) = (set("tcp".to_owned()), set("z".to_owned()));
            Value::object([("number", number.into()), ("protocol", protocol), ("zone", zone), id(number)])
        };
        let rule = |number: i64| match self {
            Self::Flat => port(number),
            Self::Spelled => {
                let text = format!("rule {number}");
                let text = if in_state { text.to_uppercase() } else { text };
                Value::object([("text", text.into()), id(number)])
            }
            Self::Deep => {
                Value::object([("ports", Value::set([port(number), port(-1 - number)])), id(number)])
            }
        };
        Value::object([("rules", Value::set((first..first + ELEMENTS).map(rule)))])
    }
}

/// Holds up whoever plans: tells that it is there, and waits to be let go.
pub(crate) struct Gate {
    pub(crate) begun: Sender<()>,
    pub(crate) go: Mutex<Receiver<()>>,
}

struct Large(Option<Arc<Gate>>);

#[async_trait]
impl Provider for Large {
    type Client = ();

    fn schema(&self) -> Schema {
        Schema::default()
    }

    fn resources(&self) -> Named<dyn Resource<()>> {
        let rules = |kind: Kind| -> Box<dyn Resource<()>> { Box::new(Rules(kind, self.0.clone())) };
        Kind::ALL.map(|kind| (kind.name().into(), rules(kind))).into()
    }

    async fn configure(&self, _: &Value, _: &Setup) -> Result<Option<()>, Diagnostics> {
        Ok(Some(()))
    }
}

struct Rules(Kind, Option<Arc<Gate>>);

#[async_trait]
impl Resource<()> for Rules {
    fn schema(&self) -> Schema {
        self.0.schema()
    }

    async fn plan(&self, _: &Context<()>, _: &mut Plan) -> Result<(), Diagnostics> {
        if let Some(gate) = &self.1 {
            gate.begun.send(()).unwrap();
            gate.go.lock().unwrap().recv_timeout(PATIENCE).unwrap();
        }
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

/// A server with one thread of its own, as a provider's process has it, and where it listens.
pub(crate) fn serve(gate: Option<Gate>) -> String {
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let options = Options::new("example.com/test/large");
            let server = TestServer::start(Server::new(Large(gate.map(Arc::new))), &options).unwrap();
            tell.send(server.uri()).unwrap();
            std::future::pending::<()>().await;
        });
    });
    told.recv_timeout(PATIENCE).unwrap()
}

/// What Terraform asks for a plan. Made beforehand, so that nothing but the provider computes while it plans.
pub(crate) fn request(kind: Kind, prior: &Value, config: &Value) -> plan_resource_change::Request {
    let ty = kind.schema().ty();
    let encoded = |value: &Value| {
        Some(DynamicValue { msgpack: value.to_msgpack(&ty).into(), ..DynamicValue::default() })
    };
    plan_resource_change::Request {
        type_name: kind.name().to_owned(),
        prior_state: encoded(prior),
        proposed_new_state: encoded(config),
        config: encoded(config),
        ..plan_resource_change::Request::default()
    }
}

/// The planned state, encoded.
pub(crate) async fn plan(
    mut client: ProviderClient<Channel>,
    request: plan_resource_change::Request,
) -> DynamicValue {
    let answer = client.plan_resource_change(request).await.unwrap().into_inner();
    assert_eq!(answer.diagnostics, []);
    answer.planned_state.unwrap()
}
