use serde_json::json;

use super::super::tests::{attribute, infrastructure, row};
use super::*;
use crate::diag::Diagnostic;

fn since(day: &str, is_new: bool) -> Since {
    Since { time: format!("{day}T09:00:00Z"), is_new }
}

fn report(parts: Vec<Part>, gone: Vec<Gone>) -> Report {
    Report {
        dir: "infra".to_owned(),
        time: "2026-11-29T09:00:00Z".to_owned(),
        last: Some("2026-11-28T09:00:00Z".to_owned()),
        parts,
        gone,
        interrupted: false,
    }
}

fn gone() -> Gone {
    Gone {
        part: "cluster".to_owned(),
        kind: Kind::Aws,
        what: "aws_eks_cluster.this".to_owned(),
        change: "changed outside".to_owned(),
        since: "2026-11-27T09:00:00Z".to_owned(),
    }
}

fn some_of_everything() -> Report {
    let mut vpc = row("module.network.aws_vpc.this");
    vpc.layer = Some("network".to_owned());
    vpc.since = since("2026-11-28", false);
    vpc.apply = Some(NextApply::PutsBackSome);
    let mut adopted = attribute("limit");
    adopted.apply = Some(NextApply::Adopts);
    adopted.was = Value::Shown(Json::Null);
    adopted.is = Value::Shown("x".repeat(100).into());
    let mut secret = attribute("password");
    (secret.was, secret.is) = (Value::Hidden, Value::Hidden);
    vpc.attributes = vec![attribute("tags.owner"), adopted, secret];
    let mut workspace = row("truefoundry_workspace.search");
    workspace.kind = Kind::ControlPlane;
    workspace.layer = Some("platform".to_owned());
    workspace.change = "deleted outside".to_owned();
    workspace.apply = Some(NextApply::MakesAgain);
    workspace.since = since("2026-11-29", true);
    let mut file = row("network/main.tf");
    file.kind = Kind::Code;
    (file.layer, file.apply) = (None, None);
    file.change = "edited by hand".to_owned();
    file.next = "generate".to_owned();
    file.since = since("2026-11-29", true);
    let why = Diagnostic::new("layer `data`: No valid credential sources found").hint("sign in to AWS");
    let mut data = Part::dark("data", crate::diag::Report::single(why));
    data.since = since("2026-11-29", true);
    let mut code = infrastructure("code", vec![file]);
    code.since = since("2026-11-29", true);
    let parts =
        vec![code, infrastructure("network", vec![vpc]), data, infrastructure("platform", vec![workspace])];
    report(parts, vec![gone()])
}

