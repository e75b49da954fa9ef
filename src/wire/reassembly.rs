//! Fragments put together again. RFC 791 section 3.2, RFC 8200 section 4.5
//!
//! A [`Reassembler`] takes decoded packets with their times, and gives the whole datagram once its last piece is there. It
//! is bounded: an attacker may send first pieces forever.

mod fragment;

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, VecDeque};

use super::link::LinkType;
use super::packet::Packet;
use fragment::{DatagramKey, Fragment, fragment, set_length};

/// Most bytes of pieces kept, all datagrams together: 64 of the largest possible datagrams. Linux keeps as many
/// (`net.ipv4.ipfrag_high_thresh`, 4 MiB).
pub const MOST_BYTES: usize = 4 << 20;
/// Most unfinished datagrams kept, so that tiny pieces do not cost more in keeping than in bytes.
pub const MOST_DATAGRAMS: usize = 1024;
/// Most pieces of one datagram: the largest datagram in the pieces of the smallest MTU that IPv4 allows (68 bytes, 48 of
/// data) are 1366.
pub const MOST_FRAGMENTS: usize = 2048;
/// How long the pieces of an IPv4 datagram are waited for, in nanoseconds of packet time. RFC 1122 section 3.3.2 asks for 60 to
/// 120 s, Linux waits 30 (`net.ipv4.ipfrag_time`): so long a receiver may still get it.
pub const TIMEOUT_IPV4: i64 = 30_000_000_000;
/// The same for IPv6. RFC 8200 section 4.5
pub const TIMEOUT_IPV6: i64 = 60_000_000_000;

/// The largest datagram, header included.
const LARGEST: usize = 65_535;

/// A datagram that was put together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReassembledDatagram {
    /// [`LinkType::IPV4`] or [`LinkType::IPV6`], for [`super::decode()`].
    pub link: LinkType,
    /// The datagram from its IP header on, which is the first fragment's with lengths and flags of the whole.
    pub bytes: Vec<u8>,
    /// How many fragments it came in, repeated ones not counted.
    pub fragments: usize,
}

/// What became of a packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reassembly {
    /// It is not a fragment, or it is one that is all of its datagram.
    NotAFragment,
    /// The last missing piece: here is the datagram.
    Whole(ReassembledDatagram),
    /// Kept; pieces are missing.
    Waiting,
    /// The same piece was there already.
    Repeated,
    /// Not kept.
    Dropped(DropReason),
}

/// Why a fragment was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DropReason {
    /// The capture has not all of its bytes.
    Cut,
    /// It overlaps a piece that is there; its datagram is given up, as RFC 5722 demands for IPv6 and Linux does for both.
    Overlap,
    /// Its length is not a multiple of 8 though more follow, it has no data, or it reaches past the largest datagram or past
    /// the last piece.
    Malformed,
    /// The datagram has too many pieces.
    TooManyFragments,
}

/// What was given up, counted since the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Losses {
    /// Datagrams of which pieces were still missing when time was over.
    pub expired: u64,
    /// Datagrams given up to stay within [`MOST_BYTES`] and [`MOST_DATAGRAMS`].
    pub crowded_out: u64,
    /// Datagrams given up because pieces overlapped.
    pub overlapping: u64,
    /// Fragments dropped as [`DropReason::Cut`], [`DropReason::Malformed`] or [`DropReason::TooManyFragments`].
    pub unusable: u64,
}

/// An unfinished datagram.
#[derive(Debug)]
struct PartialDatagram {
    /// Which of several with one key, one after the other.
    serial: u64,
    fragments: BTreeMap<usize, Vec<u8>>,
    /// Bytes of the pieces.
    held: usize,
    /// Bytes of the datagram's data, known from the last piece.
    total: Option<usize>,
    /// The header of the first fragment, ready for the whole.
    header: Option<Vec<u8>>,
    deadline: i64,
    /// Given up: its pieces are dropped until the deadline.
    spoiled: bool,
}

/// Puts fragments together.
#[derive(Debug, Default)]
pub struct Reassembler {
    datagrams: HashMap<DatagramKey, PartialDatagram>,
    /// Keys in the order of arrival, the oldest first; those that are finished meanwhile have another serial or none.
    order: VecDeque<(DatagramKey, u64)>,
    held: usize,
    next_serial: u64,
    losses: Losses,
}

impl Reassembler {
    /// One that holds nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// What was given up so far.
    #[must_use]
    pub const fn losses(&self) -> Losses {
        self.losses
    }

