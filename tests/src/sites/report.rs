//! What came of it, as JSON.
use serde::Serialize;

/// The report. `null` stands for what could not be measured.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Calls.
    pub calls: Calls,
    /// What the server acknowledged.
    pub records: Records,
    /// Cases that changed hands.
    pub handoffs: Handoffs,
    /// What was heard and seen.
    pub media: Media,
    /// How long people waited.
    pub latency_ms: Latency,
    /// What the server used.
    pub server: ServerUse,
    /// What went wrong, in words: at most the first fifty.
    pub errors: Vec<String>,
}

/// Calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Calls {
    /// Tickets taken.
    pub placed: u32,
    /// Answered by a clerk.
    pub answered: u32,
    /// Came to wrap-up, rating and wipe.
    pub completed: u32,
    /// In which one side did not hear or see the other.
    pub without_media: u32,
}

/// What the server acknowledged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Records {
    /// How many.
    pub acknowledged: u32,
    /// How many of them are not in the database.
    pub missing: Option<u32>,
}

/// Cases that changed hands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Handoffs {
    /// Offered.
    pub offered: u32,
    /// Accepted.
    pub accepted: u32,
    /// Cases that, when looked at, had no owner, or another than the one it should be.
    pub without_single_owner: u32,
}

/// What was heard and seen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Media {
    /// Packets that never came, of all.
    pub loss_ratio: f64,
    /// The longest that a picture stood still beyond its sender's own pace.
    pub frozen_ms_max: f64,
    /// How long pictures were under way, sender and receiver included.
    pub delay_ms: Figures,
}

/// How long people waited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Latency {
    /// From pressing 取号 until the position stands on the screen, which is after it is durable.
    pub ticket_to_position: Figures,
    /// From the clerk's press until each side has heard and seen the other.
    pub accept_to_first_media: Figures,
}

/// What the server used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct ServerUse {
    /// Processor time in seconds.
    pub cpu_s: Option<f64>,
    /// Resident memory at its highest, in MiB.
    pub rss_mib: Option<f64>,
}

/// Percentiles in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Half were at most this.
    pub p50: Option<f64>,
    /// 95 of 100.
    pub p95: Option<f64>,
    /// 99 of 100.
    pub p99: Option<f64>,
}

/// Samples in microseconds that percentiles are taken of.
#[derive(Clone, Debug, Default)]
pub struct Spread(pub Vec<u64>);

impl Spread {
    /// Percentiles by nearest rank.
    #[must_use]
    pub fn figures(&self) -> Figures {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = |percent: usize| {
            let rank = (sorted.len() * percent).div_ceil(100).max(1);
            sorted.get(rank - 1).map(|us| (*us as f64 / 10.0).round() / 100.0)
        };
        Figures { p50: at(50), p95: at(95), p99: at(99) }
    }
}

impl Report {
    /// Whether all is well: everything acknowledged is there, every call was heard, seen and completed, every case has its
    /// one owner, and nothing else went wrong.
    #[must_use]
    pub fn good(&self) -> bool {
        let Calls { placed, answered, completed, without_media } = self.calls;
        self.records.missing.unwrap_or(0) == 0
            && self.handoffs.without_single_owner == 0
            && without_media == 0
            && placed == answered
            && placed == completed
            && self.errors.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_ranks() {
        let spread = Spread((1..=200).rev().map(|n| n * 1000).collect());
        assert_eq!(spread.figures(), Figures { p50: Some(100.0), p95: Some(190.0), p99: Some(198.0) });
        assert_eq!(Spread(vec![1234]).figures().p99, Some(1.23));
        assert_eq!(Spread::default().figures(), Figures::default());
    }

    #[test]
    fn a_report_is_good_only_if_everything_is() {
        let good = Report {
            calls: Calls { placed: 2, answered: 2, completed: 2, without_media: 0 },
            records: Records { acknowledged: 9, missing: Some(0) },
            handoffs: Handoffs::default(),
            media: Media::default(),
            latency_ms: Latency::default(),
            server: ServerUse::default(),
            errors: vec![],
        };
        assert!(good.good());
        let with = |change: fn(&mut Report)| {
            let mut report = good.clone();
            change(&mut report);
            report.good()
        };
        assert!(!with(|r| r.records.missing = Some(1)));
        assert!(!with(|r| r.calls.without_media = 1));
        assert!(!with(|r| r.calls.completed = 1));
        assert!(!with(|r| r.handoffs.without_single_owner = 1));
        assert!(!with(|r| r.errors.push("x".into())));
        let json = serde_json::to_value(&good).unwrap();
        assert_eq!(json["latency_ms"]["accept_to_first_media"]["p95"], serde_json::Value::Null);
        assert_eq!(json["media"]["delay_ms"].as_object().unwrap().len(), 3);
    }
}
