//! Check digits and masks.
#![allow(clippy::unwrap_used, clippy::expect_used)]
use casework::{IdNumber, IdNumberError, Phone, mask_name};
use proptest::prelude::*;

#[test]
fn the_numbers_of_the_standard_itself_are_valid() {
    // The two worked examples of GB 11643-1999.
    for number in ["11010519491231002X", "440524188001010014", "11010519491231002x", "110105 19491231 002X"] {
        assert!(number.parse::<IdNumber>().is_ok(), "{number}");
    }
}

#[test]
fn what_is_no_number_is_told_apart() {
    let of = |text: &str| text.parse::<IdNumber>().unwrap_err();
    assert_eq!(of(""), IdNumberError::Form);
    assert_eq!(of("110105194912310021"), IdNumberError::CheckDigit);
    assert_eq!(of("11010519490231002X"), IdNumberError::Birth);
    assert_eq!(of("1101051949123100２X"), IdNumberError::Form);
    assert_eq!(of("X10105194912310021"), IdNumberError::Form);
    assert_eq!(of("01010519491231002X"), IdNumberError::Form);
}

#[test]
fn lists_and_logs_show_masks() {
    let number: IdNumber = "11010519491231002X".parse().unwrap();
    assert_eq!(number.masked(), "1101 **** **** 002X");
    assert_eq!(number.born(), Some(jiff::civil::date(1949, 12, 31)));
    let phone: Phone = "138-0013 6621".parse().unwrap();
    assert_eq!(phone.masked(), "138 **** 6621");
    assert_eq!("86866621".parse::<Phone>().unwrap().masked(), "**** 6621");
    assert_eq!(["王大力", "李明", "司马相如", "王", ""].map(mask_name), ["王**", "李*", "司**", "王*", "*"]);
    let shown = format!("{number:?} {phone:?}");
    assert!(!shown.contains("19491231") && !shown.contains("0013"), "{shown}");
    for bad in ["", "123", "+", "1380013x6621", "12345678901234567"] {
        assert!(bad.parse::<Phone>().is_err(), "{bad}");
    }
}

proptest! {
    /// The sum of the standard, written as the table of weights that people use by hand.
    #[test]
    fn one_check_digit_of_eleven_fits(area in 1u32..10, rest in 0u32..100_000, order in 0u32..1000) {
        const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let body = format!("{area}{rest:05}19640229{order:03}");
        let sum: u32 = body.chars().zip(WEIGHTS).map(|(c, w)| c.to_digit(10).unwrap() * w).sum();
        let right = "10X98765432".chars().nth(sum as usize % 11).unwrap();
        for last in "0123456789X".chars() {
            prop_assert_eq!(format!("{body}{last}").parse::<IdNumber>().is_ok(), last == right);
        }
    }

    #[test]
    fn nothing_typed_makes_it_panic(text in "\\PC{0,24}") {
        let _ = text.parse::<IdNumber>();
        let _ = text.parse::<Phone>();
        let _ = mask_name(&text);
    }

    #[test]
    fn two_neighbours_swapped_are_noticed(at in 0usize..16) {
        let mut digits: Vec<char> = "440524188001010014".chars().collect();
        prop_assume!(digits[at] != digits[at + 1]);
        digits.swap(at, at + 1);
        prop_assert!(digits.into_iter().collect::<String>().parse::<IdNumber>().is_err());
    }
}
