//! A counter with clerks, terminals and calls, for tests; the database, the papers and the router are the real ones.
use axum::body::{Body, to_bytes};
use axum::extract::FromRef;
use axum::http::{HeaderMap, Request, header};
use desk::CallFacts;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use protocol::CaptureRequest;
use protocol::ids::{CallId, Party, StaffId, StillId, TerminalId, TicketId};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower::ServiceExt;

use super::{CaseParts, Cases, Live, News};
use crate::auth::Auth;
use crate::auth::testing::{House, PASSWORD};
use crate::catalogue;
use crate::papers::Papers;
use crate::store::ledger::Actor;
use crate::store::staff::{self, Profile, Role};
use crate::store::{Store, calendar, sites};

pub(crate) const ID_NUMBER: &str = "11010519491231002X";

/// A desk that believes what the test says, and remembers what it is told.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) facts: Mutex<BTreeMap<Party, CallFacts>>,
    pub(crate) news: Mutex<Vec<News>>,
    pub(crate) heard: tokio::sync::Notify,
}

impl Live for Told {
    fn publish(&self, news: News) -> BoxFuture<'_, ()> {
        self.news.lock().unwrap().push(news);
        self.heard.notify_one();
        std::future::ready(()).boxed()
    }

    fn call_of(&self, who: Party) -> BoxFuture<'_, Option<CallFacts>> {
        std::future::ready(self.facts.lock().unwrap().get(&who).cloned()).boxed()
    }

    fn present_staff(&self) -> BoxFuture<'_, Vec<StaffId>> {
        let facts = self.facts.lock().unwrap();
        let staff = facts.keys().filter_map(|party| match party {
            Party::Staff(id) => Some(*id),
            Party::Terminal(_) => None,
        });
        std::future::ready(staff.collect()).boxed()
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Counter {
    pub(crate) house: House,
    pub(crate) cases: Cases,
    pub(crate) told: Arc<Told>,
}

#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: StaffId,
    pub(crate) token: String,
}

#[derive(Clone, Debug)]
pub(crate) struct Device {
    pub(crate) id: TerminalId,
    pub(crate) token: String,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    /// Null when the body is no JSON.
    pub(crate) json: Value,
}

impl Answer {
    #[track_caller]
    pub(crate) fn ok(self) -> Value {
        assert!((200..300).contains(&self.status), "{} {}", self.status, self.json);
        self.json
    }

    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.json["code"].as_str()), (status, Some(code)), "{}", self.json);
        assert_eq!(self.headers[header::CONTENT_TYPE], "application/problem+json");
    }
}

impl Counter {
    pub(crate) async fn new() -> Self {
        Self::with_fonts(&Papers::usual_folders()).await
    }

    pub(crate) async fn with_fonts(fonts: &[PathBuf]) -> Self {
        let house = House::new().await;
        let store: Store = house.rig.store.clone();
        let years = catalogue::check_calendar(include_str!("../../sample/holidays.json")).unwrap();
        let mut tx = store.begin().await.unwrap();
        calendar::import(&mut tx, &years, house.clock().now()).await.unwrap();
        tx.commit().await.unwrap();
        let told = Arc::new(Told::default());
        let cases = Cases::new(CaseParts {
            store,
            keys: house.rig.keys.clone(),
            clock: house.clock(),
            catalogue: house.catalogue.clone(),
            papers: Papers::new(fonts, "示范区政务服务中心", "12345"),
            live: told.clone(),
            stills: house.rig.folder.path().join("stills"),
        });
        Self { house, cases, told }
    }

    /// A clerk of a department who serves skill groups.
    pub(crate) async fn clerk(&self, login: &str, department: &str, skills: &[&str]) -> Person {
        self.person(login, sites::MAIN_HUB, department, skills).await
    }

    pub(crate) async fn person(&self, login: &str, hub: &str, department: &str, skills: &[&str]) -> Person {
        let id = self.house.clerk(login, &[Role::Clerk]).await;
        let profile = Profile {
            hub: hub.into(),
            number: format!("n-{login}"),
            name: format!("职员{login}"),
            department: Some(department.into()),
            languages: vec![],
            roles: vec![Role::Clerk],
            skill_groups: skills.iter().map(|code| (*code).into()).collect(),
        };
        let mut tx = self.house.rig.store.begin().await.unwrap();
        let by = (Actor::Operator, self.house.clock().now());
        staff::change(&mut tx, &self.house.rig.keys, (id, login), &profile, by).await.unwrap();
        tx.commit().await.unwrap();
        let token = self.house.auth.sign_in(login, PASSWORD).await.unwrap().0;
        Person { id, token }
    }

    pub(crate) async fn terminal(&self, site: &str) -> Device {
        let (id, key) = self.house.terminal(site).await;
        let challenge = self.house.auth.challenge(id);
        let token = self.house.auth.terminal_session(id, &challenge, &key.sign(&challenge)).await.unwrap().0;
        Device { id, token }
    }

