//! Sockets around the `media` crate.

/// The way to the media workers; cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct MediaHandle;
