//! The list of the built-in evolutions. A new one is a file beside this one, and a line here.

use super::annealed_ode::AnnealedOde;
use super::annealed_sde::AnnealedSde;
use super::bridge::Bridge;
use super::closed_form::ClosedForm;
use super::definition::Evolution;
use super::diffusion::Diffusion;
use super::erased::ErasedEvolution;
use super::general_ode::GeneralOde;
use super::general_sde::GeneralSde;
use super::learned_path::LearnedPath;
use super::optimal_transport::OptimalTransport;
use super::target_summary::TargetSummary;

/// Every built-in evolution, for one target. The first one is the default of the program.
pub fn built_in_evolutions(target: TargetSummary) -> Vec<Box<dyn ClosedForm>> {
    vec![
        Box::new(GeneralOde),
        Box::new(GeneralSde::default()),
        Box::new(AnnealedOde),
        Box::new(AnnealedSde::default()),
        Box::new(Diffusion::default().for_target(target)),
        Box::new(Bridge::default()),
        Box::new(OptimalTransport),
        Box::new(LearnedPath::ode()),
        Box::new(LearnedPath::sde()),
    ]
}

/// The names of the built-in evolutions, in the order of [`built_in_evolutions`].
pub fn evolution_names() -> Vec<&'static str> {
    built_in_evolutions(TargetSummary::smooth(1)).iter().map(|evolution| evolution.name()).collect()
}

/// The built-in evolution of this name, or `None`.
pub fn named_evolution(name: &str) -> Option<Box<dyn ErasedEvolution>> {
    let mut all = built_in_evolutions(TargetSummary::smooth(1)).into_iter();
    all.find(|evolution| evolution.name() == name).map(|evolution| evolution as Box<dyn ErasedEvolution>)
}
