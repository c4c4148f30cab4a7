//! The text of the first `platform.yaml`: what was answered, with why it is asked and what can be written beside.

use std::fmt::Write as _;

use super::answers::{Answers, list};
use crate::diag::Source;
use crate::plan::regions::Region;
use crate::plan::support;
use crate::spec::document::{self, Value};
use crate::spec::schema;

/// The text for these answers.
#[must_use]
pub fn text(answers: &Answers) -> String {
    let mut out = head(answers);
    out.push_str(&network(answers));
    out.push_str(&cluster(answers));
    out.push_str(&access(answers));
    out.push_str(COMPUTE);
    out.push_str(&ingress(answers));
    out.push_str(&database(answers));
    out.push_str(&truefoundry(answers));
    out.push_str(&state(answers));
    out
}

const COMPUTE: &str = "
# What runs the workloads: Karpenter's pools of nodes. Left out, there are `default`, `on-demand` and `critical`.
# compute:
#   pools:
#     gpu: { families: [g5, g6], limits: { nvidia.com/gpu: 8 } }

# What runs in the cluster beside them: controllers, mesh, metrics, logs. Left out, the whole set is there.
# addons:
#   argo-workflows: false
";

fn head(answers: &Answers) -> String {
    let Answers { name, account, region, .. } = answers;
    format!(
        "# yaml-language-server: $schema=./{}
# A TrueFoundry platform on AWS, begun by `tfy-infra init`. `tfy-infra validate` checks it; the editor shows every key with its default.
# No secret stands here: secrets come from the environment, or from Secrets Manager.
version: 1
# It starts the name of everything that is made. Another name later is another platform.
name: {}

aws:
  # Terraform refuses credentials of any other account.
  account: {}
  region: {}
  # On everything that can be tagged:
  # tags: {{ owner: ml-platform }}
",
        schema::FILE,
        scalar(name),
        quoted(account),
        scalar(region)
    )
}

fn network(answers: &Answers) -> String {
    if !answers.vpc_exists {
        return new_network(answers);
    }
    let Answers { vpc, private_subnets, public_subnets, .. } = answers;
    let mut out = format!(
        "
# A VPC that is there. Every plan checks its zones, routes, DNS, tags and free addresses.
network:
  existing:
    vpc: {}
    # For nodes and internal load balancers, one in each zone.
    private_subnets: {}
",
        scalar(vpc),
        flow(private_subnets)
    );
    if !public_subnets.is_empty() {
        let _ =
            writeln!(out, "    # For public load balancers.\n    public_subnets: {}", flow(public_subnets));
    }
    out.push_str(
        "    # Sets the tags by which load balancers and Karpenter find their subnets. Left out, the plan names those that are missing.
    # set_tags: true
",
    );
    out
}

fn new_network(answers: &Answers) -> String {
    let Answers { region, cidr, zones, nat, .. } = answers;
    let of_region = Region::find(region).map(Region::zone_ids).unwrap_or_default();
    let zones = match zones.parse::<u8>() {
        Ok(number) => number.to_string(),
        Err(_) if zones.contains(',') => flow(&list(zones)),
        Err(_) => scalar(zones),
    };
    let mut out = format!(
        "
network:
  create:
    # It can never be changed: nothing that is to be connected may overlap it.
    cidr: {}
    # So many of the region's zones; or these, by AZ ID: {}.
    zones: {zones}
    # How private subnets reach the internet: a NAT gateway `per-zone`, a `single` one, or `none`.
    nat: {}
",
        scalar(cidr),
        flow(of_region.get(..2).unwrap_or_default()),
        scalar(nat)
    );
    if nat == "none" {
        out.push_str(
            "    # The AWS services that are reached without it.
    endpoints: all
",
        );
    }
    out
}

fn cluster(answers: &Answers) -> String {
    if answers.cluster_exists {
        return format!(
            "
# A cluster that is there, in that VPC. Every plan checks its state, access entries and add-ons.
cluster:
  existing:
    name: {}
",
            scalar(&answers.cluster)
        );
    }
    let Answers { admins, access, api_from, .. } = answers;
    let mut out = format!(
        "
cluster:
  create:
    version: {}
    # IAM roles and users that administer it. Who applies and is not listed is asked about once, by the first apply.
",
        quoted(&support::default_kubernetes(support::day()))
    );
    if admins.is_empty() {
        out.push_str("    # admins: [\"arn:aws:iam::123456789012:role/platform-admin\"]\n");
    } else {
        out.push_str("    admins:\n");
        admins.iter().for_each(|admin| {
            let _ = writeln!(out, "      - {}", quoted(admin));
        });
    }
    if !api_from.is_empty() {
        let key = if access == "public" { "public_from" } else { "private_from" };
        let _ = writeln!(
            out,
            "    # Who reaches its API, beside the nodes.\n    endpoint: {{ {key}: {} }}",
            flow(api_from)
        );
    }
    out
}

