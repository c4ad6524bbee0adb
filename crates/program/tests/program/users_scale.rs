//! Results of a density with constraints: moments, figures and draws are of what the user named, the residual alone is not.

use pushforward_cli::folder::record::Record;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// Fits a density file for some milliseconds and reads its page.
fn run(home: &TempDir, density: &str) -> (PathBuf, String) {
    fs::write(home.path().join("model.toml"), density).unwrap();
    let line = "run model.toml --set steps=3 --set points=64 --set width=4 --set depth=1 --draws 300 --quiet --out out";
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushforward"));
    let output = command.current_dir(home.path()).args(line.split(' ')).output().unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0 | 3)), "{err}");
    let place = home.path().join("out");
    let page = fs::read_to_string(place.join("report.html")).unwrap();
    (place, page)
}

fn record_in(place: &Path) -> Record {
    Record::from_json(&fs::read_to_string(place.join("run.json")).unwrap()).unwrap()
}

/// A column of a CSV whose names hold no comma.
fn column(place: &Path, file: &str, name: &str) -> Vec<f64> {
    let table = fs::read_to_string(place.join(file)).unwrap();
    let mut lines = table.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let k = lines.next().unwrap().iter().position(|head| *head == name).unwrap();
    lines.map(|row| row[k].parse().unwrap()).collect()
}

/// Mean of a column of draws.csv under the weights.
fn weighted_mean(place: &Path, name: &str) -> f64 {
    let (values, logs) = (column(place, "draws.csv", name), column(place, "draws.csv", "log_weight"));
    let largest = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let weights: Vec<f64> = logs.iter().map(|w| (w - largest).exp()).collect();
    values.iter().zip(&weights).map(|(v, w)| v * w).sum::<f64>() / weights.iter().sum::<f64>()
}

/// Share of the draws in the bins of a quantity, counted from 1, and the lower edge of the lowest bin that holds any.
fn marginal(place: &Path, quantity: f64) -> (f64, f64) {
    let [numbers, low, high, draws] =
        ["quantity", "low", "high", "draws"].map(|name| column(place, "figure-marginals.csv", name));
    let rows: Vec<usize> =
        (0..numbers.len()).filter(|k| numbers[*k] == quantity && draws[*k] > 0.0).collect();
    (rows.iter().map(|k| draws[*k] * (high[*k] - low[*k])).sum(), high[rows[0]])
}

const NORMAL: &str = "log_density = \"mu ~ normal(0, 5)\\nsigma ~ exponential(1)\\ny ~ normal(mu, sigma)\"
[data]
y = [1.0, 2.0, 4.0]
[parameters]
mu = \"real\"
sigma = \"> 0\"
";

/// In two dimensions too, where targets without constraints have contours.
#[test]
fn two_parameters_of_which_one_is_positive() {
    let home = tempfile::tempdir().unwrap();
    let (place, page) = run(&home, NORMAL);
    let record = record_in(&place);
    assert_eq!(
        (record.names.join(" "), record.coordinates.join(" ")),
        ("mu sigma".into(), "mu log(sigma)".into())
    );
    for (k, name) in ["mu", "sigma"].iter().enumerate() {
        let mean = weighted_mean(&place, name);
        assert!((mean - record.mean[k]).abs() < 1e-9 * mean.abs(), "{name}: {mean}, {:?}", record.mean);
        let (mass, lowest) = marginal(&place, (k + 1) as f64);
        assert!(mass > 0.9 && (k == 0 || lowest > 0.0), "{name}: {mass}, from {lowest}");
    }
    assert!(column(&place, "figure-trajectories.csv", "y").iter().all(|sigma| *sigma > 0.0));
    // log(sigma) is below 0 somewhere on its way, or this could not fail.
    assert!(column(&place, "figure-residual.csv", "x_low").iter().any(|x| *x < 0.0));
    for part in [
        "mu across, sigma up",
        "<td>sigma</td>",
        "alone is in coordinates of the fit",
        ", unconstrained</text>",
    ] {
        assert!(page.contains(part), "{part} is not in the page");
    }
}

/// More quantities than coordinates, and the other way round: a simplex of three has two coordinates.
#[test]
fn quantities_need_not_be_as_many_as_coordinates() {
    let home = tempfile::tempdir().unwrap();
    let (place, page) = run(
        &home,
        "log_density = \"p ~ dirichlet(a)\\nodds = p[1] / p[2]\"\nreport = [\"odds\"]
[data]
a = [4.0, 5.0, 6.0]
[parameters]
p = { size = 3, constraint = \"simplex\" }
",
    );
    let record = record_in(&place);
    assert_eq!((record.dim, record.names.join(" ")), (2, "p[1] p[2] p[3] odds".to_string()));
    assert!((record.mean[..3].iter().sum::<f64>() - 1.0).abs() < 1e-12, "{:?}", record.mean);
    assert!((record.mean[3] - weighted_mean(&place, "odds")).abs() < 1e-9);
    let numbers = column(&place, "figure-marginals.csv", "quantity");
    assert!([1.0, 2.0, 3.0, 4.0].iter().all(|k| numbers.contains(k)));
    assert!(page.contains("<td>odds</td>") && !page.contains("figure-density.csv"));
    // A report made again has the same words.
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushforward"));
    assert!(command.arg("report").arg(&place).output().unwrap().status.success());
    assert_eq!(fs::read_to_string(place.join("report.html")).unwrap(), page);
}

#[test]
fn without_constraints_nothing_is_said_of_them() {
    let home = tempfile::tempdir().unwrap();
    let (place, page) = run(
        &home,
        "log_density = \"a ~ normal(1, 2)\\nb ~ normal(a, 1)\"\n[parameters]\na = \"real\"\nb = \"real\"\n",
    );
    let record = record_in(&place);
    assert!(record.coordinates.is_empty() && record.names == ["a", "b"] && record.is_planar());
    assert!(!page.contains("unconstrained") && !place.join("unconstrained.npy").exists());
    assert!(place.join("figure-density.csv").is_file());
}
