//! Networks, and the place of each of their numbers in the one flat parameter vector.

use super::{Activation, Inputs, Unknown};
use crate::num::{Purpose, Stream};
use std::ops::Range;

/// A dense layer: out = W·in + b, with W column-major, rows×cols.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Number of outputs, the rows of W.
    pub rows: usize,
    /// Number of inputs, the columns of W.
    pub cols: usize,
    /// Places of the entries of W in θ.
    pub weight: Range<usize>,
    /// Places of the entries of b in θ.
    pub bias: Range<usize>,
}

/// A multilayer perceptron for one unknown: dense layers with the activation between them.
#[derive(Clone, Debug)]
pub struct Network {
    /// The unknown function that the network represents.
    pub unknown: Unknown,
    /// Dimension d of x.
    pub dim: usize,
    /// The layers, from the inputs to the outputs.
    pub layers: Vec<Layer>,
    /// Activation σ between the layers.
    pub activation: &'static dyn Activation,
    /// Centre of each input. The first layer reads (input − centre)·slope, which is of order one
    /// where the points are.
    pub centre: Vec<f64>,
    /// Factor of each input; see `centre`.
    pub slope: Vec<f64>,
}

impl Network {
    /// The inputs before scaling: t and x, as far as the unknown depends on them.
    pub fn raw_inputs(&self, time: f64, x: &[f64]) -> Vec<f64> {
        match self.unknown.inputs {
            Inputs::TimeSpace => std::iter::once(time).chain(x.iter().copied()).collect(),
            Inputs::Space => x.to_vec(),
            Inputs::Time => vec![time],
        }
    }

    /// Index of the input that is coordinate i of x, or `None` if the network does not read x.
    pub fn space_input(&self, i: usize) -> Option<usize> {
        match self.unknown.inputs {
            Inputs::TimeSpace => Some(i + 1),
            Inputs::Space => Some(i),
            Inputs::Time => None,
        }
    }

    /// Index of the input that is t, or `None` if the network does not read t.
    pub fn time_input(&self) -> Option<usize> {
        (self.unknown.inputs != Inputs::Space).then_some(0)
    }
}

/// All networks of a problem and its free scalars, in one parameter vector.
#[derive(Clone, Debug)]
pub struct Networks {
    networks: Vec<Network>,
    unknowns: Vec<Unknown>,
    scalars: Range<usize>,
}

impl Networks {
    /// A network for each unknown with hidden layers of `widths` units, from the inputs on, and
    /// `n_scalars` free scalars after them.
    ///
    /// Time is in [0, 1] and enters as 2t − 1. Coordinates enter as they are, so they should be
    /// standardised.
    ///
    /// # Panics
    /// If there is no hidden layer (`widths` is empty), or one without units (a width of 0).
    #[track_caller]
    pub fn new(
        unknowns: Vec<Unknown>,
        n_scalars: usize,
        dim: usize,
        widths: &[usize],
        activation: &'static dyn Activation,
    ) -> Networks {
        assert!(
            !widths.is_empty() && !widths.contains(&0),
            "a network needs hidden layers, each of at least one unit, not {widths:?}"
        );
        let mut end = 0;
        let networks: Vec<Network> =
            unknowns.iter().map(|u| network(u.clone(), dim, widths, activation, &mut end)).collect();
        Networks { networks, unknowns, scalars: end..end + n_scalars }
    }

    /// Replaces the input scaling of every network: input k becomes `(input − centre[k])·slope[k]`,
    /// with k = 0 for t and k = 1 … d for x.
    ///
    /// # Panics
    /// If `centre` or `slope` does not have d + 1 numbers.
    pub fn scale_inputs(&mut self, centre: &[f64], slope: &[f64]) {
        for network in &mut self.networks {
            assert_eq!((centre.len(), slope.len()), (network.dim + 1, network.dim + 1), "d + 1 of each");
            network.centre = network.raw_inputs(centre[0], &centre[1..]);
            network.slope = network.raw_inputs(slope[0], &slope[1..]);
        }
    }

