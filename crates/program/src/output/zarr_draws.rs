//! Draws of equal weight as the groups that xarray and ArviZ open: `posterior` and `sample_stats`.

use crate::format::zarr::{ZarrArray, ZarrGroup, ZarrValues, zarr_files, zarr_name};
use crate::report::quantities::Quantities;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Paths and bytes of all files in draws.zarr; `equal` has the indices of its draws in draws.npy.
///
/// `posterior` has a variable for each name, and one for all entries of a vector or matrix:
/// `theta[1]` to `theta[8]` are `theta` over chain, draw and `theta_dim_0`, which counts from 1 as
/// the names do. `sample_stats` has the index in draws.npy and the log weight of each draw.
pub fn zarr_draws(quantities: &Quantities, log_weights: &[f64], equal: &[usize]) -> Vec<(String, Vec<u8>)> {
    let (points, n) = (quantities.points(), equal.len());
    let mut posterior: Vec<ZarrArray> = chain_and_draw(n).into();
    for Variable { name, shape, columns } in variables(&quantities.names) {
        let axes: Vec<(String, usize)> =
            shape.iter().enumerate().map(|(k, length)| (axis(&name, k), *length)).collect();
        posterior.extend(axes.iter().map(|(name, length)| counted(name, 1, *length)));
        let of_draw = |x: &[f64]| columns.iter().map(|column| x[*column]).collect::<Vec<f64>>();
        let values = equal.iter().flat_map(|k| of_draw(points.point(*k))).collect();
        posterior.push(over_draws(name, n, axes, ZarrValues::Real(values)));
    }
    let mut statistics: Vec<ZarrArray> = chain_and_draw(n).into();
    let logs = ZarrValues::Real(equal.iter().map(|k| log_weights[*k]).collect());
    statistics.push(over_draws("log_weight".to_string(), n, Vec::new(), logs));
    let numbers = ZarrValues::Whole(equal.iter().map(|k| *k as i64).collect());
    statistics.push(over_draws("index".to_string(), n, Vec::new(), numbers));
    let attributes = about();
    let groups = [
        ZarrGroup { name: "posterior", arrays: posterior, attributes: attributes.clone() },
        ZarrGroup { name: "sample_stats", arrays: statistics, attributes: attributes.clone() },
    ];
    zarr_files(&groups, &attributes)
}

/// An array with the axes chain, of length 1, draw, of length n, and `more`.
fn over_draws(name: String, n: usize, more: Vec<(String, usize)>, values: ZarrValues) -> ZarrArray {
    let axes = [("chain".to_string(), 1), ("draw".to_string(), n)].into_iter().chain(more).collect();
    ZarrArray { name, axes, values, attributes: Map::new() }
}

/// The coordinate of an axis: whole numbers from `first`.
fn counted(name: &str, first: i64, length: usize) -> ZarrArray {
    let values = ZarrValues::Whole((first..first + length as i64).collect());
    ZarrArray {
        name: name.to_string(),
        axes: vec![(name.to_string(), length)],
        values,
        attributes: Map::new(),
    }
}

fn chain_and_draw(n: usize) -> [ZarrArray; 2] {
    [counted("chain", 0, 1), counted("draw", 0, n)]
}

/// The attributes by which ArviZ describes the origin of a group.
fn about() -> Map<String, Value> {
    let library = json!({
        "inference_library": env!("CARGO_PKG_NAME"), "inference_library_version": env!("CARGO_PKG_VERSION"),
    });
    let Value::Object(library) = library else { unreachable!("an object was written") };
    library
}

/// One variable of `posterior`.
#[derive(Debug, PartialEq)]
struct Variable {
    name: String,
    /// The lengths of its axes; empty for a number.
    shape: Vec<usize>,
    /// Its columns of draws.npy, last index fastest.
    columns: Vec<usize>,
}

/// Numbers, and vectors and matrices of which every entry occurs once, in the order of their first
/// columns.
fn variables(names: &[String]) -> Vec<Variable> {
    let mut entries: BTreeMap<&str, Vec<(Vec<usize>, usize)>> = BTreeMap::new();
    for (column, name) in names.iter().enumerate() {
        if let Some((stem, indices)) = entry(name) {
            entries.entry(stem).or_default().push((indices, column));
        }
    }
    let mut whole = Vec::new();
    for (stem, mut of_stem) in entries {
        of_stem.sort();
        if let Some(shape) = shape(&of_stem) {
            let columns = of_stem.into_iter().map(|(_, column)| column).collect();
            whole.push(Variable { name: stem.to_string(), shape, columns });
        }
    }
    let is_alone = |column: &usize| !whole.iter().any(|variable| variable.columns.contains(column));
    let alone: Vec<usize> = (0..names.len()).filter(is_alone).collect();
    let number =
        |column: usize| Variable { name: names[column].clone(), shape: Vec::new(), columns: vec![column] };
    let mut all: Vec<Variable> = whole.into_iter().chain(alone.into_iter().map(number)).collect();
    all.sort_by_key(|variable| variable.columns.iter().min().copied());
    with_distinct_names(all)
}

/// The name and the indices of an entry: `b` and 2, 3 of `b[2,3]`.
fn entry(name: &str) -> Option<(&str, Vec<usize>)> {
    let (stem, rest) = name.split_once('[')?;
    let indices = rest.strip_suffix(']')?.split(',').map(|index| index.trim().parse().ok());
    let indices: Vec<usize> = indices.collect::<Option<_>>()?;
    (!stem.is_empty()).then_some((stem, indices))
}

