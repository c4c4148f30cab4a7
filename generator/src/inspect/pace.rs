//! Never faster than an account may ask: others ask the same account.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::sync::{Semaphore, SemaphorePermit};

/// A service that counts requests for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Service {
    Sts,
    Ec2,
    Eks,
    Rds,
    Iam,
    Quotas,
    Elb,
}

impl Service {
    /// What stands for it in the names of variables of the SDKs, and in its addresses.
    pub(super) fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Sts => ("STS", "sts"),
            Self::Ec2 => ("EC2", "ec2"),
            Self::Eks => ("EKS", "eks"),
            Self::Rds => ("RDS", "rds"),
            Self::Iam => ("IAM", "iam"),
            Self::Quotas => ("SERVICE_QUOTAS", "servicequotas"),
            Self::Elb => ("ELASTIC_LOAD_BALANCING_V2", "elasticloadbalancing"),
        }
    }
}

/// How many requests are under way together.
const TOGETHER: usize = 24;

/// What is asked at once, and how much each second from then on: half of what AWS lets an account ask, or less. EC2 lets it read 100 times
/// at once and 20 times a second, Service Quotas list ten times a second.
const fn limit(service: Service) -> (u32, u32) {
    match service {
        Service::Ec2 => (40, 10),
        Service::Quotas => (5, 5),
        Service::Sts | Service::Eks | Service::Rds | Service::Iam | Service::Elb => (20, 10),
    }
}

/// Lets requests through.
#[derive(Debug)]
pub(super) struct Pace {
    together: Semaphore,
    /// When each service's next request is due, if all had kept the rate.
    due: [Mutex<Instant>; 7],
}

impl Pace {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self { together: Semaphore::new(TOGETHER), due: std::array::from_fn(|_| Mutex::new(now)) }
    }

    /// Waits until a request may go out; it is under way as long as the answer is held.
    pub(super) async fn turn(&self, service: Service) -> Option<SemaphorePermit<'_>> {
        let wait = self.wait(service, Instant::now());
        if !wait.is_zero() {
            tokio::time::sleep(wait).await;
        }
        self.together.acquire().await.ok()
    }

    fn wait(&self, service: Service, now: Instant) -> Duration {
        let (burst, rate) = limit(service);
        let each = Duration::from_secs(1) / rate;
        let Ok(mut due) = self.due[service as usize].lock() else { return each };
        let at = (*due).max(now);
        *due = at + each;
        (at - now).saturating_sub(each * (burst - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_go_at_once_and_the_rest_at_the_rate() {
        let (pace, now) = (Pace::new(), Instant::now());
        let waits: Vec<_> = (0..7).map(|_| pace.wait(Service::Quotas, now)).collect();
        assert_eq!(waits[..5], [Duration::ZERO; 5]);
        // The clock has gone on between `new` and `now`.
        let near = |wait: Duration, millis: u64| {
            assert!(wait.abs_diff(Duration::from_millis(millis)) < Duration::from_millis(50), "{wait:?}");
        };
        near(waits[5], 200);
        near(waits[6], 400);
        assert_eq!(pace.wait(Service::Ec2, now), Duration::ZERO);
    }
}
