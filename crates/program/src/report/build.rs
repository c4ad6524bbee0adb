//! The report of a run: figures and a page, from its files alone.

use crate::folder::record::Record;
use crate::page::animation::Animation;
use crate::page::html::{Block, Page, Section};
use crate::report::figures::{Figures, quantities_shown, residual_shown};
use crate::report::report_data::WATCHED;
use crate::report::report_files::{ReportError, ReportFiles};
use crate::report::report_text::{
    bound, command, figure_text, integration_text, moment_rows, settings_rows, signed, verdict_blocks,
};
use pushforward::optim::Outcome;
use pushforward::training::StopReason;
use std::fs;
use std::io;
use std::path::Path;

/// The names and texts of all files that can be made again from the numbers of a run: the figures,
/// and report.html last.
///
/// # Errors
/// [`ReportError`] with the file that is missing or wrong.
pub fn report(
    read: &dyn Fn(&str) -> io::Result<Vec<u8>>,
) -> Result<Vec<(&'static str, String)>, ReportError> {
    let files = ReportFiles::read(read)?;
    let figures = Figures::of(&files)?;
    let page = page(&files, &figures)?.html();
    let drawn = [
        ("figure-density.svg", figures.density),
        ("figure-loss.svg", Some(figures.loss)),
        ("figure-log_z.svg", Some(figures.log_z)),
        ("figure-weights.svg", figures.weights),
        ("figure-residual.svg", figures.residual),
        ("figure-trajectories.svg", figures.trajectories),
        ("report.html", Some(page)),
    ];
    Ok(drawn.into_iter().filter_map(|(name, text)| Some((name, text?))).collect())
}

/// Makes the report of a folder again, in place. Every file is replaced by an atomic write.
///
/// [`ReportError`]; the numbers of the run are never changed.
/// [`ReportError`]; the numbers of the run are never touched.
pub fn report_again(folder: &Path) -> Result<(), ReportError> {
    for (name, text) in report(&|name| fs::read(folder.join(name)))? {
        let temporary = folder.join(format!(".{name}.tmp"));
        let written = fs::write(&temporary, text).and_then(|()| fs::rename(&temporary, folder.join(name)));
        written.map_err(|cause| {
            let _ = fs::remove_file(&temporary);
            ReportError::Write { name: name.to_string(), cause }
        })?;
    }
    Ok(())
}

fn page(files: &ReportFiles, figures: &Figures) -> Result<Page, ReportError> {
    let record = &files.record;
    Ok(Page {
        title: format!("{}, {}", record.target, record.evolution),
        subtitle: format!(
            "{} draws in {} dimension{}, seed {}, {:.1} s on {} thread{}",
            record.n_draws,
            record.dim,
            if record.dim == 1 { "" } else { "s" },
            record.seed,
            record.total_seconds,
            record.threads,
            if record.threads == 1 { "" } else { "s" },
        ),
        sections: vec![
            section("verdict", "Verdict", verdict_blocks(record)),
            section("log-z", "log Z", log_z(files, figures)?),
            section("weights", "Weights", weights(figures)),
            section("moments", "Moments", moments(record)),
            section("density", "Density", density(files, figures)?),
            section("fit", "Fit", fit(files, figures)),
            section("residual", "Residual", residual(files, figures)?),
            section("trajectories", "Trajectories", trajectories(figures)),
            section("provenance", "Provenance", provenance(files)),
        ],
    })
}

fn section(id: &'static str, heading: &str, blocks: Vec<Block>) -> Section {
    Section { id, heading: heading.to_string(), blocks }
}

/// A figure with its files, or the sentence `without` if it has no numbers.
fn figure(svg: &Option<String>, label: &str, caption: String, files: &[&str], without: &str) -> Block {
    match svg {
        Some(svg) => Block::Figure {
            svg: svg.clone(),
            label: label.to_string(),
            caption,
            files: files.iter().map(|name| (*name).to_string()).collect(),
        },
        None => Block::Text(without.to_string()),
    }
}