/// The lengths of the axes, if these sorted entries are all from (1, 1, …) to the largest, once
/// each.
fn shape(entries: &[(Vec<usize>, usize)]) -> Option<Vec<usize>> {
    let shape = &entries.last()?.0;
    let size = shape.iter().try_fold(1usize, |size, length| size.checked_mul(*length))?;
    let is_in_place = |(k, (indices, _)): (usize, &(Vec<usize>, usize))| *indices == indices_of(k, shape);
    (size == entries.len() && entries.iter().enumerate().all(is_in_place)).then(|| shape.clone())
}

/// The indices of the k-th entry, from 1, last index fastest.
fn indices_of(mut k: usize, shape: &[usize]) -> Vec<usize> {
    let mut indices = Vec::new();
    for length in shape.iter().rev() {
        indices.push(k % length + 1);
        k /= length;
    }
    indices.reverse();
    indices
}

/// The name of an axis, as ArviZ forms it.
fn axis(variable: &str, k: usize) -> String {
    format!("{variable}_dim_{k}")
}

/// Gives the variables names that a folder can have, all different from one another and from the
/// axes.
fn with_distinct_names(mut variables: Vec<Variable>) -> Vec<Variable> {
    let mut taken = vec!["chain".to_string(), "draw".to_string()];
    for Variable { name, shape, .. } in &mut variables {
        let plain = zarr_name(name);
        let needed = |name: &String| -> Vec<String> {
            std::iter::once(name.clone()).chain((0..shape.len()).map(|k| axis(name, k))).collect()
        };
        let mut candidates = (1u32..).map(|k| if k == 1 { plain.clone() } else { format!("{plain}_{k}") });
        let is_free = |name: &String| needed(name).iter().all(|word| !taken.contains(word));
        let free = candidates.find(is_free).expect("some number is free");
        taken.extend(needed(&free));
        *name = free;
    }
    variables
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<String> {
        text.split_whitespace().map(String::from).collect()
    }

    fn found(text: &str) -> Vec<(String, Vec<usize>, Vec<usize>)> {
        variables(&names(text)).into_iter().map(|v| (v.name, v.shape, v.columns)).collect()
    }

    #[test]
    fn entries_are_put_together() {
        let number = |name: &str, column| (name.to_string(), vec![], vec![column]);
        assert_eq!(
            found("mu b[1] b[2] tau"),
            [number("mu", 0), ("b".to_string(), vec![2], vec![1, 2]), number("tau", 3)]
        );
        // Stan orders matrices with the first index fastest.
        assert_eq!(
            found("m[1,1] m[2,1] m[1,2] m[2,2] m[1,3] m[2,3]"),
            [("m".to_string(), vec![2, 3], vec![0, 2, 4, 1, 3, 5])]
        );
        // Entries that are missing, occur twice, or count from 0 keep their own names.
        assert_eq!(found("b[1] b[3]"), [number("b[1]", 0), number("b[3]", 1)]);
        assert_eq!(found("b[1] b[1]"), [number("b[1]", 0), number("b[1]_2", 1)]);
        assert_eq!(found("b[0] b[1]"), [number("b[0]", 0), number("b[1]", 1)]);
        assert_eq!(found("b[x] [1] b[1][2]"), [number("b[x]", 0), number("[1]", 1), number("b[1][2]", 2)]);
        assert_eq!(found("m[1,1] m[2]"), [number("m[1,1]", 0), number("m[2]", 1)]);
    }

    #[test]
    fn names_that_fall_together_become_distinct() {
        let named = |text: &str| found(text).into_iter().map(|v| v.0).collect::<Vec<_>>().join(" ");
        assert_eq!(named("a/b a_b draw a_b"), "a_b a_b_2 draw_2 a_b_3");
        assert_eq!(named("b b[1] b[2]"), "b b_2");
        assert_eq!(named("b_dim_0 b[1] b[2]"), "b_dim_0 b_2");
    }

    #[test]
    fn a_vector_stands_over_chain_draw_and_its_own_axis() {
        let quantities = Quantities {
            names: names("s v[1] v[2]"),
            values: vec![0.5, 1.0, 2.0, 0.25, 3.0, 4.0],
            coordinates: Vec::new(),
        };
        let files: BTreeMap<String, Vec<u8>> =
            zarr_draws(&quantities, &[0.0, -1.0], &[1, 0, 0]).into_iter().collect();
        let read = |path: &str| -> Vec<f64> {
            files[path].chunks_exact(8).map(|c| f64::from_le_bytes(c.try_into().unwrap())).collect()
        };
        assert_eq!(read("posterior/v/0.0.0"), [3.0, 4.0, 1.0, 2.0, 1.0, 2.0]);
        assert_eq!(read("posterior/s/0.0"), [0.25, 0.5, 0.5]);
        assert_eq!(read("sample_stats/log_weight/0.0"), [-1.0, 0.0, 0.0]);
        let whole =
            files["posterior/v_dim_0/0"].chunks_exact(8).map(|c| i64::from_le_bytes(c.try_into().unwrap()));
        assert_eq!(whole.collect::<Vec<_>>(), [1, 2]);
        let attributes: Value = serde_json::from_slice(&files["posterior/v/.zattrs"]).unwrap();
        assert_eq!(attributes["_ARRAY_DIMENSIONS"], json!(["chain", "draw", "v_dim_0"]));
    }
}
