//! The catalogue of benchmarks: targets with a name and parameters.

use super::banana::Banana;
use super::catalogue_error::CatalogueError;
use super::facts::Benchmark;
use super::funnel::Funnel;
use super::gauss::gauss;
use super::many_well::{ManyWell, TiltedPairs};
use super::named_mixtures::{gmm_rotated, gmm_unequal, gmm9, gmm40};
use super::rings::Rings;
use super::rotated_wells::RotatedWells;
use super::student_mixture::StudentMixture;
use crate::density::nearest::nearest;
use std::collections::BTreeMap;

/// An entry of the catalogue: a benchmark with its name and parameters.
#[derive(Debug)]
pub struct TargetEntry {
    /// The name by which a user asks for the target.
    pub name: &'static str,
    /// A description in one line.
    pub description: &'static str,
    /// The parameters of the target; none for a fixed target.
    pub parameters: &'static [Parameter],
    build: fn(&[f64]) -> Built,
}

/// The benchmark, or the error of parameters that contradict each other.
type Built = Result<Box<dyn Benchmark>, CatalogueError>;

/// A parameter of a named target.
#[derive(Debug)]
pub struct Parameter {
    /// The key of the parameter.
    pub name: &'static str,
    /// The value of the parameter if none is given.
    pub default: f64,
    /// The values that the parameter may have.
    pub range: Range,
}

/// The values that a parameter may have, ends included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Range {
    /// All whole numbers from `from` to `to`.
    Whole {
        /// The smallest value that is allowed.
        from: u32,
        /// The largest value that is allowed.
        to: u32,
    },
    /// The even whole numbers from `from` to `to`.
    Even {
        /// The smallest value that is allowed.
        from: u32,
        /// The largest value that is allowed.
        to: u32,
    },
    /// All real numbers from `from` to `to`.
    Real {
        /// The smallest value that is allowed.
        from: f64,
        /// The largest value that is allowed.
        to: f64,
    },
}

impl Range {
    /// Whether `value` is in the range; NaN never is.
    pub fn contains(&self, value: f64) -> bool {
        match *self {
            Range::Whole { from, to } => {
                value.fract() == 0.0 && (f64::from(from)..=f64::from(to)).contains(&value)
            }
            Range::Even { from, to } => {
                value % 2.0 == 0.0 && (f64::from(from)..=f64::from(to)).contains(&value)
            }
            Range::Real { from, to } => (from..=to).contains(&value),
        }
    }
}

impl std::fmt::Display for Range {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Range::Whole { from, to } => write!(f, "a whole number from {from} to {to}"),
            Range::Even { from, to } => write!(f, "an even whole number from {from} to {to}"),
            Range::Real { from, to } => write!(f, "a number from {from} to {to}"),
        }
    }
}

/// All entries of the catalogue.
pub fn targets() -> &'static [TargetEntry] {
    &TARGETS
}

/// Makes the target of this name; parameters that are not given have their defaults.
///
/// # Errors
/// Each case of [`CatalogueError`], with the datum.
///
/// ```
/// use pushforward::density::named_target;
/// use std::collections::BTreeMap;
///
/// let funnel = named_target("funnel", &BTreeMap::from([("dim".to_string(), 3.0)]))?;
/// assert_eq!(funnel.dim(), 3);
/// assert_eq!(funnel.facts().log_z, Some(0.0));
///
/// let error = named_target("funel", &BTreeMap::new()).err().unwrap();
/// assert!(error.to_string().contains("did you mean `funnel`?"));
/// # Ok::<(), pushforward::density::CatalogueError>(())
/// ```
pub fn named_target(
    name: &str,
    parameters: &BTreeMap<String, f64>,
) -> Result<Box<dyn Benchmark>, CatalogueError> {
    let entry = find(name)?;
    if let Some(given) = parameters.keys().find(|given| entry.parameters.iter().all(|p| p.name != **given)) {
        let nearest = nearest(given, entry.parameters.iter().map(|p| p.name));
        return Err(CatalogueError::UnknownParameter { target: entry.name, given: given.clone(), nearest });
    }
    let mut values = Vec::new();
    for parameter in entry.parameters {
        let value = parameters.get(parameter.name).copied().unwrap_or(parameter.default);
        if !parameter.range.contains(value) {
            return Err(bad(parameter.name, value, parameter.range.to_string()));
        }
        values.push(value);
    }
    (entry.build)(&values)
}

/// Returns the entry of this name.
///
/// # Errors
/// [`CatalogueError::UnknownTarget`] with the nearest name.
pub fn find(name: &str) -> Result<&'static TargetEntry, CatalogueError> {
    TARGETS.iter().find(|entry| entry.name == name).ok_or_else(|| {
        let nearest =
            nearest(name, TARGETS.iter().map(|entry| entry.name)).expect("the catalogue is not empty");
        CatalogueError::UnknownTarget { given: name.to_string(), nearest }
    })
}

const fn dim(default: u32, from: u32) -> Parameter {
    Parameter { name: "dim", default: default as f64, range: Range::Whole { from, to: MOST_DIMENSIONS } }
}

