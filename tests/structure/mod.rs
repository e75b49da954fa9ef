//! The shape of the tree, held against what it says of itself.
//!
//! - `tree`: who imports whom, where unsafe code is, how long files are, what the texts point to;
//! - `anchors`: the headings that pages link to are there;
//! - `cycles`: no two files of src refer to each other, not even through others;
//! - `examples`: small made-up crates for what finds the circles;
//! - `field_names`: a field's filter name is written in its descriptor only;
//! - `test_files`: every test file belongs to a program;
//! - `words`: words that hide what a sentence says are in no page, and in src they become fewer;
//! - `source` and `modules`: files, words, modules and paths, as far as these tests need them.

mod anchors;
mod cycles;
mod examples;
mod field_names;
mod modules;
mod source;
mod test_files;
mod tree;
mod words;
