use std::io::Write as _;
use std::net::TcpListener;
use std::time::Instant;

use base64::Engine as _;
use serde_json::json;

use super::*;

#[path = "../../../tests/it/api_server.rs"]
mod api_server;

use api_server::{FORBIDDEN, NAME, Server};

fn at(server: &Server) -> String {
    format!("https://{}", server.address)
}

fn cluster(endpoint: &str, authority: &str) -> Cluster {
    let value = |text: &str| json!({ "value": text });
    let encoded = base64::engine::general_purpose::STANDARD.encode(authority);
    let outputs = json!({
        "name": value("acme-dev"), "arn": value("arn:aws:eks:us-east-1:123456789012:cluster/acme-dev"),
        "endpoint": value(endpoint), "certificate_authority_data": value(&encoded),
    });
    Cluster::told(&outputs.to_string()).unwrap().unwrap()
}

fn trouble(cluster: &Cluster, address: Option<&str>) -> Trouble {
    answers(cluster, address, Duration::from_secs(2)).unwrap_err()
}

#[test]
fn a_cluster_that_answers_anything_is_reached_at_its_name_and_elsewhere() {
    let server = Server::start(FORBIDDEN);
    let here = cluster(&format!("https://{}", server.address), &server.authority);
    assert_eq!(answers(&here, None, LIMIT), Ok(()));
    let named = cluster(&format!("https://{NAME}"), &server.authority);
    assert_eq!(answers(&named, Some(&at(&server)), LIMIT), Ok(()));
}

#[test]
fn what_is_in_the_way_is_told_apart() {
    let server = Server::start(FORBIDDEN);
    let named = cluster(&format!("https://{NAME}"), &server.authority);
    assert!(matches!(trouble(&named, None), Trouble::Name(_)), "{:?}", trouble(&named, None));
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = trouble(&named, Some(&format!("https://{nobody}")));
    assert!(matches!(&refused, Trouble::Connection(said) if said.contains("refused")), "{refused:?}");
    let other = Server::start(FORBIDDEN);
    let stranger = trouble(&named, Some(&at(&other)));
    assert!(matches!(stranger, Trouble::Stranger(_)), "{stranger:?}");
    // The forwarded port leads to another cluster of the same authority's name, but not to this one.
    let elsewhere =
        trouble(&cluster("https://other.eks.amazonaws.invalid", &server.authority), Some(&at(&server)));
    assert!(matches!(elsewhere, Trouble::Stranger(_)), "{elsewhere:?}");
    let unreadable = trouble(&cluster(&format!("https://{NAME}"), "no PEM"), Some(&at(&server)));
    assert!(matches!(unreadable, Trouble::Authority(_)), "{unreadable:?}");
    for address in ["127.0.0.1:8443", "http://127.0.0.1:8443", "https://", ""] {
        assert_eq!(trouble(&named, Some(address)), Trouble::Address(address.to_owned()));
    }
}

#[test]
fn who_speaks_no_tls_is_a_stranger() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut socket in listener.incoming().flatten() {
            let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let server = Server::start(FORBIDDEN);
    let found = trouble(&cluster(&format!("https://{NAME}"), &server.authority), Some(&address));
    assert!(matches!(found, Trouble::Stranger(_)), "{found:?}");
}

#[test]
fn who_says_nothing_is_waited_for_no_longer_than_the_limit() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("https://{}", listener.local_addr().unwrap());
    let server = Server::start(FORBIDDEN);
    let began = Instant::now();
    let found = trouble(&cluster(&format!("https://{NAME}"), &server.authority), Some(&address));
    assert_eq!(found, Trouble::Silence);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn a_cluster_that_is_not_reached_is_told_with_the_way_to_it() {
    let cluster = cluster(&format!("https://{NAME}"), "PEM");
    let shown = |trouble: &Trouble, address: Option<&str>| {
        let failed = unreached(&cluster, trouble, address, "This is the way.");
        let problem = &failed.0[0];
        format!("{}\n{}", problem.summary, problem.detail)
    };
    insta::assert_snapshot!(shown(&Trouble::Silence, None), @r"
    the API of the cluster `acme-dev` cannot be reached at https://0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.invalid
    Nothing answered within 10 seconds.
    Nothing was planned: Terraform would take every release for deleted.
    This is the way.
    ");
    insta::assert_snapshot!(shown(&Trouble::Connection("Connection refused".to_owned()), Some("https://127.0.0.1:8443")), @r"
    the API of the cluster `acme-dev` cannot be reached at https://127.0.0.1:8443, where `TF_VAR_cluster_address` has it
    There is no connection: Connection refused.
    Nothing was planned: Terraform would take every release for deleted.
    Is the port still forwarded? Without `TF_VAR_cluster_address` the cluster is asked at its own name.
    This is the way.
    ");
    insta::assert_snapshot!(shown(&Trouble::Name("Name or service not known".to_owned()), None), @r"
    the API of the cluster `acme-dev` cannot be reached at https://0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.invalid
    Its name does not resolve: Name or service not known. EKS has the private addresses of a cluster in public DNS, and some resolvers withhold private addresses: then ask the one of the VPC.
    Nothing was planned: Terraform would take every release for deleted.
    This is the way.
    ");
    insta::assert_snapshot!(shown(&Trouble::Stranger("UnknownIssuer".to_owned()), None), @r"
    the API of the cluster `acme-dev` cannot be reached at https://0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.invalid
    What answers there is not the cluster, whose authority has not signed it: UnknownIssuer. It may be a proxy that opens TLS; let it pass this name through (`NO_PROXY`).
    Nothing was planned: Terraform would take every release for deleted.
    This is the way.
    ");
    insta::assert_snapshot!(shown(&Trouble::Address("8443".to_owned()), Some("8443")), @r"
    the API of the cluster `acme-dev` cannot be reached at 8443, where `TF_VAR_cluster_address` has it
    `TF_VAR_cluster_address` is `8443`, which is no address: it is written as `https://127.0.0.1:8443`.
    Nothing was planned: Terraform would take every release for deleted.
    Is the port still forwarded? Without `TF_VAR_cluster_address` the cluster is asked at its own name.
    This is the way.
    ");
    insta::assert_snapshot!(shown(&Trouble::Authority("no certificate".to_owned()), None), @r"
    the API of the cluster `acme-dev` cannot be reached at https://0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.invalid
    The certificate authority that the layer `cluster` tells cannot be read: no certificate.
    Nothing was planned: Terraform would take every release for deleted.
    This is the way.
    ");
    insta::assert_snapshot!(shown(&Trouble::Other("protocol: too short".to_owned()), None), @r"
    the API of the cluster `acme-dev` cannot be reached at https://0123456789ABCDEF.gr7.us-east-1.eks.amazonaws.invalid
    protocol: too short.
    Nothing was planned: Terraform would take every release for deleted.
    This is the way.
    ");
}

#[test]
fn a_name_that_nobody_knows_is_told_from_one_that_nobody_was_asked_for() {
    let advice = "EKS has the private addresses of a cluster in public DNS, and some resolvers withhold private addresses: then ask the one of the VPC.";
    for (error, said) in [
        (ureq::Error::HostNotFound, "no address was found"),
        (ureq::Error::Timeout(Timeout::Resolve), "no name server answered in time"),
    ] {
        let told = Trouble::from(&error).to_string();
        assert_eq!(told, format!("Its name does not resolve: {said}. {advice}"));
    }
}

#[test]
fn the_command_that_is_to_be_run_again_is_whole() {
    assert_eq!(again("drift", Path::new("infra")), "tfy-infra drift -d infra");
}