fn log_z(files: &ReportFiles, figures: &Figures) -> Result<Vec<Block>, ReportError> {
    let record = &files.record;
    let row = |what: &str, value: String, note: &str| vec![what.to_string(), value, note.to_string()];
    let mut rows = vec![row(
        "estimate",
        bound(record.log_z, record.log_z_se),
        "logarithm of the mean weight ± its standard error (Monte Carlo)",
    )];
    let (shift, how) = integration_text(files)?;
    rows.push(row("integration", shift, &how));
    rows.push(row(
        "ELBO",
        bound(files.log_z("elbo")?, files.log_z("elbo_se")?),
        "mean log weight of the draws, below log Z in expectation",
    ));
    let exact_draws = files.log_z("exact_draws")?;
    if exact_draws > 0.0 {
        let note = format!("mean log weight of {exact_draws} exact draws, above log Z in expectation");
        rows.push(row("EUBO", bound(files.log_z("eubo")?, files.log_z("eubo_se")?), &note));
    }
    if let Some(learned) = record.log_z_learned {
        rows.push(row("learned", bound(learned, 0.0), "learned with the fitted equation, without weights"));
    }
    if let Some(exact) = record.log_z_exact {
        let away = (record.log_z - exact) / record.log_z_se;
        let note = format!("the estimate is {} standard errors away", signed(format!("{away:+.1}")));
        rows.push(row("exact", bound(exact, 0.0), &note));
    }
    let caption = "The estimate of log Z between its bounds. A wide gap between the bounds says that the draws and the \
                   target differ; a learned value far from the estimate says that one of them is wrong.";
    let shown = Some(figures.log_z.clone());
    Ok(vec![
        Block::Table { head: ["", "nats", ""].map(String::from).to_vec(), rows },
        figure(
            &shown,
            "log Z with its bounds",
            caption.to_string(),
            &["figure-log_z.svg", "figure-log_z.csv"],
            "",
        ),
    ])
}

fn weights(figures: &Figures) -> Vec<Block> {
    let caption = "Log weights relative to log Z. Bars are the density of the draws, the line is the density of their weight: \
                   the closer they are, the better is the transport. Weight at the right edge with few draws below it \
                   means that log Z rests on a few draws. Pareto k measures how heavy that tail is; above 0.7 the mean \
                   weight is not reliable.";
    let names = ["figure-weights.svg", "figure-weights.csv"];
    let without = "No weights are finite: there is nothing to show.";
    vec![figure(&figures.weights, "histogram of the log weights", caption.to_string(), &names, without)]
}

fn moments(record: &Record) -> Vec<Block> {
    if record.n_draws == 0 {
        return vec![Block::Text("There are no draws, so that there are no moments.".to_string())];
    }
    let text = "The moments are those of the weighted draws, as in run.json. The standard error of a mean is the standard \
                deviation over the square root of the effective number of draws.";
    let head = ["", "mean", "standard deviation"].map(String::from).to_vec();
    vec![Block::Text(text.to_string()), Block::Table { head, rows: moment_rows(record) }]
}

fn density(files: &ReportFiles, figures: &Figures) -> Result<Vec<Block>, ReportError> {
    let without = "There are no draws to show.";
    if files.record.is_planar() {
        let caption = "Contours of the target enclose the stated shares of its mass; dots are draws without their weights, \
                       so that a mode with too many or too few of them is seen.";
        let names = ["figure-density.svg", "figure-density.csv"];
        return Ok(vec![figure(&figures.density, "target and draws", caption.to_string(), &names, without)]);
    }
    let shown = quantities_shown(files)?;
    let quantities = files.record.names.len();
    let chosen = if shown.len() < quantities {
        format!(
            " Of {quantities} quantities these are the first and the {} others whose marginals are furthest from a normal distribution of the same mean and \
             deviation, by the largest gap between distribution functions.",
            shown.len() - 1
        )
    } else {
        String::new()
    };
    let caption = format!(
        "Weighted draws: single quantities are on the diagonal, pairs below it. A fuller colour means more weight (the \
         colour follows the square root of the share, so that small shares are visible). Ranges hold 99.8 % of the {}; with \
         heavy tails they are twice as wide as the central 95 %.{chosen}",
        if files.column("figure-marginals.csv", "exact")?.iter().all(|v| v.is_nan()) {
            "draws"
        } else {
            "exact draws"
        }
    );
    let names = ["figure-density.svg", "figure-marginals.csv", "figure-pairs.csv"];
    Ok(vec![figure(&figures.density, "corner plot of the draws", caption, &names, without)])
}

