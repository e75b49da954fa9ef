//! An expression taken down to what one instruction can test: a field of the packet against a number.

/// What must hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Condition {
    Always,
    Never,
    Test(Test),
    Not(Box<Self>),
    /// In this order: a field that is cut off ends the program, so the order counts.
    All(Vec<Self>),
    Any(Vec<Self>),
}

/// One comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Test {
    pub(super) field: Field,
    pub(super) comparison: Comparison,
    pub(super) operand: u32,
}

/// A number in the packet, in network byte order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Field {
    pub(super) location: Location,
    pub(super) size: Size,
    /// The bits that count.
    pub(super) mask: u32,
}

/// Where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Location {
    /// The packet's length on the wire.
    Length,
    /// This many bytes from the start of the frame, or one of the kernel's ancillary values.
    At(u32),
    /// This many bytes, and as many more as a length in the packet says.
    Behind { base: Base, offset: u32 },
}

/// A length that has to be computed from the packet, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Base {
    /// Of the IPv4 header with its options. It starts this many bytes from the start of the frame.
    Ipv4(u32),
    /// Of the radiotap header that starts the frame.
    Radiotap,
    /// Of that and the IEEE 802.11 header behind it.
    Wireless,
    /// Of both and the IPv4 header that starts this many bytes after them.
    WirelessIpv4(u32),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Size {
    Byte,
    Half,
    Word,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Comparison {
    Equal,
    Greater,
    GreaterOrEqual,
    /// Is one of these bits set?
    AnyBit,
}

impl Comparison {
    /// Does it hold between these two?
    pub(super) const fn holds(self, value: u32, operand: u32) -> bool {
        match self {
            Self::Equal => value == operand,
            Self::Greater => value > operand,
            Self::GreaterOrEqual => value >= operand,
            Self::AnyBit => value & operand != 0,
        }
    }
}

impl Location {
    /// The place this many bytes further.
    pub(super) const fn plus(self, bytes: u32) -> Self {
        match self {
            Self::Length => Self::Length,
            Self::At(offset) => Self::At(offset.saturating_add(bytes)),
            Self::Behind { base, offset } => Self::Behind {
                base,
                offset: offset.saturating_add(bytes),
            },
        }
    }

    pub(super) const fn byte(self) -> Field {
        self.field(Size::Byte)
    }

    pub(super) const fn half(self) -> Field {
        self.field(Size::Half)
    }

    pub(super) const fn word(self) -> Field {
        self.field(Size::Word)
    }

    const fn field(self, size: Size) -> Field {
        let mask = u32::MAX;
        Field {
            location: self,
            size,
            mask,
        }
    }
}

impl Field {
    /// Only these bits of it.
    pub(super) const fn masked(mut self, mask: u32) -> Self {
        self.mask &= mask;
        self
    }

    pub(super) fn equals(self, operand: u32) -> Condition {
        // One instruction tests bits for zero, where masking and comparing are two.
        if operand == 0 && self.mask != u32::MAX {
            let whole = Self { mask: u32::MAX, ..self };
            return whole.any_bit(self.mask).negated();
        }
        self.test(Comparison::Equal, operand)
    }

    pub(super) const fn any_bit(self, operand: u32) -> Condition {
        self.test(Comparison::AnyBit, operand)
    }

    pub(super) const fn test(self, comparison: Comparison, operand: u32) -> Condition {
        Condition::Test(Test {
            field: self,
            comparison,
            operand,
        })
    }
}

impl Condition {
    pub(super) fn negated(self) -> Self {
        match self {
            Self::Always => Self::Never,
            Self::Never => Self::Always,
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    pub(super) fn and(self, right: Self) -> Self {
        Self::All(vec![self, right])
    }

    pub(super) fn or(self, right: Self) -> Self {
        Self::Any(vec![self, right])
    }
}

impl Test {
    /// The answer for a field with this value.
    pub(super) const fn holds_for(self, value: u32) -> bool {
        self.comparison.holds(value, self.operand)
    }

    /// The answer, if it follows from the answer `outcome` of another test of the same field.
    pub(super) fn follows_from(self, other: Self, outcome: bool) -> Option<bool> {
        if self.field != other.field {
            return None;
        }
        if self == other {
            return Some(outcome);
        }
        match (other.comparison, outcome) {
            (Comparison::Equal, true) => Some(self.holds_for(other.operand)),
            (Comparison::Greater, true) => self.at_least(other.operand.checked_add(1)?),
            (Comparison::GreaterOrEqual, true) => self.at_least(other.operand),
            (Comparison::Greater, false) => self.at_most(other.operand),
            (Comparison::GreaterOrEqual, false) => self.at_most(other.operand.checked_sub(1)?),
            (Comparison::Equal | Comparison::AnyBit, _) => None,
        }
    }

    fn at_least(self, least: u32) -> Option<bool> {
        match self.comparison {
            Comparison::Equal => (self.operand < least).then_some(false),
            Comparison::Greater => (self.operand < least).then_some(true),
            Comparison::GreaterOrEqual => (self.operand <= least).then_some(true),
            Comparison::AnyBit => None,
        }
    }

    fn at_most(self, most: u32) -> Option<bool> {
        match self.comparison {
            Comparison::Equal | Comparison::GreaterOrEqual => (self.operand > most).then_some(false),
            Comparison::Greater => (self.operand >= most).then_some(false),
            Comparison::AnyBit => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Location, Test};
    use proptest::prelude::*;

    const COMPARISONS: [Comparison; 4] = [
        Comparison::Equal,
        Comparison::Greater,
        Comparison::GreaterOrEqual,
        Comparison::AnyBit,
    ];

    fn test(comparison: Comparison, operand: u32) -> Test {
        Test {
            field: Location::At(0).byte(),
            comparison,
            operand,
        }
    }

    #[test]
    fn what_follows_from_a_test_is_true() {
        for first in COMPARISONS
            .iter()
            .flat_map(|&comparison| (0..8).map(move |number| test(comparison, number)))
        {
            for second in COMPARISONS
                .iter()
                .flat_map(|&comparison| (0..8).map(move |number| test(comparison, number)))
            {
                for value in 0..10 {
                    if let Some(answer) = second.follows_from(first, first.holds_for(value)) {
                        assert_eq!(answer, second.holds_for(value), "{first:?} {second:?} {value}");
                    }
                }
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn what_follows_is_true_at_the_ends_of_the_range_too(
            first in 0..4usize, second in 0..4usize,
            operands in prop::array::uniform3(prop_oneof![Just(0), Just(1), Just(u32::MAX - 1), Just(u32::MAX), any::<u32>()]),
        ) {
            let [a, b, value] = operands;
            let (first, second) = (test(COMPARISONS[first], a), test(COMPARISONS[second], b));
            if let Some(answer) = second.follows_from(first, first.holds_for(value)) {
                prop_assert_eq!(answer, second.holds_for(value));
            }
        }
    }
}
