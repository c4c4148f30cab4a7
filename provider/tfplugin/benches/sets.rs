//! How long the plan of a large set takes, and how long a request to stop waits beside it: `cargo bench -p tfplugin`. Over the
//! transport, with a server that has one thread, as a provider's process. Nothing enforces what it shows.

#![expect(clippy::unwrap_used, reason = "a step that fails ends the measurement")]

#[path = "../tests/large/rules.rs"]
mod rules;

use std::io::Write as _;
use std::time::{Duration, Instant};

use tfplugin::proto::tfplugin6::provider_client::ProviderClient;
use tfplugin::proto::tfplugin6::stop_provider;
use tonic::transport::Channel;

use rules::{ELEMENTS, Kind, plan, request, serve};

const ROUNDS: usize = 5;

fn main() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let client = ProviderClient::connect(serve(None)).await.unwrap();
        let mut out = std::io::stdout();
        writeln!(out, "{ELEMENTS} elements, medians of {ROUNDS}: plan, longest wait of a request to stop")
            .unwrap();
        for kind in Kind::ALL {
            for (what, first) in
                [("none changed", 0), ("half changed", ELEMENTS / 2), ("all changed", ELEMENTS)]
            {
                let mut times = Vec::new();
                for _ in 0..ROUNDS {
                    times.push(measured(&client, kind, first).await);
                }
                times.sort();
                let (plan, stop) = times[ROUNDS / 2];
                let [plan, stop] = [plan, stop].map(|time| time.as_secs_f64() * 1000.0);
                writeln!(out, "{:<14} {what:<13} {plan:>8.1} ms {stop:>8.1} ms", kind.name()).unwrap();
            }
        }
    });
}

async fn measured(client: &ProviderClient<Channel>, kind: Kind, first: i64) -> (Duration, Duration) {
    let request = request(kind, &kind.rules(0, true), &kind.rules(first, false));
    let started = Instant::now();
    let planning = tokio::spawn(plan(client.clone(), request));
    let mut longest = Duration::ZERO;
    while !planning.is_finished() {
        let asked = Instant::now();
        client.clone().stop_provider(stop_provider::Request {}).await.unwrap();
        longest = longest.max(asked.elapsed());
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    planning.await.unwrap();
    (started.elapsed(), longest)
}
