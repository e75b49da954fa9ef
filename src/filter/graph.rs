//! The tests as a graph: each leads to the next by its answer, and in the end to yes or no.
//!
//! Paths that already know the answer to a test go around it, so no packet is asked twice.

use std::collections::HashMap;

use super::condition::{Condition, Field, Test};
use super::program::LONGEST;

/// More passes find next to nothing.
const PASSES: usize = 16;

/// Where a path goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Edge {
    Accept,
    Reject,
    /// The node of this index.
    Node(usize),
}

/// A test and where its two answers lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Node {
    /// The index of the test.
    pub(super) test: usize,
    pub(super) yes: Edge,
    pub(super) no: Edge,
}

/// A decision graph without circles: a node leads only to nodes of a lower index.
#[derive(Debug)]
pub(super) struct Graph {
    pub(super) tests: Vec<Test>,
    pub(super) nodes: Vec<Node>,
    pub(super) start: Edge,
}

impl Graph {
    /// The graph of this condition, simplified; one with more tests than a program may have instructions is left as it
    /// is, since it takes long and does not help.
    pub(super) fn of(condition: &Condition) -> Self {
        let mut builder = Builder::default();
        let start = builder.add(condition, Edge::Accept, Edge::Reject);
        let mut graph = Self {
            tests: builder.tests,
            nodes: builder.nodes,
            start,
        };
        for _ in 0..PASSES {
            if graph.tests.len() > LONGEST || !graph.simplify() {
                break;
            }
        }
        graph
    }

    /// One pass; false if it changed nothing.
    fn simplify(&mut self) -> bool {
        let before = (self.nodes.clone(), self.start);
        let reached = self.shorten_paths();
        self.rebuild(&reached);
        self.group_by_field();
        before.0 != self.nodes || before.1 != self.start
    }

    /// Lets every path go around the tests whose answer it knows, and around those whose answer changes nothing. Returns
    /// which nodes are still reached.
    fn shorten_paths(&mut self) -> Vec<bool> {
        let groups = self.tests_of_same_field();
        let mut known: Vec<Option<KnownAnswers>> = vec![None; self.nodes.len()];
        let mut reached = vec![false; self.nodes.len()];
        let nothing = KnownAnswers::none(self.tests.len());
        self.start = self.shortened(self.start, &nothing, &groups);
        learn(&mut known, self.start, &nothing);
        for index in (0..self.nodes.len()).rev() {
            let (Some(answers), Some(&node)) = (known.get_mut(index).and_then(Option::take), self.nodes.get(index))
            else {
                continue;
            };
            let mut next = |next, answer| {
                let mut answers = answers.clone();
                answers.add(node.test, answer);
                let next = self.shortened(next, &answers, &groups);
                learn(&mut known, next, &answers);
                next
            };
            let (yes, no) = (next(node.yes, true), next(node.no, false));
            if let (Some(node), Some(reached)) = (self.nodes.get_mut(index), reached.get_mut(index)) {
                (node.yes, node.no, *reached) = (yes, no, true);
            }
        }
        reached
    }

    /// Where a path with these facts really goes.
    fn shortened(&self, mut next: Edge, answers: &KnownAnswers, groups: &[Vec<usize>]) -> Edge {
        while let Edge::Node(index) = next {
            let Some(node) = self.nodes.get(index) else { break };
            next = match self.answer(node.test, answers, groups) {
                Some(true) => node.yes,
                Some(false) => node.no,
                None if node.yes == node.no => node.yes,
                None => break,
            };
        }
        next
    }

    /// The answer to a test, if the facts tell.
    fn answer(&self, test: usize, answers: &KnownAnswers, groups: &[Vec<usize>]) -> Option<bool> {
        let asked = self.tests.get(test)?;
        let related = groups.get(test)?.iter();
        related
            .filter_map(|&other| Some((self.tests.get(other)?, answers.get(other)?)))
            .find_map(|(other, outcome)| asked.follows_from(*other, outcome))
    }

    /// For each test those of the same field, itself included.
    fn tests_of_same_field(&self) -> Vec<Vec<usize>> {
        let mut by_field: HashMap<Field, Vec<usize>> = HashMap::new();
        for (index, test) in self.tests.iter().enumerate() {
            by_field.entry(test.field).or_default().push(index);
        }
        let group = |test: &Test| by_field.get(&test.field).cloned().unwrap_or_default();
        self.tests.iter().map(group).collect()
    }

    /// Puts tests of one field behind each other, so that it is loaded once.
    ///
    /// Nodes that lead to the same place by one answer, and to each other by the other one, may stand in any order: they
    /// are one question with several parts. tcpdump moves them too.
    fn group_by_field(&mut self) {
        let mut entrances = vec![0_usize; self.nodes.len()];
        let ends = self.nodes.iter().flat_map(|node| [node.yes, node.no]);
        for end in ends.chain([self.start]) {
            let Edge::Node(index) = end else { continue };
            if let Some(count) = entrances.get_mut(index) {
                *count += 1;
            }
        }
        for answer in [true, false] {
            let mut grouped = vec![false; self.nodes.len()];
            for head in (0..self.nodes.len()).rev() {
                if grouped.get(head) == Some(&false) {
                    let chain = self.chain(head, answer, &entrances);
                    for &index in &chain {
                        if let Some(grouped) = grouped.get_mut(index) {
                            *grouped = true;
                        }
                    }
                    self.group(&chain);
                }
            }
        }
    }

