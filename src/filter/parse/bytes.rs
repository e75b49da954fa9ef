//! `tcp[13] & 2 != 0`: bytes of a header, with the names that tcpdump has for some of them.

use super::super::error::SyntaxError;
use super::super::expression::{ByteAccess, Primitive, Proto};
use super::super::number::number;
use super::super::token::TokenKind;
use super::cursor::Parser;

/// Said when an expression computes more than is understood.
const UNDERSTOOD: &str = "header[offset], header[offset:size], \"& mask\" and a comparison with a number are understood, \
                          as in \"tcp[tcpflags] & (tcp-syn|tcp-fin) != 0\"";

/// No header reaches further.
const FARTHEST: u32 = 65_535;

impl Parser<'_> {
    /// From the opening bracket on.
    pub(super) fn bytes(&mut self, protocol: Proto) -> Result<Primitive, SyntaxError> {
        if matches!(protocol, Proto::Ah | Proto::Esp) {
            return Err(self.trouble("bytes of ah and esp cannot be asked for"));
        }
        self.advance();
        let start = self.at;
        let offset = self.constant(UNDERSTOOD)?;
        // The kernel takes the highest offsets for questions about itself.
        if offset > FARTHEST {
            self.at = start;
            return Err(self.expected("an offset from 0 to 65535, as in \"tcp[13]\""));
        }
        let size = self.size()?;
        if self.peek().kind != TokenKind::CloseBracket {
            return Err(self.expected(&format!("\"]\"; {UNDERSTOOD}")));
        }
        self.advance();
        let mask = if self.peek().kind == TokenKind::Ampersand {
            self.advance();
            self.constant(UNDERSTOOD)?
        } else {
            u32::MAX
        };
        let TokenKind::Relation(relation) = self.peek().kind else {
            return Err(self.expected(&format!("one of = != < <= > >=; {UNDERSTOOD}")));
        };
        self.advance();
        let value = self.alternatives(UNDERSTOOD)?;
        Ok(Primitive::Bytes(ByteAccess {
            protocol,
            offset,
            size,
            mask,
            relation,
            value,
        }))
    }

    /// `:2`, if it is there.
    fn size(&mut self) -> Result<u8, SyntaxError> {
        if self.peek().kind != TokenKind::Colon {
            return Ok(1);
        }
        self.advance();
        let size = match self.peek().kind {
            TokenKind::Word("1") => 1,
            TokenKind::Word("2") => 2,
            TokenKind::Word("4") => 4,
            _ => return Err(self.expected("a size of 1, 2 or 4 bytes, as in \"udp[4:2] > 100\"")),
        };
        self.advance();
        Ok(size)
    }

    /// Constants with `|` between them.
    fn alternatives(&mut self, wanted: &str) -> Result<u32, SyntaxError> {
        let mut bits = self.constant(wanted)?;
        while self.peek().kind == TokenKind::Pipe {
            self.advance();
            bits |= self.constant(wanted)?;
        }
        Ok(bits)
    }

    /// A number, a name, or several in parentheses.
    fn constant(&mut self, wanted: &str) -> Result<u32, SyntaxError> {
        let value = match self.peek().kind {
            TokenKind::Open => {
                self.advance();
                let value = self.deeper(|parser| parser.alternatives(wanted))?;
                if self.peek().kind != TokenKind::Close {
                    return Err(self.expected(&format!("\")\"; {wanted}")));
                }
                value
            }
            TokenKind::Word(word) => number(word)
                .or_else(|| named(word))
                .ok_or_else(|| self.expected(wanted))?,
            _ => return Err(self.expected(wanted)),
        };
        self.advance();
        Ok(value)
    }
}

/// The constants that pcap-filter(7) names: offsets of fields, TCP's flags, types of ICMP and `ICMPv6`.
fn named(word: &str) -> Option<u32> {
    const NAMES: [(&str, u32); 36] = [
        ("tcpflags", 13),
        ("tcp-fin", 0x01),
        ("tcp-syn", 0x02),
        ("tcp-rst", 0x04),
        ("tcp-push", 0x08),
        ("tcp-ack", 0x10),
        ("tcp-urg", 0x20),
        ("tcp-ece", 0x40),
        ("tcp-cwr", 0x80),
        ("icmptype", 0),
        ("icmpcode", 1),
        ("icmp-echoreply", 0),
        ("icmp-unreach", 3),
        ("icmp-sourcequench", 4),
        ("icmp-redirect", 5),
        ("icmp-echo", 8),
        ("icmp-routeradvert", 9),
        ("icmp-routersolicit", 10),
        ("icmp-timxceed", 11),
        ("icmp-paramprob", 12),
        ("icmp-tstamp", 13),
        ("icmp-tstampreply", 14),
        ("icmp-ireq", 15),
        ("icmp-ireqreply", 16),
        ("icmp-maskreq", 17),
        ("icmp-maskreply", 18),
        ("icmp6type", 0),
        ("icmp6code", 1),
        ("icmp6-destinationunreach", 1),
        ("icmp6-packettoobig", 2),
        ("icmp6-timeexceeded", 3),
        ("icmp6-parameterproblem", 4),
        ("icmp6-echo", 128),
        ("icmp6-echoreply", 129),
        ("icmp6-neighborsolicit", 135),
        ("icmp6-neighboradvert", 136),
    ];
    NAMES.iter().find(|(name, _)| *name == word).map(|&(_, value)| value)
}
