//! One word for one concept: retired words turn this red, and so do long comments and docs that say
//! nothing.

use crate::tokens::{Token, tokens_and_comments};
use crate::workspace::{Tree, members};
use std::collections::BTreeSet;

/// Where a retired word counts.
#[derive(Clone, Copy, PartialEq)]
enum In {
    /// As the whole name of a function, type, module or constant, where it is defined.
    Items,
    /// As a part of any identifier, in this case of letters (or in capitals, if it has none).
    Names,
    /// As a part of any identifier and as a word of comments and strings, in any case of letters.
    Text,
}

/// Retired words, what to write in their place, where they count, and in which folders. A folder or
/// file after `!` is one in which the words are right.
const RETIRED: &[(&str, &str, In, &str)] = &[
    // The target is located before training; draws that judge a fit are validation draws. Only the
    // chains that place the grid of times are pilot runs. Files of a run keep a column `pilot_ess`.
    (
        "pilot pilots",
        "locate, `Preconditioning`, or validation draws",
        In::Text,
        "!src/transport/time_grid.rs !src/sampling/sampler.rs !crates/program/src/report/figures.rs \
         !crates/program/src/report/report_data.rs !crates/program/src/output/run_observer.rs",
    ),
    ("turns", "a round robin, `schedule`", In::Names, ""),
    ("Frame Framed framed", "`Whitening`, `WhitenedTarget`", In::Names, ""),
    ("frame", "`whitening`", In::Names, "src"),
    ("funnelled", "log-linear scales, `LogLinearScales`", In::Text, ""),
    ("hierarchy driven driver drivers", "scale dependence; child, parent", In::Names, "src"),
    ("Split", "`Factorisation`", In::Names, ""),
    ("split part join", "to and from factors", In::Items, "src/coordinates"),
    ("Block block", "`Factor`", In::Items, "src/coordinates src/locate src/training src/sampling"),
    ("tempering Tempering", "annealed SMC, `AnnealedSmc`", In::Names, ""),
    // Arrays of a checkpoint keep their names.
    ("swarm ladder ladders", "`Population`, `PopulationPath`", In::Text, "!src/locate/saved.rs"),
    ("Setting setting", "`TargetSummary`", In::Items, "src"),
    ("nearby Nearby", "the cover distribution", In::Names, "src"),
    ("law laws", "distribution", In::Text, ""),
    // The key `steps_per_set` of the program keeps its name.
    ("set_size steps_per_set", "`batch_size`, `steps_per_batch`", In::Names, ""),
    ("capped", "clipped", In::Names, ""),
    ("unseen", "uncovered", In::Names, "src/training src/sampling src/diagnostics crates/program"),
    ("ahead back reach lost", "forward, backward, `escape_radius`, diverged", In::Items, "src"),
    ("journey journeys", "trajectories", In::Text, ""),
    ("From Way carry turn", "`StartAt`, `Direction`, `integrate_particles`, `reverse`", In::Items, "src"),
    ("mover movers", "scheme, `Scheme`", In::Text, ""),
    ("defect defects", "log-weight increments", In::Names, "src"),
    ("door doors", "interface, source, `DensitySource`", In::Text, ""),
    ("told", "`in_user_coordinates`; or reported, said, known", In::Text, ""),
    ("in_target_coordinates", "`in_user_coordinates`", In::Names, ""),
    ("refuse quiet_panic", "return a `Refusal`", In::Items, ""),
    ("keeper keepers", "`RunObserver`", In::Text, ""),
    ("Chosen", "`ResolvedRun`", In::Names, "crates/program"),
    ("chosen words recorded", "`ResolvedRun`, `Overrides`, `build_record`", In::Items, "crates/program"),
    ("Subject subject", "`Problem`", In::Names, "crates/program"),
    ("Console console", "`Streams`", In::Names, "crates/program"),
    ("watcher watchers", "observer", In::Text, ""),
    ("located ended", "`observe_init`, `observe_final`", In::Items, ""),
    ("digits_spent", "`gram_precision_exhausted`", In::Names, ""),
    ("Squared Linearised", "`GramMatrix`, `DampedSolver`", In::Names, ""),
    ("Memory", "`Workspace`", In::Names, ""),
    ("Taylor taylor", "`Dual2`", In::Names, ""),
    ("durable", "an atomic write", In::Text, ""),
    ("film films", "animation", In::Text, ""),
    ("look_before_the_fit", "the pre-flight check", In::Text, ""),
];

