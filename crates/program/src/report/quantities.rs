//! What the user asked about at every draw: the columns of draws.npy, of which the coordinates of the fit may be a change.

use pushforward::density::Target;

/// The quantities of some draws, on the user's scale and with the user's names.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantities {
    /// Their m names.
    pub names: Vec<String>,
    /// n×m, draw after draw.
    pub values: Vec<f64>,
    /// Names of the d coordinates of the fit, if these are something else; empty if they are the quantities themselves.
    pub coordinates: Vec<String>,
}

impl Quantities {
    /// Those at points x, n×d.
    ///
    /// Names alone do not tell whether a target is constrained: a Stan model calls σ and log σ alike.
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

    /// How many there are, m.
    pub fn count(&self) -> usize {
        self.names.len()
    }
}

/// What the user asked about at points n×d: n×m.
///
/// # Panics
/// If the target's constrained point is not as long as the list of its names.
pub fn on_the_users_scale(target: &dyn Target, x: &[f64]) -> Vec<f64> {
    let m = target.constrained_names().len();
    let mut values = Vec::with_capacity(x.len() / target.dim() * m);
    for x in x.chunks_exact(target.dim()) {
        let point = target.constrain(x);
        assert_eq!(point.len(), m, "the target names {m} quantities and gives {} of them", point.len());
        values.extend(point);
    }
    values
}
