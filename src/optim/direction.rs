//! The ways to compute a damped Gauss-Newton direction, and the automatic choice.

use crate::num::NonPositivePivot;

/// How δ = −(JᵀJ + λI)⁻¹Jᵀr is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Cholesky of the P×P matrix JᵀJ + λI, cheapest for P ≤ N. Squaring J halves the digits.
    Normal,
    /// Cholesky of the N×N matrix JJᵀ + λI with δ = −Jᵀ(JJᵀ + λI)⁻¹r (push-through identity),
    /// cheapest for N < P.
    Kernel,
    /// QR of [J; √λI] (of [Jᵀ; √λI] for N < P): keeps all digits, at several times the cost.
    Qr,
    /// Eigenvalues of the smaller Gram matrix: every λ after the first costs n² instead of n³.
    Spectral,
    /// Kernel of low rank (randomised Nyström): forms no n×n matrix; outside the rank it follows
    /// the gradient.
    Nystrom,
    /// Conjugate gradients on products with J, which is not formed; inexact.
    ConjugateGradients,
}

impl Direction {
    /// All directions, in the order of this list.
    pub const ALL: [Direction; 6] = [
        Direction::Normal,
        Direction::Kernel,
        Direction::Qr,
        Direction::Spectral,
        Direction::Nystrom,
        Direction::ConjugateGradients,
    ];

    /// The cheaper of the two Cholesky directions.
    pub fn cheapest(n_residuals: usize, n_params: usize) -> Direction {
        if n_params <= n_residuals { Direction::Normal } else { Direction::Kernel }
    }

    /// The automatic choice: the cheaper Cholesky direction; conjugate gradients if J and the Gram
    /// matrix with its factor would take more than `memory` bytes; QR once the Gram matrix has no
    /// digits left.
    pub fn automatic(
        n_residuals: usize,
        n_params: usize,
        memory: usize,
        gram_precision_exhausted: bool,
    ) -> Direction {
        let n = n_residuals.min(n_params);
        let bytes = 8.0 * (n_residuals as f64 * n_params as f64 + 2.0 * (n as f64).powi(2));
        match Direction::cheapest(n_residuals, n_params) {
            _ if bytes > memory as f64 => Direction::ConjugateGradients,
            _ if gram_precision_exhausted => Direction::Qr,
            cheapest => cheapest,
        }
    }

    /// Name of the direction in settings and records.
    pub fn name(self) -> &'static str {
        match self {
            Direction::Normal => "normal",
            Direction::Kernel => "kernel",
            Direction::Qr => "qr",
            Direction::Spectral => "spectral",
            Direction::Nystrom => "nystrom",
            Direction::ConjugateGradients => "cg",
        }
    }

    /// Whether the direction needs J as a matrix.
    pub(super) fn needs_matrix(self) -> bool {
        self != Direction::ConjugateGradients
    }
}

/// Why no direction could be computed.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DirectionError {
    /// The damped matrix is not positive definite to working precision.
    #[error("{0}")]
    Pivot(#[source] NonPositivePivot),
    /// r or J contains a value that is not finite.
    #[error("residuals or derivatives are not finite")]
    NotFinite,
    /// The backward error of the solve is above its bound.
    #[error("the linear solve left a backward error of {residual:.1e}; try a larger damping or QR")]
    Inaccurate {
        /// The backward error |Aδ − b|/(|A||δ| + |b|).
        residual: f64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_automatic_choice_follows_shape_memory_and_digits() {
        let gib = 1 << 30;
        assert_eq!(Direction::automatic(1000, 300, gib, false), Direction::Normal);
        assert_eq!(Direction::automatic(300, 1000, gib, false), Direction::Kernel);
        assert_eq!(Direction::automatic(1000, 300, gib, true), Direction::Qr);
        // 8·(1000·300 + 2·300²) bytes is the limit.
        assert_eq!(Direction::automatic(1000, 300, 3_840_000, false), Direction::Normal);
        assert_eq!(Direction::automatic(1000, 300, 3_839_999, true), Direction::ConjugateGradients);
    }
}
