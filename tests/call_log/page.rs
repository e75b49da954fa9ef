//! docs/calls.md, which documents the call log.

/// docs/calls.md: its example has the shape of what is written, and its table names every key.
#[test]
fn the_call_log_is_documented_key_by_key() {
    let page = std::fs::read_to_string("docs/calls.md").unwrap();
    let example: Vec<&str> = page.lines().filter(|line| line.starts_with("{\"program\"")).collect();
    let calls: Vec<_> = socket_lab::calls::lines::read(example.join("\n").as_bytes())
        .map(Result::unwrap)
        .collect();
    for (call, line) in calls.iter().zip(&example) {
        assert_eq!(socket_lab::calls::lines::to_json(call).unwrap(), *line);
    }
    let words: Vec<&str> = calls.iter().map(|call| call.call.word()).collect();
    assert_eq!(words, ["socket", "setsockopt", "sendto", "recvfrom", "close"]);
    for line in &example {
        for key in line
            .split('"')
            .filter(|part| part.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !part.is_empty())
        {
            let is_key = line.contains(&format!("\"{key}\":"));
            assert!(!is_key || page.contains(&format!("`{key}`")), "{key} is not explained");
        }
    }
    for &name in socket_lab::calls::CallName::ALL {
        assert!(page.contains(&format!("`{name}`")), "{name}");
    }
    for &role in socket_lab::calls::Role::ALL {
        assert!(page.contains(&format!("`{role}`")), "{role}");
    }
}
