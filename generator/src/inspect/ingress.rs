//! What the way in uses of what is there: hosted zone, certificate, web ACL. Each is asked by one or two signed requests: three SDKs would
//! take minutes to compile.

use aws_credential_types::Credentials;
use serde_json::{Value, json};

use super::Asker;
use super::failure::Failure;
use super::http::{self, Answered};
use super::pages::told;
use super::signed::{Request, signed};
use crate::facts::{Answer, Certificate, Why, ZoneFound};
use crate::plan::ingress::HostedZone;

/// More zones of one name than anybody has.
const MOST: usize = 100;

/// A service, and where it answers.
#[derive(Clone)]
struct Place {
    service: &'static str,
    region: String,
    url: String,
    credentials: Credentials,
}

impl Asker<'_> {
    /// The region's address of a service that takes JSON.
    fn regional(&self, variable: &str, service: &'static str) -> Result<Place, Failure> {
        let region = self.questions.region.clone();
        let url = format!("https://{service}.{region}.{}", http::suffix(self.questions));
        self.place(service, region, http::configured(variable).unwrap_or(url))
    }

    /// Route 53 has one address for each partition.
    fn route_53(&self) -> Result<Place, Failure> {
        let (host, region) = match self.questions.partition {
            "aws-us-gov" => ("route53.us-gov.amazonaws.com", "us-gov-west-1"),
            "aws-cn" => ("route53.amazonaws.com.cn", "cn-northwest-1"),
            _ => ("route53.amazonaws.com", "us-east-1"),
        };
        let url = http::configured("ROUTE_53").unwrap_or_else(|| format!("https://{host}"));
        self.place("route53", region.to_owned(), url)
    }

    fn place(&self, service: &'static str, region: String, url: String) -> Result<Place, Failure> {
        if let Some(failure) = self.clients.closed() {
            return Err(failure.clone());
        }
        Ok(Place { service, region, url, credentials: self.clients.credentials.clone()? })
    }

    pub(super) async fn hosted_zones(&self) -> Answer<Vec<ZoneFound>> {
        let Some(wanted) = self.questions.hosted_zone.clone() else { return Answer::default() };
        self.ask("the hosted zone", true, async {
            let place = self.route_53()?;
            http::off_thread(move || match wanted {
                HostedZone::Id(id) => Ok(vec![zone(&place, &id)?]),
                HostedZone::Name(name) => zones(&place, &name),
            })
            .await
        })
        .await
    }

    pub(super) async fn certificate(&self) -> Answer<Certificate> {
        let Some(arn) = self.questions.certificate.clone() else { return Answer::default() };
        self.ask("the certificate", true, async {
            let place = self.regional("ACM", "acm")?;
            http::off_thread(move || certificate(&place, &arn)).await
        })
        .await
    }

    pub(super) async fn web_acl(&self) -> Answer<String> {
        let Some(arn) = self.questions.web_acl.clone() else { return Answer::default() };
        self.ask("the web ACL", true, async {
            let place = self.regional("WAFV2", "wafv2")?;
            http::off_thread(move || web_acl(&place, &arn)).await
        })
        .await
    }

    /// The names of all web ACLs of the region.
    pub(super) async fn web_acls(&self) -> Result<Vec<String>, Failure> {
        let place = self.regional("WAFV2", "wafv2")?;
        super::pages::all("wafv2:ListWebACLs", |marker| {
            let place = place.clone();
            http::off_thread(move || web_acl_page(&place, marker.as_deref()))
        })
        .await
    }
}

/// Asks a service that takes JSON.
fn by_json(
    place: &Place,
    action: &str,
    target: &'static str,
    version: &'static str,
    body: &Value,
) -> Result<Value, Failure> {
    let headers = [("content-type", version), ("x-amz-target", target)];
    let (url, body) = (format!("{}/", place.url), body.to_string());
    let (region, service) = (&place.region, place.service);
    let request = Request { method: "POST", url: &url, headers: &headers, body: &body, region, service };
    let answer = http::post(&url, &signed(&request, &place.credentials)?, &body)?;
    let told: Value = serde_json::from_str(&answer.body).unwrap_or_default();
    if answer.status == 200 {
        return if told.is_object() { Ok(told) } else { Err(unreadable(action, &answer)) };
    }
    let text = |keys: &[&str]| keys.iter().find_map(|key| told[*key].as_str()).unwrap_or_default();
    let code = text(&["__type", "code"]).rsplit('#').next().unwrap_or_default();
    Err(Failure::said(action, false, Some(answer.status), code, text(&["message", "Message"])))
}

