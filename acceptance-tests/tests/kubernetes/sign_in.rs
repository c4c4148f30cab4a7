//! Signing in as on EKS: the API server asks the local AWS whose a token is and what its access policies allow.

use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use acceptance_tests::terraform::Run;
use acceptance_tests::{CliConfig, Cluster, LocalAws, Terraform, Venv, environment, http, leaks, scratch};
use anyhow::{Context as _, Result, ensure};
use fs_err as fs;
use serde_json::{Value, json};
use test_cluster::{Client, Identity};

use super::{SOON, client, items};

const CLUSTER: &str = "demo";
const NODES: &str = "/api/v1/nodes";
const PODS: &str = "/api/v1/namespaces/default/pods";
/// To prepare what the command line imports takes longest, and is done by the first that calls it.
const TOKEN: Duration = Duration::from_secs(30);

/// A cluster, the local AWS that it asks, and who is known there.
struct Bed {
    aws: LocalAws,
    cluster: Cluster,
    people: Value,
}

impl Bed {
    fn start(folder: &Path) -> Result<Self> {
        let aws = LocalAws::start(&folder.join("local-aws.log"))?;
        let cluster = Cluster::start_for_eks(&aws, CLUSTER, &folder.join("cluster"), 1)?;
        let mut command = Command::new(Venv::local_aws()?.program("python"));
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kubernetes/sign_in.py"));
        let people = serde_json::from_str(&succeed(command, aws.environment())?)?;
        Ok(Self { aws, cluster, people })
    }

    fn token(&self, whose: &str) -> Result<&str> {
        self.people["tokens"][whose].as_str().with_context(|| format!("no token `{whose}`"))
    }

    fn signed_in(&self, whose: &str) -> Result<Client> {
        client(&self.cluster, Identity::Token(self.token(whose)?))
    }

    /// The environment in which somebody uses AWS.
    fn environment(&self, whose: &str) -> Result<Vec<(String, String)>> {
        let keys = &self.people["keys"][whose];
        let own = [("AWS_ACCESS_KEY_ID", "key"), ("AWS_SECRET_ACCESS_KEY", "secret")].map(|(name, key)| {
            let value = keys[key].as_str().with_context(|| format!("`{whose}` has no {key}"))?;
            anyhow::Ok((name.to_owned(), value.to_owned()))
        });
        let mut all = self.aws.environment().to_vec();
        all.extend(own.into_iter().collect::<Result<Vec<_>>>()?);
        all.push(("PATH".to_owned(), Venv::aws_cli()?.path()?));
        all.push(("HELM".to_owned(), self.cluster.programs().helm.display().to_string()));
        Ok(all)
    }
}

fn succeed(mut command: Command, variables: &[(String, String)]) -> Result<String> {
    environment::scrub(&mut command);
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    let run = Run::from(command.output().with_context(|| format!("starting {:?}", command.get_program()))?);
    ensure!(run.code == 0, "{:?} ended with code {}:\n{}", command.get_program(), run.code, run.stderr);
    Ok(run.stdout)
}

/// One cluster for all of it, as in the other test.
#[test]
fn who_signs_in_as_on_eks_may_do_what_the_access_entry_says() -> Result<()> {
    let folder = scratch::folder("kubernetes-sign-in")?;
    let bed = Bed::start(&folder)?;
    let begin = Instant::now();
    let told = |what: &str| -> Result<()> {
        Ok(writeln!(std::io::stderr(), "{:5.1} s {what}", begin.elapsed().as_secs_f64())?)
    };
    the_local_aws_tells_where_the_cluster_is(&bed)?;
    an_administrator_may_do_all(&bed)?;
    who_is_not_let_in_is_told_in_the_log(&bed, &folder)?;
    a_policy_says_what_its_holder_may_do(&bed)?;
    who_loses_the_entry_is_not_let_in(&bed)?;
    told("after the API server's answers")?;
    the_command_line_gives_a_token(&bed)?;
    told("after the token of the command line")?;
    the_kubernetes_provider_signs_in_by_exec(&bed, &folder)?;
    told("after the kubernetes provider with `exec`")?;
    the_aws_provider_gives_a_token_that_is_never_kept(&bed, &folder)?;
    told("after the kubernetes provider with a token of the AWS provider")
}

