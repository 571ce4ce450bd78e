//! Staff: sign in, sign out, who am I.
use axum::extract::FromRef;
use protocol::Spoken;
use protocol::ids::{DepartmentCode, SkillGroupCode, StaffId};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::Auth;
use crate::clock::SharedClock;
use crate::store::staff::{Role, Staff};

mod me;
mod sign_in;
mod sign_out;

pub(super) fn router<S>() -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
    Auth: FromRef<S>,
    SharedClock: FromRef<S>,
{
    OpenApiRouter::new()
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(sign_out::sign_out))
        .routes(routes!(me::me))
}

/// A member of staff, as they see themselves.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct Me {
    /// The account.
    #[schema(value_type = String, format = Uuid)]
    id: StaffId,
    /// The name, as citizens see it.
    name: String,
    /// The staff number.
    number: String,
    /// What they may do.
    roles: Vec<Role>,
    /// The queues they serve.
    #[schema(value_type = Vec<String>)]
    skill_groups: Vec<SkillGroupCode>,
    /// The department, if any.
    #[schema(value_type = Option<String>, required)]
    department: Option<DepartmentCode>,
    /// Spoken languages.
    #[schema(value_type = Vec<String>)]
    languages: Vec<Spoken>,
}

impl From<Staff> for Me {
    fn from(staff: Staff) -> Self {
        let profile = staff.profile;
        Self {
            id: staff.id,
            name: profile.name,
            number: profile.number,
            roles: profile.roles,
            skill_groups: profile.skill_groups,
            department: profile.department,
            languages: profile.languages,
        }
    }
}
