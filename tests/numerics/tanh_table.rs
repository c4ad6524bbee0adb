//! Our vector tanh against a table of exact digits (tests/data/tanh.csv): within 2 units in the last place.

use pushforward::num::tanh_in_place;

/// Largest error over the table, in units in the last place, of tanh with every x multiplied by `twist`.
fn worst_ulp(twist: f64) -> f64 {
    let table = include_str!("../data/tanh.csv");
    let bits = |field: &str| f64::from_bits(u64::from_str_radix(field, 16).expect("16 hexadecimal digits"));
    let rows = table.lines().filter(|line| !line.starts_with('#'));
    let rows: Vec<Vec<f64>> = rows.map(|line| line.split(',').map(bits).collect()).collect();
    assert!(rows.len() > 700, "the table is cut short");
    let mut ours: Vec<f64> = rows.iter().map(|row| row[0] * twist).collect();
    tanh_in_place(&mut ours);
    let errors = rows.iter().zip(&ours).map(|(row, y)| {
        let (exact, rest) = (row[1], row[2]);
        let ulp = f64::from_bits(exact.to_bits() + 1) - exact;
        ((y - exact) - rest).abs() / ulp
    });
    errors.fold(0.0, f64::max)
}

#[test]
fn within_two_units_in_the_last_place() {
    assert!(worst_ulp(1.0) <= 2.0, "{}", worst_ulp(1.0));
    assert!(worst_ulp(1.0 + 1e-15) > 2.0, "the check cannot fail");
}
