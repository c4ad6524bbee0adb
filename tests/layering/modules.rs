//! The modules of every member, and the file that defines what a path names, through every
//! re-export.

use crate::tokens::{Token, closed, tokens, without_tests};
use crate::workspace::{Member, Tree};
use std::collections::{BTreeMap, BTreeSet};

/// A path with `crate`, `self` and `super` as written.
#[derive(Clone, Debug)]
pub struct Named {
    pub path: Vec<String>,
    /// The name it has in its module; empty for `*` and for a path inside code.
    pub alias: String,
    pub line: usize,
}

#[derive(Default)]
pub struct Module {
    pub file: String,
    /// The crate by the name that others write.
    pub member: String,
    parent: Option<usize>,
    children: BTreeMap<String, usize>,
    defined: BTreeSet<String>,
    uses: Vec<Named>,
    pub paths: Vec<Named>,
    /// Words that stand alone, which a `*` may have brought.
    words: Vec<(String, usize)>,
    /// Modules of files, in the order of their lines.
    pub order: Vec<String>,
}

/// What a path leads to.
#[derive(Clone, Debug, PartialEq)]
pub enum Found {
    Module(usize),
    /// An item that the module with this number defines.
    Item(usize),
    /// Something of a crate that is not ours.
    Foreign,
}

#[derive(Default)]
pub struct Modules {
    pub all: Vec<Module>,
    /// Crates by the name that others write.
    roots: BTreeMap<String, usize>,
    /// Files of modules that only tests have.
    pub of_tests: BTreeSet<String>,
    pub missing: Vec<String>,
}

impl Modules {
    pub fn of(tree: &Tree, members: &[Member]) -> Modules {
        let mut modules = Modules::default();
        for member in members {
            let src = member.src();
            let is_root = |file: &&String| {
                let rest = file.strip_prefix(&format!("{src}/")).unwrap_or("");
                ["lib.rs", "main.rs"].contains(&rest)
                    || (rest.starts_with("bin/") && rest.matches('/').count() == 1)
            };
            for file in tree.keys().filter(is_root) {
                let root = modules.add_file(tree, file, member, None);
                if !file.ends_with("/main.rs") || !modules.roots.contains_key(&member.name) {
                    modules.roots.insert(member.name.clone(), root);
                }
            }
        }
        modules
    }

    fn add_file(&mut self, tree: &Tree, file: &str, member: &Member, parent: Option<usize>) -> usize {
        let (kept, of_tests) = without_tests(&tokens(&tree[file]));
        for name in of_tests {
            self.of_tests.extend(child_file(tree, file, &name, &kept[..0]));
        }
        self.add(tree, file, member, parent, &kept)
    }

    fn add(
        &mut self,
        tree: &Tree,
        file: &str,
        member: &Member,
        parent: Option<usize>,
        text: &[Token],
    ) -> usize {
        let this = self.all.len();
        let (file, name) = (file.to_string(), member.name.clone());
        self.all.push(Module { file: file.clone(), member: name, parent, ..Module::default() });
        let (mut i, mut depth) = (0, 0);
        while i < text.len() {
            let next = text.get(i + 1).map_or("", |token| token.text.as_str());
            match text[i].text.as_str() {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth -= 1,
                "pub" if next == "(" => i = closed(text, i + 1) - 1,
                "use" if next != "<" => {
                    i += 1;

                    i = use_tree(text, i, &[], &mut self.all[this].uses);
                }
                "extern" if next == "crate" => {
                    let end = (i..text.len()).find(|&k| text[k].is(";")).unwrap_or(text.len());
                    if text[i + 2].is("self") {
                        let alias = text[end - 1].text.clone();
                        let path = vec!["crate".to_string()];
                        self.all[this].uses.push(Named { path, alias, line: text[i].line });
                    }
                    i = end;
                }
                "mod" if depth == 0 && text.get(i + 2).is_some_and(|token| token.is("{")) => {
                    let end = closed(text, i + 2);
                    let child = self.add(tree, &file, member, Some(this), &text[i + 3..end - 1]);
                    self.all[this].children.insert(next.to_string(), child);
                    i = end - 1;
                }
                "mod" if depth == 0 => {
                    match child_file(tree, &file, next, &text[i.saturating_sub(8)..i]) {
                        Some(path) => {
                            let child = self.add_file(tree, &path, member, Some(this));
                            self.all[this].children.insert(next.to_string(), child);
                        }
                        None => {
                            self.missing.push(format!("{file}:{}: no file for `mod {next}`", text[i].line))
                        }
                    }
                    self.all[this].order.push(next.to_string());
                    i += 2;
                }
                "macro_rules" if next == "!" => {
                    self.all[this].defined.insert(text[i + 2].text.clone());
                    i += 2;
                }
                _ if depth == 0 && defines(text, i) => {
                    self.all[this].defined.insert(next.to_string());
                    i += 1;
                }
                _ if text[i].is_word() && (i == 0 || !(text[i - 1].is(".") || text[i - 1].is("::"))) => {
                    let (path, end) = path_at(text, i);
                    let line = text[i].line;
                    let module = &mut self.all[this];
                    if path.len() > 1 {
                        module.paths.push(Named { path, alias: String::new(), line });
                    } else {
                        module.words.push((path[0].clone(), line));
                    }
                    i = end - 1;
                }
                _ => {}
            }
            i += 1;
        }
        this
    }

