//! What the hosts' kernels knew, against what the wire saw; and the graphs that are drawn of it.

use serde_json::Value;

use super::stage::{Run, ready};
use crate::json::valid;
use crate::support::ours;

const SCHEMA: &str = include_str!("../../docs/tcp-info.schema.json");

/// The samples of the client's kernel, or of the server's.
fn samples(run: &Run, of: &str) -> Vec<Value> {
    let text = std::fs::read_to_string(run.place.latest(&format!("{}.tcp-info.jsonl", run.word))).unwrap();
    let all = text.lines().map(|line| serde_json::from_str(line).unwrap());
    let all: Vec<Value> = all.collect();
    for sample in &all {
        assert_eq!(valid(SCHEMA, sample), Ok(()), "{sample}");
    }
    let is_own = |sample: &Value| sample["local"].as_str().unwrap().starts_with(of);
    all.into_iter().filter(is_own).collect()
}

fn number(sample: &Value, name: &str) -> u64 {
    sample[name].as_u64().unwrap_or_else(|| panic!("{name}: {sample}"))
}

/// How many data segments an end has sent again, as the wire counted them.
fn sent_again(run: &Run, end: &str) -> u64 {
    let truth = run.truth();
    let own = truth.iter().filter(|frame| frame["from"] == end);
    own.filter(|frame| {
        frame["is"].as_str().unwrap().contains("data") && frame["is"].as_str().unwrap().contains(" time ")
    })
    .count() as u64
}

#[test]
fn the_timeout_doubles_and_what_is_sent_again_is_counted() {
    if !ready() {
        return;
    }
    let run = Run::of(
        "data-lost",
        &[
            "--rules",
            "lose client data 1 time 1; lose client data 1 time 2; lose client data 1 time 3",
        ],
    );
    let client = samples(&run, "10.0.0.1:");
    assert!(
        client
            .windows(2)
            .all(|pair| pair[0]["time"].as_i64() <= pair[1]["time"].as_i64())
    );
    assert_eq!(client[0]["state"], "SYN-SENT");
    let most = |name| client.iter().map(|sample| number(sample, name)).max().unwrap();
    assert_eq!(most("total_retrans"), sent_again(&run, "client"));
    assert_eq!(most("total_retrans"), 3);
    // Linux sends a tail loss probe first, which does not double the timeout (RFC 8985, section 7).
    assert_eq!(most("backoff"), 2);
    let rto = |backoff: u64| {
        let mut of = client.iter().filter(|sample| number(sample, "backoff") == backoff);
        number(of.next_back().unwrap(), "rto_us")
    };
    assert_eq!((rto(1), rto(2)), (2 * rto(1) / 2, 2 * rto(1)));
    // There and back 40 ms.
    let rtt = most("rtt_us");
    assert!((40_000..90_000).contains(&rtt), "{rtt}");
}

#[test]
fn the_congestion_window_begins_with_one_segment_and_bounds_what_is_under_way() {
    if !ready() {
        return;
    }
    let run = Run::of("slow-start", &[]);
    let client = samples(&run, "10.0.0.1:");
    let open: Vec<&Value> = client.iter().filter(|sample| sample["state"] != "SYN-SENT").collect();
    assert_eq!(number(open[0], "snd_cwnd"), 1, "{}", open[0]);
    assert!(open.iter().all(|sample| sample["snd_ssthresh"].is_null()));
    let largest = open.iter().map(|sample| number(sample, "snd_cwnd")).max().unwrap();
    assert!(largest >= 16, "{largest}");
    // The FIN counts too, and is sent when the window lets it.
    assert!(
        open.iter()
            .all(|sample| number(sample, "unacked") <= number(sample, "snd_cwnd") + 1)
    );
    let most = open.iter().map(|sample| number(sample, "unacked")).max().unwrap();
    assert!((16..=17).contains(&most), "{most}");
}

/// The lines of a class in a picture: where they go.
fn drawn<'p>(picture: &'p str, class: &str) -> Vec<&'p str> {
    let begin = format!(r#"<path class="{class}""#);
    let lines = picture.lines().filter(|line| line.starts_with(&begin));
    lines.map(|line| line.split(" d=").nth(1).unwrap()).collect()
}

