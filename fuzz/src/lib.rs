//! What the fuzz targets have in common: the limits of an input, the corpus that they begin with, and changes by lines.

mod bounds;
mod lines;
mod platforms;
mod seeds;

pub use bounds::within_bounds;
pub use lines::mutate;
pub use platforms::{other, platform};
pub use seeds::{profiles, put, scripts, traces, wire};
