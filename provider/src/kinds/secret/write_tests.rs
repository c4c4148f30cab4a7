//! Against a control plane that answers by a script: what others do in between.

use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use truefoundry_api::{Client, Config};

use super::*;

/// Answers one request after the other, and gives what each was: method, path and body.
async fn serve(answers: Vec<(u16, Json)>) -> (Secrets, tokio::task::JoinHandle<Vec<(String, Json)>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let host = format!("http://{}", listener.local_addr().unwrap());
    let served = tokio::spawn(async move {
        let mut asked = Vec::new();
        for (status, answer) in answers {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut bytes = Vec::new();
            let (head, body) = loop {
                let mut part = [0; 4096];
                let count = stream.read(&mut part).await.unwrap();
                bytes.extend(&part[..count]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                if let Some((head, body)) = text.split_once("\r\n\r\n")
                    && let Ok(body) = serde_json::from_str::<Json>(body)
                {
                    break (head.to_owned(), body);
                }
            };
            let line = head.lines().next().unwrap_or_default().replace("/api/svc/v1", "");
            asked.push((line.trim_end_matches(" HTTP/1.1").to_owned(), body));
            let answer = answer.to_string();
            let length = answer.len();
            let head = format!(
                "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
            );
            stream.write_all(format!("{head}{answer}").as_bytes()).await.unwrap();
        }
        asked
    });
    let client = Client::new(Config::new(host, SecretString::from("tfy_only_for_this_test"))).unwrap();
    (Secrets::new(client), served)
}

/// A whole listing: a page with these keys, and the end.
fn listing(keys: &[&str]) -> Vec<(u16, Json)> {
    let secrets = keys.iter().map(|key| json!({ "id": format!("id-{key}"), "name": key }));
    let page = json!({ "data": secrets.collect::<Vec<_>>() });
    let end = (200, json!({ "data": [] }));
    if keys.is_empty() { vec![end] } else { vec![(200, page), end] }
}

fn group() -> Entity {
    Entity::from_value(json!({ "id": "g", "fqn": "acme:db" })).unwrap()
}

fn sent(asked: &[(String, Json)]) -> Vec<&Json> {
    asked
        .iter()
        .filter(|(line, _)| line == "PUT /secret-groups/g")
        .map(|(_, body)| &body["secrets"])
        .collect()
}

#[tokio::test]
async fn other_keys_are_sent_along_without_values() {
    let answers = [listing(&["a", "b"]), vec![(200, json!({}))], listing(&["a", "b"])].concat();
    let (secrets, served) = serve(answers).await;
    let written = write(&secrets, &group(), "b", &"hush".into()).await.unwrap();
    assert_eq!(written.id(), "id-b");
    let asked = served.await.unwrap();
    assert_eq!(sent(&asked), [&json!([{ "key": "a" }, { "key": "b", "value": "hush" }])]);
}

#[tokio::test]
async fn a_key_that_somebody_else_wrote_away_is_written_again() {
    let answers = [
        listing(&["a"]),
        vec![(200, json!({}))],
        // Somebody who had read the group before us has replaced it.
        listing(&["a", "theirs"]),
        listing(&["a", "theirs"]),
        vec![(200, json!({}))],
        listing(&["a", "theirs", "ours"]),
    ];
    let (secrets, served) = serve(answers.concat()).await;
    let written = write(&secrets, &group(), "ours", &"hush".into()).await.unwrap();
    assert_eq!(written.name(), "ours");
    let asked = served.await.unwrap();
    let second = json!([{ "key": "a" }, { "key": "theirs" }, { "key": "ours", "value": "hush" }]);
    assert_eq!(sent(&asked)[1], &second);
}

#[tokio::test]
async fn a_key_that_is_gone_since_it_was_read_is_no_failure() {
    let refusal = (422, json!({ "statusCode": 422, "message": "the new secret `gone` needs a value" }));
    let answers = [
        listing(&["gone"]),
        vec![refusal],
        listing(&[]),
        listing(&[]),
        vec![(200, json!({}))],
        listing(&["ours"]),
    ];
    let (secrets, served) = serve(answers.concat()).await;
    write(&secrets, &group(), "ours", &"hush".into()).await.unwrap();
    assert_eq!(sent(&served.await.unwrap()).len(), 2);
}

#[tokio::test]
async fn a_refusal_is_told_and_giving_up_says_why() {
    let refusal = (422, json!({ "statusCode": 422, "message": "`key` is too long" }));
    let (secrets, _served) = serve([listing(&[]), vec![refusal], listing(&[])].concat()).await;
    let problem = told(write(&secrets, &group(), "ours", &"hush".into()).await.unwrap_err());
    assert!(problem.starts_with("Failed writing the secret `acme:db:ours`"), "{problem}");
    assert!(problem.contains("`key` is too long"), "{problem}");

    let lost = [listing(&[]), vec![(200, json!({}))], listing(&[])].concat();
    let answers = (0..ATTEMPTS).flat_map(|_| lost.clone()).collect();
    let (secrets, _served) = serve(answers).await;
    let problem = told(write(&secrets, &group(), "ours", &"hush".into()).await.unwrap_err());
    assert_eq!(
        problem,
        "Failed writing the secret `ours` of the group `acme:db`: Somebody else wrote secrets of the group at the same \
         time, 5 times in a row, and the API replaces all of a group at once.\n\nhint: find out who else writes this \
         group, look whether its other secrets are still there, and run again."
    );
    assert!(!problem.contains("hush"));
}

/// What the user is told.
fn told(trouble: Trouble) -> String {
    trouble.told("writing the secret `acme:db:ours`").iter().map(ToString::to_string).collect()
}
