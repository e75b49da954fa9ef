//! Elements of an SVG picture. Coordinates are user units, y downwards; texts are escaped here and nowhere else.

use std::fmt::Write as _;

use super::paint::attributes;
use crate::render::markup::Escaped;

/// A character's width: the font has 13 pixels, and its characters all one width.
pub(in crate::render) const CHARACTER: i64 = 8;

/// The width of this number of characters, in pixels.
pub(in crate::render) fn pixels(characters: usize) -> i64 {
    i64::try_from(characters).unwrap_or(i64::from(u16::MAX)) * CHARACTER
}

/// Which part of a text is at its point.
#[derive(Debug, Clone, Copy)]
pub(in crate::render) enum Anchor {
    /// It begins there.
    Start,
    /// Its middle is there.
    Middle,
    /// It ends there.
    End,
}

impl Anchor {
    const fn word(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// A picture under way. Class names are ours, never from outside.
#[derive(Debug, Default)]
pub(in crate::render) struct Canvas {
    body: String,
}

// Writing to a String cannot fail, so what it returns is dropped here.
impl Canvas {
    pub(in crate::render) fn line(&mut self, class: &str, from: (i64, i64), to: (i64, i64)) {
        let ((x1, y1), (x2, y2), paint) = (from, to, attributes(class));
        let _ = writeln!(
            self.body,
            r#"<line class="{class}"{paint} x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>"#
        );
    }

    /// A rectangle from its upper left corner.
    pub(in crate::render) fn rectangle(&mut self, class: &str, at: (i64, i64), size: (i64, i64)) {
        let ((x, y), (width, height), paint) = (at, size, attributes(class));
        let _ = writeln!(
            self.body,
            r#"<rect class="{class}"{paint} x="{x}" y="{y}" width="{width}" height="{height}"/>"#
        );
    }

    /// A line through these points.
    pub(in crate::render) fn path(&mut self, class: &str, points: &[(i64, i64)], closed: bool) {
        self.paths(class, &[points], closed);
    }

    /// Lines through points, as one element.
    pub(in crate::render) fn paths(&mut self, class: &str, lines: &[impl AsRef<[(i64, i64)]>], closed: bool) {
        if lines.iter().all(|line| line.as_ref().is_empty()) {
            return;
        }
        let paint = attributes(class);
        let _ = write!(self.body, r#"<path class="{class}"{paint} d=""#);
        for line in lines {
            for (index, (x, y)) in line.as_ref().iter().enumerate() {
                let _ = write!(self.body, "{}{x} {y}", if index == 0 { 'M' } else { 'L' });
            }
            self.body.push_str(if closed { "Z" } else { "" });
        }
        self.body.push_str("\"/>\n");
    }

    pub(in crate::render) fn text(&mut self, class: &str, at: (i64, i64), anchor: Anchor, text: &str) {
        let ((x, y), anchor, paint) = (at, anchor.word(), attributes(class));
        let text = Escaped(text);
        let _ = writeln!(
            self.body,
            r#"<text class="{class}"{paint} x="{x}" y="{y}" text-anchor="{anchor}">{text}</text>"#
        );
    }

    /// What follows, up to [`Self::close`], belongs together and is called so.
    pub(in crate::render) fn group(&mut self, class: &str, label: &str) {
        let label = Escaped(label);
        let _ = writeln!(self.body, r#"<g class="{class}" role="img" aria-label="{label}">"#);
    }

    /// What follows, up to [`Self::close_link`], leads to this place of the page.
    pub(in crate::render) fn link(&mut self, class: &str, place: &str, label: &str) {
        let (place, label) = (Escaped(place), Escaped(label));
        let _ = writeln!(
            self.body,
            r##"<a class="{class}" href="#{place}" aria-label="{label}">"##
        );
    }

    /// The same with texts of its own, which are its name: a link that is chosen by voice is called as it is written (WCAG 2.5.3).
    pub(in crate::render) fn described_link(&mut self, class: &str, place: &str, description: &str) {
        let (place, description) = (Escaped(place), Escaped(description));
        let _ = writeln!(
            self.body,
            r##"<a class="{class}" href="#{place}"><desc>{description}</desc>"##
        );
    }

    pub(in crate::render) fn close(&mut self) {
        self.body.push_str("</g>\n");
    }

    pub(in crate::render) fn close_link(&mut self) {
        self.body.push_str("</a>\n");
    }

    /// The elements of another one on top.
    pub(in crate::render) fn append(&mut self, other: &Self) {
        self.body.push_str(&other.body);
    }

    /// The elements.
    pub(in crate::render) fn into_body(self) -> String {
        self.body
    }
}
