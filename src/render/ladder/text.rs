//! The ladder drawn with characters.

use std::io::{self, Write};

use super::{Arrow, CallRow, Kind, Ladder, Lane, Line, Moment, Row, label, said};
use crate::escape::printable;
use crate::explain::packet::Marks;
use crate::flow::Party;
use crate::flow::state::{Standing, State};
use crate::render::look::{Look, Paint, Style};
use crate::render::table::wrap;
use crate::timeline::Mark;

/// Draws a ladder. The style [`Style::Plain`] gives its sentences.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, look: &Look, ladder: &Ladder) -> io::Result<()> {
    if look.style == Style::Plain {
        return super::plain::write(output, look, ladder);
    }
    head(output, look, ladder)?;
    let sheet = Sheet::new(look, &ladder.rows);
    let block = Block::new(look, ladder, sheet.block);
    sheet.line(output, look, "#", UNIT, &block.heading())?;
    let mut lanes = Lifelines::default();
    for row in &ladder.rows {
        for (index, line) in block.row(row, &mut lanes).into_iter().enumerate() {
            let (number, time) = if index == 0 {
                sheet.labels(row)
            } else {
                Default::default()
            };
            sheet.line(output, look, &number, &time, &line)?;
        }
    }
    foot(output, look, ladder, "")
}

/// What stands above: who, and what is missing.
pub(super) fn head(output: &mut impl Write, look: &Look, ladder: &Ladder) -> io::Result<()> {
    paragraph(output, look, Some(Paint::Title), &title(ladder), "")?;
    paragraph(
        output,
        look,
        None,
        &format!("begins  {}", beginning(look, ladder)),
        "        ",
    )?;
    for lane in &ladder.lanes {
        paragraph(output, look, None, &who(lane), "        ")?;
    }
    for note in &ladder.notes {
        paragraph(output, look, Some(Paint::Problem), &format!("Note: {note}."), "      ")?;
    }
    Ok(())
}

/// What stands below: how it went.
pub(super) fn foot(output: &mut impl Write, look: &Look, ladder: &Ladder, name: &str) -> io::Result<()> {
    let said: Vec<String> = ladder.outcome.iter().map(|sentence| format!("{sentence}.")).collect();
    paragraph(output, look, None, &format!("{name}{}", said.join(" ")), "")?;
    writeln!(output)
}

/// The conversation in a line.
pub(super) fn title(ladder: &Ladder) -> String {
    let packets = label::count(ladder.packets, "packet");
    let number = ladder.conversation;
    let name = ladder.transport.name();
    format!("Conversation {number}: {name}, {packets}")
}

/// When it began, in a line.
pub(super) fn beginning(look: &Look, ladder: &Ladder) -> String {
    let Some(start) = ladder.start else {
        return "without times".to_owned();
    };
    let date = look.date(start).map(|date| format!("{date}, ")).unwrap_or_default();
    let seconds = look.seconds(start, ladder.capture_start.unwrap_or(start));
    format!("{date}t={seconds} s")
}

/// An end in a line: address, program, sockets.
pub(super) fn who(lane: &Lane) -> String {
    let mut line = format!("{}  {}", lane.party, lane.address);
    if let Some((program, pid)) = lane.program {
        line.push_str(&format!(", {program} (process {pid})"));
    }
    for (role, fd) in &lane.sockets {
        line.push_str(&format!(", {role} fd {fd}"));
    }
    line
}

/// What the signs mean: once, below the last ladder.
///
/// # Errors
/// Those of the writer.
pub fn legend(output: &mut impl Write, look: &Look) -> io::Result<()> {
    let pen = Pen::of(look.style);
    if look.style == Style::Plain {
        return Ok(());
    }
    let text = format!(
        "{} opens, closes, acknowledges   {} data   {} sent again   {} refused or lost   {} inside of a socket call   \
         (STATE) inferred: the end itself has not shown it yet   ~ moved: the clocks differ",
        pen.shaft(Line::Control).to_string().repeat(3),
        pen.shaft(Line::Data).to_string().repeat(3),
        pen.shaft(Line::Retransmission).to_string().repeat(3),
        format_args!("{}{}", pen.shaft(Line::Lost).to_string().repeat(2), pen.cross),
        pen.inside,
    );
    paragraph(output, look, Some(Paint::Faint), &text, "")
}

