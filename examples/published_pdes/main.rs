//! Published PDE benchmarks, solved with public traits only: the 2-d Poisson problem to an error of
//! 1e-5.
//!
//! `pushforward reproduce pde` solves all of them and prints the times beside the published ones.

#[expect(dead_code, reason = "the table of the program reads more of it")]
mod equations;

use equations::Problem;

fn main() {
    let problems = Problem::all();
    let poisson = &problems[0];
    println!("problem                {}", poisson.name);
    println!("parameters             {}", poisson.n_params());
    println!("points                 {}", poisson.points_as_text);
    let end = poisson.solve(|reached| reached.error > 1e-5 && reached.steps < 2000);
    println!("rms error below 1e-5   {}", end.error <= 1e-5);
}
