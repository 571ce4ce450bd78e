//! What may not fit, in words that name it.
use std::fmt;

/// Which chain.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Chain {
    /// `case`, `call`, `staff` or `terminal`.
    pub kind: String,
    /// Which one.
    pub id: String,
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.id)
    }
}

/// One thing that does not fit.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A row's hash is not that of its content and the row before.
    #[error("{chain}: row {sequence} was changed")]
    RowChanged {
        /// Which chain.
        chain: Chain,
        /// Which row.
        sequence: i64,
    },
    /// A row's event is none, is not canonical, or contradicts the columns beside it.
    #[error("{chain}: row {sequence} was changed: its event and its columns do not say the same")]
    RowUnreadable {
        /// Which chain.
        chain: Chain,
        /// Which row.
        sequence: i64,
    },
    /// Rows are gone from the middle.
    #[error("{chain}: rows {from} to {to} were deleted")]
    RowsMissing {
        /// Which chain.
        chain: Chain,
        /// The first that is gone.
        from: i64,
        /// The last that is gone.
        to: i64,
    },
    /// Rows are gone from the end.
    #[error("{chain}: truncated: rows {} to {length} were deleted ({})", found + 1, by(*checkpoint))]
    Truncated {
        /// Which chain.
        chain: Chain,
        /// The last row found.
        found: i64,
        /// The row it went up to.
        length: i64,
        /// The checkpoint that says so; none: only the table of heads does.
        checkpoint: Option<i64>,
    },
    /// A whole chain is gone.
    #[error("{chain}: all {length} rows were deleted ({})", by(*checkpoint))]
    ChainMissing {
        /// Which chain.
        chain: Chain,
        /// How many rows it had.
        length: i64,
        /// The checkpoint that says so; none: only the table of heads does.
        checkpoint: Option<i64>,
    },
    /// The chain was changed and its hashes computed anew.
    #[error(
        "{chain}: a row from {} to {sequence} was changed and the chain computed anew: checkpoint {checkpoint} contradicts it",
        after + 1
    )]
    SealContradicted {
        /// Which chain.
        chain: Chain,
        /// Up to here a checkpoint agrees.
        after: i64,
        /// The row that the checkpoint seals.
        sequence: i64,
        /// Which checkpoint.
        checkpoint: i64,
    },
    /// The table of heads says something else than the chain.
    #[error("{chain}: the table of heads contradicts the chain")]
    HeadWrong {
        /// Which chain.
        chain: Chain,
    },
    /// A payload does not open, or is not what the chain's digest says.
    #[error("{chain}: the payload of row {sequence} was changed")]
    PayloadChanged {
        /// Which chain.
        chain: Chain,
        /// Which row.
        sequence: i64,
    },
    /// A payload is gone and no event says that it was erased.
    #[error("{chain}: the payload of row {sequence} was deleted, and no event says so")]
    PayloadMissing {
        /// Which chain.
        chain: Chain,
        /// Which row.
        sequence: i64,
    },
    /// A payload is there although an event says that it was erased.
    #[error("{chain}: the payload of row {sequence} is there, although an event says that it was erased")]
    PayloadNotErased {
        /// Which chain.
        chain: Chain,
        /// Which row.
        sequence: i64,
    },
    /// A payload belongs to no row.
    #[error("payload of event {event}: its row was deleted")]
    PayloadWithoutEvent {
        /// Which event.
        event: String,
    },
    /// A checkpoint's signature, hash or text is not good.
    #[error("checkpoint {number} {}: changed, or not signed by the key here", place(*in_file))]
    CheckpointChanged {
        /// Which.
        number: i64,
        /// In the file outside, or in the database.
        in_file: bool,
    },
    /// A checkpoint is gone, or does not follow the one before.
    #[error("checkpoint {number} {}: missing, or not the one that the next builds on", place(*in_file))]
    CheckpointMissing {
        /// Which.
        number: i64,
        /// In the file outside, or in the database.
        in_file: bool,
    },
    /// File and database have different checkpoints of this number.
    #[error("checkpoint {number}: file and database differ")]
    CheckpointsDiffer {
        /// Which.
        number: i64,
    },
    /// A line of the file is no checkpoint.
    #[error("checkpoint file: line {line} is no checkpoint")]
    FileLine {
        /// Which line.
        line: usize,
    },
}

fn by(checkpoint: Option<i64>) -> String {
    match checkpoint {
        Some(number) => format!("checkpoint {number} had sealed them"),
        None => "not sealed; the table of heads knows them".to_owned(),
    }
}

fn place(in_file: bool) -> &'static str {
    if in_file { "in the file" } else { "in the database" }
}