fn paragraph(output: &mut impl Write, look: &Look, paint: Option<Paint>, text: &str, indent: &str) -> io::Result<()> {
    let width = look.width.max(Look::NARROWEST) - indent.len();
    for (index, line) in wrap(&look.characters(text), width).into_iter().enumerate() {
        let indent = if index == 0 { "" } else { indent };
        match paint {
            Some(paint) => writeln!(output, "{indent}{}", look.paint(paint, &line))?,
            None => writeln!(output, "{indent}{line}")?,
        }
    }
    Ok(())
}

/// The title of the column for times.
pub(super) const UNIT: &str = "t/ms";

/// The columns for number and time, and what is left for the rest.
pub(super) struct Sheet {
    number: usize,
    time: usize,
    /// Digits behind the point.
    decimals: usize,
    pub(super) block: usize,
}

impl Sheet {
    /// Between number, time and the rest.
    const SPACES: usize = 3;

    /// Microseconds where there is room; long times get fewer digits before the lanes get less.
    pub(super) fn new<'r>(look: &Look, rows: impl IntoIterator<Item = &'r Row> + Clone) -> Self {
        let width = look.width.max(Look::NARROWEST);
        let with = |decimals| {
            let mut sheet = Self {
                number: 1,
                time: UNIT.len(),
                decimals,
                block: 0,
            };
            for row in rows.clone() {
                let (number, time) = sheet.labels(row);
                sheet.number = sheet.number.max(number.len());
                sheet.time = sheet.time.max(time.len());
            }
            sheet.block = width.saturating_sub(sheet.number + sheet.time + Self::SPACES);
            sheet
        };
        let mut decimals = 3;
        loop {
            let sheet = with(decimals);
            if sheet.block >= Block::NARROWEST || decimals == 0 {
                return sheet;
            }
            decimals -= 1;
        }
    }

    /// Number and time as they stand there.
    pub(super) fn labels(&self, row: &Row) -> (String, String) {
        let number = match &row.kind {
            Kind::Packet(arrow) => arrow.number.to_string(),
            Kind::Run(run) => run.first.to_string(),
            _ => String::new(),
        };
        let sign = match row.mark {
            Some(Mark::Clock(_)) => "~",
            Some(Mark::BeforeCause) => "!",
            None => "",
        };
        let time = row.time.map_or(String::new(), |time| {
            format!("{sign}{}", milliseconds(time, self.decimals))
        });
        (number, time)
    }

    pub(super) fn line(
        &self,
        output: &mut impl Write,
        look: &Look,
        number: &str,
        time: &str,
        rest: &str,
    ) -> io::Result<()> {
        let left = format!("{number:>w$} {time:>t$}  {rest}", w = self.number, t = self.time);
        writeln!(output, "{}", look.characters(left.trim_end()))
    }
}

/// Milliseconds with so many decimals, at most three; what is far away in whole seconds.
fn milliseconds(nanoseconds: i64, decimals: usize) -> String {
    const FAR: u64 = 10_000_000_000_000;
    const LONG_AGO: i64 = -100_000_000_000;
    if nanoseconds.unsigned_abs() >= FAR || nanoseconds <= LONG_AGO {
        return format!("{} s", nanoseconds / 1_000_000_000);
    }
    let sign = if nanoseconds < 0 { "-" } else { "" };
    let microseconds = nanoseconds.unsigned_abs() / 1_000;
    let fraction = format!("{:03}", microseconds % 1_000);
    let point = if decimals == 0 { "" } else { "." };
    format!(
        "{sign}{}{point}{}",
        microseconds / 1_000,
        fraction.get(..decimals).unwrap_or(&fraction)
    )
}

