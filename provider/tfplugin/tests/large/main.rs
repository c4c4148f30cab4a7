//! Large objects: they are planned beside the thread that serves, and elements of large sets are found, not searched.

#![expect(clippy::unwrap_used, reason = "a step that fails fails its test")]

mod rules;

use std::sync::Mutex;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Instant;

use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::proto::tfplugin6::{DynamicValue, plan_resource_change, stop_provider};
use tfplugin::value::Value;

use rules::{ELEMENTS, Gate, Kind, PATIENCE, plan, request, serve};

/// The gate, how to hear that it was reached, and how to open it.
fn gate() -> (Gate, Receiver<()>, Sender<()>) {
    let ((begun, reached), (open, go)) = (channel(), channel());
    (Gate { begun, go: Mutex::new(go) }, reached, open)
}

fn half_changed(kind: Kind) -> plan_resource_change::Request {
    request(kind, &kind.rules(0, true), &kind.rules(ELEMENTS / 2, false))
}

fn rules_of(kind: Kind, state: &DynamicValue) -> Vec<Value> {
    let state = Value::from_msgpack(&state.msgpack, &kind.schema().ty()).unwrap();
    state.get("rules").as_elements().unwrap().to_vec()
}

/// How many rules there are, and how many of them have the id that they had.
fn counted(rules: &[Value]) -> (usize, usize) {
    (rules.len(), rules.iter().filter(|rule| rule.get("id").is_set()).count())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_provider_stops_while_a_large_object_is_planned() {
    let (gate, reached, open) = gate();
    let mut client = ProviderClient::connect(serve(Some(gate))).await.unwrap();
    let kind = Kind::Flat;
    let planning = tokio::spawn(plan(client.clone(), half_changed(kind)));
    reached.recv_timeout(10 * PATIENCE).unwrap();

    // Had the plan the thread that serves, this would wait for the gate, which opens only after it.
    let asked = Instant::now();
    let stopped = client.stop_provider(stop_provider::Request {}).await.unwrap();
    assert_eq!(stopped.into_inner().error, "");
    assert!(asked.elapsed() < PATIENCE, "it took {:?}", asked.elapsed());
    open.send(()).unwrap();

    let planned = rules_of(kind, &planning.await.unwrap());
    assert_eq!(counted(&planned), (8_000, 4_000));
    for rule in planned.iter().filter(|rule| rule.get("id").is_set()) {
        let own = format!("id-{}", rule.get("number").as_i64().unwrap());
        assert_eq!(rule.get("id"), &own.into());
    }
}

/// A search would take minutes for each of them.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn elements_of_large_sets_of_every_kind_are_found() {
    let client = ProviderClient::connect(serve(None)).await.unwrap();
    for kind in Kind::ALL {
        let half = plan(client.clone(), half_changed(kind)).await;
        assert_eq!(counted(&rules_of(kind, &half)), (8_000, 4_000), "{kind:?}");
    }
}
