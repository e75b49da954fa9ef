//! Two captures of one exchange, made at both ends of a real path, and copies of them with a known difference.

mod exports;
mod input;
mod real;
mod schema;
mod stage;
