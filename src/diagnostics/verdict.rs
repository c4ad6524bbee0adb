//! The verdict on a result: it is trusted, or it is not, with the reasons.

use super::{Estimates, Reason};

/// Whether a result can be trusted.
#[derive(Clone, Debug, PartialEq)]
pub enum Verdict {
    /// The result passed every check.
    Trusted,
    /// The result failed at least one check.
    NotTrusted {
        /// The reasons of the failed checks; the list is never empty.
        reasons: Vec<Reason>,
    },
}

impl std::fmt::Display for Verdict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Verdict::Trusted => write!(f, "trusted"),
            Verdict::NotTrusted { reasons } => {
                let list: Vec<String> = reasons.iter().map(Reason::to_string).collect();
                write!(f, "not trusted: {}", list.join("; "))
            }
        }
    }
}

/// Evidence besides the weights. What is `None` is not judged.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// The learned log Z, nats.
    pub log_z_learned: Option<f64>,
    /// The exact log Z, nats.
    pub log_z_exact: Option<f64>,
    /// Number of modes of the target.
    pub n_modes: Option<usize>,
    /// Share of the mass where draws hardly ever come, as estimated from particles of the target.
    pub uncovered: Option<f64>,
}

/// Bounds of the checks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounds {
    /// Least normalised effective sample size.
    pub ess: f64,
    /// Least number of effective draws, N·ESS.
    pub effective_draws: f64,
    /// Largest Pareto k of the weights.
    pub pareto_k: f64,
    /// Share of all weights that the largest ones may carry above their threshold, whatever their
    /// Pareto k.
    pub tail_excess: f64,
    /// Number of standard errors by which log Z may differ from another value of it.
    pub standard_errors: f64,
    /// Nats by which log Z may further differ from the learned value.
    pub learned_log_z: f64,
    /// Nats by which log Z may further differ from the exact value.
    pub exact_log_z: f64,
    /// Share of the mass that may lie where draws hardly ever come.
    pub uncovered: f64,
    /// Nats by which a shortfall of log Z may differ from log(number of modes) and still count as a
    /// collapse.
    pub collapse: f64,
}

impl Default for Bounds {
    fn default() -> Bounds {
        Bounds {
            // Below one half, log weights spread by more than √log 2 = 0.83 nats: the distribution
            // of unweighted draws visibly differs from the target.
            ess: 0.5,
            // The standard error of log Z is at most 0.1, and that of a mean a tenth of a
            // deviation.
            effective_draws: 100.0,
            // The bound of Vehtari, Simpson, Gelman, Yao & Gabry 2024, section 3.2.4.
            pareto_k: 0.7,
            // A hundredth of Z. A multiple of the standard error would not do, since a heavy tail
            // makes that too small.
            tail_excess: 0.01,
            // One false alarm in 1.7 million for a normal estimate.
            standard_errors: 5.0,
            // A twentieth of Z. `learned_tolerance` adds the spread of the weights.
            learned_log_z: 0.05,
            // Half a percent of Z: the error of the integration of log q, which no standard error
            // includes.
            exact_log_z: 0.005,
            // A hundredth of Z, as for the tail: ten of a thousand particles.
            uncovered: 0.01,
            // Covers one mode that holds between ¾ and 1⅓ of its equal share.
            collapse: 0.3,
        }
    }
}

/// Compares the estimates with the bounds. A figure that is NaN passes no check.
///
/// If weights are not finite, every other figure is meaningless, and they are the only reason.
///
/// ```
/// use pushforward::diagnostics::{Bounds, Estimates, Evidence, Reason, Verdict, judge};
///
/// // A thousand log weights that spread by 0.1 nats around log Z = 2.
/// let log_weights: Vec<f64> = (0..1000).map(|k| 2.0 + 0.14 * f64::from(k).sin()).collect();
/// let estimates = Estimates::from_log_weights(&log_weights);
/// let alone = judge(&estimates, &Evidence::default(), &Bounds::default());
/// assert_eq!(alone, Verdict::Trusted);
///
/// // The exact value is known, and the estimate is log 2 too low: one of two modes has no draws.
/// let evidence = Evidence {
///     log_z_exact: Some(2.0 + 2f64.ln()),
///     n_modes: Some(2),
///     ..Evidence::default()
/// };
/// let beside = judge(&estimates, &evidence, &Bounds::default());
/// let Verdict::NotTrusted { reasons } = &beside else { panic!("half of Z is missing") };
/// let found = matches!(
///     reasons[..],
///     [Reason::ExactLogZDisagrees { .. }, Reason::ModeCollapse { .. }]
/// );
/// assert!(found, "{beside}");
/// println!("{beside}");
/// ```
pub fn judge(estimates: &Estimates, evidence: &Evidence, bounds: &Bounds) -> Verdict {
    if let Some(first) = estimates.not_finite.first {
        let reason = Reason::NotFinite { count: estimates.not_finite.count, first };
        return Verdict::NotTrusted { reasons: vec![reason] };
    }
    let mut reasons = weight_reasons(estimates, bounds);
    reasons.extend(evidence.log_z_learned.and_then(|learned| learned_reason(estimates, learned, bounds)));
    let too_much = evidence.uncovered.filter(|share| share.is_nan() || *share > bounds.uncovered);
    reasons.extend(too_much.map(|share| Reason::Uncovered { share, bound: bounds.uncovered }));
    if let Some(exact) = evidence.log_z_exact {
        reasons.extend(exact_reason(estimates, exact, bounds));
        reasons
            .extend(evidence.n_modes.and_then(|n_modes| collapse_reason(estimates, exact, n_modes, bounds)));
    }
    if reasons.is_empty() { Verdict::Trusted } else { Verdict::NotTrusted { reasons } }
}

