//! The only place that names sqlx.

/// The database.
#[derive(Clone, Debug, Default)]
pub struct Store;
