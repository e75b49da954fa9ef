//! Rules read from text.

use std::str::FromStr;
use std::time::Duration;

use super::error::RuleError;
use super::rule::{Action, Effect, Numbers, Rule, Rules, Sending, Which};
use crate::flow::Party;
use crate::hosts::seen::FrameKind;

/// Longer times would keep a wire busy for no use.
const LONGEST: Duration = Duration::from_secs(3600);

const TIME: &str = "a time is expected, such as 20ms, 1.5s or 300us, of an hour at most";

impl FromStr for Rules {
    type Err = RuleError;

    fn from_str(text: &str) -> Result<Self, RuleError> {
        let without_comments = text.lines().map(|line| line.split('#').next().unwrap_or_default());
        let written = without_comments.flat_map(|line| line.split(';'));
        let written = written.map(str::trim).filter(|rule| !rule.is_empty());
        let rules = written.map(rule).collect::<Result<Vec<Rule>, RuleError>>()?;
        Ok(Self { rules })
    }
}

fn rule(text: &str) -> Result<Rule, RuleError> {
    let words: Vec<&str> = text.split_whitespace().collect();
    let text = words.join(" ");
    let mut reader = Reader {
        text: &text,
        words,
        next: 0,
    };
    let name = reader.next();
    let (effect, from) = match name.to_ascii_lowercase().as_str() {
        "delay" => reader.setting(|reader| Ok(Effect::Delay(reader.time()?)))?,
        "jitter" => reader.setting(|reader| Ok(Effect::Jitter(reader.time()?)))?,
        "rate" => reader.setting(|reader| Ok(Effect::Rate(reader.rate()?)))?,
        "queue" => reader.setting(|reader| Ok(Effect::Queue(reader.count("frames")?)))?,
        "mtu" => reader.setting(|reader| Ok(Effect::Mtu(reader.count("bytes")?)))?,
        "lose" => reader.action(Action::Lose)?,
        "corrupt" => reader.action(Action::Corrupt)?,
        "repeat" => {
            let later = if reader.begins_with_digit() {
                reader.time()?
            } else {
                Duration::ZERO
            };
            reader.action(Action::Repeat(later))?
        }
        "hold" => {
            let later = reader.time()?;
            reader.action(Action::Hold(later))?
        }
        _ => {
            return Err(
                reader.wrong("a rule begins with delay, jitter, rate, queue, mtu, lose, corrupt, repeat or hold")
            );
        }
    };
    if reader.peek().is_some() {
        reader.next();
        return Err(reader.wrong("the rule should end before it; rules are separated by ';'"));
    }
    Ok(Rule {
        text: text.clone(),
        from,
        effect,
    })
}

/// The words of a rule, one after the other.
struct Reader<'a> {
    text: &'a str,
    words: Vec<&'a str>,
    next: usize,
}

