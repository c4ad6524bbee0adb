//! Activation functions of the units of a layer, with three derivatives.

use crate::num::{Elementary, tanh, vectorized};
use std::fmt::Debug;

/// An activation function σ.
///
/// The elementary function defines it, and the naive network uses that. `tabulate` may compute the
/// same numbers faster.
pub trait Activation: Debug + Send + Sync {
    /// The activation σ as an elementary function.
    fn elementary(&self) -> Elementary;

    /// Fills `table` with σ, σ′, σ″ at each of `pre`, and with σ‴ if `third` is set.
    fn tabulate(&self, pre: &[f64], third: bool, table: &mut ActivationTable) {
        let function = self.elementary();
        table.resize(pre.len());
        for (i, &x) in pre.iter().enumerate() {
            table.value[i] = function.derivative(x, 0);
            table.first[i] = function.derivative(x, 1);
            table.second[i] = function.derivative(x, 2);
            if third {
                table.third[i] = function.derivative(x, 3);
            }
        }
    }
}

/// Values of σ, σ′, σ″ and σ‴ at every unit of a block of points.
#[derive(Clone, Debug, Default)]
pub struct ActivationTable {
    /// The value σ at each unit.
    pub value: Vec<f64>,
    /// The first derivative σ′ at each unit.
    pub first: Vec<f64>,
    /// The second derivative σ″ at each unit.
    pub second: Vec<f64>,
    /// The third derivative σ‴ at each unit, where asked for.
    pub third: Vec<f64>,
}

impl ActivationTable {
    fn resize(&mut self, len: usize) {
        for column in [&mut self.value, &mut self.first, &mut self.second, &mut self.third] {
            column.resize(len, 0.0);
        }
    }
}

/// The default activation tanh. It is bounded and smooth, and its value gives all derivatives.
#[derive(Clone, Copy, Debug)]
pub struct Tanh;

impl Activation for Tanh {
    fn elementary(&self) -> Elementary {
        Elementary::Tanh
    }

    fn tabulate(&self, pre: &[f64], third: bool, table: &mut ActivationTable) {
        table.resize(pre.len());
        let ActivationTable { value, first, second, third: last } = table;
        vectorized(
            #[inline(always)]
            || {
                let columns = pre.iter().zip(value).zip(first).zip(second);
                if third {
                    for ((((x, a), s1), s2), s3) in columns.zip(last) {
                        (*a, *s1, *s2) = tanh_with_slopes(*x);
                        *s3 = *s1 * (4.0 * *a * *a - 2.0 * *s1);
                    }
                } else {
                    for (((x, a), s1), s2) in columns {
                        (*a, *s1, *s2) = tanh_with_slopes(*x);
                    }
                }
            },
        );
    }
}

/// The values a = tanh x, a′ = (1 − a)(1 + a) and a″ = −2aa′.
#[inline(always)]
fn tanh_with_slopes(x: f64) -> (f64, f64, f64) {
    let a = tanh(x);
    let first = (1.0 - a) * (1.0 + a);
    (a, first, -2.0 * a * first)
}

/// Any elementary function as an activation, for example `Elementwise(Elementary::Sin)`.
#[derive(Clone, Copy, Debug)]
pub struct Elementwise(pub Elementary);

impl Activation for Elementwise {
    fn elementary(&self) -> Elementary {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tanh_table_is_the_elementary_one() {
        let pre: Vec<f64> = (-50..50).map(|k| f64::from(k) * 0.13).collect();
        let (mut fast, mut plain) = (ActivationTable::default(), ActivationTable::default());
        Tanh.tabulate(&pre, true, &mut fast);
        Elementwise(Elementary::Tanh).tabulate(&pre, true, &mut plain);
        let pairs = [
            (&fast.value, &plain.value),
            (&fast.first, &plain.first),
            (&fast.second, &plain.second),
            (&fast.third, &plain.third),
        ];
        for (ours, exact) in pairs {
            for (a, b) in ours.iter().zip(exact) {
                // 1 − a inherits up to 2 ulp of a (2ε), 1 + a doubles it, and σ‴ multiplies it by
                // up to 4.
                assert!((a - b).abs() < 16.0 * f64::EPSILON, "{a} {b}");
            }
        }
    }
}
