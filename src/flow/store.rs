//! The conversations that are remembered: found by key and by number, the least recently seen one given up first.

use std::hash::{BuildHasher as _, RandomState};

use hashbrown::HashTable;

use super::key::Key;
use super::record::Record;

/// Records a chunk. In chunks, so that growing never copies what is there, nor needs room for both copies.
const CHUNK: usize = 1024;
/// No record.
const NIL: u32 = u32::MAX;

#[derive(Debug)]
struct Slot {
    record: Record,
    /// Neighbours in the order of last use; of a free slot `older` is the next free one.
    older: u32,
    newer: u32,
}

fn slot(chunks: &[Vec<Slot>], index: u32) -> Option<&Slot> {
    let index = index as usize;
    chunks.get(index / CHUNK)?.get(index % CHUNK)
}

fn record(chunks: &[Vec<Slot>], index: u32) -> Option<&Record> {
    slot(chunks, index).map(|slot| &slot.record)
}

/// A bounded number of records.
#[derive(Debug)]
pub(super) struct Store {
    chunks: Vec<Vec<Slot>>,
    most: usize,
    count: usize,
    oldest: u32,
    newest: u32,
    /// Slots by key. The standard library's hash has a secret, so addresses that collide cannot be chosen.
    by_key: HashTable<u32>,
    /// Slots by number, once a record has left: until then they stand in the order of their numbers.
    by_number: Option<HashTable<u32>>,
    secret: RandomState,
    forgotten: u64,
}

impl Store {
    pub(super) fn new(most: usize) -> Self {
        Self {
            chunks: Vec::new(),
            most: most.clamp(1, NIL as usize - 1),
            count: 0,
            oldest: NIL,
            newest: NIL,
            by_key: HashTable::new(),
            by_number: None,
            secret: RandomState::new(),
            forgotten: 0,
        }
    }

    /// How many had to leave.
    pub(super) const fn forgotten(&self) -> u64 {
        self.forgotten
    }

    fn slot(&self, index: u32) -> Option<&Slot> {
        slot(&self.chunks, index)
    }

    fn slot_mut(&mut self, index: u32) -> Option<&mut Slot> {
        let index = index as usize;
        self.chunks.get_mut(index / CHUNK)?.get_mut(index % CHUNK)
    }

    /// Where the latest conversation with this key is.
    pub(super) fn find(&self, key: &Key) -> Option<u32> {
        let hash = self.secret.hash_one(key);
        let is_it = |&index: &u32| self.get(index).is_some_and(|record| record.key == *key);
        self.by_key.find(hash, is_it).copied()
    }

    /// The conversation of this number.
    pub(super) fn numbered(&self, number: u64) -> Option<&Record> {
        let is_it = |&index: &u32| self.get(index).is_some_and(|record| record.number == number);
        let index = match &self.by_number {
            Some(slots) => *slots.find(self.secret.hash_one(number), is_it)?,
            None => u32::try_from(number.checked_sub(1)?).ok()?,
        };
        self.get(index)
    }

    pub(super) fn get(&self, index: u32) -> Option<&Record> {
        record(&self.chunks, index)
    }

    /// The record there, which is now the most recently seen one.
    pub(super) fn touch(&mut self, index: u32) -> Option<&mut Record> {
        if self.newest != index {
            self.unlink(index);
            self.link(index);
        }
        self.slot_mut(index).map(|slot| &mut slot.record)
    }

    /// Takes a new record in, whose number is one more than that of the record before; from now on its key leads to it. Gives
    /// its place.
    pub(super) fn insert(&mut self, record: Record) -> u32 {
        let (key, number) = (record.key, record.number);
        let slot = Slot {
            record,
            older: NIL,
            newer: NIL,
        };
        let index = if self.count >= self.most {
            self.replace_oldest(slot)
        } else {
            self.append(slot)
        };
        self.link(index);
        self.enter_key(key, index);
        self.enter_number(number, index);
        index
    }

    /// Every record, in no order.
    pub(super) fn all(&self) -> impl Iterator<Item = &Record> {
        self.chunks.iter().flatten().map(|slot| &slot.record)
    }