/// How many calls each lane is inside of.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Lifelines {
    open: [u32; 2],
}

impl Lifelines {
    fn open(&mut self, party: Party) -> &mut u32 {
        let [client, server] = &mut self.open;
        match party {
            Party::Client => client,
            Party::Server => server,
        }
    }
}

/// The characters of a style.
#[derive(Debug, Clone, Copy)]
struct Pen {
    lifeline: char,
    inside: char,
    enter: char,
    leave: char,
    whole: char,
    control: char,
    data: char,
    again: (char, char),
    heads: (char, char),
    cross: char,
}

impl Pen {
    const fn of(style: Style) -> Self {
        match style {
            Style::Unicode => Self {
                lifeline: '│',
                inside: '║',
                enter: '╥',
                leave: '╨',
                whole: '╫',
                control: '─',
                data: '═',
                again: ('»', '«'),
                heads: ('→', '←'),
                cross: '×',
            },
            Style::Ascii | Style::Plain => Self {
                lifeline: '|',
                inside: '#',
                enter: '+',
                leave: '+',
                whole: '+',
                control: '-',
                data: '=',
                again: ('>', '<'),
                heads: ('>', '<'),
                cross: 'x',
            },
        }
    }

    const fn shaft(&self, line: Line) -> char {
        match line {
            Line::Control | Line::Lost => self.control,
            Line::Data => self.data,
            Line::Retransmission => self.again.0,
        }
    }
}

/// Two lanes with what is between them: one ladder's part of a line.
pub(super) struct Block<'a> {
    look: &'a Look,
    ladder: &'a Ladder,
    pen: Pen,
    side: usize,
    middle: usize,
    pub(super) width: usize,
}

impl<'a> Block<'a> {
    /// The narrowest side: a state in parentheses.
    const SIDE: usize = 14;
    /// The narrowest middle.
    const MIDDLE: usize = 12;
    /// More than this makes arrows no clearer.
    const WIDEST_MIDDLE: usize = 40;
    /// More than this no call needs.
    const WIDEST_SIDE: usize = 40;
    /// The lifelines, and a space on either side.
    const BARS: usize = 4;
    /// What a block takes at least.
    pub(super) const NARROWEST: usize = 2 * Self::SIDE + Self::MIDDLE + Self::BARS;

    pub(super) fn new(look: &'a Look, ladder: &'a Ladder, width: usize) -> Self {
        // A middle of this width holds `SYN,ACK seq=0 ack=1` with an arrow around it; beyond it the sides profit more.
        const GOOD: usize = 26;
        let free = width.saturating_sub(Self::BARS);
        let side = (free.saturating_sub(GOOD) / 2).clamp(Self::SIDE, Self::WIDEST_SIDE);
        // Only numbers and times of more than thirteen digits together take from the narrowest middle.
        let middle = free.saturating_sub(2 * side).clamp(1, Self::WIDEST_MIDDLE);
        Self {
            look,
            ladder,
            pen: Pen::of(look.style),
            side,
            middle,
            width: 2 * side + middle + Self::BARS,
        }
    }

    /// One line: texts at the sides, lifelines, what is between them.
    fn compose(&self, left: &str, bars: (char, char), middle: &str, right: &str) -> String {
        let left = pad(left, self.side);
        let middle = if middle.is_empty() {
            pad("", self.middle)
        } else {
            middle.to_owned()
        };
        format!("{left} {}{middle}{} {right}", bars.0, bars.1)
    }

    /// The title of both lanes.
    pub(super) fn heading(&self) -> String {
        let [client, server] = &self.ladder.lanes;
        let title = |lane: &Lane| format!("{} :{}", lane.party, lane.address.port());
        let left = pad(&title(client), self.side);
        let gap = " ".repeat(self.middle + 3);
        self.look.paint(Paint::Title, &format!("{left}{gap} {}", title(server)))
    }

