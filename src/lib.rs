//! socket-lab: the textbook's socket programming lab.
//!
//! Four programs: `udp-server`, `udp-client`, `tcp-server` and `tcp-client`. The client sends a line, the server returns it in
//! uppercase. Every socket call of theirs can be watched. Beside them `sniffer` captures what they put on the wire, records it,
//! and explains every field of every header.
//!
//! # A tour, in reading order
//!
//! To add something (a header, a run, a view, a word of the filter): `docs/contributing.md`.
//!
//! 1. [`app`]: the application. Start with [`app::udp_client`] and [`app::udp_server`], then [`app::tcp_client`] and
//!    [`app::tcp_server`], beside the lecture's notes.
//!    What they need of the system and the lecture does not is in [`os`]. Ctrl+Z, for one, sets the token of `os::cancel`; the call
//!    that waits returns the error `Stopped`, and `session::program` ends the program.
//! 2. [`calls`]: a socket call as data: who, which call, arguments, result, entered, returned; as a line for people, as
//!    a line of JSON.
//! 3. `wire`: bytes to headers. One file per protocol, each with one table of fields. Start with `wire::udp`.
//! 4. `frame`: a captured frame. `record`: capture files, reader and writer side by side. `filter`: tcpdump's expressions, made
//!    into programs. `capture`: frames from an interface. `privilege`: root's rights, and how they are given up.
//! 5. `flow`: conversations: the states that RFC 9293 draws, and what each packet does in its conversation.
//! 6. `tcp_info`: what the kernel knows of a connection and no packet carries. `timeline`: socket calls and packets in one order. `pair`: two captures of one exchange laid together.
//! 7. `explain`: the sentences: why a field has this value in this packet.
//! 8. `render`: what people see: the table of fields, the RFCs' boxes, a line a packet, the ladder, JSON; and what is handed on:
//!    `render::report_model` is what the exports `report`, `svg`, `plot` and `mermaid` are made from, `markup` makes texts safe in them.
//! 9. [`session`]: what a run observes, and what it does with it: start and end of a program, a capture or a file read, recorded,
//!    shown and exported.
//! 10. `hosts`: two hosts of this machine's own and a wire between them that does what rules say. `lab`: the guided run: server, client and capture at once, and what is printed of them.
//! 11. [`cli`]: arguments made into settings, help, exit codes.
//! 12. [`escape`]: bytes from the network made safe to show. [`local_time`]: how far local time is from UTC. [`outputs`]: what is
//!     open and not whole, for a program that has to end at once.
//!
//! 3 to 10 are the sniffer's (feature `sniffer`, on by default), but for `privilege` and of `session` what the four programs need;
//! without it these build alone.
//!
//! # How data flows
//!
//! One way: an interface or a file gives frames; `wire` reads their headers; `flow` finds their conversation; what is known of a
//! packet then, `session::observed`, goes to every sink of the run: the display, the recording with its comments, the exports.
//! `timeline` lays the programs' calls beside the packets; `explain` says what they mean; `render` writes it. All sinks get the
//! same, decoded and followed once; a thread of its own decodes again what it gets as bytes, and a copy that leaves packets out is
//! followed as a capture of its own. Everything works on a stream, in bounded memory, live as from a file.
//!
//! # Who may import whom
//!
//! | room | may import |
//! |---|---|
//! | `escape` | nothing of ours |
//! | `local_time` | `escape` |
//! | `calls` | `escape`, `local_time`, `outputs` |
//! | `wire` | nothing of ours |
//! | `privilege` | `os` |
//! | `outputs` | nothing of ours |
//! | `os` | nothing of ours |
//! | `frame` | `wire` |
//! | `record` | `frame`, `os`, `outputs`, `wire` |
//! | `filter` | `escape`, `wire` |
//! | `capture` | `record`, `frame`, `filter`, `wire` |
//! | `app` | `calls`, `escape`, `os`, `privilege` |
//! | `flow` | `frame`, `wire` |
//! | `pair` | `flow`, `frame`, `wire` |
//! | `tcp_info` | `escape` |
//! | `timeline` | `calls`, `flow`, `frame`, `wire` |
//! | `explain` | `wire`, `flow` |
//! | `render` | `explain`, `timeline`, `tcp_info`, `pair`, `calls`, `flow`, `frame`, `wire`, `escape`, `local_time` |
//! | `session` | `app`, `calls`, `capture`, `escape`, `explain`, `filter`, `flow`, `frame`, `local_time`, `os`, `outputs`, `pair`, `privilege`, `record`, `render`, `tcp_info`, `timeline`, `wire` |
//! | `hosts` | `explain`, `escape`, `flow`, `frame`, `os`, `privilege`, `tcp_info`, `wire` |
//! | `lab` | `app`, `calls`, `capture`, `escape`, `explain`, `filter`, `flow`, `frame`, `hosts`, `local_time`, `os`, `outputs`, `pair`, `privilege`, `record`, `render`, `session`, `tcp_info`, `timeline`, `wire` |
//! | `cli` | all |
//!
//! A test holds this table against the `use` lines. Nothing imports `cli`. Of `wire`, `filter` needs the link types and nothing else.
//! Another test finds circles: files that refer to each other, so that none of them can be read first. There are none.
//!
//! # Where it is written down
//!
//! UDP: [RFC 768](https://www.rfc-editor.org/rfc/rfc768). TCP: [RFC 9293](https://www.rfc-editor.org/rfc/rfc9293).
//! IPv4: [RFC 791](https://www.rfc-editor.org/rfc/rfc791). IPv6: [RFC 8200](https://www.rfc-editor.org/rfc/rfc8200).
//! ICMP: [RFC 792](https://www.rfc-editor.org/rfc/rfc792). The calls: section 2 of the manual, `man 2 socket`.

pub mod app;
pub mod calls;
#[cfg(feature = "sniffer")]
pub mod capture;
pub mod cli;
pub mod escape;
#[cfg(feature = "sniffer")]
pub mod explain;
#[cfg(feature = "sniffer")]
pub mod filter;
#[cfg(feature = "sniffer")]
pub mod flow;
#[cfg(feature = "sniffer")]
pub mod frame;
#[cfg(all(feature = "sniffer", target_os = "linux"))]
pub mod hosts;
#[cfg(all(feature = "sniffer", target_os = "linux"))]
pub mod lab;
pub mod local_time;
pub mod os;
pub mod outputs;
#[cfg(feature = "sniffer")]
pub mod pair;
#[cfg(target_os = "linux")]
pub mod privilege;
#[cfg(feature = "sniffer")]
pub mod record;
#[cfg(feature = "sniffer")]
pub mod render;
pub mod session;
#[cfg(feature = "sniffer")]
pub mod tcp_info;
#[cfg(feature = "sniffer")]
pub mod timeline;
#[cfg(feature = "sniffer")]
pub mod wire;
