//! The document that describes `/api/v1`.
use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::server::ServerBuilder;
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi};

/// Says what it is, where it stands and how to authenticate: everything needs a token that does not say otherwise.
pub(super) fn complete(mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("Cloud Window")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Records: cases, handoffs, papers, stills, terminals and staff. What is live goes over `/ws`; see PROTOCOL.md.",
        ))
        .build();
    document.servers = Some(vec![ServerBuilder::new().url("/api/v1").build()]);
    document.security = Some(vec![SecurityRequirement::new("token", Vec::<String>::new())]);
    let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let mut components = document.components.take().unwrap_or_else(|| ComponentsBuilder::new().build());
    components.add_security_scheme("token", SecurityScheme::Http(scheme));
    document.components = Some(components);
    document
}

/// `GET /openapi.json`.
pub(super) fn serve(document: &OpenApi) -> Response {
    match document.to_json() {
        Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Err(error) => crate::problem::Problem::internal(&error).into_response(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    /// The committed document is the one that is served: `tools/generated.sh` finds a tree that this test changed.
    #[test]
    fn the_document_is_written_down() {
        let (_, document) = super::super::documented();
        let mut json = document.to_pretty_json().unwrap();
        json.push('\n');
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
        if std::fs::read_to_string(&file).ok().as_deref() != Some(&json) {
            std::fs::write(&file, json).unwrap();
        }
        assert!(document.paths.paths.contains_key("/cases"), "cases are described");
        assert!(document.paths.paths.contains_key("/page-config"));
    }
}
