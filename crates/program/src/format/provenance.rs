//! The program and the machine that make a result.

/// The program and the machine on which it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// Version of this crate, of the oldest compiler that it allows, and of the linear algebra with
    /// which it was released.
    pub versions: [(&'static str, &'static str); 3],
    /// Target architecture of the build, such as `x86_64`.
    pub architecture: &'static str,
    /// Target operating system of the build, such as `linux`.
    pub operating_system: &'static str,
    /// Name of the processor, if the system reports it.
    pub cpu_model: Option<String>,
    /// Vector instructions of this processor, out of those that matter here.
    pub cpu_features: Vec<&'static str>,
    /// Number of threads that the system offers.
    pub available_threads: usize,
}

impl Provenance {
    /// Asks the operating system and the build for all fields.
    pub fn of_this_machine() -> Provenance {
        Provenance {
            versions: [
                ("pushforward", env!("CARGO_PKG_VERSION")),
                ("rustc_at_least", env!("CARGO_PKG_RUST_VERSION")),
                (
                    "faer_locked",
                    locked_version(include_str!("../../../../Cargo.lock"), "faer").unwrap_or("unknown"),
                ),
            ],
            architecture: std::env::consts::ARCH,
            operating_system: std::env::consts::OS,
            cpu_model: std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| model_name(&text)),
            cpu_features: cpu_features(),
            available_threads: std::thread::available_parallelism().map_or(1, usize::from),
        }
    }
}

/// The version of a package in the text of a Cargo.lock.
fn locked_version(lock: &'static str, package: &str) -> Option<&'static str> {
    let mut after = lock.lines().skip_while(|line| *line != format!("name = \"{package}\""));
    after.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')
}

/// The name of the first processor in the text of /proc/cpuinfo.
fn model_name(cpuinfo: &str) -> Option<String> {
    let named = |line: &str| {
        let (key, value) = line.split_once(':')?;
        (key.trim() == "model name").then(|| value.trim().to_string())
    };
    cpuinfo.lines().find_map(named)
}

#[cfg(target_arch = "x86_64")]
fn cpu_features() -> Vec<&'static str> {
    macro_rules! detected {
        ($($name:tt),*) => {
            [$(($name, std::is_x86_feature_detected!($name))),*]
        };
    }
    let all = detected!["sse2", "sse4.2", "avx", "avx2", "fma", "avx512f", "avx512dq", "avx512vl"];
    all.into_iter().filter_map(|(name, present)| present.then_some(name)).collect()
}

#[cfg(target_arch = "aarch64")]
fn cpu_features() -> Vec<&'static str> {
    let all = [
        ("neon", std::arch::is_aarch64_feature_detected!("neon")),
        ("sve", std::arch::is_aarch64_feature_detected!("sve")),
        ("sve2", std::arch::is_aarch64_feature_detected!("sve2")),
    ];
    all.into_iter().filter_map(|(name, present)| present.then_some(name)).collect()
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn cpu_features() -> Vec<&'static str> {
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_model_is_found() {
        let text = "processor\t: 0\nmodel\t\t: 1\nmodel name\t: Some CPU @ 3 GHz\n";
        assert_eq!(model_name(text).as_deref(), Some("Some CPU @ 3 GHz"));
        assert_eq!(model_name("Hardware : x"), None);
    }

    #[test]
    fn this_machine_has_threads() {
        let here = Provenance::of_this_machine();
        assert!(here.available_threads >= 1);
        let faer = here.versions[2].1;
        assert!(faer.starts_with("0."), "{faer}");
        assert!(faer.len() < 12, "{faer}");
    }
}
