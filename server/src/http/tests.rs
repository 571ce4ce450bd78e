//! What holds for every path: who may ask, what is answered to the rest, and which headers come along.
use axum::routing::get;
use axum::{Json, Router};
use serde_json::{Value, json};
use std::collections::BTreeMap;

use super::{documented, shell};
use crate::app::testing::{Reply, Running};
use crate::auth::PUBLIC;
use crate::demo::{DemoLogin, Showroom};
use crate::store::staff::Role;

/// Whom each endpoint serves. An endpoint that is not listed here fails the test: decide, then list it.
const SERVES: &[(&str, &str, Who)] = &[
    ("get", "/cases", Who::Staff),
    ("post", "/cases", Who::Staff),
    ("get", "/cases/{id}", Who::Staff),
    ("post", "/cases/{id}/accept", Who::Staff),
    ("post", "/cases/{id}/handoffs", Who::Staff),
    ("get", "/cases/{id}/id-number", Who::Staff),
    ("put", "/cases/{id}/materials/{code}", Who::Staff),
    ("post", "/cases/{id}/not-accept", Who::Staff),
    ("get", "/catalogue", Who::Anybody),
    ("get", "/colleagues", Who::Staff),
    ("post", "/demo/enrolment-code", Who::Anybody),
    ("get", "/handoffs", Who::Staff),
    ("post", "/handoffs/{id}/accept", Who::Staff),
    ("post", "/handoffs/{id}/refuse", Who::Staff),
    ("post", "/handoffs/{id}/withdraw", Who::Staff),
    ("get", "/me", Who::Staff),
    ("get", "/page-config", Who::Anybody),
    ("get", "/papers/{id}/pages/{file}", Who::Both),
    ("get", "/papers/{file}", Who::Both),
    ("post", "/socket-pass", Who::Both),
    ("post", "/staff/sign-in", Who::Anybody),
    ("post", "/staff/sign-out", Who::Staff),
    ("post", "/stills", Who::Terminal),
    ("get", "/stills/{id}", Who::Both),
    ("head", "/stills/{id}", Who::Terminal),
    ("patch", "/stills/{id}", Who::Terminal),
    ("post", "/terminals/challenge", Who::Anybody),
    ("post", "/terminals/enrol", Who::Anybody),
    ("post", "/terminals/session", Who::Anybody),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Who {
    Anybody,
    Both,
    Staff,
    Terminal,
}

/// Every endpoint of the document: method in lower case, path.
fn endpoints() -> Vec<(String, String)> {
    let document: Value = serde_json::from_str(&documented().1.to_json().unwrap()).unwrap();
    let paths = document["paths"].as_object().unwrap();
    let of_path = |(path, methods): (&String, &Value)| {
        let names: Vec<_> = methods.as_object().unwrap().keys().cloned().collect();
        names.into_iter().map(|method| (method, path.clone())).collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

#[tokio::test]
async fn every_endpoint_serves_whom_it_is_listed_for_and_nobody_else() {
    let listed: BTreeMap<(&str, &str), Who> =
        SERVES.iter().map(|(method, path, who)| ((*method, *path), *who)).collect();
    let found = endpoints();
    assert_eq!(found.len(), listed.len(), "{found:#?}");
    let server = Running::start().await;
    let (_, clerk) = server.staff("chenmin", &[Role::Clerk]).await;
    let (_, terminal) = server.terminal("S10").await;
    for (method, path) in &found {
        let who = listed.get(&(method.as_str(), path.as_str()));
        let who = *who.unwrap_or_else(|| panic!("{method} {path} is listed nowhere"));
        let public = PUBLIC.iter().any(|(m, p)| m.as_str().eq_ignore_ascii_case(method) && p == path);
        assert_eq!(public, who == Who::Anybody, "{method} {path} against the guard's list");
        let id = uuid::Uuid::from_u128(5).to_string();
        let path = path.replace("{id}", &id).replace("{file}", "1.png").replace("{code}", "ID");
        let (method, path) = (method.to_uppercase(), format!("/api/v1{path}"));
        let ask =
            async |token: Option<&str>| server.ask(&method, &path, token, Some(&json!({}))).await.status;
        let refused = |status: u16| matches!(status, 401 | 403);
        let (nobody, forged) = (ask(None).await, ask(Some("a.b.c")).await);
        if who == Who::Anybody {
            assert_ne!(nobody, 401, "{method} {path} is public");
            continue;
        }
        assert_eq!((nobody, forged), (401, 401), "{method} {path} without a session");
        // Signing out ends the session: it is asked last, below.
        if path.ends_with("/sign-out") {
            assert_eq!(ask(Some(&terminal)).await, 403);
            continue;
        }
        assert_eq!(refused(ask(Some(&clerk)).await), who == Who::Terminal, "{method} {path} by a clerk");
        assert_eq!(refused(ask(Some(&terminal)).await), who == Who::Staff, "{method} {path} by a terminal");
    }
    let out = server.ask("POST", "/api/v1/staff/sign-out", Some(&clerk), None).await;
    assert_eq!(out.status, 204);
    assert_eq!(server.ask("GET", "/api/v1/me", Some(&clerk), None).await.status, 401);
    server.stop().await;
}

fn is_problem(reply: &Reply, status: u16, code: &str) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{reply:?}");
    assert_eq!(reply.json()["code"], code);
}

#[tokio::test]
async fn whatever_is_not_there_is_a_problem() {
    let server = Running::start().await;
    for path in
        ["/nothing", "/api", "/api/v2/cases", "/api/v1/nothing", "/assets/none.js", "/kiosk.html", "/a/../b"]
    {
        is_problem(&server.ask("GET", path, None, None).await, 404, "not_found");
    }
    for (method, path) in [("DELETE", "/healthz"), ("PUT", "/api/v1/page-config"), ("POST", "/kiosk")] {
        let reply = server.ask(method, path, None, None).await;
        // Below the API the guard speaks first: who has no session learns nothing of paths.
        let guarded = path.starts_with("/api") && reply.status == 401;
        assert!(guarded || reply.header("allow").is_some(), "{reply:?}");
        if !guarded {
            is_problem(&reply, 405, "method_not_allowed");
        }
    }
    let long = json!({"login": "x".repeat(300 * 1024), "password": "x"});
    is_problem(&server.ask("POST", "/api/v1/staff/sign-in", None, Some(&long)).await, 413, "too_big");
    is_problem(
        &server.ask("POST", "/api/v1/demo/enrolment-code", None, Some(&json!({"site": "S10"}))).await,
        404,
        "not_found",
    );
    server.stop().await;
}

#[tokio::test]
async fn every_answer_carries_its_armour_and_its_number() {
    let server = Running::start().await;
    let mut numbers = Vec::new();
    for path in ["/", "/kiosk", "/desk", "/healthz", "/api/v1/page-config", "/nothing"] {
        let reply = server.ask("GET", path, None, None).await;
        let policy = reply.header("content-security-policy").unwrap();
        assert!(
            policy.contains("script-src 'self';") && policy.contains("frame-ancestors 'none'"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
        assert!(reply.header("permissions-policy").unwrap().contains("camera=(self)"));
        assert!(reply.header("strict-transport-security").is_none(), "only where there is TLS");
        assert!(reply.header("cache-control").is_some());
        numbers.push(reply.header("x-request-id").unwrap().to_owned());
    }
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 6);
    for page in [include_str!("pages/index.html"), include_str!("pages/missing.html")] {
        assert!(
            !page.contains("<style") && !page.contains("style=") && !page.contains("<script"),
            "the policy forbids it"
        );
    }
    server.stop().await;
}

#[tokio::test]
async fn a_page_is_asked_for_again_and_found_unchanged() {
    let server = Running::start().await;
    let reply = server.ask("GET", "/kiosk", None, None).await;
    if super::pages::built() {
        let etag = reply.header("etag").unwrap();
        assert_eq!((reply.status, reply.header("cache-control")), (200, Some("no-cache")));
        let again =
            format!("GET /kiosk HTTP/1.1\r\nhost: a\r\nconnection: close\r\nif-none-match: {etag}\r\n\r\n");
        assert!(server.raw(&again).await.starts_with("HTTP/1.1 304"));
    } else {
        assert_eq!(reply.status, 503);
        assert!(reply.body.contains("make web"), "it says how to build them");
    }
    server.stop().await;
}

#[tokio::test]
async fn pages_are_told_what_they_must_know() {
    let server = Running::start().await;
    let config = server.ask("GET", "/api/v1/page-config", None, None).await.json();
    assert_eq!(config["protocol"], 1);
    assert_eq!(config["help_line"], "12345");
    assert_eq!(config["hours"]["open"], true);
    assert_eq!(config["demo"], false);
    let clock =
        ["utc_offset_minutes", "clerk_grace_s", "terminal_grace_s"].map(|field| config[field].as_i64());
    assert_eq!(clock, [Some(480), Some(30), Some(120)]);
    assert!(config.get("demo_sites").is_none() && config.get("demo_staff").is_none(), "{config}");
    assert!(server.ask("GET", "/api/v1/openapi.json", None, None).await.json()["paths"].is_object());
    server.stop().await;
}

#[tokio::test]
async fn a_demonstration_says_so_and_gives_codes() {
    let staff = DemoLogin { login: "a".into(), password: "b".into(), name: "c".into(), number: "d".into() };
    let server = Running::with(|wish| wish.showroom = Some(Showroom { staff: vec![staff] })).await;
    let config = server.ask("GET", "/api/v1/page-config", None, None).await.json();
    assert_eq!(config["demo"], true);
    assert_eq!(config["demo_sites"].as_array().unwrap().len(), 12);
    assert_eq!(config["demo_staff"][0]["login"], "a");
    let code = server.ask("POST", "/api/v1/demo/enrolment-code", None, Some(&json!({"site": "S10"}))).await;
    assert_eq!(code.status, 201);
    let code = crate::auth::EnrolmentCode::typed(code.json()["code"].as_str().unwrap()).unwrap();
    let key = json!({"kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"});
    let key = serde_json::from_value(key).unwrap();
    assert!(server.state.auth.enrol(&code, &key).await.unwrap().is_some(), "it enrols");
    let unknown =
        server.ask("POST", "/api/v1/demo/enrolment-code", None, Some(&json!({"site": "S99"}))).await;
    is_problem(&unknown, 404, "not_found");
    server.stop().await;
}

#[tokio::test]
async fn a_panic_is_one_requests_and_its_words_stay_here() {
    let server = Running::start().await;
    #[allow(clippy::panic, reason = "the fault that is tested")]
    async fn faulty() -> Json<Value> {
        panic!("a secret")
    }
    let router = shell::around(Router::new().route("/", get(faulty)), &server.state);
    let request = axum::http::Request::builder().uri("/").body(axum::body::Body::empty()).unwrap();
    let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
    assert_eq!(response.status(), 500);
    assert!(response.headers().contains_key("content-security-policy"));
    let body = axum::body::to_bytes(response.into_body(), 1 << 16).await.unwrap();
    let body = String::from_utf8(body.to_vec()).unwrap();
    assert!(body.contains("\"internal\"") && !body.contains("secret"), "{body}");
    server.stop().await;
}
