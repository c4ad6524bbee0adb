//! Writes a located target as named arrays, and reads it to the same bits.

use super::located_target::{LocatedBy, LocatedFactor, LocatedTarget};
use crate::coordinates::{
    Affine, AffineError, Composed, Factorisation, LogLinearScale, LogLinearScales, Whitening,
};
use crate::evolution::TargetSummary;
use crate::num::{Arrays, ArraysError, as_count};
use crate::particles::{Population, PopulationPath};
use nalgebra::{DMatrix, DVector};
use std::ops::Range;

/// The prefix of the names of the arrays of factor number `k`, from 0.
pub(crate) fn factor_prefix(k: usize) -> String {
    format!("block{}.", k + 1)
}

/// Writes a located target as named arrays.
pub(crate) fn write_located(located: &LocatedTarget, arrays: &mut Arrays) {
    let Factorisation { ranges, centre, matrix, inverse, log_det, reference } = &located.factorisation;
    arrays.put_list("split.blocks", &ranges.iter().map(|range| range.end as f64).collect::<Vec<_>>());
    arrays.put_list("split.centre", centre.as_slice());
    put_matrix(arrays, "split.matrix", matrix);
    put_matrix(arrays, "split.inverse", inverse);
    arrays.put_number("split.log_det", *log_det);
    arrays.put_number("split.reference", *reference);
    for (k, factor) in located.factors.iter().enumerate() {
        let mut of_this = Arrays::default();
        write_factor(factor, &mut of_this);
        arrays.put_under(&factor_prefix(k), of_this);
    }
}

fn write_factor(factor: &LocatedFactor, arrays: &mut Arrays) {
    arrays.put_count("located", factor.located_by as usize);
    let (affine, log_scales) = (factor.whitening.affine(), factor.whitening.log_scales());
    arrays.put_list("frame.location", affine.location().as_slice());
    put_matrix(arrays, "frame.scale", affine.scale());
    let children: Vec<f64> = log_scales
        .children
        .iter()
        .flat_map(|s| [s.coordinate as f64, s.constant, s.slopes.len() as f64])
        .collect();
    arrays.put("frame.log_scales", &[children.len() / 3, 3], children);
    let slopes: Vec<f64> =
        log_scales.children.iter().flat_map(|s| &s.slopes).flat_map(|(j, a)| [*j as f64, *a]).collect();
    arrays.put("frame.slopes", &[slopes.len() / 2, 2], slopes);
    let PopulationPath { populations, log_z, supported } = &factor.population_path;
    arrays.put_list("ladder.b", &populations.iter().map(|p| p.b).collect::<Vec<_>>());
    let x: Vec<f64> = populations.iter().flat_map(|p| p.x.iter().copied()).collect();
    let (n, dim) = (populations.len(), factor.summary.dim);
    arrays.put("ladder.x", &[n, x.len() / (n * dim).max(1), dim], x);
    arrays.put_number("ladder.log_z", *log_z);
    arrays.put_count("ladder.supported", *supported);
    arrays.put_number("setting.feature_variance", factor.summary.feature_variance);
}

/// Reads a located target that [`write_located`] wrote, to the same bits.
///
/// # Errors
/// [`ArraysError`] with the name of the array that is missing or malformed.
pub(crate) fn read_located(arrays: &Arrays) -> Result<LocatedTarget, ArraysError> {
    let centre = arrays.list("split.centre")?;
    let d = centre.len();
    let factorisation = Factorisation {
        ranges: read_ranges(arrays, d)?,
        centre: DVector::from_vec(centre),
        matrix: matrix(arrays, "split.matrix", d)?,
        inverse: matrix(arrays, "split.inverse", d)?,
        log_det: arrays.number("split.log_det")?,
        reference: arrays.number("split.reference")?,
    };
    let of_this =
        |(k, range): (usize, &Range<usize>)| read_factor(&arrays.under(&factor_prefix(k)), range.len());
    let factors = factorisation.ranges.iter().enumerate().map(of_this).collect::<Result<_, _>>()?;
    Ok(LocatedTarget { factorisation, factors })
}

