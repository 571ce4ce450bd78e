//! The desk's rules out of configuration and catalogue.
use desk::Policy;
use std::time::Duration;

use crate::catalogue::Catalogue;
use crate::config::Config;

/// What the desk is told. Queues get letters in the order of the catalogue's skill groups: the first is A.
pub(super) fn policy(config: &Config, catalogue: &Catalogue) -> Policy {
    let rules = &config.desk;
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    let letters = catalogue.skill_groups.iter().map(|group| group.code.as_str().into()).zip('A'..='Z');
    Policy {
        ring: seconds(rules.ring_s),
        clerk_grace: seconds(rules.clerk_grace_s),
        terminal_grace: seconds(rules.terminal_grace_s),
        ask: seconds(rules.ask_s),
        wrap_up: seconds(rules.wrap_up_s),
        utc_offset_minutes: rules.utc_offset_minutes,
        items: catalogue.served(),
        letters: letters.collect(),
        purposes: config.consents.iter().map(|question| question.purpose).collect(),
        ..Policy::usual(rules.guide.as_str().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_queue_of_the_sample_has_a_letter_and_every_item_a_queue() {
        let catalogue = crate::catalogue::check(include_str!("../../sample/catalogue.json")).unwrap();
        let policy = policy(&Config::default(), &catalogue);
        assert_eq!(policy.items.len(), catalogue.items.len());
        assert!(
            policy
                .items
                .values()
                .all(|item| policy.letters.contains_key(&item.queue) && !item.scenarios.is_empty())
        );
        assert!(policy.letters.contains_key(&policy.guide));
        assert_eq!(policy.letters[&"social".into()], 'A');
        assert_eq!(policy.ring, Duration::from_secs(25));
        assert!(policy.purposes.is_empty());
    }

    #[test]
    fn a_consent_that_is_on_is_one_the_desk_takes() {
        let catalogue = crate::catalogue::check(include_str!("../../sample/catalogue.json")).unwrap();
        let mut config = Config::default();
        config.consents.push(crate::config::ConsentQuestion {
            purpose: protocol::ConsentPurpose::Recording,
            text_version: "recording-2026-01".into(),
            retention_months: None,
        });
        let on = policy(&config, &catalogue).purposes;
        assert_eq!(on, [protocol::ConsentPurpose::Recording].into());
    }
}
