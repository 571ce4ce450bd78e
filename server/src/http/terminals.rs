//! Terminal enrolment and sessions.
use utoipa_axum::router::OpenApiRouter;

use crate::app::AppState;

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
}
