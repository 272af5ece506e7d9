//! Changes of an input by whole lines, since scripts, traces and profiles are made of lines that each must be right.

use libfuzzer_sys::fuzzer_mutate;

/// Changes an input in place: half of the time bytes, as libFuzzer does it, and else its lines. Answers its new length.
pub fn mutate(data: &mut [u8], size: usize, max_size: usize, seed: u32) -> usize {
    let mut choice = Choice(u64::from(seed) << 1 | 1);
    let mut lines: Vec<&[u8]> = data[..size].split(|byte| *byte == b'\n').collect();
    if lines.len() < 2 || choice.below(2) == 0 {
        return fuzzer_mutate(data, size, max_size);
    }
    for _ in 0..=choice.below(3) {
        let (from, to) = (choice.below(lines.len()), choice.below(lines.len()));
        match choice.below(6) {
            0 if lines.len() > 2 => drop(lines.remove(from)),
            1 => lines.swap(from, to),
            2 => lines.insert(to, lines[from]),
            3 => lines[to] = lines[from],
            4 => {
                lines.insert(from.max(to), b"}");
                lines.insert(from.min(to), b"race {");
            }
            _ => {
                let line = lines.remove(from);
                lines.insert(to.min(lines.len()), line);
            }
        }
    }
    let mut changed = lines.join(&b'\n');
    changed.truncate(max_size);
    data[..changed.len()].copy_from_slice(&changed);
    changed.len()
}

/// Numbers that a seed stands for.
struct Choice(u64);

impl Choice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}
