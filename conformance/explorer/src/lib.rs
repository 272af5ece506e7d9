//! The model for a page in a browser: text goes in, and JSON comes out.
//!
//! Each function that the page calls is a line here; what it does is in the modules, which run anywhere. `page/` is the page, and
//! `scripts/explorer` makes one file of both.

mod answer;
mod choices;
mod examples;
mod mistake;
mod platforms;
mod race;
mod rules;

pub use answer::{Answer, Table, answer};
pub use choices::Choices;
pub use examples::{Example, examples};
pub use mistake::Mistake;
pub use platforms::{About, platforms};
pub use race::{Outcome, Race, race};
pub use rules::{Row, rules};

use serde::Serialize;
use wasm_bindgen::prelude::wasm_bindgen;

/// The platforms, with the releases and the settings that can be chosen.
#[wasm_bindgen(js_name = platforms)]
pub fn platforms_json() -> String {
    json(&platforms())
}

/// Scripts to begin with, and the catalogue.
#[wasm_bindgen(js_name = examples)]
pub fn examples_json() -> String {
    json(&examples())
}

/// Every rule, with what each platform does, and where that is known from.
#[wasm_bindgen(js_name = rules)]
pub fn rules_json() -> String {
    json(&rules())
}

/// What the platforms answer to a script. `choices` is JSON, as [`Choices`] has it.
#[wasm_bindgen(js_name = answer)]
pub fn answer_json(script: &str, choices: &str) -> String {
    match serde_json::from_str::<Choices>(choices) {
        Ok(choices) => json(&answer(script, &choices, now)),
        Err(error) => json(&Mistake::of_choices(&error.to_string())),
    }
}

/// Every outcome of a script with a race on one platform, written as in `macos@14,page_size=16384`.
#[wasm_bindgen(js_name = race)]
pub fn race_json(script: &str, platform: &str, user: u32) -> String {
    json(&race(script, platform, user))
}

#[wasm_bindgen]
extern "C" {
    /// The milliseconds that the browser counts, as there is no clock in the model.
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_else(|error| format!("{{\"problem\":\"{error}\"}}"))
}
