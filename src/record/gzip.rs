//! A file that gzip packed: one member after the other, and what may lie behind the last. RFC 1952 section 2.2

use std::io::{self, BufRead as _, BufReader, Chain, Cursor, ErrorKind, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use flate2::bufread::GzDecoder;

/// RFC 1952, section 2.3.1: ID1, ID2.
pub(super) const MAGIC: [u8; 2] = [0x1f, 0x8b];

type PackedSource = BufReader<Box<dyn Read + Send>>;

/// Unpacks a file of one or more members. Zeros behind the last one are passed: tapes and block devices pad so. What else lies
/// there is not packed, and is left out as gzip(1) leaves it out: that can be asked afterwards.
pub(super) struct Unpacker {
    /// The member under way, behind the bytes of it that were looked at; `None` when there is no other.
    member: Option<GzDecoder<Chain<Cursor<Vec<u8>>, PackedSource>>>,
    has_rest: Arc<AtomicBool>,
}

impl Unpacker {
    /// Unpacks what comes from this source. `has_rest` is set when something lies behind the last member that is neither
    /// packed nor zeros.
    pub(super) fn new(source: Box<dyn Read + Send>, has_rest: Arc<AtomicBool>) -> Self {
        let source = BufReader::new(source);
        Self {
            member: Some(GzDecoder::new(Cursor::new(Vec::new()).chain(source))),
            has_rest,
        }
    }

    /// Begins with the next member, if another one follows in the source.
    fn go_on(&mut self, mut source: PackedSource) -> io::Result<()> {
        let mut start = Vec::new();
        while let Some(byte) = next_byte(&mut source)? {
            if byte == 0 && start.is_empty() {
                continue;
            }
            start.push(byte);
            if start == MAGIC {
                self.member = Some(GzDecoder::new(Cursor::new(start).chain(source)));
                return Ok(());
            }
            if !MAGIC.starts_with(&start) {
                break;
            }
        }
        self.has_rest.store(!start.is_empty(), Ordering::Relaxed);
        Ok(())
    }
}

fn next_byte(source: &mut PackedSource) -> io::Result<Option<u8>> {
    loop {
        match source.fill_buf() {
            Ok(bytes) => {
                let byte = bytes.first().copied();
                source.consume(usize::from(byte.is_some()));
                return Ok(byte);
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

impl Read for Unpacker {
    fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
        if room.is_empty() {
            return Ok(0);
        }
        while let Some(member) = &mut self.member {
            let count = member.read(room)?;
            if count > 0 {
                return Ok(count);
            }
            if let Some(member) = self.member.take() {
                let (_, source) = member.into_inner().into_inner();
                self.go_on(source)?;
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Read, Write as _};
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::Unpacker;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    /// Gives a byte at a time, as a slow pipe may.
    struct Slow(io::Cursor<Vec<u8>>);

    impl Read for Slow {
        fn read(&mut self, room: &mut [u8]) -> io::Result<usize> {
            let length = room.len().min(1);
            self.0.read(&mut room[..length])
        }
    }

    fn unpacked(file: &[u8]) -> (io::Result<Vec<u8>>, bool) {
        let mut outcomes = [Slow(io::Cursor::new(file.to_vec()))].map(|slow| {
            let has_rest = Arc::new(AtomicBool::new(false));
            let mut all = Vec::new();
            let read = Unpacker::new(Box::new(slow), Arc::clone(&has_rest)).read_to_end(&mut all);
            (read.map(|_| all), has_rest.load(Ordering::Relaxed))
        });
        let has_rest = Arc::new(AtomicBool::new(false));
        let mut all = Vec::new();
        let source = Box::new(io::Cursor::new(file.to_vec()));
        let read = Unpacker::new(source, Arc::clone(&has_rest)).read_to_end(&mut all);
        let [slow] = &mut outcomes;
        assert_eq!(slow.0.as_ref().ok(), read.is_ok().then_some(&all));
        (read.map(|_| all), has_rest.load(Ordering::Relaxed))
    }

    #[test]
    fn members_are_one_file_and_zeros_behind_them_are_nothing() {
        let [one, two, none] = [&b"first "[..], b"second", b""].map(packed);
        let zeros = vec![0; 70_000];
        for (file, expected) in [
            (one.clone(), &b"first "[..]),
            ([&one[..], &two].concat(), b"first second"),
            ([&one[..], &none, &two].concat(), b"first second"),
            ([&one[..], &zeros].concat(), b"first "),
            ([&one[..], &[0]].concat(), b"first "),
            ([&one[..], &zeros, &two, &zeros].concat(), b"first second"),
        ] {
            let (read, has_rest) = unpacked(&file);
            assert_eq!((read.unwrap(), has_rest), (expected.to_vec(), false));
        }
    }

    #[test]
    fn what_is_not_packed_is_left_out_and_can_be_asked() {
        let one = packed(b"first ");
        for rest in [&b"garbage"[..], b"\0\0garbage", b"\x1f", b"\x1f\x1f\x8b", b"\0\x1f"] {
            let (read, has_rest) = unpacked(&[&one[..], rest].concat());
            assert_eq!((read.unwrap(), has_rest), (b"first ".to_vec(), true), "{rest:?}");
        }
    }

    #[test]
    fn a_member_that_is_cut_or_changed_is_an_error() {
        let [one, two] = [&b"first "[..], b"second"].map(packed);
        for end in 2..two.len() {
            let (read, _) = unpacked(&[&one[..], &two[..end]].concat());
            assert_eq!(read.unwrap_err().kind(), io::ErrorKind::UnexpectedEof, "{end}");
        }
        let mut changed = two;
        let last = changed.len() - 5;
        changed[last] ^= 1;
        let (read, _) = unpacked(&[&one[..], &changed].concat());
        assert_eq!(read.unwrap_err().kind(), io::ErrorKind::InvalidInput);
    }
}