    /// Nothing but the lifelines.
    pub(super) fn idle(&self, lanes: &mut Lifelines) -> String {
        self.compose("", self.bars(lanes), "", "")
    }

    fn bars(&self, lanes: &mut Lifelines) -> (char, char) {
        let mut bar = |party| {
            if *lanes.open(party) > 0 {
                self.pen.inside
            } else {
                self.pen.lifeline
            }
        };
        (bar(Party::Client), bar(Party::Server))
    }

    fn states(&self, left: &str, bars: (char, char), middle: &str, right: &str) -> String {
        let left = self.look.paint(Paint::Value, &pad(left, self.side));
        let right = if right.is_empty() {
            String::new()
        } else {
            self.look.paint(Paint::Value, right)
        };
        format!("{left} {}{}{} {right}", bars.0, pad(middle, self.middle), bars.1)
    }

    /// The lines of a row.
    pub(super) fn row(&self, row: &Row, lanes: &mut Lifelines) -> Vec<String> {
        match &row.kind {
            Kind::Packet(arrow) => {
                let states = [Party::Client, Party::Server].map(|party| state_text(arrow, party));
                self.arrow(arrow.from, arrow.line, &label::packet(arrow), &states, lanes)
            }
            Kind::Run(run) => {
                let states = [String::new(), String::new()];
                self.arrow(run.from, Line::Data, &label::run(run), &states, lanes)
            }
            Kind::States([client, server]) => {
                vec![self.states(&standing(*client), self.bars(lanes), "", &standing(*server))]
            }
            Kind::Call(call) => vec![self.call(call, lanes)],
            Kind::Gap(gap) => self.remark(&said::gap(gap)),
            Kind::Note(text) => self.remark(text),
        }
    }

    /// A sentence between the rows, with dots around it.
    fn remark(&self, text: &str) -> Vec<String> {
        const DOTS: &str = ". . . ";
        let text = self.look.characters(text).into_owned();
        let lines = wrap(&text, self.width.saturating_sub(DOTS.len()));
        let last = lines.len().saturating_sub(1);
        let lines = lines.into_iter().enumerate().map(|(index, line)| {
            let before = if index == 0 { DOTS } else { "      " };
            let room = self.width.saturating_sub(DOTS.len() + line.chars().count());
            let after = if index == last && room >= DOTS.len() {
                " . . ."
            } else {
                ""
            };
            self.look.paint(Paint::Faint, &format!("{before}{line}{after}"))
        });
        lines.collect()
    }

    fn call(&self, row: &CallRow, lanes: &mut Lifelines) -> String {
        let pen = &self.pen;
        let (mut left, mut right) = self.bars(lanes);
        let open = lanes.open(row.party);
        let was_inside = *open > 0;
        let bar = match row.moment {
            Moment::Entered => {
                *open += 1;
                if was_inside { pen.inside } else { pen.enter }
            }
            Moment::Returned => {
                *open = open.saturating_sub(1);
                if *open > 0 { pen.inside } else { pen.leave }
            }
            Moment::Whole if was_inside => pen.inside,
            Moment::Whole => pen.whole,
        };
        match row.party {
            Party::Client => left = bar,
            Party::Server => right = bar,
        }
        let label = label::call(row, self.side);
        // Arguments and errors come from a file.
        let text = fitting(&[self.look.text(label.text.as_bytes()).into_owned()], self.side);
        let details = label.details.iter().map(|detail| self.look.text(detail.as_bytes()));
        let mut details = details.filter(|detail| detail.chars().count() + 2 <= self.middle);
        let detail = details.next().map_or(String::new(), |detail| match row.party {
            Party::Client => format!(" {detail}"),
            Party::Server => format!("{detail:>width$} ", width = self.middle - 1),
        });
        let detail = self.look.paint(Paint::Faint, &pad(&detail, self.middle));
        match row.party {
            Party::Client => self.compose(&text, (left, right), &detail, ""),
            Party::Server => self.compose("", (left, right), &detail, &text),
        }
    }

