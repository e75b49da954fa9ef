//! The graph written down as instructions.
//!
//! Jumps go forward only, so the program is written from its end: when a jump is written, the place it goes to is
//! written already. A conditional jump reaches 255 instructions; what is further away is reached over an unconditional one, or by
//! a second `ret`.

use std::collections::HashMap;

use super::condition::{Base, Comparison, Field, Location, Size, Test};
use super::graph::{Edge, Graph, Node};
use super::program::{Instruction, code};

/// How far a conditional jump may go. One less than the 255 that fit, since a jump that is put between may push it.
const REACH: usize = 254;

/// The program that returns `accepted` where the graph says yes, else 0.
pub(super) fn assemble(graph: &Graph, accepted: u32) -> Vec<Instruction> {
    let mut assembler = ProgramAssembler {
        reversed: Vec::new(),
        starts: Vec::with_capacity(graph.nodes.len()),
        ends: [None, None],
        accepted,
        jumps: HashMap::new(),
        detours: HashMap::new(),
    };
    let leads_to = |end| graph.start == end || graph.nodes.iter().any(|node| node.yes == end || node.no == end);
    for end in [Edge::Reject, Edge::Accept] {
        if leads_to(end) {
            assembler.end(end);
        }
    }
    for (node, entry) in graph.nodes.iter().zip(entries(graph)) {
        if let Some(test) = graph.tests.get(node.test) {
            assembler.node(*node, *test, entry);
        }
    }
    assembler.reversed.reverse();
    assembler.reversed
}

/// What the registers hold when a node is entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Registers {
    /// The field in A.
    a: Option<Field>,
    /// The length in X.
    x: Option<Base>,
}

/// For each node what is the same on every path to it.
fn entries(graph: &Graph) -> Vec<Registers> {
    let mut entries: Vec<Option<Registers>> = vec![None; graph.nodes.len()];
    for (index, node) in graph.nodes.iter().enumerate().rev() {
        let entry = *entries
            .get_mut(index)
            .and_then(Option::as_mut)
            .unwrap_or(&mut Registers::default());
        let Some(test) = graph.tests.get(node.test) else {
            continue;
        };
        let exit = Registers {
            a: Some(test.field),
            x: match test.field.location {
                Location::Behind { base, .. } => Some(base),
                Location::Length | Location::At(_) => entry.x,
            },
        };
        for next in [node.yes, node.no] {
            let Edge::Node(next) = next else { continue };
            if let Some(entry) = entries.get_mut(next) {
                let known = entry.get_or_insert(exit);
                known.a = known.a.filter(|_| known.a == exit.a);
                known.x = known.x.filter(|_| known.x == exit.x);
            }
        }
    }
    entries.into_iter().map(Option::unwrap_or_default).collect()
}

struct ProgramAssembler {
    /// The program, last instruction first.
    reversed: Vec<Instruction>,
    /// How many instructions there are from each node's first one to the end.
    starts: Vec<usize>,
    /// The same for [`Edge::Reject`] and [`Edge::Accept`].
    ends: [Option<usize>; 2],
    accepted: u32,
    /// Where the jumps start that need no load, by what they compare with and where they lead: two that are alike are one,
    /// whichever field is in A.
    jumps: HashMap<(Comparison, u32, usize, usize), usize>,
    /// Where the last detour to a far place starts, by the start of that place.
    detours: HashMap<usize, usize>,
}

impl ProgramAssembler {
    fn end(&mut self, end: Edge) {
        let instruction = self.ret(end);
        self.reversed.push(instruction);
        let [reject, accept] = &mut self.ends;
        *(if end == Edge::Accept { accept } else { reject }) = Some(self.reversed.len());
    }

    fn ret(&self, end: Edge) -> Instruction {
        let returned = if end == Edge::Accept { self.accepted } else { 0 };
        Instruction::new(code::RET_K, returned)
    }

    fn node(&mut self, node: Node, test: Test, entry: Registers) {
        let key = (test.comparison, test.operand, self.start(node.yes), self.start(node.no));
        let is_loaded = entry.a == Some(test.field);
        if let Some(&same) = self.jumps.get(&key).filter(|_| is_loaded) {
            self.starts.push(same);
            return;
        }
        let no = self.reachable(node.no);
        let yes = self.reachable(node.yes);
        let distance = |start: usize| u8::try_from(self.reversed.len() - start).unwrap_or(u8::MAX);
        let jump = Instruction {
            jt: distance(yes),
            jf: distance(no),
            ..Instruction::new(jump_code(test.comparison), test.operand)
        };
        self.reversed.push(jump);
        self.load(test.field, entry);
        self.starts.push(self.reversed.len());
        if is_loaded {
            self.jumps.insert(key, self.reversed.len());
        }
    }