/// Asks Route 53; gives what stands in the element of that name, which the answer is.
fn by_xml(place: &Place, action: &str, path: &str, element: &str) -> Result<String, Failure> {
    let url = format!("{}/2013-04-01/{path}", place.url);
    let (region, service) = (&place.region, place.service);
    let request = Request { method: "GET", url: &url, headers: &[], body: "", region, service };
    let answer = http::get(&url, &signed(&request, &place.credentials)?)?;
    if answer.status != 200 {
        let part = |name| elements(&answer.body, name).next().unwrap_or_default();
        return Err(Failure::said(action, true, Some(answer.status), part("Code"), part("Message")));
    }
    // What was cut off has no end.
    if !answer.body.trim_end().ends_with(&format!("</{element}>")) {
        return Err(unreadable(action, &answer));
    }
    Ok(answer.body)
}

fn unreadable(action: &str, answer: &Answered) -> Failure {
    let text = format!("the answer to `{action}` came with status {} and is none of AWS's", answer.status);
    Failure::new(Why::Unreadable, text)
}

/// What stands in each element of a name that holds no other of that name.
fn elements<'a>(text: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let (begin, end) = (format!("<{name}>"), format!("</{name}>"));
    let found: Vec<&str> = text
        .split(begin.as_str())
        .skip(1)
        .filter_map(|rest| Some(rest.split_once(end.as_str())?.0))
        .collect();
    found.into_iter()
}

fn zone(place: &Place, id: &str) -> Result<ZoneFound, Failure> {
    let action = "route53:GetHostedZone";
    of_zone(action, &by_xml(place, action, &format!("hostedzone/{id}"), "GetHostedZoneResponse")?)
}

fn of_zone(action: &str, text: &str) -> Result<ZoneFound, Failure> {
    let zone = told(action, "HostedZone", elements(text, "HostedZone").next())?;
    let part = |name: &'static str| told(action, name, elements(zone, name).next());
    Ok(ZoneFound {
        id: part("Id")?.trim_start_matches("/hostedzone/").to_owned(),
        name: part("Name")?.trim_end_matches('.').to_owned(),
        private: part("PrivateZone")?.eq_ignore_ascii_case("true"),
        servers: elements(text, "NameServer").map(|one| one.trim_end_matches('.').to_lowercase()).collect(),
    })
}

/// All zones of a name: AWS lists them from that name on.
fn zones(place: &Place, name: &str) -> Result<Vec<ZoneFound>, Failure> {
    let action = "route53:ListHostedZonesByName";
    let path = format!("hostedzonesbyname?dnsname={name}&maxitems={MOST}");
    let text = by_xml(place, action, &path, "ListHostedZonesByNameResponse")?;
    let listed: Vec<&str> = elements(&text, "HostedZone").collect();
    let ids = of_name(action, &listed, name)?;
    if ids.is_empty() {
        return Err(Failure::absent());
    }
    // Gone in between: it would have to be listed again.
    let zone = |id: &String| zone(place, id).map_err(|failure| Failure { absent: false, ..failure });
    ids.iter().map(zone).collect()
}

/// The IDs of those in a list that have a name.
fn of_name(action: &str, listed: &[&str], name: &str) -> Result<Vec<String>, Failure> {
    let mut ids = Vec::new();
    for zone in listed {
        let part = |name: &'static str| told(action, name, elements(zone, name).next());
        if part("Name")?.trim_end_matches('.') == name {
            ids.push(part("Id")?.trim_start_matches("/hostedzone/").to_owned());
        }
    }
    if ids.len() >= MOST {
        return Err(Failure::incomplete(format!("`{action}` lists more than {MOST} of that name")));
    }
    Ok(ids)
}

