//! The user's quantities at every draw, which are the columns of draws.npy; the coordinates of the
//! fit may be a transformation of them.

use pushforward::density::Target;
use pushforward::num::Points;

/// The quantities of some draws, on the user's scale and with the user's names.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantities {
    /// The names of the m quantities.
    pub names: Vec<String>,
    /// The values, n×m, draw after draw.
    pub values: Vec<f64>,
    /// The names of the d coordinates of the fit if these differ from the quantities; otherwise
    /// empty.
    pub coordinates: Vec<String>,
}

impl Quantities {
    /// The quantities at points x, n×d.
    ///
    /// Names alone do not show whether a target is constrained: a Stan model has the same name for
    /// σ and log σ.
    ///
    /// # Panics
    /// As [`on_the_users_scale`].
    pub fn of(target: &dyn Target, x: &[f64]) -> Quantities {
        let (names, coordinates) = (target.constrained_names(), target.names());
        let values = on_the_users_scale(target, x);
        let is_same = |(a, b): (&f64, &f64)| a.to_bits() == b.to_bits();
        let are_coordinates = names == coordinates && values.iter().zip(x).all(is_same);
        Quantities { names, values, coordinates: if are_coordinates { Vec::new() } else { coordinates } }
    }

    /// The values as n points of dimension m: one point for each draw, one coordinate for each
    /// name.
    ///
    /// # Panics
    /// If there are no names.
    #[track_caller]
    pub fn points(&self) -> Points<'_> {
        Points::new(&self.values, self.names.len())
    }
}

/// The user's quantities at points n×d, n×m.
///
/// # Panics
/// If the length of the target's constrained point differs from that of the list of its names.
pub fn on_the_users_scale(target: &dyn Target, x: &[f64]) -> Vec<f64> {
    let m = target.constrained_names().len();
    let points = Points::new(x, target.dim());
    let mut values = Vec::with_capacity(points.len() * m);
    for x in points {
        let point = target.constrain(x);
        assert_eq!(point.len(), m, "the target names {m} quantities and gives {} of them", point.len());
        values.extend(point);
    }
    values
}
