//! Every way that the search knows: whoever has just the rights that it takes is found to be up, and whoever lacks one of them is not.

use std::collections::BTreeSet;
use std::path::Path;

use acceptance_tests::Judge;
use acceptance_tests::judge::climb::{World, climb};
use acceptance_tests::judge::{Account, Line, Lists, Things};
use anyhow::{Context as _, Result};
use fs_err as fs;
use serde_json::{Value, json};

const NUMBER: &str = "123456789012";

/// What one has, what is there beside, and the last step of the way.
struct Case {
    rights: &'static [&'static str],
    things: &'static [(&'static str, &'static str, &'static str)],
    last: &'static str,
}

const fn case(rights: &'static [&'static str], last: &'static str) -> Case {
    Case { rights, things: &[], last }
}

const fn with(
    rights: &'static [&'static str],
    things: &'static [(&'static str, &'static str, &'static str)],
    last: &'static str,
) -> Case {
    Case { rights, things, last }
}

const INSTANCE: (&str, &str, &str) =
    ("machine", "instance", "arn:aws:ec2:us-east-1:123456789012:instance/i-0123456789abcdef0");
const FUNCTION: (&str, &str, &str) =
    ("function", "function", "arn:aws:lambda:us-east-1:123456789012:function:work");
const CLUSTER: (&str, &str, &str) = ("cluster", "cluster", "arn:aws:eks:us-east-1:123456789012:cluster/work");
const KEY: (&str, &str, &str) =
    ("key", "key", "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000");
const BUCKET: (&str, &str, &str) = ("bucket", "bucket", "arn:aws:s3:::work");
const SECRET: (&str, &str, &str) =
    ("secret", "secret", "arn:aws:secretsmanager:us-east-1:123456789012:secret:work-0a1b2c");
const TEMPLATE: (&str, &str, &str) =
    ("template", "launch-template", "arn:aws:ec2:us-east-1:123456789012:launch-template/lt-0a");
const STACK: (&str, &str, &str) =
    ("stack", "stack", "arn:aws:cloudformation:us-east-1:123456789012:stack/work/1");
const PROJECT: (&str, &str, &str) =
    ("project", "project", "arn:aws:codebuild:us-east-1:123456789012:project/work");
const ISSUER: (&str, &str, &str) =
    ("issuer", "oidc-provider", "arn:aws:iam::123456789012:oidc-provider/issuer.example");