    /// The networks, one for each unknown.
    pub fn list(&self) -> &[Network] {
        &self.networks
    }

    /// The unknowns that the networks represent, in order.
    pub fn unknowns(&self) -> &[Unknown] {
        &self.unknowns
    }

    /// Places of the free scalars in θ.
    pub fn scalars(&self) -> Range<usize> {
        self.scalars.clone()
    }

    /// Length of the parameter vector θ.
    pub fn n_params(&self) -> usize {
        self.scalars.end
    }

    /// Starting values of θ. Weights are N(0, 1/fan-in) (LeCun 1998). Biases are N(0, 1) in the
    /// first layer, so that the units bend at different places of the standardised space, and 0
    /// elsewhere. Scalars are 0.
    pub fn initial_parameters(&self, seed: u64) -> Vec<f64> {
        let mut theta = vec![0.0; self.n_params()];
        for (k, network) in self.networks.iter().enumerate() {
            let mut stream = Stream::new(seed, Purpose::Weights, k as u64);
            for (l, layer) in network.layers.iter().enumerate() {
                let scale = 1.0 / (layer.cols as f64).sqrt();
                theta[layer.weight.clone()].iter_mut().for_each(|w| *w = scale * stream.normal());
                if l == 0 {
                    stream.fill_normal(&mut theta[layer.bias.clone()]);
                }
            }
        }
        theta
    }
}

fn network(
    unknown: Unknown,
    dim: usize,
    widths: &[usize],
    activation: &'static dyn Activation,
    end: &mut usize,
) -> Network {
    let mut network =
        Network { unknown, dim, layers: Vec::new(), activation, centre: Vec::new(), slope: Vec::new() };
    network.centre = network.raw_inputs(0.5, &vec![0.0; dim]);
    network.slope = network.raw_inputs(2.0, &vec![1.0; dim]);
    let mut cols = network.centre.len();
    for &rows in widths.iter().chain([&network.unknown.outputs]) {
        let weight = *end..*end + rows * cols;
        let bias = weight.end..weight.end + rows;
        *end = bias.end;
        network.layers.push(Layer { rows, cols, weight, bias });
        cols = rows;
    }
    network
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::{Form, Tanh};
    use crate::num::Channels;

    /// Networks of one unknown u(x) with one output.
    fn networks(dim: usize, n_scalars: usize, widths: &[usize]) -> Networks {
        let (inputs, channels) = (Inputs::Space, Channels::space_only(dim));
        let unknown = Unknown { name: "u", outputs: 1, inputs, channels, form: Form::Full };
        Networks::new(vec![unknown], n_scalars, dim, widths, &Tanh)
    }

    #[test]
    fn layers_stand_one_after_another() {
        let networks = networks(2, 2, &[3, 5]);
        let layer = |rows, cols, weight: Range<usize>| {
            let bias = weight.end..weight.end + rows;
            Layer { rows, cols, weight, bias }
        };
        let exact = [layer(3, 2, 0..6), layer(5, 3, 9..24), layer(1, 5, 29..34)];
        assert_eq!(networks.list()[0].layers, exact);
        assert_eq!((networks.scalars(), networks.n_params()), (35..37, 37));
    }

    #[test]
    fn published_networks_have_their_number_of_parameters() {
        let count = |dim, widths: &[usize]| networks(dim, 0, widths).n_params();
        // Poisson problems of Dangel, Müller & Zeinhofer 2024, arXiv:2405.15603.
        assert_eq!(count(2, &[64]), 257);
        assert_eq!(count(5, &[64]), 449);
        assert_eq!(count(5, &[64, 64, 48, 48]), 10_065);
        assert_ne!(count(5, &[48, 48, 64, 64]), 10_065, "the order of the layers counts");
    }

    #[test]
    #[should_panic(expected = "not []")]
    fn no_hidden_layer_is_refused() {
        networks(2, 0, &[]);
    }

    #[test]
    #[should_panic(expected = "not [7, 0, 5]")]
    fn a_layer_without_units_is_refused() {
        networks(2, 0, &[7, 0, 5]);
    }
}
