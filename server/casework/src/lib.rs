//! casework.