#[test]
fn for_people() {
    let report = some_of_everything();
    insta::assert_snapshot!(format!("{}{}", report.text(), report.summary()), @r#"
    drift          layer     what                          change           next apply            since
    -------------  --------  ----------------------------  ---------------  --------------------  ----------
    code           -         network/main.tf               edited by hand   -                     new
    aws            network   module.network.aws_vpc.this   changed outside  puts some of it back  2026-11-28
        tags.owner: "the value before" -> "the value after" (the next apply puts it back)
        limit: (none) -> "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx... (the next apply adopts it)
        password: another value, which is sensitive (the next apply puts it back)
    control plane  platform  truefoundry_workspace.search  deleted outside  makes it again        new
    not seen       data      all of it                     could not look   -                     new
        layer `data`: No valid credential sources found
    gone: aws, cluster: aws_eks_cluster.this (changed outside), first seen on 2026-11-27
    next: generate
    next: put it back
    next: sign in to AWS
    `infra`: 3 drifted, 2 of them new; 1 could not be looked at, or not all of it; 1 gone since 2026-11-28
    "#);
}

#[test]
fn for_machines() {
    let report = some_of_everything();
    insta::assert_snapshot!(serde_json::to_string_pretty(&report.json()).unwrap(), @r#"
    {
      "directory": "infra",
      "looked_at": "2026-11-29T09:00:00Z",
      "looked_before_at": "2026-11-28T09:00:00Z",
      "drift": true,
      "complete": false,
      "parts": [
        "code",
        "network",
        "data",
        "platform"
      ],
      "rows": [
        {
          "kind": "code",
          "layer": null,
          "what": "network/main.tf",
          "change": "edited by hand",
          "attributes": [],
          "next_apply": null,
          "next": "generate",
          "first_seen": "2026-11-29T09:00:00Z",
          "new": true
        },
        {
          "kind": "aws",
          "layer": "network",
          "what": "module.network.aws_vpc.this",
          "change": "changed outside",
          "attributes": [
            {
              "path": "tags.owner",
              "was": {
                "value": "the value before"
              },
              "is": {
                "value": "the value after"
              },
              "next_apply": "puts-back",
              "first_seen": "",
              "new": false
            },
            {
              "path": "limit",
              "was": {
                "value": null
              },
              "is": {
                "value": "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
              },
              "next_apply": "adopts",
              "first_seen": "",
              "new": false
            },
            {
              "path": "password",
              "was": {
                "sensitive": true
              },
              "is": {
                "sensitive": true
              },
              "next_apply": "puts-back",
              "first_seen": "",
              "new": false
            }
          ],
          "next_apply": "puts-back-some",
          "next": "put it back",
          "first_seen": "2026-11-28T09:00:00Z",
          "new": false
        },
        {
          "kind": "control-plane",
          "layer": "platform",
          "what": "truefoundry_workspace.search",
          "change": "deleted outside",
          "attributes": [],
          "next_apply": "makes-again",
          "next": "put it back",
          "first_seen": "2026-11-29T09:00:00Z",
          "new": true
        }
      ],
      "could_not_look": [
        {
          "part": "data",
          "all_of_it": true,
          "problems": [
            {
              "message": "layer `data`: No valid credential sources found",
              "place": null,
              "note": null,
              "hint": "sign in to AWS"
            }
          ],
          "first_seen": "2026-11-29T09:00:00Z",
          "new": true
        }
      ],
      "gone": [
        {
          "part": "cluster",
          "kind": "aws",
          "what": "aws_eks_cluster.this",
          "change": "changed outside",
          "first_seen": "2026-11-27T09:00:00Z"
        }
      ]
    }
    "#);
    assert!((report.has_drift(), report.is_complete()) == (true, false));
}

#[test]
fn in_one_line() {
    let dark = || Part::dark("data", crate::diag::Report::single(Diagnostic::new("no credentials")));
    let quiet = || infrastructure("code", Vec::new());
    let one = || infrastructure("network", vec![row("aws_vpc.this")]);
    let lines = [
        report(vec![quiet(), infrastructure("network", Vec::new())], Vec::new()),
        report(vec![quiet(), dark()], Vec::new()),
        report(vec![quiet(), one()], Vec::new()),
        report(vec![quiet(), one(), one(), dark()], Vec::new()),
        report(vec![quiet()], vec![gone()]),
    ]
    .map(|report| report.summary());
    insta::assert_snapshot!(lines.join("\n"), @r"
    `infra`: no drift; the code and 1 layers were looked at
    `infra`: no drift in 1 of 2 that were to be looked at; 1 could not be looked at, or not all of it
    `infra`: 1 drifted, 0 of it new
    `infra`: 2 drifted, 0 of them new; 1 could not be looked at, or not all of it
    `infra`: no drift; the code and 0 layers were looked at; 1 gone since 2026-11-28
    ");
}

#[test]
fn nothing_from_outside_reaches_the_terminal_as_it_is() {
    let mut part = infrastructure("data", vec![row("aws_a.this[\"\u{1b}[31m\"]")]);
    part.rows[0].attributes = vec![attribute("tags.x")];
    part.rows[0].attributes[0].is = Value::Shown(json!("\u{1b}[31m"));
    let text = report(vec![part], Vec::new()).text();
    assert!(!text.contains('\u{1b}'), "{text}");
}
