//! What a host's kernel has counted: `/proc/net/snmp` (RFC 1213, RFC 4022) and `/proc/net/netstat`, as nstat(8) shows them. A new network
//! namespace begins at 0, so after a run they say how often each cause occurred.

use std::io::{self, Write};

use serde_json::json;

use crate::flow::Party;

/// Counters by name, such as `TcpExt.TCPTimeouts`, in the kernel's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counters(Vec<(String, i64)>);

/// A counter before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Whose kernel.
    pub host: Party,
    /// Its name.
    pub name: String,
    /// Its value before the run. Most are 0; a few are settings, such as `Tcp.RtoMin`.
    pub before: i64,
    /// Its value after.
    pub after: i64,
}

impl Counters {
    /// Reads the kernel's text: a line with names, then one with their values, which begin with the same word.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut counters = Vec::new();
        let mut lines = text.lines();
        while let (Some(names), Some(values)) = (lines.next(), lines.next()) {
            let (Some((group, names)), Some((_, values))) = (names.split_once(':'), values.split_once(':')) else {
                continue;
            };
            let pairs = names.split_whitespace().zip(values.split_whitespace());
            counters.extend(pairs.filter_map(|(name, value)| Some((format!("{group}.{name}"), value.parse().ok()?))));
        }
        Self(counters)
    }

    /// Those of this host, which has these now.
    #[must_use]
    pub fn until(&self, host: Party, after: &Self) -> Vec<Counted> {
        let pairs = self.0.iter().zip(&after.0);
        pairs
            .filter(|((before, _), (after, _))| before == after)
            .map(|((name, before), (_, after))| Counted {
                host,
                name: name.clone(),
                before: *before,
                after: *after,
            })
            .collect()
    }
}

impl Counted {
    /// By how much it has grown.
    #[must_use]
    pub const fn grown(&self) -> i64 {
        self.after.saturating_sub(self.before)
    }
}

/// Writes them as JSON, an object a line: `docs/counters.schema.json`.
///
/// # Errors
/// Those of the writer.
pub fn write(output: &mut impl Write, counted: &[Counted]) -> io::Result<()> {
    for one in counted {
        let line = json!({
            "host": one.host.word(),
            "counter": one.name,
            "before": one.before,
            "after": one.after,
        });
        writeln!(output, "{line}")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Counted, Counters};
    use crate::flow::Party;

    #[test]
    fn names_and_values_are_read_in_pairs_of_lines() {
        let before =
            Counters::read("Tcp: RtoMin InSegs\nTcp: 200 0\nIcmpMsg:\nIcmpMsg:\nTcpExt: TCPTimeouts\nTcpExt: 0\n");
        let after = Counters::read("Tcp: RtoMin InSegs\nTcp: 200 7\nTcpExt: TCPTimeouts\nTcpExt: -2\n");
        let counted = |name: &str, before, after| Counted {
            host: Party::Server,
            name: name.into(),
            before,
            after,
        };
        assert_eq!(
            before.until(Party::Server, &after),
            [
                counted("Tcp.RtoMin", 200, 200),
                counted("Tcp.InSegs", 0, 7),
                counted("TcpExt.TCPTimeouts", 0, -2)
            ]
        );
        assert_eq!(counted("", i64::MIN, i64::MAX).grown(), i64::MAX);
    }

    #[test]
    fn what_is_something_else_has_no_counters() {
        for text in ["", "x", "x\ny", "a: b\n", "a: b\na: c\n"] {
            assert_eq!(Counters::read(text), Counters::default(), "{text:?}");
        }
    }
}
