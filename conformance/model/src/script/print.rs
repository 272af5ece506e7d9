//! Scripts print as they parse.

use super::{Line, Script, Step, Who};
use std::fmt;

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "# {}", self.id)?;
        for sentence in &self.about {
            writeln!(f, "# {sentence}")?;
        }
        if !self.requirements.is_empty() {
            let requirements: Vec<String> = self.requirements.iter().map(ToString::to_string).collect();
            writeln!(f, "# needs: {}", requirements.join(", "))?;
        }
        if self.repeat != 1 {
            writeln!(f, "# repeat: {}", self.repeat)?;
        }
        for step in &self.steps {
            match step {
                Step::Line(line) => writeln!(f, "{line}")?,
                Step::Race(lines) => {
                    writeln!(f, "race {{")?;
                    lines.iter().try_for_each(|line| writeln!(f, "    {line}"))?;
                    writeln!(f, "}}")?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.who)?;
        for (at, label) in self.bind.iter().enumerate() {
            write!(f, "{}{label}", if at == 0 { "" } else { ", " })?;
        }
        if !self.bind.is_empty() {
            f.write_str(" = ")?;
        }
        write!(f, "{}", self.call)
    }
}

impl fmt::Display for Who {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.row {
            None => write!(f, "{}", self.stem),
            Some((first, last)) => write!(f, "{}[{first}..{last}]", self.stem),
        }
    }
}
