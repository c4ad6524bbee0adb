//! Constraints, with the changes of variables from all real numbers u to x that satisfies them.

use crate::num::Scalar;

/// A condition on x, and the map u ↦ x from all real numbers that satisfies it.
///
/// A density ρ of x becomes ρ(x(u)) |det ∂x/∂u| of u, with the same integral.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Constraint {
    /// No condition: x = u.
    Real,
    /// x > a: x = a + e^u.
    Above(f64),
    /// x < b: x = b − e^u.
    Below(f64),
    /// a < x < b: x = a + (b − a)/(1 + e^−u).
    Between(f64, f64),
    /// x₁ < x₂ < …: x₁ = u₁, x_k = x_{k−1} + e^{u_k}.
    Ordered,
    /// x_k > 0 with sum 1; there is one number u less than x. x_k = (1 − x₁ − … − x_{k−1})/(1 +
    /// e^{ln(K − k) − u_k}), so that u = 0 is the middle (the stick breaking of Stan).
    Simplex,
}

impl Constraint {
    /// Whether the constraint relates entries of a vector, so that it cannot apply to a single
    /// number.
    pub fn is_of_vectors(self) -> bool {
        matches!(self, Constraint::Ordered | Constraint::Simplex)
    }

    /// The number of u for `size` numbers x.
    pub fn n_free(self, size: usize) -> usize {
        if self == Constraint::Simplex { size.saturating_sub(1) } else { size }
    }

    /// Appends x(u) to `x` and returns log |det ∂x/∂u|, nats; for a simplex that of its first K − 1
    /// numbers.
    ///
    /// NaN and ±inf propagate as in IEEE arithmetic.
    pub fn lift<S: Scalar>(self, u: &[S], x: &mut Vec<S>) -> S {
        match self {
            Constraint::Real => {
                x.extend_from_slice(u);
                S::constant(0.0)
            }
            Constraint::Above(a) => {
                x.extend(u.iter().map(|u| u.exp() + a));
                sum(u.iter().cloned())
            }
            Constraint::Below(b) => {
                x.extend(u.iter().map(|u| -u.exp() + b));
                sum(u.iter().cloned())
            }
            Constraint::Between(a, b) => {
                x.extend(u.iter().map(|u| u.sigmoid() * (b - a) + a));
                sum(u.iter().map(|u| log_slope(u) + libm::log(b - a)))
            }
            Constraint::Ordered => {
                for (k, u) in u.iter().enumerate() {
                    let next = if k == 0 { u.clone() } else { x[x.len() - 1].clone() + u.exp() };
                    x.push(next);
                }
                sum(u.iter().skip(1).cloned())
            }
            Constraint::Simplex => lift_simplex(u, x),
        }
    }

    /// The names of the numbers u for x with these `names`.
    pub fn free_names(self, names: &[String]) -> Vec<String> {
        let shifted = |name: &String, a: f64| match a {
            0.0 => name.clone(),
            a if a < 0.0 => format!("{name} + {}", -a),
            a => format!("{name} - {a}"),
        };
        let each = |name: &String| match self {
            Constraint::Above(a) => format!("log({})", shifted(name, a)),
            Constraint::Below(b) => format!("log({b} - {name})"),
            Constraint::Between(0.0, 1.0) => format!("logit({name})"),
            Constraint::Between(a, b) => format!("logit(({}) / {})", shifted(name, a), b - a),
            _ => name.clone(),
        };
        match self {
            Constraint::Ordered => {
                let gaps = names.windows(2).map(|pair| format!("log({} - {})", pair[1], pair[0]));
                names.first().cloned().into_iter().chain(gaps).collect()
            }
            Constraint::Simplex => {
                let rest = names.len().saturating_sub(1);
                names[..rest].iter().map(|name| format!("logit({name} / rest)")).collect()
            }
            _ => names.iter().map(each).collect(),
        }
    }
}

fn sum<S: Scalar>(terms: impl Iterator<Item = S>) -> S {
    terms.reduce(|a, b| a + b).unwrap_or(S::constant(0.0))
}

/// The log of the slope of 1/(1 + e^−u), without underflow.
fn log_slope<S: Scalar>(u: &S) -> S {
    -(u.softplus() + (-u.clone()).softplus())
}

