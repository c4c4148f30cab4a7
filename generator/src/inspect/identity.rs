//! Who asks, at what time, and where.

use std::time::{Duration, SystemTime};

use aws_smithy_types::date_time::Format;

use super::Asker;
use super::failure::Failure;
use super::http;
use super::pace::Service;
use super::pages::{listed, told};
use crate::facts::{Answer, Caller, Facts, Why};

impl Asker<'_> {
    pub(super) async fn caller(&self) -> Answer<Caller> {
        let action = "sts:GetCallerIdentity";
        self.ask("the caller", true, async {
            let request = self.clients.sts.get_caller_identity().send();
            let found = self.clients.ask_home(Service::Sts, action, request).await?;
            Ok(Caller {
                account: told(action, "Account", found.account)?,
                arn: told(action, "Arn", found.arn)?,
            })
        })
        .await
    }

    /// AWS's time, from the head of any answer; what it says to a request that nobody signed does not matter.
    pub(super) async fn clock(&self) -> Answer<i64> {
        let url = http::endpoint("STS", "sts", self.questions);
        self.ask("AWS's time", true, async move {
            let answer = http::off_thread(move || http::get(&url, &[])).await?;
            let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
            let ours = i64::try_from(since.as_ref().map_or(0, Duration::as_secs)).unwrap_or_default();
            Ok(ours - seconds(&told("GET", "Date", answer.date)?)?)
        })
        .await
    }

    pub(super) async fn opted_in(&self) -> Answer<String> {
        let (action, region) = ("ec2:DescribeRegions", &self.questions.region);
        self.ask("the region", true, async {
            let request = self.clients.home_ec2.describe_regions().all_regions(true).region_names(region);
            let found = self.clients.ask_home(Service::Ec2, action, request.send()).await?;
            let found = listed(action, found.regions)?;
            let region = found.into_iter().find(|one| one.region_name() == Some(region.as_str()));
            told(action, "OptInStatus", region.ok_or_else(Failure::absent)?.opt_in_status)
        })
        .await
    }

    /// Of another account, or of one that nobody knows, nothing more is asked; nor of a region that the account does not use.
    pub(super) fn close_gates(&self, facts: &mut Facts) {
        let failure = match &facts.caller {
            Answer::Known(caller) if caller.account == self.questions.account => None,
            Answer::Known(caller) => {
                Some(Failure::new(Why::Account, format!("the credentials are of account {}", caller.account)))
            }
            Answer::Unchecked { why, text } => Some(Failure::new(*why, text.clone())),
            Answer::Absent => Some(Failure::incomplete("the answer is empty")),
        };
        if let Some(failure) = failure {
            // What was told of the region was told to somebody else.
            facts.opted_in = failure.clone().into_answer();
            self.clients.close(failure);
        } else if facts.opted_in.known().is_some_and(|state| state == "not-opted-in")
            || facts.opted_in == Answer::Absent
        {
            let text = format!("the account does not use the region `{}`", self.questions.region);
            self.clients.close_region(Failure::new(Why::Region, text));
        }
    }
}

/// The seconds since 1970 of a date as HTTP writes it.
fn seconds(date: &str) -> Result<i64, Failure> {
    let read = aws_smithy_types::DateTime::from_str(date, Format::HttpDate);
    let read = read.map_err(|_| Failure::new(Why::Unreadable, format!("`{date}` is not a date")))?;
    Ok(read.secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_is_the_one_of_the_head() {
        assert_eq!(seconds("Thu, 01 Jan 1970 00:01:00 GMT"), Ok(60));
        assert_eq!(seconds("soon"), Err(Failure::new(Why::Unreadable, "`soon` is not a date")));
    }
}
