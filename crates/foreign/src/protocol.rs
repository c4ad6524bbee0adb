//! The messages between this program and a child process that evaluates a density.
//! `docs/child-process.md` describes the protocol in full.

use super::greeting_words::{HELLO, VERSION};
use super::process_error::ProcessFailure;

/// The first line that the child reads. It differs from a greeting, so a program that echoes is
/// found out at once.
pub(super) const OURS: &str = "pushforward 1\n";
/// The largest length of a greeting, in bytes: a thousand names of a thousand letters.
pub(super) const LONGEST_GREETING: usize = 1 << 20;

/// The quantities that are asked for at every point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// The value log ρ alone.
    Values,
    /// The value log ρ and its gradient.
    Scores,
}

impl Wanted {
    /// Number of f64 in an answer for `n` points of dimension `dim`.
    pub fn numbers(self, n: usize, dim: usize) -> usize {
        match self {
            Wanted::Values => n,
            Wanted::Scores => n * (1 + dim),
        }
    }

    fn code(self) -> u32 {
        match self {
            Wanted::Values => 1,
            Wanted::Scores => 2,
        }
    }
}

/// The dimension and names that a child announces.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Greeting {
    /// The dimension d, at least 1.
    pub dim: usize,
    /// Names of the coordinates. It is empty if the child gave none.
    pub names: Vec<String>,
}

/// Whether output that begins with these bytes can still become a greeting.
pub(super) fn may_greet(bytes: &[u8]) -> bool {
    let n = bytes.len().min(HELLO.len());
    bytes[..n] == HELLO.as_bytes()[..n]
}

/// Parses a greeting: the first line of output, without its line end.
pub(super) fn greeting(line: &[u8]) -> Result<Greeting, ProcessFailure> {
    let text = String::from_utf8_lossy(line).trim_end_matches('\r').to_string();
    let mut words = text.split(' ');
    if words.next() != Some(HELLO) {
        return Err(ProcessFailure::NoGreeting { said: beginning(line) });
    }
    match words.next() {
        Some(VERSION) => {}
        version => {
            return Err(ProcessFailure::OtherVersion { version: version.unwrap_or("\"\"").to_string() });
        }
    }
    let dim = words.next().and_then(|word| word.parse::<usize>().ok()).filter(|dim| *dim > 0);
    let names: Vec<String> = words.map(String::from).collect();
    match dim {
        Some(dim) if names.is_empty() || (names.len() == dim && !names.iter().any(String::is_empty)) => {
            Ok(Greeting { dim, names })
        }
        _ => Err(ProcessFailure::BadGreeting { line: text }),
    }
}

/// The first 60 characters of some output, for a message.
pub(super) fn beginning(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().take(60).collect()
}

/// The bytes of a request: u32 code of what is wanted, u32 d, u64 n, and n·d f64, all
/// little-endian.
pub(super) fn request(wanted: Wanted, points: &[f64], dim: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(16 + 8 * points.len());
    bytes.extend(wanted.code().to_le_bytes());
    bytes.extend(u32::try_from(dim).expect("a dimension below 2³²").to_le_bytes());
    bytes.extend(((points.len() / dim) as u64).to_le_bytes());
    points.iter().for_each(|x| bytes.extend(x.to_le_bytes()));
    bytes
}

/// Decodes f64 from their little-endian bytes.
pub(super) fn numbers(bytes: &[u8], out: &mut [f64]) {
    for (chunk, number) in bytes.chunks_exact(8).zip(out) {
        *number = f64::from_le_bytes(chunk.try_into().expect("eight bytes"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_golden_request() {
        let bytes = request(Wanted::Scores, &[1.0, -2.0], 2);
        let golden = [
            2, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f, 0, 0, 0, 0, 0, 0,
            0, 0xc0,
        ];
        assert_eq!(bytes, golden);
        let mut back = [0.0; 2];
        numbers(&bytes[16..], &mut back);
        assert_eq!(back, [1.0, -2.0]);
        assert_eq!((Wanted::Values.numbers(5, 3), Wanted::Scores.numbers(5, 3)), (5, 20));
    }

    #[test]
    fn greetings() {
        let of = |line: &str| greeting(line.as_bytes());
        assert_eq!(of("pushforward-density 1 3"), Ok(Greeting { dim: 3, names: Vec::new() }));
        let names = vec!["a".to_string(), "b[2]".to_string()];
        assert_eq!(of("pushforward-density 1 2 a b[2]\r"), Ok(Greeting { dim: 2, names }));
        assert_eq!(
            of("pushforward-density 2 3"),
            Err(ProcessFailure::OtherVersion { version: "2".to_string() })
        );
        for line in ["1 0", "1", "1 -1", "1 2 a", "1 2 a b c", "1 2  a", "1 x"] {
            let line = format!("{HELLO} {line}");
            assert_eq!(of(&line), Err(ProcessFailure::BadGreeting { line }));
        }
        assert!(matches!(of("pushforward 1"), Err(ProcessFailure::NoGreeting { .. })));
        assert!(may_greet(b"push"));
        assert!(may_greet(b"pushforward-density 1"));
        assert!(!may_greet(b"pushforward 1"));
    }
}
