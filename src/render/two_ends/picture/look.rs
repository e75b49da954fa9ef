//! How wide the parts of the picture are, and where it is looked at.

use crate::pair::Side;

/// How a picture looks. Widths of texts are in characters, others in pixels.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Beside a lifeline: what a packet is.
    pub words: usize,
    /// Between the lifelines.
    pub between: i64,
    /// Digits behind the point of a time in milliseconds.
    pub decimals: usize,
    /// Has it the numbers of the packets in both captures?
    pub has_numbers: bool,
    /// Has it a title? A page has one beside it.
    pub has_title: bool,
    /// The packets that the page around it has: those of this capture, up to this number. Their arrows lead there.
    pub in_page: Option<(Side, u64)>,
}

impl Look {
    /// A file of its own.
    pub const FILE: Self = Self {
        words: 31,
        between: 280,
        decimals: 3,
        has_numbers: true,
        has_title: true,
        in_page: None,
    };

    /// In a page, where that is wide.
    #[must_use]
    pub const fn page(side: Side, packets: u64) -> Self {
        Self {
            words: 22,
            between: 200,
            has_title: false,
            in_page: Some((side, packets)),
            ..Self::FILE
        }
    }

    /// In a page on a phone.
    #[must_use]
    pub const fn phone(side: Side, packets: u64) -> Self {
        Self {
            words: 9,
            between: 100,
            decimals: 1,
            has_numbers: false,
            ..Self::page(side, packets)
        }
    }
}
