//! Modes without draws, the sign of a partial collapse.

use super::Reason;

/// A mode with fewer expected draws is not judged. Of 20 expected draws, at most 2 come with
/// probability 5e-7.
const FEWEST_EXPECTED: f64 = 20.0;

/// A mode counts as missed below this share of its true mass.
const PART: f64 = 0.1;

/// Whether modes that hold `masses` have hardly any of `n` draws, whose [`super::mode_shares`] are
/// `shares`.
///
/// A mode is missed if the draws hold less than a tenth of its mass, although at least 20 draws are
/// expected there. Draws that never see a mass M estimate (1 − M)·Z: log Z falls short by −log(1 −
/// M), which is log(modes) − log(modes found) for equal modes. Unlike [`Reason::ModeCollapse`] this
/// check needs no exact log Z. A share that is NaN is not judged.
///
/// # Panics
/// If `shares` and `masses` have different lengths.
#[track_caller]
pub fn missed_modes(shares: &[f64], masses: &[f64], n: usize) -> Option<Reason> {
    assert_eq!(shares.len(), masses.len(), "missed_modes: lengths differ");
    let is_missed = |share: f64, mass: f64| mass * n as f64 >= FEWEST_EXPECTED && share < PART * mass;
    let missed: Vec<f64> = shares
        .iter()
        .zip(masses)
        .filter(|(share, mass)| is_missed(**share, **mass))
        .map(|(_, m)| *m)
        .collect();
    let mass = missed.iter().sum();
    (!missed.is_empty()).then_some(Reason::MissedModes { missed: missed.len(), n_modes: masses.len(), mass })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_without_its_draws_is_missed() {
        let masses = [0.5, 0.3, 0.2];
        assert_eq!(missed_modes(&masses, &masses, 1000), None);
        assert_eq!(missed_modes(&[0.6, 0.37, 0.03], &masses, 1000), None, "too few, but found");
        let partial = missed_modes(&[0.99, 0.01, 0.0], &masses, 1000).unwrap();
        assert_eq!(partial, Reason::MissedModes { missed: 2, n_modes: 3, mass: 0.5 });
        assert!(partial.to_string().contains("2 of 3 modes"));
        assert!(partial.to_string().contains("by 0.693"));
    }

    #[test]
    fn few_draws_prove_nothing() {
        let masses = [0.99, 0.01];
        assert_eq!(missed_modes(&[1.0, 0.0], &masses, 1999), None);
        assert!(missed_modes(&[1.0, 0.0], &masses, 2000).is_some());
        assert_eq!(missed_modes(&[f64::NAN; 2], &masses, 2000), None);
    }
}