    /// The nodes from `head` on that all lead to the same place by `answer`, and are entered from the one before only.
    fn chain(&self, head: usize, answer: bool, entrances: &[usize]) -> Vec<usize> {
        let ways = |index: usize| {
            let node = self.nodes.get(index)?;
            Some(if answer {
                (node.yes, node.no)
            } else {
                (node.no, node.yes)
            })
        };
        let mut chain = vec![head];
        let mut last = ways(head);
        while let Some((same, Edge::Node(index))) = last {
            let next = ways(index).filter(|&(to, _)| to == same && entrances.get(index) == Some(&1));
            if next.is_some() {
                chain.push(index);
            }
            last = next;
        }
        chain
    }

    /// Deals the tests of these nodes out again, by field, otherwise in the order in which they were.
    fn group(&mut self, chain: &[usize]) {
        if chain.len() < 3 {
            return;
        }
        let tests: Vec<usize> = chain
            .iter()
            .filter_map(|&index| Some(self.nodes.get(index)?.test))
            .collect();
        let mut fields = HashMap::new();
        let mut keyed: Vec<(usize, usize)> = Vec::with_capacity(tests.len());
        for test in tests {
            let Some(field) = self.tests.get(test).map(|test| test.field) else {
                return;
            };
            let order = fields.len();
            keyed.push((*fields.entry(field).or_insert(order), test));
        }
        keyed.sort_by_key(|&(order, _)| order);
        for (&index, (_, test)) in chain.iter().zip(keyed) {
            if let Some(node) = self.nodes.get_mut(index) {
                node.test = test;
            }
        }
    }

    /// Leaves out what is no longer reached, and makes nodes that have become the same one node.
    fn rebuild(&mut self, reached: &[bool]) {
        let mut builder = Builder::default();
        let mut moved: Vec<Edge> = Vec::with_capacity(self.nodes.len());
        let place = |moved: &[Edge], next| match next {
            Edge::Node(index) => moved.get(index).copied().unwrap_or(Edge::Reject),
            end => end,
        };
        for (node, reached) in self.nodes.iter().zip(reached) {
            let new = if *reached {
                builder.node(Node {
                    test: node.test,
                    yes: place(&moved, node.yes),
                    no: place(&moved, node.no),
                })
            } else {
                Edge::Reject
            };
            moved.push(new);
        }
        self.start = place(&moved, self.start);
        self.nodes = builder.nodes;
    }
}

/// At `next` holds only what every path to it knows.
fn learn(known: &mut [Option<KnownAnswers>], next: Edge, answers: &KnownAnswers) {
    let Edge::Node(index) = next else { return };
    if let Some(known) = known.get_mut(index) {
        match known {
            Some(known) => known.keep_common(answers),
            None => *known = Some(answers.clone()),
        }
    }
}

/// Builds a graph from its ends, each node once.
#[derive(Default)]
struct Builder {
    tests: Vec<Test>,
    test_index: HashMap<Test, usize>,
    nodes: Vec<Node>,
    node_index: HashMap<Node, usize>,
}

impl Builder {
    /// Adds a condition that goes on at `yes` or `no`; returns where it starts.
    fn add(&mut self, condition: &Condition, yes: Edge, no: Edge) -> Edge {
        match condition {
            Condition::Always => yes,
            Condition::Never => no,
            Condition::Not(inner) => self.add(inner, no, yes),
            Condition::All(parts) => parts.iter().rev().fold(yes, |yes, part| self.add(part, yes, no)),
            Condition::Any(parts) => parts.iter().rev().fold(no, |no, part| self.add(part, yes, no)),
            Condition::Test(test) => {
                let test = *self.test_index.entry(*test).or_insert_with(|| {
                    self.tests.push(*test);
                    self.tests.len() - 1
                });
                self.node(Node { test, yes, no })
            }
        }
    }

    fn node(&mut self, node: Node) -> Edge {
        if node.yes == node.no {
            return node.yes;
        }
        Edge::Node(*self.node_index.entry(node).or_insert_with(|| {
            self.nodes.push(node);
            self.nodes.len() - 1
        }))
    }
}

/// Which tests have been answered, and how: two bits for each.
#[derive(Debug, Clone)]
struct KnownAnswers(Vec<u64>);

impl KnownAnswers {
    fn none(tests: usize) -> Self {
        Self(vec![0; (2 * tests).div_ceil(64)])
    }

    const fn bit(test: usize, answer: bool) -> (usize, u64) {
        let bit = 2 * test + answer as usize;
        (bit / 64, 1 << (bit % 64))
    }

    fn add(&mut self, test: usize, answer: bool) {
        let (word, bit) = Self::bit(test, answer);
        if let Some(word) = self.0.get_mut(word) {
            *word |= bit;
        }
    }

    fn get(&self, test: usize) -> Option<bool> {
        [true, false].into_iter().find(|&answer| {
            let (word, bit) = Self::bit(test, answer);
            self.0.get(word).is_some_and(|word| word & bit != 0)
        })
    }

    fn keep_common(&mut self, other: &Self) {
        for (word, other) in self.0.iter_mut().zip(&other.0) {
            *word &= other;
        }
    }
}