fn fit(files: &ReportFiles, figures: &Figures) -> Vec<Block> {
    let record = &files.record;
    let text = format!(
        "{} steps to a loss of {}: {}. Optimiser: {}.",
        record.steps,
        figure_text(record.loss),
        record.stop_reason,
        record.optimiser
    );
    let caption = "The loss ½ mean R² after every step on the points of that step, the damping λ of the step, and the normalised \
                   ESS of validation draws, against steps. The seconds along the top are those of this machine. Points \
                   are new at every step and their number may double, so that the loss scatters and may rise.";
    let blocks = record.settings.get("blocks").and_then(|sizes| sizes.as_array()).map_or(1, Vec::len);
    let apart = if blocks > 1 {
        format!(
            " The target is a product of {blocks} blocks, which are fitted in a round robin and shown one after another: \
             the loss begins anew with each block, and only `seconds.csv` has the times."
        )
    } else {
        String::new()
    };
    let names = ["figure-loss.svg", "losses.csv", "seconds.csv"];
    let loss = Some(figures.loss.clone());
    vec![
        Block::Text(text),
        figure(&loss, "loss, damping and validation ESS", format!("{caption}{apart}"), &names, ""),
    ]
}

fn residual(files: &ReportFiles, figures: &Figures) -> Result<Vec<Block>, ReportError> {
    let without = "The residual could not be evaluated: no draws could be moved from t = 0 to 1, or the density failed on their way.";
    let Some(shown) = residual_shown(files)? else { return Ok(vec![Block::Text(without.to_string())]) };
    let name = shown.name;
    let over = if shown.dim == 1 {
        "evaluated at the middle of every cell".to_string()
    } else {
        format!(
            "evaluated along the trajectories of {} draws, in cells of t and {name}. The other coordinates are those of the \
             draws, so that this is a map of where draws pass, not a slice. Cells that no draw passes are empty",
            files.record.n_draws.min(WATCHED)
        )
    };
    let of_block = if shown.blocks > 1 {
        format!(
            " The target is a product, and its blocks are fitted separately. This is block {} of {}, which has the largest \
             residual where draws pass; all others are at their middle.",
            shown.block, shown.blocks
        )
    } else {
        String::new()
    };
    let scale = if files.record.coordinates.is_empty() {
        ""
    } else {
        " This figure alone is in coordinates of the fit, which have no bounds (unconstrained.npy); all others are in \
         the quantities of draws.npy."
    };
    let caption = format!(
        "The size of the residual R of the fitted equation over time and {name}, {over}.{of_block}{scale} Dots are the \
         collocation points that one more step would have: half of the candidates follow the flow, the others cover the \
         target, and those with large residuals are taken more often. The fit is weak in bright bands, because \
         log w = z + ∫R dt along a trajectory."
    );
    let names = ["figure-residual.svg", "figure-residual.csv", "figure-points.csv"];
    Ok(vec![figure(&figures.residual, "residual over time and one coordinate", caption, &names, without)])
}

fn trajectories(figures: &Figures) -> Vec<Block> {
    let caption = "Trajectories of draws from the prior at t = 0 to the target at t = 1, integrated as all draws of this run and \
                   shown without weights. Ranges hold 99 % of all positions.";
    let names = ["figure-trajectories.svg", "figure-trajectories.csv"];
    let without = "No draws could be moved from t = 0 to 1.";
    let still = figure(&figures.trajectories, "trajectories of draws", caption.to_string(), &names, without);
    let animation: Option<Animation> = figures.animation.clone();
    std::iter::once(still).chain(animation.map(Block::Animation)).collect()
}

fn provenance(files: &ReportFiles) -> Vec<Block> {
    let head = ["", ""].map(String::from).to_vec();
    let by_the_clock = matches!(
        files.record.stop_reason,
        StopReason::TimeLimit | StopReason::Optimiser(Outcome::Interrupted)
    );
    let text = if by_the_clock {
        "This command makes the same steps on the same type of machine. This run was ended by the clock, not by its \
         settings: the command goes beyond that point, and its draws differ."
    } else {
        "This command makes the same draws on the same type of machine:"
    };
    vec![
        Block::Text(text.to_string()),
        Block::Command(command(&files.config)),
        Block::Table { head, rows: settings_rows(&files.record) },
    ]
}
