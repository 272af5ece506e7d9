//! The search for an order held against trying every order, and what it costs.

use super::{Bounds, Orders, judge_in};
use crate::drawn;
use crate::profile::Profile;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases.max(1000)))]

    #[test]
    fn leaving_out_orders_changes_no_verdict((id, trace) in drawn::traces(7)) {
        let profile = Profile::get(id).unwrap();
        let bounds = Bounds { steps: 5_000_000, states: 100_000, stop: None };
        let enough = judge_in(&trace, &profile, bounds, Orders::Enough);
        let every = judge_in(&trace, &profile, bounds, Orders::Every);
        let events: Vec<String> = trace.events.iter().map(|event| format!("{}..{} {event}", event.start, event.end)).collect();
        prop_assert_eq!(enough.verdict, every.verdict, "by {}:\n{}\n{:#?}\n{:#?}", id, events.join("\n"), enough, every);
    }
}
