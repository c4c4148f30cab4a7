//! The control plane: whether it answers, and whether it takes the key.

use super::failure::Failure;
use super::{ApiKey, Asker, Options, http};
use crate::facts::{Answer, ControlPlane, Why};

/// Answers without a key.
const HEALTH: &str = "/api/svc/";
/// Tells who a key is of.
const SESSION: &str = "/api/svc/v1/session";

impl Asker<'_> {
    pub(super) async fn control_plane(&self, options: &Options) -> Answer<ControlPlane> {
        let Some(address) = options.control_plane.clone() else { return no_address() };
        self.ask("the control plane", true, async move {
            let url = format!("{address}{HEALTH}");
            let answer = http::off_thread(move || http::get(&url, &[])).await?;
            Ok(ControlPlane { address, status: answer.status })
        })
        .await
    }

    pub(super) async fn key(&self, options: &Options) -> Answer<bool> {
        let Some(address) = options.control_plane.clone() else { return no_address() };
        let Some(ApiKey(key)) = options.api_key.clone() else {
            return Answer::unchecked(Why::NotAsked, "`TFY_API_KEY` is not set");
        };
        self.ask("the API key", true, async move {
            let url = format!("{address}{SESSION}");
            let headers = [("authorization".to_owned(), format!("Bearer {key}"))];
            let answer = http::off_thread(move || http::get(&url, &headers)).await?;
            taken(answer.status)
        })
        .await
    }
}

fn no_address<T>() -> Answer<T> {
    Answer::unchecked(Why::NotAsked, "no control plane is named")
}

/// Whether the key was taken.
fn taken(status: u16) -> Result<bool, Failure> {
    match status {
        200 => Ok(true),
        401 | 403 => Ok(false),
        429 => Err(Failure::new(Why::Throttled, "the control plane asks to slow down")),
        status => {
            let text = format!("the control plane answers with status {status} to who the key is of");
            Err(Failure::new(Why::Unreadable, text))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_refused_by_the_control_plane_and_by_nothing_else() {
        assert_eq!((taken(200), taken(401)), (Ok(true), Ok(false)));
        let slow = Failure::new(Why::Throttled, "the control plane asks to slow down");
        assert_eq!(taken(429), Err(slow));
        let text = "the control plane answers with status 502 to who the key is of";
        assert_eq!(taken(502), Err(Failure::new(Why::Unreadable, text)));
    }
}
