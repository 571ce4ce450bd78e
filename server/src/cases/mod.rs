//! The one way to a case: loads it, lets `casework` decide, commits state, event and ledger in one transaction.
