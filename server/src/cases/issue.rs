//! Issuing papers: made first, stored in the transaction of the act that they certify.
use casework::{Accepted, Case, IntakeClock, MaterialStatus, NotAccepted, day_of};
use protocol::ids::{PaperId, TerminalId};
use protocol::{Common, ErrorBody, ErrorCode, Timestamp};
use serde_json::json;
use std::sync::Arc;

use super::{Cases, Happened, Refusal, by_staff};
use crate::catalogue::{Catalogue, Item};
use crate::papers::{Body, Content, Listed, Rendered, number_word, words};
use crate::store::cases::{self as rows, Applicant, PaperRow, Stored};
use crate::store::keys::LedgerKeys;
use crate::store::ledger::Actor;
use crate::store::staff::Staff;
use crate::store::{StoreError, Tx};

/// A paper that was made and is not yet stored.
pub(super) struct Issued {
    row: PaperRow,
    content: String,
    rendered: Arc<Rendered>,
}

/// What a receipt is made of.
pub(super) struct IntakeFacts<'a> {
    pub(super) stored: &'a Stored,
    pub(super) applicant: &'a Applicant,
    pub(super) by: &'a Staff,
    pub(super) at: Timestamp,
}

impl Issued {
    /// Stores the paper and chains its digest.
    pub(super) async fn store(self, tx: &mut Tx, keys: &LedgerKeys, case: &Case) -> Result<(), StoreError> {
        let Self { row, content, rendered } = self;
        rows::add_paper(tx, keys, &row, &content, &rendered.pdf).await?;
        let facts = json!({
            "paper": row.id, "kind": row.kind, "number": row.number, "digest": row.digest, "pages": row.pages,
        });
        rows::record(tx, keys, case, by_staff("paper_issued", row.issued_by, row.issued_at, facts, None))
            .await
    }
}

impl Cases {
    pub(super) async fn intake_receipt(&self, facts: IntakeFacts<'_>) -> Result<Issued, Refusal> {
        let IntakeFacts { stored, applicant, by, at } = facts;
        let catalogue = self.catalogue_of(stored).await?;
        let clock = IntakeClock::from_receipt(at, &self.calendar().await?);
        let body = Body::IntakeReceipt {
            materials: listed(&catalogue, &stored.case),
            received_at: words::moment(at),
            answer_by: words::date(clock.notice_due.due),
        };
        self.issue(stored, applicant, by, at, body).await
    }

    pub(super) async fn acceptance_notice(
        &self,
        stored: &Stored,
        (applicant, by, at): (&Applicant, &Staff, Timestamp),
        accepted: &Accepted,
    ) -> Result<Issued, Refusal> {
        let catalogue = self.catalogue_of(stored).await?;
        let profile = item(&catalogue, stored)?.legal_profile;
        let body = Body::AcceptanceNotice {
            materials: listed(&catalogue, &stored.case),
            grounds: words::grounds(profile).to_owned(),
            received_at: words::moment(accepted.received_at),
            accepted_at: words::moment(accepted.accepted_at),
            due: words::date(accepted.deadlines.due()),
            reckoned: words::reckoned(accepted.basis, &accepted.deadlines.promised),
            statutory: words::statutory(&accepted.deadlines),
        };
        self.issue(stored, applicant, by, at, body).await
    }

    pub(super) async fn non_acceptance_notice(
        &self,
        stored: &Stored,
        (applicant, by): (&Applicant, &Staff),
        refused: &NotAccepted,
    ) -> Result<Issued, Refusal> {
        let body = Body::NonAcceptanceNotice {
            received_at: words::moment(refused.received_at),
            ground: words::ground(&refused.ground),
            explanation: refused.explanation.clone(),
            remedies: words::remedies().to_owned(),
        };
        self.issue(stored, applicant, by, refused.at, body).await
    }

