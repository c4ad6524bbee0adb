//! Arrays and records, read back by others and by us.

use pushforward_cli::folder::record::{Machine, Record, Verdict};
use pushforward_cli::format::npy::npy_bytes;
use pushforward_cli::format::provenance::Provenance;
use std::collections::BTreeMap;
use std::process::Command;

#[test]
fn python_reads_the_array() {
    let values = [0.1, -2.5, f64::INFINITY, 1e-300, 4.0, 5.0];
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), npy_bytes(&[3, 2], &values)).unwrap();
    let program = "import sys, ast, struct
b = open(sys.argv[1], 'rb').read()
n = struct.unpack('<H', b[8:10])[0]
h = ast.literal_eval(b[10:10 + n].decode())
assert b[:8] == b'\\x93NUMPY\\x01\\x00' and h == {'descr': '<f8', 'fortran_order': False, 'shape': (3, 2)}, h
print(*[x.hex() for x in struct.unpack('<6d', b[10 + n:])])";
    let Ok(output) = Command::new("python3").arg("-c").arg(program).arg(file.path()).output() else {
        eprintln!("no python3 here: not compared");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let expected = "0x1.999999999999ap-4 -0x1.4000000000000p+1 inf 0x1.56e1fc2f8f359p-997 \
                    0x1.0000000000000p+2 0x1.4000000000000p+2\n";
    assert_eq!(String::from_utf8_lossy(&output.stdout), expected);
}

fn record() -> Record {
    let here = Provenance::of_this_machine();
    Record {
        target: "gauss".into(),
        parameters: BTreeMap::from([("dim".into(), 2.into())]),
        evolution: "general-ode".into(),
        equations: vec!["conservation of mass".into()],
        settings: BTreeMap::new(),
        dim: 2,
        names: vec!["x1".into(), "x2".into()],
        coordinates: Vec::new(),
        seed: u64::MAX,
        n_draws: 10,
        n_params: 7,
        n_points: 64,
        steps: 3,
        optimiser: "kernel; geodesic".into(),
        stop_reason: "steps used up".into(),
        loss: 1e-300,
        log_z: 0.1 + 0.2,
        log_z_se: f64::INFINITY,
        log_z_exact: None,
        log_z_learned: Some(f64::NAN),
        ess: 0.99,
        elbo: f64::NEG_INFINITY,
        pareto_k: 0.2,
        delta_std: None,
        mean: vec![0.0, f64::NAN],
        std: vec![1.0, 2.0],
        verdict: Verdict::NotTrusted,
        reasons: vec!["a reason".into()],
        versions: here.versions.map(|(what, version)| (what.into(), version.into())).into(),
        threads: 2,
        fit_seconds: 1.5,
        total_seconds: 2.5,
        cpu_features: here.cpu_features.iter().map(|s| s.to_string()).collect(),
        machine: Machine {
            architecture: here.architecture.into(),
            operating_system: here.operating_system.into(),
            cpu_model: here.cpu_model,
            available_threads: here.available_threads,
        },
    }
}

#[test]
fn a_record_keeps_every_number() {
    let json = record().to_json();
    for line in [
        r#""log_z": 0.30000000000000004"#,
        r#""log_z_se": "inf""#,
        r#""log_z_exact": null"#,
        r#""log_z_learned": "NaN""#,
        r#""elbo": "-inf""#,
        r#""verdict": "not trusted""#,
        r#""seed": 18446744073709551615"#,
    ] {
        assert!(json.contains(line), "{line} in {json}");
    }
    let back = Record::from_json(&json).unwrap();
    assert_eq!(back.to_json(), json);
    assert_eq!(back.log_z.to_bits(), record().log_z.to_bits());
}

#[test]
fn two_machines_agree_on_the_rest() {
    let mut other = record();
    (other.threads, other.fit_seconds, other.machine.cpu_model) = (1, 9.0, None);
    assert_ne!(other.to_json(), record().to_json());
    assert_eq!(other.without_machine().to_json(), record().without_machine().to_json());
    other.ess = 0.98;
    assert_ne!(other.without_machine().to_json(), record().without_machine().to_json());
}

#[test]
fn a_damaged_record_is_an_error() {
    let error = Record::from_json("{\"target\": 3}").unwrap_err().to_string();
    assert!(error.contains("line 1"), "{error}");
}
