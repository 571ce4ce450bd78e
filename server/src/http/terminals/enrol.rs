//! `POST /terminals/enrol`.
use axum::extract::State;
use axum::http::StatusCode;
use protocol::SiteView;
use protocol::ids::TerminalId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::auth::{Auth, DeviceKey, EnrolmentCode};
use crate::http::extract::Json;
use crate::problem::{FieldError, Problem};
use crate::store::{Store, StoreError, sites, terminals};

/// A device with a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Enrol {
    /// The code, as `cloud-window terminal code` printed it.
    #[schema(example = "7K2QF-0M9XD")]
    code: String,
    /// The public half of the device's key.
    public_key: DeviceKey,
}

/// An enrolled terminal.
#[derive(Serialize, ToSchema)]
pub(super) struct Enrolled {
    /// Its id from now on.
    #[schema(value_type = String, format = Uuid)]
    terminal: TerminalId,
    /// Where it stands.
    #[schema(value_type = Object)]
    site: SiteView,
}

/// Makes this device a terminal of the code's site. The code works once.
#[utoipa::path(post, path = "/terminals/enrol", tag = "terminals", request_body = Enrol, security(()), responses(
    (status = 201, description = "enrolled", body = Enrolled),
    (status = 403, description = "`bad_code`: unknown, used or expired", body = Problem),
    (status = 422, description = "`invalid`: the key is no P-256 public key", body = Problem),
))]
pub(super) async fn enrol(
    State(auth): State<Auth>,
    State(store): State<Store>,
    Json(body): Json<Enrol>,
) -> Result<(StatusCode, Json<Enrolled>), Problem> {
    let bad_code = || {
        let detail = "this code is unknown, used or expired; ask for a new one";
        Problem::new(StatusCode::FORBIDDEN, "bad_code", detail)
    };
    body.public_key
        .check()
        .map_err(|error| Problem::invalid(vec![FieldError::new("public_key", error.to_string())]))?;
    let code = EnrolmentCode::typed(&body.code).ok_or_else(bad_code)?;
    let internal = |error: StoreError| Problem::internal(&error);
    let id = auth.enrol(&code, &body.public_key).await.map_err(internal)?.ok_or_else(bad_code)?;
    let terminal = terminals::get(&store, id).await.map_err(internal)?;
    let site = match terminal {
        Some(terminal) => sites::get(&store, &terminal.site).await.map_err(internal)?,
        None => None,
    };
    let site = site.ok_or_else(|| Problem::internal(&"site of a fresh terminal is missing"))?;
    Ok((StatusCode::CREATED, Json(Enrolled { terminal: id, site: site.view })))
}

#[cfg(test)]
mod tests {
    use crate::auth::testing::{Device, House};
    use crate::auth::{CODE_LIFE, new_code};
    use crate::http::testing::call;
    use serde_json::{Value, json};

    async fn enrol(house: &House, code: &str, key: Value) -> (u16, Value) {
        let body = json!({"code": code, "public_key": key});
        let answer = call(house, super::super::router(), "POST", "/terminals/enrol", None, Some(body)).await;
        (answer.status, answer.json)
    }

    async fn code(house: &House, site: &str) -> String {
        new_code(&house.rig.store, &site.into(), &house.clock()).await.unwrap().0.to_string()
    }

    #[tokio::test]
    async fn a_code_enrols_one_device_once() {
        let house = House::new().await;
        let code = code(&house, "S10").await;
        let (status, json) = enrol(&house, &code.to_lowercase(), Device::new().jwk()).await;
        assert_eq!((status, json["site"]["code"].as_str()), (201, Some("S10")), "{json}");
        let (status, json) = enrol(&house, &code, Device::new().jwk()).await;
        assert_eq!((status, json["code"].as_str()), (403, Some("bad_code")));
    }

    #[tokio::test]
    async fn old_codes_and_unknown_ones_get_the_same_answer() {
        let house = House::new().await;
        let old = code(&house, "S10").await;
        house.rig.clock.advance(CODE_LIFE);
        let first = enrol(&house, &old, Device::new().jwk()).await;
        assert_eq!(first.0, 403);
        for unknown in ["00000-00000", "", "x", "';--"] {
            assert_eq!(enrol(&house, unknown, Device::new().jwk()).await, first);
        }
    }

    #[tokio::test]
    async fn a_bad_key_does_not_use_the_code_up() {
        let house = House::new().await;
        let code = code(&house, "S10").await;
        let mut private = Device::new().jwk();
        private["d"] = json!("AAAA");
        for bad in [private, json!({"kty": "EC", "crv": "P-256", "x": "", "y": ""})] {
            let (status, json) = enrol(&house, &code, bad).await;
            assert_eq!((status, json["errors"][0]["field"].as_str()), (422, Some("public_key")), "{json}");
        }
        assert_eq!(enrol(&house, &code, Device::new().jwk()).await.0, 201);
    }

    #[tokio::test]
    async fn a_known_key_keeps_its_terminal_and_moves() {
        let house = House::new().await;
        let device = Device::new();
        let first = enrol(&house, &code(&house, "S10").await, device.jwk()).await.1;
        let second = enrol(&house, &code(&house, "S11").await, device.jwk()).await.1;
        assert_eq!(first["terminal"], second["terminal"]);
        assert_eq!(second["site"]["code"], "S11");
    }
}