    /// The start of `next`, or of something near that goes there.
    fn reachable(&mut self, next: Edge) -> usize {
        let start = self.start(next);
        let distance = self.reversed.len().saturating_sub(start);
        if distance <= REACH {
            return start;
        }
        match self.detours.get(&start) {
            Some(&detour) if self.reversed.len() - detour <= REACH => return detour,
            _ => {}
        }
        let detour = match next {
            Edge::Node(_) => Instruction::new(code::JA, u32::try_from(distance).unwrap_or(u32::MAX)),
            end => self.ret(end),
        };
        self.reversed.push(detour);
        self.detours.insert(start, self.reversed.len());
        self.reversed.len()
    }

    fn start(&self, next: Edge) -> usize {
        let [reject, accept] = self.ends;
        let start = match next {
            Edge::Reject => reject,
            Edge::Accept => accept,
            Edge::Node(index) => self.starts.get(index).copied(),
        };
        start.unwrap_or_default()
    }

    /// Loads the field into A, as far as it is not there; last instruction first.
    fn load(&mut self, field: Field, entry: Registers) {
        if entry.a == Some(field) {
            return;
        }
        if field.mask != u32::MAX {
            self.reversed.push(Instruction::new(code::AND_K, field.mask));
        }
        let whole = Field {
            mask: u32::MAX,
            ..field
        };
        if entry.a == Some(whole) {
            return;
        }
        match field.location {
            Location::Length => self.reversed.push(Instruction::new(code::LD_LEN, 0)),
            Location::At(offset) => self.reversed.push(Instruction::new(absolute_code(field.size), offset)),
            Location::Behind { base, offset } => {
                self.reversed.push(Instruction::new(indexed_code(field.size), offset));
                if entry.x != Some(base) {
                    self.reversed.extend(into_x(base).into_iter().rev());
                }
            }
        }
    }
}

/// The instructions that bring this length into X.
fn into_x(base: Base) -> Vec<Instruction> {
    let instructions = |list: &[(u16, u32)]| {
        list.iter()
            .map(|&(code, k)| Instruction::new(code, k))
            .collect::<Vec<_>>()
    };
    match base {
        Base::Ipv4(header) => instructions(&[(code::LDX_MSH, header)]),
        // Its bytes 2 and 3, little-endian.
        Base::Radiotap => instructions(&[
            (code::LDB_ABS, 3),
            (code::LSH_K, 8),
            (code::TAX, 0),
            (code::LDB_ABS, 2),
            (code::ADD_X, 0),
            (code::TAX, 0),
        ]),
        // 24 bytes, and 2 more for quality of service, if bit 7 of the first byte says that there is such.
        Base::Wireless => {
            let header = instructions(&[
                (code::LDB_IND, 0),
                (code::AND_K, 0x80),
                (code::RSH_K, 6),
                (code::ADD_X, 0),
                (code::ADD_K, 24),
                (code::TAX, 0),
            ]);
            [into_x(Base::Radiotap), header].concat()
        }
        Base::WirelessIpv4(start) => {
            let header = instructions(&[
                (code::LDB_IND, start),
                (code::AND_K, 0x0f),
                (code::LSH_K, 2),
                (code::ADD_X, 0),
                (code::TAX, 0),
            ]);
            [into_x(Base::Wireless), header].concat()
        }
    }
}

const fn jump_code(comparison: Comparison) -> u16 {
    match comparison {
        Comparison::Equal => code::JEQ_K,
        Comparison::Greater => code::JGT_K,
        Comparison::GreaterOrEqual => code::JGE_K,
        Comparison::AnyBit => code::JSET_K,
    }
}

const fn absolute_code(size: Size) -> u16 {
    match size {
        Size::Byte => code::LDB_ABS,
        Size::Half => code::LDH_ABS,
        Size::Word => code::LD_ABS,
    }
}

const fn indexed_code(size: Size) -> u16 {
    match size {
        Size::Byte => code::LDB_IND,
        Size::Half => code::LDH_IND,
        Size::Word => code::LD_IND,
    }
}
