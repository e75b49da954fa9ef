//! Filters against their judges: tcpdump for the verdicts, the kernel for the programs.

mod display;
mod expressions;
mod frames;
mod made;

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::sync::{Arc, Mutex, OnceLock};

use socket_lab::filter::{Filter, FilterProgram, FragmentPolicy, Instruction, NoResolver, Target};
use socket_lab::wire::LinkType;
use socket2::{Domain, SockFilter, Socket, Type};

use crate::support::{Tool, need, tool};
use expressions::{GENERATED, REFUSED, TABLE, generated};
use frames::{Captured, LINKS, Pile, piles};

/// What tcpdump says: the indices of the frames that it selects, or why it does not want to.
fn tcpdump(pile: &Pile, options: &[&str], expression: &str) -> Result<BTreeSet<usize>, String> {
    let run = tool(Tool::Tcpdump)
        .args(options)
        .args(["-r", "-", "-w", "-", expression])
        .stdin(pile.file())
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&run.stderr).into_owned();
    if run.status.success() {
        Ok(frames::read(&run.stdout).1.iter().map(|frame| frame.index).collect())
    } else if errors.contains("expression rejects all packets") {
        Ok(BTreeSet::new())
    } else {
        Err(errors)
    }
}

/// What tcpdump says of one of the [`piles`], which it is asked once for all tests: it takes longer to start than to work.
fn verdicts(pile: &Pile, expression: &str) -> Result<BTreeSet<usize>, String> {
    type Verdicts = Arc<OnceLock<Result<BTreeSet<usize>, String>>>;
    static ASKED: Mutex<BTreeMap<(u32, String), Verdicts>> = Mutex::new(BTreeMap::new());
    let key = (pile.link.0, expression.to_owned());
    let asked = ASKED.lock().unwrap().entry(key).or_default().clone();
    asked.get_or_init(|| tcpdump(pile, &[], expression)).clone()
}

fn compiled(link: LinkType, expression: &str) -> Result<FilterProgram, String> {
    let filter = Filter::parse(expression, &NoResolver).map_err(|error| error.to_string())?;
    let compiled = filter.compile(Target::File(link), 262_144, FragmentPolicy::Drop);
    compiled.map_err(|error| error.to_string())
}

fn selected(program: &FilterProgram, frames: &[Captured]) -> BTreeSet<usize> {
    let matching = frames
        .iter()
        .filter(|frame| program.matches(&frame.bytes, frame.original_length));
    matching.map(|frame| frame.index).collect()
}

/// Our verdicts are tcpdump's. Of short and cut frames they may be others: a test of a byte that is not there rejects
/// the frame, and optimizers move tests and leave out those that cannot change the answer. Then ours has to be that of
/// `tcpdump -O`, which does not optimize, or that of tcpdump whatever follows.
fn agrees(pile: &Pile, expression: &str) -> Result<usize, String> {
    let link = pile.link;
    let told = |what: &str| format!("{link}, {expression:?}: {what}");
    let theirs = match (verdicts(pile, expression), compiled(link, expression)) {
        (Err(_), Err(_)) => return Ok(0),
        (Err(theirs), Ok(_)) => return Err(told(&format!("only tcpdump refuses it: {theirs}"))),
        (Ok(_), Err(ours)) if is_left_to_tcpdump(link, &ours) => return Ok(0),
        (Ok(_), Err(ours)) => return Err(told(&format!("tcpdump takes it: {ours}"))),
        (Ok(theirs), Ok(_)) => theirs,
    };
    let program = compiled(link, expression)?;
    let ours = selected(&program, &pile.frames);
    let differing: Vec<usize> = ours.symmetric_difference(&theirs).copied().collect();
    let plain = if differing.is_empty() {
        BTreeSet::new()
    } else {
        tcpdump(pile, &["-O"], expression)?
    };
    let differs = |&index: &usize| ours.contains(&index) != plain.contains(&index);
    let doubtful: Vec<(&Captured, bool)> = differing
        .iter()
        .filter(|index| differs(index))
        .map(|&index| (&pile.frames[index], ours.contains(&index)))
        .collect();
    if let Some((frame, ours)) = first_uncertain(link, &doubtful, expression) {
        let (index, bytes) = (frame.index, &frame.bytes[..frame.bytes.len().min(80)]);
        return Err(told(&format!(
            "frame {index} of {}: we say {ours}; {bytes:02x?}\n{program}",
            frame.origin
        )));
    }
    Ok(differing.len())
}

