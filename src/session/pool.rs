//! Several threads that turn packets into text, in the order of the packets.
//!
//! Reading a file and following its conversations works packet by packet, and takes little time. Making the text of a packet
//! takes much time, and needs no other packet once the conversation has been followed. So threads get the packets in batches,
//! and the texts are written in the order of the batches.

use std::io::{self, Write};
use std::num::NonZero;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{self, JoinHandle};

/// Number of packets that are handed out at once.
const BATCH: usize = 128;
/// Number of batches that may wait for each thread: the memory is bounded, and no thread is idle while another one's text is
/// written.
const WAITING: usize = 4;
/// More threads than this find no more work: one reads.
const MOST: usize = 8;

/// Makes text of packets.
pub(super) trait Render<T>: Clone + Send + 'static {
    /// Adds the text of a packet.
    fn work(&self, job: &T, text: &mut Vec<u8>);
}

/// Threads at work.
pub(super) struct RenderPool<T> {
    workers: Vec<Worker<T>>,
    batch: Batch<T>,
    /// Batches whose text was written: their memory serves the next ones.
    spare: Vec<Batch<T>>,
    /// How many batches were handed out, and how many came back.
    handed_out: usize,
    taken_back: usize,
}

/// Packets on their way to a thread, and their text on its way back.
struct Batch<T> {
    jobs: Vec<T>,
    text: Vec<u8>,
}

struct Worker<T> {
    jobs: Option<SyncSender<Batch<T>>>,
    texts: Receiver<Batch<T>>,
    thread: Option<JoinHandle<()>>,
}

/// Why there is no more text.
#[derive(Debug)]
pub(super) enum PoolError {
    /// It could not be written.
    Failed(io::Error),
    /// A thread ended, by a panic, before it had made its text.
    Ended,
}

impl From<io::Error> for PoolError {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl<T: Send + 'static> RenderPool<T> {
    /// As many threads as the machine has processors, [`MOST`] at most. `None` where it has one only, or gives no threads.
    pub(super) fn new(craft: &impl Render<T>) -> Option<Self> {
        let count = thread::available_parallelism().map_or(1, NonZero::get).min(MOST);
        if count < 2 {
            return None;
        }
        Self::with(count, craft)
    }

    fn with(count: usize, craft: &impl Render<T>) -> Option<Self> {
        let workers = (0..count)
            .map(|_| Worker::new(craft.clone()))
            .collect::<Option<Vec<_>>>()?;
        Some(Self {
            workers,
            batch: Batch::new(),
            spare: Vec::new(),
            handed_out: 0,
            taken_back: 0,
        })
    }

    /// Takes a packet; writes the text of earlier ones when it is time.
    ///
    /// # Errors
    /// Those of the writer; a thread that ended early, once all text before is written.
    pub(super) fn add(&mut self, job: T, output: &mut impl Write) -> Result<(), PoolError> {
        self.batch.jobs.push(job);
        if self.batch.jobs.len() < BATCH {
            return Ok(());
        }
        self.hand_out();
        let waits = self.handed_out - self.taken_back >= WAITING * self.workers.len();
        if waits { self.take_back(output) } else { Ok(()) }
    }

    /// Writes all text that is still to come.
    ///
    /// # Errors
    /// As [`Self::add`].
    pub(super) fn finish(&mut self, output: &mut impl Write) -> Result<(), PoolError> {
        if !self.batch.jobs.is_empty() {
            self.hand_out();
        }
        while self.taken_back < self.handed_out {
            self.take_back(output)?;
        }
        Ok(())
    }

    fn hand_out(&mut self) {
        let next = self.spare.pop().unwrap_or_else(Batch::new);
        let batch = std::mem::replace(&mut self.batch, next);
        let index = self.handed_out % self.workers.len();
        self.handed_out += 1;
        if let Some(jobs) = self.workers.get(index).and_then(|worker| worker.jobs.as_ref()) {
            // A thread that has ended takes nothing: its text is missed, and that is said, when its turn comes.
            let _ = jobs.send(batch);
        }
    }

