//! The few calls of EC2, IAM and Elastic Load Balancing that the models make, to a local AWS: it reads service and region in the credential's scope, and
//! checks no signature.

use std::fmt::Write as _;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

/// The longest that one answer may take.
const LIMIT: Duration = Duration::from_secs(30);

/// Parts of the codes that mean: it is not there.
const ABSENT: [&str; 4] = [".NotFound", "NoSuchEntity", "TargetGroupNotFound", "LoadBalancerNotFound"];

/// What a call is about, in the order of its parameters.
pub(super) type Parameters = Vec<(String, String)>;

/// A client of a local AWS.
#[derive(Debug)]
pub struct Aws {
    agent: ureq::Agent,
    endpoint: String,
    region: String,
}

impl Aws {
    /// A client of the local AWS at an address, for one region.
    #[must_use]
    pub fn new(endpoint: &str, region: &str) -> Self {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(LIMIT))
            .proxy(None)
            .build()
            .into();
        Self { agent, endpoint: endpoint.to_owned(), region: region.to_owned() }
    }

    /// One call of EC2; the answer is XML.
    ///
    /// # Errors
    /// When it cannot be reached or refuses, with what it says of that.
    pub fn ec2(&self, action: &str, parameters: &[(String, String)]) -> Result<String> {
        self.call("ec2", "2016-11-15", action, parameters)
    }

    /// One call of IAM; the answer is XML.
    ///
    /// # Errors
    /// As [`Aws::ec2`].
    pub fn iam(&self, action: &str, parameters: &[(&str, &str)]) -> Result<String> {
        let owned: Parameters =
            parameters.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        self.call("iam", "2010-05-08", action, &owned)
    }

    /// One call of Elastic Load Balancing; the answer is XML.
    ///
    /// # Errors
    /// As [`Aws::ec2`].
    pub fn elb(&self, action: &str, parameters: &[(String, String)]) -> Result<String> {
        self.call("elasticloadbalancing", "2015-12-01", action, parameters)
    }

    /// What EKS has at a path, such as `/clusters/NAME`; none where there is nothing.
    ///
    /// # Errors
    /// When it cannot be reached or refuses.
    pub fn eks(&self, path: &str) -> Result<Option<serde_json::Value>> {
        let request = self.agent.get(format!("{}{path}", self.endpoint));
        let mut response = request
            .header("authorization", self.authorization("eks"))
            .call()
            .with_context(|| path.to_owned())?;
        match response.status().as_u16() {
            200 => Ok(Some(serde_json::from_str(&response.body_mut().read_to_string()?)?)),
            404 => Ok(None),
            status => bail!("{path}: status {status}"),
        }
    }

    fn authorization(&self, service: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential=model/20250101/{}/{service}/aws4_request, SignedHeaders=host, Signature=0",
            self.region
        )
    }

    fn call(
        &self,
        service: &str,
        version: &str,
        action: &str,
        parameters: &[(String, String)],
    ) -> Result<String> {
        let mut body = format!("Action={action}&Version={version}");
        for (key, value) in parameters {
            write!(body, "&{}={}", encoded(key), encoded(value))?;
        }
        let request = self
            .agent
            .post(&self.endpoint)
            .header("authorization", self.authorization(service))
            .header("content-type", "application/x-www-form-urlencoded");
        let mut response = request.send(body).with_context(|| action.to_owned())?;
        let status = response.status().as_u16();
        let text = response.body_mut().read_to_string().with_context(|| action.to_owned())?;
        if status != 200 {
            let of = |tag: &str| texts(&text, tag).first().copied().unwrap_or_default().to_owned();
            bail!("{action}: status {status}: {}: {}", of("Code"), of("Message"));
        }
        Ok(text)
    }
}

/// The answer of a call, none where what it is about is not there.
pub(super) fn if_there(answer: Result<String>) -> Result<Option<String>> {
    match answer {
        Err(error) if ABSENT.iter().any(|code| error.to_string().contains(code)) => Ok(None),
        other => other.map(Some),
    }
}

/// The parameters of one filter, the `number`th from 1.
pub(super) fn filter(number: usize, name: &str, value: &str) -> Parameters {
    vec![
        (format!("Filter.{number}.Name"), name.to_owned()),
        (format!("Filter.{number}.Value.1"), value.to_owned()),
    ]
}

/// The parameters that tag what is made.
pub(super) fn tags(kind: &str, tags: &[(&str, String)]) -> Parameters {
    let mut parameters = vec![("TagSpecification.1.ResourceType".to_owned(), kind.to_owned())];
    for (number, (key, value)) in (1..).zip(tags) {
        parameters.push((format!("TagSpecification.1.Tag.{number}.Key"), (*key).to_owned()));
        parameters.push((format!("TagSpecification.1.Tag.{number}.Value"), value.clone()));
    }
    parameters
}

/// What the elements of a name hold, in their order, of those that hold text.
#[must_use]
pub fn texts<'a>(xml: &'a str, tag: &str) -> Vec<&'a str> {
    let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
    xml.split(open.as_str()).skip(1).filter_map(|rest| Some(rest.split_once(close.as_str())?.0)).collect()
}

fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing into a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_found_in_their_order() {
        let xml = "<a><item><subnetId>s-1</subnetId></item><item><subnetId>s-2</subnetId></item></a>";
        assert_eq!(texts(xml, "subnetId"), ["s-1", "s-2"]);
        assert_eq!(texts(xml, "groupId"), Vec::<&str>::new());
    }

    #[test]
    fn what_forms_reserve_is_encoded() {
        assert_eq!(encoded("karpenter.sh/nodepool=a b"), "karpenter.sh%2Fnodepool%3Da%20b");
    }
}
