//! The modules of a crate, and which file a path leads to. Names are looked up as the language does: through `use`, through
//! `pub use` in other files, and through globs. What is not found here belongs to another crate.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Token, group_end, tokens};

/// Files by their path from the repository's root.
pub(crate) type Files = BTreeMap<String, String>;

/// A reference from one file to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Reference {
    pub(crate) from: String,
    pub(crate) to: String,
    /// The item that it is to; `*` for all of them.
    pub(crate) item: String,
}

/// All modules of some crates.
#[derive(Default)]
pub(crate) struct Modules {
    modules: Vec<Module>,
}

struct Module {
    file: String,
    /// Where the files of its child modules are.
    folder: String,
    /// Itself where it is a crate.
    parent: usize,
    children: Vec<(String, usize)>,
    /// What is defined here, child modules excepted.
    items: BTreeSet<String>,
    uses: Vec<Use>,
    /// The paths of the code, `use` excepted.
    paths: Vec<Vec<String>>,
}

/// One leaf of a `use`: the name by which the path is known here; none for a glob.
struct Use {
    name: Option<String>,
    path: Vec<String>,
}

/// What a path may lead to.
#[derive(Clone, PartialEq, Eq)]
enum Target {
    Module(usize),
    /// An item of this module.
    Item(usize, String),
    /// Something of another crate.
    Foreign,
}

impl Modules {
    /// The modules of the crate, from its first file on.
    pub(crate) fn of_crate(files: &Files, root: &str) -> Self {
        let mut modules = Self::default();
        let folder = root.rsplit_once('/').map_or("", |(folder, _)| folder);
        modules.add(root.to_owned(), folder.to_owned(), None);
        let text = files.get(root).unwrap_or_else(|| panic!("{root} is there"));
        modules.read(0, &tokens(text), files);
        modules
    }

    /// The files that the crate consists of, without those of its tests.
    pub(crate) fn files(&self) -> BTreeSet<&str> {
        self.modules.iter().map(|module| module.file.as_str()).collect()
    }

    /// Every reference from one file to another.
    pub(crate) fn references(&self) -> BTreeSet<Reference> {
        let mut references = BTreeSet::new();
        for (number, module) in self.modules.iter().enumerate() {
            let uses = module.uses.iter().map(|leaf| (&leaf.path, leaf.name.is_none()));
            let paths = module.paths.iter().map(|path| (path, false));
            for (path, is_glob) in uses.chain(paths) {
                for target in self.locate(number, path, &[]) {
                    let (to, item) = match target {
                        Target::Item(of, item) => (of, item),
                        // A module's own name leads to none of its items.
                        Target::Module(of) if is_glob => (of, "*".to_owned()),
                        Target::Module(_) | Target::Foreign => continue,
                    };
                    let (from, to) = (module.file.clone(), self.modules[to].file.clone());
                    if from != to {
                        references.insert(Reference { from, to, item });
                    }
                }
            }
        }
        references
    }

    fn add(&mut self, file: String, folder: String, parent: Option<usize>) -> usize {
        let number = self.modules.len();
        self.modules.push(Module {
            file,
            folder,
            parent: parent.unwrap_or(number),
            children: Vec::new(),
            items: BTreeSet::new(),
            uses: Vec::new(),
            paths: Vec::new(),
        });
        number
    }

