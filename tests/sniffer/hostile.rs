//! Texts that do more than show themselves, and a capture and a call log that have them wherever there is room for text.

use std::path::PathBuf;

use super::stage::Folder;

/// Texts that a terminal, a browser or an eye is deceived by, as long as they are raw.
pub const TEXTS: [&str; 31] = [
    "\u{1b}[2J",
    "\u{9b}2J",
    "\u{85}",
    "bell \u{7} del \u{7f}",
    "carriage\rreturn",
    "line\nfeed",
    "\u{2028}\u{2029}",
    "\u{202e}right to left\u{202c}",
    "\u{2066}isolate\u{2069}",
    "\u{200e}\u{200f}\u{61c}",
    "soft\u{ad}hyphen",
    "\u{feff}\u{200b}\u{2060}\u{2064}\u{2065}",
    // Interlinear annotation, and what is unassigned before it.
    "\u{fff9}a\u{fffa}b\u{fffb} \u{fff0}\u{fff8}",
    // Fillers: letters that show nothing.
    "\u{3164}\u{115f}\u{1160}\u{ffa0}",
    "\u{34f}\u{17b4}\u{180b}\u{180e}",
    "heart \u{2764}\u{fe0f}",
    "\u{e0100}\u{e01ef}",
    "\u{e0001}\u{e0041}\u{e007f}\u{e0fff}",
    "\u{600}\u{605}\u{6dd}\u{70f}\u{8e2}\u{110bd}",
    "\u{13430}\u{13438}",
    "\u{1bca0}\u{1d173}\u{1d17a}",
    "\u{200d}alone\u{200c}",
    "1\u{200c}2 a\u{200d} b\u{200d}\u{200d}c",
    "\u{1f468}\u{200d}\u{1f469}",
    // These two are writing, and stay.
    "\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{627}\u{647}\u{645}",
    "\u{915}\u{94d}\u{200d}\u{937}",
    LONG,
    "<script>alert(1)</script>",
    "\"'&<b onload=x>&amp;",
    "#59; %%{init}%% ```",
    "[link](javascript:x) |a|`b` <!-- -->",
];

/// A word with joiners that is longer than any line, so that it is cut.
const LONG: &str = "\u{627}\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{645}\u{6cc}\u{200c}\u{6a9}\u{646}\u{645}\u{6cc}\u{200c}\u{62f}\u{647}\u{645}\u{6cc}\u{200c}\u{631}\u{648}\u{627}\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{645}\u{6cc}\u{200c}\u{6a9}\u{646}\u{645}\u{6cc}\u{200c}\u{62f}\u{647}\u{645}\u{6cc}\u{200c}\u{631}\u{648}\u{627}\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{645}\u{6cc}\u{200c}\u{6a9}\u{646}\u{645}\u{6cc}\u{200c}\u{62f}\u{647}\u{645}\u{6cc}\u{200c}\u{631}\u{648}\u{627}\u{645}\u{6cc}\u{200c}\u{62e}\u{648}\u{645}\u{6cc}\u{200c}\u{6a9}\u{646}\u{645}\u{6cc}\u{200c}\u{62f}\u{647}\u{645}\u{6cc}\u{200c}\u{631}\u{648}";

/// All of them, as one text.
pub fn all() -> String {
    TEXTS.concat()
}

/// A block of pcapng, little-endian: its type and its body. draft-ietf-opsawg-pcapng, section 3.1
fn block(kind: u32, body: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_le_bytes().to_vec();
    let length = u32::try_from(12 + body.len().next_multiple_of(4)).unwrap();
    bytes.extend(length.to_le_bytes());
    bytes.extend(body);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes.extend(length.to_le_bytes());
    bytes
}

/// Options with these codes, each with this text.
fn options(codes: &[u16], text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for code in codes {
        bytes.extend(code.to_le_bytes());
        bytes.extend(u16::try_from(text.len()).unwrap().to_le_bytes());
        bytes.extend(text);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    bytes.extend([0; 4]);
    bytes
}

/// IPv4 over no link layer: TCP from port 40000 to 12000, or back.
fn segment(back: bool, sequence: u32, acknowledgment: u32, flags: u8, data: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0x45, 0];
    bytes.extend(u16::try_from(40 + data.len()).unwrap().to_be_bytes());
    bytes.extend([0, 1, 0, 0, 64, 6, 0, 0]);
    let mut ends = [([192, 0, 2, 1], 40_000_u16), ([192, 0, 2, 2], 12_000)];
    if back {
        ends.reverse();
    }
    bytes.extend(ends.iter().flat_map(|end| end.0));
    bytes.extend(ends.iter().flat_map(|end| end.1.to_be_bytes()));
    bytes.extend(sequence.to_be_bytes());
    bytes.extend(acknowledgment.to_be_bytes());
    bytes.extend([0x50, flags, 0xff, 0xff, 0, 0, 0, 0]);
    bytes.extend(data);
    bytes
}

