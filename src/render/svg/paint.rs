//! How elements look where no style sheet is read: on white paper. Many programs that show SVG know colours as attributes alone
//! (SVG 1.1 section 6.4), or no variables in a style sheet.

/// The font, for the root of a file.
pub(super) const FONT: &str =
    r##"font-family="DejaVu Sans Mono, Menlo, Consolas, Liberation Mono, monospace" font-size="13" fill="#1a1a1a""##;

/// The attributes of an element of this class, each with a blank before it.
pub(super) fn attributes(class: &str) -> &'static str {
    match class {
        "paper" => r##" fill="#ffffff""##,
        "title" | "state" => r#" font-weight="bold""#,
        "soft" => r##" fill="#555555""##,
        // To be pointed at, not to be seen.
        "hit" => r#" fill-opacity="0""#,
        "lifeline" => r##" stroke="#b0b0b0" stroke-width="2""##,
        "pause" => r##" stroke="#b0b0b0" stroke-width="2" stroke-dasharray="2 6""##,
        "inside" => r##" fill="#b0b0b0""##,
        "control-line" => r##" stroke="#0072b2" stroke-width="2""##,
        "control-head" => r##" fill="#0072b2""##,
        "data-line" => r##" stroke="#00785a" stroke-width="2""##,
        "data-head" => r##" fill="#00785a""##,
        "again-line" => r##" stroke="#b84e00" stroke-width="2" stroke-dasharray="9 4""##,
        "again-head" => r##" fill="#b84e00""##,
        "lost-line" => r##" stroke="#1a1a1a" stroke-width="2" stroke-dasharray="2 4""##,
        "cross" => r##" stroke="#1a1a1a" stroke-width="2.5""##,
        "axis" => r##" stroke="#555555" stroke-width="1""##,
        "grid" => r##" stroke="#b0b0b0" stroke-width="0.5""##,
        "segment" => r##" stroke="#1a1a1a" stroke-width="2" fill="none""##,
        "lost-segment" => r##" stroke="#a3006e" stroke-width="2""##,
        "lost-box" => r##" stroke="#a3006e" stroke-width="2" fill="none""##,
        "in-flight" => r##" stroke="#1a1a1a" stroke-width="1.5" fill="none""##,
        "receive-window" | "window" => r##" stroke="#0072b2" stroke-width="1.5" stroke-dasharray="6 3" fill="none""##,
        "congestion-window" => r##" stroke="#b84e00" stroke-width="4" fill="none""##,
        "threshold" => r##" stroke="#a3006e" stroke-width="1.5" stroke-dasharray="2 3" fill="none""##,
        "trip" => r##" fill="#1a1a1a""##,
        "smoothed" | "ack" => r##" stroke="#00785a" stroke-width="1.5" fill="none""##,
        "timeout" => r##" stroke="#00785a" stroke-width="1.5" stroke-dasharray="6 3" fill="none""##,
        "kernels-smoothed" => r##" stroke="#b84e00" stroke-width="2.5" fill="none""##,
        "kernels-timeout" => r##" stroke="#b84e00" stroke-width="2.5" stroke-dasharray="6 3" fill="none""##,
        "resent" => r##" stroke="#b84e00" stroke-width="2.5""##,
        _ => "",
    }
}
