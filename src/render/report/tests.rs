//! Written with the exports' other tests.