/// What we refuse and tcpdump does not, with the reasons.
fn is_left_to_tcpdump(link: LinkType, refusal: &str) -> bool {
    match link.0 {
        // Juniper's captures: tcpdump looks at a mark that all of them start with, and takes every packet for IPv4, for
        // IPv6 and for ARP at once.
        137 | 164 | 178 => refusal.contains("do not know where frames of"),
        // IEEE 802.11: which of up to four addresses is the source depends on the way of the frame, and its tags are not
        // Ethernet's. People ask for them with `wlan`, which is not in our part of the language.
        127 => refusal.contains("asks for a part of Ethernet frames"),
        _ => false,
    }
}

/// The first of these frames whose verdict is not tcpdump's too once there is something where the frame ends.
fn first_uncertain<'f>(
    link: LinkType,
    doubtful: &[(&'f Captured, bool)],
    expression: &str,
) -> Option<(&'f Captured, bool)> {
    /// What stands there; each is tried.
    const FILLS: [u8; 3] = [0x00, 0x45, 0xff];
    // tcpdump is asked about a few at once, as they are long.
    doubtful.chunks(50).find_map(|few| {
        let longer = few.iter().flat_map(|(frame, _)| {
            FILLS.map(|fill| {
                let mut bytes = frame.bytes.clone();
                // More than a radiotap header can claim to have, 65,535.
                bytes.resize(bytes.len() + 70_000, fill);
                (frame.origin.clone(), frame.original_length, bytes)
            })
        });
        let selected = tcpdump(&Pile::of(link, longer.collect()), &[], expression).unwrap();
        let uncertain = few.iter().enumerate().find(|(number, (_, verdict))| {
            let mut longer = number * FILLS.len()..(number + 1) * FILLS.len();
            !longer.all(|index| selected.contains(&index) == *verdict)
        });
        uncertain.map(|(_, doubtful)| *doubtful)
    })
}

fn all_agree(expressions: impl Iterator<Item = String>) {
    if !need(Tool::Tcpdump) {
        return;
    }
    let piles = piles();
    let (mut asked, mut optimizer, mut wrong) = (0, 0, Vec::new());
    for expression in expressions {
        for pile in &piles {
            asked += pile.frames.len();
            match agrees(pile, &expression) {
                Ok(differing) => optimizer += differing,
                Err(why) => wrong.push(why),
            }
        }
    }
    println!("{asked} verdicts, {optimizer} of them on cut frames and not those of tcpdump");
    assert!(
        wrong.is_empty(),
        "{} disagreements, the first:\n{}",
        wrong.len(),
        wrong[0]
    );
}

#[test]
fn verdicts_are_those_of_tcpdump() {
    all_agree(TABLE.iter().chain(&REFUSED).map(|expression| (*expression).to_owned()));
}

#[test]
fn verdicts_on_generated_expressions_are_those_of_tcpdump() {
    all_agree((0..GENERATED).map(generated));
}

#[test]
fn the_table_selects_something_and_leaves_something() {
    let piles = piles();
    let ethernet = piles.iter().find(|pile| pile.link == LinkType::ETHERNET).unwrap();
    for expression in TABLE {
        let count = selected(&compiled(ethernet.link, expression).unwrap(), &ethernet.frames).len();
        let sensible = (1..ethernet.frames.len()).contains(&count);
        assert!(
            sensible || expression.trim().is_empty(),
            "{expression:?} selects {count}"
        );
    }
}

#[test]
fn a_filter_written_out_means_the_same() {
    for pile in &piles() {
        for expression in TABLE {
            let filter = Filter::parse(expression, &NoResolver).unwrap();
            let (Ok(one), Ok(other)) = (
                compiled(pile.link, expression),
                compiled(pile.link, &filter.to_string()),
            ) else {
                continue;
            };
            assert_eq!(one, other, "{expression:?}, {filter}");
        }
    }
}

/// tcpdump's own programs, run by our machine.
#[test]
fn the_machine_runs_the_programs_of_tcpdump() {
    if !need(Tool::Tcpdump) {
        return;
    }
    for pile in piles().iter().filter(|pile| pile.is_judged_as_it_is()) {
        for expression in TABLE
            .iter()
            .chain(&["ip[0] + tcp[12] / 4 - 2 * ip[9] > udp[4] << 1 | 3"])
        {
            let Ok(theirs) = verdicts(pile, expression) else {
                continue;
            };
            let run = tool(Tool::Tcpdump)
                .args(["-r", "-", "-ddd", expression])
                .stdin(pile.file())
                .output()
                .unwrap();
            let text = String::from_utf8(run.stdout).unwrap();
            // The first line is the number of those that follow.
            let lines = text.lines().skip(1);
            let instructions: Vec<Instruction> = lines.map(instruction).collect();
            if instructions.is_empty() {
                continue;
            }
            let program = FilterProgram::new(instructions).unwrap_or_else(|error| panic!("{expression:?}: {error}"));
            assert_eq!(
                selected(&program, &pile.frames),
                theirs,
                "{}, {expression:?}",
                pile.link
            );
        }
    }
}

fn instruction(line: &str) -> Instruction {
    let numbers: Vec<u32> = line.split(' ').map(|number| number.parse().unwrap()).collect();
    let [code, jt, jf, k] = numbers[..] else {
        panic!("{line}")
    };
    Instruction {
        code: code.try_into().unwrap(),
        jt: jt.try_into().unwrap(),
        jf: jf.try_into().unwrap(),
        k,
    }
}

#[test]
fn programs_are_not_longer_than_those_of_tcpdump() {
    if !need(Tool::Tcpdump) {
        return;
    }
    for expression in TABLE {
        let run = tool(Tool::Tcpdump)
            .args(["-y", "EN10MB", "-ddd", expression])
            .output()
            .unwrap();
        let theirs: usize = String::from_utf8(run.stdout)
            .unwrap()
            .lines()
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let ours = compiled(LinkType::ETHERNET, expression).unwrap().instructions().len();
        assert!(
            ours <= theirs + theirs / 10,
            "{expression:?}: {ours} instructions, tcpdump has {theirs}"
        );
    }
}

fn attached(socket: &Socket, program: &FilterProgram) {
    let filter: Vec<SockFilter> = program
        .instructions()
        .iter()
        .map(|&Instruction { code, jt, jf, k }| SockFilter::new(code, jt, jf, k))
        .collect();
    socket
        .attach_filter(&filter)
        .unwrap_or_else(|error| panic!("{error}\n{program}"));
}

/// Every kind of socket can have a filter, so this needs no privilege: frames are sent as datagrams to a socket of
/// ours, and the kernel asks the program about each.
#[test]
fn the_kernel_runs_the_programs_as_the_machine_does() {
    for pile in &piles() {
        for expression in TABLE {
            let Ok(program) = compiled(pile.link, expression) else {
                continue;
            };
            let (sender, receiver) = Socket::pair(Domain::UNIX, Type::DGRAM, None).unwrap();
            receiver.set_nonblocking(true).unwrap();
            attached(&receiver, &program);
            for frame in &pile.frames {
                let length = u32::try_from(frame.bytes.len()).unwrap();
                sender.send(&frame.bytes).unwrap();
                let mut room = [std::mem::MaybeUninit::uninit(); 1];
                let passed = match receiver.recv(&mut room) {
                    Ok(_) => true,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => false,
                    Err(error) => panic!("{error}"),
                };
                let ours = program.matches(&frame.bytes, length);
                assert_eq!(
                    passed, ours,
                    "{}, {expression:?}: {:02x?}\n{program}",
                    pile.link, frame.bytes
                );
            }
        }
    }
}

#[test]
fn the_kernel_takes_the_programs_for_packet_sockets() {
    let targets = LINKS.map(Target::Socket).into_iter().chain([
        Target::CookedSocket {
            header: 16,
            loopback: None,
        },
        Target::CookedSocket {
            header: 20,
            loopback: Some(1),
        },
    ]);
    let hosts: Vec<String> = (0..100)
        .map(|number| format!("host 10.1.{}.{}", number / 256, number % 256))
        .collect();
    let long = hosts.join(" or ");
    for target in targets {
        for expression in TABLE.iter().copied().chain([&*long]) {
            for fragments in [FragmentPolicy::Drop, FragmentPolicy::Keep] {
                let filter = Filter::parse(expression, &NoResolver).unwrap();
                let Ok(program) = filter.compile(target, 96, fragments) else {
                    continue;
                };
                let (_, receiver) = Socket::pair(Domain::UNIX, Type::DGRAM, None).unwrap();
                attached(&receiver, &program);
            }
        }
    }
}