const CASES: &[Case] = &[
    // Policies of one's own.
    case(&["iam:CreatePolicyVersion"], "iam:CreatePolicyVersion on the policy held, which climber has"),
    case(
        &["iam:SetDefaultPolicyVersion"],
        "iam:SetDefaultPolicyVersion on the policy held, which climber has",
    ),
    case(&["iam:PutRolePolicy"], "iam:PutRolePolicy on the role climber"),
    case(&["iam:AttachRolePolicy"], "iam:AttachRolePolicy on the role climber"),
    // Other roles.
    case(&["iam:UpdateAssumeRolePolicy"], "sts:AssumeRole on the role top"),
    case(&["iam:DeleteRolePermissionsBoundary"], "sts:AssumeRole on the role bounded"),
    case(&["iam:PutRolePermissionsBoundary"], "sts:AssumeRole on the role bounded"),
    case(
        &["iam:CreateRole", "iam:PutRolePolicy on acme-dev-new"],
        "sts:AssumeRole on the role acme-dev-new-0",
    ),
    // Users.
    case(&["iam:CreateAccessKey"], "iam:CreateAccessKey on the user person"),
    case(&["iam:CreateLoginProfile"], "iam:CreateLoginProfile on the user person"),
    case(&["iam:UpdateLoginProfile"], "iam:UpdateLoginProfile on the user person"),
    case(
        &["iam:CreateUser", "iam:AttachUserPolicy on acme-dev-new", "iam:CreateAccessKey on acme-dev-new"],
        "iam:CreateAccessKey on the user acme-dev-new-0",
    ),
    case(
        &["iam:CreateAccessKey on guest", "iam:AddUserToGroup"],
        "iam:AddUserToGroup on the group people, with guest",
    ),
    case(
        &["iam:CreateAccessKey on guest", "iam:PutGroupPolicy"],
        "iam:PutGroupPolicy on the group guests, with guest",
    ),
    case(
        &["iam:CreateAccessKey on guest", "iam:AttachGroupPolicy"],
        "iam:AttachGroupPolicy on the group guests, with guest",
    ),
    // Roles handed to services.
    case(
        &["iam:PassRole", "ec2:RunInstances"],
        "iam:PassRole on the role top to ec2.amazonaws.com with ec2:RunInstances",
    ),
    case(
        &["iam:PassRole", "iam:AddRoleToInstanceProfile"],
        "iam:PassRole on the role top to ec2.amazonaws.com with iam:AddRoleToInstanceProfile",
    ),
    case(
        &["iam:PassRole", "ec2:AssociateIamInstanceProfile"],
        "iam:PassRole on the role top to ec2.amazonaws.com with ec2:AssociateIamInstanceProfile",
    ),
    case(
        &["iam:PassRole", "ec2:ReplaceIamInstanceProfileAssociation"],
        "iam:PassRole on the role top to ec2.amazonaws.com with ec2:ReplaceIamInstanceProfileAssociation",
    ),
    case(
        &["iam:PassRole", "eks:CreateNodegroup"],
        "iam:PassRole on the role top to eks.amazonaws.com with eks:CreateNodegroup",
    ),
    case(
        &["iam:PassRole", "eks:CreatePodIdentityAssociation"],
        "iam:PassRole on the role top to pods.eks.amazonaws.com with eks:CreatePodIdentityAssociation",
    ),
    case(
        &["iam:PassRole", "lambda:CreateFunction"],
        "iam:PassRole on the role top to lambda.amazonaws.com with lambda:CreateFunction",
    ),
    case(
        &["iam:PassRole", "ecs:RunTask"],
        "iam:PassRole on the role top to ecs-tasks.amazonaws.com with ecs:RunTask",
    ),
    case(
        &["iam:PassRole", "batch:RegisterJobDefinition"],
        "iam:PassRole on the role top to ecs-tasks.amazonaws.com with batch:RegisterJobDefinition",
    ),
    case(
        &["iam:PassRole", "cloudformation:CreateStack"],
        "iam:PassRole on the role top to cloudformation.amazonaws.com with cloudformation:CreateStack",
    ),
    case(
        &["iam:PassRole", "codebuild:CreateProject"],
        "iam:PassRole on the role top to codebuild.amazonaws.com with codebuild:CreateProject",
    ),
    case(
        &["iam:PassRole", "glue:CreateJob"],
        "iam:PassRole on the role top to glue.amazonaws.com with glue:CreateJob",
    ),
    case(
        &["iam:PassRole", "sagemaker:CreateNotebookInstance"],
        "iam:PassRole on the role top to sagemaker.amazonaws.com with sagemaker:CreateNotebookInstance",
    ),
    case(
        &["iam:PassRole", "sagemaker:CreateTrainingJob"],
        "iam:PassRole on the role top to sagemaker.amazonaws.com with sagemaker:CreateTrainingJob",
    ),
    case(
        &["iam:PassRole", "sagemaker:CreateProcessingJob"],
        "iam:PassRole on the role top to sagemaker.amazonaws.com with sagemaker:CreateProcessingJob",
    ),
    case(
        &["iam:PassRole", "states:CreateStateMachine"],
        "iam:PassRole on the role top to states.amazonaws.com with states:CreateStateMachine",
    ),
    case(
        &["iam:PassRole", "scheduler:CreateSchedule"],
        "iam:PassRole on the role top to scheduler.amazonaws.com with scheduler:CreateSchedule",
    ),
    case(
        &["iam:PassRole", "events:PutTargets"],
        "iam:PassRole on the role top to events.amazonaws.com with events:PutTargets",
    ),
    case(
        &["iam:PassRole", "ssm:StartAutomationExecution"],
        "iam:PassRole on the role top to ssm.amazonaws.com with ssm:StartAutomationExecution",
    ),
    case(
        &["iam:PassRole", "ssm:CreateActivation"],
        "iam:PassRole on the role top to ssm.amazonaws.com with ssm:CreateActivation",
    ),
    case(
        &["iam:PassRole", "rds:AddRoleToDBInstance"],
        "iam:PassRole on the role top to rds.amazonaws.com with rds:AddRoleToDBInstance",
    ),
    case(
        &["iam:PassRole", "datapipeline:CreatePipeline"],
        "iam:PassRole on the role top to datapipeline.amazonaws.com with datapipeline:CreatePipeline",
    ),
    case(
        &["iam:PassRole", "rolesanywhere:CreateProfile"],
        "iam:PassRole on the role top to rolesanywhere.amazonaws.com with rolesanywhere:CreateProfile",
    ),
    // What runs as a role.
    with(&["ssm:SendCommand"], &[INSTANCE], "ssm:SendCommand on machine, which acts as top"),
    with(&["ssm:StartSession"], &[INSTANCE], "ssm:StartSession on machine, which acts as top"),
    with(
        &["ec2:ModifyInstanceAttribute"],
        &[INSTANCE],
        "ec2:ModifyInstanceAttribute on machine, which acts as top",
    ),
    with(
        &["ec2-instance-connect:SendSSHPublicKey"],
        &[INSTANCE],
        "ec2-instance-connect:SendSSHPublicKey on machine, which acts as top",
    ),
    with(
        &["ec2:CreateLaunchTemplateVersion"],
        &[TEMPLATE],
        "ec2:CreateLaunchTemplateVersion on template, which acts as top",
    ),
    with(
        &["lambda:UpdateFunctionCode"],
        &[FUNCTION],
        "lambda:UpdateFunctionCode on function, which acts as top",
    ),
    with(
        &["lambda:UpdateFunctionConfiguration"],
        &[FUNCTION],
        "lambda:UpdateFunctionConfiguration on function, which acts as top",
    ),
    with(&["cloudformation:UpdateStack"], &[STACK], "cloudformation:UpdateStack on stack, which acts as top"),
    with(
        &["cloudformation:CreateChangeSet"],
        &[STACK],
        "cloudformation:CreateChangeSet on stack, which acts as top",
    ),
    with(&["codebuild:StartBuild"], &[PROJECT], "codebuild:StartBuild on project, which acts as top"),
    with(&["codebuild:UpdateProject"], &[PROJECT], "codebuild:UpdateProject on project, which acts as top"),
    with(
        &["eks:CreateAccessEntry", "eks:AssociateAccessPolicy"],
        &[CLUSTER],
        "eks:CreateAccessEntry on cluster, which acts as top",
    ),
    with(
        &["iam:AddClientIDToOpenIDConnectProvider"],
        &[ISSUER],
        "iam:AddClientIDToOpenIDConnectProvider on issuer, which acts as top",
    ),
    with(
        &["iam:UpdateOpenIDConnectProviderThumbprint"],
        &[ISSUER],
        "iam:UpdateOpenIDConnectProviderThumbprint on issuer, which acts as top",
    ),
    // Policies of things.
    with(&["kms:PutKeyPolicy"], &[KEY], "kms:PutKeyPolicy on key"),
    with(&["kms:CreateGrant"], &[KEY], "kms:CreateGrant on key"),
    with(&["s3:PutBucketPolicy"], &[BUCKET], "s3:PutBucketPolicy on bucket"),
    with(&["secretsmanager:PutResourcePolicy"], &[SECRET], "secretsmanager:PutResourcePolicy on secret"),
    // Tags that bring a thing into reach.
    with(
        &["ec2:TerminateInstances if ours", "ec2:CreateTags"],
        &[INSTANCE],
        "ec2:CreateTags on machine, with platform=acme-dev",
    ),
    with(
        &["kms:Decrypt if ours", "kms:TagResource"],
        &[KEY],
        "kms:TagResource on key, with platform=acme-dev",
    ),
    with(
        &["secretsmanager:GetSecretValue if ours", "secretsmanager:TagResource"],
        &[SECRET],
        "secretsmanager:TagResource on secret, with platform=acme-dev",
    ),
    case(&["iam:UpdateAssumeRolePolicy if ours", "iam:TagRole"], "sts:AssumeRole on the role top"),
];