fn weight_reasons(estimates: &Estimates, bounds: &Bounds) -> Vec<Reason> {
    let mut reasons = Vec::new();
    let reaches = |figure: f64, bound: f64| figure >= bound;
    if !reaches(estimates.ess, bounds.ess) {
        reasons.push(Reason::LowEss { ess: estimates.ess, bound: bounds.ess });
    }
    let effective = estimates.ess * estimates.n as f64;
    if !reaches(effective, bounds.effective_draws) {
        reasons.push(Reason::FewDraws { effective, bound: bounds.effective_draws });
    }
    // A heavy tail counts only if Z depends on it: among almost equal weights a few strays look
    // heavy and change nothing.
    let heavy = !reaches(bounds.pareto_k, estimates.pareto_k);
    if heavy && !reaches(bounds.tail_excess, estimates.tail_excess) {
        reasons.push(Reason::ParetoK { k: estimates.pareto_k, bound: bounds.pareto_k });
    }
    reasons
}

fn learned_reason(estimates: &Estimates, learned: f64, bounds: &Bounds) -> Option<Reason> {
    let tolerance = learned_tolerance(estimates, bounds);
    let agrees = (learned - estimates.log_z).abs() <= tolerance;
    let (estimated, se) = (estimates.log_z, estimates.log_z_se);
    (!agrees).then_some(Reason::LearnedLogZDisagrees { learned, estimated, se, tolerance })
}

/// The distance allowed between log mean w and the learned z. Along a path log w = z + ∫R dt, so
/// log mean w − z is the mean of ∫R plus half its variance σ², where σ² = −log ESS to second order.
/// Least squares shrinks mean and spread of R alike. Such a fit leaves a mean up to σ; a larger one
/// means that z and the weights disagree for another reason than accuracy.
fn learned_tolerance(estimates: &Estimates, bounds: &Bounds) -> f64 {
    let variance = (-libm::log(estimates.ess)).max(0.0);
    let spread = 0.5 * variance + variance.sqrt();
    bounds.learned_log_z + spread + bounds.standard_errors * estimates.log_z_se
}

fn exact_reason(estimates: &Estimates, exact: f64, bounds: &Bounds) -> Option<Reason> {
    let tolerance = bounds.exact_log_z + bounds.standard_errors * estimates.log_z_se;
    let agrees = (exact - estimates.log_z).abs() <= tolerance;
    let (estimated, se) = (estimates.log_z, estimates.log_z_se);
    (!agrees).then_some(Reason::ExactLogZDisagrees { exact, estimated, se, tolerance })
}

