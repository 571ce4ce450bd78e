//! Randomness out of a seed, so that a test knows every value and a guesser none.
use aws_lc_rs::hmac;

/// Letters and digits that ICE allows (RFC 8839 §5.4), 64 of them so that six bits choose one.
const ICE_CHARS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// HMAC-SHA-256 of a counter under a secret seed: a pseudo-random function, so earlier values tell nothing of later ones.
#[derive(Debug)]
pub(crate) struct Random {
    key: hmac::Key,
    counter: u64,
    block: [u8; 32],
    used: usize,
}

impl Random {
    pub(crate) fn new(seed: &[u8; 32]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, seed), counter: 0, block: [0; 32], used: 32 }
    }

    fn byte(&mut self) -> u8 {
        if self.used == self.block.len() {
            let tag = hmac::sign(&self.key, &self.counter.to_be_bytes());
            self.block.copy_from_slice(tag.as_ref());
            self.counter += 1;
            self.used = 0;
        }
        self.used += 1;
        self.block[self.used - 1]
    }

    pub(crate) fn u32(&mut self) -> u32 {
        u32::from_be_bytes(std::array::from_fn(|_| self.byte()))
    }

    /// Six random bits a character.
    pub(crate) fn ice_chars<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| ICE_CHARS[usize::from(self.byte() & 63)])
    }
}
