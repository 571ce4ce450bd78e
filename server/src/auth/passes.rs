//! Socket passes: a browser cannot put a token on a WebSocket without putting it into a URL, so the session buys a
//! pass that is said once, in the first message. In memory only: a restart loses nothing that lasts longer than
//! half a minute.
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::Timestamp;
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// How long a pass is good.
pub const PASS_LIFE: Duration = Duration::from_secs(30);
/// Passes that one session may hold: a page that reconnects in a storm needs a few, nobody needs many.
const MOST_PER_SESSION: usize = 16;
const MOST: usize = 65_536;

#[derive(Default)]
pub(super) struct Passes(Mutex<BTreeMap<[u8; 32], Pass>>);

struct Pass {
    session: Uuid,
    expires: Timestamp,
}

impl Passes {
    pub(super) fn issue(&self, session: Uuid, random: [u8; 32], now: Timestamp) -> Option<String> {
        let mut passes = self.lock();
        if passes.len() >= MOST / 2 {
            passes.retain(|_, pass| pass.expires > now);
        }
        let held = passes.values().filter(|pass| pass.session == session && pass.expires > now).count();
        if held >= MOST_PER_SESSION || passes.len() >= MOST {
            return None;
        }
        passes.insert(random, Pass { session, expires: now.plus(PASS_LIFE) });
        Some(URL_SAFE_NO_PAD.encode(random))
    }

    pub(super) fn redeem(&self, pass: &str, now: Timestamp) -> Option<Uuid> {
        let random: [u8; 32] = URL_SAFE_NO_PAD.decode(pass).ok()?.try_into().ok()?;
        let pass = self.lock().remove(&random)?;
        (pass.expires > now).then_some(pass.session)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<[u8; 32], Pass>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000_000);

    #[test]
    fn a_pass_works_once_and_for_half_a_minute() {
        let passes = Passes::default();
        let session = Uuid::from_u128(1);
        let pass = passes.issue(session, [1; 32], NOW).unwrap();
        assert_eq!(passes.redeem(&pass, NOW.plus(PASS_LIFE - Duration::from_micros(1))), Some(session));
        assert_eq!(passes.redeem(&pass, NOW), None, "a second time");
        let pass = passes.issue(session, [2; 32], NOW).unwrap();
        assert_eq!(passes.redeem(&pass, NOW.plus(PASS_LIFE)), None, "too late");
        for bad in ["", "x", &"A".repeat(10_000)] {
            assert_eq!(passes.redeem(bad, NOW), None);
        }
    }

    #[test]
    fn one_session_cannot_take_the_memory() {
        let passes = Passes::default();
        let issue = |session: u128, n: u8, now| passes.issue(Uuid::from_u128(session), [n; 32], now);
        for n in 0..16 {
            assert!(issue(1, n, NOW).is_some());
        }
        assert_eq!(issue(1, 16, NOW), None);
        assert!(issue(2, 17, NOW).is_some(), "others are not touched");
        assert!(issue(1, 18, NOW.plus(PASS_LIFE)).is_some(), "expired ones do not count");
    }
}
