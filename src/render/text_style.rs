//! How text looks: characters, colours, width, times.

use std::borrow::Cow;

use chrono::{Datelike as _, Offset as _, TimeZone, Timelike as _, Utc};

use crate::escape::{printable, printable_ascii};
use crate::explain::packet::StateStyle;
use crate::frame::Time;
use crate::local_time;
use crate::wire::digits::{write_decimal, write_padded};

/// Which characters are drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum CharacterSet {
    /// Box characters and arrows.
    #[default]
    Unicode,
    /// ASCII only.
    Ascii,
    /// No drawing at all: sentences, for screen readers.
    Plain,
}

/// How times are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeFormat {
    /// Local time with its offset from UTC.
    Local,
    /// UTC.
    Utc,
    /// Seconds since the first packet.
    Relative,
}

/// How text looks.
#[derive(Debug, Clone, Copy)]
pub struct TextStyle {
    /// Characters.
    pub characters: CharacterSet,
    /// Columns, at least [`TextStyle::NARROWEST`].
    pub width: usize,
    /// Colours?
    pub color: bool,
    /// Times.
    pub time: TimeFormat,
}

impl CharacterSet {
    /// An arrow to the right.
    pub(super) const fn arrow(self) -> &'static str {
        match self {
            Self::Unicode => "→",
            Self::Ascii => "->",
            Self::Plain => "to",
        }
    }
}

impl TextStyle {
    /// Narrower than this, tables are written as if it were so wide.
    pub const NARROWEST: usize = 60;

    /// 80 columns, Unicode, no colour, local time: the style for a pipe.
    pub const PIPE: Self = Self {
        characters: CharacterSet::Unicode,
        width: 80,
        color: false,
        time: TimeFormat::Local,
    };

    /// The text in this colour, if there are colours.
    pub(super) fn paint<'t>(&self, paint: Paint, text: impl Into<Cow<'t, str>>) -> Cow<'t, str> {
        let text = text.into();
        if self.color {
            format!("\x1b[{}m{text}\x1b[0m", paint.code()).into()
        } else {
            text
        }
    }

    /// Bytes from elsewhere as text, in the characters of the style; everything that is none for a screen is escaped.
    #[must_use]
    pub fn text<'t>(&self, bytes: &'t [u8]) -> Cow<'t, str> {
        match self.characters {
            CharacterSet::Ascii => printable_ascii(bytes),
            CharacterSet::Unicode | CharacterSet::Plain => printable(bytes),
        }
    }

    /// An arrow to the right.
    pub(super) const fn arrow(&self) -> &'static str {
        self.characters.arrow()
    }

    /// How states are written in the characters of the style.
    pub(super) const fn state_style(&self) -> StateStyle {
        match self.characters {
            CharacterSet::Unicode => StateStyle::UNICODE,
            CharacterSet::Ascii => StateStyle::ASCII,
            CharacterSet::Plain => StateStyle::WORDS,
        }
    }

    /// The date and the time of day to the nanosecond; `None` where seconds were asked for instead.
    pub(super) fn date(&self, time: Time) -> Option<String> {
        match self.time {
            TimeFormat::Local => Some(dated(&local_time::offset(time.to_utc()), time)),
            TimeFormat::Utc => Some(dated(&Utc, time)),
            TimeFormat::Relative => None,
        }
    }

    /// Seconds since the first packet: to the microsecond beside a date, to the nanosecond instead of one.
    pub(super) fn seconds(&self, time: Time, first: Time) -> String {
        match self.time {
            TimeFormat::Relative => seconds(time, first),
            TimeFormat::Local | TimeFormat::Utc => {
                let microseconds = rounded(time.0.abs_diff(first.0), 1_000);
                fraction(time < first, microseconds, 1_000_000, 6)
            }
        }
    }
}

fn dated<Tz: TimeZone>(zone: &Tz, time: Time) -> String
where
    Tz::Offset: std::fmt::Display,
{
    let time = time.to_utc().with_timezone(zone);
    let east = time.offset().fix().local_minus_utc();
    let (sign, offset) = (if east < 0 { " -" } else { " +" }, east.unsigned_abs());
    // What chrono's "%Y-%m-%d %H:%M:%S%.9f %:z" gives, which would be read again for each packet.
    let mut text = String::with_capacity(40);
    let numbers = [
        (time.year().unsigned_abs(), 4, "-"),
        (time.month(), 2, "-"),
        (time.day(), 2, " "),
        (time.hour(), 2, ":"),
        (time.minute(), 2, ":"),
        (time.second(), 2, "."),
        (time.nanosecond(), 9, sign),
        (offset / 3600, 2, ":"),
        (offset / 60 % 60, 2, ""),
    ];
    for (number, digits, behind) in numbers {
        // Writing to a String cannot fail.
        let _ = write_padded(&mut text, number.into(), digits);
        text.push_str(behind);
    }
    text
}

/// Seconds since `first` with nine decimals; negative for a packet that the capture has out of order.
#[must_use]
pub fn seconds(time: Time, first: Time) -> String {
    fraction(time < first, time.0.abs_diff(first.0), 1_000_000_000, 9)
}

/// A time difference in nanoseconds as a whole number of units, to the nearest one: so that it agrees with durations, which
/// are rounded, too. (Times of day are cut, as everywhere.)
pub(super) const fn rounded(nanoseconds: u64, unit: u64) -> u64 {
    nanoseconds.saturating_add(unit / 2) / unit
}

/// A number of parts, `whole` of which make one, with that many decimals.
pub(super) fn fraction(is_negative: bool, parts: u64, whole: u64, decimals: usize) -> String {
    let mut text = String::with_capacity(24);
    if is_negative && parts > 0 {
        text.push('-');
    }
    // Writing to a String cannot fail.
    let _ = write_decimal(&mut text, parts / whole);
    if decimals > 0 {
        text.push('.');
        let _ = write_padded(&mut text, parts % whole, decimals);
    }
    text
}

/// The meaning of a colour. Every meaning also has a word or a sign.
#[derive(Debug, Clone, Copy)]
pub(super) enum Paint {
    /// Titles and headlines.
    Title,
    /// Values.
    Value,
    /// What is wrong.
    Problem,
    /// What matters less.
    Faint,
}

impl Paint {
    const fn code(self) -> &'static str {
        match self {
            Self::Title => "1",
            Self::Value => "36",
            Self::Problem => "1;31",
            Self::Faint => "2",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{TextStyle, Time, TimeFormat, seconds};

    #[test]
    fn times_keep_their_nanoseconds() {
        let utc = TextStyle {
            time: TimeFormat::Utc,
            ..TextStyle::PIPE
        };
        let time = Time(1_772_600_767_123_456_789);
        assert_eq!(utc.date(time).unwrap(), "2026-03-04 05:06:07.123456789 +00:00");
        assert_eq!(utc.seconds(time, Time(1_772_600_767_000_000_000)), "0.123457");
        let relative = TextStyle {
            time: TimeFormat::Relative,
            ..TextStyle::PIPE
        };
        assert_eq!(relative.date(time), None);
        assert_eq!(relative.seconds(Time(1_000_000_001), Time(1)), "1.000000000");
    }

    #[test]
    fn relative_times_can_be_negative_and_cannot_overflow() {
        assert_eq!(seconds(Time(2_000_000_001), Time(1_000_000_000)), "1.000000001");
        assert_eq!(seconds(Time(0), Time(500)), "-0.000000500");
        assert_eq!(seconds(Time(i64::MAX), Time(i64::MIN)), "18446744073.709551615");
    }
}
