//! Opening a case: from this moment somebody is responsible, and the five days of intake run.
use casework::{Case, Checklist, IdNumber, Intake, Matter, Phone, Requirement, day_of};
use protocol::ids::{ApplicantId, CallId, CaseId, ItemCode, Party, ScenarioCode};
use serde::Deserialize;
use serde_json::json;
use utoipa::ToSchema;

use super::issue::IntakeFacts;
use super::{Cases, Refusal, as_clerk, by_staff, view};
use crate::catalogue::{Item, Scenario};
use crate::problem::FieldError;
use crate::store::cases::{self as rows, Applicant, IdentityCheck, Origin, Stored};
use crate::store::idempotency::{self, Known};
use crate::store::ledger::LedgerError;
use crate::store::staff::Staff;
use crate::store::{StoreError, Tx};

/// Longest name in characters.
const LONGEST_NAME: usize = 40;
/// Longest note in characters.
const LONGEST_NOTE: usize = 200;

/// What a clerk sends to open a case.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCase {
    /// The call in which it is opened: the clerk's own.
    #[schema(value_type = String, format = Uuid)]
    pub call: CallId,
    /// The item.
    #[schema(value_type = String)]
    pub item: ItemCode,
    /// Its finest branch.
    #[schema(value_type = String)]
    pub scenario: ScenarioCode,
    /// Who applies.
    pub applicant: NewApplicant,
}

/// Who applies.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApplicant {
    /// The name.
    pub name: String,
    /// The identity number, 18 characters with a valid check digit.
    pub id_number: String,
    /// A telephone number.
    pub phone: String,
    /// How the identity was checked.
    pub identity_check: IdentityCheck,
}

impl std::fmt::Debug for NewApplicant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewApplicant").finish_non_exhaustive()
    }
}

/// What opening gave: a fresh answer, or the one that was given to the same request before.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The case, as JSON.
    pub body: String,
    /// Whether it was opened now.
    pub fresh: bool,
}

struct Checked<'a> {
    name: String,
    id_number: IdNumber,
    phone: Phone,
    item: &'a Item,
    scenario: &'a Scenario,
}

impl Cases {
    /// Opens a case in the clerk's own call. The same key with the same request gives the same answer and opens nothing.
    ///
    /// # Errors
    /// Not the clerk's call, wrong fields, not the clerk's work, or the key of another request.
    pub async fn open(&self, by: &Staff, key: &str, request: &[u8], new: NewCase) -> Result<Opened, Refusal> {
        let parts = self.parts();
        let scope = format!("staff/{}/cases", by.id);
        let mut tx = parts.store.begin().await?;
        if let Some(opened) = self.done_before(&mut tx, &scope, key, request).await? {
            return Ok(opened);
        }
        drop(tx);

        let facts = parts.live.call_of(Party::Staff(by.id)).await;
        let facts = facts
            .filter(|facts| facts.call == new.call && facts.clerk == by.id)
            .ok_or(Refusal::NotYourCall)?;
        let loaded = parts.catalogue.get();
        let checked = check(&loaded.catalogue, &new)?;
        as_clerk(by).may_take(&checked.item.skill_group)?;

        let now = self.now();
        let mut tx = parts.store.begin().await?;
        let number = rows::next_number(&mut tx, day_of(now).year()).await?;
        tx.commit().await.map_err(StoreError::from)?;

        let mut ids = parts.clock.ids();
        let needs = |needed: &crate::catalogue::Needed| Requirement {
            code: needed.code.clone(),
            primary: needed.primary,
            deferrable: needed.deferrable,
        };
        let list = Checklist::of(checked.scenario.materials.iter().map(needs).collect());
        let elsewhere = checked.scenario.refer_to.as_ref().map(|authority| authority.name.clone());
        let matter = Matter::new(CaseId(ids.uuid(now)), by.id, checked.item.skill_group.clone());
        let applicant = Applicant {
            id: ApplicantId(ids.uuid(now)),
            name: checked.name,
            id_number: checked.id_number,
            phone: checked.phone,
            identity_check: new.applicant.identity_check,
        };
        let stored = Stored {
            case: Case::Intake(Intake::open(matter, now, list, elsewhere)),
            origin: Origin {
                number,
                hub: by.profile.hub.clone(),
                department: checked.item.department.clone(),
                item: new.item,
                scenario: new.scenario,
                catalogue_version: loaded.catalogue.version,
                call: new.call,
                terminal: facts.terminal,
                opened_by: by.id,
                applicant: applicant.id,
            },
        };
        let receipt =
            self.intake_receipt(IntakeFacts { stored: &stored, applicant: &applicant, by, at: now }).await?;
        self.commit_opening(&scope, key, request, (by, &stored, &applicant), receipt).await
    }

