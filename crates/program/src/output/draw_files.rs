//! The files of a set of draws, on the user's scale and with the user's names: NPY, CSV and Zarr.

use crate::format::csv::Csv;
use crate::format::npy::npy_bytes;
use crate::output::zarr_draws::zarr_draws;
use crate::report::quantities::Quantities;
use pushforward::num::{Purpose, Stream, log_sum_exp};
use pushforward::particles::systematic_resample;
use pushforward::sampling::Draws;

/// Names and bytes of `draws.npy`, `log_weights.npy`, `draws.csv` and all files in `draws.zarr`,
/// and of `unconstrained.npy` if the coordinates of the fit differ from the user's quantities.
///
/// `draws.zarr` holds the same number of draws with equal weight, resampled systematically on a
/// stream of the seed, or none if no draw has a positive weight; see [`zarr_draws`].
pub fn draw_files(quantities: &Quantities, draws: &Draws, seed: u64) -> Vec<(String, Vec<u8>)> {
    let Quantities { names, values, coordinates } = quantities;
    let n = draws.log_weights.len();
    assert_eq!(quantities.points().len(), n, "draws: a log weight for every row of quantities");
    let mut files = vec![("draws.npy".to_string(), npy_bytes(&[n, names.len()], values))];
    if !coordinates.is_empty() {
        files.push(("unconstrained.npy".to_string(), npy_bytes(&[n, coordinates.len()], &draws.x)));
    }
    files.push(("log_weights.npy".to_string(), npy_bytes(&[n], &draws.log_weights)));
    files.push(("draws.csv".to_string(), table(quantities, &draws.log_weights).into_bytes()));
    let equal = resampled(&draws.log_weights, seed);
    let zarr = zarr_draws(quantities, &draws.log_weights, &equal);
    files.extend(zarr.into_iter().map(|(path, bytes)| (format!("draws.zarr/{path}"), bytes)));
    files
}

/// The CSV text with a column for each quantity, and `log_weight`.
fn table(quantities: &Quantities, log_weights: &[f64]) -> String {
    let header: Vec<&str> = quantities.names.iter().map(String::as_str).chain(["log_weight"]).collect();
    let mut csv = Csv::new(&header);
    for (point, log_weight) in quantities.points().iter().zip(log_weights) {
        csv.row(&[point, &[*log_weight]].concat());
    }
    csv.text().to_string()
}

/// The indices of the draws that represent all draws with equal weight.
fn resampled(log_weights: &[f64], seed: u64) -> Vec<usize> {
    if !log_sum_exp(log_weights).is_finite() {
        return Vec::new();
    }
    let offset = Stream::new(seed, Purpose::EqualWeights, 0).uniform();
    systematic_resample(log_weights, log_weights.len(), offset)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::npy::read_npy;
    use pushforward::density::LogDensity;
    use pushforward::num::Scalar;
    use std::collections::BTreeMap;

    /// A location and the logarithm of a scale, of which the user also asked for the scale and the
    /// ratio.
    struct Scaled;

    impl LogDensity for Scaled {
        fn dim(&self) -> usize {
            2
        }
        fn log_density<S: Scalar>(&self, x: &[S]) -> S {
            (x[0].square() + x[1].square()) * -0.5
        }
        fn constrained_names(&self) -> Vec<String> {
            ["mu", "sigma", "mu/sigma"].map(String::from).into()
        }
        fn constrain(&self, x: &[f64]) -> Vec<f64> {
            vec![x[0], libm::exp(x[1]), x[0] / libm::exp(x[1])]
        }
    }

    fn files_of(target: &dyn pushforward::density::Target, draws: &Draws) -> BTreeMap<String, Vec<u8>> {
        draw_files(&Quantities::of(target, &draws.x), draws, 5).into_iter().collect()
    }

    #[test]
    fn draws_are_on_the_users_scale() {
        let draws = Draws { x: vec![1.0, 0.0, -2.0, 1.0, 0.5, -1.0], log_weights: vec![-0.5, -1e9, -0.5] };
        let files = files_of(&Scaled, &draws);
        let array = read_npy(&files["draws.npy"]).unwrap();
        let e = libm::exp(1.0);
        let expected = [1.0, 1.0, 1.0, -2.0, e, -2.0 / e, 0.5, libm::exp(-1.0), 0.5 / libm::exp(-1.0)];
        assert_eq!((array.shape, array.values.as_slice()), (vec![3, 3], &expected[..]));
        assert_eq!(read_npy(&files["unconstrained.npy"]).unwrap().values, draws.x);
        let csv = String::from_utf8(files["draws.csv"].clone()).unwrap();
        assert!(csv.starts_with("mu,sigma,mu/sigma,log_weight\n1,1,1,-0.5\n-2,2.71828182845904"), "{csv}");
        // Draws 0 and 2 share the weight: of three resampled draws one occurs twice, and draw 1
        // never.
        let index: Vec<i64> = files["draws.zarr/sample_stats/index/0.0"]
            .chunks_exact(8)
            .map(|c| i64::from_le_bytes(c.try_into().unwrap()))
            .collect();
        assert!(index == [0, 0, 2] || index == [0, 2, 2], "{index:?}");
        let sigma = &files["draws.zarr/posterior/sigma/0.0"];
        for (k, index) in index.iter().enumerate() {
            let value = f64::from_le_bytes(sigma[8 * k..8 * k + 8].try_into().unwrap());
            assert_eq!(value, expected[3 * *index as usize + 1]);
        }
        assert!(files.contains_key("draws.zarr/posterior/mu_sigma/0.0"));
    }

    #[test]
    fn coordinates_that_are_what_was_asked_for_are_written_once() {
        let target = pushforward::density::gauss(2);
        let draws = Draws { x: vec![0.25, f64::NAN], log_weights: vec![0.0] };
        let files = files_of(&target, &draws);
        assert!(!files.contains_key("unconstrained.npy"));
        assert!(files.contains_key("draws.zarr/posterior/x2/0.0"));
        let none = files_of(&target, &Draws { x: vec![0.0; 2], log_weights: vec![f64::NEG_INFINITY] });
        assert!(!none.contains_key("draws.zarr/posterior/x2/0.0"));
        assert!(none.contains_key("draws.zarr/posterior/x2/.zarray"));
        assert!(none.contains_key("draws.npy"));
    }
}