    async fn issue(
        &self,
        stored: &Stored,
        applicant: &Applicant,
        by: &Staff,
        at: Timestamp,
        body: Body,
    ) -> Result<Issued, Refusal> {
        let catalogue = self.catalogue_of(stored).await?;
        let (origin, kind) = (&stored.origin, body.kind());
        let item = item(&catalogue, stored)?;
        let scenario = catalogue.scenario(&origin.item, &origin.scenario);
        let department = catalogue.department(&origin.department);
        // A case is received, accepted and refused once: each kind has one paper of its number.
        let number = format!("{}-{}-1", origin.number, number_word(kind));
        let papers = self.papers();
        let content = Content {
            number: number.clone(),
            case_number: origin.number.clone(),
            issued_on: words::date(day_of(at)),
            authority: papers.authority().to_owned(),
            department: department.map(|one| one.name.clone()).unwrap_or_default(),
            applicant: applicant.name.clone(),
            id_number: applicant.id_number.masked(),
            item: item.name.clone(),
            scenario: scenario.map(|one| one.name.clone()).unwrap_or_default(),
            clerk: format!("{}（{}）", by.profile.name, by.profile.number),
            help_line: papers.help_line().to_owned(),
            body,
        };
        let json = serde_json::to_string(&content).map_err(|_| StoreError::Damaged("paper"))?;
        let rendered = papers.render(content).await?;
        let row = PaperRow {
            id: PaperId(self.parts().clock.ids().uuid(at)),
            case: stored.case.matter().id,
            kind,
            number,
            call: origin.call,
            terminal: origin.terminal,
            issued_at: at,
            issued_by: by.id,
            digest: rendered.digest.clone(),
            pages: u16::try_from(rendered.pages.len()).unwrap_or(u16::MAX),
            received_at: None,
        };
        Ok(Issued { row, content: json, rendered })
    }

    /// Notes a paper's receipt and says what the terminal is to be answered.
    pub async fn answer_receipt(&self, terminal: TerminalId, id: PaperId) -> Common {
        let (code, detail) = match self.paper_received(terminal, id).await {
            Ok(()) => return Common::Done,
            Err(Refusal::NotFound) => (ErrorCode::NotFound, "no such paper"),
            Err(Refusal::NotYours) => (ErrorCode::NotYours, "a paper of another terminal"),
            Err(error) => {
                tracing::warn!(%error, paper = %id, "a receipt could not be stored");
                (ErrorCode::NotStored, "the receipt could not be stored; try again")
            }
        };
        Common::Error(ErrorBody::new(code, detail))
    }

    /// The citizen at the terminal received a paper (送达). Once noted, asking again changes nothing.
    ///
    /// # Errors
    /// No such paper, or another terminal's.
    pub async fn paper_received(&self, terminal: TerminalId, id: PaperId) -> Result<(), Refusal> {
        let parts = self.parts();
        let now = self.now();
        let mut tx = parts.store.begin().await?;
        let (paper, _) = rows::paper(&mut tx, &parts.keys, id).await?.ok_or(Refusal::NotFound)?;
        if paper.terminal != terminal {
            return Err(Refusal::NotYours);
        }
        if !rows::paper_received(&mut tx, id, now).await? {
            return Ok(());
        }
        let stored = rows::load(&mut tx, &parts.keys, paper.case).await?.ok_or(Refusal::NotFound)?;
        let facts =
            json!({ "paper": id, "kind": paper.kind, "number": paper.number, "digest": paper.digest });
        let happened = Happened {
            kind: "paper_received",
            at: now,
            actor: Actor::Terminal(terminal),
            facts,
            payload: None,
        };
        rows::record(&mut tx, &parts.keys, &stored.case, happened).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.tell(paper.case, &[]).await;
        Ok(())
    }
}

fn item<'a>(catalogue: &'a Catalogue, stored: &Stored) -> Result<&'a Item, Refusal> {
    catalogue.item(&stored.origin.item).ok_or(Refusal::Store(StoreError::Damaged("catalogue version")))
}

fn listed(catalogue: &Catalogue, case: &Case) -> Vec<Listed> {
    let row = |row: &casework::MaterialRow| Listed {
        name: catalogue
            .material(&row.requirement.code)
            .map_or_else(|| row.requirement.code.0.clone(), |material| material.name.clone()),
        primary: row.requirement.primary,
        state: match row.status {
            MaterialStatus::Missing => "待交",
            MaterialStatus::Captured => "待核",
            MaterialStatus::Accepted => "合格",
            MaterialStatus::Rejected { .. } => "不合格",
        }
        .to_owned(),
    };
    case.checklist().rows().iter().map(row).collect()
}
