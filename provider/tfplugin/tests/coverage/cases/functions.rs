//! Functions.

use serde_json::{Value as Json, json};

use crate::client::{Client, UNKNOWN, dv, value};
use crate::table::{Cancelled, Error, Happy, Null, Table, Unknown, abandoned};

fn of(what: Json, how: Json) -> Json {
    json!({ "name": "shout", "arguments": [dv(&what), dv(&how)] })
}

fn told(answer: &Json, text: &str, argument: Option<i64>) {
    assert_eq!(answer["error"]["text"], text);
    assert_eq!(answer["error"]["function_argument"].as_i64(), argument);
    assert!(answer["result"].is_null());
}

pub(crate) async fn run(c: &Client, t: &mut Table) {
    let method = "CallFunction";
    t.case(method, Happy, "gives the result", async {
        assert_eq!(value(&c.call(method, of("hear".into(), "?".into())).await["result"]), "HEAR?");
    })
    .await;
    t.case(
        method,
        Error,
        "names the argument at fault; a panic and a wrong number of arguments are told",
        async {
            told(&c.call(method, of("".into(), "!".into())).await, "nothing to shout", Some(0));
            let shown = r"\u{1b}[8m***\u{202e}";
            told(&c.call(method, of("echoes".into(), "!".into())).await, shown, None);
            let answer = c.call(method, of("panics".into(), "!".into())).await;
            assert!(answer["error"]["text"].as_str().unwrap().contains("too loud"));
            let few = json!({ "name": "shout", "arguments": [] });
            told(&c.call(method, few).await, "2 arguments are required", None);
            told(&c.call(method, json!({ "name": "none" })).await, "there is no function `none`", None);
            let many =
                json!({ "name": "shout", "arguments": [dv(&"a".into()), dv(&"!".into()), dv(&"?".into())] });
            told(&c.call(method, many).await, "there are too many arguments", Some(2));
            let wrong = of(json!(["x"]), "!".into());
            assert_eq!(c.call(method, wrong).await["error"]["function_argument"], 0);
        },
    )
    .await;
    t.case(method, Unknown, "an argument that must be known is told", async {
        told(&c.call(method, of(UNKNOWN.into(), "!".into())).await, "it must be known", Some(0));
    })
    .await;
    t.case(method, Null, "arrives where the parameter allows it, and is told where not", async {
        assert_eq!(value(&c.call(method, of("a".into(), Json::Null)).await["result"]), "A!");
        told(&c.call(method, of(Json::Null, Json::Null)).await, "it must not be null", Some(0));
    })
    .await;
    t.case(
        method,
        Cancelled,
        "an abandoned call does no harm",
        abandoned(c, method, of("a".into(), "!".into())),
    )
    .await;
}
