//! Derivatives of a formula that is written once: on jets, on the tape, and on jets of tape
//! variables.
//!
//! The formula is log ρ(x) = −½(ν + 2) ln(ν + |x|²), Student's t in the plane with ν = 3. With a =
//! ν + 2 and s = ν + |x|² its derivatives are:
//!
//!     ∇log ρ = −a x / s        Δlog ρ = −2 a ν / s²        ∇Δlog ρ = 8 a ν x / s³

use pushforward::autodiff::{Jet, JetPoint, Tape, Var};
use pushforward::num::{Channels, Scalar};

const NU: f64 = 3.0;

fn log_density<S: Scalar>(x: &[S]) -> S {
    let square = x[0].square() + x[1].square();
    (square + NU).ln() * (-0.5 * (NU + 2.0))
}

fn main() {
    let x = [0.7, -1.3];
    let (a, s) = (NU + 2.0, NU + x[0] * x[0] + x[1] * x[1]);

    // Forward: one pass carries the value, both slopes and the Laplacian (one channel, not d of
    // them).
    let channels = Channels { space: 2, time: false, laplacian: true };
    let jet = log_density(&JetPoint::<f64>::new(0.0, &x, channels).x);
    show("jet: score, x1", jet.dx(0), -a * x[0] / s);
    show("jet: score, x2", jet.dx(1), -a * x[1] / s);
    show("jet: Laplacian", jet.laplacian(), -2.0 * a * NU / (s * s));

    // Reverse: one forward pass and one backward sweep, whatever the number of inputs.
    let tape = Tape::new();
    let inputs = x.map(|v| Var::input(&tape, v));
    let gradient = gradient_of(&log_density(&inputs), &inputs);
    show("tape: score, x1", gradient[0], -a * x[0] / s);
    show("tape: score, x2", gradient[1], -a * x[1] / s);

    // Nested: every number of the jet is on the tape, so that its Laplacian can be differentiated
    // in turn. A seed has unit slope and a constant as its value, which the variable replaces.
    let seeds = JetPoint::<Var>::new(0.0, &x, channels).x;
    let points: Vec<Jet<Var>> =
        seeds.into_iter().zip(inputs).map(|(seed, v)| seed - v.value() + Jet::lift(v)).collect();
    let gradient = gradient_of(&log_density(&points).laplacian(), &inputs);
    show("nested: gradient of the Laplacian, x1", gradient[0], 8.0 * a * NU * x[0] / (s * s * s));
    show("nested: gradient of the Laplacian, x2", gradient[1], 8.0 * a * NU * x[1] / (s * s * s));
}

fn gradient_of(output: &Var<'_>, inputs: &[Var<'_>]) -> Vec<f64> {
    let mut gradient = vec![0.0; inputs.len()];
    output.gradient(inputs, &mut Vec::new(), &mut gradient);
    gradient
}

fn show(what: &str, computed: f64, exact: f64) {
    let difference = (computed - exact).abs();
    assert!(difference <= 1e-14, "{what}: {computed} is {difference:e} off the closed form {exact}");
    println!("{what:<40}{computed:>16.12}   exact to 1e-14");
}
