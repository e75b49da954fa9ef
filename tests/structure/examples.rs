//! Small made-up crates: which circles are found in them.

use super::cycles::{Circle, circles, complaints};
use super::modules::{Files, Modules};

/// The circles of a crate, given as its files: name and text.
fn found(files: &[(&str, &str)]) -> Vec<Circle> {
    let files: Files = files
        .iter()
        .map(|(name, text)| (format!("src/{name}"), (*text).to_owned()))
        .collect();
    circles(&Modules::of_crate(&files, "src/lib.rs").references())
}

fn lines(files: &[(&str, &str)]) -> Vec<String> {
    found(files).iter().map(Circle::line).collect()
}

#[test]
fn two_files_that_name_each_other() {
    let circle = lines(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        ("b.rs", "pub struct B; fn f() { let _ = crate::a::A::new(); }"),
    ]);
    let expected = "2 files: src/a.rs -> src/b.rs (B); src/b.rs -> src/a.rs (A);";
    assert_eq!(circle, [expected]);
}

#[test]
fn three_files_in_a_ring_and_one_beside_it() {
    let circle = lines(&[
        ("lib.rs", "mod a; mod b; mod c; mod d;"),
        (
            "a.rs",
            "use crate::{b::{self, B as Other}, d::D}; pub fn a() { b::b() }",
        ),
        ("b.rs", "use crate::c::*; pub struct B; pub fn b() {}"),
        ("c.rs", "pub fn c() { crate::a::a() }"),
        ("d.rs", "pub struct D;"),
    ]);
    let expected = "3 files: src/a.rs -> src/b.rs (B, b); src/b.rs -> src/c.rs (*); \
                    src/c.rs -> src/a.rs (a);";
    assert_eq!(circle, [expected]);
}

#[test]
fn a_child_and_its_parent() {
    let parent = "mod child; pub struct P; fn f() { child::g() }";
    let circle = lines(&[
        ("lib.rs", "mod p;"),
        ("p/mod.rs", parent),
        ("p/child.rs", "use super::P; pub fn g() -> P { P }"),
    ]);
    let expected = "2 files: src/p/child.rs -> src/p/mod.rs (P); src/p/mod.rs -> src/p/child.rs (g);";
    assert_eq!(circle, [expected]);
    // The parent only says that it has a child.
    let none = found(&[
        ("lib.rs", "mod p;"),
        ("p.rs", "mod child; pub struct P;"),
        ("p/child.rs", "use super::P;"),
    ]);
    assert_eq!(none, []);
}

#[test]
fn a_name_that_another_file_hands_on_leads_to_where_it_is() {
    // Both names go through room/mod.rs, which is in no circle itself.
    let circle = lines(&[
        ("lib.rs", "mod room;"),
        ("room/mod.rs", "mod a; mod b; pub use self::a::A; pub use b::*;"),
        ("room/a.rs", "use crate::room::B; pub struct A(B);"),
        ("room/b.rs", "pub struct B(Option<super::A>);"),
    ]);
    let expected = "2 files: src/room/a.rs -> src/room/b.rs (B); src/room/b.rs -> src/room/a.rs (A);";
    assert_eq!(circle, [expected]);
    // Here the parent only hands on, and one child uses the other.
    let none = found(&[
        ("lib.rs", "mod room;"),
        ("room/mod.rs", "mod a; mod b; pub use self::a::A; pub use b::B;"),
        ("room/a.rs", "use super::b; pub struct A(b::B);"),
        ("room/b.rs", "pub struct B;"),
    ]);
    assert_eq!(none, []);
}

#[test]
fn what_is_no_code_or_a_test_s_is_no_reference() {
    let none = found(&[
        ("lib.rs", "mod a; mod b; #[cfg(test)] mod tests;"),
        (
            "a.rs",
            "use crate::b::B; pub struct A(B); pub(in crate::a) fn f<'a>(c: &'a char) -> bool { *c == '\"' }",
        ),
        (
            "b.rs",
            "//! [`crate::a::A`]\n pub struct B; /* crate::a::A /* */ crate::a::A */\n\
             const T: &str = r#\"\" crate::a::A\"#; const U: &str = \"\\\" crate::a::A\";\n\
             #[cfg(test)] use crate::{a::A, b};\n #[cfg(test)] #[derive(Debug)] pub struct C { a: crate::a::A }\n\
             #[cfg(all(test, unix))] mod tests { use crate::a::A; }\n\
             // crate::a::A\n use std::a::A; fn f(m: std::cell::Cell<u8>) { m.a::<u8>(); other::a::A; }",
        ),
    ]);
    assert_eq!(none, []);
    // The same where it is code.
    let circle = found(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::B; pub struct A(B);"),
        (
            "b.rs",
            "pub struct B; #[cfg(not(test))] mod inner { fn f() { println!(\"{}\", super::super::a::A); } }",
        ),
    ]);
    assert_eq!(circle.len(), 1);
}

#[test]
fn what_other_crates_have_is_no_reference_to_the_file_that_imports_it() {
    let none = found(&[
        ("lib.rs", "mod p;"),
        (
            "p.rs",
            "use std::io; use std::time::Duration; mod child; fn f() { child::f() }",
        ),
        (
            "p/child.rs",
            "use super::{io, Duration}; pub fn f() -> io::Result<Duration> { loop {} }",
        ),
    ]);
    assert_eq!(none, []);
}

#[test]
fn globs_that_name_each_other_come_to_an_end() {
    let circle = found(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub use crate::b::*; fn f() { crate::b::missing::x() }"),
        ("b.rs", "pub use crate::a::*;"),
    ]);
    assert_eq!(circle.len(), 1);
}

#[test]
fn a_known_circle_is_no_complaint_and_has_to_leave_the_list_when_it_is_open() {
    let circle = found(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "use crate::b::B; pub struct A;"),
        ("b.rs", "use crate::a::A; pub struct B;"),
    ]);
    let known: &[&[&str]] = &[&["src/a.rs", "src/b.rs"]];
    assert_eq!(complaints(&circle, known), [""; 0]);
    assert_eq!(complaints(&circle, &[]).len(), 1);
    assert_eq!(complaints(&circle, &[&["src/a.rs"]]).len(), 1);
    let gone = complaints(&[], known);
    assert_eq!(gone.len(), 2);
    assert_eq!(gone[0], "src/a.rs is in no circle any more: take it off the list");
}
