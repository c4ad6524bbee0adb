//! Density files with formulas, as a user has them: runs, messages with their places, exits.

use crate::run_folder::record_in;
use crate::started::{SMALL, done, ended, home, root};
use pushforward_cli::density_file::file::DensityFile;
use pushforward_cli::folder::record::Record;
use std::fs;
use tempfile::TempDir;

/// A folder with these files.
fn home_with(files: &[(&str, &str)]) -> TempDir {
    let home = home();
    for (name, text) in files {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    home
}

/// The record of `models/model.toml` in a folder with these files.
fn fitted(files: &[(&str, &str)], options: &str) -> (TempDir, Record) {
    let home = home_with(files);
    done(&home, &format!("run models/model.toml --quiet {options}"));
    let record = record_in(&home.path().join("runs/model"));
    (home, record)
}

#[test]
fn the_example_of_the_documentation_runs() {
    let example = fs::read_to_string(root("examples/eight_schools.toml")).unwrap();
    let page = fs::read_to_string(root("docs/densities.md")).unwrap();
    assert!(
        page.contains(&format!("```toml\n{example}```")),
        "docs/densities.md shows examples/eight_schools.toml"
    );
    let (_, record) = fitted(&[("models/model.toml", &example)], SMALL);
    assert_eq!((record.target.as_str(), record.dim), ("model", 10));
    // mu, tau, eta and the theta that is reported beside them; moments are of these.
    assert_eq!(
        (record.names.len(), record.names[1].as_str(), record.names[17].as_str()),
        (18, "tau", "theta[8]")
    );
    assert_eq!((record.coordinates.len(), record.coordinates[1].as_str()), (10, "log(tau)"));
    assert_eq!(record.mean.len(), 18, "{:?}", record.mean);
    assert_eq!(record.std.len(), 18, "{:?}", record.mean);
    assert!(record.mean[1] > 0.0, "{:?}", record.mean);
}

#[test]
fn settings_stand_in_the_file_and_options_win() {
    let model = "log_density = \"a ~ normal(3, 2)\"\n[parameters]\na = \"real\"\n[run]\nsteps = 2\nseed = 5\nwidth = 4\ndepth = 1\npoints = 64\ndraws = 200\n";
    let (_, record) = fitted(&[("models/model.toml", model)], "--seed 6");
    assert_eq!((record.seed, record.n_draws, record.steps <= 2), (6, 200, true));
}

const CSV: &str = "height,earn\n1.5,20\n1.6,30\n1.9,25\n";
const MODEL: &str = "log_density = \"\"\"
beta ~ normal(0, 10)
earn ~ normal(beta[1] + beta[2] * height, sigma)
\"\"\"

[data]
file = \"earnings.csv\"

[parameters]
beta = { size = 2 }
sigma = \"> 0\"
";

#[test]
fn columns_of_a_csv_file_are_data() {
    let (home, _) = fitted(&[("models/model.toml", MODEL), ("models/earnings.csv", CSV)], SMALL);
    let target = DensityFile::read(&home.path().join("models/model.toml")).unwrap().open().unwrap();
    assert_eq!(target.constrained_names(), ["beta[1]", "beta[2]", "sigma"]);
    let mut value = [0.0];
    target.values(&[20.0, 2.0, 1.0], &mut value).unwrap();
    let normal = |y: f64, mu: f64, s: f64| {
        -0.5 * ((y - mu) / s).powi(2) - (s * (2.0 * std::f64::consts::PI).sqrt()).ln()
    };
    let s = 1f64.exp();
    let likelihood: f64 =
        [(1.5, 20.0), (1.6, 30.0), (1.9, 25.0)].iter().map(|(h, e)| normal(*e, 20.0 + 2.0 * h, s)).sum();
    let exact = likelihood + normal(20.0, 0.0, 10.0) + normal(2.0, 0.0, 10.0) + 1.0;
    assert!((value[0] - exact).abs() < 1e-12 * exact.abs(), "{} {exact}", value[0]);
}

/// Heavy tails on a log scale: proper, though some fall off slowly until their quantities overflow.
#[test]
fn proper_priors_of_bounded_parameters_pass() {
    let model = "log_density = \"\"\"
p ~ beta(0.5, 0.5)
t ~ half_cauchy(1000)
r ~ inv_gamma(0.1, 0.1)
z ~ lognormal(0, 50)
c ~ normal(0, 100)
w ~ dirichlet([0.1, 0.2, 0.3])
\"\"\"
[parameters]
p = \"in (0, 1)\"
t = \"> 0\"
r = \"> 0\"
z = \"> 0\"
c = { size = 3, constraint = \"ordered\" }
w = { size = 3, constraint = \"simplex\" }
";
    let home = home_with(&[("models/model.toml", model)]);
    let target = DensityFile::read(&home.path().join("models/model.toml")).unwrap().open().unwrap();
    let found = pushforward::density::preflight(&*target, true).unwrap();
    // Its slowest falls off as a power of e^u, which is faster than any power of u.
    assert!(found.warnings.is_empty(), "{found:?}");
    assert!(found.slowest_decay > 100.0, "{found:?}");
}

/// The first block of toml in a page of the documentation.
fn first_example(page: &str) -> String {
    let text = fs::read_to_string(root(page)).unwrap();
    text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap().to_string()
}

#[test]
fn the_example_of_the_language_runs() {
    let model = first_example("docs/formula.md");
    let trees = "x,y\n1,2.1\n2,3.4\n3,4.2\n4,6.1\n";
    let (_, record) = fitted(&[("models/model.toml", &model), ("models/trees.csv", trees)], SMALL);
    assert_eq!(record.names, ["alpha", "beta", "sigma"]);
}

/// Every key that the page on child processes names is one, with the value it shows.
#[test]
fn the_example_of_a_program_has_keys_that_there_are() {
    let shown = first_example("docs/child-process.md");
    let all = shown.replace("\n# ", "\n");
    assert_eq!(all.lines().count(), 7, "{all}");
    assert!(!all.contains("\n#"), "{all}");
    let missing = all.replace("python3", "./no-such-program");
    let (code, _, err) = ended(&home_with(&[("model.toml", &missing)]), "run model.toml");
    // Every key was read: what is wrong is the program alone.
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("cannot be started"), "{err}");
    let misspelt = missing.replace("timeout", "timout");
    let (code, _, err) = ended(&home_with(&[("model.toml", &misspelt)]), "run model.toml");
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("timout"), "{err}");
}
