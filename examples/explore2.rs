use pushforward::density::*; use pushforward::num::*; use pushforward::fitting::*;
struct Gmm9; impl LogDensity for Gmm9 { fn dim(&self)->usize{2}
 fn log_density<S: Scalar>(&self, x:&[S])->S{ let var=0.3; let mut terms=vec![];
  for i in 0..3 { for j in 0..3 { let m=[5.0*(i as f64-1.0),5.0*(j as f64-1.0)];
   let q=(x[0].clone()-m[0]).square()+(x[1].clone()-m[1]).square(); terms.push(q*(-0.5/var)); } }
  log_sum_exp_scalars(&terms) - (2.0*std::f64::consts::PI*var).ln() - 9f64.ln() } }
struct ManyWell{d:usize,m:usize,delta:f64} impl LogDensity for ManyWell { fn dim(&self)->usize{self.d}
 fn log_density<S: Scalar>(&self, x:&[S])->S{ let mut s=S::constant(0.0); for i in 0..self.m { s=s-(x[i].square()-self.delta).square(); } for i in self.m..self.d { s=s-x[i].square()*0.5; } s } }
struct Funnel{d:usize} impl LogDensity for Funnel { fn dim(&self)->usize{self.d}
 fn log_density<S: Scalar>(&self, x:&[S])->S{ let l2=(2.0*std::f64::consts::PI).ln(); let mut s=x[0].square()*(-1.0/18.0)-3f64.ln()-0.5*l2; let iv=(-x[0].clone()).exp(); for i in 1..self.d { s=s-x[i].square()*0.5*iv.clone()-x[0].clone()*0.5-0.5*l2; } s } }
fn arg(k:&str, d:f64)->f64{ std::env::args().find_map(|a| a.strip_prefix(&format!("{k}=")).map(|v| v.parse().unwrap())).unwrap_or(d)}
fn main(){
 let name=std::env::args().nth(1).unwrap();
 let d=arg("dim",5.0) as usize; let m=arg("wells",5.0) as usize; let delta=arg("delta",4.0);
 let target: Box<dyn Target>=match name.as_str() { "gmm9"=>Box::new(Gmm9), "mw"=>Box::new(ManyWell{d,m,delta}), _=>Box::new(Funnel{d:arg("dim",10.) as usize}) };
 let mut s=FitSettings{seed:arg("seed",0.) as u64, ..Default::default()}; s.points=arg("points",s.points as f64) as usize; s.width=arg("width",s.width as f64) as usize; s.depth=arg("depth",s.depth as f64) as usize; s.steps=arg("steps",s.steps as f64) as usize;
 if arg("annealed",0.)>0. { s.evolution="annealed-ode".into(); }
 let t0=std::time::Instant::now();
 let p=Pilot::run(&*target, s.seed).unwrap(); println!("pilot {:.2}s loc {:?} L {:.3}\n temps {} logz {:.4}", t0.elapsed().as_secs_f64(), p.frame.location.as_slice(), if d<6 {p.frame.scale.clone()} else {p.frame.scale.view((0,0),(2,2)).into()}, p.ladder.populations.len(), p.ladder.log_z);
 let f=fit(&*target,&s,&mut |p| { if p.step%5==0||p.step<5 { println!("{} loss {:.3e}->{:.3e} scale {} ratio {:.2} lam {:.1e} ess {:?} t {:.1}", p.step,p.record.loss_before,p.record.loss,p.record.scale,p.record.ratio,p.record.damping,p.pilot_ess,p.elapsed.as_secs_f64()); } Control::Continue}).unwrap();
 println!("stop {} capped {} outside {} fit {:.1}s", f.stop_reason, f.capped, f.outside, t0.elapsed().as_secs_f64());
 let dr=f.draw(&*target, 10000, s.seed).unwrap(); let w2:Vec<f64>=dr.log_weights.iter().map(|v|2.0*v).collect();
 let lz=log_mean_exp(&dr.log_weights); let ess=(2.0*log_sum_exp(&dr.log_weights)-log_sum_exp(&w2)).exp()/1e4;
 println!("FINAL {name} seed {} z {:.5} logz {:.5} se {:.5} ess {:.4} total {:.1}s", s.seed, f.learned_log_z(), lz, ((1.0/ess-1.0)/1e4f64).sqrt(), ess, t0.elapsed().as_secs_f64());
}
