//! What is said of many samples: percentiles, medians, spreads.

/// Samples of one quantity, all in the same unit.
#[derive(Clone, Debug, Default)]
pub struct Samples(Vec<f64>);

impl Samples {
    /// No samples yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one; what is not a number is left out.
    pub fn add(&mut self, value: f64) {
        if value.is_finite() {
            self.0.push(value);
        }
    }

    /// The smallest sample that at least `percent` of all samples do not exceed (nearest rank); none without samples.
    #[must_use]
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let rank = (percent.clamp(0.0, 100.0) / 100.0 * sorted.len() as f64).ceil() as usize;
        sorted.get(rank.saturating_sub(1)).copied()
    }

    /// The middle, the mean of the two middle ones for an even number; none without samples.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let middle = sorted.len() / 2;
        let upper = sorted.get(middle).copied()?;
        if sorted.len() % 2 == 1 {
            return Some(upper);
        }
        sorted.get(middle.wrapping_sub(1)).map(|lower| f64::midpoint(*lower, upper))
    }

    /// Least and greatest; none without samples.
    #[must_use]
    pub fn range(&self) -> Option<[f64; 2]> {
        let least = self.0.iter().copied().min_by(f64::total_cmp)?;
        let greatest = self.0.iter().copied().max_by(f64::total_cmp)?;
        Some([least, greatest])
    }

    /// The middle half, from the 25th to the 75th percentile; none without samples.
    #[must_use]
    pub fn quartiles(&self) -> Option<[f64; 2]> {
        Some([self.percentile(25.0)?, self.percentile(75.0)?])
    }
}

impl FromIterator<f64> for Samples {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut samples = Self::new();
        values.into_iter().for_each(|value| samples.add(value));
        samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples(values: &[f64]) -> Samples {
        values.iter().copied().collect()
    }

    #[test]
    fn percentiles_are_samples() {
        let hundred: Samples = (1..=100).rev().map(f64::from).collect();
        assert_eq!(hundred.percentile(0.0), Some(1.0));
        assert_eq!(hundred.percentile(50.0), Some(50.0));
        assert_eq!(hundred.percentile(95.0), Some(95.0));
        assert_eq!(hundred.percentile(99.0), Some(99.0));
        assert_eq!(hundred.percentile(100.0), Some(100.0));
        assert_eq!(samples(&[7.0, 3.0, 5.0]).percentile(99.0), Some(7.0));
        assert_eq!(hundred.quartiles(), Some([25.0, 75.0]));
    }

    #[test]
    fn medians_stand_in_the_middle() {
        assert_eq!(samples(&[9.0, 1.0, 4.0]).median(), Some(4.0));
        assert_eq!(samples(&[9.0, 1.0, 4.0, 2.0]).median(), Some(3.0));
        assert_eq!(samples(&[2.5]).median(), Some(2.5));
    }

    #[test]
    fn ranges_hold_everything() {
        assert_eq!(samples(&[3.0, -1.0, 2.0]).range(), Some([-1.0, 3.0]));
    }

    #[test]
    fn nothing_is_said_of_nothing() {
        let none = Samples::new();
        assert_eq!(none.percentile(50.0), None);
        assert_eq!(none.median(), None);
        assert_eq!(none.range(), None);
        let mut odd = Samples::new();
        odd.add(f64::NAN);
        odd.add(f64::INFINITY);
        assert_eq!(odd.median(), None, "a failed division is no sample");
    }
}
