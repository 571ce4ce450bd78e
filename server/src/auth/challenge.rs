//! Challenges for terminals. A challenge carries its own proof of who asked for it and when, so that asking costs the
//! server no memory, whoever asks and how often; only those answered rightly are remembered, until they expire.
use aws_lc_rs::{constant_time, hmac};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use protocol::Timestamp;
use protocol::ids::TerminalId;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How long a challenge may be answered.
const LIFE: Duration = Duration::from_secs(60);

const RANDOM: usize = 16;
const EXPIRES: usize = RANDOM + 8;
const WHOLE: usize = EXPIRES + 32;

pub(super) struct Challenges {
    key: hmac::Key,
    answered: Mutex<BTreeMap<[u8; RANDOM], Timestamp>>,
}

impl Challenges {
    pub(super) fn new(secret: [u8; 32]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, &secret), answered: Mutex::default() }
    }

    pub(super) fn issue(&self, terminal: TerminalId, random: [u8; RANDOM], now: Timestamp) -> String {
        let mut bytes = random.to_vec();
        bytes.extend(now.plus(LIFE).0.to_be_bytes());
        bytes.extend(self.proof(terminal, &bytes).as_ref());
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Whether it is ours, for this terminal, and fresh.
    pub(super) fn is_good(&self, terminal: TerminalId, challenge: &str, now: Timestamp) -> bool {
        self.random_of(terminal, challenge, now).is_some()
    }

    /// Takes a rightly answered challenge; no the second time.
    pub(super) fn take(&self, terminal: TerminalId, challenge: &str, now: Timestamp) -> bool {
        let Some((random, expires)) = self.random_of(terminal, challenge, now) else { return false };
        let mut answered = self.answered.lock().unwrap_or_else(PoisonError::into_inner);
        answered.retain(|_, expires| *expires > now);
        answered.insert(random, expires).is_none()
    }

    fn random_of(
        &self,
        terminal: TerminalId,
        challenge: &str,
        now: Timestamp,
    ) -> Option<([u8; RANDOM], Timestamp)> {
        let bytes = URL_SAFE_NO_PAD.decode(challenge).ok().filter(|bytes| bytes.len() == WHOLE)?;
        let (said, proof) = bytes.split_at(EXPIRES);
        constant_time::verify_slices_are_equal(self.proof(terminal, said).as_ref(), proof).ok()?;
        let (random, expires) = said.split_at(RANDOM);
        let expires = Timestamp(i64::from_be_bytes(expires.try_into().ok()?));
        (expires > now).then_some((random.try_into().ok()?, expires))
    }

    fn proof(&self, terminal: TerminalId, said: &[u8]) -> hmac::Tag {
        hmac::sign(&self.key, &[terminal.0.as_bytes(), said].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const NOW: Timestamp = Timestamp(1_000_000_000);

    #[test]
    fn a_challenge_is_good_once_for_its_terminal_and_for_a_minute() {
        let challenges = Challenges::new([1; 32]);
        let (mine, other) = (TerminalId(Uuid::from_u128(1)), TerminalId(Uuid::from_u128(2)));
        let challenge = challenges.issue(mine, [7; 16], NOW);
        assert!(!challenges.take(other, &challenge, NOW));
        assert!(!challenges.take(mine, &challenge, NOW.plus(LIFE)));
        assert!(challenges.is_good(mine, &challenge, NOW));
        assert!(challenges.take(mine, &challenge, NOW));
        assert!(!challenges.take(mine, &challenge, NOW), "a second time");
        assert!(!Challenges::new([2; 32]).is_good(mine, &challenge, NOW));
        let later = challenges.issue(mine, [8; 16], NOW.plus(LIFE));
        assert!(challenges.take(mine, &later, NOW.plus(LIFE)));
        assert_eq!(challenges.answered.lock().unwrap().len(), 1, "expired ones are forgotten");
    }

    #[test]
    fn a_changed_challenge_is_none() {
        let challenges = Challenges::new([1; 32]);
        let mine = TerminalId(Uuid::from_u128(1));
        let good = URL_SAFE_NO_PAD.decode(challenges.issue(mine, [7; 16], NOW)).unwrap();
        for at in 0..good.len() {
            let mut bad = good.clone();
            bad[at] ^= 1;
            assert!(!challenges.is_good(mine, &URL_SAFE_NO_PAD.encode(bad), NOW), "byte {at}");
        }
        for bad in ["", "AAAA", "no base64 !"] {
            assert!(!challenges.is_good(mine, bad, NOW));
        }
    }
}