    /// Puts a clerk and a terminal in a call.
    pub(crate) fn call(&self, clerk: &Person, terminal: &Device) -> CallId {
        let (mut ids, now) = (self.house.clock().ids(), self.house.clock().now());
        let facts = CallFacts {
            call: CallId(ids.uuid(now)),
            ticket: TicketId(ids.uuid(now)),
            terminal: terminal.id,
            clerk: clerk.id,
            started_at: now,
            running: true,
            capture: None,
        };
        let mut all = self.told.facts.lock().unwrap();
        all.insert(Party::Staff(clerk.id), facts.clone());
        all.insert(Party::Terminal(terminal.id), facts.clone());
        facts.call
    }

    /// The clerk triggers a still.
    pub(crate) fn capture(&self, terminal: &Device, material: &str) -> StillId {
        let still = StillId(self.house.clock().ids().uuid(self.house.clock().now()));
        let mut all = self.told.facts.lock().unwrap();
        let facts = all.get_mut(&Party::Terminal(terminal.id)).unwrap();
        facts.capture = Some(CaptureRequest { still, material: material.into() });
        still
    }

    /// The citizen stops assistance, or the terminal gives the still up.
    pub(crate) fn stop(&self, terminal: &Device) {
        let mut all = self.told.facts.lock().unwrap();
        all.get_mut(&Party::Terminal(terminal.id)).unwrap().capture = None;
    }

    pub(crate) fn leave(&self, who: Party) {
        self.told.facts.lock().unwrap().remove(&who);
    }

    pub(crate) fn news(&self) -> Vec<News> {
        std::mem::take(&mut *self.told.news.lock().unwrap())
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let (router, _) = crate::http::cases_router::<Self>().with_state(self.clone()).split_for_parts();
        let response = router.oneshot(request).await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), 1 << 26).await.unwrap().to_vec();
        Answer { status, headers, json: serde_json::from_slice(&bytes).unwrap_or_default(), bytes }
    }

    pub(crate) async fn ask(&self, token: &str, method: &str, path: &str, body: Option<Value>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
        self.send(request.body(body).unwrap()).await
    }

    pub(crate) async fn open_as(&self, token: &str, key: &str, body: &Value) -> Answer {
        let request = Request::post("/cases")
            .header(header::AUTHORIZATION, format!("Bearer {token}"))
            .header("idempotency-key", key)
            .body(Body::from(body.to_string()));
        self.send(request.unwrap()).await
    }

    /// A case of 困难残疾人生活补贴 · 本人 (ID, DC, LB primary; HK, AC deferrable), opened in a fresh call.
    pub(crate) async fn opened(&self, clerk: &Person, terminal: &Device) -> Value {
        let call = self.call(clerk, terminal);
        let key = format!("key-{call}");
        self.open_as(&clerk.token, &key, &application(call, "disab-living", "disab-living/1")).await.ok()
    }

    /// The same with every material accepted.
    pub(crate) async fn complete(&self, clerk: &Person, terminal: &Device) -> Value {
        let mut case = self.opened(clerk, terminal).await;
        for code in ["ID", "DC", "LB", "HK", "AC"] {
            let path = format!("/cases/{}/materials/{code}", case["id"].as_str().unwrap());
            let body = json!({ "state": "accepted", "version": case["version"] });
            case = self.ask(&clerk.token, "PUT", &path, Some(body)).await.ok();
        }
        case
    }

    pub(crate) async fn offer(&self, by: &Person, case: &Value, to: Value) -> Answer {
        let path = format!("/cases/{}/handoffs", case["id"].as_str().unwrap());
        let body = json!({
            "to": to, "reason": "下班交接", "answer_within_minutes": 30, "version": case["version"],
        });
        self.ask(&by.token, "POST", &path, Some(body)).await
    }

    pub(crate) fn advance(&self, minutes: u64) {
        self.house.rig.clock.advance(Duration::from_secs(60 * minutes));
    }

    pub(crate) async fn sweep(&self) {
        self.cases.sweep_stills().await.unwrap();
    }

    /// What a shell on the database would do.
    pub(crate) async fn sql(&self, sql: &'static str) -> Result<u64, sqlx::Error> {
        let mut tx = self.house.rig.store.begin().await.unwrap();
        let done = sqlx::query(sql).execute(&mut *tx).await?;
        tx.commit().await?;
        Ok(done.rows_affected())
    }

    pub(crate) async fn count(&self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(self.house.rig.store.reader()).await.unwrap()
    }
}

pub(crate) fn application(call: CallId, item: &str, scenario: &str) -> Value {
    json!({
        "call": call, "item": item, "scenario": scenario,
        "applicant": {
            "name": "王大力", "id_number": ID_NUMBER, "phone": "13800136621",
            "identity_check": { "method": "by_eye", "result": "matches" },
        },
    })
}

impl FromRef<Counter> for Auth {
    fn from_ref(counter: &Counter) -> Self {
        counter.house.auth.clone()
    }
}

impl FromRef<Counter> for Cases {
    fn from_ref(counter: &Counter) -> Self {
        counter.cases.clone()
    }
}
