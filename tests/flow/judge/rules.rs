//! The differences between our remarks and tshark's flags, each with its reason.

use socket_lab::flow::segment::{Remark, SegmentPart};

use super::seen::Case;

/// A difference in one of tshark's flags, with its reason; `holds` proves that it is that reason.
pub(super) struct Rule {
    pub(super) flag: &'static str,
    pub(super) why: &'static str,
    pub(super) holds: fn(&Case<'_>) -> bool,
}

/// We have the flag, tshark does not.
pub(super) const ONLY_OURS: &[Rule] = &[
    Rule {
        flag: "retransmission",
        why: "tshark goes by time; all of it was captured before, or acknowledged",
        holds: |case| case.repeats() == case.length() || case.own.acked >= Some(case.range.1),
    },
    Rule {
        flag: "out_of_order",
        why: "tshark goes by time; none of it was captured before",
        holds: |case| case.repeats() == 0,
    },
    Rule {
        flag: "spurious_retransmission",
        why: "tshark looks at data alone, and at the last acknowledgment where an earlier one was higher",
        holds: |case| {
            case.own.acked >= Some(case.range.1)
                && (case.segment.data.is_none() || case.own.last_ack < Some(case.range.1))
        },
    },
    Rule {
        flag: "ack_lost_segment",
        why: "after a gap tshark takes for captured what lies in it",
        holds: |case| case.acknowledges_unseen(),
    },
    Rule {
        flag: "zero_window_probe",
        why: "a probe as Linux sends it, without data, is a keep-alive for tshark",
        holds: |case| {
            (case.other.window == Some(0) || case.own.acks_were_reordered)
                && case.own.next.max(case.own.acked) == Some(case.range.0 + 1)
        },
    },
    Rule {
        flag: "zero_window_probe_ack",
        why: "the answer to such a probe",
        holds: |case| case.own.window == Some(0) || case.segment.window.raw == 0,
    },
    Rule {
        flag: "window_full",
        why: "tshark goes by the last acknowledgment where an earlier one was higher",
        holds: |case| case.own.acks_were_reordered,
    },
    Rule {
        flag: "duplicate_ack",
        why: "tshark compares with the last acknowledgment where an earlier one was higher",
        holds: |case| case.other.acks_were_reordered,
    },
    Rule {
        flag: "window_update",
        why: "tshark compares with the last acknowledgment where an earlier one was higher",
        holds: |case| case.other.acks_were_reordered,
    },
    Rule {
        flag: "keep_alive_ack",
        why: "it answers, and tells another window than the segment before",
        holds: |case| case.own.window != Some(case.segment.window.raw) || case.other.acks_were_reordered,
    },
];

/// tshark has this flag for what was captured twice.
const fn captured_twice(flag: &'static str) -> Rule {
    Rule {
        flag,
        why: "captured twice: identification and checksum, or timestamp, are the same, which tshark does not compare",
        holds: |case| case.segment.part == SegmentPart::Copy,
    }
}

/// tshark has the flag, we do not.
pub(super) const ONLY_THEIRS: &[Rule] = &[
    Rule {
        flag: "retransmission",
        why: "the SYN-ACK of a simultaneous open has the number of the SYN: RFC 9293 section 3.5, figure 7",
        holds: |case| case.answers_a_crossing_syn(),
    },
    captured_twice("retransmission"),
    captured_twice("fast_retransmission"),
    captured_twice("spurious_retransmission"),
    captured_twice("out_of_order"),
    captured_twice("window_full"),
    captured_twice("duplicate_ack"),
    captured_twice("window_update"),
    captured_twice("keep_alive_ack"),
    Rule {
        flag: "window_update",
        why: "it reports what arrived, early or twice; without SACK it may, where something is outstanding",
        holds: |case| case.other.next > case.other.acked || case.segment.remarks.has(Remark::DuplicateSack),
    },
    Rule {
        flag: "retransmission",
        why: "some or all of its numbers were not captured before",
        holds: |case| case.repeats() < case.length(),
    },
    Rule {
        flag: "out_of_order",
        why: "tshark goes by time; some of it was captured before, or all acknowledged",
        holds: |case| case.repeats() > 0 || case.own.acked >= Some(case.range.1),
    },
    Rule {
        flag: "spurious_retransmission",
        why: "a SYN that was not captured before",
        holds: |case| case.repeats() < case.length(),
    },
    Rule {
        flag: "duplicate_ack",
        why: "nothing is outstanding that could be missing: RFC 5681 section 2 (a)",
        holds: |case| case.other.next <= case.other.acked || case.other.next.is_none(),
    },
    Rule {
        flag: "duplicate_ack",
        why: "between ends with SACK one that reports nothing that came before its turn: RFC 6675 section 2",
        holds: |case| case.segment.signs.duplicate.is_none() && case.other.next > case.other.acked,
    },
    Rule {
        flag: "ack_lost_segment",
        why: "tshark forgets what was captured after a gap",
        holds: |case| !case.acknowledges_unseen(),
    },
    Rule {
        flag: "fast_retransmission",
        why: "fewer than the three duplicate acknowledgments of RFC 5681 section 3.2",
        holds: |case| case.own.duplicates < 3,
    },
    Rule {
        flag: "lost_segment",
        why: "what lies before was acknowledged before the capture has its sender",
        holds: |case| case.own.acked >= Some(case.range.0),
    },
    Rule {
        flag: "keep_alive",
        why: "a window probe, or an acknowledgment that came late: something is outstanding, or the FIN was sent",
        holds: |case| {
            case.other.window == Some(0)
                || case.own.acked < case.own.next
                || case.own.fin
                || case.own.acks_were_reordered
        },
    },
    Rule {
        flag: "keep_alive_ack",
        why: "it answers an acknowledgment that came late, and no keep-alive",
        holds: |case| case.own.acked < case.own.next || case.other.acked < case.other.next || case.other.fin,
    },
    Rule {
        flag: "window_full",
        why: "tshark goes by the last acknowledgment, and by the window of a late one",
        holds: |case| case.own.acks_were_reordered,
    },
    Rule {
        flag: "window_update",
        why: "the window of a late acknowledgment does not count",
        holds: |case| case.other.acks_were_reordered,
    },
];
