//! The shape of the tree, held against what it says of itself.
//!
//! - `tree`: who imports whom, where unsafe code is, how long files are, what the texts point to;
//! - `cycles`: no two files of src refer to each other, not even through others;
//! - `examples`: small made-up crates for what finds the circles;
//! - `source` and `modules`: files, words, modules and paths, as far as these tests need them.

#[cfg(test)]
mod cycles;
#[cfg(test)]
mod examples;
#[cfg(test)]
mod modules;
#[cfg(test)]
mod source;
#[cfg(test)]
mod tree;
