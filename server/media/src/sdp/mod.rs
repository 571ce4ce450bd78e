//! The little SDP that one bundled offer with fixed slots needs (RFC 8866, RFC 8829 in part).
mod error;

pub use error::OfferError;
