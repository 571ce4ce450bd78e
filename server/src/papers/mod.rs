//! Papers as PDF and pages as pictures (typst).
