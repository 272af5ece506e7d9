//! Labels: which words they are, and that long ones compare as short ones do.

use proptest::prelude::*;
use rstest::rstest;
use shmconf_model::call::Label;

#[rstest]
#[case("a", true)]
#[case("received_by_the_child_of_the_first_sender", true)]
#[case("a23456789012345", true)]
#[case("a234567890123456", true)]
#[case(&"x".repeat(64), true)]
#[case(&"x".repeat(65), false)]
#[case("", false)]
#[case("9a", false)]
#[case("_a", false)]
#[case("A", false)]
#[case("a-b", false)]
fn a_label_is_a_lowercase_word_of_at_most_64_bytes(#[case] text: &str, #[case] is_label: bool) {
    let label = text.parse::<Label>();
    assert_eq!(label.is_ok(), is_label);
    if let Ok(label) = label {
        assert_eq!(label.as_str(), text);
        assert_eq!(serde_json::to_string(&label).ok(), Some(format!("{text:?}")));
    }
}

#[test]
fn a_row_may_have_a_long_name() {
    let stem: Label = "one_of_many_creators".parse().expect("a label");
    assert_eq!(stem.numbered(64).map(|label| label.to_string()), Ok("one_of_many_creators64".to_owned()));
}

proptest! {
    #[test]
    fn labels_compare_as_their_texts_do(one in "[a-b][a-b0_]{0,20}", other in "[a-b][a-b0_]{0,20}") {
        let label = |text: &str| text.parse::<Label>().expect("a label");
        prop_assert_eq!(label(&one).cmp(&label(&other)), one.cmp(&other));
        prop_assert_eq!(label(&one) == label(&other), one == other);
        prop_assert_eq!(label(&one), label(&one));
    }
}
