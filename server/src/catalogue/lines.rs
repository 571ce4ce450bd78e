//! On which line each value of a JSON text begins. `serde_json` forgets it, and whoever mends a file of thousands of
//! lines needs it.
use std::collections::HashMap;

/// What a JSON text says beside its values.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Lines from 1, by path such as `items[3].scenarios[0].name`; the whole text has the path ``.
    pub(super) of: HashMap<String, usize>,
    /// Fields that stand in one object a second time, with the line of that: `serde_json` would take the last and drop
    /// the others without a word.
    pub(super) again: Vec<(String, usize)>,
}

/// Walks the text. It must be valid JSON; for anything else the answer is incomplete, never wrong in length or time.
pub(super) fn lines(text: &str) -> Lines {
    let mut walk = Walk { rest: text.as_bytes(), line: 1, found: Lines::default() };
    walk.value("", 0);
    walk.found
}

struct Walk<'a> {
    rest: &'a [u8],
    line: usize,
    found: Lines,
}

impl Walk<'_> {
    fn value(&mut self, path: &str, depth: usize) -> Option<()> {
        self.space();
        if self.found.of.insert(path.to_owned(), self.line).is_some() {
            self.found.again.push((path.to_owned(), self.line));
        }
        match self.rest.first()? {
            // serde_json itself refuses more than 128 levels.
            b'{' | b'[' if depth > 128 => None,
            b'{' => self.members(path, depth),
            b'[' => self.elements(path, depth),
            b'"' => self.string().map(|_| ()),
            _ => {
                while self.rest.first().is_some_and(|sign| !b",]} \t\r\n".contains(sign)) {
                    self.step();
                }
                Some(())
            }
        }
    }

    fn members(&mut self, path: &str, depth: usize) -> Option<()> {
        self.step();
        loop {
            self.space();
            match self.rest.first()? {
                b'}' => return self.step(),
                b',' => self.step()?,
                b'"' => {
                    let key = self.string()?;
                    self.space();
                    self.step(); // the colon
                    let inner = if path.is_empty() { key } else { format!("{path}.{key}") };
                    self.value(&inner, depth + 1)?;
                }
                _ => return None,
            }
        }
    }

    fn elements(&mut self, path: &str, depth: usize) -> Option<()> {
        self.step();
        let mut index = 0;
        loop {
            self.space();
            match self.rest.first()? {
                b']' => return self.step(),
                b',' => self.step()?,
                _ => {
                    self.value(&format!("{path}[{index}]"), depth + 1)?;
                    index += 1;
                }
            }
        }
    }

    fn string(&mut self) -> Option<String> {
        self.step();
        let start = self.rest;
        let mut length = 0;
        loop {
            match self.rest.first()? {
                b'"' => break,
                b'\\' => {
                    self.step();
                    length += 1;
                }
                _ => {}
            }
            self.step();
            length += 1;
        }
        self.step();
        Some(String::from_utf8_lossy(start.get(..length)?).into_owned())
    }

    fn space(&mut self) {
        while self.rest.first().is_some_and(|sign| b" \t\r\n".contains(sign)) {
            self.step();
        }
    }

    fn step(&mut self) -> Option<()> {
        let (first, rest) = self.rest.split_first()?;
        self.line += usize::from(*first == b'\n');
        self.rest = rest;
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Lines, lines};

    #[test]
    fn every_value_has_its_line() {
        let text = "{\n \"a\": [1,\n  {\"b\": \"x\\\"]\",\n   \"c\": null}],\n\n \"d\": {}\n}";
        serde_json::from_str::<serde_json::Value>(text).unwrap();
        let Lines { of: found, again } = lines(text);
        assert!(again.is_empty());
        let expected = [("", 1), ("a", 2), ("a[0]", 2), ("a[1]", 3), ("a[1].b", 3), ("a[1].c", 4), ("d", 6)];
        assert_eq!(found, expected.into_iter().map(|(path, line)| (path.to_owned(), line)).collect());
    }

    #[test]
    fn broken_text_ends_the_walk() {
        for text in ["", "{", "[", "{\"a", "{\"a\"", "{\"a\":", "{a", "\"\\", "[[[["] {
            lines(text);
        }
        lines(&"[".repeat(1_000_000));
    }
}