/// Draws in one of n equal modes estimate Z/n, far outside the error of log Z. The check needs at
/// least two modes. Its tolerance is at most half of log n, which matters for two modes. An
/// estimate that is too large by log n is no collapse.
fn collapse_reason(estimates: &Estimates, exact: f64, n_modes: usize, bounds: &Bounds) -> Option<Reason> {
    exact_reason(estimates, exact, bounds)?;
    let (shortfall, full) = (exact - estimates.log_z, libm::log(n_modes as f64));
    let collapsed = n_modes >= 2 && (shortfall - full).abs() <= bounds.collapse.min(0.5 * full);
    collapsed.then_some(Reason::ModeCollapse { shortfall, n_modes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::NotFinite;

    fn good() -> Estimates {
        Estimates {
            log_z: 0.3,
            log_z_se: 1e-3,
            ess: 0.98,
            elbo: 0.29,
            pareto_k: -0.2,
            tail_excess: 0.02,
            max_weight_share: 1e-3,
            n: 20_000,
            not_finite: NotFinite { count: 0, first: None },
        }
    }

    fn reasons(estimates: Estimates, evidence: Evidence) -> Vec<Reason> {
        match judge(&estimates, &evidence, &Bounds::default()) {
            Verdict::Trusted => Vec::new(),
            Verdict::NotTrusted { reasons } => reasons,
        }
    }

    fn exactly(exact: f64) -> Evidence {
        Evidence { log_z_exact: Some(exact), n_modes: Some(9), ..Evidence::default() }
    }

    #[test]
    fn a_good_result_is_trusted() {
        let evidence = Evidence { log_z_learned: Some(0.31), uncovered: Some(0.009), ..exactly(0.302) };
        assert_eq!(judge(&good(), &evidence, &Bounds::default()), Verdict::Trusted);
        assert_eq!(reasons(Estimates { pareto_k: f64::NEG_INFINITY, ..good() }, Evidence::default()), vec![]);
    }

    #[test]
    fn each_flaw_gives_its_reason() {
        let none = Evidence::default();
        let low = reasons(Estimates { ess: 0.4, ..good() }, none);
        assert_eq!(low, vec![Reason::LowEss { ess: 0.4, bound: 0.5 }]);
        let few = reasons(Estimates { n: 100, ..good() }, none);
        assert_eq!(few, vec![Reason::FewDraws { effective: 98.0, bound: 100.0 }]);
        let heavy = reasons(Estimates { pareto_k: 0.8, ..good() }, none);
        assert_eq!(heavy, vec![Reason::ParetoK { k: 0.8, bound: 0.7 }]);
        assert_eq!(reasons(Estimates { pareto_k: 0.8, tail_excess: 0.0099, ..good() }, none), vec![]);
        assert_eq!(reasons(Estimates { pareto_k: 0.8, tail_excess: 0.0101, ..good() }, none).len(), 1);
        let learned = reasons(good(), Evidence { log_z_learned: Some(0.55), ..none });
        assert!(matches!(learned[..], [Reason::LearnedLogZDisagrees { learned: 0.55, .. }]));
        // 0.05 + 0.5·0.0202 + √0.0202 + 5·0.001 = 0.207 is the tolerance at ESS 0.98.
        assert_eq!(reasons(good(), Evidence { log_z_learned: Some(0.506), ..none }), vec![]);
        assert_eq!(reasons(good(), Evidence { log_z_learned: Some(0.508), ..none }).len(), 1);
        let uncovered = |share: f64| reasons(good(), Evidence { uncovered: Some(share), ..none });
        assert_eq!(uncovered(0.011), vec![Reason::Uncovered { share: 0.011, bound: 0.01 }]);
        assert_eq!((uncovered(0.01).len(), uncovered(f64::NAN).len()), (0, 1));
        let exact = reasons(good(), exactly(0.32));
        assert!(matches!(exact[..], [Reason::ExactLogZDisagrees { exact: 0.32, .. }]));
    }

    #[test]
    fn collapse_is_recognised_by_its_shortfall() {
        let collapsed = reasons(good(), exactly(0.3 + 9f64.ln() + 0.05));
        assert!(matches!(collapsed[..], [_, Reason::ModeCollapse { n_modes: 9, .. }]), "{collapsed:?}");
        let beside = |n_modes: usize, nats: f64| {
            let evidence = Evidence { n_modes: Some(n_modes), ..exactly(0.3 + (n_modes as f64).ln() + nats) };
            reasons(good(), evidence)
        };
        for (n_modes, nats) in [(9, 0.29), (9, -0.29), (40, 0.29), (2, 0.29), (2, -0.29)] {
            let near = beside(n_modes, nats);
            assert!(matches!(near[..], [_, Reason::ModeCollapse { .. }]), "{n_modes} {nats}");
        }
        for (n_modes, nats) in [(9, 0.31), (9, -0.31), (40, -1.0), (2, 0.31)] {
            assert_eq!(beside(n_modes, nats).len(), 1, "{n_modes} {nats}");
        }
        let vague = Estimates { log_z_se: 0.5, ..good() };
        assert_eq!(reasons(vague, exactly(0.3 + 9f64.ln())), vec![], "within the error of log Z");
        // Too large is no collapse, nor is a single mode.
        assert_eq!(reasons(good(), exactly(0.3 - 9f64.ln())).len(), 1);
        let single = Evidence { n_modes: Some(1), ..exactly(0.3) };
        assert_eq!(reasons(good(), single), vec![]);
    }

    #[test]
    fn nothing_passes_as_nan() {
        let nan =
            Estimates { log_z: f64::NAN, ess: f64::NAN, pareto_k: f64::NAN, tail_excess: f64::NAN, ..good() };
        let evidence = Evidence { log_z_learned: Some(0.3), ..exactly(0.3) };
        assert_eq!(reasons(nan, evidence).len(), 5);
        let not_finite = NotFinite { count: 2, first: Some(17) };
        let first = reasons(Estimates { not_finite, ..nan }, evidence);
        assert_eq!(first, vec![Reason::NotFinite { count: 2, first: 17 }]);
    }

    #[test]
    fn the_text_has_the_figures_and_advice() {
        let verdict =
            judge(&Estimates { ess: 0.25, n: 80, ..good() }, &Evidence::default(), &Bounds::default());
        let text = verdict.to_string();
        assert!(text.starts_with("not trusted: "));
        assert!(text.contains("0.2500, below 0.5; fit for more steps"));
        assert!(text.contains("20.0 effective draws"), "{text}");
        assert_eq!(Verdict::Trusted.to_string(), "trusted");
    }
}
