use pushforward::num::*; use std::time::Instant;
fn main(){ let (p,n)=(7004,3000); let a=Mat::<f64>::from_fn(p,n,|i,j| ((i*7+j*13)%101) as f64/101.0-0.5);
 for _ in 0..3 { let t=Instant::now(); let mut g=gram(a.as_ref()); let s=t.elapsed().as_secs_f64(); println!("gram {:.3}s {:.1} GF", s, (p*n*n) as f64/s/1e9);
 for i in 0..n { g[(i,i)]+=1.0; } let t=Instant::now(); cholesky_in_place(g.as_mut()).unwrap(); let s=t.elapsed().as_secs_f64(); println!("chol {:.3}s {:.1} GF", s, (n*n*n/3) as f64/s/1e9);
 let t=Instant::now(); let mut b=vec![1.0;n]; solve_cholesky(g.as_ref(), &mut b); println!("solve {:.4}", t.elapsed().as_secs_f64());
 let t=Instant::now(); let _=times(a.as_ref(), &b); println!("times {:.4}", t.elapsed().as_secs_f64());
 let t=Instant::now(); let _=transpose_times(a.as_ref(), &vec![1.0;p]); println!("ttimes {:.4}", t.elapsed().as_secs_f64());
 // sequential small gemm
 let w=vec![0.5;64*64]; let z=vec![0.3;64*768]; let mut o=vec![0.0;64*768]; let t=Instant::now();
 for _ in 0..2000 { multiply(MatMut::from_column_major_slice_mut(&mut o,64,768), Write::Replace, MatRef::from_column_major_slice(&w,64,64), MatRef::from_column_major_slice(&z,64,768),1.0);} let s=t.elapsed().as_secs_f64(); println!("small gemm fwd {:.1} GF", 2000.*2.*64.*64.*768./s/1e9);
 let mut gw=vec![0.0;64*64]; let t=Instant::now();
 for _ in 0..2000 { multiply(MatMut::from_column_major_slice_mut(&mut gw,64,64), Write::Add, MatRef::from_column_major_slice(&o,64,768), MatRef::from_column_major_slice(&z,64,768).transpose(),1.0);} let s=t.elapsed().as_secs_f64(); println!("small gemm grad {:.1} GF", 2000.*2.*64.*64.*768./s/1e9);
 let t=Instant::now();
 for _ in 0..2000 { multiply(MatMut::from_column_major_slice_mut(&mut o,64,768), Write::Replace, MatRef::from_column_major_slice(&w,64,64).transpose(), MatRef::from_column_major_slice(&z,64,768),1.0);} let s=t.elapsed().as_secs_f64(); println!("small gemm Wt {:.1} GF", 2000.*2.*64.*64.*768./s/1e9);
 }
}
