//! Fixed tests.
