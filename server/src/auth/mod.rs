//! Passwords, sessions, device keys, socket passes, roles.

/// Signs and checks sessions; keeps socket passes.
#[derive(Clone, Debug, Default)]
pub struct Auth;