    fn take_back(&mut self, output: &mut impl Write) -> Result<(), PoolError> {
        let index = self.taken_back % self.workers.len();
        self.taken_back += 1;
        let worker = self.workers.get(index).ok_or(PoolError::Ended)?;
        let mut batch = worker.texts.recv().map_err(|_| PoolError::Ended)?;
        output.write_all(&batch.text)?;
        batch.text.clear();
        self.spare.push(batch);
        Ok(())
    }
}

impl<T> Batch<T> {
    fn new() -> Self {
        Self {
            jobs: Vec::with_capacity(BATCH),
            text: Vec::new(),
        }
    }
}

impl<T: Send + 'static> Worker<T> {
    fn new(craft: impl Render<T>) -> Option<Self> {
        let (jobs, todo) = sync_channel::<Batch<T>>(WAITING);
        // As many as are ever under way at one thread: it never waits for room.
        let (done, texts) = sync_channel(WAITING);
        let work = move || {
            while let Ok(mut batch) = todo.recv() {
                for job in batch.jobs.drain(..) {
                    craft.work(&job, &mut batch.text);
                }
                if done.send(batch).is_err() {
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
        if let Some(thread) = self.thread.take() {
            // Should it have panicked, its message was printed, and its missing text said.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{BATCH, PoolError, Render, RenderPool};

    /// Takes longer for some than for others.
    #[derive(Clone)]
    struct Uneven;

    impl Render<u64> for Uneven {
        fn work(&self, job: &u64, text: &mut Vec<u8>) {
            if job % 97 == 0 {
                std::thread::sleep(std::time::Duration::from_micros(300));
            }
            text.extend(format!("{job}\n").bytes());
        }
    }

    /// Fails at a packet of this number.
    #[derive(Clone)]
    struct Mortal(u64);

    impl Render<u64> for Mortal {
        fn work(&self, job: &u64, text: &mut Vec<u8>) {
            assert_ne!(*job, self.0, "as is wanted here");
            Uneven.work(job, text);
        }
    }

    fn all_of(pool: &mut RenderPool<u64>, count: u64) -> (String, Result<(), PoolError>) {
        let mut text = Vec::new();
        let added = (0..count).try_for_each(|job| pool.add(job, &mut text));
        let ended = added.and_then(|()| pool.finish(&mut text));
        (String::from_utf8(text).unwrap(), ended)
    }

    fn expected(count: u64) -> String {
        let lines: Vec<String> = (0..count).map(|job| format!("{job}\n")).collect();
        lines.concat()
    }

    #[test]
    fn the_texts_come_in_the_order_of_the_packets() {
        for count in [0, 1, BATCH as u64, 20_011] {
            let (text, ended) = all_of(&mut RenderPool::with(3, &Uneven).unwrap(), count);
            assert!(ended.is_ok() && text == expected(count), "{count}");
        }
    }

    #[test]
    fn a_thread_that_ends_early_is_said_and_all_text_before_it_is_there() {
        let batch = BATCH as u64;
        for dead in [0, batch - 1, batch, 7 * batch + 3, 20_010] {
            let (text, ended) = all_of(&mut RenderPool::with(2, &Mortal(dead)).unwrap(), 20_011);
            assert!(matches!(ended, Err(PoolError::Ended)), "{dead}: {ended:?}");
            assert!(text == expected(dead / batch * batch), "{dead}");
        }
    }

    #[test]
    fn what_cannot_be_written_is_an_error() {
        let mut pool = RenderPool::with(2, &Uneven).unwrap();
        let mut room = [0; 1000];
        let mut output = &mut room[..];
        let ended = (0..5_000).try_for_each(|job| pool.add(job, &mut output));
        assert!(matches!(ended, Err(PoolError::Failed(_))), "{ended:?}");
    }

    #[test]
    fn a_crew_that_is_left_in_the_middle_ends() {
        let mut pool = RenderPool::with(2, &Uneven).unwrap();
        for job in 0..5_000 {
            pool.add(job, &mut Vec::new()).unwrap();
        }
        drop(pool);
    }
}
