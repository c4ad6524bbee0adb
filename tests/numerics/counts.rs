//! Work counts, exact: a change of any of them is a change of the method.

use pushforward::autodiff::{Tape, Var};
use pushforward::density::{LogDensity, gauss};
use pushforward::evolution::{AnnealedOde, ErasedEvolution, GeneralOde, TargetSummary};
use pushforward::network::Tanh;
use pushforward::num::Scalar;
use pushforward::transport::{Tolerance, integrate};

fn n_params(evolution: &dyn ErasedEvolution, dim: usize, widths: &[usize]) -> usize {
    evolution.prepare(TargetSummary::smooth(dim)).networks(widths, &Tanh).n_params()
}

#[test]
fn parameters() {
    // φ: 3·40 + 40, twice 40² + 40, 40 + 1; μ has 2·40 + 2 at the end; and z.
    assert_eq!(n_params(&GeneralOde, 2, &[40; 3]), 160 + 2 * 1640 + 41 + 160 + 2 * 1640 + 82 + 1);
    // μ of three coordinates; c reads time alone; and the level of c.
    assert_eq!(n_params(&AnnealedOde, 3, &[5]), (4 * 5 + 5 + 5 * 3 + 3) + (5 + 5 + 5 + 1) + 1);
}

#[test]
fn nodes_on_the_tape() {
    let tape = Tape::new();
    let x: Vec<Var> = [0.3, -0.8].iter().map(|&v| Var::input(&tape, v)).collect();
    let before = tape.len();
    let sum = x[0] * x[1] + x[0].exp() * 2.0 - 1.0;
    // Product, exponential, its double, sum; adding a constant needs no node.
    assert_eq!((before, tape.len()), (2, 6));
    assert!(sum.value().is_finite());
    let value = gauss(2).log_density(&x);
    assert_eq!(value.node(), Some(tape.len() - 1), "the last node is the result");
}

#[test]
fn evaluations_of_the_right_hand_side() {
    let mut calls = 0;
    let mut y = vec![1.0];
    let work = integrate(
        &mut y,
        Tolerance { absolute: 1e-8, relative: 0.0 },
        |_, y, dy| {
            calls += 1;
            dy[0] = -30.0 * y[0];
        },
        |_, _| (),
    )
    .unwrap();
    assert_eq!(work.evaluations, calls);
    assert_eq!(work.evaluations, 1 + 6 * (work.steps + work.rejected));
    // An empty field needs steps of 0.01 and growth by five: 0.01, 0.05, 0.25, the rest.
    let still = integrate(&mut y, Tolerance::default(), |_, _, dy| dy[0] = 0.0, |_, _| ()).unwrap();
    assert_eq!((still.steps, still.rejected), (4, 0));
}
