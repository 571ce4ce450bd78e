//! Typed configuration.
/// What the server was told.
#[derive(Clone, Debug, Default)]
pub struct Config {}