fn certificate(place: &Place, arn: &str) -> Result<Certificate, Failure> {
    let action = "acm:DescribeCertificate";
    let (target, asked) = ("CertificateManager.DescribeCertificate", json!({ "CertificateArn": arn }));
    let answer = by_json(place, action, target, "application/x-amz-json-1.1", &asked)?;
    let found = &answer["Certificate"];
    let names = found["SubjectAlternativeNames"].as_array();
    // An imported certificate may have no more than the one.
    let first = found["DomainName"].as_str().map(str::to_owned);
    let others = names.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned);
    let mut names: Vec<String> = first.into_iter().chain(others).collect();
    names.sort();
    names.dedup();
    Ok(Certificate { status: told(action, "Status", found["Status"].as_str())?.to_owned(), names })
}

fn web_acl(place: &Place, arn: &str) -> Result<String, Failure> {
    let action = "wafv2:GetWebACL";
    let mut parts = arn.rsplit('/');
    let (id, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let asked = json!({ "Name": name, "Scope": "REGIONAL", "Id": id });
    let answer = by_json(place, action, "AWSWAF_20190729.GetWebACL", "application/x-amz-json-1.1", &asked)?;
    Ok(told(action, "Name", answer["WebACL"]["Name"].as_str())?.to_owned())
}

fn web_acl_page(place: &Place, marker: Option<&str>) -> Result<(Vec<String>, Option<String>), Failure> {
    let action = "wafv2:ListWebACLs";
    let mut asked = json!({ "Scope": "REGIONAL", "Limit": 100 });
    if let Some(marker) = marker {
        asked["NextMarker"] = json!(marker);
    }
    let target = "AWSWAF_20190729.ListWebACLs";
    let answer = by_json(place, action, target, "application/x-amz-json-1.1", &asked)?;
    let listed = told(action, "WebACLs", answer["WebACLs"].as_array())?;
    let names: Vec<String> =
        listed.iter().filter_map(|one| one["Name"].as_str()).map(str::to_owned).collect();
    // AWS gives a marker with the last page too, after which there is nothing.
    let next = answer["NextMarker"].as_str().filter(|_| !names.is_empty()).map(str::to_owned);
    Ok((names, next))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ZONE: &str = "<?xml version=\"1.0\"?>\n<GetHostedZoneResponse><HostedZone><Id>/hostedzone/Z1</Id><Name>acme.com.</Name><Config>\
         <PrivateZone>false</PrivateZone></Config></HostedZone><DelegationSet><NameServers><NameServer>NS-1.awsdns-00.com</NameServer>\
         <NameServer>ns-2.awsdns-01.net.</NameServer></NameServers></DelegationSet></GetHostedZoneResponse>";

    #[test]
    fn a_zone_is_read_with_its_name_servers() {
        let zone = of_zone("route53:GetHostedZone", ZONE).unwrap();
        assert_eq!((zone.id.as_str(), zone.name.as_str(), zone.private), ("Z1", "acme.com", false));
        assert_eq!(zone.servers, ["ns-1.awsdns-00.com", "ns-2.awsdns-01.net"]);
        let without = ZONE.replace("<PrivateZone>false</PrivateZone>", "");
        let failure = of_zone("route53:GetHostedZone", &without).unwrap_err();
        let text = "the answer to `route53:GetHostedZone` does not tell `PrivateZone`";
        assert_eq!(failure, Failure::new(Why::Incomplete, text));
    }

    #[test]
    fn of_a_list_only_zones_of_the_name_are_meant() {
        let listed = [
            "<Id>/hostedzone/Z1</Id><Name>acme.com.</Name>",
            "<Id>/hostedzone/Z2</Id><Name>acme.com.</Name>",
            "<Id>/hostedzone/Z3</Id><Name>ai.acme.com.</Name>",
        ];
        assert_eq!(of_name("a:B", &listed, "acme.com").unwrap(), ["Z1", "Z2"]);
        assert_eq!(of_name("a:B", &listed, "other.com").unwrap(), [] as [String; 0]);
        let failure = of_name("a:B", &[listed[0]; MOST], "acme.com").unwrap_err();
        assert_eq!(failure, Failure::new(Why::Incomplete, "`a:B` lists more than 100 of that name"));
    }
}
