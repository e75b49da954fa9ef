//! Turns what a terminal shows into a picture: an SVG with text that can be selected, for light and dark pages.
//!
//! Fonts differ in the width of their letters, and a box character may come from another font than the letters beside it. So
//! each piece of a line has its place and its length in the picture, and the lanes stay straight with any font.

use std::fmt::Write as _;

/// The columns of the terminal.
pub(super) const COLUMNS: usize = 80;

const LETTER: f64 = 8.4;
const LINE: usize = 17;
const MARGIN: usize = 16;

const STYLE: &str = "<style>
text { white-space: pre; }
.head { font-weight: bold; }
@media screen and (prefers-color-scheme: dark) {
  svg { fill: #ececec; }
  .paper { fill: #14171a; stroke: #5c6166; }
  .prompt, .lane { fill: #b4b4b4; }
  .control { fill: #56b4e9; }
  .data { fill: #2fc79c; }
}
</style>
";

/// What a piece of a line is: that decides its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Words,
    /// The lane of a program, or of a call.
    Lane,
    /// An arrow without data.
    Control,
    /// An arrow with data.
    Data,
}

impl Kind {
    fn of(character: char) -> Self {
        match character {
            '│' | '║' | '╥' | '╨' | '╫' => Self::Lane,
            '─' => Self::Control,
            '═' => Self::Data,
            _ => Self::Words,
        }
    }

    /// The class in the style, and the colour for programs that read no style.
    const fn look(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Words => None,
            Self::Lane => Some(("lane", "#555555")),
            Self::Control => Some(("control", "#0072b2")),
            Self::Data => Some(("data", "#007a5a")),
        }
    }
}

/// A line's pieces: the column where each begins, its kind, its text. A gap of two blanks or more ends a piece of words.
fn pieces(line: &str) -> Vec<(usize, Kind, String)> {
    let characters: Vec<char> = line.chars().collect();
    let mut pieces: Vec<(usize, Kind, String)> = Vec::new();
    for (column, &character) in characters.iter().enumerate() {
        let beside = |offset: isize| {
            column
                .checked_add_signed(offset)
                .and_then(|at| characters.get(at).copied())
        };
        let kind = match character {
            // The head of an arrow looks as its line does.
            '→' => beside(-1).map_or(Kind::Words, Kind::of),
            '←' => beside(1).map_or(Kind::Words, Kind::of),
            _ => Kind::of(character),
        };
        let after_gap = character != ' ' && beside(-1) == Some(' ') && beside(-2) == Some(' ');
        match pieces.last_mut() {
            Some((_, last, text)) if *last == kind && !(after_gap && kind == Kind::Words) => text.push(character),
            _ => pieces.push((column, kind, character.to_string())),
        }
    }
    pieces
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn place(column: usize) -> f64 {
    let (column, margin) = (u32::try_from(column).unwrap(), u32::try_from(MARGIN).unwrap());
    f64::from(margin) + LETTER * f64::from(column)
}

/// The picture of a terminal in which this command was typed and this was printed.
pub(super) fn draw(command: &str, output: &str) -> String {
    let typed = format!("$ {command}");
    let lines: Vec<&str> = [typed.as_str()].into_iter().chain(output.trim_end().lines()).collect();
    let (width, height) = (place(COLUMNS) + place(0), lines.len() * LINE + 2 * MARGIN);
    let mut svg = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" \
         height=\"{height}\" viewBox=\"0 0 {width} {height}\" font-family=\"DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, \
         monospace\" font-size=\"14\" fill=\"#1a1a1a\" role=\"img\" aria-labelledby=\"title\">\n<title id=\"title\">What a \
         terminal shows after: {}</title>\n{STYLE}<rect class=\"paper\" fill=\"#ffffff\" stroke=\"#b4b4b4\" x=\"0.5\" y=\"0.5\" \
         width=\"{}\" height=\"{}\" rx=\"6\"/>\n",
        escaped(command),
        width - 1.0,
        height - 1
    );
    for (number, line) in lines.iter().enumerate() {
        let class = match number {
            0 => " class=\"prompt\" fill=\"#555555\"",
            _ if line.starts_with(char::is_alphabetic) => " class=\"head\"",
            _ => "",
        };
        // The line of letters is below the middle of the row.
        write!(svg, "<text y=\"{}\"{class}>", MARGIN + number * LINE + 13).unwrap();
        for (column, kind, text) in pieces(line) {
            let length = place(text.chars().count()) - place(0);
            write!(
                svg,
                "<tspan x=\"{:.1}\" textLength=\"{length:.1}\" lengthAdjust=\"spacingAndGlyphs\"",
                place(column)
            )
            .unwrap();
            if let Some((class, colour)) = kind.look() {
                write!(svg, " class=\"{class}\" fill=\"{colour}\"").unwrap();
            }
            write!(svg, ">{}</tspan>", escaped(&text)).unwrap();
        }
        svg.push_str("</text>\n");
    }
    svg + "</svg>\n"
}

/// The text of a picture, line by line, as it is copied from it.
fn text_of(svg: &str) -> Vec<String> {
    let lines = svg.lines().filter(|line| line.starts_with("<text "));
    lines
        .map(|line| {
            let parts = line.split('<').filter_map(|part| part.split_once('>'));
            let text: String = parts.map(|(_, text)| text).collect();
            text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
        })
        .collect()
}

#[test]
fn every_character_is_in_the_picture_and_in_its_column() {
    let output = "A <b> & \"c\"\n\n  client  │══ \"x\" 1 byte ═→│ recv()\n";
    let svg = draw("run", output);
    assert_eq!(text_of(&svg).join("\n"), format!("$ run\n{}", output.trim_end()));
    let line = svg.lines().find(|line| line.contains("client")).unwrap();
    let places = line.split("<tspan x=\"").skip(1);
    let starts: Vec<(f64, String)> = places
        .map(|piece| {
            let (x, rest) = piece.split_once('"').unwrap();
            let text = rest.split_once('>').unwrap().1.split("</").next().unwrap();
            (x.parse().unwrap(), text.to_owned())
        })
        .collect();
    let mut column = 0;
    for (x, text) in starts {
        assert!((x - place(column)).abs() < 0.06, "{text:?} at {x}, column {column}");
        column += text.chars().count();
    }
    assert_eq!(column, output.lines().nth(2).unwrap().chars().count());
}

#[test]
fn an_arrow_has_one_colour_and_a_gap_begins_a_new_piece() {
    let piece = |at: usize, kind: Kind, text: &str| (at, kind, text.to_owned());
    assert_eq!(
        pieces("a b  c │←─ S ─║"),
        [
            piece(0, Kind::Words, "a b  "),
            piece(5, Kind::Words, "c "),
            piece(7, Kind::Lane, "│"),
            piece(8, Kind::Control, "←─"),
            piece(10, Kind::Words, " S "),
            piece(13, Kind::Control, "─"),
            piece(14, Kind::Lane, "║"),
        ]
    );
    assert_eq!(pieces("46012→13000")[0].2, "46012→13000");
}
