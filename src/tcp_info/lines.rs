//! Samples as JSON, one object a line: `docs/tcp-info.schema.json`.

use std::io::{self, BufRead, Read as _, Write};

use super::sample::TcpSample;
use crate::escape;

/// The longest line that is read, in bytes. The longest that is written has about 500.
const LONGEST: u64 = 4096;

/// Writes a sample as a line.
///
/// # Errors
/// Those of the writer.
pub fn write(out: &mut impl Write, sample: &TcpSample) -> io::Result<()> {
    escape::json::write(out, sample)?;
    out.write_all(b"\n")
}

/// Reads samples, at most this many.
///
/// # Errors
/// A line is none, or there are too many: which line and why. A reader's own error.
pub fn read(mut input: impl BufRead, most: usize) -> Result<Vec<TcpSample>, String> {
    let mut samples = Vec::new();
    let mut line = Vec::new();
    for number in 1_u64.. {
        line.clear();
        let taken = (&mut input).take(LONGEST).read_until(b'\n', &mut line);
        match taken {
            Ok(0) => break,
            Ok(_) if line.trim_ascii().is_empty() => {}
            Ok(_) if samples.len() == most => {
                return Err(format!("has more than {most} samples"));
            }
            Ok(_) => {
                let sample = serde_json::from_slice(&line);
                samples.push(sample.map_err(|error| format!("line {number} is not a sample of tcp_info: {error}"))?);
            }
            Err(error) => return Err(error.to_string()),
        }
    }
    Ok(samples)
}

#[cfg(test)]
mod tests {
    use super::super::info::tests::example;
    use super::{TcpSample, read, write};

    fn sample(time: i64) -> TcpSample {
        TcpSample {
            time,
            local: "10.0.0.1:35280".parse().unwrap(),
            remote: "10.0.0.2:13000".parse().unwrap(),
            info: example(),
        }
    }

    fn written(samples: &[TcpSample]) -> Vec<u8> {
        let mut out = Vec::new();
        for sample in samples {
            write(&mut out, sample).unwrap();
        }
        out
    }

    #[test]
    fn a_sample_is_a_line_with_the_kernels_names() {
        let line = String::from_utf8(written(&[sample(-7)])).unwrap();
        let begin = r#"{"time":-7,"local":"10.0.0.1:35280","remote":"10.0.0.2:13000","state":"ESTABLISHED","congestion_state":"recovery","#;
        assert!(line.starts_with(begin), "{line}");
        assert!(line.contains(r#""snd_cwnd":80,"snd_ssthresh":76,"#), "{line}");
        assert!(line.ends_with("}\n"), "{line}");
    }

    #[test]
    fn what_was_written_is_read_back() {
        let samples = [sample(1), sample(i64::MAX)];
        assert_eq!(read(&*written(&samples), 2).unwrap(), samples);
        assert_eq!(read(&b"\n \n"[..], 0).unwrap(), []);
    }

    #[test]
    fn what_is_none_is_named() {
        let mut bytes = written(&[sample(1)]);
        bytes.extend(b"{\"time\":1}\n");
        let why = read(&*bytes, 9).unwrap_err();
        assert!(
            why.starts_with("line 2 is not a sample of tcp_info: missing field"),
            "{why}"
        );
        let why = read(&*written(&[sample(1), sample(2)]), 1).unwrap_err();
        assert_eq!(why, "has more than 1 samples");
        let long = vec![b'x'; 10_000];
        assert!(
            read(&*long, 9).unwrap_err().starts_with("line 1 "),
            "not read to its end"
        );
    }
}
