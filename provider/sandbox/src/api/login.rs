//! Device login, and tokens that the command line can read.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Outcome, Request};
use crate::{
    answer::Answer,
    base64url,
    caller::{Caller, email},
    entity,
    kind::Kind,
    record::{Record, new_id, new_token},
    state::State,
};

/// How long a login is good for.
const DAYS: i64 = 7;

pub(super) fn min_cli_version() -> Value {
    json!({
        "minVersion": "0.0.0",
        "truefoundryCliMinVersion": "0.0.0",
        "useSFYServerAuthAPIs": true,
        "pythonBuildDefaultImageTag": "3.11"
    })
}

fn of_tenant(state: &State, request: &Request<'_>) -> Result<(), Answer> {
    let tenant = request.required("tenantName")?;
    if tenant == state.tenant {
        Ok(())
    } else {
        Err(Answer::error(404, format!("there is no tenant `{tenant}`")))
    }
}

/// `POST /oauth2/device-authorize`
pub(super) fn authorize(state: &mut State, request: &Request<'_>) -> Outcome {
    of_tenant(state, request)?;
    let device_code = new_token("device_");
    let user_code = Uuid::new_v4().simple().to_string().to_uppercase();
    let user_code = user_code.get(..8).unwrap_or_default();
    state.device_codes.insert(device_code.clone(), 0);
    let uri = format!("http://{}/authorize/device", request.host);
    Ok(Answer::with_status(
        201,
        json!({
            "userCode": user_code,
            "deviceCode": device_code,
            "verificationURI": uri,
            "verificationURIComplete": format!("{uri}?userCode={}", utf8_percent_encode(user_code, NON_ALPHANUMERIC)),
            "expiresInSeconds": 60,
            "intervalInSeconds": 1,
            "message": "approve the login in the browser"
        }),
    ))
}

/// `POST /oauth2/token`: nobody sits at a browser here, so a login is approved after a number of questions.
pub(super) fn token(state: &mut State, request: &Request<'_>) -> Outcome {
    of_tenant(state, request)?;
    match request.text("grantType") {
        Some("device_code") => {
            let code = request.required("deviceCode")?;
            let asked = state
                .device_codes
                .get_mut(code)
                .ok_or_else(|| Answer::error(400, "the device code is unknown or was used"))?;
            *asked += 1;
            if *asked <= state.switches.login_after {
                return Ok(Answer::with_status(202, json!({"message": "authorization is pending"})));
            }
            state.device_codes.remove(code);
            issue(state)
        }
        Some("refresh_token") => {
            let token = request.required("refreshToken")?;
            let known =
                state.all(Kind::Login).find(|login| login.text("refreshToken") == Some(token)).cloned();
            let known =
                known.ok_or_else(|| Answer::error(401, "the refresh token is unknown or was used"))?;
            state.remove(&known);
            issue(state)
        }
        _ => Err(Answer::error(400, "`grantType` must be device_code or refresh_token")),
    }
}

fn issue(state: &mut State) -> Outcome {
    let email = email(&state.tenant);
    let caller = Caller::administrator(&state.tenant);
    let expiry = entity::in_days(DAYS);
    let access = jwt(&state.tenant, &caller, Some(&expiry));
    let refresh = new_token("refresh_");
    let manifest = json!({"name": email, "email": email, "refreshToken": refresh});
    let mut record = Record::new(Kind::Login, new_id(), manifest);
    record.list_mut("jwts").push(json!({"id": new_id(), "token": access, "expiry": expiry}));
    state.put(record)?;
    Ok(Answer::with_status(201, json!({"accessToken": access, "refreshToken": refresh})))
}

/// A token with the claims that the command line reads. It is not signed with anything: the sandbox knows its tokens
/// by heart, and the clients do not check.
pub(super) fn jwt(tenant: &str, caller: &Caller, expiry: Option<&str>) -> String {
    let expires = expiry
        .and_then(|text| text.parse::<jiff::Timestamp>().ok())
        // Without an end, about as good as for ever.
        .map_or(4_102_444_800, jiff::Timestamp::as_second);
    let claims = json!({
        "tenantName": tenant,
        "username": caller.slug,
        "email": caller.slug,
        "sub": caller.id,
        "subjectType": if caller.kind == "user" { "user" } else { "serviceaccount" },
        "exp": expires,
        "jti": new_id()
    });
    let header = json!({"alg": "HS256", "typ": "JWT"});
    let part = |value: &Value| base64url::encode(value.to_string().as_bytes());
    format!("{}.{}.{}", part(&header), part(&claims), base64url::encode(Uuid::new_v4().as_bytes()))
}
