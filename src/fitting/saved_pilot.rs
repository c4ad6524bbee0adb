//! What a pilot found as named arrays, and back to the same bits.

use super::{Frame, Ladder, Pilot, Population, Split};
use crate::density::{LogScale, LogScales};
use crate::evolution::Setting;
use crate::num::{Arrays, ArraysError, as_count};
use nalgebra::{DMatrix, DVector};

pub(super) fn write_pilot(pilot: &Pilot, arrays: &mut Arrays) {
    let Frame { split, location, scale, log_scales } = &pilot.frame;
    arrays.put_count("frame.active", split.active);
    arrays.put_list("frame.centre", split.centre.as_slice());
    put_matrix(arrays, "frame.split", &split.matrix);
    put_matrix(arrays, "frame.split_inverse", &split.inverse);
    arrays.put_number("frame.split_log_det", split.log_det);
    arrays.put_list("frame.location", location.as_slice());
    put_matrix(arrays, "frame.scale", scale);
    let driven: Vec<f64> = log_scales
        .driven
        .iter()
        .flat_map(|s| [s.coordinate as f64, s.constant, s.slopes.len() as f64])
        .collect();
    arrays.put("frame.log_scales", &[driven.len() / 3, 3], driven);
    let slopes: Vec<f64> =
        log_scales.driven.iter().flat_map(|s| &s.slopes).flat_map(|(j, a)| [*j as f64, *a]).collect();
    arrays.put("frame.slopes", &[slopes.len() / 2, 2], slopes);
    let Ladder { populations, log_z, supported } = &pilot.ladder;
    arrays.put_list("ladder.b", &populations.iter().map(|p| p.b).collect::<Vec<_>>());
    let x: Vec<f64> = populations.iter().flat_map(|p| p.x.iter().copied()).collect();
    let (n, dim) = (populations.len(), pilot.setting.dim);
    arrays.put("ladder.x", &[n, x.len() / (n * dim).max(1), dim], x);
    arrays.put_number("ladder.log_z", *log_z);
    arrays.put_count("ladder.supported", *supported);
    arrays.put_number("setting.feature_variance", pilot.setting.feature_variance);
}

pub(super) fn read_pilot(arrays: &Arrays) -> Result<Pilot, ArraysError> {
    let centre = arrays.list("frame.centre")?;
    let (d, active) = (centre.len(), arrays.count("frame.active")?);
    let split = Split {
        active,
        centre: DVector::from_vec(centre),
        matrix: matrix(arrays, "frame.split", d)?,
        inverse: matrix(arrays, "frame.split_inverse", d)?,
        log_det: arrays.number("frame.split_log_det")?,
    };
    let location = arrays.of_shape("frame.location", &[active])?;
    let scale = matrix(arrays, "frame.scale", active)?;
    check_affine(location, &scale)?;
    let frame = Frame {
        split,
        location: DVector::from_column_slice(location),
        scale,
        log_scales: read_log_scales(arrays, active)?,
    };
    let b = arrays.list("ladder.b")?;
    let particles = arrays.of_rank("ladder.x", 3)?.0[1];
    let x = arrays.of_shape("ladder.x", &[b.len(), particles, active])?;
    let population = |(k, b): (usize, &f64)| Population {
        b: *b,
        x: x[k * particles * active..][..particles * active].to_vec(),
    };
    let ladder = Ladder {
        populations: b.iter().enumerate().map(population).collect(),
        log_z: arrays.number("ladder.log_z")?,
        supported: arrays.count("ladder.supported")?,
    };
    let setting = Setting { dim: active, feature_variance: arrays.number("setting.feature_variance")? };
    Ok(Pilot { frame, ladder, setting })
}

/// Whether these are the location and the factor of a frame.
fn check_affine(location: &[f64], scale: &DMatrix<f64>) -> Result<(), ArraysError> {
    let refused =
        |name: &str, expected, found| Err(ArraysError::Value { name: name.to_string(), expected, found });
    if let Some(bad) = location.iter().find(|v| !v.is_finite()) {
        return refused("frame.location", "a finite number", *bad);
    }
    for (j, column) in scale.column_iter().enumerate() {
        for (i, &v) in column.iter().enumerate() {
            let fits = if i < j { v == 0.0 } else { v.is_finite() && (i > j || v > 0.0) };
            if !fits {
                return refused("frame.scale", "a lower triangle with a positive diagonal", v);
            }
        }
    }
    Ok(())
}

fn read_log_scales(arrays: &Arrays, dim: usize) -> Result<LogScales, ArraysError> {
    let rows = |name: &str, width: usize| {
        let n = arrays.of_rank(name, 2)?.0[0];
        arrays.of_shape(name, &[n, width])
    };
    let coordinate = |name: &str, value: f64| {
        let expected = "a coordinate of the frame";
        let outside = ArraysError::Value { name: name.to_string(), expected, found: value };
        as_count(name, value).and_then(|i| if i < dim { Ok(i) } else { Err(outside) })
    };
    let mut slopes = rows("frame.slopes", 2)?.chunks_exact(2);
    let mut driven = Vec::new();
    for row in rows("frame.log_scales", 3)?.chunks_exact(3) {
        let own = slopes.by_ref().take(as_count("frame.log_scales", row[2])?);
        driven.push(LogScale {
            coordinate: coordinate("frame.log_scales", row[0])?,
            constant: row[1],
            slopes: own.map(|s| Ok((coordinate("frame.slopes", s[0])?, s[1]))).collect::<Result<_, _>>()?,
        });
    }
    Ok(LogScales { driven })
}

/// Column after column, as nalgebra keeps it: the shape is that of the transpose.
fn put_matrix(arrays: &mut Arrays, name: &str, matrix: &DMatrix<f64>) {
    arrays.put(name, &[matrix.ncols(), matrix.nrows()], matrix.as_slice().to_vec());
}

fn matrix(arrays: &Arrays, name: &str, n: usize) -> Result<DMatrix<f64>, ArraysError> {
    Ok(DMatrix::from_column_slice(n, n, arrays.of_shape(name, &[n, n])?))
}
