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
    t.case(
        method,
        Null,
        "arrives where the parameter allows it, and is told where not, within an argument too",
        async {
            assert_eq!(value(&c.call(method, of("a".into(), Json::Null)).await["result"]), "A!");
            told(&c.call(method, of(Json::Null, Json::Null)).await, "it must not be null", Some(0));
            null_elements(c).await;
        },
    )
    .await;
    t.case(
        method,
        Cancelled,
        "an abandoned call does no harm",
        abandoned(c, method, of("a".into(), "!".into())),
    )
    .await;
}

async fn null_elements(c: &Client) {
    let count = async |texts: Json, inside: Json, holed: &[Json]| {
        let mut arguments = vec![dv(&texts), dv(&inside)];
        arguments.extend(holed.iter().map(dv));
        c.call("CallFunction", json!({ "name": "tally", "arguments": arguments })).await
    };
    let none = || json!({ "set": null, "map": null });
    // An attribute of an object, and what the function has a meaning for.
    let taken = count(json!(["a"]), none(), &[json!(["b", null]), json!([null])]).await;
    assert_eq!(value(&taken["result"]), 4);
    told(&count(json!(["a", null]), none(), &[]).await, "`texts[1]` must not be null", Some(0));
    let map = json!({ "set": [], "map": { "k": ["a", null], "l": null } });
    told(&count(json!([]), map, &[]).await, "`inside.map[\"k\"][1]` must not be null", Some(1));
    let set = json!({ "set": ["a", null], "map": {} });
    told(&count(json!([]), set, &[]).await, "`inside.set` must not have a null element", Some(1));
    told(&count(json!([]), none(), &[json!([]), Json::Null]).await, "it must not be null", Some(3));
}
