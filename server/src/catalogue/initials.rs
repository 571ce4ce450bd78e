//! First letters of pinyin, for the search keys of the terminal.
use pinyin::ToPinyin;

/// One lower-case letter for each Chinese character; Latin letters and digits stand for themselves, other signs
/// for nothing.
#[must_use]
pub fn initials(name: &str) -> String {
    name.chars()
        .filter_map(|sign| match sign.to_pinyin() {
            Some(pinyin) => pinyin.first_letter().chars().next(),
            None if sign.is_ascii_alphanumeric() => Some(sign.to_ascii_lowercase()),
            None => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn every_character_gives_its_letter() {
        assert_eq!(initials("困难残疾人生活补贴"), "kncjrshbt");
        assert_eq!(initials("老年人优待卡（A类）"), "lnrydkal");
        assert_eq!(initials("，。 "), "");
    }
}
