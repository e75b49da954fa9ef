//! The conversations that are remembered: found by key and by number, the least recently seen one given up first.

use std::hash::{BuildHasher as _, RandomState};

use hashbrown::HashTable;

use super::key::Key;
use super::record::Record;

/// Records a chunk. In chunks, so that growing never copies what is there, nor needs room for both copies.
const CHUNK: usize = 1024;
/// No record.
const NOBODY: u32 = u32::MAX;

#[derive(Debug)]
struct Slot {
    record: Record,
    /// Neighbours in the order of last use; of a free slot `older` is the next free one.
    older: u32,
    newer: u32,
}

/// A bounded number of records.
#[derive(Debug)]
pub(super) struct Store {
    chunks: Vec<Vec<Slot>>,
    most: usize,
    count: usize,
    oldest: u32,
    newest: u32,
    /// Slots by key. The standard library's hash has a secret, so nobody can choose addresses that collide.
    by_key: HashTable<u32>,
    by_number: HashTable<u32>,
    secret: RandomState,
    forgotten: u64,
}

impl Store {
    pub(super) fn new(most: usize) -> Self {
        Self {
            chunks: Vec::new(),
            most: most.clamp(1, NOBODY as usize - 1),
            count: 0,
            oldest: NOBODY,
            newest: NOBODY,
            by_key: HashTable::new(),
            by_number: HashTable::new(),
            secret: RandomState::new(),
            forgotten: 0,
        }
    }

    /// How many had to leave.
    pub(super) const fn forgotten(&self) -> u64 {
        self.forgotten
    }

    fn slot(&self, index: u32) -> Option<&Slot> {
        let index = index as usize;
        self.chunks.get(index / CHUNK)?.get(index % CHUNK)
    }

    fn slot_mut(&mut self, index: u32) -> Option<&mut Slot> {
        let index = index as usize;
        self.chunks.get_mut(index / CHUNK)?.get_mut(index % CHUNK)
    }

    /// Where the latest conversation with this key is.
    pub(super) fn find(&self, key: &Key) -> Option<u32> {
        let hash = self.secret.hash_one(key);
        let is_it = |&index: &u32| self.slot(index).is_some_and(|slot| slot.record.key == *key);
        self.by_key.find(hash, is_it).copied()
    }

    /// The conversation of this number.
    pub(super) fn numbered(&self, number: u64) -> Option<&Record> {
        let hash = self.secret.hash_one(number);
        let is_it = |&index: &u32| self.slot(index).is_some_and(|slot| slot.record.number == number);
        let index = *self.by_number.find(hash, is_it)?;
        self.slot(index).map(|slot| &slot.record)
    }

    pub(super) fn get(&self, index: u32) -> Option<&Record> {
        self.slot(index).map(|slot| &slot.record)
    }

    /// The record there, which is now the most recently seen one.
    pub(super) fn touch(&mut self, index: u32) -> Option<&mut Record> {
        if self.newest != index {
            self.unlink(index);
            self.link(index);
        }
        self.slot_mut(index).map(|slot| &mut slot.record)
    }

    /// Takes a new record in; from now on its key leads to it. Gives its place.
    pub(super) fn insert(&mut self, record: Record) -> u32 {
        let (key, number) = (record.key, record.number);
        let slot = Slot {
            record,
            older: NOBODY,
            newer: NOBODY,
        };
        let index = if self.count >= self.most {
            self.replace_oldest(slot)
        } else {
            self.append(slot)
        };
        self.link(index);
        self.enter(key, number, index);
        index
    }

    /// Every record, in no order.
    pub(super) fn all(&self) -> impl Iterator<Item = &Record> {
        self.chunks.iter().flatten().map(|slot| &slot.record)
    }

    fn append(&mut self, slot: Slot) -> u32 {
        let index = self.count;
        self.count += 1;
        if index.is_multiple_of(CHUNK) {
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
        u32::try_from(index).unwrap_or(NOBODY)
    }

    fn replace_oldest(&mut self, slot: Slot) -> u32 {
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

    fn enter(&mut self, key: Key, number: u64, index: u32) {
        let Self {
            chunks,
            by_key,
            by_number,
            secret,
            ..
        } = self;
        let record = |index: u32| {
            let index = index as usize;
            chunks.get(index / CHUNK)?.get(index % CHUNK).map(|slot| &slot.record)
        };
        let hash_of_key = |&index: &u32| record(index).map_or(0, |record| secret.hash_one(record.key));
        let hash_of_number = |&index: &u32| record(index).map_or(0, |record| secret.hash_one(record.number));
        let hash = secret.hash_one(key);
        let same = |&index: &u32| record(index).is_some_and(|record| record.key == key);
        match by_key.find_mut(hash, same) {
            Some(place) => *place = index,
            None => {
                by_key.insert_unique(hash, index, hash_of_key);
            }
        }
        by_number.insert_unique(secret.hash_one(number), index, hash_of_number);
    }

    /// Takes the slot out of the indexes. A later conversation with the same key stays found.
    fn leave(&mut self, key: &Key, number: u64, index: u32) {
        if let Ok(entry) = self.by_key.find_entry(self.secret.hash_one(key), |&at| at == index) {
            entry.remove();
        }
        if let Ok(entry) = self
            .by_number
            .find_entry(self.secret.hash_one(number), |&at| at == index)
        {
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
            slot.newer = NOBODY;
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
    use crate::flow::record::Protocol;
    use crate::flow::stream::Stream;
    use crate::flow::tcp::Tcp;

    #[test]
    fn a_record_is_small() {
        let sizes = (
            size_of::<Slot>(),
            size_of::<Protocol>(),
            size_of::<Tcp>(),
            size_of::<Stream>(),
        );
        assert!(sizes.0 <= 256, "{sizes:?}");
    }
}
