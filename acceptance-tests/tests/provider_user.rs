//! `truefoundry_user`, with real Terraform against the sandbox.

use acceptance_tests::Scratch;
use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

const ADDRESS: &str = "truefoundry_user.this";

fn user(email: &str, rest: &str) -> String {
    format!("resource \"truefoundry_user\" \"this\" {{\n  email = \"{email}\"\n{rest}}}\n")
}

fn find(scratch: &Scratch, email: &str) -> Result<Option<Value>> {
    let listed = scratch.sandbox.get("/api/svc/v1/users?limit=100&offset=0")?;
    let users = listed["data"].as_array().context("no list")?;
    Ok(users.iter().find(|user| user["email"] == email).cloned())
}

#[test]
fn lifecycle() -> Result<()> {
    let first = user("ada@acme.example", "");
    let scratch = Scratch::new("user-lifecycle", &first)?;
    // A user that was just registered is listed later.
    scratch.sandbox.switches(&json!({ "hidden_reads": 1 }))?;
    scratch.apply(&first)?;
    scratch.sandbox.switches(&json!({ "hidden_reads": 0 }))?;
    assert_eq!(scratch.terraform.values(ADDRESS)?["active"], true);

    let admin = user("ada@acme.example", "  role = \"admin\"\n");
    assert_eq!(scratch.planned(&admin, ADDRESS)?, ["update"]);
    scratch.apply(&admin)?;
    let found = find(&scratch, "ada@acme.example")?.context("no user")?;
    assert_eq!(found["roles"], json!(["admin"]));

    // A role that was changed elsewhere is put right; another spelling of the address is the same.
    let member = json!({ "email": "ada@acme.example", "roles": ["member"] });
    scratch.sandbox.request("PATCH", "/api/svc/v1/users/roles", Some(&member))?;
    let respelt = user("Ada@acme.example", "  role = \"admin\"\n");
    assert_eq!(scratch.planned(&respelt, ADDRESS)?, ["update"]);
    scratch.apply(&respelt)?;
    scratch.reimport(ADDRESS, "ada@acme.example")?;

    let other = user("grace@acme.example", "");
    assert_eq!(scratch.planned(&other, ADDRESS)?, ["delete", "create"]);
    scratch.apply(&other)?;
    ensure!(find(&scratch, "ada@acme.example")?.is_none(), "the old user is still there");
    scratch.terraform.destroy()?;
    ensure!(find(&scratch, "grace@acme.example")?.is_none(), "the user is still there");
    Ok(())
}

#[test]
fn an_existing_user_is_not_taken_over_and_one_in_use_is_kept() -> Result<()> {
    let scratch = Scratch::new("user-existing", "")?;
    let register = json!({ "email": "ada@acme.example" });
    scratch.sandbox.post("/api/svc/v1/users/register", Some(&register))?;
    scratch.write(&user("ada@acme.example", ""))?;
    let message = scratch.terraform.fail(&["apply", "-no-color", "-auto-approve"])?.message();
    assert!(message.contains("exists already") && message.contains("import"), "{message}");

    scratch.terraform.succeed(&["import", "-no-color", ADDRESS, "ada@acme.example"])?;
    scratch.terraform.expect_no_changes()?;
    let team = json!({ "type": "team", "name": "search", "members": ["ada@acme.example"] });
    scratch.sandbox.request("PUT", "/api/svc/v1/teams", Some(&json!({ "manifest": team })))?;
    let message = scratch.terraform.fail(&["destroy", "-no-color", "-auto-approve"])?.message();
    assert!(message.contains("in use by team `search`"), "{message}");
    Ok(())
}

#[test]
fn a_role_that_was_not_given_is_told() -> Result<()> {
    let plain = user("ada@acme.example", "");
    let mut scratch = Scratch::new("user-role", &plain)?;
    scratch.terraform = scratch.terraform.with([("TFY_TEST_PAUSES_DIVIDED_BY".to_owned(), "50".to_owned())]);
    scratch.apply(&plain)?;
    let admin = user("ada@acme.example", "  role = \"admin\"\n");
    scratch.write(&admin)?;
    let maintenance = json!({ "message": "maintenance" });
    let rule = json!([{ "match": { "method": "PATCH", "path": "/users/roles" }, "status": 200, "body": maintenance }]);
    scratch.sandbox.faults(&rule)?;
    let message = scratch.terraform.fail(&["apply", "-no-color", "-auto-approve"])?.message();
    assert!(message.contains("the user has not the role `admin` afterwards"), "{message}");
    scratch.apply(&admin)?;
    let found = find(&scratch, "ada@acme.example")?.context("no user")?;
    assert_eq!(found["roles"], json!(["admin"]));
    Ok(())
}
