//! The naive network, generic in the scalar: the reference for the batched network.

use super::{Form, Network, Networks};
use crate::autodiff::{Jet, JetPoint};
use crate::num::Scalar;

/// The jets of all unknowns at (time, x), in the order that [`Jets`](super::Jets) reads.
///
/// With `f64` it checks the forward pass of the batched network. With variables of the tape its
/// results can be differentiated by every parameter, which checks the rows of J.
///
/// # Panics
/// If `theta` does not have one number for each parameter.
pub fn naive_jets<S: Scalar>(networks: &Networks, theta: &[S], time: f64, x: &[f64]) -> Vec<S> {
    assert_eq!(theta.len(), networks.n_params(), "another number of parameters");
    networks.list().iter().flat_map(|network| network_jets(network, theta, time, x)).collect()
}

fn network_jets<S: Scalar>(network: &Network, theta: &[S], time: f64, x: &[f64]) -> Vec<S> {
    let channels = network.unknown.channels;
    let at = JetPoint::<S>::new(time, x, channels);
    let mut raw = vec![Jet::constant(0.0); network.centre.len()];
    if let Some(k) = network.time_input() {
        raw[k] = at.time;
    }
    for (i, coordinate) in at.x.into_iter().enumerate() {
        if let Some(k) = network.space_input(i) {
            raw[k] = coordinate;
        }
    }
    let scaling = network.centre.iter().zip(&network.slope);
    let mut units: Vec<Jet<S>> = raw.into_iter().zip(scaling).map(|(z, (c, s))| (z - *c) * *s).collect();
    for (l, layer) in network.layers.iter().enumerate() {
        if l > 0 {
            units = units.iter().map(|z| z.elementary(network.activation.elementary(), 0)).collect();
        }
        let (weight, bias) = (&theta[layer.weight.clone()], &theta[layer.bias.clone()]);
        let row = |i: usize| {
            let terms = units
                .iter()
                .enumerate()
                .map(|(j, z)| z.clone() * Jet::lift(weight[i + j * layer.rows].clone()));
            terms.fold(Jet::lift(bias[i].clone()), |sum, term| sum + term)
        };
        units = (0..layer.rows).map(row).collect();
    }
    match network.unknown.form {
        Form::Full => {
            let jets: Vec<Vec<S>> = units.iter().map(|u| u.to_channels(channels)).collect();
            (0..channels.count()).flat_map(|c| jets.iter().map(move |jet| jet[c].clone())).collect()
        }
        Form::Divergence => {
            let values = units.iter().map(Jet::real);
            let terms = units.iter().enumerate().map(|(i, u)| u.dx(i));
            let divergence = terms.fold(S::constant(0.0), |sum, term| sum + term);
            values.chain([divergence]).collect()
        }
    }
}