/// The same of UDP, to port 9000.
fn datagram(back: bool, data: &[u8]) -> Vec<u8> {
    let mut bytes = segment(back, 0, 0, 0, &[]);
    bytes.truncate(20);
    bytes[9] = 17;
    let length = u16::try_from(8 + data.len()).unwrap();
    bytes[2..4].copy_from_slice(&(20 + length).to_be_bytes());
    let mut ports = [41_000_u16, 9_000];
    if back {
        ports.reverse();
    }
    bytes.extend(ports.iter().flat_map(|port| port.to_be_bytes()));
    bytes.extend(length.to_be_bytes());
    bytes.extend([0, 0]);
    bytes.extend(data);
    bytes
}

/// A capture that has the texts in every place that a capture has for texts: section, interface, comments, data.
fn capture() -> Vec<u8> {
    let all = all();
    let mut file = Vec::new();
    // Comment, hardware, operating system, application.
    let head = [
        0x4d, 0x3c, 0x2b, 0x1a, 1, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255,
    ];
    file.extend(block(
        0x0a0d_0d0a,
        &[&head[..], &options(&[1, 2, 3, 4], all.as_bytes())].concat(),
    ));
    // Name, description, filter, operating system. Link type 228: IPv4.
    let interface = [&[228, 0, 0, 0, 0, 0, 0, 0][..], &options(&[2, 3, 12], all.as_bytes())].concat();
    file.extend(block(1, &interface));
    let mut frames = vec![segment(false, 99, 0, 0x02, &[]), segment(true, 499, 100, 0x12, &[])];
    frames.push(segment(false, 100, 500, 0x10, &[]));
    let [mut sent, mut received] = [100_u32, 500];
    for text in TEXTS.iter().map(|text| format!("{text}\n")).chain([all]) {
        let length = u32::try_from(text.len()).unwrap();
        frames.push(segment(false, sent, received, 0x18, text.as_bytes()));
        sent += length;
        frames.push(segment(true, received, sent, 0x18, text.as_bytes()));
        received += length;
        frames.push(datagram(false, text.as_bytes()));
        frames.push(datagram(true, text.as_bytes()));
    }
    frames.push(segment(false, sent, received, 0x11, &[]));
    frames.push(segment(true, received, sent + 1, 0x11, &[]));
    frames.push(segment(false, sent + 1, received + 1, 0x10, &[]));
    for (frame, number) in frames.iter().zip(0_u32..) {
        let length = u32::try_from(frame.len()).unwrap();
        let words = [0, 0x0006_0000, number * 1_000, length, length];
        let mut body: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
        body.extend(frame);
        body.resize(body.len().next_multiple_of(4), 0);
        let comment = TEXTS[number as usize % TEXTS.len()];
        body.extend(options(&[1], comment.as_bytes()));
        file.extend(block(6, &body));
    }
    file
}

/// A call log whose calls have these texts as arguments and errors.
fn call_log() -> String {
    let mut log = String::new();
    for (text, number) in [all()].into_iter().chain(TEXTS.map(str::to_owned)).zip(1..) {
        let call = serde_json::json!({
            "program": "tcp-client", "pid": 1, "role": "client socket", "socket": number, "fd": 3, "call": "connect",
            "argument": text, "local": "192.0.2.1:40000", "remote": "192.0.2.2:12000", "result": -1,
            "error": { "name": text, "text": text }, "entered": "1970-01-01T00:00:00.000000000Z",
            "returned": "1970-01-01T00:00:00.000500000Z", "duration_ns": 500_000,
        });
        log.push_str(&call.to_string());
        log.push('\n');
    }
    log
}

/// The capture and the call log in files whose names are hostile too.
pub fn inputs(folder: &Folder) -> (PathBuf, PathBuf) {
    let name: String = TEXTS[..20].concat().replace('/', "");
    let capture = folder.with(&format!("{name}.pcapng"), &capture());
    (
        capture,
        folder.with("calls\u{202e}\u{3164}\u{1b}[2J", call_log().as_bytes()),
    )
}
