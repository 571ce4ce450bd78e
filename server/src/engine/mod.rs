//! The one task that owns the desk machine: commits records before it answers.

/// The way to the engine; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct EngineHandle;