    /// How many datagrams wait for pieces.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.datagrams.values().filter(|datagram| !datagram.spoiled).count()
    }

    /// Takes a packet that was captured at `time`, in nanoseconds.
    pub fn add(&mut self, packet: &Packet<'_>, time: i64) -> Reassembly {
        let Some(fragment) = fragment(packet) else {
            return Reassembly::NotAFragment;
        };
        self.expire(time);
        let outcome = self.take(fragment, time);
        if matches!(
            outcome,
            Reassembly::Dropped(DropReason::Cut | DropReason::Malformed | DropReason::TooManyFragments)
        ) {
            self.losses.unusable += 1;
        }
        self.make_room();
        outcome
    }

    fn take(&mut self, fragment: Fragment<'_>, time: i64) -> Reassembly {
        let end = fragment.offset + fragment.data.len();
        if !fragment.whole {
            return Reassembly::Dropped(DropReason::Cut);
        }
        let uneven = fragment.more && fragment.data.len() % 8 != 0;
        if uneven || fragment.data.is_empty() || end > LARGEST {
            return Reassembly::Dropped(DropReason::Malformed);
        }
        let key = fragment.key;
        let datagram = self.datagrams.entry(key).or_insert_with(|| {
            let serial = self.next_serial;
            self.next_serial += 1;
            self.order.push_back((key, serial));
            PartialDatagram::new(serial, time.saturating_add(timeout(&key)))
        });
        let before = datagram.held;
        let outcome = datagram.take(fragment, end);
        self.held = self.held - before + datagram.held;
        if outcome == Reassembly::Dropped(DropReason::Overlap) && before > 0 {
            self.losses.overlapping += 1;
        }
        let Some(bytes) = datagram.finish() else {
            return outcome;
        };
        let fragments = datagram.fragments.len();
        self.held -= datagram.held;
        self.datagrams.remove(&key);
        let link = if key.source.is_ipv4() {
            LinkType::IPV4
        } else {
            LinkType::IPV6
        };
        Reassembly::Whole(ReassembledDatagram { link, bytes, fragments })
    }

    fn expire(&mut self, now: i64) {
        // The timeouts differ, so an IPv4 datagram may wait behind an older IPv6 one: at most 30 s longer than it should.
        while let Some(&(key, serial)) = self.order.front() {
            match self.datagrams.get(&key) {
                Some(datagram) if datagram.serial == serial && datagram.deadline > now => break,
                Some(datagram) if datagram.serial == serial => {
                    self.losses.expired += u64::from(!datagram.spoiled);
                    self.held -= datagram.held;
                    self.datagrams.remove(&key);
                }
                _ => {}
            }
            self.order.pop_front();
        }
    }

    fn make_room(&mut self) {
        while self.held > MOST_BYTES || self.datagrams.len() > MOST_DATAGRAMS {
            let Some((key, serial)) = self.order.pop_front() else {
                return;
            };
            let Entry::Occupied(entry) = self.datagrams.entry(key) else {
                continue;
            };
            if entry.get().serial == serial {
                let datagram = entry.remove();
                self.losses.crowded_out += u64::from(!datagram.spoiled);
                self.held -= datagram.held;
            }
        }
        // Finished ones leave their place in the order behind.
        if self.order.len() > 2 * MOST_DATAGRAMS {
            let datagrams = &self.datagrams;
            self.order
                .retain(|(key, serial)| datagrams.get(key).is_some_and(|datagram| datagram.serial == *serial));
        }
    }
}

const fn timeout(key: &DatagramKey) -> i64 {
    if key.source.is_ipv4() {
        TIMEOUT_IPV4
    } else {
        TIMEOUT_IPV6
    }
}

impl PartialDatagram {
    const fn new(serial: u64, deadline: i64) -> Self {
        Self {
            serial,
            fragments: BTreeMap::new(),
            held: 0,
            total: None,
            header: None,
            deadline,
            spoiled: false,
        }
    }

    fn take(&mut self, fragment: Fragment<'_>, end: usize) -> Reassembly {
        if self.spoiled {
            return Reassembly::Dropped(DropReason::Overlap);
        }
        if self
            .fragments
            .get(&fragment.offset)
            .is_some_and(|known| known == fragment.data)
        {
            return Reassembly::Repeated;
        }
        if self.overlaps(fragment.offset, end) {
            self.spoiled = true;
            self.fragments.clear();
            self.header = None;
            self.held = 0;
            return Reassembly::Dropped(DropReason::Overlap);
        }
        let last = self
            .fragments
            .last_key_value()
            .map_or(0, |(&offset, data)| offset + data.len());
        if self.total.is_some_and(|total| end > total || !fragment.more) || (!fragment.more && end < last) {
            return Reassembly::Dropped(DropReason::Malformed);
        }
        if self.fragments.len() >= MOST_FRAGMENTS {
            return Reassembly::Dropped(DropReason::TooManyFragments);
        }
        if !fragment.more {
            self.total = Some(end);
        }
        if fragment.header.is_some() {
            self.header = fragment.header;
        }
        self.held += fragment.data.len();
        self.fragments.insert(fragment.offset, fragment.data.to_vec());
        Reassembly::Waiting
    }

    fn overlaps(&self, start: usize, end: usize) -> bool {
        let before = self.fragments.range(..end).next_back();
        before.is_some_and(|(&offset, data)| offset + data.len() > start)
    }

    /// The datagram, once nothing is missing.
    fn finish(&self) -> Option<Vec<u8>> {
        let header = self.header.as_ref()?;
        // Pieces do not overlap, so they are complete when they are as many bytes as the whole.
        if self.total? != self.held || header.len() + self.held > LARGEST {
            return None;
        }
        let mut whole = Vec::with_capacity(header.len() + self.held);
        whole.extend_from_slice(header);
        for data in self.fragments.values() {
            whole.extend_from_slice(data);
        }
        set_length(&mut whole, header.len());
        Some(whole)
    }
}