fn lift_simplex<S: Scalar>(free: &[S], x: &mut Vec<S>) -> S {
    let (mut rest, mut log_rest, mut log_det) = (S::constant(1.0), S::constant(0.0), S::constant(0.0));
    for (k, u) in free.iter().enumerate() {
        let shifted = u.clone() - libm::log((free.len() - k) as f64);
        x.push(rest.clone() * shifted.sigmoid());
        log_det = log_det + log_slope(&shifted) + log_rest.clone();
        // 1 − sigmoid(s) = sigmoid(−s): no cancellation where the stick is nearly used up.
        rest = rest * (-shifted.clone()).sigmoid();
        log_rest = log_rest - shifted.softplus();
    }
    x.push(rest);
    log_det
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::autodiff::{Formula, ModeCheck, check_modes};
    use nalgebra::DMatrix;

    const ALL: [(Constraint, usize); 6] = [
        (Constraint::Real, 3),
        (Constraint::Above(-1.5), 3),
        (Constraint::Below(0.7), 3),
        (Constraint::Between(-0.5, 2.5), 3),
        (Constraint::Ordered, 3),
        (Constraint::Simplex, 4),
    ];

    fn lifted(constraint: Constraint, u: &[f64]) -> (Vec<f64>, f64) {
        let mut x = Vec::new();
        let log_det = constraint.lift(u, &mut x);
        (x, log_det)
    }

    /// log |det| by central differences of the first numbers.
    fn by_differences(constraint: Constraint, u: &[f64]) -> f64 {
        let n = u.len();
        let h = 1e-5;
        let moved = |j: usize, step: f64| {
            let mut v = u.to_vec();
            v[j] += step;
            lifted(constraint, &v).0
        };
        let columns: Vec<Vec<f64>> = (0..n)
            .map(|j| moved(j, h).iter().zip(moved(j, -h)).map(|(a, b)| (a - b) / (2.0 * h)).collect())
            .collect();
        DMatrix::from_fn(n, n, |i, j| columns[j][i]).determinant().abs().ln()
    }

    #[test]
    fn log_jacobians_are_those_of_differences() {
        for (constraint, size) in ALL {
            let u = [0.4, -1.1, 0.8];
            assert_eq!(constraint.n_free(size), 3);
            let (x, log_det) = lifted(constraint, &u);
            assert_eq!(x.len(), size);
            // Truncation h²/6 and rounding ε/h, both near 1e-11 of order-one numbers.
            let slope = by_differences(constraint, &u);
            assert!((log_det - slope).abs() < 1e-8, "{constraint:?}: {log_det} {slope}");
            assert!(constraint == Constraint::Real || log_det.abs() > 1e-3, "the check cannot fail");
        }
    }

    #[test]
    fn constraints_hold_even_far_out() {
        for scale in [1.0, 30.0] {
            let u = [0.4 * scale, -1.1 * scale, 0.8 * scale];
            let x = |constraint| lifted(constraint, &u).0;
            assert!(x(Constraint::Above(-1.5)).iter().all(|x| *x >= -1.5));
            assert!(x(Constraint::Below(0.7)).iter().all(|x| *x <= 0.7));
            assert!(x(Constraint::Between(-0.5, 2.5)).iter().all(|x| (-0.5..=2.5).contains(x)));
            assert!(x(Constraint::Ordered).windows(2).all(|pair| pair[0] <= pair[1]));
            let simplex = x(Constraint::Simplex);
            assert!(simplex.iter().all(|x| *x >= 0.0));
            assert!((simplex.iter().sum::<f64>() - 1.0).abs() < 1e-15);
            assert!(ALL.iter().all(|(constraint, _)| lifted(*constraint, &u).1.is_finite()));
        }
        let middle = lifted(Constraint::Simplex, &[0.0; 3]).0;
        assert!(middle.iter().all(|x| (x - 0.25).abs() < 1e-15), "{middle:?}");
    }

    /// The uniform density on an interval and on the triangle of simplexes of three: areas 3 and ½
    /// as integrals in u.
    #[test]
    fn areas_are_kept() {
        let step = 0.05;
        let grid: Vec<f64> = (-800..=800).map(|k| f64::from(k) * step).collect();
        let line: f64 =
            grid.iter().map(|u| lifted(Constraint::Between(-0.5, 2.5), &[*u]).1.exp() * step).sum();
        // The trapezoidal rule converges geometrically for analytic functions that vanish at both
        // ends.
        assert!((line - 3.0).abs() < 1e-12, "{line}");
        let coarse: Vec<f64> = (-160..=160).map(|k| f64::from(k) * 0.25).collect();
        let pairs = coarse.iter().flat_map(|a| coarse.iter().map(move |b| [*a, *b]));
        let triangle: f64 = pairs.map(|u| lifted(Constraint::Simplex, &u).1.exp() * 0.0625).sum();
        assert!((triangle - 0.5).abs() < 1e-10, "{triangle}");
    }

    #[test]
    fn derivatives_in_every_mode() {
        struct Of(Constraint);
        impl Formula for Of {
            fn at<S: Scalar>(&self, u: &[S]) -> S {
                let mut x = Vec::new();
                let log_det = self.0.lift(u, &mut x);
                let weights: Vec<f64> = (0..x.len()).map(|k| 0.3 + k as f64).collect();
                log_det + S::weighted_sum(&weights, &x).square()
            }
        }
        for (constraint, _) in ALL {
            let checks = check_modes(&Of(constraint), &[0.4, -1.1, 0.8]);
            assert!(checks.iter().all(ModeCheck::passed), "{constraint:?}: {checks:?}");
        }
    }

    #[test]
    fn names_say_the_map() {
        let names = |constraint: Constraint, of: &[&str]| {
            constraint.free_names(&of.iter().map(|name| name.to_string()).collect::<Vec<_>>()).join(", ")
        };
        assert_eq!(names(Constraint::Above(0.0), &["s"]), "log(s)");
        assert_eq!(names(Constraint::Above(-2.0), &["s"]), "log(s + 2)");
        assert_eq!(names(Constraint::Between(0.0, 1.0), &["p"]), "logit(p)");
        assert_eq!(names(Constraint::Ordered, &["c[1]", "c[2]"]), "c[1], log(c[2] - c[1])");
        assert_eq!(names(Constraint::Simplex, &["w[1]", "w[2]"]), "logit(w[1] / rest)");
    }
}
