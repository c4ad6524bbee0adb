//! Who needs whom, file by file, with the line that says so, and the loops among the files.

use crate::modules::{Modules, is_face};
use crate::workspace::{Member, Tree};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// An arrow from a file to the file that defines what it names.
#[derive(Clone, Debug)]
pub struct Arrow {
    pub from: (String, String),
    pub to: (String, String),
    pub line: usize,
}

/// Arrows between files, the first line of each kept; and the paths that could not be followed.
pub struct Arrows {
    pub all: Vec<Arrow>,
    pub lost: Vec<String>,
    /// Files that no `mod` line leads to.
    pub orphans: Vec<String>,
}

impl Arrows {
    pub fn of(tree: &Tree, members: &[Member]) -> Arrows {
        let modules = Modules::of(tree, members);
        let (mut first, mut lost) = (BTreeMap::new(), modules.missing.clone());
        for (this, module) in modules.all.iter().enumerate() {
            let from = (module.member.clone(), module.file.clone());
            for reference in modules.references(this) {
                match reference {
                    Ok((target, line)) if modules.all[target].file != module.file => {
                        let target = &modules.all[target];
                        let pair = (from.clone(), (target.member.clone(), target.file.clone()));
                        let known = first.entry(pair).or_insert(line);
                        *known = line.min(*known);
                    }
                    Ok(_) => {}
                    Err((path, line)) => lost.push(format!("{}:{line}: `{path}` leads nowhere", module.file)),
                }
            }
        }
        let reached: BTreeSet<&String> = modules.all.iter().map(|module| &module.file).collect();
        let is_source = |file: &&String| {
            members.iter().any(|member| file.starts_with(&format!("{}/", member.src())))
                && file.ends_with(".rs")
        };
        let below_tests = |file: &str| {
            modules.of_tests.iter().any(|test| file == test || file.starts_with(&test.replace("mod.rs", "")))
        };
        let orphan = |file: &&String| is_source(file) && !reached.contains(file) && !below_tests(file);
        let orphans = tree.keys().filter(orphan).cloned().collect();
        let all = first.into_iter().map(|((from, to), line)| Arrow { from, to, line }).collect();
        Arrows { all, lost, orphans }
    }

    /// One text for each set of files that all need each other: a shortest loop through them, with
    /// the line that causes each arrow, and after it the other arrows among these files.
    pub fn loops(&self, tree: &Tree) -> Vec<String> {
        let mut next: BTreeMap<&str, Vec<&Arrow>> = BTreeMap::new();
        for arrow in self.all.iter().filter(|arrow| !is_face(&arrow.from.1)) {
            next.entry(&arrow.from.1).or_default().push(arrow);
        }
        let reach: BTreeMap<&str, BTreeSet<&str>> =
            next.keys().map(|&file| (file, walk(&next, file).into_keys().collect())).collect();
        let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
        for (&file, reached) in &reach {
            if !reached.contains(file) || seen.contains(file) {
                continue;
            }
            let back = |other: &&&str| reach.get(**other).is_some_and(|reached| reached.contains(file));
            let group: BTreeSet<&str> = reached.iter().filter(back).copied().collect();
            let cycles = group.iter().map(|&member| cycle(&next, member));
            let shortest = cycles.min_by_key(Vec::len).expect("a group has files");
            let show = |arrow: &&Arrow| {
                let (from, line) = (&arrow.from.1, arrow.line);
                let text = tree[from].lines().nth(line - 1).unwrap_or("").trim();
                format!("  {from}:{line}: `{text}` needs {}", arrow.to.1)
            };
            let inside = |arrow: &&&Arrow| {
                group.contains(arrow.from.1.as_str())
                    && group.contains(arrow.to.1.as_str())
                    && !shortest.iter().any(|other| std::ptr::eq(*other, **arrow))
            };
            let mut lines = vec![format!("a loop of {} files:", group.len())];
            lines.extend(shortest.iter().map(show));
            let others: Vec<&Arrow> = next.values().flatten().filter(inside).copied().collect();
            if !others.is_empty() {
                lines.push(" and between the same files:".to_string());
            }
            lines.extend(others.iter().map(show));
            found.push(lines.join("\n"));
            seen.extend(group);
        }
        found
    }
}

/// Breadth first from a file: each file that is reached, with the arrow that reached it first.
fn walk<'a>(next: &BTreeMap<&'a str, Vec<&'a Arrow>>, from: &'a str) -> BTreeMap<&'a str, &'a Arrow> {
    let (mut reached, mut waiting) = (BTreeMap::new(), VecDeque::from([from]));
    while let Some(file) = waiting.pop_front() {
        for arrow in next.get(file).into_iter().flatten() {
            let to = arrow.to.1.as_str();
            if !reached.contains_key(to) {
                reached.insert(to, *arrow);
                waiting.push_back(to);
            }
        }
    }
    reached
}

/// A shortest loop through a file that lies on one.
fn cycle<'a>(next: &BTreeMap<&'a str, Vec<&'a Arrow>>, file: &'a str) -> Vec<&'a Arrow> {
    let reached = walk(next, file);
    let mut arrows = vec![reached[file]];
    while arrows[arrows.len() - 1].from.1 != file {
        arrows.push(reached[arrows[arrows.len() - 1].from.1.as_str()]);
    }
    arrows.reverse();
    arrows
}
