//! Identity numbers and telephone numbers, and how little of them a list may show.
use jiff::civil::Date;
use std::fmt;
use std::str::FromStr;

/// A citizen identity number with a valid check digit (GB 11643). Shown nowhere by accident: `Debug` masks it.
#[derive(Clone, PartialEq, Eq)]
pub struct IdNumber(String);

/// Why it is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdNumberError {
    /// Not 17 digits and a digit or X.
    #[error("an identity number has 17 digits and a last digit or X")]
    Form,
    /// The date of birth does not exist.
    #[error("the date of birth in it does not exist")]
    Birth,
    /// The check digit contradicts the rest: a typing error.
    #[error("the check digit is wrong: a digit was mistyped")]
    CheckDigit,
}

impl IdNumber {
    /// The whole number. Who shows it, logs it.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// As lists show it: `4401 **** **** 2318`.
    #[must_use]
    pub fn masked(&self) -> String {
        format!("{} **** **** {}", &self.0[..4], &self.0[14..])
    }

    /// The date of birth in it.
    #[must_use]
    pub fn born(&self) -> Option<Date> {
        birth(&self.0)
    }
}

fn birth(number: &str) -> Option<Date> {
    let year = number.get(6..10)?.parse().ok()?;
    let month = number.get(10..12)?.parse().ok()?;
    let day = number.get(12..14)?.parse().ok()?;
    Date::new(year, month, day).ok()
}

impl FromStr for IdNumber {
    type Err = IdNumberError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number: String =
            text.chars().filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_uppercase()).collect();
        let bytes = number.as_bytes();
        let well_formed = bytes.len() == 18
            && bytes[..17].iter().all(u8::is_ascii_digit)
            && (bytes[17].is_ascii_digit() || bytes[17] == b'X')
            && bytes[0] != b'0';
        if !well_formed {
            return Err(IdNumberError::Form);
        }
        if birth(&number).is_none() {
            return Err(IdNumberError::Birth);
        }
        if check_digit(&bytes[..17]) == bytes[17] { Ok(Self(number)) } else { Err(IdNumberError::CheckDigit) }
    }
}

/// ISO 7064 MOD 11-2: the last digit makes the weighted sum 1 modulo 11.
fn check_digit(digits: &[u8]) -> u8 {
    let folded = digits.iter().fold(0u32, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
    match (12 - folded) % 11 {
        10 => b'X',
        n => b'0' + n.to_le_bytes()[0],
    }
}

impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdNumber({})", self.masked())
    }
}

/// A telephone number: 7 to 15 digits.
#[derive(Clone, PartialEq, Eq)]
pub struct Phone(String);

/// It is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a telephone number has 7 to 15 digits, perhaps with + in front")]
pub struct PhoneError;

impl Phone {
    /// The whole number.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// As lists show it: `138 **** 6621`.
    #[must_use]
    pub fn masked(&self) -> String {
        let digits = self.0.trim_start_matches('+');
        match digits.len() {
            11.. => format!("{} **** {}", &digits[..digits.len() - 8], &digits[digits.len() - 4..]),
            n => format!("**** {}", &digits[n - 4..]),
        }
    }
}

impl FromStr for Phone {
    type Err = PhoneError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let digits = number.strip_prefix('+').unwrap_or(&number);
        let well_formed = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        if well_formed { Ok(Self(number)) } else { Err(PhoneError) }
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

/// A name as lists show it: the first character, then stars that do not tell how long it is beyond two: `王**`.
#[must_use]
pub fn mask_name(name: &str) -> String {
    let name = name.trim();
    let hidden = name.chars().count().saturating_sub(1).clamp(1, 2);
    name.chars().take(1).chain(std::iter::repeat_n('*', hidden)).collect()
}
