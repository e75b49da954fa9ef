//! Pages and pictures: nothing from a packet becomes an element, an attribute, or a script.
//!
//! The reader here is stricter than a browser: a `<` that does not begin one of the known elements, an attribute that no
//! template has, or a value without quotes is an error. So whatever slips through the escaping is seen.

/// The elements of the templates and pictures.
const ELEMENTS: [&str; 61] = [
    "a", "article", "b", "body", "br", "button", "caption", "code", "dd", "desc", "details", "div", "dl", "dt", "em",
    "footer", "g", "h1", "h2", "h3", "h4", "h5", "head", "header", "html", "i", "input", "kbd", "label", "li", "line",
    "main", "meta", "nav", "noscript", "ol", "option", "p", "path", "pre", "q", "rect", "script", "section", "select",
    "small", "span", "strong", "style", "summary", "svg", "table", "tbody", "td", "template", "text", "th", "thead",
    "title", "tr", "ul",
];

/// Their attributes, but for those of pictures that are numbers.
const ATTRIBUTES: [&str; 48] = [
    "aria-hidden",
    "aria-label",
    "aria-labelledby",
    "autocomplete",
    "charset",
    "class",
    "content",
    "d",
    "data-c",
    "data-f",
    "data-layer",
    "data-words",
    "fill",
    "fill-opacity",
    "font-family",
    "font-size",
    "font-weight",
    "for",
    "height",
    "hidden",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "popover",
    "popovertarget",
    "popovertargetaction",
    "role",
    "scope",
    "spellcheck",
    "stroke",
    "stroke-dasharray",
    "stroke-width",
    "tabindex",
    "text-anchor",
    "transform",
    "type",
    "value",
    "viewbox",
    "width",
    "x",
    "x1",
    "x2",
    "xmlns",
    "y",
    "y1",
    "y2",
];

/// Checks a whole page, which has so many scripts of its own.
pub fn check_page(page: &[u8], scripts: usize) {
    let text = std::str::from_utf8(page).unwrap();
    let page = text.strip_prefix("<!DOCTYPE html>").unwrap();
    assert_eq!(check_markup(page), scripts, "scripts");
    assert!(page.trim_end().ends_with("</html>"), "the page has no end");
}

/// Checks a picture that stands in a page.
pub fn check_picture(picture: &str) {
    assert_eq!(check_markup(picture), 0);
}

/// Checks a picture in a file of its own.
pub fn check_picture_file(file: &[u8]) {
    let text = std::str::from_utf8(file).unwrap();
    check_picture(
        text.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
            .unwrap(),
    );
}

/// Every tag is one of ours, and each is closed in its turn; returns how many scripts there are.
fn check_markup(text: &str) -> usize {
    let mut rest = text;
    let mut scripts = 0;
    let mut open = Vec::new();
    while let Some((before, after)) = rest.split_once('<') {
        check_text(before);
        let name_end = after
            .find(|one: char| !one.is_ascii_alphanumeric() && one != '/')
            .unwrap_or(after.len());
        let (name, behind) = after.split_at(name_end);
        let (closes, name) = name.strip_prefix('/').map_or((false, name), |name| (true, name));
        let known = name.to_ascii_lowercase();
        assert!(
            ELEMENTS.contains(&known.as_str()),
            "<{name} is no element of ours: {:?}",
            near(after)
        );
        let (attributes, behind) = tag(behind);
        if closes {
            assert_eq!(
                open.pop().as_deref(),
                Some(name),
                "closed out of turn: {:?}",
                near(after)
            );
        } else if !attributes && !["meta", "br", "input"].contains(&name) {
            open.push(name.to_owned());
        }
        rest = behind;
        if !closes && (known == "script" || known == "style") {
            scripts += usize::from(known == "script");
            // What stands in them is the program's own, and ends with the first thing that looks like an end.
            rest = rest.find("</").map_or("", |end| &rest[end..]);
        }
    }
    check_text(rest);
    assert!(open.is_empty(), "never closed: {open:?}");
    scripts
}

/// Reads the attributes up to the `>`. Does the tag close itself, and what comes behind it.
fn tag(mut rest: &str) -> (bool, &str) {
    loop {
        rest = rest.trim_start();
        if let Some(behind) = rest.strip_prefix("/>") {
            return (true, behind);
        }
        if let Some(behind) = rest.strip_prefix('>') {
            return (false, behind);
        }
        let end = rest
            .find(['=', ' ', '>'])
            .unwrap_or_else(|| panic!("a tag without end: {:?}", near(rest)));
        let (name, behind) = rest.split_at(end);
        let known = name.to_ascii_lowercase();
        assert!(
            ATTRIBUTES.contains(&known.as_str()),
            "{name:?} is no attribute of ours: {:?}",
            near(rest)
        );
        let Some(value) = behind.strip_prefix("=\"") else {
            assert!(!behind.starts_with('='), "a value without quotes: {:?}", near(rest));
            rest = behind;
            continue;
        };
        let (value, behind) = value
            .split_once('"')
            .unwrap_or_else(|| panic!("a value without end: {:?}", near(rest)));
        check_text(value);
        assert!(!value.contains('<'), "{value:?}");
        let is_ours = known != "href" || ["#start", "#pictures"].contains(&value) || value.starts_with("#packet-");
        assert!(is_ours, "a link to {value:?}");
        rest = behind;
    }
}

/// Text between tags and in attributes: every `&` begins one of the escapes.
fn check_text(text: &str) {
    for part in text.split('&').skip(1) {
        let known = ["amp;", "lt;", "gt;", "quot;", "#39;", "#60;", "#62;", "#38;", "#34;"];
        assert!(known.iter().any(|escape| part.starts_with(escape)), "&{:?}", near(part));
    }
    let bad = super::unicode::first_hidden(text);
    assert!(bad.is_none(), "{bad:?} in {:?}", near(text));
    assert!(!text.contains('>'), "a stray > in {:?}", near(text));
}

/// The beginning of a text, for people.
fn near(text: &str) -> String {
    text.chars().take(80).collect()
}