impl<'a> Reader<'a> {
    fn peek(&self) -> Option<&'a str> {
        self.words.get(self.next).copied()
    }

    /// The next word; an empty one behind the last.
    fn next(&mut self) -> &'a str {
        let word = self.peek().unwrap_or_default();
        self.next += 1;
        word
    }

    /// The error that the word which was read last is not what is expected.
    fn wrong(&self, expected: impl Into<String>) -> RuleError {
        let word = self.next.checked_sub(1).and_then(|last| self.words.get(last));
        RuleError {
            rule: self.text.to_owned(),
            word: word.copied().unwrap_or_default().to_owned(),
            expected: expected.into(),
        }
    }

    fn begins_with_digit(&self) -> bool {
        self.peek()
            .is_some_and(|word| word.starts_with(|first: char| first.is_ascii_digit()))
    }

    fn is(&mut self, wanted: &str) -> bool {
        let is = self.peek().is_some_and(|word| word.eq_ignore_ascii_case(wanted));
        self.next += usize::from(is);
        is
    }

    fn end(&mut self) -> Option<Party> {
        [Party::Client, Party::Server]
            .into_iter()
            .find(|party| self.is(party.word()))
    }

    fn setting(
        &mut self,
        read: impl Fn(&mut Self) -> Result<Effect, RuleError>,
    ) -> Result<(Effect, Option<Party>), RuleError> {
        let before = self.end();
        let effect = read(self)?;
        Ok((effect, before.or_else(|| self.end())))
    }

    fn action(&mut self, action: Action) -> Result<(Effect, Option<Party>), RuleError> {
        let from = self.end();
        let word = self.next();
        let known = FrameKind::ALL.iter().find(|(name, _)| word.eq_ignore_ascii_case(name));
        let Some(&(_, kind)) = known else {
            let names: Vec<&str> = FrameKind::ALL.iter().map(|(name, _)| *name).collect();
            return Err(self.wrong(format!("a kind of frame is expected: {}", names.join(", "))));
        };
        let numbers = self.numbers()?;
        let by_number = matches!(numbers, Numbers::Range(..));
        let sending = match kind {
            FrameKind::Data => self.sending(by_number)?,
            _ => Sending::Always,
        };
        let percent = match self.peek().and_then(|word| word.strip_suffix('%')) {
            Some(number) => {
                self.next();
                let percent: Option<f64> = number.parse().ok();
                let percent = percent.filter(|percent| (0.0..=100.0).contains(percent));
                percent.ok_or_else(|| self.wrong("a chance is between 0% and 100%"))?
            }
            None => 100.0,
        };
        let which = Which {
            kind,
            numbers,
            sending,
            percent,
        };
        Ok((Effect::Action(action, which), from))
    }

    fn numbers(&mut self) -> Result<Numbers, RuleError> {
        if self.is("until") {
            // Those before it.
            let end = self.number()?;
            return match end.checked_sub(1) {
                Some(last @ 1..) => Ok(Numbers::Range(1, last)),
                _ => Err(self.wrong("no frame comes before the first; 'until 2' is the least")),
            };
        }
        if self.is("every") {
            return Ok(Numbers::Every(self.number()?));
        }
        if !self.begins_with_digit() || self.peek().is_some_and(|word| word.ends_with('%')) {
            return Ok(Numbers::All);
        }
        let Some((first, last)) = self.peek().and_then(|word| word.split_once('-')) else {
            let number = self.number()?;
            return Ok(Numbers::Range(number, number));
        };
        self.next();
        let ends = [first, last].map(|end| end.parse::<u64>().ok().filter(|&number| number > 0));
        match ends {
            [Some(first), Some(last)] if first <= last => Ok(Numbers::Range(first, last)),
            _ => Err(self.wrong("a range is expected, such as 3-5, counted from 1")),
        }
    }

    fn sending(&mut self, by_number: bool) -> Result<Sending, RuleError> {
        if self.is("always") {
            return Ok(Sending::Always);
        }
        if self.is("time") {
            return Ok(Sending::Time(self.number()?));
        }
        Ok(if by_number { Sending::Time(1) } else { Sending::Always })
    }

    fn number(&mut self) -> Result<u64, RuleError> {
        let number = self.next().parse().ok().filter(|&number: &u64| number > 0);
        number.ok_or_else(|| self.wrong("a number is expected, counted from 1"))
    }

    fn count(&mut self, of: &str) -> Result<usize, RuleError> {
        let count = self.next().parse().ok().filter(|&count: &usize| count > 0);
        count.ok_or_else(|| self.wrong(format!("a number of {of} is expected, 1 at least")))
    }

    fn time(&mut self) -> Result<Duration, RuleError> {
        let word = self.next();
        let units = [("us", 1e-6), ("ms", 1e-3), ("s", 1.0)];
        let time = units.into_iter().find_map(|(unit, seconds)| {
            let number: f64 = word.strip_suffix(unit)?.parse().ok()?;
            Duration::try_from_secs_f64(number * seconds).ok()
        });
        time.filter(|&time| time <= LONGEST).ok_or_else(|| self.wrong(TIME))
    }

    fn rate(&mut self) -> Result<u64, RuleError> {
        let word = self.next();
        let units = [("Gbit", 1e9), ("Mbit", 1e6), ("kbit", 1e3), ("bit", 1.0)];
        let rate = units.into_iter().find_map(|(unit, factor)| {
            let split = word.len().checked_sub(unit.len())?;
            let (number, its_unit) = (word.get(..split)?, word.get(split..)?);
            let bits = number.parse::<f64>().ok()? * factor;
            (its_unit.eq_ignore_ascii_case(unit) && (1.0..=1e12).contains(&bits)).then(|| whole(bits))
        });
        rate.ok_or_else(|| self.wrong("a rate is expected, such as 20Mbit or 500kbit, in a second"))
    }
}

/// A number that is known to be between 1 and a million million, without its fraction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "its caller has looked at the bounds, and the fraction is of no use"
)]
const fn whole(number: f64) -> u64 {
    number as u64
}
