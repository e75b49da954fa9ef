//! Real packets drawn; any packet drawn without harm.
use super::super::Style;
use super::*;
use crate::wire::{LinkType, decode};

fn drawn(link: LinkType, bytes: &[u8], original: u32, style: Style) -> String {
    let packet = decode(link, bytes, original);
    let mut out = Vec::new();
    write(&mut out, &packet, 1, style).unwrap();
    String::from_utf8(out).unwrap()
}