    /// Reads what stands in the module.
    fn read(&mut self, module: usize, code: &[Token], files: &Files) {
        let (mut at, mut depth, mut path_attribute) = (0, 0_u32, None);
        while let Some(token) = code.get(at) {
            let next = code.get(at + 1);
            match token {
                Token::Sign('#') if next.is_some_and(|next| next.is('[')) => {
                    let end = group_end(code, at + 1);
                    match &code[at..end] {
                        [_, _, Token::Word(word), _, Token::Text(text), _] if word == "path" => {
                            path_attribute = Some(text.clone());
                        }
                        _ => {}
                    }
                    at = end;
                    continue;
                }
                Token::Sign('{') => depth += 1,
                Token::Sign('}') => depth -= 1,
                Token::Word(word) if word == "mod" => {
                    at = self.read_child(module, code, at + 1, path_attribute.take(), files);
                    continue;
                }
                // Not `impl Trait + use<'a>`.
                Token::Word(word) if word == "use" && next.is_some_and(|next| !next.is('<')) => {
                    at = self.read_use(module, code, at + 1, &[]);
                    continue;
                }
                Token::Word(word) => {
                    let segments = path(&code[at..]);
                    let goes_on = at > 0 && code[at - 1] == Token::Colons;
                    let length = segments.len() * 2 - 1;
                    if depth == 0 {
                        self.modules[module].items.extend(defined(word, &code[at + 1..]));
                    }
                    if segments.len() > 1 && !goes_on {
                        self.modules[module].paths.push(segments);
                    }
                    at += length;
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
    }

    /// Reads `name;` or `name { .. }` after `mod`; returns where that ends.
    fn read_child(
        &mut self,
        parent: usize,
        code: &[Token],
        at: usize,
        path_attribute: Option<String>,
        files: &Files,
    ) -> usize {
        let Some(name) = code.get(at).and_then(Token::word) else {
            return at;
        };
        let folder = format!("{}/{name}", self.modules[parent].folder);
        let is_inline = code.get(at + 1).is_some_and(|next| next.is('{'));
        if is_inline {
            let end = group_end(code, at + 1);
            let child = self.add(self.modules[parent].file.clone(), folder, Some(parent));
            self.modules[parent].children.push((name.to_owned(), child));
            self.read(child, &code[at + 2..end - 1], files);
            return end;
        }
        let beside = self.modules[parent]
            .file
            .rsplit_once('/')
            .map_or("", |(beside, _)| beside);
        let candidates = match path_attribute {
            Some(given) => vec![format!("{beside}/{given}")],
            None => vec![format!("{folder}.rs"), format!("{folder}/mod.rs")],
        };
        let file = candidates.iter().find(|file| files.contains_key(*file));
        let file = file.unwrap_or_else(|| panic!("mod {name}: none of {candidates:?}"));
        let child = self.add(file.clone(), folder, Some(parent));
        self.modules[parent].children.push((name.to_owned(), child));
        self.read(child, &tokens(&files[file]), files);
        at + 2
    }

    /// Reads one tree of a `use`, after the path that leads to it; returns where it ends.
    fn read_use(&mut self, module: usize, tokens: &[Token], mut at: usize, before: &[String]) -> usize {
        let mut path = before.to_vec();
        while let Some(token) = tokens.get(at) {
            at += 1;
            match token {
                Token::Word(word) if word == "as" => {
                    let name = tokens[at].word().map(str::to_owned);
                    self.modules[module].uses.push(Use { name, path });
                    return at + 1;
                }
                Token::Word(word) => path.push(word.clone()),
                Token::Colons => {}
                Token::Sign('*') => {
                    self.modules[module].uses.push(Use { name: None, path });
                    return at;
                }
                Token::Sign('{') => {
                    while !tokens[at].is('}') {
                        at = self.read_use(module, tokens, at, &path);
                        at += usize::from(tokens[at].is(','));
                    }
                    return at + 1;
                }
                _ => {
                    at -= 1;
                    break;
                }
            }
        }
        // `use a::b::{self}` is `use a::b`.
        if path.len() > 1 && path.last().is_some_and(|last| last == "self") {
            path.pop();
        }
        let name = path.last().cloned();
        self.modules[module].uses.push(Use { name, path });
        at
    }

    /// Where a path leads that stands in the module. `under_way`: the names that are being looked up, so that two globs that
    /// name each other come to an end.
    fn locate(&self, module: usize, path: &[String], under_way: &[(usize, String)]) -> Vec<Target> {
        let Some((first, rest)) = path.split_first() else {
            return Vec::new();
        };
        let found = match first.as_str() {
            "crate" => vec![Target::Module(0)],
            "self" => vec![Target::Module(module)],
            "super" => vec![Target::Module(self.modules[module].parent)],
            name => self.look_up(module, name, rest.is_empty(), under_way),
        };
        found
            .into_iter()
            .flat_map(|target| self.walk(target, rest, under_way))
            .collect()
    }

    /// Where the rest of a path leads from there.
    fn walk(&self, from: Target, rest: &[String], under_way: &[(usize, String)]) -> Vec<Target> {
        let (&Target::Module(module), Some((first, rest))) = (&from, rest.split_first()) else {
            return vec![from];
        };
        let found = match first.as_str() {
            "self" => vec![Target::Module(module)],
            "super" => vec![Target::Module(self.modules[module].parent)],
            name => self.look_up(module, name, rest.is_empty(), under_way),
        };
        // What a macro made is not found: then it is the module's own, as far as can be told.
        let found = if found.is_empty() {
            vec![Target::Item(module, first.clone())]
        } else {
            found
        };
        found
            .into_iter()
            .flat_map(|target| self.walk(target, rest, under_way))
            .collect()
    }

    /// What the name stands for in the module. A module and an item may share a name: the path's place says which is meant.
    fn look_up(&self, number: usize, name: &str, is_last: bool, under_way: &[(usize, String)]) -> Vec<Target> {
        let module = &self.modules[number];
        let children = module.children.iter().filter(|(child, _)| child == name);
        let mut found: Vec<Target> = children.map(|&(_, child)| Target::Module(child)).collect();
        if module.items.contains(name) {
            found.push(Target::Item(number, name.to_owned()));
        }
        let key = (number, name.to_owned());
        if !under_way.contains(&key) {
            let under_way: Vec<(usize, String)> = under_way.iter().cloned().chain([key]).collect();
            for leaf in module.uses.iter().filter(|leaf| leaf.name.as_deref() == Some(name)) {
                let leads_to = self.locate(number, &leaf.path, &under_way);
                found.extend(if leads_to.is_empty() {
                    vec![Target::Foreign]
                } else {
                    leads_to
                });
            }
            let globs = module
                .uses
                .iter()
                .filter(|leaf| leaf.name.is_none() && found.is_empty());
            let from_globs: Vec<Target> = globs
                .flat_map(|glob| self.locate(number, &glob.path, &under_way))
                .flat_map(|target| match target {
                    Target::Module(other) => self.look_up(other, name, is_last, &under_way),
                    // The variants of an enum.
                    Target::Item(..) | Target::Foreign => Vec::new(),
                })
                .collect();
            found.extend(from_globs);
        }
        let is_meant = |target: &Target| is_last == matches!(target, Target::Item(..));
        if found.iter().any(is_meant) {
            found.retain(is_meant);
        }
        found
    }
}

/// The path that begins there, up to what is no name.
fn path(tokens: &[Token]) -> Vec<String> {
    let mut segments = Vec::new();
    let mut rest = tokens;
    while let [Token::Word(word), more @ ..] = rest {
        segments.push(word.clone());
        let [Token::Colons, next @ ..] = more else { break };
        rest = next;
    }
    segments
}

/// The name that the keyword defines, if it is one that does.
fn defined(keyword: &str, after: &[Token]) -> Option<String> {
    let defines = [
        "struct",
        "enum",
        "union",
        "trait",
        "type",
        "fn",
        "const",
        "static",
        "macro_rules",
    ];
    if !defines.contains(&keyword) {
        return None;
    }
    let mut names = after.iter().filter(|token| !token.is('!'));
    let name = names.next().and_then(Token::word)?;
    // `const fn name` comes by once more; `static mut NAME` does not.
    match name {
        "fn" | "unsafe" | "extern" => None,
        "mut" => names.next().and_then(Token::word).map(str::to_owned),
        name => Some(name.to_owned()),
    }
}