fn access(answers: &Answers) -> String {
    let access = &answers.access;
    format!(
        "
# How Terraform and people reach the cluster's API: `ssm` (a port that Systems Manager forwards, by `tfy-infra connect`), `vpn`, `runner` or
# `public`. A new cluster lets these in by `cluster.create.endpoint`.
access:
  {access}: {{}}
"
    )
}

fn ingress(answers: &Answers) -> String {
    let comment = "
# The way in to services: a load balancer with its certificate and records. Left out, they are reached from inside the cluster alone.
";
    if !answers.ingress {
        return [
            comment,
            "# ingress:
#   domain: ai.acme.com
#   zone: acme.com
#   allow_from: [203.0.113.0/24]
",
        ]
        .concat();
    }
    let Answers { domain, zone, allow_from, .. } = answers;
    let allow_from = match allow_from.as_slice() {
        [one] if one == "anywhere" => one.clone(),
        blocks => flow(blocks),
    };
    let (domain, zone) = (scalar(domain), scalar(zone));
    let written = format!(
        "ingress:
  domain: {domain}
  # The public Route 53 zone that its records are made in.
  zone: {zone}
  allow_from: {allow_from}
"
    );
    [comment, &written].concat()
}

fn database(answers: &Answers) -> String {
    let comment = "
# A PostgreSQL database on RDS, in two zones, protected from deletion. Left out, there is none.
";
    format!("{comment}{}database: {{}}\n", if answers.database { "" } else { "# " })
}

fn truefoundry(answers: &Answers) -> String {
    let written = match answers.host.as_str() {
        "" => "truefoundry: {}   # its address comes from TFY_HOST".to_owned(),
        host => format!("truefoundry:\n  host: {}", scalar(host)),
    };
    format!(
        "
# The control plane that it joins; the API key comes from TFY_API_KEY.
{written}
"
    )
}

fn state(answers: &Answers) -> String {
    let written = if answers.state_in_bucket {
        format!("s3: {{ bucket: {} }}", scalar(&answers.bucket))
    } else {
        "local: {}".to_owned()
    };
    format!(
        "
# Where Terraform keeps its state: `local`, in files beside the layers, or `s3`, a bucket that exists, with versioning on.
state:
  {written}
"
    )
}

/// A text as YAML takes it for a text, without quotes where it needs none.
fn scalar(text: &str) -> String {
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// Whether our own reader takes it for itself in a list in brackets, where more characters mean something than elsewhere.
fn is_plain(text: &str) -> bool {
    let source = Source { name: String::new(), text: format!("[{text}]") };
    let Ok(node) = document::parse(&source) else { return false };
    match node.value {
        Value::List(items) => {
            matches!(items.as_slice(), [only] if matches!(&only.value, Value::Text(read) if read == text))
        }
        _ => false,
    }
}

/// In double quotes, with the escapes that YAML has of JSON.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn flow(texts: &[String]) -> String {
    let texts: Vec<String> = texts.iter().map(|text| scalar(text)).collect();
    format!("[{}]", texts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_yaml_takes_for_something_else_stands_in_quotes() {
        for plain in ["acme-dev", "10.0.0.0/16", "https://acme.truefoundry.cloud", "vpc-0123456789abcdef0"] {
            assert_eq!(scalar(plain), plain);
        }
        for (text, written) in [
            ("", "\"\""),
            ("true", "\"true\""),
            ("1.35", "\"1.35\""),
            ("a: b", "\"a: b\""),
            ("a # b", "\"a # b\""),
            ("a, b", "\"a, b\""),
            ("- a\n- b", "\"- a\\n- b\""),
        ] {
            assert_eq!(scalar(text), written);
        }
    }

    /// Each is one line of the file, whatever is typed.
    #[test]
    fn no_answer_writes_another_key() {
        let odd = "x\nversion: 2 # {[\"";
        let answers = Answers { name: odd.to_owned(), host: odd.to_owned(), ..Answers::default() };
        let source = Source { name: String::new(), text: text(&answers) };
        let node = document::parse(&source).unwrap();
        let json = node.to_json();
        assert_eq!(
            (&json["version"], &json["name"], &json["truefoundry"]["host"]),
            (&1.into(), &odd.into(), &odd.into())
        );
    }
}