/// Reads the ends of consecutive ranges within `d` coordinates, none of them empty.
fn read_ranges(arrays: &Arrays, d: usize) -> Result<Vec<Range<usize>>, ArraysError> {
    const NAME: &str = "split.blocks";
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for found in arrays.list(NAME)? {
        let (start, end) = (ranges.last().map_or(0, |range| range.end), as_count(NAME, found)?);
        if end <= start || end > d {
            let expected = "ends of factors in ascending order";
            return Err(ArraysError::Value { name: NAME.to_string(), expected, found });
        }
        ranges.push(start..end);
    }
    if ranges.is_empty() {
        let (name, expected) = (NAME.to_string(), "at least one".to_string());
        return Err(ArraysError::Shape { name, expected, found: vec![0] });
    }
    Ok(ranges)
}

fn read_factor(arrays: &Arrays, dim: usize) -> Result<LocatedFactor, ArraysError> {
    let location = arrays.of_shape("frame.location", &[dim])?;
    let scale = matrix(arrays, "frame.scale", dim)?;
    let affine = Affine::new(DVector::from_column_slice(location), scale).map_err(no_affine)?;
    let whitening: Whitening = Composed::new(affine, read_log_scales(arrays, dim)?);
    let b = arrays.list("ladder.b")?;
    let particles = arrays.of_rank("ladder.x", 3)?.0[1];
    let x = arrays.of_shape("ladder.x", &[b.len(), particles, dim])?;
    let population =
        |(k, b): (usize, &f64)| Population { b: *b, x: x[k * particles * dim..][..particles * dim].to_vec() };
    let population_path = PopulationPath {
        populations: b.iter().enumerate().map(population).collect(),
        log_z: arrays.number("ladder.log_z")?,
        supported: arrays.count("ladder.supported")?,
    };
    let summary = TargetSummary { dim, feature_variance: arrays.number("setting.feature_variance")? };
    let number = arrays.count("located")?;
    let ways = [LocatedBy::AsGiven, LocatedBy::Particles, LocatedBy::Laplace];
    let unknown = ArraysError::Value {
        name: "located".to_string(),
        expected: "0, 1 or 2 for how the target was located",
        found: number as f64,
    };
    let located_by = ways.into_iter().find(|way| *way as usize == number).ok_or(unknown)?;
    Ok(LocatedFactor { whitening, located_by, population_path, summary })
}

/// Names the array with a number that no affine map has.
fn no_affine(error: AffineError) -> ArraysError {
    let (name, expected, found) = match error {
        AffineError::Location { value, .. } => ("frame.location", "a finite number", value),
        AffineError::Scale { value, .. } | AffineError::NotLowerTriangular { value, .. } => {
            ("frame.scale", "a lower triangle with a positive diagonal", value)
        }
    };
    ArraysError::Value { name: name.to_string(), expected, found }
}

fn read_log_scales(arrays: &Arrays, dim: usize) -> Result<LogLinearScales, ArraysError> {
    let rows = |name: &str, width: usize| {
        let n = arrays.of_rank(name, 2)?.0[0];
        arrays.of_shape(name, &[n, width])
    };
    let coordinate = |name: &str, value: f64| {
        let expected = "a coordinate of the factor";
        let outside = ArraysError::Value { name: name.to_string(), expected, found: value };
        as_count(name, value).and_then(|i| if i < dim { Ok(i) } else { Err(outside) })
    };
    let mut slopes = rows("frame.slopes", 2)?.chunks_exact(2);
    let mut children = Vec::new();
    for row in rows("frame.log_scales", 3)?.chunks_exact(3) {
        let own = slopes.by_ref().take(as_count("frame.log_scales", row[2])?);
        children.push(LogLinearScale {
            coordinate: coordinate("frame.log_scales", row[0])?,
            constant: row[1],
            slopes: own.map(|s| Ok((coordinate("frame.slopes", s[0])?, s[1]))).collect::<Result<_, _>>()?,
        });
    }
    Ok(LogLinearScales { dim, children })
}

/// Stores a matrix column after column, as nalgebra does: the shape is that of the transpose.
fn put_matrix(arrays: &mut Arrays, name: &str, matrix: &DMatrix<f64>) {
    arrays.put(name, &[matrix.ncols(), matrix.nrows()], matrix.as_slice().to_vec());
}

fn matrix(arrays: &Arrays, name: &str, n: usize) -> Result<DMatrix<f64>, ArraysError> {
    Ok(DMatrix::from_column_slice(n, n, arrays.of_shape(name, &[n, n])?))
}
