//! What is asked.

/// Every feature of the language. Each selects some of the Ethernet frames and leaves some.
pub(crate) const TABLE: [&str; 98] = [
    "",
    "tcp",
    "udp",
    "sctp",
    "icmp",
    "icmp6",
    "igmp",
    "esp",
    "arp",
    "rarp",
    "ip",
    "ip6",
    "ip proto 6",
    "ip proto \\udp",
    "ip6 proto 17",
    "ip6 proto 44",
    "proto 17",
    "ether proto 0x806",
    "ether proto \\ip6",
    "not tcp",
    "!tcp&&!udp||icmp",
    "not (tcp or udp)",
    "not not tcp",
    "tcp or udp and ip6",
    "ip6 and tcp or udp",
    "tcp or (udp and ip6)",
    "host 192.0.2.1",
    "src host 192.0.2.1",
    "dst host 192.0.2.1",
    "src and dst host 192.0.2.1",
    "src or dst host 192.0.2.1",
    "not host 192.0.2.1",
    "src 192.0.2.1",
    "dst 192.0.2.2 or 192.0.2.1",
    "host 192.0.2.1 or 192.0.2.9",
    "host 192.0.2.1 or 2001:db8::1",
    "ip host 192.0.2.1",
    "arp host 192.0.2.1",
    "rarp host 192.0.2.1",
    "arp src host 192.0.2.1",
    "ip6 host 2001:db8::1",
    "src host 2001:db8::1",
    "dst host 2001:db8::1",
    "not src host 2001:db8::1",
    "net 192",
    "net 192.0",
    "net 192.0.2",
    "net 192.0.2.0/24",
    "src net 192.0.2.0/31",
    "dst net 192.0.2.0/31",
    "net 192.0.2.0 mask 255.255.255.0",
    "net 0.0.0.0/8 or net 127",
    "net 0.0.0.0/0",
    "ip net 192.0.2.0/30",
    "ip6 net 2001:db8::/32",
    "src net 2001:db8::/65",
    "net ::/0",
    "ip6 net fe80::/10",
    "ether host 02:00:00:00:00:01",
    "ether src 02:00:00:00:00:01",
    "ether dst host 02-00-00-00-00-01",
    "broadcast",
    "multicast",
    "ether multicast and not ether broadcast",
    "ip multicast",
    "ip6 multicast",
    "port 53",
    "port domain",
    "tcp port 80",
    "udp port 53",
    "sctp port 80",
    "src port 80",
    "dst port 80",
    "src and dst port 53",
    "tcp src port 80",
    "udp dst port 53",
    "not port 53",
    "port 80 or 53",
    "tcp port 80 or 53 and ip6",
    "port (53 or 80) and not ip6",
    "portrange 50-60",
    "udp dst portrange 50-60",
    "src and dst portrange 50-60",
    "tcp portrange 80-80",
    "tcp port 80 and (80 or 443)",
    "host 192.0.2.1 and port 80 or 53",
    "host 192.0.2.1 and not port 53 and not arp",
    "less 60",
    "greater 60",
    "len >= 60 and len != 74",
    "vlan",
    "vlan 5",
    "vlan and tcp",
    "vlan 5 and (tcp port 80 or vlan 6 and udp)",
    "tcp or vlan and tcp",
    "tcp[tcpflags] & (tcp-syn|tcp-fin) != 0",
    "udp[4:2] > 8 or icmp[icmptype] = icmp-echo or icmp6[icmp6type] = 128",
    "ip[8] <= 64 and ip6[7] < 65 or ip[2:2] & 0xfc != 0x28 or ether[0] & 1 = 0",
];

/// What tcpdump refuses too.
pub(crate) const REFUSED: [&str; 12] = [
    "192.0.2.1",
    "80",
    "port 65536",
    "tcp host 192.0.2.1",
    "ip port 80",
    "icmp6 port 80",
    "tcp proto 6",
    "net 192.0.2.1/24",
    "ip6 host 192.0.2.1",
    "host 02:00:00:00:00:01",
    "vlan 4096",
    "tcp or 80",
];

/// How many expressions are made up.
pub(crate) const GENERATED: u64 = 150;

/// An expression made up from this number, always the same.
pub(crate) fn generated(seed: u64) -> String {
    let mut dice = Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    expression(&mut dice, 3)
}

/// A generator of pseudo-random numbers (xorshift, Marsaglia 2003).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn one_of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }
}

fn expression(dice: &mut Dice, depth: usize) -> String {
    match dice.below(if depth == 0 { 1 } else { 6 }) {
        0 | 1 => primitive(dice),
        2 => format!("not {}", expression(dice, depth - 1)),
        3 => format!("({})", expression(dice, depth - 1)),
        _ => {
            let operator = dice.one_of(&["and", "or", "&&", "||"]);
            let left = expression(dice, depth - 1);
            format!("{left} {operator} {}", expression(dice, depth - 1))
        }
    }
}

fn primitive(dice: &mut Dice) -> String {
    const SIDES: [&str; 5] = ["", "src ", "dst ", "src or dst ", "src and dst "];
    const HOSTS: [&str; 6] = [
        "192.0.2.1",
        "192.0.2.2",
        "10.0.0.1",
        "2001:db8::1",
        "2001:db8::2",
        "ff02::1",
    ];
    const NETS: [&str; 7] = [
        "192.0.2.0/24",
        "10",
        "0.0.0.0/0",
        "192.0.0.0/9",
        "2001:db8::/32",
        "fe80::/10",
        "::/0",
    ];
    const PORTS: [&str; 5] = ["53", "80", "443", "0", "179"];
    let side = dice.one_of(&SIDES);
    match dice.below(11) {
        0 | 1 => dice
            .one_of(&["tcp", "udp", "icmp", "icmp6", "arp", "ip", "ip6", "sctp", "esp", "igmp"])
            .to_owned(),
        2 => format!("{side}host {}", dice.one_of(&HOSTS)),
        3 => format!("{side}net {}", dice.one_of(&NETS)),
        4 | 5 => {
            let transport = dice.one_of(&["", "tcp ", "udp ", "sctp "]);
            let more = dice.one_of(&["", " or 53", " and 80", " or not 443", " or (80 or 53)"]);
            format!("{transport}{side}port {}{more}", dice.one_of(&PORTS))
        }
        6 => format!("{side}portrange {}-{}", dice.one_of(&PORTS), dice.one_of(&PORTS)),
        7 => format!(
            "{} {}",
            dice.one_of(&["less", "greater"]),
            dice.one_of(&["60", "74", "100", "1000"])
        ),
        8 => format!(
            "{}proto {}",
            dice.one_of(&["", "ip ", "ip6 "]),
            dice.one_of(&["1", "6", "17", "44", "58"])
        ),
        9 => dice
            .one_of(&[
                "ip multicast",
                "ip6 multicast",
                "ether proto 0x800",
                "arp host 192.0.2.1",
            ])
            .to_owned(),
        _ => dice
            .one_of(&[
                "tcp[13] & 2 != 0",
                "udp[4:2] > 20",
                "ip[8] < 64",
                "icmp[0] = 8",
                "ip6[6] = 17",
                "vlan",
                "vlan 5",
            ])
            .to_owned(),
    }
}
