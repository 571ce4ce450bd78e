//! A headless clerk.
use protocol::ids::{CallId, CaseId, DepartmentCode, HandoffId, SkillGroupCode, StaffId};
use protocol::{
    CallResult, CallView, CaseBrief, ClerkMessage, ClerkStatus, Common, HandoffBrief, HandoffTarget,
    OfferView, WishedStatus,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::time::Duration;

use super::server::{Refused, Server};
use super::socket::{ClerkRole, Socket};
use crate::media::{Peer, Sending, State};

/// How long the server may take for what needs no person.
const SOON: Duration = Duration::from_secs(30);
/// How long a handoff stands open.
const HANDOFF_MINUTES: u32 = 30;

/// A signed-in clerk with the line open.
pub struct Clerk {
    /// The clerk's number among the participants: voice, pictures, address.
    pub number: u32,
    /// The clerk.
    pub id: StaffId,
    /// The department, if any.
    pub department: Option<DepartmentCode>,
    /// Queues served.
    pub skill_groups: Vec<SkillGroupCode>,
    /// The line.
    pub socket: Socket<ClerkRole>,
    token: String,
    server: Server,
}

#[derive(Deserialize)]
struct SignedIn {
    token: String,
    me: Me,
}

#[derive(Deserialize)]
struct Me {
    id: StaffId,
    department: Option<DepartmentCode>,
    skill_groups: Vec<SkillGroupCode>,
}

impl Clerk {
    /// Signs in and opens the line.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn sign_in(url: &str, number: u32, login: &str, password: &str) -> anyhow::Result<Self> {
        let server = Server::at(url, number)?;
        let body = json!({"login": login, "password": password});
        let SignedIn { token, me } = server.post(None, "/staff/sign-in", &body).await?;
        let socket = Socket::open(&server, &token, None).await?;
        let Me { id, department, skill_groups } = me;
        Ok(Self { number, id, department, skill_groups, socket, token, server })
    }

    /// Opens the line again after it was lost.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn reconnect(&mut self) -> anyhow::Result<()> {
        let resume = self.socket.welcome().resume.clone();
        self.socket = Socket::open(&self.server, &self.token, Some(resume)).await?;
        Ok(())
    }

    /// Opens a media connection and waits until it stands.
    ///
    /// # Errors
    /// If it does not come about.
    pub async fn open_media(&self, sending: Sending) -> anyhow::Result<Peer> {
        let peer = Peer::new(self.number, self.server.local(), sending).await?;
        let message = ClerkMessage::MediaOffer { sdp: peer.offer().await?, restart: false };
        let Common::MediaAnswer { sdp } = self.socket.ask(message).await? else {
            anyhow::bail!("an offer was not answered by an answer")
        };
        peer.answer(&sdp).await?;
        peer.reaches(State::Connected, SOON).await?;
        Ok(peer)
    }

    /// Goes on duty or off.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn set_status(&self, status: WishedStatus) -> anyhow::Result<()> {
        self.socket.ask(ClerkMessage::SetStatus { status }).await.map(|_| ())
    }

    /// Waits for a ring.
    ///
    /// # Errors
    /// If nobody rings in time.
    pub async fn rung(&self, limit: Duration) -> anyhow::Result<OfferView> {
        self.socket
            .until("ring", limit, |view| match &view.status {
                ClerkStatus::Ringing { offer } => Some((**offer).clone()),
                _ => None,
            })
            .await
    }

    /// Answers the ring.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn accept(&self, offer: &OfferView) -> anyhow::Result<CallView> {
        self.socket.ask(ClerkMessage::Accept { offer: offer.id }).await?;
        self.call(SOON).await
    }

    /// Waits for a call.
    ///
    /// # Errors
    /// If there is none in time.
    pub async fn call(&self, limit: Duration) -> anyhow::Result<CallView> {
        self.call_with("call", limit, |call| Some(call.clone())).await
    }

    /// Waits until the call has what is looked for.
    ///
    /// # Errors
    /// If it does not in time.
    pub async fn call_with<T>(
        &self,
        what: &str,
        limit: Duration,
        mut find: impl FnMut(&CallView) -> Option<T>,
    ) -> anyhow::Result<T> {
        self.socket
            .until(what, limit, |view| match &view.status {
                ClerkStatus::InCall { call } => find(call),
                _ => None,
            })
            .await
    }

    /// Ends the call and waits for wrap-up.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn hang_up(&self, call: CallId) -> anyhow::Result<()> {
        self.socket.ask(ClerkMessage::HangUp { call }).await?;
        let wrapping = |status: &ClerkStatus| matches!(status, ClerkStatus::WrapUp { .. });
        self.socket.until("wrap-up", SOON, |view| wrapping(&view.status).then_some(())).await
    }

    /// Finishes wrap-up.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn finish(&self, result: CallResult) -> anyhow::Result<()> {
        self.socket.ask(ClerkMessage::FinishWrapUp { result, note: String::new() }).await.map(|_| ())
    }

    /// Opens a case in the call for what its ticket says.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn open_case(&self, call: &CallView, key: &str) -> Result<CaseBrief, Refused> {
        let applicant = json!({
            "name": "王秀英",
            "id_number": "11010519491231002X",
            "phone": "13800136621",
            "identity_check": {"method": "by_eye", "result": "matches"},
        });
        let body = json!({
            "call": call.id, "item": call.ticket.item, "scenario": call.ticket.scenario, "applicant": applicant,
        });
        self.server.post_once(&self.token, "/cases", key, &body).await
    }

    /// Judges every material as good, from what is held into the camera.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn judge_all(&self, mut case: CaseBrief) -> Result<CaseBrief, Refused> {
        for code in case.materials.iter().map(|m| m.code.clone()).collect::<Vec<_>>() {
            let body = json!({"state": "accepted", "version": case.version});
            let path = format!("/cases/{}/materials/{code}", case.id);
            case = self.server.put(&self.token, &path, &body).await?;
        }
        Ok(case)
    }

    /// Accepts a case (受理).
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn accept_case(&self, case: &CaseBrief) -> Result<CaseBrief, Refused> {
        let path = format!("/cases/{}/accept", case.id);
        self.server.post(Some(&self.token), &path, &json!({"version": case.version})).await
    }

    /// A case as the server has it now.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn case(&self, id: CaseId) -> Result<CaseBrief, Refused> {
        self.server.get(&self.token, &format!("/cases/{id}")).await
    }

    /// Offers a case to a colleague (转办).
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn offer_case(&self, case: &CaseBrief, to: StaffId) -> Result<HandoffId, Refused> {
        let body = json!({
            "to": HandoffTarget::Clerk { staff: to },
            "reason": "由同事继续办理",
            "answer_within_minutes": HANDOFF_MINUTES,
            "version": case.version,
        });
        let handoff: HandoffBrief =
            self.server.post(Some(&self.token), &format!("/cases/{}/handoffs", case.id), &body).await?;
        Ok(handoff.id)
    }

    /// Takes a case over.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn take_over(&self, handoff: HandoffId) -> Result<HandoffBrief, Refused> {
        self.server.post(Some(&self.token), &format!("/handoffs/{handoff}/accept"), &json!({})).await
    }

    /// Handoffs that wait for this clerk's answer.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn handoffs_for_me(&self) -> Result<Vec<HandoffBrief>, Refused> {
        let waiting: Value = self.server.get(&self.token, "/handoffs?for_me=true").await?;
        Ok(serde_json::from_value(waiting["handoffs"].clone()).unwrap_or_default())
    }

    /// Colleagues who may take a case over.
    ///
    /// # Errors
    /// If the server refuses.
    pub async fn who_may_take(&self, case: CaseId) -> Result<Vec<StaffId>, Refused> {
        #[derive(Deserialize)]
        struct Colleague {
            id: StaffId,
            may_take: MayTake,
        }
        #[derive(Deserialize)]
        struct MayTake {
            ok: bool,
        }
        let all: Vec<Colleague> = self.server.get(&self.token, &format!("/colleagues?case={case}")).await?;
        Ok(all.into_iter().filter(|one| one.may_take.ok).map(|one| one.id).collect())
    }
}
