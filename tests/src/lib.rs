//! System tests.
pub mod bench;
pub mod report;
