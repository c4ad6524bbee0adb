//! Benchmarks: densities whose log Z, moments and modes are known exactly.

mod banana;
mod catalogue;
mod catalogue_error;
mod double_well;
mod facts;
mod funnel;
mod gauss;
mod many_well;
mod mixture_facts;
mod named_mixtures;
mod rings;
mod rotated_wells;
mod rotation;
mod student_mixture;
mod voronoi;

pub use banana::Banana;
pub use catalogue::{Parameter, Range, TargetEntry, find, named_target, targets};
pub use catalogue_error::CatalogueError;
pub use facts::{Benchmark, Facts, Modes};
pub use funnel::Funnel;
pub use gauss::gauss;
pub use many_well::{ManyWell, TiltedPairs};
pub use named_mixtures::{gmm_rotated, gmm_unequal, gmm9, gmm40};
pub use rings::Rings;
pub use rotated_wells::RotatedWells;
pub use student_mixture::StudentMixture;