#[test]
fn the_graphs_of_the_report_are_those_of_the_files() {
    if !ready() {
        return;
    }
    let run = Run::of("bottleneck", &["--short"]);
    let report = std::fs::read_to_string(run.place.latest("bottleneck.html")).unwrap();
    assert!(report.len() < 1_000_000, "{}", report.len());
    // The question comes first, and what the run says is its answer.
    let question = "Predict: How fast does a client send, when no packet says how fast the wire is?";
    let answer = report
        .find(question)
        .and_then(|at| report[at..].find("came when 25 waited already"));
    assert!(answer.is_some_and(|at| at < 400), "{answer:?}");
    let plot = run.place.latest("plot.svg");
    let [client, server, info] = ["client.pcapng", "server.pcapng", "tcp-info.jsonl"]
        .map(|name| run.place.latest(&format!("bottleneck.{name}")));
    let mut sniffer = ours("sniffer");
    sniffer.arg("-r").arg(client).arg("--other-end").arg(server).arg("-q");
    let ended = sniffer
        .arg("--plot")
        .arg(&plot)
        .arg("--tcp-info")
        .arg(info)
        .output()
        .unwrap();
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    let plot = std::fs::read_to_string(plot).unwrap();
    for class in [
        "congestion-window",
        "threshold",
        "in-flight",
        "kernels-timeout",
        "kernels-smoothed",
    ] {
        let [of_report, of_plot] = [&report, &plot].map(|text| drawn(text, class));
        // For a wide page and for a phone.
        assert_eq!(of_report.len(), 2, "{class}");
        // The graphs of the files count from a clock that both captures give together, which may differ by less than a pixel.
        assert_eq!(of_plot.len(), 1, "{class}");
    }
    assert_eq!(
        drawn(&report, "congestion-window")[0],
        drawn(&plot, "congestion-window")[0]
    );
    // What the queue had no room for is marked, once where it was sent.
    let truth = run.truth();
    let lost = truth.iter().filter(|frame| frame["fate"] == "queue full").count();
    assert!(lost > 0);
    let words = format!(", {lost} lost on the way; ");
    assert!(plot.contains(&words) && report.contains(&words), "{words}");
    assert!(!drawn(&plot, "lost-box").is_empty());
}

#[test]
fn the_kernels_counters_say_what_the_wire_saw() {
    const COUNTERS: &str = include_str!("../../docs/counters.schema.json");
    if !ready() {
        return;
    }
    let run = Run::of("data-lost", &["--counters"]);
    let text = std::fs::read_to_string(run.place.latest("data-lost.counters.jsonl")).unwrap();
    let all: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    for line in &all {
        assert_eq!(valid(COUNTERS, line), Ok(()), "{line}");
    }
    let grown = |host: &str, counter: &str| {
        let mut found = all
            .iter()
            .filter(|line| line["host"] == host && line["counter"] == counter);
        let line = found.next().unwrap_or_else(|| panic!("{counter}"));
        line["after"].as_i64().unwrap() - line["before"].as_i64().unwrap()
    };
    for (host, counter) in [("client", "Tcp.ActiveOpens"), ("server", "Tcp.PassiveOpens")] {
        assert_eq!(grown(host, counter), 1, "{counter}");
        assert!(run.told.contains(&format!("{counter} 1,")), "{}", run.told);
    }
    assert_eq!(
        grown("client", "Tcp.RetransSegs"),
        i64::try_from(sent_again(&run, "client")).unwrap()
    );
    // By a tail loss probe or by the timer, whichever came first.
    assert!(grown("client", "TcpExt.TCPLossProbes") + grown("client", "TcpExt.TCPTimeouts") >= 1);
    let truth = run.truth();
    for host in ["client", "server"] {
        let sent = truth.iter().filter(|frame| frame["from"] == host).count();
        assert_eq!(grown(host, "Ip.OutRequests"), i64::try_from(sent).unwrap(), "{host}");
    }
    // Of a run without the option an earlier one's file does not stay.
    run.place.ran(&["wire", "data-lost"]).fine();
    assert!(!run.place.latest("data-lost.counters.jsonl").exists());
}

#[test]
fn a_run_without_tcp_has_no_such_file() {
    if !ready() {
        return;
    }
    let run = Run::of("udp-lost", &[]);
    assert!(!run.place.latest("udp-lost.tcp-info.jsonl").exists());
    let report = std::fs::read_to_string(run.place.latest("udp-lost.html")).unwrap();
    assert!(!report.contains(r#"<div class="plot">"#));
}
