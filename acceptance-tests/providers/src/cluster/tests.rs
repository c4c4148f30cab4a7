use super::*;

fn object<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::object(entries)
}

const KUBECONFIG: &str = r#"
apiVersion: v1
kind: Config
current-context: one
contexts:
- name: one
  context: { cluster: here, user: me }
- name: two
  context: { cluster: there, user: nobody }
clusters:
- name: here
  cluster: { server: "https://127.0.0.1:6443/", certificate-authority-data: Q0E= }
- name: there
  cluster: { server: "https://there", certificate-authority: ca.pem, insecure-skip-tls-verify: true }
users:
- name: me
  user:
    exec:
      apiVersion: client.authentication.k8s.io/v1
      command: sign-in
      args: [a]
      env: [{ name: X, value: y }]
      interactiveMode: Never
"#;

#[test]
fn a_kubeconfig_gives_what_its_context_names_and_the_configuration_comes_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config");
    fs_err::write(&path, KUBECONFIG).unwrap();
    fs_err::write(folder.path().join("ca.pem"), "AUTHORITY").unwrap();
    let at = Value::from(path.to_str().unwrap());
    let one = Settings::of(&object([("config_path", at.clone())])).endpoint().unwrap();
    assert_eq!((one.server.as_str(), one.authority.as_deref()), ("https://127.0.0.1:6443", Some("CA")));
    let exec = one.user.exec.unwrap();
    assert_eq!((exec.command.as_str(), exec.args.as_slice()), ("sign-in", ["a".to_owned()].as_slice()));
    assert_eq!(exec.env, [exec::Variable { name: "X".to_owned(), value: "y".to_owned() }]);
    let over = [("config_path", at.clone()), ("config_context", "two".into()), ("token", "token-x".into())];
    let two = Settings::of(&object(over)).endpoint().unwrap();
    assert_eq!((two.server.as_str(), two.authority.as_deref()), ("https://there", Some("AUTHORITY")));
    assert!(two.insecure);
    assert_eq!(two.user.token.as_deref(), Some("token-x"));
    let wrong = Settings::of(&object([("config_path", at), ("config_context", "three".into())]));
    assert_eq!(wrong.endpoint().err().unwrap().to_string(), "context \"three\" does not exist");
}

#[test]
fn without_an_address_and_with_unknown_values_it_is_said_why() {
    let unusable = |value: Value| Settings::of(&value).endpoint().err();
    assert_eq!(unusable(Value::Null), Some(Unusable::Missing));
    assert_eq!(unusable(object([("host", Value::UNKNOWN)])), Some(Unusable::Unknown));
    let server = |value: Value| Settings::of(&value).endpoint().map(|endpoint| endpoint.server);
    assert_eq!(server(object([("host", "h:1/".into())])), Ok("http://h:1".to_owned()));
    let tls = [("host", "h:1".into()), ("cluster_ca_certificate", "CA".into())];
    assert_eq!(server(object(tls)), Ok("https://h:1".to_owned()));
}

#[test]
fn the_kubeconfig_for_a_program_has_the_credential_in_place_of_the_command() {
    let exec = Exec {
        api_version: "client.authentication.k8s.io/v1".to_owned(),
        command: "sign-in".to_owned(),
        args: Vec::new(),
        env: Vec::new(),
    };
    let user = User { exec: Some(exec), ..User::default() };
    let endpoint = Endpoint { server: "https://h".to_owned(), user, ..Endpoint::default() };
    let account = |credential: Option<&Credential>| {
        let text = written(&endpoint, "apps", credential);
        let config: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(config["contexts"][0]["context"]["namespace"], "apps");
        config["users"][0]["user"].clone()
    };
    assert_eq!(account(None)["exec"]["command"], "sign-in");
    let credential = Credential { token: Some("short".to_owned()), ..Credential::default() };
    assert_eq!(account(Some(&credential)), serde_json::json!({ "token": "short" }));
}

/// A program that counts how often it is asked, and gives credentials that expire so many seconds from now.
fn counting(folder: &std::path::Path, seconds: i64) -> User {
    let expires = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
    let script = format!(
        "echo x >> {count:?}; printf '{{\"apiVersion\":\"v1\",\"status\":{{\"token\":\"token-%s\",\
         \"expirationTimestamp\":\"{expires}\"}}}}' $(wc -l < {count:?})",
        count = folder.join("count")
    );
    let exec = Exec {
        api_version: "v1".to_owned(),
        command: "sh".to_owned(),
        args: vec!["-c".to_owned(), script],
        env: Vec::new(),
    };
    User { exec: Some(exec), ..User::default() }
}

#[tokio::test]
async fn a_credential_is_asked_for_once_and_again_when_it_has_expired_or_was_refused() {
    let folder = tempfile::tempdir().unwrap();
    let token =
        async |sign_in: &SignIn, user: &User| sign_in.credential(user).await.ok().flatten().unwrap().token;
    let (sign_in, lasting) = (SignIn::default(), counting(folder.path(), 600));
    assert_eq!(token(&sign_in, &lasting).await.as_deref(), Some("token-1"));
    assert_eq!(token(&sign_in, &lasting).await.as_deref(), Some("token-1"));
    sign_in.refused().await;
    assert_eq!(token(&sign_in, &lasting).await.as_deref(), Some("token-2"));
    let long = jiff::SignedDuration::from_secs(900);
    assert!(sign_in.lasting(&lasting, long).await.ok().unwrap().is_none(), "it does not last 15 minutes");
    let (sign_in, brief) = (SignIn::default(), counting(folder.path(), 5));
    assert_eq!(token(&sign_in, &brief).await.as_deref(), Some("token-3"));
    assert_eq!(token(&sign_in, &brief).await.as_deref(), Some("token-4"));
}

#[tokio::test]
async fn a_program_that_fails_is_named_with_what_it_said() {
    let said = async |command: &str, args: &[&str]| {
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        let (api_version, command) = ("v1".to_owned(), command.to_owned());
        let exec = Some(Exec { api_version, command, args, env: Vec::new() });
        let user = User { exec, ..User::default() };
        SignIn::default().credential(&user).await.err().unwrap().to_string()
    };
    assert_eq!(
        said("no-such-program-here", &[]).await,
        "getting credentials: exec: executable no-such-program-here not found"
    );
    assert_eq!(
        said("sh", &["-c", "echo expired >&2; exit 3"]).await,
        "getting credentials: exec: executable sh failed with exit code 3: expired"
    );
    assert_eq!(
        said("echo", &[r#"{"apiVersion":"v2","status":{"token":"t"}}"#]).await,
        "getting credentials: exec: exec plugin is configured to use API version v1, plugin returned version v2"
    );
}
