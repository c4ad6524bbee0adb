//! shim
use super::Target; use nalgebra::{DMatrix, DVector};
pub struct Standardised<'a> { target: &'a dyn Target, location: DVector<f64>, scale: DMatrix<f64>, log_det: f64 }
impl<'a> Standardised<'a> { pub fn new(target: &'a dyn Target, location: DVector<f64>, scale: DMatrix<f64>) -> Self { let log_det=(0..location.len()).map(|i| scale[(i,i)].ln()).sum(); Standardised{target,location,scale,log_det} }
 pub fn to_target(&self, u:&[f64], x:&mut [f64]) { let y=&self.scale*DVector::from_column_slice(u)+&self.location; x.copy_from_slice(y.as_slice()); } }
impl Target for Standardised<'_> { fn dim(&self)->usize{self.target.dim()}
 fn values(&self, points:&[f64], values:&mut [f64]) { let d=self.dim(); let mut x=vec![0.0;points.len()]; for (u,x) in points.chunks(d).zip(x.chunks_mut(d)) { self.to_target(u,x);} self.target.values(&x,values); values.iter_mut().for_each(|v| *v+=self.log_det); }
 fn values_and_scores(&self, points:&[f64], values:&mut [f64], scores:&mut [f64]) { let d=self.dim(); let mut x=vec![0.0;points.len()]; for (u,x) in points.chunks(d).zip(x.chunks_mut(d)) { self.to_target(u,x);} self.target.values_and_scores(&x,values,scores); values.iter_mut().for_each(|v| *v+=self.log_det);
  for s in scores.chunks_mut(d) { let t=self.scale.transpose()*DVector::from_column_slice(s); s.copy_from_slice(t.as_slice()); } } }