fn the_local_aws_tells_where_the_cluster_is(bed: &Bed) -> Result<()> {
    let told = describe(bed)?;
    assert_eq!(told["endpoint"], bed.cluster.address());
    assert_eq!(told["certificateAuthority"]["data"], bed.cluster.certificate_authority());
    Ok(())
}

fn describe(bed: &Bed) -> Result<Value> {
    let url = format!("{}/clusters/{CLUSTER}", bed.aws.endpoint());
    Ok(http::get(&url, &[("authorization", AUTHORIZATION)])?["cluster"].take())
}

/// By which the local AWS knows caller, service and region.
const AUTHORIZATION: &str = "AWS4-HMAC-SHA256 Credential=local-aws/20250101/us-east-1/eks/aws4_request, SignedHeaders=host, Signature=0";

fn an_administrator_may_do_all(bed: &Bed) -> Result<()> {
    let admin = bed.signed_in("admin")?;
    assert_eq!(items(&admin.get(NODES)?).count(), 1, "nodes");
    let me = json!({ "apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview" });
    let me = admin.create("/apis/authentication.k8s.io/v1/selfsubjectreviews", &me)?;
    let user = &me["status"]["userInfo"];
    assert_eq!(user["username"], "arn:aws:iam::123456789012:user/moto");
    assert_eq!(
        user["groups"],
        json!(["system:authenticated"]),
        "no group of Kubernetes makes the administrator"
    );
    // To give away what one does not have by RBAC needs the right to escalate.
    let binding = json!({
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": { "name": "operators" },
        "roleRef": { "apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin" },
        "subjects": [{ "apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "operators" }],
    });
    admin.create("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", &binding)?;
    Ok(())
}

fn who_is_not_let_in_is_told_in_the_log(bed: &Bed, folder: &Path) -> Result<()> {
    let refused = [
        ("stranger", "arn:aws:iam::123456789012:user/stranger has no access entry"),
        ("expired", "the token has expired: it was signed at "),
        ("forged", "SignatureDoesNotMatch: "),
        ("for another cluster", "SignatureDoesNotMatch: "),
    ];
    for (whose, _) in refused {
        let answer = bed.signed_in(whose)?.send("GET", NODES, None)?;
        assert_eq!((answer.status, answer.refusal()), (401, ("Unauthorized", "Unauthorized")), "{whose}");
    }
    let log = fs::read_to_string(bed.aws.log())?;
    for (whose, reason) in refused {
        let line = format!("sign-in to cluster {CLUSTER} refused: {reason}");
        ensure!(log.contains(&line), "{whose}: `{line}` is not in the log:\n{log}");
    }
    let secrets = refused.map(|(whose, _)| bed.token(whose).map(|token| (whose, token)));
    let secrets: Vec<_> = secrets.into_iter().collect::<Result<_>>()?;
    assert_eq!(leaks::find(&[folder], &secrets)?, [], "tokens in logs");
    Ok(())
}

fn a_policy_says_what_its_holder_may_do(bed: &Bed) -> Result<()> {
    let (viewer, team) = (bed.signed_in("viewer")?, bed.signed_in("team")?);
    viewer.get(PODS)?;
    let map = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "one" } });
    let maps = "/api/v1/namespaces/default/configmaps";
    let expect_403 = |who: &Client, method: &str, path: &str, body: Option<&Value>| -> Result<()> {
        let answer = who.send(method, path, body)?;
        assert_eq!((answer.status, answer.refusal().0), (403, "Forbidden"), "{method} {path}");
        Ok(())
    };
    expect_403(&viewer, "POST", maps, Some(&map))?;
    expect_403(&viewer, "GET", "/api/v1/namespaces/default/secrets", None)?;
    expect_403(&viewer, "GET", NODES, None)?;
    let namespace = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": "team-a" } });
    expect_403(&team, "POST", "/api/v1/namespaces", Some(&namespace))?;
    bed.signed_in("admin")?.create("/api/v1/namespaces", &namespace)?;
    team.create("/api/v1/namespaces/team-a/configmaps", &map)?;
    expect_403(&team, "POST", maps, Some(&map))
}