const COLUMNS: usize = 100;

/// What is wrong with the words of a tree: a line for each fault, with file and line.
pub fn faults(tree: &Tree) -> Vec<String> {
    let sources: Vec<String> = members(tree).iter().map(|member| format!("{}/", member.src())).collect();
    let ours = |file: &str| file.ends_with(".rs") && sources.iter().any(|src| file.starts_with(src));
    tree.iter().filter(|(file, _)| ours(file)).flat_map(|(file, text)| faults_of(file, text)).collect()
}

fn faults_of(file: &str, text: &str) -> Vec<String> {
    let tokens = tokens_and_comments(text);
    let rows = || RETIRED.iter().filter(|(_, _, _, folders)| counts_in(file, folders));
    // Most lines have no part of a retired word: these are seen before any row is tried.
    let all = RETIRED.iter().flat_map(|(words, ..)| words.split([' ', '_']));
    let suspects: BTreeSet<String> = all.map(str::to_lowercase).collect();
    let mut found = Vec::new();
    let mut previous = "";
    for token in &tokens {
        for (number, line) in (token.line..).zip(token.text.lines()) {
            let parts = parts(line);
            if !parts.iter().any(|part| suspects.contains(&part.to_lowercase())) {
                continue;
            }
            for (words, instead, within, _) in rows().filter(|row| counts_as(token, previous, row.2)) {
                let word = words.split(' ').find(|word| has(line, &parts, word, *within));
                found.extend(
                    word.map(|word| format!("{file}:{number}: `{word}` is retired: write {instead}")),
                );
            }
        }
        previous = if token.is_comment() { previous } else { &token.text };
    }
    let comments: BTreeSet<usize> = tokens.iter().filter(|t| t.is_comment()).map(|t| t.line).collect();
    for (number, line) in (1..).zip(text.lines()) {
        let width = line.chars().count();
        if width > COLUMNS && comments.contains(&number) && line.trim_start().starts_with("//") {
            found.push(format!("{file}:{number}: a comment of {width} columns, more than {COLUMNS}"));
        }
    }
    for (number, doc) in docs(&tokens) {
        if doc.split_whitespace().count() <= 3 {
            found.push(format!("{file}:{number}: `{doc}` is too short to say anything; say it or leave it"));
        }
    }
    found
}

/// Whether a row with these folders counts in a file.
fn counts_in(file: &str, folders: &str) -> bool {
    let below = |folder: &str| file == folder || file.starts_with(&format!("{folder}/"));
    let (right, wrong): (Vec<&str>, Vec<&str>) =
        folders.split_whitespace().partition(|folder| folder.starts_with('!'));
    !right.iter().any(|folder| below(&folder[1..])) && (wrong.is_empty() || wrong.into_iter().any(below))
}

/// Whether a token is of the kind in which a word counts.
fn counts_as(token: &Token, previous: &str, within: In) -> bool {
    const DEFINE: [&str; 9] = ["struct", "enum", "trait", "union", "type", "const", "static", "fn", "mod"];
    match within {
        In::Items => token.is_word() && DEFINE.contains(&previous),
        In::Names => token.is_word(),
        In::Text => token.is_word() || token.is_comment() || token.text.starts_with('"'),
    }
}

/// Whether a text of these parts has a word, which may be several words joined by `_`.
fn has(text: &str, parts: &[String], word: &str, within: In) -> bool {
    let is_same = |part: &String| match within {
        In::Items => text == word,
        In::Names => part == word || *part == word.to_uppercase() && word == word.to_lowercase(),
        In::Text => part.eq_ignore_ascii_case(word),
    };
    let words = || word.split('_');
    let is_there = |parts: &[String]| parts.iter().zip(words()).all(|(a, b)| a.eq_ignore_ascii_case(b));
    match words().count() {
        1 => parts.iter().any(is_same),
        count => parts.windows(count).any(is_there),
    }
}

