//! Which interface a packet passed, where a capture has several: `any`, or a file of more than one.

use std::collections::HashMap;
use std::sync::Arc;

use crate::escape::printable;
use crate::frame::{Direction, Frame};
#[cfg(unix)]
use crate::os::interfaces::interface_name;
use crate::record::InterfaceDescription;
use crate::wire::LinkType;

/// The most names that are kept; an interface that comes and goes gets a new number.
const MOST: usize = 1024;

/// The names of the interfaces of a capture.
#[derive(Default)]
pub(super) struct InterfaceNames {
    /// The interfaces are those of this machine, now.
    is_live: bool,
    /// By number, with the direction.
    known: HashMap<(u32, u16), Arc<str>>,
    /// Of a file, by its own numbers.
    described: Vec<Option<Arc<str>>>,
}

impl InterfaceNames {
    /// Those of this machine, or those of a file.
    #[must_use]
    pub(super) fn new(is_live: bool) -> Self {
        Self {
            is_live,
            ..Self::default()
        }
    }

    /// What the file says of its interfaces so far.
    pub(super) fn describe(&mut self, interfaces: &[InterfaceDescription]) {
        if interfaces.len() != self.described.len() {
            let name = |one: &InterfaceDescription| {
                let name = one.name.as_ref()?;
                Some(printable(name.as_bytes()).as_ref().into())
            };
            self.described = interfaces.iter().map(name).collect();
        }
    }

    /// The interface's name, and where it is known the direction, as tcpdump writes it. `None` where the capture has one interface.
    pub(super) fn of(&mut self, frame: &Frame<'_>) -> Option<Arc<str>> {
        if frame.link == LinkType::LINUX_SLL2 {
            return self.of_any(frame);
        }
        if self.described.len() < 2 {
            return None;
        }
        let number = frame.interface;
        let named = self.described.get(usize::try_from(number).ok()?)?.clone();
        let direction = match frame.direction {
            None => "",
            Some(Direction::Inbound) => " In",
            Some(Direction::Outbound) => " Out",
        };
        // Above every packet type of Linux cooked v2.
        let key = (number, u16::MAX - u16::try_from(direction.len()).unwrap_or(0));
        Some(self.cached(key, || match named {
            Some(name) => format!("{name}{direction}"),
            None => format!("interface {number}{direction}"),
        }))
    }

    /// The header of Linux cooked v2 has the number at byte 4 and the type of the packet at byte 10.
    fn of_any(&mut self, frame: &Frame<'_>) -> Option<Arc<str>> {
        let number = u32::from_be_bytes(*frame.bytes.get(4..)?.first_chunk()?);
        let kind = *frame.bytes.get(10)?;
        // packet(7), sll_pkttype.
        let direction = match kind {
            0 => "In",
            1 => "B",
            2 => "M",
            3 => "P",
            4 => "Out",
            _ => "?",
        };
        let is_live = self.is_live;
        Some(self.cached((number, kind.into()), || {
            #[cfg(unix)]
            let named = is_live.then(|| interface_name(number));
            #[cfg(not(unix))]
            let named: Option<String> = is_live.then(|| number.to_string());
            // A file has the number alone, and another machine has other numbers.
            let name = named.unwrap_or_else(|| format!("if{number}"));
            format!("{} {direction}", printable(name.as_bytes()))
        }))
    }

    fn cached(&mut self, key: (u32, u16), make: impl FnOnce() -> String) -> Arc<str> {
        if self.known.len() >= MOST {
            self.known.clear();
        }
        Arc::clone(self.known.entry(key).or_insert_with(|| make().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::{Direction, Frame, InterfaceDescription, InterfaceNames, LinkType};

    fn cooked(number: u8, kind: u8) -> Frame<'static> {
        let bytes = [8, 0, 0, 0, 0, 0, 0, number, 0, 1, kind, 6, 0, 0, 0, 0, 0, 0, 0, 0];
        Frame::new(None, LinkType::LINUX_SLL2, bytes.to_vec())
    }

    #[test]
    fn any_names_interface_and_direction() {
        let mut file = InterfaceNames::new(false);
        assert_eq!(file.of(&cooked(2, 0)).as_deref(), Some("if2 In"));
        assert_eq!(file.of(&cooked(3, 4)).as_deref(), Some("if3 Out"));
        assert_eq!(file.of(&Frame::new(None, LinkType::LINUX_SLL2, vec![0; 7])), None);
        let lo = socket_number();
        let mut live = InterfaceNames::new(true);
        assert_eq!(live.of(&cooked(lo, 0)).as_deref(), Some("lo In"));
    }

    fn socket_number() -> u8 {
        u8::try_from(nix::net::if_::if_nametoindex("lo").unwrap()).unwrap()
    }

    #[test]
    fn a_file_names_its_interfaces_when_it_has_several() {
        let mut names = InterfaceNames::new(false);
        let described = |name: Option<&str>| InterfaceDescription {
            name: name.map(str::to_owned),
            ..InterfaceDescription::new(LinkType::ETHERNET)
        };
        let frame = |interface| Frame {
            interface,
            ..Frame::new(None, LinkType::ETHERNET, vec![0; 14])
        };
        names.describe(&[described(Some("eth0"))]);
        assert_eq!(names.of(&frame(0)), None);
        names.describe(&[described(Some("eth0")), described(None)]);
        assert_eq!(names.of(&frame(0)).as_deref(), Some("eth0"));
        assert_eq!(names.of(&frame(1)).as_deref(), Some("interface 1"));
        assert_eq!(names.of(&frame(2)), None);
        let sent = |interface| Frame {
            direction: Some(Direction::Outbound),
            ..frame(interface)
        };
        assert_eq!(names.of(&sent(0)).as_deref(), Some("eth0 Out"));
        assert_eq!(names.of(&sent(1)).as_deref(), Some("interface 1 Out"));
        assert_eq!(names.of(&frame(0)).as_deref(), Some("eth0"), "others are known by now");
    }
}
