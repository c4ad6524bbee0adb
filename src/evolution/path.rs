//! The annealing path b(t), from 0 at t = 0 to 1 at t = 1.

/// b(t), increasing, with b(0) = 0 and b(1) = 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Path {
    /// b = t.
    #[default]
    Linear,
}

impl Path {
    /// (b, b′) at t in [0, 1].
    pub fn at(self, t: f64) -> (f64, f64) {
        match self {
            Path::Linear => (t, 1.0),
        }
    }
}
