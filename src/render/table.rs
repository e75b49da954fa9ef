//! Text in columns, wrapped at words.

/// The text in lines of at most `width` columns, broken between words; a word that is longer is broken anywhere. What stands in
/// brackets stays together where it fits: `[rel 113153]`. Nothing gives one empty line.
pub(super) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in words(text, width) {
        let mut word: Vec<char> = word.chars().collect();
        let space = usize::from(used > 0);
        if used + space + word.len() > width && used > 0 {
            lines.push(String::new());
            used = 0;
        } else if let (Some(line), 1) = (lines.last_mut(), space) {
            line.push(' ');
            used += 1;
        }
        while word.len() > width {
            let rest = word.split_off(width);
            push(&mut lines, &word);
            lines.push(String::new());
            word = rest;
            used = 0;
        }
        used += word.len();
        push(&mut lines, &word);
    }
    lines
}

/// The words, and each group in brackets as one if it is no wider.
fn words(text: &str, width: usize) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let space = text.find(' ').unwrap_or(text.len());
        let group = text
            .starts_with('[')
            .then(|| text.find(']'))
            .flatten()
            .map(|end| {
                text.get(end..)
                    .and_then(|tail| tail.find(' '))
                    .map_or(text.len(), |more| end + more)
            })
            .filter(|&end| text.get(..end).is_some_and(|group| group.chars().count() <= width));
        let end = group.unwrap_or(space);
        rest = text.get(end + 1..);
        text.get(..end)
    })
}

fn push(lines: &mut [String], word: &[char]) {
    if let Some(line) = lines.last_mut() {
        line.extend(word);
    }
}

#[cfg(test)]
mod tests {
    use super::wrap;
    use proptest::prelude::*;

    #[test]
    fn words_stay_whole_where_they_fit() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("one two three", 13), ["one two three"]);
        assert_eq!(wrap("", 5), [""]);
        assert_eq!(wrap("2001:db8::1", 5), ["2001:", "db8::", "1"]);
        assert_eq!(wrap("a 2001:db8", 5), ["a", "2001:", "db8"]);
        assert_eq!(wrap("1776453957 [rel 113153]", 19), ["1776453957", "[rel 113153]"]);
        assert_eq!(wrap("7 [rel 113153] x", 8), ["7 [rel", "113153]", "x"]);
        assert_eq!(wrap("[a [b] c", 10), ["[a [b] c"]);
        assert_eq!(wrap("a  b", 10), ["a  b"]);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_and_no_character_is_lost(text in "[a-zß \\[\\]]{0,60}", width in 1usize..20) {
            let lines = wrap(&text, width);
            prop_assert!(lines.iter().all(|line| line.chars().count() <= width));
            let without_spaces = |text: &str| text.replace(' ', "");
            prop_assert_eq!(without_spaces(&lines.concat()), without_spaces(&text));
        }
    }
}