    /// Every reference from a module to a file: the file, the line, and the path as written. A path
    /// of our own that leads nowhere is an error: a reader that cannot follow a path must not say
    /// that all is well.
    pub fn references(&self, this: usize) -> Vec<Result<(usize, usize), (String, usize)>> {
        let module = &self.all[this];
        let mut found = Vec::new();
        for Named { path, line, .. } in module.uses.iter().chain(&module.paths) {
            let ends = self.resolve(this, path, &mut BTreeSet::new());
            let ours = ["crate", "self", "super"].contains(&path[0].as_str());
            if ends.is_empty() && ours {
                found.push(Err((path.join("::"), *line)));
            }
            found.extend(ends.into_iter().filter_map(|end| self.target(&end)).map(|end| Ok((end, *line))));
        }
        for Named { path, .. } in module.uses.iter().filter(|named| named.alias.is_empty()) {
            for end in self.resolve(this, path, &mut BTreeSet::new()) {
                let Found::Module(brought) = end else { continue };
                for (word, line) in &module.words {
                    let ends = self.look_up(brought, word, true, &mut BTreeSet::new());
                    found.extend(ends.iter().filter_map(|end| self.target(end)).map(|end| Ok((end, *line))));
                }
            }
        }
        found
    }

    /// The module whose file an arrow ends at. Nothing ends at a face or at a crate: they define
    /// nothing.
    fn target(&self, end: &Found) -> Option<usize> {
        match end {
            Found::Item(module) => Some(*module),
            Found::Module(module) => {
                let file = self.all[*module].file.as_str();
                (!is_face(file) && self.all[*module].parent.is_some()).then_some(*module)
            }
            Found::Foreign => None,
        }
    }

    fn root(&self, mut module: usize) -> usize {
        while let Some(parent) = self.all[module].parent {
            module = parent;
        }
        module
    }

    fn resolve(&self, from: usize, path: &[String], seen: &mut BTreeSet<(usize, String)>) -> Vec<Found> {
        let (first, mut rest) = (path[0].as_str(), &path[1..]);
        let mut here = match first {
            "crate" => vec![Found::Module(self.root(from))],
            "self" => vec![Found::Module(from)],
            "super" => self.all[from].parent.into_iter().map(Found::Module).collect(),
            name => self.look_up(from, name, rest.is_empty(), seen),
        };
        if here.is_empty() && !["crate", "self", "super"].contains(&first) {
            here.extend(self.roots.get(first).map(|&root| Found::Module(root)));
        }
        while let Some((name, after)) = rest.split_first() {
            here = here
                .into_iter()
                .flat_map(|end| match end {
                    Found::Module(module) if name == "super" => {
                        self.all[module].parent.into_iter().map(Found::Module).collect()
                    }
                    Found::Module(module) if name == "self" => vec![Found::Module(module)],
                    Found::Module(module) => self.look_up(module, name, after.is_empty(), seen),
                    done => vec![done],
                })
                .collect();
            rest = after;
        }
        here
    }