/// The largest dimension. It is a bound of the catalogue and not of the targets: `gauss` stores d²
/// numbers.
const MOST_DIMENSIONS: u32 = 1000;

const fn real(name: &'static str, default: f64, from: f64, to: f64) -> Parameter {
    Parameter { name, default, range: Range::Real { from, to } }
}

const fn whole(name: &'static str, default: u32, from: u32, to: u32) -> Parameter {
    Parameter { name, default: default as f64, range: Range::Whole { from, to } }
}

/// The largest tilt of wells. Their exact draws are by rejection, which needs too many proposals
/// for a steeper one.
const STEEPEST_TILT: f64 = 2.0;

/// The largest dimension of a mixture, which stores d² numbers for each component.
const MOST_DIMENSIONS_OF_A_MIXTURE: u32 = 100;

static TARGETS: [TargetEntry; 13] = [
    TargetEntry {
        name: "gauss",
        description: "one Gaussian with full covariance, unnormalised",
        parameters: &[dim(2, 1)],
        build: |p| Ok(Box::new(gauss(p[0] as usize))),
    },
    TargetEntry {
        name: "gmm9",
        description: "9 equal Gaussians on a 3×3 grid in the plane",
        parameters: &[],
        build: |_| Ok(Box::new(gmm9())),
    },
    TargetEntry {
        name: "gmm-unequal",
        description: "5 Gaussians in the plane with unequal weights, sizes, shapes and angles",
        parameters: &[],
        build: |_| Ok(Box::new(gmm_unequal())),
    },
    TargetEntry {
        name: "gmm40",
        description: "40 equal Gaussians in the plane, means spread over ±40 (the FAB benchmark)",
        parameters: &[],
        build: |_| Ok(Box::new(gmm40())),
    },
    TargetEntry {
        name: "gmm-rotated",
        description: "Gaussians with weights 1 : 2 : 3 …, each with axes of its own",
        parameters: &[
            whole("dim", 5, 2, MOST_DIMENSIONS_OF_A_MIXTURE),
            whole("modes", 6, 1, 2 * MOST_DIMENSIONS_OF_A_MIXTURE),
        ],
        build: rotated_mixture,
    },
    TargetEntry {
        name: "student-mixture",
        description: "4 Student distributions with unequal weights and sizes: modes with heavy tails",
        parameters: &[whole("dim", 2, 2, MOST_DIMENSIONS), whole("df", 8, 3, 100)],
        build: |p| Ok(Box::new(StudentMixture::new(p[0] as usize, p[1] as u32))),
    },
    TargetEntry {
        name: "rings",
        description: "rings of radii 1, 3, 5 … in the plane; eccentric with an offset",
        parameters: &[
            whole("rings", 3, 1, 10),
            real("thickness", 0.15, 0.01, 1.0),
            real("offset", 0.0, -1.5, 1.5),
        ],
        build: |p| Ok(Box::new(Rings::new(p[0] as usize, p[1], p[2]))),
    },
    TargetEntry {
        name: "banana",
        description: "a Gaussian bent along a parabola by a map that keeps volumes",
        parameters: &[dim(2, 2), real("scale", 3.0, 0.1, 100.0), real("twist", 0.2, -10.0, 10.0)],
        build: |p| Ok(Box::new(Banana::new(p[0] as usize, p[1], p[2]))),
    },
    TargetEntry {
        name: "double-well",
        description: "a tilted double well τx − (x² − delta)² and normal coordinates",
        parameters: &[
            dim(2, 1),
            real("delta", 2.0, 0.0, 100.0),
            real("tilt", 0.3, -STEEPEST_TILT, STEEPEST_TILT),
        ],
        build: |p| Ok(Box::new(ManyWell::new(p[0] as usize, 1, p[1]).tilted(p[2]))),
    },
    TargetEntry {
        name: "many-well",
        description: "double wells −(x² − delta)² in the first `wells` coordinates, normal in the rest",
        parameters: &[
            dim(5, 1),
            Parameter { name: "wells", default: 5.0, range: Range::Whole { from: 0, to: MOST_DIMENSIONS } },
            Parameter { name: "delta", default: 4.0, range: Range::Real { from: 0.0, to: 100.0 } },
        ],
        build: many_well,
    },
    TargetEntry {
        name: "many-well-rotated",
        description: "tilted double wells, turned by an angle in every plane (i, i + 1) and shifted",
        parameters: &[
            dim(5, 1),
            whole("wells", 3, 0, MOST_DIMENSIONS),
            real("delta", 3.0, 0.0, 100.0),
            real("tilt", 0.3, -STEEPEST_TILT, STEEPEST_TILT),
            real("angle", 30.0, -360.0, 360.0),
            real("shift", 0.5, -100.0, 100.0),
        ],
        build: rotated_wells,
    },
    TargetEntry {
        name: "many-well-32",
        description: "pairs of a tilted double well and a normal coordinate, 16 of them by default",
        parameters: &[Parameter {
            name: "dim",
            default: 32.0,
            range: Range::Even { from: 2, to: MOST_DIMENSIONS },
        }],
        build: |p| Ok(Box::new(TiltedPairs::new(p[0] as usize))),
    },
    TargetEntry {
        name: "funnel",
        description: "Neal's funnel: the first coordinate sets the scale of all others",
        parameters: &[dim(10, 2)],
        build: |p| Ok(Box::new(Funnel::new(p[0] as usize))),
    },
];

