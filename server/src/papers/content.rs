//! What stands on a paper. Each kind has only its own fields; the templates read it as JSON.
use protocol::PaperKind;
use serde::{Deserialize, Serialize};

/// A paper's content, in zh-CN: papers are issued in the language of the law.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Content {
    /// The paper's number.
    pub number: String,
    /// The case's number.
    pub case_number: String,
    /// The date of issue, in words.
    pub issued_on: String,
    /// Who issues.
    pub authority: String,
    /// The department that is responsible for the item.
    pub department: String,
    /// The applicant's name.
    pub applicant: String,
    /// The identity number, masked.
    pub id_number: String,
    /// The item.
    pub item: String,
    /// Its finest branch.
    pub scenario: String,
    /// Name and number of the clerk.
    pub clerk: String,
    /// The telephone number for questions.
    pub help_line: String,
    /// What this kind of paper says.
    pub body: Body,
}

/// What only one kind of paper says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Body {
    /// 收件凭证.
    IntakeReceipt {
        /// The materials that the scenario asks for.
        materials: Vec<Listed>,
        /// When it was received, in words.
        received_at: String,
        /// The last day on which the applicant is told, in words.
        answer_by: String,
    },
    /// 受理通知书.
    AcceptanceNotice {
        /// The materials that were accepted.
        materials: Vec<Listed>,
        /// On what the acceptance rests.
        grounds: String,
        /// When it was received and accepted, in words.
        received_at: String,
        /// When it was accepted, in words.
        accepted_at: String,
        /// By when it is decided, in words.
        due: String,
        /// How that day was reckoned, in one sentence.
        reckoned: String,
        /// What a statute sets, in one sentence, if one does.
        statutory: Option<String>,
    },
    /// 不予受理通知书.
    NonAcceptanceNotice {
        /// When it was received, in words.
        received_at: String,
        /// The ground, in one sentence that names the right authority.
        ground: String,
        /// The clerk's explanation.
        explanation: String,
        /// What the applicant can do against it, with terms.
        remedies: String,
    },
}

impl Body {
    /// Which kind it is.
    #[must_use]
    pub fn kind(&self) -> PaperKind {
        match self {
            Self::IntakeReceipt { .. } => PaperKind::IntakeReceipt,
            Self::AcceptanceNotice { .. } => PaperKind::AcceptanceNotice,
            Self::NonAcceptanceNotice { .. } => PaperKind::NonAcceptanceNotice,
        }
    }
}

/// A material on a list.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// 主件 or not.
    pub primary: bool,
    /// How far it is, in words.
    pub state: String,
}
