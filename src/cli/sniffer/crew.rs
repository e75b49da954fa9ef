//! Several threads that turn packets into text, in the order of the packets.
//!
//! Reading a file and following its conversations has to go packet by packet, and takes little time. Making text of a packet
//! takes much, and needs nothing of other packets once it is known what the packet does in its conversation. So the packets
//! are handed out in batches, and the texts are written in the order of the batches.

use std::num::NonZero;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// So many packets are handed out at once.
const BATCH: usize = 128;
/// So many batches may wait for each thread: the memory is bounded, and no thread is idle while another one's text is
/// written.
const WAITING: usize = 4;
/// More threads than this find no more work: one reads.
const MOST: usize = 8;

/// Makes text of packets.
pub(super) trait Craft<T>: Clone + Send + 'static {
    /// Adds the text of a packet.
    fn work(&self, job: &T, text: &mut Vec<u8>);
}

/// Threads at work.
pub(super) struct Crew<T> {
    workers: Vec<Worker<T>>,
    batch: Vec<T>,
    /// How many batches were handed out, and how many texts came back.
    handed_out: usize,
    taken_back: usize,
}

struct Worker<T> {
    jobs: Option<SyncSender<Vec<T>>>,
    texts: Receiver<Vec<u8>>,
    thread: Option<JoinHandle<()>>,
}

impl<T: Send + 'static> Crew<T> {
    /// As many threads as the machine has processors. `None` where it has one only, or gives no threads.
    pub(super) fn new(craft: &impl Craft<T>) -> Option<Self> {
        let count = thread::available_parallelism().map_or(1, NonZero::get).min(MOST);
        if count < 2 {
            return None;
        }
        let workers = (0..count)
            .map(|_| Worker::new(craft.clone()))
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            workers,
            batch: Vec::with_capacity(BATCH),
            handed_out: 0,
            taken_back: 0,
        })
    }

    /// Takes a packet; gives the text of earlier ones when there is one.
    pub(super) fn add(&mut self, job: T) -> Option<Vec<u8>> {
        self.batch.push(job);
        if self.batch.len() < BATCH {
            return None;
        }
        self.hand_out();
        let waits = self.handed_out - self.taken_back >= WAITING * self.workers.len();
        if waits { self.take_back() } else { None }
    }

    /// The next text of those that are still to come; `None` when all have come.
    pub(super) fn finish(&mut self) -> Option<Vec<u8>> {
        if !self.batch.is_empty() {
            self.hand_out();
        }
        (self.taken_back < self.handed_out).then(|| self.take_back())?
    }

    fn hand_out(&mut self) {
        let batch = std::mem::replace(&mut self.batch, Vec::with_capacity(BATCH));
        let index = self.handed_out % self.workers.len();
        self.handed_out += 1;
        if let Some(jobs) = self.workers.get(index).and_then(|worker| worker.jobs.as_ref()) {
            // A worker never ends before its queue is closed; should it have panicked, its text is missed below.
            let _ = jobs.send(batch);
        }
    }

    fn take_back(&mut self) -> Option<Vec<u8>> {
        let index = self.taken_back % self.workers.len();
        self.taken_back += 1;
        self.workers.get(index)?.texts.recv().ok()
    }
}

impl<T: Send + 'static> Worker<T> {
    fn new(craft: impl Craft<T>) -> Option<Self> {
        let (jobs, todo) = sync_channel::<Vec<T>>(WAITING);
        let (done, texts) = sync_channel(WAITING);
        let work = move || {
            let mut length = 0;
            while let Ok(batch) = todo.recv() {
                let mut text = Vec::with_capacity(length);
                for job in &batch {
                    craft.work(job, &mut text);
                }
                // The next one will be about as long.
                length = text.len() + text.len() / 8;
                if done.send(text).is_err() {
                    return;
                }
            }
        };
        let thread = thread::Builder::new().name("render".to_owned()).spawn(work).ok()?;
        Some(Self {
            jobs: Some(jobs),
            texts,
            thread: Some(thread),
        })
    }
}

impl<T> Drop for Worker<T> {
    fn drop(&mut self) {
        self.jobs = None;
        // A thread that waits for room goes on; the last text comes before its end.
        while self.texts.recv().is_ok() {}
        if let Some(thread) = self.thread.take() {
            // Should it have panicked, its message was printed.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BATCH, Craft, Crew};

    /// Takes longer for some than for others.
    #[derive(Clone)]
    struct Uneven;

    impl Craft<u64> for Uneven {
        fn work(&self, job: &u64, text: &mut Vec<u8>) {
            if job.is_multiple_of(97) {
                std::thread::sleep(std::time::Duration::from_micros(300));
            }
            text.extend(format!("{job}\n").bytes());
        }
    }

    #[test]
    fn the_texts_come_in_the_order_of_the_packets() {
        for count in [0, 1, BATCH as u64, 20_011] {
            let Some(mut crew) = Crew::new(&Uneven) else { return };
            let mut text = Vec::new();
            for job in 0..count {
                text.extend(crew.add(job).unwrap_or_default());
            }
            while let Some(more) = crew.finish() {
                text.extend(more);
            }
            let expected: Vec<String> = (0..count).map(|job| job.to_string()).collect();
            let text = String::from_utf8(text).unwrap();
            assert!(text.lines().eq(expected.iter()), "{count}");
        }
    }

    #[test]
    fn a_crew_that_is_left_in_the_middle_ends() {
        let Some(mut crew) = Crew::new(&Uneven) else { return };
        for job in 0..5_000 {
            let _ = crew.add(job);
        }
        drop(crew);
    }
}
