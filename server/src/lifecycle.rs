//! Soft and hard cancel, and the tasks that are waited for.
