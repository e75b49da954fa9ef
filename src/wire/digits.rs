//! Numbers and bytes as digits, written in one piece.
//!
//! A breakdown is mostly digits. The library's `{}` first asks each number for sign, width and padding, and takes several times
//! as long as its digits do.

use std::fmt::{self, Write};
use std::net::{IpAddr, SocketAddr};

const DIGITS: &[u8; 16] = b"0123456789abcdef";

/// This many bytes are written at once.
const AT_ONCE: usize = 16;

/// The byte's two hexadecimal digits, the upper half first.
#[must_use]
pub fn hex_digits(byte: u8) -> [u8; 2] {
    [hex_digit(byte >> 4), hex_digit(byte & 15)]
}

/// The digit of a number below 16.
fn hex_digit(number: u8) -> u8 {
    DIGITS.get(usize::from(number)).copied().unwrap_or(b'?')
}

/// `7f 00 00 01`: two hexadecimal digits a byte, with an ASCII character between them.
///
/// # Errors
/// Those of the writer.
pub fn write_bytes(output: &mut (impl Write + ?Sized), bytes: &[u8], separator: u8) -> fmt::Result {
    for (index, piece) in bytes.chunks(AT_ONCE).enumerate() {
        let mut text = [separator; 3 * AT_ONCE];
        for (place, &byte) in text.chunks_exact_mut(3).zip(piece) {
            if let Some(digits) = place.last_chunk_mut() {
                *digits = hex_digits(byte);
            }
        }
        // Before the first byte is nothing to keep it apart from.
        let start = usize::from(index == 0);
        write_ascii(output, text.get(start..3 * piece.len()).unwrap_or_default())?;
    }
    Ok(())
}

/// `0x003c`: the lowest `digits` hexadecimal digits of the number, at most 16.
pub(super) fn write_hexadecimal(output: &mut (impl Write + ?Sized), number: u64, digits: usize) -> fmt::Result {
    let mut text = *b"0x0000000000000000";
    let end = text.len().min(2 + digits);
    let mut left = number;
    for digit in text.get_mut(2..end).unwrap_or_default().iter_mut().rev() {
        *digit = hex_digit((left & 15) as u8);
        left >>= 4;
    }
    write_ascii(output, text.get(..end).unwrap_or(&text))
}

/// A decimal number.
///
/// # Errors
/// Those of the writer.
pub fn write_decimal(output: &mut (impl Write + ?Sized), number: u64) -> fmt::Result {
    output.write_str(itoa::Buffer::new().format(number))
}

/// A decimal number in at least `digits` digits, zeros before it.
///
/// # Errors
/// Those of the writer.
pub fn write_padded(output: &mut (impl Write + ?Sized), number: u64, digits: usize) -> fmt::Result {
    const ZEROS: &str = "00000000000000000000";
    let mut buffer = itoa::Buffer::new();
    let text = buffer.format(number);
    output.write_str(ZEROS.get(text.len()..digits).unwrap_or_default())?;
    output.write_str(text)
}

/// `127.0.0.1`, `2001:db8::1`
///
/// # Errors
/// Those of the writer.
pub fn write_address(output: &mut (impl Write + ?Sized), address: IpAddr) -> fmt::Result {
    let address = match address {
        IpAddr::V4(address) => address,
        IpAddr::V6(address) => return write!(output, "{address}"),
    };
    for (index, octet) in address.octets().into_iter().enumerate() {
        if index > 0 {
            output.write_str(".")?;
        }
        write_decimal(output, octet.into())?;
    }
    Ok(())
}

/// `127.0.0.1:12000`, `[2001:db8::1]:12000`
///
/// # Errors
/// Those of the writer.
pub fn write_socket(output: &mut (impl Write + ?Sized), socket: SocketAddr) -> fmt::Result {
    if socket.is_ipv6() {
        return write!(output, "{socket}");
    }
    write_address(output, socket.ip())?;
    output.write_str(":")?;
    write_decimal(output, socket.port().into())
}

fn write_ascii(output: &mut (impl Write + ?Sized), text: &[u8]) -> fmt::Result {
    output.write_str(std::str::from_utf8(text).unwrap_or_default())
}

/// The bytes that these hexadecimal digits are; spaces do not count.
#[cfg(test)]
pub(crate) fn unhex(text: &str) -> Vec<u8> {
    let digits = text.chars().filter(|character| *character != ' ');
    let digits: Vec<u32> = digits.map(|digit| digit.to_digit(16).unwrap()).collect();
    let pairs = digits.chunks(2);
    pairs
        .map(|pair| u8::try_from(pair[0] << 4 | pair[1]).unwrap())
        .collect()
}

/// The other way round.
#[cfg(test)]
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::{write_bytes, write_decimal, write_hexadecimal, write_padded, write_socket};
    use proptest::prelude::*;
    use std::fmt;
    use std::net::SocketAddr;

    fn written(write: impl FnOnce(&mut String) -> fmt::Result) -> String {
        let mut text = String::new();
        write(&mut text).unwrap();
        text
    }

    #[test]
    fn bytes_are_kept_apart_and_nothing_else() {
        let bytes: Vec<u8> = (0..40).collect();
        for length in [0, 1, 6, 16, 17, 32, 33, 40] {
            let one_by_one: Vec<String> = bytes[..length].iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(
                written(|text| write_bytes(text, &bytes[..length], b':')),
                one_by_one.join(":")
            );
        }
    }

    proptest! {
        #[test]
        fn numbers_are_as_the_library_writes_them(number: u64, digits in 0_usize..=16) {
            prop_assert_eq!(written(|text| write_decimal(text, number)), number.to_string());
            prop_assert_eq!(written(|text| write_padded(text, number, digits)), format!("{number:0digits$}"));
            let below = u128::from(number) % (1 << (4 * digits));
            let expected = if digits == 0 { "0x".to_owned() } else { format!("0x{below:0digits$x}") };
            prop_assert_eq!(written(|text| write_hexadecimal(text, number, digits)), expected);
        }

        #[test]
        fn sockets_are_as_the_library_writes_them(address: std::net::IpAddr, port: u16) {
            let socket = SocketAddr::from((address, port));
            prop_assert_eq!(written(|text| write_socket(text, socket)), socket.to_string());
        }
    }
}