fn many_well(values: &[f64]) -> Built {
    let [dim, wells, delta] = *values else { unreachable!("many-well has three parameters") };
    Ok(Box::new(wells_within(dim, wells, delta)?))
}

fn rotated_wells(values: &[f64]) -> Built {
    let [dim, wells, delta, tilt, angle, shift] = *values else {
        unreachable!("many-well-rotated has six parameters")
    };
    Ok(Box::new(RotatedWells::new(wells_within(dim, wells, delta)?.tilted(tilt), angle, shift)))
}

fn wells_within(dim: f64, wells: f64, delta: f64) -> Result<ManyWell, CatalogueError> {
    if wells > dim {
        return Err(bad("wells", wells, format!("at most `dim`, which is {dim}")));
    }
    Ok(ManyWell::new(dim as usize, wells as usize, delta))
}

fn rotated_mixture(values: &[f64]) -> Built {
    let [dim, modes] = *values else { unreachable!("gmm-rotated has two parameters") };
    if modes > 2.0 * dim {
        return Err(bad("modes", modes, format!("at most 2·`dim`, which is {}", 2.0 * dim)));
    }
    Ok(Box::new(gmm_rotated(dim as usize, modes as usize)))
}

fn bad(name: &'static str, value: f64, requirement: String) -> CatalogueError {
    CatalogueError::BadParameter { name, value, requirement }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::num::{Purpose, Stream};

    fn make(name: &str, parameters: &[(&str, f64)]) -> Result<Box<dyn Benchmark>, CatalogueError> {
        named_target(name, &parameters.iter().map(|(k, v)| (k.to_string(), *v)).collect())
    }

    #[test]
    fn every_entry_is_made_from_its_defaults() {
        for entry in targets() {
            let target = make(entry.name, &[]).unwrap();
            let dim = entry.parameters.iter().find(|p| p.name == "dim").map_or(2.0, |p| p.default);
            assert_eq!(target.dim() as f64, dim);
            assert!(target.facts().log_z.is_some());
        }
    }

    #[test]
    fn parameters_reach_the_target() {
        let target = make("many-well", &[("dim", 50.0), ("delta", 2.0)]).unwrap();
        assert!((target.facts().log_z.unwrap() - 42.81724267753066).abs() < 4e-13);
    }

    /// Each end of the range of each parameter is an error, or gives a target with finite facts and
    /// draws.
    #[test]
    fn ends_of_ranges_are_targets() {
        let ends = |range: Range| match range {
            Range::Whole { from, to } | Range::Even { from, to } => [f64::from(from), f64::from(to)],
            Range::Real { from, to } => [from, to],
        };
        let mut made = 0;
        for entry in targets() {
            for (parameter, end) in entry.parameters.iter().flat_map(|p| ends(p.range).map(|end| (p, end))) {
                let Ok(target) = make(entry.name, &[(parameter.name, end)]) else { continue };
                let facts = target.facts();
                let (mean, std) = (facts.mean.unwrap(), facts.std.unwrap());
                let mut x = vec![f64::NAN; target.dim()];
                assert!(target.draw(&mut Stream::new(0, Purpose::Audit, 0), &mut x));
                let mut figures = mean.iter().chain(&std).chain(&x).chain(&facts.log_z);
                assert!(figures.all(|v| v.is_finite()), "{} {} {end}", entry.name, parameter.name);
                made += 1;
            }
        }
        assert!(made > 40, "{made}");
    }

    #[test]
    fn bad_requests_say_what_to_do() {
        let message = |name, parameters: &[(&str, f64)]| make(name, parameters).err().unwrap().to_string();
        assert!(message("gmm-9", &[]).contains("did you mean `gmm9`?"));
        assert!(message("many-well", &[("welles", 2.0)]).contains("did you mean `wells`?"));
        assert!(message("gmm9", &[("dim", 2.0)]).contains("leave `dim` out"));
        for value in [0.0, -2.0, 2.5, f64::NAN, f64::INFINITY, 1e9] {
            let text = message("gauss", &[("dim", value)]);
            assert!(text.contains(&format!("`dim` is {value}")), "{text}");
            assert!(text.contains("from 1 to 1000"), "{text}");
        }
        assert!(message("many-well-32", &[("dim", 5.0)]).contains("an even whole number"));
        assert!(message("many-well", &[("delta", -1.0)]).contains("a number from 0 to 100"));
        for name in ["many-well", "many-well-rotated"] {
            assert!(message(name, &[("dim", 3.0), ("wells", 4.0)]).contains("at most `dim`, which is 3"));
        }
        assert!(message("gmm-rotated", &[("dim", 2.0)]).contains("at most 2·`dim`, which is 4"));
        assert!(message("student-mixture", &[("df", 2.0)]).contains("a whole number from 3 to 100"));
    }
}
