//! Many packets, packed: what differs from one packet to the next, compressed.
//!
//! A packet takes some 15 KB of HTML, and nearly all of it is like that of the packet before. So the HTML of a packet is split
//! into blocks, a block into its tags (the shape) and the texts between them. Of a block, only the texts that differ from those
//! of the last block of the same shape are written. Each packet is a line of JSON:
//!
//! ```text
//! [number, conversation or null, [[shape, place, text, place, text, ...], ...]]
//! ```
//!
//! `shape` is a number, or the shape itself where it is new, with U+0001 for each text; `place` is counted from the place before.
//! A text that this line has already is its number in the line: a field has the same value in diagram and table. The lines are
//! compressed by DEFLATE (RFC 1951) and written in base64. `packets.js` reads them.

use std::collections::HashMap;
use std::io::{self, Write};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde_json::{Value, json};

/// The place of a text in a shape. Escaping leaves none of these characters in a page.
const TEXT: char = '\u{1}';
/// A text of more bytes is not written twice in a line.
const SHORT: usize = 3;
/// The tags that a block begins with.
const BLOCKS: [&str; 5] = ["<dl", "<section", "<details", "<table", "<pre"];

/// Packs packets one after the other.
pub(super) struct Packer {
    output: DeflateEncoder<Vec<u8>>,
    shapes: HashMap<String, usize>,
    /// The last texts of each shape.
    texts: Vec<Vec<String>>,
}

impl Packer {
    pub(super) fn new() -> Self {
        Self {
            output: DeflateEncoder::new(Vec::new(), Compression::best()),
            shapes: HashMap::new(),
            texts: Vec::new(),
        }
    }

    /// Adds a packet: the HTML inside its element. `look` gets each text that is not in the same place of an earlier packet.
    ///
    /// # Errors
    /// None: memory is written.
    pub(super) fn add(
        &mut self,
        number: u64,
        conversation: Option<u64>,
        html: &str,
        mut look: impl FnMut(&str),
    ) -> io::Result<()> {
        let mut written = HashMap::new();
        let blocks: Vec<Value> = blocks(html)
            .map(|block| self.block(block, &mut written, &mut look))
            .collect();
        let mut line = serde_json::to_vec(&(number, conversation, blocks))?;
        line.push(b'\n');
        // The whole line at once: the encoder clears a buffer of its own at each write.
        self.output.write_all(&line)
    }

    /// All of them, in base64.
    ///
    /// # Errors
    /// None: memory is written.
    pub(super) fn finish(self) -> io::Result<String> {
        Ok(STANDARD.encode(self.output.finish()?))
    }

    /// `known`: the texts that the line has, with their numbers.
    fn block<'h>(&mut self, html: &'h str, known: &mut HashMap<&'h str, usize>, look: &mut impl FnMut(&str)) -> Value {
        let (shape, texts) = split(html);
        let mut parts = Vec::new();
        let place = if let Some(place) = self.shapes.get(&shape) {
            parts.push(json!(place));
            *place
        } else {
            let place = self.texts.len();
            parts.push(json!(shape));
            self.shapes.insert(shape, place);
            self.texts.push(Vec::new());
            place
        };
        let mut written = 0;
        if let Some(before) = self.texts.get_mut(place) {
            for (place, text) in texts.into_iter().enumerate() {
                match before.get_mut(place) {
                    Some(last) if last == text => continue,
                    Some(last) => text.clone_into(last),
                    None => before.push(text.to_owned()),
                }
                look(text);
                let number = known.len();
                let text = if let Some(number) = known.get(text).filter(|_| text.len() > SHORT) {
                    json!(number)
                } else {
                    known.entry(text).or_insert(number);
                    json!(text)
                };
                parts.extend([json!(place - written), text]);
                written = place;
            }
        }
        Value::Array(parts)
    }
}

/// The HTML in blocks.
fn blocks(html: &str) -> impl Iterator<Item = &str> {
    let begins_one = |at: &usize| {
        let tag = html.get(*at..).unwrap_or_default();
        BLOCKS.iter().any(|begin| tag.starts_with(begin))
    };
    let tags = html.bytes().enumerate().filter(|(_, byte)| *byte == b'<');
    let found = tags.map(|(at, _)| at).filter(begins_one);
    let mut starts: Vec<usize> = [0].into_iter().chain(found).chain([html.len()]).collect();
    starts.dedup();
    let ends: Vec<usize> = starts.iter().skip(1).copied().collect();
    starts.into_iter().zip(ends).filter_map(|(from, to)| html.get(from..to))
}

