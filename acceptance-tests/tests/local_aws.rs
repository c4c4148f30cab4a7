//! The local AWS as the harness uses it; its own tests are beside it, in Python.

use acceptance_tests::{LocalAws, scratch};
use anyhow::Result;
use serde_json::json;

#[test]
fn what_it_holds_is_counted_and_forgotten() -> Result<()> {
    let folder = scratch::folder("local-aws")?;
    let aws = LocalAws::start(&folder.join("local-aws.log"))?;
    assert_eq!(aws.inventory()?["objects"], 0, "{}", aws.inventory()?);
    aws.create_bucket("us-east-1", "a-bucket")?;
    aws.json_call(
        "eu-west-1",
        "secretsmanager",
        "secretsmanager.CreateSecret",
        "1.1",
        &json!({ "Name": "acme/tfy-agent", "SecretString": "text", "ClientRequestToken": "0123456789abcdef0123456789abcdef" }),
    )?;
    assert_eq!(aws.inventory()?["objects"], 2, "{}", aws.inventory()?);
    assert_eq!(aws.secret("eu-west-1", "acme/tfy-agent")?, "text");
    // Regions are kept apart.
    let absent = aws.secret("us-east-1", "acme/tfy-agent").map(drop).unwrap_err();
    assert!(format!("{absent:#}").contains("ResourceNotFoundException"), "{absent:#}");
    aws.reset()?;
    assert_eq!(aws.inventory()?["objects"], 0, "{}", aws.inventory()?);
    Ok(())
}
