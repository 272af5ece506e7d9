//! Properties: generators of scripts for what has to hold in every order and at every edge.
//!
//! A generator only draws scripts; the same model that judges the cases says what was allowed. What fails is made
//! smaller by dropping calls first and then by taking simpler arguments.

mod assemble;
mod draw;
mod edges;
mod exclusive;
mod names;
mod observed;
mod passing;
mod sequences;
mod whole;

use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use shmconf_model::script::{Id, Requirement, Script};
use std::fmt;
use std::sync::OnceLock;

/// A named generator of scripts.
#[derive(Clone)]
pub struct Property {
    /// `area/what_holds`
    pub id: Id,
    /// What always holds, in a sentence.
    pub about: &'static str,
    /// What it is about cannot be tried without these, though one of its scripts may do without.
    pub requirements: &'static [Requirement],
    strategy: fn() -> BoxedStrategy<Script>,
}

impl fmt::Debug for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Property").field("id", &self.id).finish_non_exhaustive()
    }
}

/// The scripts of a property, one after the other; the same for the same seed.
pub struct Draws {
    strategy: BoxedStrategy<Script>,
    runner: TestRunner,
}

/// A script that was drawn, and that can be made smaller.
pub struct Drawn {
    tree: Box<dyn ValueTree<Value = Script>>,
}

/// How a file below writes its properties down.
type Entry = (&'static str, &'static str, &'static [Requirement], fn() -> BoxedStrategy<Script>);

/// Every property, by ID.
pub fn properties() -> &'static [Property] {
    static PROPERTIES: OnceLock<Vec<Property>> = OnceLock::new();
    PROPERTIES.get_or_init(|| {
        let files = [
            exclusive::PROPERTIES,
            sequences::PROPERTIES,
            names::PROPERTIES,
            observed::PROPERTIES,
            passing::PROPERTIES,
            whole::PROPERTIES,
        ];
        let entries = files.concat();
        let property = |(id, about, requirements, strategy): Entry| Property {
            id: id.parse().expect("the IDs are written down in this folder"),
            about,
            requirements,
            strategy,
        };
        let mut all: Vec<Property> = entries.into_iter().map(property).collect();
        all.sort_by(|a, b| a.id.cmp(&b.id));
        all
    })
}

impl Property {
    /// Its scripts for a seed.
    pub fn draws(&self, seed: u64) -> Draws {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_le_bytes());
        for (at, byte) in self.id.as_str().bytes().enumerate() {
            bytes[8 + at % 24] ^= byte.rotate_left((at / 24) as u32);
        }
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
        let config = Config { failure_persistence: None, ..Config::default() };
        Draws { strategy: (self.strategy)(), runner: TestRunner::new_with_rng(config, rng) }
    }
}

impl Draws {
    /// The next script.
    pub fn draw(&mut self) -> Drawn {
        let tree = self.strategy.new_tree(&mut self.runner);
        Drawn { tree: Box::new(tree.expect("the generators reject nothing")) }
    }
}

impl Drawn {
    /// The script as it is now.
    pub fn script(&self) -> Script {
        self.tree.current()
    }

    /// Makes it smaller, if that can be.
    pub fn simplify(&mut self) -> bool {
        self.tree.simplify()
    }

    /// Takes part of the last step to a smaller one back, if that can be.
    pub fn complicate(&mut self) -> bool {
        self.tree.complicate()
    }
}
