//! Which derivatives a jet carries, and where each one stands.

/// The channels of a jet: value, then ∂t, then ∂x₁ … ∂x_d, then the Laplacian in x, as far as
/// present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channels {
    /// Number of space derivatives, d or 0.
    pub space: usize,
    /// Whether ∂t is carried.
    pub time: bool,
    /// Whether Σ ∂²/∂x_i² is carried (collapsed: one channel, never d of them). Needs `space > 0`.
    pub laplacian: bool,
}

impl Channels {
    /// Values only.
    pub const VALUE: Channels = Channels { space: 0, time: false, laplacian: false };

    /// Value, ∂t and ∂x.
    pub fn first_order(dim: usize) -> Channels {
        Channels { space: dim, time: true, laplacian: false }
    }

    /// Value and ∂x.
    pub fn space_only(dim: usize) -> Channels {
        Channels { space: dim, time: false, laplacian: false }
    }

    /// Value, ∂t, ∂x and the Laplacian.
    pub fn with_laplacian(dim: usize) -> Channels {
        Channels { space: dim, time: true, laplacian: true }
    }

    /// How many channels there are.
    pub fn count(&self) -> usize {
        1 + usize::from(self.time) + self.space + usize::from(self.laplacian)
    }

    /// The channel of ∂t.
    ///
    /// # Panics
    /// If it is not carried.
    #[track_caller]
    pub fn time_index(&self) -> usize {
        assert!(self.time, "these channels carry no time derivative");
        1
    }

    /// The channel of ∂x_i, i from 0.
    ///
    /// # Panics
    /// If `i >= self.space`.
    #[track_caller]
    pub fn space_index(&self, i: usize) -> usize {
        assert!(i < self.space, "no derivative along coordinate {i}: {} carried", self.space);
        1 + usize::from(self.time) + i
    }

    /// The channel of the Laplacian.
    ///
    /// # Panics
    /// If it is not carried.
    #[track_caller]
    pub fn laplacian_index(&self) -> usize {
        assert!(self.laplacian, "these channels carry no Laplacian");
        self.count() - 1
    }
}
