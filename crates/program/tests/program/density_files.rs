//! Density files with formulas, as a user has them: runs, messages with their places, exits.

use pushforward_cli::density_file::file::DensityFile;
use pushforward_cli::folder::record::Record;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A fit of some milliseconds.
const SMALL: &str = "--set steps=3 --set points=64 --set width=4 --set depth=1 --draws 300 --quiet";

struct Ended {
    code: i32,
    out: String,
    err: String,
}

/// The program on `model.toml` in a folder with these files.
fn run(files: &[(&str, &str)], options: &str) -> (TempDir, Ended) {
    let home = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = home.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_pushforward"));
    let words = format!("run models/model.toml {options}");
    let output = command.current_dir(home.path()).args(words.split_whitespace()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    (home, Ended { code: output.status.code().unwrap(), out, err })
}

#[test]
fn the_example_of_the_documentation_runs() {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
    let example = fs::read_to_string(root.join("examples/eight_schools.toml")).unwrap();
    let page = fs::read_to_string(root.join("docs/densities.md")).unwrap();
    assert!(
        page.contains(&format!("```toml\n{example}```")),
        "docs/densities.md shows examples/eight_schools.toml"
    );
    let (home, ended) = run(&[("models/model.toml", &example)], SMALL);
    assert!(ended.code == 0 || ended.code == 3, "{}{}", ended.out, ended.err);
    let record = fs::read_to_string(home.path().join("runs/model/run.json")).unwrap();
    let record = Record::from_json(&record).unwrap();
    assert_eq!((record.target.as_str(), record.dim), ("model", 10));
    // mu, tau, eta and the theta that is reported beside them; moments are of these.
    assert_eq!(
        (record.names.len(), record.names[1].as_str(), record.names[17].as_str()),
        (18, "tau", "theta[8]")
    );
    assert_eq!((record.coordinates.len(), record.coordinates[1].as_str()), (10, "log(tau)"));
    assert!(record.mean.len() == 18 && record.std.len() == 18 && record.mean[1] > 0.0, "{:?}", record.mean);
}

#[test]
fn settings_stand_in_the_file_and_options_win() {
    let model = "log_density = \"a ~ normal(3, 2)\"\n[parameters]\na = \"real\"\n[run]\nsteps = 2\nseed = 5\nwidth = 4\ndepth = 1\npoints = 64\ndraws = 200\n";
    let (home, ended) = run(&[("models/model.toml", model)], "--quiet --seed 6");
    assert!(ended.code == 0 || ended.code == 3, "{}", ended.err);
    let record = fs::read_to_string(home.path().join("runs/model/run.json")).unwrap();
    let record = Record::from_json(&record).unwrap();
    assert_eq!((record.seed, record.n_draws, record.steps <= 2), (6, 200, true));
    let (_, ended) = run(&[("models/model.toml", &model.replace("steps", "stpes"))], "");
    assert_eq!(ended.code, 2);
    assert!(
        ended.err.contains("model.toml, line 5: unknown key \"stpes\"; did you mean \"steps\"?"),
        "{}",
        ended.err
    );
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
    let files = [("models/model.toml", MODEL), ("models/earnings.csv", CSV)];
    let (home, ended) = run(&files, SMALL);
    assert!(ended.code == 0 || ended.code == 3, "{}", ended.err);
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

/// Each mistake ends with exit 2, and says where it is and what to do.
#[test]
fn mistakes_are_shown_with_their_lines() {
    let cases: [(&str, &str, &str, &[&str]); 12] = [
        (
            "sigma)\n",
            "sgima)\n",
            CSV,
            &[
                "model.toml, line 3, column 43: unknown name \"sgima\"; did you mean \"sigma\"?",
                "earnings.csv has height, earn",
                "\n  3 | earn ~ normal(beta[1] + beta[2] * height, sgima)\n    |                                           ^^^^^",
            ],
        ),
        ("* height", "* hieght", CSV, &["did you mean \"height\"?", "^^^^^^"]),
        (
            "earnings.csv",
            "nothing.csv",
            CSV,
            &["line 7, column 8", "nothing.csv cannot be read", "relative to the density file"],
        ),
        ("> 0", "in (2, 1)", CSV, &["line 11, column 9: nothing lies above 2 and below 1"]),
        ("> 0", "postive", CSV, &["no constraint is written \"postive\""]),
        ("size = 2", "sise = 2", CSV, &["has a key \"sise\"; it may have size, constraint, offset"]),
        ("sigma = \"> 0\"", "height = \"> 0\"\nsigma = \"> 0\"", CSV, &["\"height\" is declared twice"]),
        ("* height", "* height", "height,earn\n1,2\n3\n", &["line 3 has 1 cells, the first line 2"]),
        (
            "* height",
            "* height",
            "height,earn\n1,2\n3,NA\n",
            &["column \"earn\", line 3: \"NA\" is not a finite number"],
        ),
        ("[data]", "[data]\nlog_density = \"\"", CSV, &["log_density must stand above the first table"]),
        ("earn ~ normal", "earn ~ poisson", CSV, &["poisson takes 1 argument, not 2"]),
        ("size = 2", "size = 3, constraint = \"ordred\"", CSV, &["\"ordered\" or \"simplex\""]),
    ];
    for (from, to, csv, parts) in cases {
        assert!(MODEL.contains(from), "{from}");
        let model = MODEL.replacen(from, to, 1);
        let (home, ended) = run(&[("models/model.toml", &model), ("models/earnings.csv", csv)], SMALL);
        assert_eq!(ended.code, 2, "{to}: {}", ended.err);
        assert!(parts.iter().all(|part| ended.err.contains(part)), "{to}: {}", ended.err);
        assert!(!home.path().join("runs").exists(), "nothing was computed");
    }
}

/// Bounds, laws and data that contradict each other, and sizes that do not go together: found before any fit, in a second
/// or so, and told by the user's own names.
#[test]
fn densities_that_cannot_be_are_found_before_the_fit() {
    let cases: [(&str, i32, &[&str]); 7] = [
        (
            "log_density = \"s ~ uniform(0, 1)\"\n[parameters]\ns = \"> 5\"\n",
            4,
            &[
                "zero (log density −inf) at every point looked at",
                "bounds of parameters, the laws and the data",
            ],
        ),
        (
            "log_density = \"y ~ normal(mu * x, 1)\"\n[data]\ny = [1, 2, 3]\nx = [1, 2]\n[parameters]\nmu = \"real\"\n",
            2,
            &["line 1, column 16", "a vector of 3 and a vector of 2 do not go together", "^^^^"],
        ),
        (
            "log_density = \"a ~ normal(0, 1)\"\n[parameters]\na = \"real\"\nb = \"> 0\"\n",
            4,
            &[
                "to have a finite integral",
                "along (0.0000, 1.0000)",
                "give every parameter a proper prior",
                "\nx = (a, log(b))\n",
            ],
        ),
        (
            "log_density = \"a ~ normal(0, 1)\\ntarget += -2 * log(b)\"\n[parameters]\na = \"real\"\nb = \"> 0\"\n",
            4,
            &["to have a finite integral", "along (0.0000, -1.0000)", "\nx = (a, log(b))\n"],
        ),
        (
            "log_density = \"y ~ normal(mu, s)\"\n[data]\ny = [1, 2]\n[parameters]\nmu = \"real\"\ns = \"real\"\n",
            4,
            &["the log density is NaN at x = (", "return −inf outside", "\nx = (mu, s)\n"],
        ),
        (
            "log_density = \"y ~ poisson(r)\"\n[data]\ny = [1.5]\n[parameters]\nr = \"> 0\"\n",
            2,
            &["entry 1 of the data is 1.5 and must be a whole number"],
        ),
        ("log_density = \"m ~ normal(0, 1)\"\n[parameters]\nm = { size = 0 }\n", 2, &["from 1 to 1000000"]),
    ];
    for (model, code, parts) in cases {
        let begun = Instant::now();
        let (home, ended) = run(&[("models/model.toml", model)], SMALL);
        assert_eq!(ended.code, code, "{model}{}", ended.err);
        assert!(parts.iter().all(|part| ended.err.contains(part)), "{parts:?} in {}", ended.err);
        assert!(!ended.err.contains("panicked") && !home.path().join("runs/model").exists(), "{model}");
        assert!(begun.elapsed() < Duration::from_secs(15), "{model} took {:?}", begun.elapsed());
    }
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
    let (home, _) = run(&[("models/model.toml", model)], "--dry-run");
    let target = DensityFile::read(&home.path().join("models/model.toml")).unwrap().open().unwrap();
    let found = pushforward::density::preflight(&*target, true).unwrap();
    // Its slowest falls off as a power of e^u, which is faster than any power of u.
    assert!(found.warnings.is_empty() && found.slowest_decay > 100.0, "{found:?}");
}

#[test]
fn a_formula_that_fails_inside_the_fit_names_the_point() {
    let model = "log_density = \"target += log(a)\"\n[parameters]\na = \"real\"\n";
    let (_, ended) = run(&[("models/model.toml", model)], SMALL);
    assert_eq!(ended.code, 4, "{}", ended.err);
    assert!(ended.err.contains("NaN") && ended.err.contains("x = ("), "{}", ended.err);
}

/// The first block of toml in a page of the documentation.
fn first_example(page: &str) -> String {
    let text =
        fs::read_to_string(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(page)).unwrap();
    text.split("```toml\n").nth(1).unwrap().split("```").next().unwrap().to_string()
}

#[test]
fn the_example_of_the_language_runs() {
    let model = first_example("docs/formula.md");
    let trees = "x,y\n1,2.1\n2,3.4\n3,4.2\n4,6.1\n";
    let (home, ended) = run(&[("models/model.toml", &model), ("models/trees.csv", trees)], SMALL);
    assert!(ended.code == 0 || ended.code == 3, "{}{}", ended.out, ended.err);
    let record = fs::read_to_string(home.path().join("runs/model/run.json")).unwrap();
    assert_eq!(Record::from_json(&record).unwrap().names, ["alpha", "beta", "sigma"]);
}

/// Every key that the page on child processes names is one, with the value it shows.
#[test]
fn the_example_of_a_program_has_keys_that_there_are() {
    let shown = first_example("docs/child-process.md");
    let all = shown.replace("\n# ", "\n");
    assert!(all.lines().count() == 7 && !all.contains("\n#"), "{all}");
    let missing = all.replace("python3", "./no-such-program");
    let (_, ended) = run(&[("models/model.toml", &missing)], SMALL);
    // Every key was read: what is wrong is the program alone.
    assert!(ended.code == 2 && ended.err.contains("cannot be started"), "{}", ended.err);
    let (_, ended) = run(&[("models/model.toml", &missing.replace("timeout", "timout"))], SMALL);
    assert!(ended.code == 2 && ended.err.contains("timout"), "{}", ended.err);
}