/// Tags, and the texts between them. Outside of tags the escaping leaves no `<`, and inside no `>`.
fn split(html: &str) -> (String, Vec<&str>) {
    let (mut shape, mut texts) = (String::new(), Vec::new());
    let mut rest = html;
    while !rest.is_empty() {
        let tag = rest.bytes().position(|byte| byte == b'<');
        let (text, tags) = rest.split_at(tag.unwrap_or(rest.len()));
        let end = tags.bytes().position(|byte| byte == b'>');
        let (tag, after) = tags.split_at(end.map_or(tags.len(), |end| end + 1));
        rest = after;
        if text.trim().is_empty() {
            shape.push_str(text);
        } else {
            shape.push(TEXT);
            texts.push(text);
        }
        shape.push_str(tag);
    }
    (shape, texts)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::Value;

    use super::{Packer, TEXT};

    /// As `packets.js` does it.
    fn unpacked(packed: &str) -> Vec<String> {
        let mut text = String::new();
        let bytes = STANDARD.decode(packed).unwrap();
        flate2::read::DeflateDecoder::new(&bytes[..])
            .read_to_string(&mut text)
            .unwrap();
        let (mut shapes, mut last) = (Vec::<String>::new(), Vec::<Vec<String>>::new());
        let read = |line: &str| {
            let Ok(Value::Array(parts)) = serde_json::from_str(line) else {
                panic!("{line}")
            };
            let mut known = Vec::<String>::new();
            let block = |block: &Value| {
                let block = block.as_array().unwrap();
                let id = block[0]
                    .as_u64()
                    .map_or(shapes.len(), |id| usize::try_from(id).unwrap());
                if let Some(shape) = block[0].as_str() {
                    shapes.push(shape.to_owned());
                    last.push(vec![String::new(); shape.matches(TEXT).count()]);
                }
                let mut at = 0;
                for change in block[1..].chunks(2) {
                    at += usize::try_from(change[0].as_u64().unwrap()).unwrap();
                    let text = match change[1].as_u64() {
                        Some(number) => known[usize::try_from(number).unwrap()].clone(),
                        None => change[1].as_str().unwrap().to_owned(),
                    };
                    if !known.contains(&text) {
                        known.push(text.clone());
                    }
                    last[id][at] = text;
                }
                let texts = last[id].iter().map(String::as_str).chain([""]);
                shapes[id]
                    .split(TEXT)
                    .zip(texts)
                    .flat_map(|(tags, text)| [tags, text])
                    .collect::<String>()
            };
            parts[2].as_array().unwrap().iter().map(block).collect()
        };
        text.lines().map(read).collect()
    }

    #[test]
    fn what_was_packed_is_unpacked() {
        let packets = [
            "<h3>Packet 1</h3><dl><dt>Why</dt><dd>a &#60;b&#62;</dd></dl><section><h4>TCP</h4></section>",
            "<h3>Packet 2</h3><dl><dt>Why</dt><dd>a &#60;b&#62;</dd></dl><section><h4>UDP</h4></section>tail\n",
            "<h3>Packet twice</h3><dl><dt>twice</dt><dd>3</dd></dl><section><h4>twice</h4></section>",
            "<h3>Packet 3</h3><dl><dt>When</dt><dd></dd></dl>",
            "",
        ];
        let mut packer = Packer::new();
        let mut looked = Vec::new();
        for (number, html) in (1..).zip(packets) {
            packer
                .add(number, None, html, |text| looked.push(text.to_owned()))
                .unwrap();
        }
        // Of the second packet only what the first one does not have.
        assert_eq!(looked[..5], ["Packet 1", "Why", "a &#60;b&#62;", "TCP", "Packet 2"]);
        assert_eq!(looked[5], "UDP");
        assert_eq!(unpacked(&packer.finish().unwrap()), packets);
    }
}