/// A statement for each right; ` if ours`: only on what has our tag, ` on NAME`: only on roles and users whose names begin so.
fn statements(rights: &[&str]) -> Value {
    let statement = |right: &&str| {
        let mut statement = json!({ "Effect": "Allow", "Action": right, "Resource": "*" });
        if let Some(action) = right.strip_suffix(" if ours") {
            statement["Action"] = json!(action);
            statement["Condition"] = json!({ "StringEquals": { "aws:ResourceTag/platform": "acme-dev" } });
        } else if let Some((action, name)) = right.split_once(" on ") {
            statement["Action"] = json!(action);
            let kinds = ["role", "user"].map(|kind| format!("arn:aws:iam::{NUMBER}:{kind}/{name}*"));
            statement["Resource"] = json!(kinds);
        }
        statement
    };
    rights.iter().map(statement).collect()
}

fn document(statements: &Value) -> Value {
    json!({ "Version": "2012-10-17", "Statement": statements })
}

fn account(rights: &[&str]) -> Result<Account> {
    let everything = document(&json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }]));
    let nothing =
        document(&json!([{ "Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*" }]));
    let arn = |what: &str| format!("arn:aws:iam::{NUMBER}:{what}");
    let services: Vec<String> = [
        "cloudformation",
        "codebuild",
        "datapipeline",
        "ec2",
        "ecs-tasks",
        "events",
        "glue",
        "lambda",
        "pods.eks",
        "rds",
        "rolesanywhere",
        "sagemaker",
        "scheduler",
        "ssm",
        "states",
    ]
    .map(|service| format!("{service}.amazonaws.com"))
    .to_vec();
    let trust = |principal: Value| {
        document(&json!([{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal }]))
    };
    let role = |name: &str, trust: Value, boundary: Value, inline: &Value, attached: Value| json!({ "arn": arn(&format!("role/{name}")), "tags": {}, "trust": trust, "boundary": boundary, "inline": { "own": inline }, "attached": attached });
    let (climber, boundary) = (arn("role/climber"), arn("policy/boundary"));
    let told = json!({
        "roles": [
            role("climber", trust(json!({ "Service": "ec2.amazonaws.com" })), Value::Null, &document(&statements(rights)), json!([arn("policy/held")])),
            role("top", trust(json!({ "Service": services })), Value::Null, &everything, json!([])),
            role("bounded", trust(json!({ "AWS": climber })), json!(boundary), &everything, json!([])),
        ],
        "users": [
            { "arn": arn("user/person"), "tags": {}, "trust": null, "boundary": null, "inline": {}, "attached": [] },
            { "arn": arn("user/guest"), "tags": {}, "trust": null, "boundary": null, "inline": {}, "attached": [] },
        ],
        "groups": [
            { "arn": arn("group/people"), "users": [arn("user/person")], "inline": { "all": everything }, "attached": [] },
            { "arn": arn("group/guests"), "users": [arn("user/guest")], "inline": {}, "attached": [] },
        ],
        "policies": {
            arn("policy/held"): { "documents": [nothing, everything], "tags": {} },
            boundary: { "documents": [nothing], "tags": {} },
        },
    });
    Account::from_json(&told, NUMBER)
}

