//! A header's fields as the cells of its drawing: one after the other, without a gap.

use std::borrow::Cow;

use crate::explain::{Context, note};
use crate::wire::{DisplayFormat, Field, Span};

/// What one box shows.
#[derive(Debug)]
pub(in crate::render) struct Cell {
    /// Its first bit, counted from the start of the header.
    pub(in crate::render) bit: usize,
    /// How many bits it has; at least 1.
    pub(in crate::render) bits: usize,
    /// The field's name.
    pub(in crate::render) name: Cow<'static, str>,
    /// A name of one to three letters, for a box of one bit.
    pub(in crate::render) letters: Cow<'static, str>,
    /// The value in words, then shorter and shorter. At least one.
    pub(in crate::render) values: Vec<String>,
}

/// The cells of a header. Together they have all of its bits, each once, in order.
pub(in crate::render) fn cells(context: Context<'_, '_>, header: Span<'_>, fields: &[Field<'_>]) -> Vec<Cell> {
    let mut cells = Cells {
        context,
        start: header.at * 8,
        next: 0,
        all: Vec::new(),
    };
    for field in fields {
        cells.add(field);
    }
    cells.fill_up_to(header.bytes.len() * 8);
    cells.all
}

struct Cells<'c, 'a> {
    context: Context<'c, 'a>,
    /// The header's first bit, counted from the start of the frame.
    start: usize,
    /// The bit after the last cell, counted from the start of the header.
    next: usize,
    all: Vec<Cell>,
}

impl Cells<'_, '_> {
    fn add(&mut self, field: &Field<'_>) {
        match field.def().format {
            DisplayFormat::Option if tile(field) => self.add_option(field),
            // The parts say more than the number: flag bits, DSCP and ECN.
            DisplayFormat::Flags | DisplayFormat::Hex if tile(field) => {
                for part in field.parts() {
                    self.add(part);
                }
            }
            _ => self.push(field, Cow::Borrowed(field.name()), self.values(field)),
        }
    }

    /// The kind (IP: type) is in the box that names the option.
    fn add_option(&mut self, option: &Field<'_>) {
        let mut parts = option.parts().iter();
        if let Some(kind) = parts.next() {
            self.push(
                kind,
                Cow::Borrowed(option.name()),
                vec![format!("{} {kind}", kind.name()), kind.to_string()],
            );
        }
        for part in parts {
            self.add(part);
        }
    }

    fn values(&self, field: &Field<'_>) -> Vec<String> {
        let text = field.to_string();
        let noted = note(self.context, field).map(|note| format!("{text} {note}"));
        // A number leads; its unit or its name follows.
        let number = field.number().and_then(|_| text.split(' ').next()).map(String::from);
        let length = format!("{} bytes", field.length());
        noted.into_iter().chain([text]).chain(number).chain([length]).collect()
    }

    fn push(&mut self, field: &Field<'_>, name: Cow<'static, str>, values: Vec<String>) {
        let bit = field.bit().saturating_sub(self.start);
        if bit < self.next || field.bits() == 0 {
            return;
        }
        self.fill_up_to(bit);
        self.all.push(Cell {
            bit,
            bits: field.bits(),
            name,
            letters: letters(field),
            values,
        });
        self.next = bit + field.bits();
    }

    /// The tables leave no gaps; if one did, its bits would show as what they are: not read.
    fn fill_up_to(&mut self, bit: usize) {
        if self.next < bit {
            self.all.push(Cell {
                bit: self.next,
                bits: bit - self.next,
                name: "unread".into(),
                letters: "?".into(),
                values: vec![String::new()],
            });
            self.next = bit;
        }
    }
}

/// Do the parts cover the field, one after the other?
fn tile(field: &Field<'_>) -> bool {
    let end = field.parts().iter().try_fold(field.bit(), |bit, part| {
        (part.bit() == bit).then_some(bit + part.bits())
    });
    !field.parts().is_empty() && end == Some(field.bit() + field.bits())
}

/// `DF`, `SYN`; for a longer name the filter name's last word if that is short (`icmpv6.nd.na.flag.r`), else the initial.
fn letters(field: &Field<'_>) -> Cow<'static, str> {
    const MOST: usize = 3;
    if field.name().len() <= MOST {
        return field.name().into();
    }
    match field.id().rsplit('.').next() {
        Some(word) if word.len() <= MOST => word.to_ascii_uppercase().into(),
        _ => field.name().chars().take(1).collect::<String>().to_uppercase().into(),
    }
}