    /// What a name is in a module. A name that others follow is a module if there is one of that
    /// name; a last name may be a module and an item.
    fn look_up(
        &self,
        module: usize,
        name: &str,
        last: bool,
        seen: &mut BTreeSet<(usize, String)>,
    ) -> Vec<Found> {
        let here = &self.all[module];
        let child = here.children.get(name).map(|&child| Found::Module(child));
        if !last && let Some(child) = child {
            return vec![child];
        }
        let mut found = Vec::new();
        if here.defined.contains(name) {
            found.push(Found::Item(module));
        }
        if seen.insert((module, format!("{name}{last}"))) {
            for named in here.uses.iter().filter(|named| named.alias == name) {
                let ends = self.resolve(module, &named.path, seen);
                let foreign = ends.is_empty().then_some(Found::Foreign);
                found.extend(ends.into_iter().chain(foreign));
            }
            let globs = if found.is_empty() { here.uses.as_slice() } else { &[] };
            for named in globs.iter().filter(|named| named.alias.is_empty()) {
                for end in self.resolve(module, &named.path, seen) {
                    if let Found::Module(brought) = end {
                        found.extend(self.look_up(brought, name, last, seen));
                    }
                }
            }
            seen.remove(&(module, format!("{name}{last}")));
        }
        found.extend(child);
        found
    }
}

pub fn is_face(file: &str) -> bool {
    ["mod.rs", "lib.rs"].contains(&file.rsplit('/').next().unwrap_or(file))
}

/// The file of `mod name;` in `file`; `before` are the tokens before it, with a `path` attribute
/// perhaps.
fn child_file(tree: &Tree, file: &str, name: &str, before: &[Token]) -> Option<String> {
    let (folder, last) = file.rsplit_once('/')?;
    let is_root = is_face(file) || last == "main.rs" || folder.ends_with("src/bin");
    let folder = if is_root { folder.to_string() } else { file.trim_end_matches(".rs").to_string() };
    if let [.., key, equals, path, _] = before
        && key.is("path")
        && equals.is("=")
    {
        let mut parts: Vec<&str> = file.split('/').collect();
        parts.pop();
        for part in path.text.trim_matches('"').split('/') {
            if part == ".." {
                parts.pop();
            } else {
                parts.push(part);
            }
        }
        return Some(parts.join("/")).filter(|path| tree.contains_key(path));
    }
    let candidates = [format!("{folder}/{name}.rs"), format!("{folder}/{name}/mod.rs")];
    candidates.into_iter().find(|path| tree.contains_key(path))
}

/// Whether the token at `i` is the keyword of a definition and the next one its name.
fn defines(text: &[Token], i: usize) -> bool {
    const KEYWORDS: [&str; 8] = ["struct", "enum", "trait", "union", "type", "const", "static", "fn"];
    let is_name = |token: &Token| {
        token.is_word() && !["fn", "unsafe", "async", "extern"].contains(&token.text.as_str())
    };
    KEYWORDS.contains(&text[i].text.as_str()) && text.get(i + 1).is_some_and(is_name)
}

/// The words of a path that begins at `i`, and the place after it.
fn path_at(text: &[Token], mut i: usize) -> (Vec<String>, usize) {
    let mut path = vec![text[i].text.clone()];
    while text.get(i + 1).is_some_and(|token| token.is("::")) && text.get(i + 2).is_some_and(Token::is_word) {
        path.push(text[i + 2].text.clone());
        i += 2;
    }
    (path, i + 1)
}

/// Reads one branch of a `use` tree, with the branches inside its braces; gives the place after it.
fn use_tree(text: &[Token], mut i: usize, before: &[String], found: &mut Vec<Named>) -> usize {
    let mut path = before.to_vec();
    let line = text.get(i).map_or(0, |token| token.line);
    let name = |path: &[String]| path.last().cloned().unwrap_or_default();
    while let Some(token) = text.get(i) {
        match token.text.as_str() {
            "::" => i += 1,
            "{" => {
                let end = closed(text, i);
                i += 1;
                while i < end - 1 {
                    i = use_tree(text, i, &path, found);
                    i += usize::from(text[i].is(","));
                }
                return end;
            }
            "*" => {
                found.push(Named { path, alias: String::new(), line });
                return i + 1;
            }
            "as" => {
                found.push(Named { path, alias: text[i + 1].text.clone(), line });
                return i + 2;
            }
            "self" if !path.is_empty() => i += 1,
            _ if token.is_word() => {
                path.push(token.text.clone());
                i += 1;
            }
            _ => break,
        }
    }
    let alias = name(&path);
    if !path.is_empty() {
        found.push(Named { path, alias, line });
    }
    i
}
