//! A sheet as one HTML file that needs nothing else, made to be printed.

use std::io::{self, Write};

use super::{Answer, AnswerSpace, Item, Worksheet, WorksheetSection};
use crate::render::markup::Escaped;

/// Black on white; a question and its answer stay on one page where they fit.
const STYLE: &str = "\
body{font:11pt/1.45 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#000;background:#fff}\
h1{font-size:1.6em}h2{border-bottom:2px solid #000;margin-top:2em}h3{font-size:1em;margin:1.6em 0 .4em}\
article{break-inside:avoid}ul{margin:.3em 0;padding-left:1.3em}p{margin:.4em 0}\
table{border-collapse:collapse;margin:.6em 0;font-size:.92em}caption{text-align:left;font-weight:600}\
th,td{border:1px solid #767676;padding:.15em .5em;text-align:left;vertical-align:top}\
code{font-family:ui-monospace,monospace;overflow-wrap:anywhere}\
.line{border-bottom:1px solid #767676;height:2.1em}.name{display:flex;gap:2em}.name span{flex:1;border-bottom:1px solid #767676}\
@media print{body{margin:0;max-width:none}h2{break-after:avoid}h3{break-after:avoid}}\
@page{margin:18mm}";

/// Writes the sheet. Whatever is in it stays text: nothing of it becomes markup, and nothing is fetched from anywhere.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, sheet: &Worksheet) -> io::Result<()> {
    let title = Escaped(&sheet.title);
    writeln!(
        output,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">"
    )?;
    writeln!(
        output,
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
    )?;
    writeln!(
        output,
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )?;
    writeln!(
        output,
        "<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>"
    )?;
    writeln!(output, "<h1>{title}</h1>")?;
    let is_form = sheet.sections.iter().flat_map(|section| &section.items);
    if is_form
        .map(|item| &item.below)
        .any(|below| matches!(below, AnswerSpace::Lines))
    {
        writeln!(output, "<p class=\"name\"><span>Name:</span><span>Date:</span></p>")?;
    }
    for line in &sheet.about {
        writeln!(output, "<p>{}</p>", Escaped(line))?;
    }
    for section in &sheet.sections {
        write_section(output, section)?;
    }
    writeln!(output, "</main>\n</body>\n</html>")
}

fn write_section(output: &mut impl Write, section: &WorksheetSection) -> io::Result<()> {
    writeln!(output, "<section>\n<h2>{}</h2>", section.title)?;
    if !section.about.is_empty() {
        writeln!(output, "<p>{}</p>", Escaped(&section.about))?;
    }
    for item in &section.items {
        write_item(output, section.title, item)?;
    }
    writeln!(output, "</section>")
}

fn write_item(output: &mut impl Write, section: &str, item: &Item) -> io::Result<()> {
    let question = item.question;
    let number = question.number;
    writeln!(output, "<article id=\"{}-{number}\">", section.to_lowercase())?;
    writeln!(output, "<h3>{section} {number}. {}</h3>", Escaped(question.ask))?;
    match &item.below {
        AnswerSpace::Lines => {
            for _ in 0..question.room {
                writeln!(output, "<div class=\"line\"></div>")?;
            }
        }
        AnswerSpace::Missing(why) => writeln!(output, "<p><strong>Missing:</strong> {}</p>", Escaped(why))?,
        AnswerSpace::Answer(answer) => {
            write_answer(output, answer)?;
            writeln!(
                output,
                "<p><strong>Usual mistake:</strong> {}</p>",
                Escaped(question.mistake)
            )?;
        }
    }
    writeln!(output, "</article>")
}

fn write_answer(output: &mut impl Write, answer: &Answer) -> io::Result<()> {
    writeln!(output, "<ul>")?;
    for line in &answer.lines {
        writeln!(output, "<li>{}</li>", Escaped(line))?;
    }
    writeln!(output, "</ul>")?;
    if !answer.proofs.is_empty() {
        writeln!(output, "<table>\n<caption>Proof</caption>")?;
        writeln!(
            output,
            "<thead><tr><th scope=\"col\">packet</th><th scope=\"col\">place</th><th scope=\"col\">bytes</th>\
             <th scope=\"col\">field</th><th scope=\"col\">value</th></tr></thead>\n<tbody>"
        )?;
        for proof in &answer.proofs {
            writeln!(
                output,
                "<tr><td>{}</td><td>{}</td><td><code>{}</code></td><td>{}</td><td>{}</td></tr>",
                proof.packet,
                proof.place(),
                proof.hex(),
                Escaped(proof.name),
                Escaped(&proof.value)
            )?;
        }
        writeln!(output, "</tbody>\n</table>")?;
    }
    writeln!(output, "<p><strong>Why:</strong> {}</p>", Escaped(&answer.reason))
}
