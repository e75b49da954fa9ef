//! What is said of the replies of UDP, against the server's own calls.

use super::case::END;
use super::files::calls;
use super::plan::Traffic;
use super::runs::Run;
use super::said::Said;
use super::score::Score;
use super::segment::Segment;

/// Judges what is said of the capture of an end.
pub(crate) fn judge(run: &Run, ends: &[Vec<Segment>; 2], end: usize, all: &[Said], score: &mut Score) {
    // The server's datagrams in the order of its calls, and the requests in the order in which it got them.
    let answered: Vec<usize> = calls(run)
        .iter()
        .filter(|call| call["end"] == "server" && call["call"] == "sendto")
        .map(|call| usize::try_from(call["about"]["answers"].as_u64().unwrap()).unwrap() - 1)
        .collect();
    let places = |own: bool| -> Vec<usize> {
        let all = ends[1].iter().enumerate();
        let wanted = all.filter(|(_, one)| one.protocol == 17 && one.own == own && !one.bad);
        wanted.map(|(at, _)| at).collect()
    };
    let (received, sent) = (places(false), places(true));
    for (at, (segment, said)) in ends[end].iter().zip(all).enumerate() {
        let is_reply = segment.protocol == 17 && segment.own == (end == 1);
        if !is_reply || segment.bad {
            continue;
        }
        let own = if end == 1 { Some(at) } else { segment.of };
        let number = own.and_then(|own| sent.iter().position(|one| *one == own));
        let request = number.and_then(|number| received.get(*answered.get(number)?));
        let Some(&request) = request else { continue };
        // The place of the request in this capture.
        let is = if end == 1 { Some(request) } else { ends[1][request].of };
        let has_own_text = run.plan.traffic != Traffic::PingerOfOneText;
        let class = match (has_own_text, end) {
            (true, 0) => "UDP reply to its request, own text, at the client",
            (true, _) => "UDP reply to its request, own text, at the server",
            (false, 0) => "UDP reply to its request, one text, at the client",
            (false, _) => "UDP reply to its request, one text, at the server",
        };
        let is_said = !said.replies.is_empty();
        // A request that the wire repeated arrived twice and is one.
        let is_copy =
            |place: &usize| end == 1 && ends[1][*place].of.is_some() && ends[1][*place].of == ends[1][request].of;
        let is_true = is.is_some_and(|is| said.replies_to(is)) || said.replies.iter().any(is_copy);
        // What has one text cannot always be told apart.
        let must = has_own_text && run.plan.traffic != Traffic::Retrying && !segment.again;
        let example = || {
            let of = said.replies.iter().map(|place| place + 1).collect::<Vec<_>>();
            let (plan, is) = (&run.plan, is.map(|is| is + 1));
            let (seed, traffic, end, number) = (plan.seed, plan.traffic, END[end], at + 1);
            format!(
                "seed {seed} {traffic:?} {end}.pcapng packet {number}: said {of:?} {:?}, is {is:?}",
                said.certainty
            )
        };
        score.claim(class, is_said, if is_said { is_true } else { must }, example);
        if said.certainty.as_deref() == Some("fact") {
            score.claim("of these replies, what is said as a fact", true, is_true, example);
        }
    }
}
