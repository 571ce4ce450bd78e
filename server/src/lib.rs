//! Cloud Window server.