    async fn commit_opening(
        &self,
        scope: &str,
        key: &str,
        request: &[u8],
        (by, stored, applicant): (&Staff, &Stored, &Applicant),
        receipt: super::issue::Issued,
    ) -> Result<Opened, Refusal> {
        let parts = self.parts();
        let (id, now) = (stored.case.matter().id, stored.case.received_at());
        let calendar = self.calendar().await?;
        let mut tx = parts.store.begin().await?;
        // The same request may have come twice at once: the other one was quicker.
        if let Some(opened) = self.done_before(&mut tx, scope, key, request).await? {
            return Ok(opened);
        }
        rows::add(&mut tx, &parts.keys, stored, applicant).await?;
        let origin = &stored.origin;
        let facts = json!({
            "number": origin.number, "item": origin.item, "scenario": origin.scenario, "call": origin.call,
            "terminal": origin.terminal, "catalogue": origin.catalogue_version, "owner": by.id,
            "identity_check": { "method": applicant.identity_check.method, "result": applicant.identity_check.result },
        });
        let personal = json!({
            "name": applicant.name, "id_number": applicant.id_number.reveal(), "phone": applicant.phone.reveal(),
            "identity_note": applicant.identity_check.note,
        });
        let happened = by_staff("case_opened", by.id, now, facts, Some(personal));
        rows::record(&mut tx, &parts.keys, &stored.case, happened).await?;
        receipt.store(&mut tx, &parts.keys, &stored.case).await?;
        self.bind_early_stills(&mut tx, stored.origin.call, &stored.case, now).await?;
        let body = {
            let seen = self.assemble(&mut tx, id, by, &calendar).await?;
            serde_json::to_string::<view::CaseView>(&seen).map_err(|_| StoreError::Damaged("case"))?
        };
        // The answer holds the applicant's name: it is kept as everything personal is.
        let sealed = parts.keys.seal(&place(scope, key), body.as_bytes()).map_err(LedgerError::from);
        let sealed = sealed.map_err(StoreError::from)?;
        idempotency::remember(&mut tx, (scope, key), request, (201, &sealed), now).await?;
        tx.commit().await.map_err(StoreError::from)?;
        self.tell(id, &[]).await;
        Ok(Opened { body, fresh: true })
    }

    async fn done_before(
        &self,
        tx: &mut Tx,
        scope: &str,
        key: &str,
        request: &[u8],
    ) -> Result<Option<Opened>, Refusal> {
        match idempotency::look(tx, scope, key, request).await? {
            Known::New => Ok(None),
            Known::Done { answer, .. } => {
                let body = self.parts().keys.unseal(&place(scope, key), &answer).map_err(LedgerError::from);
                let body = String::from_utf8(body.map_err(StoreError::from)?);
                let body = body.map_err(|_| StoreError::Damaged("idempotency key"))?;
                Ok(Some(Opened { body, fresh: false }))
            }
            Known::OtherRequest => Err(Refusal::KeyReused),
        }
    }
}

fn place(scope: &str, key: &str) -> String {
    format!("idempotency_keys|{scope}|{key}")
}

/// Every field that is wrong, not only the first.
fn check<'a>(catalogue: &'a crate::catalogue::Catalogue, new: &NewCase) -> Result<Checked<'a>, Refusal> {
    let mut wrong = Vec::new();
    let mut error = |field: &str, detail: String| wrong.push(FieldError::new(field, detail));
    let name = new.applicant.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        error("applicant.name", format!("1 to {LONGEST_NAME} characters"));
    }
    if new.applicant.identity_check.note.as_ref().is_some_and(|note| note.chars().count() > LONGEST_NOTE) {
        error("applicant.identity_check.note", format!("at most {LONGEST_NOTE} characters"));
    }
    let id_number = new.applicant.id_number.parse::<IdNumber>();
    if let Err(why) = &id_number {
        error("applicant.id_number", why.to_string());
    }
    let phone = new.applicant.phone.parse::<Phone>();
    if let Err(why) = &phone {
        error("applicant.phone", why.to_string());
    }
    let item = catalogue.item(&new.item);
    if item.is_none() {
        error("item", "not in the catalogue".to_owned());
    }
    let scenario = catalogue.scenario(&new.item, &new.scenario);
    if scenario.is_none() {
        error("scenario", "not a scenario of this item".to_owned());
    }
    match (id_number, phone, item, scenario) {
        (Ok(id_number), Ok(phone), Some(item), Some(scenario)) if wrong.is_empty() => {
            Ok(Checked { name, id_number, phone, item, scenario })
        }
        _ => Err(Refusal::Invalid(wrong)),
    }
}
