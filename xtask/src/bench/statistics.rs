//! What several measurements of the same thing say.

/// The middle of them; of an even number, the greater of the two in the middle.
pub(super) fn median<T: Ord + Copy>(mut values: Vec<T>) -> Option<T> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

/// The least and the median of some measurements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Summary {
    /// What it takes when nothing disturbs it.
    pub(super) least: u64,
    /// What it takes as a rule.
    pub(super) median: u64,
    /// Of how many measurements.
    pub(super) count: usize,
}

impl Summary {
    /// `None` of no measurements.
    pub(super) fn of(values: Vec<u64>) -> Option<Self> {
        let count = values.len();
        Some(Self { least: values.iter().copied().min()?, median: median(values)?, count })
    }

    /// How far the median is above the least, as a part of it: what this machine adds by chance.
    fn noise(self) -> f64 {
        ratio(self.median, self.least) - 1.0
    }
}

/// One thing measured of two programs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Comparison {
    pub(super) this: Summary,
    pub(super) other: Summary,
    /// The smallest difference that is taken for one, as a part of the whole.
    pub(super) least_difference: f64,
}

/// What a comparison says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// This one takes less.
    Less,
    /// This one takes more.
    More,
    /// They differ by no more than either of them differs from run to run, as far as that is known.
    Alike,
}

impl Comparison {
    pub(super) fn of_least(self) -> f64 {
        ratio(self.this.least, self.other.least)
    }

    pub(super) fn of_medians(self) -> f64 {
        ratio(self.this.median, self.other.median)
    }

    /// How much they have to differ.
    pub(super) fn noise(self) -> f64 {
        self.this.noise().max(self.other.noise()).max(self.least_difference)
    }

    /// Least and median have to agree that there is a difference, and the least beyond the noise. Two measurements do not show how
    /// much there is of that.
    pub(super) fn verdict(self) -> Verdict {
        if self.this.count.min(self.other.count) < 3 {
            return Verdict::Alike;
        }
        let (least, medians, noise) = (self.of_least(), self.of_medians(), self.noise());
        if least > 1.0 + noise && medians > 1.0 {
            Verdict::More
        } else if least < 1.0 / (1.0 + noise) && medians < 1.0 {
            Verdict::Less
        } else {
            Verdict::Alike
        }
    }
}

/// Of nothing to nothing it is 1.
fn ratio(one: u64, other: u64) -> f64 {
    if one == other { 1.0 } else { one as f64 / other as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![9, 1, 5]), Some(5));
        assert_eq!(median(vec![9, 1, 5, 6]), Some(6));
        assert_eq!(median(Vec::<u32>::new()), None);
    }

    fn compared(this: &[u64], other: &[u64]) -> Comparison {
        let [this, other] = [this, other].map(|values| Summary::of(values.to_vec()).unwrap());
        Comparison { this, other, least_difference: 0.02 }
    }

    #[test]
    fn ratios_are_of_this_to_the_other() {
        let compared = compared(&[120, 150, 130], &[100, 104, 400]);
        assert_eq!((compared.this.least, compared.this.median), (120, 130));
        assert!((compared.of_least() - 1.2).abs() < 1e-9 && (compared.of_medians() - 1.25).abs() < 1e-9);
        assert_eq!(Summary::of(Vec::new()), None);
    }

    #[test]
    fn a_difference_counts_beyond_the_noise() {
        assert_eq!(compared(&[120, 121, 122], &[100, 101, 102]).verdict(), Verdict::More);
        assert_eq!(compared(&[100, 101, 102], &[120, 121, 122]).verdict(), Verdict::Less);
        // Either of them differs by more from run to run.
        assert_eq!(compared(&[120, 160, 170], &[100, 101, 102]).verdict(), Verdict::Alike);
        assert_eq!(compared(&[101, 101, 101], &[100, 100, 100]).verdict(), Verdict::Alike);
        assert_eq!(compared(&[200, 200], &[100, 100]).verdict(), Verdict::Alike, "too few");
        // The least says one thing and the median another.
        assert_eq!(compared(&[110, 111, 112], &[100, 116, 117]).verdict(), Verdict::Alike);
    }

    #[test]
    fn one_request_more_counts_and_nothing_is_like_nothing() {
        let requests = compared(&[1002; 3], &[1001; 3]);
        assert_eq!(requests.verdict(), Verdict::Alike);
        assert_eq!(Comparison { least_difference: 0.0, ..requests }.verdict(), Verdict::More);
        assert_eq!(compared(&[0; 3], &[0; 3]).verdict(), Verdict::Alike);
        assert_eq!(compared(&[3; 3], &[0; 3]).verdict(), Verdict::More);
    }
}
