//! socket-lab: the textbook's socket programming lab.
//!
//! Four programs: `udp-server`, `udp-client`, `tcp-server` and `tcp-client`. The client sends a line, the server returns it in
//! uppercase. Every socket call of theirs can be watched.
//!
//! # A tour, in reading order
//!
//! 1. [`app`]: the application. Start with [`app::udp_client`] and [`app::udp_server`], then [`app::tcp_client`] and
//!    [`app::tcp_server`], beside the lecture's notes.
//! 2. [`calls`]: a socket call as data: who, which call, arguments, result, entered, returned; as a line for people, as
//!    a line of JSON.
//! 3. [`cli`]: arguments made into settings, exit codes, and what the programs need before they can start.
//! 4. [`escape`]: bytes from the network made safe to show.
//!
//! # Who may import whom
//!
//! | room | may import |
//! |---|---|
//! | `escape` | nothing of ours |
//! | `calls` | nothing of ours |
//! | `app` | `calls`, `escape` |
//! | `cli` | all |
//!
//! A test holds this table against the `use` lines.
//!
//! # Where it is written down
//!
//! UDP: [RFC 768](https://www.rfc-editor.org/rfc/rfc768). TCP: [RFC 9293](https://www.rfc-editor.org/rfc/rfc9293).
//! IPv4: [RFC 791](https://www.rfc-editor.org/rfc/rfc791). IPv6: [RFC 8200](https://www.rfc-editor.org/rfc/rfc8200).
//! ICMP: [RFC 792](https://www.rfc-editor.org/rfc/rfc792). The calls: section 2 of the manual, `man 2 socket`.

pub mod app;
pub mod calls;
pub mod cli;
pub mod escape;
#[cfg(feature = "sniffer")]
pub mod explain;
#[cfg(feature = "sniffer")]
pub mod frame;
#[cfg(feature = "sniffer")]
pub mod render;
#[cfg(feature = "sniffer")]
pub mod wire;
