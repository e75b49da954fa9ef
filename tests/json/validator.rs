//! A validator for the published schemas.

use serde_json::{Map, Value};

/// Reports where a value breaks a schema. It knows the rules that our schemas use. An unknown rule is a failure, so that every
/// rule is checked.
pub(super) struct Validator {
    root: Value,
}

impl Validator {
    /// `schema`: the text of a schema.
    pub(super) fn of(schema: &str) -> Self {
        Self {
            root: serde_json::from_str(schema).unwrap(),
        }
    }

    fn check(&self, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        for (word, rule) in schema.as_object().unwrap() {
            let holds = match word.as_str() {
                "$schema" | "$defs" | "title" | "description" => true,
                "$ref" => {
                    let pointer = rule.as_str().unwrap().strip_prefix('#').unwrap();
                    self.check(self.root.pointer(pointer).unwrap(), value, at)?;
                    true
                }
                "type" => has_type(value, rule.as_str().unwrap()),
                "const" => value == rule,
                "minimum" => integer(value) >= integer(rule),
                "maximum" => integer(value) <= integer(rule),
                "format" => has_format(value, rule.as_str().unwrap()),
                "pattern" => is_hex(value.as_str().unwrap(), rule.as_str().unwrap()),
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(rule, item, &format!("{at}/{index}"))?;
                    }
                    true
                }
                "required" => rule
                    .as_array()
                    .unwrap()
                    .iter()
                    .all(|key| value.get(key.as_str().unwrap()).is_some()),
                "properties" => {
                    self.properties(rule.as_object().unwrap(), value.as_object().unwrap(), at)?;
                    true
                }
                "additionalProperties" => {
                    let none = Map::new();
                    let known = schema["properties"].as_object().unwrap_or(&none);
                    rule == true || value.as_object().unwrap().keys().all(|key| known.contains_key(key))
                }
                "oneOf" => self.matching(rule, value, at) == 1,
                "anyOf" => self.matching(rule, value, at) >= 1,
                unknown => return Err(format!("{at}: this test does not know the rule {unknown}")),
            };
            if !holds {
                return Err(format!("{at}: {value} breaks {word}: {rule}"));
            }
        }
        Ok(())
    }

    fn properties(&self, rules: &Map<String, Value>, values: &Map<String, Value>, at: &str) -> Result<(), String> {
        rules
            .iter()
            .filter_map(|(key, rule)| Some((key, rule, values.get(key)?)))
            .try_for_each(|(key, rule, value)| self.check(rule, value, &format!("{at}/{key}")))
    }

    fn matching(&self, rules: &Value, value: &Value, at: &str) -> usize {
        let rules = rules.as_array().unwrap().iter();
        rules.filter(|rule| self.fits(rule, value, at)).count()
    }

    /// The type first: the other rules of a choice may not even apply.
    fn fits(&self, rule: &Value, value: &Value, at: &str) -> bool {
        has_type(value, rule["type"].as_str().unwrap()) && self.check(rule, value, at).is_ok()
    }

    /// Of one line, which is one value.
    pub(super) fn validate(&self, line: &str) -> Result<(), String> {
        assert_eq!(line.matches('\n').count(), 1, "one line: {line:?}");
        self.validate_value(&serde_json::from_str(line).map_err(|error| error.to_string())?)
    }

    pub(super) fn validate_value(&self, value: &Value) -> Result<(), String> {
        self.check(&self.root, value, "")
    }
}

fn integer(value: &Value) -> Option<i128> {
    let signed = value.as_i64().map(i128::from);
    signed.or_else(|| value.as_u64().map(i128::from))
}

fn has_type(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        "integer" => value.is_u64() || value.is_i64(),
        "number" => value.is_number(),
        _ => false,
    }
}

fn has_format(value: &Value, name: &str) -> bool {
    let text = value.as_str().unwrap_or_default();
    match name {
        "uint" | "uint64" => value.is_u64(),
        "int64" => value.is_i64(),
        "uint32" => value.as_u64().is_some_and(|number| u32::try_from(number).is_ok()),
        "uint8" => value.as_u64().is_some_and(|number| u8::try_from(number).is_ok()),
        "uint16" => value.as_u64().is_some_and(|number| u16::try_from(number).is_ok()),
        "double" => value.is_f64(),
        "ip" => text.parse::<std::net::IpAddr>().is_ok(),
        "date-time" => chrono::DateTime::parse_from_rfc3339(text).is_ok(),
        _ => false,
    }
}

fn is_hex(text: &str, pattern: &str) -> bool {
    assert_eq!(pattern, "^([0-9a-f]{2})*$", "this test knows one pattern");
    text.len() % 2 == 0 && text.chars().all(|digit| matches!(digit, '0'..='9' | 'a'..='f'))
}
