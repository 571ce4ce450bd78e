//! Who a case may be handed to.
use casework::NotAllowed;
use protocol::ids::{CaseId, DepartmentCode, SkillGroupCode, StaffId};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Cases, Refusal, as_clerk, may_see};
use crate::store::cases as rows;
use crate::store::staff::{self, Role, Staff};

/// A colleague of the same hub.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Colleague {
    /// The account.
    #[schema(value_type = String, format = Uuid)]
    pub id: StaffId,
    /// The name.
    pub name: String,
    /// The staff number.
    pub number: String,
    /// The department.
    #[schema(value_type = Option<String>, required)]
    pub department: Option<DepartmentCode>,
    /// The queues served.
    #[schema(value_type = Vec<String>)]
    pub skill_groups: Vec<SkillGroupCode>,
    /// Connected at this moment.
    pub present: bool,
    /// Whether they may be handed the case.
    pub may_take: MayTakeView,
}

/// Whether somebody may be handed a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct MayTakeView {
    /// Yes or no.
    pub ok: bool,
    /// Why not: `lacks_skill`, `not_in_service` or `owner`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<&'static str>,
}

impl Cases {
    /// The clerks of one's hub, those present first; with a case, whether each may be handed it.
    ///
    /// # Errors
    /// No such case, or no right to it.
    pub async fn colleagues(&self, by: &Staff, case: Option<CaseId>) -> Result<Vec<Colleague>, Refusal> {
        let parts = self.parts();
        let matter = match case {
            Some(id) => {
                let stored = rows::load(&mut *parts.store.read().await?, &parts.keys, id).await?;
                let stored = stored.ok_or(Refusal::NotFound)?;
                self.on_record(by, id, may_see(&stored, by)).await?;
                Some(stored.case.matter().clone())
            }
            None => None,
        };
        let present = parts.live.present_staff().await;
        let view = |one: Staff| {
            let clerk = as_clerk(&one);
            let why = match &matter {
                Some(matter) if matter.owner == one.id => Some("owner"),
                Some(matter) => match clerk.may_take(&matter.skill_group) {
                    Ok(()) => None,
                    Err(NotAllowed::LacksSkill(_)) => Some("lacks_skill"),
                    Err(_) => Some("not_in_service"),
                },
                None => (!clerk.in_service).then_some("not_in_service"),
            };
            Colleague {
                id: one.id,
                name: one.profile.name,
                number: one.profile.number,
                department: one.profile.department,
                skill_groups: one.profile.skill_groups,
                present: present.contains(&one.id),
                may_take: MayTakeView { ok: why.is_none(), why },
            }
        };
        let all = staff::list(&parts.store).await?;
        let ours = all.into_iter().filter(|one| {
            one.id != by.id
                && one.profile.hub == by.profile.hub
                && one.disabled_at.is_none()
                && one.has(Role::Clerk)
        });
        let mut colleagues: Vec<_> = ours.map(view).collect();
        colleagues.sort_by_key(|one| !one.present);
        Ok(colleagues)
    }
}
