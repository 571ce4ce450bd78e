//! What the window offers: departments, skill groups, materials, items with their scenarios, packages.
//!
//! A catalogue comes as JSON, is checked whole ([`check`]: every error with its line and field, nothing half-loaded),
//! stored as a version ([`crate::store::catalogue`]) and kept in memory ([`Shared`]) by whoever asks often.
use desk::Served;
use protocol::ids::{DepartmentCode, ItemCode, MaterialCode, ScenarioCode, SkillGroupCode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use utoipa::ToSchema;

mod calendar_file;
mod check;
mod initials;
mod lines;
mod sites_file;

pub use calendar_file::check as check_calendar;
pub use check::{Fault, Faults, check};
pub use initials::initials;
pub use sites_file::{SiteImport, check as check_sites};

/// A catalogue as it is imported and served. Names are zh-CN, with zh-HK and English beside them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Catalogue {
    /// Its version; 0 before it is stored.
    #[serde(default)]
    pub version: i64,
    /// Who is responsible for items.
    pub departments: Vec<Named>,
    /// Who answers; each is a queue.
    pub skill_groups: Vec<Named>,
    /// What citizens bring.
    pub materials: Vec<Named>,
    /// Items that one occasion in life needs together (一件事).
    #[serde(default)]
    #[schema(required)]
    pub packages: Vec<Package>,
    /// What can be done here (事项).
    pub items: Vec<Item>,
}

/// Something with a code and a name in three languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Named {
    /// Its code.
    pub code: String,
    /// zh-CN.
    pub name: String,
    /// zh-HK.
    pub name_zh_hk: String,
    /// English.
    pub name_en: String,
}

/// Items that one occasion in life needs together (一件事).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Package {
    /// Its code and name.
    #[serde(flatten)]
    pub named: Named,
    /// First letters of the name's pinyin, lower case, one per character; computed on import.
    #[serde(default)]
    pub initials: String,
    /// Its items, in the order they are done.
    #[schema(value_type = Vec<String>)]
    pub items: Vec<ItemCode>,
}

/// Which law an item follows (domain.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LegalProfile {
    /// 行政许可.
    Licence,
    /// 行政确认.
    Confirmation,
    /// 行政给付.
    Benefit,
    /// 公共服务.
    PublicService,
}

/// One thing that can be done here (事项).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Item {
    /// Its code.
    #[schema(value_type = String)]
    pub code: ItemCode,
    /// zh-CN.
    pub name: String,
    /// zh-HK.
    pub name_zh_hk: String,
    /// English.
    pub name_en: String,
    /// First letters of the name's pinyin, lower case, one per character; computed on import.
    #[serde(default)]
    pub initials: String,
    /// Everyday words for it.
    #[serde(default)]
    #[schema(required)]
    pub aliases: Vec<String>,
    /// First letters of each alias, in the same order; computed on import.
    #[serde(default)]
    pub alias_initials: Vec<String>,
    /// Who is responsible.
    #[schema(value_type = String)]
    pub department: DepartmentCode,
    /// Who answers.
    #[schema(value_type = String)]
    pub skill_group: SkillGroupCode,
    /// Which law it follows.
    pub legal_profile: LegalProfile,
    /// Working days promised (承诺时限).
    pub promised_working_days: u32,
    /// Working days a statute sets; none if none does.
    #[schema(required)]
    pub statutory_working_days: Option<u32>,
    /// Done while one waits (即办件).
    pub instant: bool,
    /// What the scenarios answer, zh-CN.
    pub question: String,
    /// zh-HK.
    pub question_zh_hk: String,
    /// English.
    pub question_en: String,
    /// Its finest branches (情形).
    pub scenarios: Vec<Scenario>,
}

/// The finest branch of an item (情形).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Scenario {
    /// Its code.
    #[schema(value_type = String)]
    pub code: ScenarioCode,
    /// zh-CN.
    pub name: String,
    /// zh-HK.
    pub name_zh_hk: String,
    /// English.
    pub name_en: String,
    /// Another authority that is competent; the way ends here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refer_to: Option<Authority>,
    /// What to bring.
    pub materials: Vec<Needed>,
}

/// Another authority.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Authority {
    /// zh-CN.
    pub name: String,
    /// zh-HK.
    pub name_zh_hk: String,
    /// English.
    pub name_en: String,
}

/// A material that a scenario needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Needed {
    /// Which.
    #[schema(value_type = String)]
    pub code: MaterialCode,
    /// Acceptance is impossible without it (主件).
    pub primary: bool,
    /// It may follow later (可容缺).
    pub deferrable: bool,
}

impl Catalogue {
    /// An item by its code.
    #[must_use]
    pub fn item(&self, code: &ItemCode) -> Option<&Item> {
        self.items.iter().find(|item| item.code == *code)
    }

    /// A scenario of an item.
    #[must_use]
    pub fn scenario(&self, item: &ItemCode, code: &ScenarioCode) -> Option<&Scenario> {
        self.item(item)?.scenarios.iter().find(|scenario| scenario.code == *code)
    }

    /// A department by its code.
    #[must_use]
    pub fn department(&self, code: &DepartmentCode) -> Option<&Named> {
        self.departments.iter().find(|one| one.code == code.0)
    }

    /// A material by its code.
    #[must_use]
    pub fn material(&self, code: &MaterialCode) -> Option<&Named> {
        self.materials.iter().find(|one| one.code == code.0)
    }

    /// A skill group by its code.
    #[must_use]
    pub fn skill_group(&self, code: &SkillGroupCode) -> Option<&Named> {
        self.skill_groups.iter().find(|one| one.code == code.0)
    }

    /// What the desk must know of each item.
    #[must_use]
    pub fn served(&self) -> BTreeMap<ItemCode, Served> {
        let served = |item: &Item| Served {
            queue: item.skill_group.clone(),
            scenarios: item.scenarios.iter().map(|scenario| scenario.code.clone()).collect(),
        };
        self.items.iter().map(|item| (item.code.clone(), served(item))).collect()
    }
}

/// The catalogue in force, swapped whole when a new version is imported. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Shared(Arc<RwLock<Arc<Loaded>>>);

/// A catalogue with its JSON, made once.
#[derive(Debug, Default)]
pub struct Loaded {
    /// The catalogue.
    pub catalogue: Catalogue,
    /// Its JSON, as served.
    pub json: bytes::Bytes,
    /// Its entity tag, with quotes.
    pub etag: String,
}

impl Shared {
    /// A catalogue that is shared from now on.
    ///
    /// # Errors
    /// Never in practice: a catalogue is plain data.
    pub fn new(catalogue: Catalogue) -> Result<Self, serde_json::Error> {
        let shared = Self::default();
        shared.replace(catalogue)?;
        Ok(shared)
    }

    /// The catalogue in force. Keep it for as long as one decision takes.
    #[must_use]
    pub fn get(&self) -> Arc<Loaded> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts another in its place.
    ///
    /// # Errors
    /// Never in practice: a catalogue is plain data.
    pub fn replace(&self, catalogue: Catalogue) -> Result<(), serde_json::Error> {
        let json = serde_json::to_vec(&catalogue)?;
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &json);
        let etag = format!("\"{}\"", hex::encode(&digest.as_ref()[..12]));
        let loaded = Arc::new(Loaded { catalogue, json: json.into(), etag });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = loaded;
        Ok(())
    }
}
