//! The derivatives that a jet carries, and their places.

/// The channels of a jet: the value, then ∂t, then ∂x₁ … ∂x_d, then the Laplacian in x; those that
/// are not carried are left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Channels {
    /// The number of space derivatives: d or 0.
    pub space: usize,
    /// Whether ∂t is carried.
    pub time: bool,
    /// Whether Σ ∂²/∂x_i² is carried, which is one channel and never d of them. It needs `space >
    /// 0`.
    pub laplacian: bool,
}

impl Channels {
    /// The value without derivatives.
    pub const VALUE: Channels = Channels { space: 0, time: false, laplacian: false };

    /// The value, ∂t, and ∂x in `dim` coordinates.
    pub fn first_order(dim: usize) -> Channels {
        Channels { space: dim, time: true, laplacian: false }
    }

    /// The value and ∂x in `dim` coordinates.
    pub fn space_only(dim: usize) -> Channels {
        Channels { space: dim, time: false, laplacian: false }
    }

    /// The value, ∂t, ∂x and the Laplacian in `dim` coordinates.
    pub fn with_laplacian(dim: usize) -> Channels {
        Channels { space: dim, time: true, laplacian: true }
    }

    /// The number of channels, the value included.
    pub fn count(&self) -> usize {
        1 + usize::from(self.time) + self.space + usize::from(self.laplacian)
    }

    /// The channel of ∂t.
    ///
    /// # Panics
    /// If the channels do not carry it.
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
    /// If the channels do not carry it.
    #[track_caller]
    pub fn laplacian_index(&self) -> usize {
        assert!(self.laplacian, "these channels carry no Laplacian");
        self.count() - 1
    }
}
