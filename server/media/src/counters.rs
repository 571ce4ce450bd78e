//! What was counted, for metrics. All values only grow.

/// Totals since [`crate::Sfu::new`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Datagrams that came in.
    pub received: u64,
    /// Media packets sent to viewers, without repetitions.
    pub forwarded: u64,
    /// Datagrams from addresses that passed no check.
    pub dropped_stranger: u64,
    /// STUN that was malformed or not authentic.
    pub dropped_stun: u64,
    /// DTLS records that were not let through.
    pub dropped_dtls: u64,
    /// RTP or RTCP that was malformed or not authentic.
    pub dropped_forged: u64,
    /// RTP or RTCP that had come before.
    pub dropped_replayed: u64,
    /// Media packets held back because their source is silenced.
    pub dropped_silenced: u64,
    /// Packets repeated by a publisher.
    pub repeats_received: u64,
    /// Packets repeated to a viewer.
    pub repeats_sent: u64,
    /// Packets that viewers missed.
    pub nacks_received: u64,
    /// Packets asked for again from publishers.
    pub nacks_sent: u64,
    /// Keyframes that viewers asked for.
    pub keyframes_wanted: u64,
    /// Keyframes asked for from publishers.
    pub keyframes_asked: u64,
    /// Changes of what a slot shows, layers included.
    pub switches: u64,
    /// Connections that came up.
    pub joined: u64,
    /// Connections that ended for lack of consent.
    pub expired: u64,
    /// ICE restarts answered.
    pub restarts: u64,
}