fn the_command_line_gives_a_token(bed: &Bed) -> Result<()> {
    let mut command = Command::new(Venv::aws_cli()?.program("aws"));
    command.args(["eks", "get-token", "--cluster-name", CLUSTER]);
    let begin = Instant::now();
    let given: Value = serde_json::from_str(&succeed(command, &bed.environment("viewer")?)?)?;
    let took = begin.elapsed();
    ensure!(took < TOKEN, "`aws eks get-token` took {took:?}");
    let token = given["status"]["token"].as_str().context("no token")?;
    client(&bed.cluster, Identity::Token(token))?.get(PODS)?;
    Ok(())
}

fn terraform(bed: &Bed, folder: &Path, whose: &str, configuration: &str) -> Result<Terraform> {
    fs::create_dir_all(folder)?;
    fs::write(folder.join("main.tf"), configuration)?;
    Ok(Terraform::new(folder, &CliConfig::for_modules()?)?.with(bed.environment(whose)?))
}

/// As a generated layer is: the release depends on what fails hard where the cluster cannot be read.
fn the_kubernetes_provider_signs_in_by_exec(bed: &Bed, folder: &Path) -> Result<()> {
    let configuration = include_str!("sign_in_by_exec.tf")
        .replace("ADDRESS", bed.cluster.address())
        .replace("AUTHORITY", bed.cluster.certificate_authority())
        .replace(
            "CHART",
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/kubernetes/chart").display().to_string(),
        );
    let folder = folder.join("exec");
    let admin = terraform(bed, &folder, "admin", &configuration)?;
    admin.init()?;
    admin.apply()?;
    let made = admin.state()?.to_string();
    ensure!(made.contains(r#""status":"deployed""#), "the release is not deployed: {made}");
    // With a state of its own each: what the administrator has made is in the way of nobody.
    let refused = |whose: &str, arguments: &[&str]| -> Result<String> {
        let state = format!("-state={whose}.tfstate");
        let run = terraform(bed, &folder, whose, &configuration)?;
        Ok(run.fail(&[arguments, &["-no-color", &state]].concat())?.message())
    };
    let message = refused("viewer", &["apply", "-auto-approve", "-target=kubernetes_namespace_v1.this"])?;
    let expected = "namespaces is forbidden: User \"arn:aws:iam::123456789012:user/viewer\" cannot create resource \
                    \"namespaces\" in API group \"\" at the cluster scope";
    ensure!(message.contains(expected), "as viewer: {message}");
    let message = refused("stranger", &["plan"])?;
    ensure!(message.contains("Unauthorized"), "without an entry: {message}");
    Ok(())
}

/// `aws_eks_cluster_auth` signs as the command line does.
fn the_aws_provider_gives_a_token_that_is_never_kept(bed: &Bed, folder: &Path) -> Result<()> {
    let folder = folder.join("token");
    let admin = terraform(bed, &folder, "admin", include_str!("sign_in_by_token.tf"))?;
    admin.init()?;
    let run = admin.apply()?;
    ensure!(run.stdout.contains("version = \"v1.35"), "{}", run.stdout);
    let state = fs::read_to_string(folder.join("terraform.tfstate"))?;
    ensure!(!state.contains("k8s-aws-v1."), "a token is in the state: {state}");
    Ok(())
}

fn who_loses_the_entry_is_not_let_in(bed: &Bed) -> Result<()> {
    let (team, maps) = (bed.signed_in("team")?, "/api/v1/namespaces/team-a/configmaps");
    team.get(maps)?;
    let arn = "arn:aws:iam::123456789012:user%2Fteam";
    let url = format!("{}/clusters/{CLUSTER}/access-entries/{arn}", bed.aws.endpoint());
    let answer = http::send("DELETE", &url, &[("authorization", AUTHORIZATION)], None)?;
    assert_eq!(answer.status, 200, "DELETE {url}: {}", answer.body);
    // Nothing is allowed any more; who it is the API server still knows for some seconds.
    let answer = team.send("GET", maps, None)?;
    ensure!([401, 403].contains(&answer.status), "still {}: {}", answer.status, answer.body);
    team.wait(maps, "refused as unknown", SOON, |answer| answer.status == 401)?;
    Ok(())
}