    fn append(&mut self, slot: Slot) -> u32 {
        let index = self.count;
        self.count += 1;
        if index % CHUNK == 0 {
            // The first ones grow with their number: a small capture needs little.
            self.chunks.push(if index == 0 {
                Vec::new()
            } else {
                Vec::with_capacity(CHUNK)
            });
        }
        if let Some(chunk) = self.chunks.last_mut() {
            chunk.push(slot);
        }
        u32::try_from(index).unwrap_or(NIL)
    }

    fn replace_oldest(&mut self, slot: Slot) -> u32 {
        if self.by_number.is_none() {
            self.by_number = Some(self.numbers());
        }
        let index = self.oldest;
        self.unlink(index);
        if let Some((key, number)) = self.get(index).map(|record| (record.key, record.number)) {
            self.leave(&key, number, index);
        }
        if let Some(place) = self.slot_mut(index) {
            *place = slot;
        }
        self.forgotten += 1;
        index
    }

    /// All slots by number.
    fn numbers(&self) -> HashTable<u32> {
        let hash = |index: &u32| self.get(*index).map_or(0, |record| self.secret.hash_one(record.number));
        let mut slots = HashTable::with_capacity(self.count);
        for index in (0..NIL).take(self.count) {
            slots.insert_unique(hash(&index), index, hash);
        }
        slots
    }

    /// From now on the key of this record leads to it again.
    pub(super) fn return_to(&mut self, index: u32) {
        if let Some(key) = self.get(index).map(|record| record.key) {
            self.enter_key(key, index);
        }
    }

    /// Where the conversation before this one with the same key is, if it is still remembered.
    pub(super) fn previous(&self, index: u32) -> Option<u32> {
        let record = self.get(index)?;
        let earlier = self.get(record.previous)?;
        (earlier.key == record.key && earlier.number < record.number).then_some(record.previous)
    }

    fn enter_key(&mut self, key: Key, index: u32) {
        let Self {
            chunks, by_key, secret, ..
        } = self;
        let hash = |&index: &u32| record(chunks, index).map_or(0, |record| secret.hash_one(record.key));
        let same = |&index: &u32| record(chunks, index).is_some_and(|record| record.key == key);
        match by_key.find_mut(secret.hash_one(key), same) {
            Some(place) => *place = index,
            None => {
                by_key.insert_unique(secret.hash_one(key), index, hash);
            }
        }
    }

    fn enter_number(&mut self, number: u64, index: u32) {
        let Self {
            chunks,
            by_number: Some(slots),
            secret,
            ..
        } = self
        else {
            return;
        };
        let hash = |&index: &u32| record(chunks, index).map_or(0, |record| secret.hash_one(record.number));
        slots.insert_unique(secret.hash_one(number), index, hash);
    }

    /// Takes the slot out of the indexes. A later conversation with the same key stays found.
    fn leave(&mut self, key: &Key, number: u64, index: u32) {
        if let Ok(entry) = self.by_key.find_entry(self.secret.hash_one(key), |&at| at == index) {
            entry.remove();
        }
        let Some(slots) = &mut self.by_number else { return };
        if let Ok(entry) = slots.find_entry(self.secret.hash_one(number), |&at| at == index) {
            entry.remove();
        }
    }

    fn unlink(&mut self, index: u32) {
        let Some((older, newer)) = self.slot(index).map(|slot| (slot.older, slot.newer)) else {
            return;
        };
        match self.slot_mut(older) {
            Some(slot) => slot.newer = newer,
            None => self.oldest = newer,
        }
        match self.slot_mut(newer) {
            Some(slot) => slot.older = older,
            None => self.newest = older,
        }
    }

    fn link(&mut self, index: u32) {
        let before = self.newest;
        if let Some(slot) = self.slot_mut(index) {
            slot.older = before;
            slot.newer = NIL;
        }
        match self.slot_mut(before) {
            Some(slot) => slot.newer = index,
            None => self.oldest = index,
        }
        self.newest = index;
    }
}

#[cfg(test)]
mod tests {
    use super::Slot;
    use crate::flow::record::ProtocolRecord;
    use crate::flow::stream::Stream;
    use crate::flow::tcp::Tcp;

    #[test]
    fn a_record_is_small() {
        let sizes = (
            size_of::<Slot>(),
            size_of::<ProtocolRecord>(),
            size_of::<Tcp>(),
            size_of::<Stream>(),
        );
        // Finding it again takes up to 12 bytes more.
        assert!(sizes.0 <= 304, "{sizes:?}");
    }
}
