//! Why a result is not to be trusted: a finding with its figures, and an advice on what to try.

/// One reason against a result.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reason {
    /// Log weights are NaN or +inf.
    NotFinite {
        /// How many.
        count: usize,
        /// The first of these draws, from 0.
        first: usize,
    },
    /// The normalised effective sample size is too small.
    LowEss {
        /// What it is.
        ess: f64,
        /// What it must reach.
        bound: f64,
    },
    /// Too few effective draws, N·ESS.
    FewDraws {
        /// How many there are.
        effective: f64,
        /// How many there must be.
        bound: f64,
    },
    /// The tail of the weights is too heavy.
    ParetoK {
        /// Its shape.
        k: f64,
        /// What it must not exceed.
        bound: f64,
    },
    /// The log Z that the fit learned is not the one that the weights give.
    LearnedLogZDisagrees {
        /// The z of the ansatz, nats.
        learned: f64,
        /// From the weights, nats.
        estimated: f64,
        /// Standard error of the latter.
        se: f64,
        /// What their distance must not exceed.
        tolerance: f64,
    },
    /// Particles of the target lie where draws hardly ever come.
    Uncovered {
        /// Which share of them.
        share: f64,
        /// What it must not exceed.
        bound: f64,
    },
    /// The estimate is not the exact log Z.
    ExactLogZDisagrees {
        /// The exact value, nats.
        exact: f64,
        /// From the weights, nats.
        estimated: f64,
        /// Standard error of the latter.
        se: f64,
        /// What their distance must not exceed.
        tolerance: f64,
    },
    /// The estimate falls short of the exact log Z by the logarithm of the number of modes: the
    /// draws sit in one.
    ModeCollapse {
        /// Exact minus estimated log Z, nats.
        shortfall: f64,
        /// Number of modes of the target.
        n_modes: usize,
    },
    /// Modes that must have draws have none, or next to none.
    MissedModes {
        /// How many.
        missed: usize,
        /// Number of modes of the target.
        n_modes: usize,
        /// Their mass, 0 to 1.
        mass: f64,
    },
}

impl Reason {
    /// What was found, with its figures and the bounds that they miss.
    pub fn finding(&self) -> String {
        match self {
            Reason::NotFinite { count, first } => {
                format!("{count} log weights are NaN or +inf, the first at draw {first}")
            }
            Reason::LowEss { ess, bound } => {
                format!("the normalised effective sample size is {ess:.4}, below {bound}")
            }
            Reason::FewDraws { effective, bound } => {
                format!("there are only {effective:.1} effective draws, below {bound}")
            }
            Reason::ParetoK { k, bound } => {
                format!("Pareto k of the largest weights is {k:.2}, above {bound}")
            }
            Reason::LearnedLogZDisagrees { learned, estimated, se, tolerance } => format!(
                "the learned log Z {learned:.6} and the estimate {estimated:.6} ± {se:.1e} differ by more than \
                 {tolerance:.1e}"
            ),
            Reason::Uncovered { share, bound } => format!(
                "{:.1} % of the mass that the search before the fit found lies where draws hardly ever come, more than \
                 {:.0} %, and no weight tells of it: log Z falls short{}",
                100.0 * share,
                100.0 * bound,
                by_about(-libm::log1p(-share))
            ),
            Reason::ExactLogZDisagrees { exact, estimated, se, tolerance } => format!(
                "the estimate of log Z {estimated:.6} ± {se:.1e} is further than {tolerance:.1e} from the exact \
                 {exact:.6}"
            ),
            Reason::ModeCollapse { shortfall, n_modes } => format!(
                "log Z falls short by {shortfall:.3}, the logarithm of the number of modes ({n_modes})"
            ),
            Reason::MissedModes { missed, n_modes, mass } => format!(
                "{missed} of {n_modes} modes have hardly any draws, though they hold {mass:.3} of the mass: log Z falls \
                 short by {:.3}",
                -libm::log1p(-mass)
            ),
        }
    }

    /// What it means for the result, and what to try.
    pub fn advice(&self) -> &'static str {
        match self {
            Reason::NotFinite { .. } => "check the density there and tighten the integration tolerance",
            Reason::LowEss { .. } => "fit for more steps or with more points",
            Reason::FewDraws { .. } => "ask for more draws",
            Reason::ParetoK { .. } => {
                "the draws miss mass in the tails: fit for more steps, or with more points, or ask for more draws"
            }
            Reason::LearnedLogZDisagrees { .. } => "fit for more steps, and suspect missed modes",
            Reason::Uncovered { .. } => "fit for more steps, with more points or a wider network",
            Reason::ExactLogZDisagrees { .. } => {
                "suspect missed modes: try another seed, more points or a wider network"
            }
            Reason::ModeCollapse { .. } => {
                "the draws sit in one mode: try another seed, more points or a wider network"
            }
            Reason::MissedModes { .. } => "try another seed, more points or a wider network",
        }
    }
}

impl std::fmt::Display for Reason {
    /// `FINDING; ADVICE`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}; {}", self.finding(), self.advice())
    }
}

/// " by about 0.105"; nothing for a number that is none.
fn by_about(nats: f64) -> String {
    if nats.is_finite() { format!(" by about {nats:.3}") } else { String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shortfall_is_told_where_it_is_a_number() {
        let text = |share: f64| Reason::Uncovered { share, bound: 0.01 }.to_string();
        assert!(text(0.1).contains("log Z falls short by about 0.105; fit"), "{}", text(0.1));
        assert!(text(1.0).contains("log Z falls short; fit"), "{}", text(1.0));
    }
}
