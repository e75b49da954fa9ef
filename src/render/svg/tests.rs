use super::canvas::{Anchor, Canvas};
use super::{Picture, STYLE, write};

#[test]
fn a_text_is_no_markup() {
    let mut canvas = Canvas::default();
    canvas.text("words", (1, 2), Anchor::Start, "<script>&\"\x1b");
    canvas.link("x", "a\"b", "'");
    let body = canvas.into_body();
    assert!(body.contains(">&lt;script&gt;&amp;&quot;\\x1b</text>"), "{body}");
    assert!(body.contains(r##"href="#a&quot;b" aria-label="&#39;""##), "{body}");
}

/// What XML would read as markup ends the style, and with it the file.
#[test]
fn the_style_needs_no_escaping() {
    assert!(!STYLE.contains(['<', '&']));
    // Few programs besides browsers know variables.
    assert!(!STYLE.contains("var("));
}

#[test]
fn pictures_stand_below_each_other() {
    let picture = |size| Picture {
        title: "a & b".into(),
        description: String::new(),
        size,
        body: String::new(),
    };
    let mut output = Vec::new();
    write(&mut output, "<two>", &[picture((10, 20)), picture((30, 40))]).unwrap();
    let text = String::from_utf8(output).unwrap();
    assert!(text.contains(r#"width="30" height="108""#), "{text}");
    assert!(
        text.contains("translate(0 44)") && text.contains("<title>a &amp; b</title>"),
        "{text}"
    );
    assert!(text.contains("&lt;two&gt;"));
}
