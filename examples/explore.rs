use pushforward::density::*; use pushforward::num::*; use pushforward::optim::*; use pushforward::evolution::*; use pushforward::fitting::*; use pushforward::network::*; use pushforward::transport::*; use pushforward::residual::*;
use std::time::Instant;
struct Gmm9 { s: f64 }
impl LogDensity for Gmm9 { fn dim(&self)->usize{2}
 fn log_density<S: Scalar>(&self, x:&[S])->S{ let var=0.3; let mut terms=vec![];
  for i in 0..3 { for j in 0..3 { let m=[5.0*(i as f64-1.0),5.0*(j as f64-1.0)];
   let q=((x[0].clone()*self.s)-m[0]).square()+((x[1].clone()*self.s)-m[1]).square();
   terms.push(q*(-0.5/var)); } }
  log_sum_exp_scalars(&terms) - (2.0*std::f64::consts::PI*var).ln() - 9f64.ln() + 2.0*self.s.ln() } }
fn arg(k:&str, d:f64)->f64{ std::env::args().find_map(|a| a.strip_prefix(&format!("{k}=")).map(|v| v.parse().unwrap())).unwrap_or(d)}
fn main(){
 let seed=arg("seed",0.) as u64; let n=arg("points",3000.) as usize; let width=arg("width",40.) as usize; let depth=arg("depth",3.) as usize; let steps=arg("steps",60.) as usize;
 let s=arg("scale",4.119); let boxw=arg("box",2.0); let traj=arg("traj",0.0); let keep=arg("keep",1.) as usize;
 let target=Gmm9{s}; let evo: Box<dyn Evolution>= if arg("annealed",0.)>0. {Box::new(AnnealedOde::new(2))} else {Box::new(GeneralOde::new(2))};
 let nets=Networks::new(evo.unknowns(), evo.n_scalars(), 2, width, depth, &Tanh);
 let mut theta=nets.initial_parameters(seed);
 println!("P={} N={}", nets.n_params(), n);
 let gn=GaussNewton::default(); let mut state=GaussNewtonState{theta:theta.clone(), damping: Damping::new(arg("lambda",1.0))};
 let mut mem=GaussNewtonMemory::default(); let t0=Instant::now(); let mut pts=Points::new(2,3);
 for step in 0..steps {
  if step%keep==0 {
   pts=Points::new(2,3); let mut st=Stream::new(seed, Purpose::Points, step as u64);
   let mut xs=vec![]; let mut ts=vec![];
   let ntraj=(traj*n as f64) as usize;
   for _ in 0..n-ntraj { ts.push(st.uniform()); for _ in 0..2 { xs.push(boxw*(2.0*st.uniform()-1.0)); } }
   if ntraj>0 {
     // trajectories via euler? use ensemble paths
     let f=VelocityField{evolution:&*evo, networks:&nets, theta:&state.theta};
     let p=pushforward::transport::paths(f, ntraj/ 8, 8, seed.wrapping_add(step as u64*7919), Tolerance{absolute:1e-2,relative:1e-2});
     match p { Ok(p)=> for (t,x) in p { if x.iter().all(|v| v.abs()<3.0) { ts.push(t); xs.extend(x);} }, Err(e)=>println!("{e}") }
   }
   let m=ts.len(); let mut v=vec![0.0;m]; let mut g=vec![0.0;2*m];
   target.values_and_scores(&xs,&mut v,&mut g);
   for k in 0..m { pts.push(ts[k],&xs[2*k..2*k+2],&[v[k],g[2*k],g[2*k+1]],1.0); }
  }
  let prob=Assembler::new(evo.as_system(), &nets, &pts);
  let ts=Instant::now();
  let (ns,rec)=gn.step(&prob,&state,&mut mem); state=ns;
  if step%10==9 || step<10 || step==steps-1 {
   let f=VelocityField{evolution:&*evo, networks:&nets, theta:&state.theta};
   let tt=Instant::now();
   let ess=match move_ensemble(f, 4096, seed, Purpose::Pilot, Tolerance::default()) { Ok(e)=>{
    let mut lr=vec![0.0;e.log_q.len()]; target.values(&e.x,&mut lr);
    let lw:Vec<f64>=lr.iter().zip(&e.log_q).map(|(a,b)|a-b).collect();
    let l2:Vec<f64>=lw.iter().map(|v|2.0*v).collect();
    println!("   evals {} {:.2}s", e.evaluations/64, tt.elapsed().as_secs_f64());
    ((2.0*log_sum_exp(&lw)-log_sum_exp(&l2)).exp()/lw.len() as f64, log_mean_exp(&lw)) } Err(e)=>{println!("{e}");(0.,0.)}};
   println!("{step} loss {:.4e}->{:.4e} scale {} ratio {:.2} lam {:.1e} z {:.4} ess {:.4} logz {:.4}  step {:.2}s total {:.1}", rec.loss_before, rec.loss, rec.scale, rec.ratio, rec.damping, evo.learned_log_z(&nets,&state.theta), ess.0, ess.1, ts.elapsed().as_secs_f64(), t0.elapsed().as_secs_f64());
  }
 }
 theta=state.theta; let _=theta;
}
