//! What became of a packet on its way.

use super::both::{Both, Side};

/// What became of a packet, as far as both captures show it. Places are those of the packets of a [`super::captures::Capture`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// Not decided yet; at the end no packet has it.
    Open,
    /// It is in both captures.
    Arrived {
        /// Its place in the other capture.
        other: u32,
    },
    /// It is in both captures, with other bytes.
    Changed {
        /// Its place in the other capture.
        other: u32,
        /// What differs.
        changes: Changes,
    },
    /// Its bytes are in the other capture, in larger or smaller packets: a network card or a kernel divided or merged them.
    Regrouped {
        /// Its place among the regroupings.
        regrouping: u32,
    },
    /// It was sent here, and the other capture does not have it, though it was under way: lost on the way, or not captured there.
    Lost {
        /// The packet of the same capture that carries these bytes again.
        again: Option<u32>,
        /// Is it one of several packets that are equal, so that times decide which one was lost?
        one_of_equals: bool,
    },
    /// It was sent here and arrived, because the other end acknowledged it; but the other capture does not have it.
    Missed,
    /// It arrived here once before, and was sent once: something on the way duplicated it.
    Duplicated {
        /// The place of the one that was sent, in the other capture.
        of: u32,
    },
    /// It arrived here, and the sender's capture does not have it, though it was under way: not captured there, or made on the way.
    OnlyReceived,
    /// It may have been sent or received while the other capture was not under way.
    NotKnown(Outside),
    /// No packet of its conversation is in the other capture.
    OtherConversation,
}

/// Why it is not known what became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outside {
    /// The other capture has nothing so early.
    Before,
    /// The other capture has nothing so late.
    After,
}

/// What differs in a packet that is in both captures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Changes(u8);

impl Changes {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// The data.
    pub const DATA: Self = Self(1);
    /// The checksum is right where it was sent and wrong where it arrived.
    pub const CHECKSUM: Self = Self(2);
    /// TCP's options.
    pub const OPTIONS: Self = Self(4);
    /// TCP's window.
    pub const WINDOW: Self = Self(8);
    /// TCP's flags.
    pub const FLAGS: Self = Self(16);
    /// TCP's acknowledgment number.
    pub const ACKNOWLEDGMENT: Self = Self(32);
    /// The length.
    pub const LENGTH: Self = Self(64);

    /// Each with its name.
    pub const ALL: [(Self, &'static str); 7] = [
        (Self::DATA, "data"),
        (Self::CHECKSUM, "checksum"),
        (Self::OPTIONS, "options"),
        (Self::WINDOW, "window"),
        (Self::FLAGS, "flags"),
        (Self::ACKNOWLEDGMENT, "acknowledgment number"),
        (Self::LENGTH, "length"),
    ];

    /// These and those, if they differ.
    #[must_use]
    pub(super) const fn and(self, other: Self, differ: bool) -> Self {
        if differ { Self(self.0 | other.0) } else { self }
    }

    /// The names of what differs.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::ALL
            .into_iter()
            .filter(move |(each, _)| self.0 & each.0 != 0)
            .map(|(_, name)| name)
    }
}

/// The same bytes of a stream, in other packets at each end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Regrouping {
    /// The packets that were sent, by their places in that capture.
    pub sent: Vec<u32>,
    /// The packets that arrived.
    pub received: Vec<u32>,
    /// Bytes of those sent that did not arrive in these.
    pub missing: u64,
}

/// The fates of the packets of both captures.
pub(super) type Fates = Both<Vec<Fate>>;

/// Is it open?
pub(super) fn is_open(fates: &Fates, side: Side, place: usize) -> bool {
    fates.of(side).get(place) == Some(&Fate::Open)
}

pub(super) fn set(fates: &mut Fates, side: Side, place: u32, fate: Fate) {
    if let Some(slot) = fates.of_mut(side).get_mut(place as usize) {
        *slot = fate;
    }
}

/// Those of these packets that are open arrived once more. `arrived` are, in order, the places where equal packets arrived for the first
/// time, each with that of the packet that was sent.
pub(super) fn set_duplicates(fates: &mut Fates, side: Side, places: &[u32], arrived: &[(u32, u32)]) {
    for &place in places {
        if !is_open(fates, side, place as usize) {
            continue;
        }
        // A duplicate comes after the packet that it is one of.
        let before = arrived.partition_point(|(received, _)| *received < place);
        if let Some(&(_, of)) = arrived.get(before.saturating_sub(1)) {
            set(fates, side, place, Fate::Duplicated { of });
        }
    }
}

/// A pair, of which the packets may differ.
pub(super) fn set_pair(fates: &mut Fates, (a, b): (u32, u32), changes: Changes) {
    let fate = |other| match changes {
        Changes::NONE => Fate::Arrived { other },
        changes => Fate::Changed { other, changes },
    };
    set(fates, Side::A, a, fate(b));
    set(fates, Side::B, b, fate(a));
}