    fn arrow(
        &self,
        from: Party,
        line: Line,
        label: &label::Label,
        states: &[String; 2],
        lanes: &mut Lifelines,
    ) -> Vec<String> {
        // Shaft and space before the words, space, shaft and head behind them.
        let room = self.middle.saturating_sub(5);
        let whole = label.remark.as_ref().and_then(|remark| {
            let mut whole = label.words.iter().map(|words| format!("{words} [{remark}]"));
            whole.find(|text| text.chars().count() <= room)
        });
        let is_whole = whole.is_some();
        let words = whole.unwrap_or_else(|| fitting(&label.words, room));
        let is_shortest = label.words.len() > 1 && label.words.last() == Some(&words);
        let short = label.else_below.iter().filter(|_| is_shortest);
        let below = short
            .chain(label.remark.iter().filter(|_| !is_whole))
            .map(|text| format!("[{text}]"));
        let drawn = self.pen.arrow(from, line, &words, self.middle);
        let bars = self.bars(lanes);
        let [left, right] = states;
        let mut lines = vec![self.states(left, bars, &drawn, right)];
        for text in below.flat_map(|text| wrap(&text, self.middle)) {
            lines.push(self.compose("", bars, &pad(&text, self.middle), ""));
        }
        lines
    }
}

impl Pen {
    /// An arrow of this width with words in it.
    fn arrow(&self, from: Party, line: Line, words: &str, width: usize) -> String {
        let shaft = match (line, from) {
            (Line::Retransmission, Party::Server) => self.again.1,
            _ => self.shaft(line),
        };
        let head = match (line, from) {
            (Line::Lost, _) => self.cross,
            (_, Party::Client) => self.heads.0,
            (_, Party::Server) => self.heads.1,
        };
        let left = width.saturating_sub(words.chars().count() + 2);
        // The words stand near the tail, where one begins to read.
        let near = left.saturating_sub(2).min(2).max(usize::from(left > 1));
        let far = left.saturating_sub(near + 1);
        let (near, far) = (
            String::from_iter(vec![shaft; near]),
            String::from_iter(vec![shaft; far]),
        );
        match from {
            Party::Client => format!("{near} {words} {far}{head}"),
            Party::Server => format!("{head}{near} {words} {far}"),
        }
    }
}

fn state_text(arrow: &Arrow, party: Party) -> String {
    arrow.state(party).map(standing).unwrap_or_default()
}

/// A state; in parentheses what is inferred.
pub(super) fn standing(standing: Standing) -> String {
    let (before, after) = Marks::ASCII.inferred;
    if standing.inferred && standing.state != State::Unknown {
        format!("{before}{}{after}", standing.state)
    } else {
        standing.state.to_string()
    }
}

/// The first that fits; else the last one, cut.
fn fitting(words: &[String], width: usize) -> String {
    let fits = words.iter().find(|text| text.chars().count() <= width);
    let text = fits.or(words.last()).map_or("", String::as_str);
    text.chars().take(width).collect()
}

fn pad(text: &str, width: usize) -> String {
    let missing = width.saturating_sub(text.chars().count());
    format!("{text}{}", " ".repeat(missing))
}

impl Look {
    /// Our own words in the characters of the style.
    pub(super) fn characters<'t>(&self, text: &'t str) -> std::borrow::Cow<'t, str> {
        match self.style {
            Style::Ascii => text.replace('µ', "u").into(),
            Style::Unicode | Style::Plain => text.into(),
        }
    }
}

/// What came from a call log, made safe.
pub(super) fn safe(text: &str) -> String {
    printable(text.as_bytes()).into_owned()
}