/// What nobody comes to: the account, and the things themselves.
fn beyond(things: &[(&str, &str, &str)], folder: &Path) -> Result<Vec<Line>> {
    let line = |action: &str, on: &str| {
        json!({ "who": "anybody", "do": action, "on": on, "is": "denied", "why": "beyond" }).to_string()
    };
    let mut lines = vec![line("organizations:LeaveOrganization", "*")];
    for (name, kind, _) in things {
        match *kind {
            "bucket" => lines.push(line("s3:ListBucket", name)),
            "instance" => lines.push(line("ec2:TerminateInstances", name)),
            "key" => lines.push(line("kms:Decrypt", name)),
            "secret" => lines.push(line("secretsmanager:GetSecretValue", name)),
            _ => {}
        }
    }
    let file = folder.join("beyond.jsonl");
    fs::write(&file, lines.join("\n"))?;
    Ok(Lists::read(&file)?.0)
}

/// The last steps of all ways.
fn ends(judge: &mut Judge, rights: &[&str], things: &[(&str, &str, &str)]) -> Result<BTreeSet<String>> {
    let folder = tempfile::tempdir()?;
    let account = account(rights)?;
    let thing = |(name, kind, arn): &(&str, &str, &str)| {
        json!({ "thing": name, "kind": kind, "arn": arn, "roles": ["top"] }).to_string()
    };
    let file = folder.path().join("things.jsonl");
    fs::write(&file, things.iter().map(thing).collect::<Vec<_>>().join("\n"))?;
    let there = Things::read(&file, &account)?;
    let ours = [("platform".to_owned(), "acme-dev".to_owned())];
    let (name, region) = ("acme-dev".to_owned(), "us-east-1".to_owned());
    let world = World { account: &account, things: &there, tags: vec![ours.into()], name, region };
    let beyond = beyond(things, folder.path())?;
    let found = climb(judge, &world, account.named("climber")?, &beyond, 5)?;
    assert_eq!(found.at_first, [] as [String; 0], "{rights:?}");
    found.ways.iter().map(|way| way.steps.last().cloned().context("a way without steps")).collect()
}

#[test]
fn each_known_way_is_found_and_not_without_its_rights() -> Result<()> {
    let mut judge = Judge::start()?;
    for Case { rights, things, last } in CASES {
        let found = ends(&mut judge, rights, things)?;
        assert!(found.contains(*last), "{rights:?} leads to {found:?}, and not by `{last}`");
        for missing in *rights {
            let fewer = rights.iter().filter(|right| *right != missing).copied();
            let fewer: Vec<&str> = fewer.chain(["sts:GetCallerIdentity"]).collect();
            let found = ends(&mut judge, &fewer, things)?;
            assert!(!found.contains(*last), "{fewer:?} leads to `{last}` without {missing}");
        }
    }
    Ok(())
}

/// What is asked of a session is asked of its role too: a boundary holds it.
#[test]
fn what_is_bounded_stays_so() -> Result<()> {
    let found = ends(&mut Judge::start()?, &["sts:AssumeRole"], &[])?;
    assert_eq!(found, BTreeSet::new());
    Ok(())
}