/// The words of a text and the parts of its identifiers: `PointSet` and `point_set` have two each.
fn parts(text: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut after_small = false;
    for c in text.chars() {
        if !c.is_alphanumeric() || (c.is_uppercase() && after_small) {
            parts.push(String::new());
        }
        if c.is_alphanumeric() {
            parts.last_mut().expect("never empty").push(c);
        }
        after_small = c.is_lowercase() || c.is_numeric();
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Every doc comment of an item, with the number of its first line.
fn docs(tokens: &[Token]) -> Vec<(usize, String)> {
    let mut found: Vec<(usize, usize, String)> = Vec::new();
    for token in tokens.iter().filter(|token| token.text.starts_with("///")) {
        let text = &token.text[3..];
        match found.last_mut() {
            Some((_, last, doc)) if *last + 1 == token.line => {
                *last = token.line;
                doc.push_str(text);
            }
            _ => found.push((token.line, token.line, text.to_string())),
        }
    }
    found.into_iter().map(|(first, _, doc)| (first, doc.trim().to_string())).collect()
}

#[test]
fn every_source_has_one_word_for_one_concept() {
    let tree = crate::workspace::read(std::path::Path::new(env!("CARGO_MANIFEST_DIR")));
    let found = faults(&tree);
    assert!(found.is_empty(), "{} faults:\n{}", found.len(), found.join("\n"));
}

/// What is found in a file of the library.
fn found(text: &str) -> Vec<String> {
    faults_of("src/transport/flow.rs", text)
}

#[test]
fn a_retired_word_is_found_where_it_counts() {
    let red = |text: &str, line: usize, word: &str| {
        let found = found(text);
        assert_eq!(found.len(), 1, "{found:?}");
        let begin = format!("src/transport/flow.rs:{line}: `{word}` is retired");
        assert!(found[0].starts_with(&begin), "{found:?}");
    };
    red("//! Text.\nstruct PilotRun;\n", 2, "pilot");
    red("//! Text.\nconst PILOT_DRAWS: usize = 1;\n", 2, "pilot");
    red("//! Text, and what\n//! a Pilot found.\n", 2, "pilot");
    red("const MESSAGE: &str = \"the\n  pilot\";\n", 2, "pilot");
    red("/* one\n two pilots */\n", 2, "pilots");
    red("pub enum From {}\n", 1, "From");
    red("fn f(steps_per_set_or_more: u8) {}\n", 1, "steps_per_set");
    red("struct NewtonMemory;\n", 1, "Memory");
    red("// Nothing of the look before the fit.\n", 1, "look_before_the_fit");
}

#[test]
fn a_word_that_is_right_is_left() {
    let right = "//! A copilot turns the memory, reads from the back, and reaches ahead.\n\
        impl From<u8> for Turn { fn from(back: u8) -> Turn { back.turn().split(\",\") } }\n\
        const MEMORY: usize = 1;\n";
    assert_eq!(found(right), Vec::<String>::new());
    assert_eq!(faults_of("src/transport/time_grid.rs", "//! A pilot run.\n"), Vec::<String>::new());
    assert_eq!(faults_of("crates/program/src/run.rs", "struct Subject;\n").len(), 1);
}

#[test]
fn comments_are_short_lines_and_say_something() {
    let long = format!("    // {}\n", "x".repeat(COLUMNS - 7));
    assert_eq!(found(&long), Vec::<String>::new());
    assert!(found(&long.replacen('x', "xx", 1))[0].contains("flow.rs:1: a comment of 101 columns"));
    let text = format!("const TEXT: &str = \"\n//{}\";\n", "x".repeat(COLUMNS));
    assert_eq!(found(&text), Vec::<String>::new());
    assert!(found("/// As\n/// given.\nfn f() {}\n")[0].contains("flow.rs:1: `As given.` is too short"));
    assert_eq!(found("/// The draws as given.\nfn f() {} // As given.\n"), Vec::<String>::new());
}
