//! `GET /papers/{id}/pages/{n}.png`.
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use protocol::ids::PaperId;

use crate::auth::AnyAuth;
use crate::cases::Cases;
use crate::http::extract::Path;
use crate::problem::Problem;

/// A page of a paper, as wide as the terminal's screen.
#[utoipa::path(get, path = "/papers/{id}/pages/{file}", tag = "papers",
    params(("id" = String, Path), ("file" = String, Path, description = "the page, from 1, and `.png`")), responses(
    (status = 200, description = "the page", content_type = "image/png", body = Vec<u8>),
    (status = 403, description = "`not_yours`", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
    (status = 409, description = "`paper_changed`: issued by another version of the program; read the PDF", body = Problem),
))]
pub(super) async fn page(
    who: AnyAuth,
    State(cases): State<Cases>,
    Path((id, file)): Path<(PaperId, String)>,
) -> Result<Response, Problem> {
    let missing = || Problem::not_found("no such page");
    let number = file.strip_suffix(".png").and_then(|number| number.parse::<usize>().ok());
    let index = number.and_then(|number| number.checked_sub(1)).ok_or_else(missing)?;
    let made = cases.paper_pages(&who.0, id).await?;
    let page = made.pages.get(index).ok_or_else(missing)?;
    Ok((super::headers("image/png"), page.clone()).into_response())
}
