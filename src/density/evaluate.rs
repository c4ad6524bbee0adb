//! shim
use super::Target;
#[derive(Clone, Debug, PartialEq)]
pub struct DensityError { pub at: Vec<f64> }
impl std::fmt::Display for DensityError { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "{:?}", self.at) } }
impl std::error::Error for DensityError {}
pub fn values(target: &dyn Target, points: &[f64]) -> Result<Vec<f64>, DensityError> { let mut v=vec![0.0; points.len()/target.dim()]; target.values(points,&mut v); Ok(v) }
pub fn values_and_scores(target: &dyn Target, points: &[f64]) -> Result<(Vec<f64>,Vec<f64>), DensityError> { use rayon::prelude::*; let d=target.dim(); let mut v=vec![0.0; points.len()/d]; let mut s=vec![0.0;points.len()];
 v.par_chunks_mut(64).zip(s.par_chunks_mut(64*d)).zip(points.par_chunks(64*d)).for_each(|((v,s),p)| target.values_and_scores(p,v,s)); Ok((v,s)) }
