//! What people come for.
use rand::RngExt;
use rand_chacha::ChaCha12Rng;
use serde::Deserialize;
use std::collections::BTreeSet;

/// A matter that can be accepted in one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Matter {
    pub(crate) item: String,
    pub(crate) scenario: String,
}

#[derive(Deserialize)]
struct Catalogue {
    items: Vec<Item>,
}

#[derive(Deserialize)]
struct Item {
    code: String,
    skill_group: String,
    scenarios: Vec<Scenario>,
}

#[derive(Deserialize)]
struct Scenario {
    code: String,
    #[serde(default)]
    refer_to: Option<serde::de::IgnoredAny>,
    materials: Vec<serde::de::IgnoredAny>,
}

/// The matters of a catalogue (JSON) that belong to one of the queues and to no other authority.
pub(crate) fn matters(
    catalogue: serde_json::Value,
    queues: &BTreeSet<String>,
) -> anyhow::Result<Vec<Matter>> {
    let catalogue: Catalogue = serde_json::from_value(catalogue)?;
    let matters: Vec<_> = catalogue
        .items
        .into_iter()
        .filter(|item| queues.contains(&item.skill_group))
        .flat_map(|item| {
            let here = |s: &Scenario| s.refer_to.is_none() && !s.materials.is_empty();
            let matter = |s: Scenario| Matter { item: item.code.clone(), scenario: s.code };
            item.scenarios.into_iter().filter(here).map(matter).collect::<Vec<_>>()
        })
        .collect();
    anyhow::ensure!(!matters.is_empty(), "the clerks serve no queue for which the catalogue has an item");
    Ok(matters)
}

/// One of them.
pub(super) fn any<'a, T>(of: &'a [T], rng: &mut ChaCha12Rng) -> Option<&'a T> {
    (!of.is_empty()).then(|| &of[rng.random_range(0..of.len())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn matters_are_what_can_be_done_here() {
        let catalogue = json!({"items": [
            {"code": "a", "skill_group": "social", "scenarios": [
                {"code": "a/1", "materials": [{"code": "ID"}]},
                {"code": "a/2", "materials": [], "refer_to": {"name": "x"}},
            ]},
            {"code": "b", "skill_group": "other", "scenarios": [{"code": "b/1", "materials": [{}]}]},
        ]});
        let queues = BTreeSet::from(["social".to_owned()]);
        let expected = [Matter { item: "a".into(), scenario: "a/1".into() }];
        assert_eq!(matters(catalogue.clone(), &queues).unwrap(), expected);
        assert!(matters(catalogue, &BTreeSet::new()).is_err());
    }
}
