//! What is said of one concept.

/// A concept of networking: what it is, where you can see it, what you can try.
#[derive(Debug)]
pub struct Concept {
    /// The word to ask for it.
    pub name: &'static str,
    /// Other usual names, Wireshark's among them.
    pub other_names: &'static [&'static str],
    /// Fields of headers that carry it, by a word that `--explain` knows; mostly none.
    pub fields: &'static [&'static str],
    /// What it is: 3 to 6 sentences.
    pub sentences: &'static [&'static str],
    /// Where a recorded run of this project shows it.
    pub example: Example,
    /// What you can try yourself.
    pub attempt: Attempt,
    /// RFC and section, or manual page.
    pub source: &'static str,
}

/// A recorded run that shows a concept.
#[derive(Debug)]
pub struct Example {
    /// The command that shows the packets.
    pub command: &'static str,
    /// What to notice there.
    pub notice: &'static str,
    /// What the command prints, so that a test holds the notice against it. White space does not matter.
    pub shows: &'static [&'static str],
}

/// A command to try.
#[derive(Debug)]
pub struct Attempt {
    /// The command.
    pub command: &'static str,
    /// What to look for.
    pub notice: &'static str,
}
