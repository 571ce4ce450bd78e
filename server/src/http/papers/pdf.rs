//! `GET /papers/{id}.pdf`.
use axum::extract::State;
use axum::response::{IntoResponse, Response};

use crate::auth::AnyAuth;
use crate::cases::Cases;
use crate::http::extract::Path;
use crate::problem::Problem;

/// A paper as it was issued.
#[utoipa::path(get, path = "/papers/{file}", tag = "papers",
    params(("file" = String, Path, description = "the paper's id and `.pdf`")), responses(
    (status = 200, description = "the PDF", content_type = "application/pdf", body = Vec<u8>),
    (status = 403, description = "`not_yours`", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
))]
pub(super) async fn pdf(
    who: AnyAuth,
    State(cases): State<Cases>,
    Path(file): Path<String>,
) -> Result<Response, Problem> {
    let id = file.strip_suffix(".pdf").and_then(|id| id.parse().ok());
    let id = id.ok_or_else(|| Problem::not_found("no such paper"))?;
    let (_, pdf) = cases.paper_pdf(&who.0, id).await?;
    Ok((super::headers("application/pdf"), pdf).into_response())
}
